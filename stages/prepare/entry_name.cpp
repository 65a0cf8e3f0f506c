#include "stages/prepare/entry_name.hpp"

#include <algorithm>
#include <vector>

#include "pipeline/text.hpp"

namespace prepare {

namespace {

bool is_ascii(std::string_view s) {
  return std::all_of(s.begin(), s.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string escaped(std::string_view raw) {
  std::string out;
  for (const char c : raw) {
    if (static_cast<unsigned char>(c) < 0x80)
      out += c;
    else
      out.append("%").append(pipeline::ascii_upper(pipeline::hex({&c, 1})));
  }
  return out;
}

std::string problem_of(std::string_view name, bool folder, const Limits& limits) {
  if (name.empty()) return "文件名为空";
  for (const char32_t c : pipeline::code_points(name))
    if (pipeline::is_invisible(c)) return "文件名含控制字符或不可见字符";
  if (name[0] == '/') return "文件名是绝对路径";
  if (name.size() > 1 && name[1] == ':') return "文件名带盘符";
  std::uint64_t depth = 0;
  for (const std::string_view step : pipeline::split(name, '/')) {
    if (step.empty() || step == ".") continue;
    if (step == "..") return "文件名含“..”，指向压缩包之外";
    if (step.find(':') != step.npos) return "文件名含冒号";
    if (step.back() == '.' || step.back() == ' ') return "文件名以点或空格结尾";
    if (pipeline::count_code_points(step) > limits.name_length) return "文件名过长";
    if (++depth > limits.depth) return "文件夹层数过多";
  }
  if (depth == 0 && !folder) return "文件名为空";
  return {};
}

/// Without empty and "." steps.
std::string tidy(std::string_view name) {
  std::vector<std::string> steps;
  for (const std::string_view step : pipeline::split(name, '/'))
    if (!step.empty() && step != ".") steps.emplace_back(step);
  return pipeline::join(steps, "/");
}

}  // namespace

bool looks_like_utf8(std::string_view bytes) {
  if (!pipeline::is_utf8(bytes)) return false;
  // 阿卜杜·买买提 from a Mac has no flag, and C2 B7 alone is the GBK hanzi 路: only between hanzi is it a dot.
  const std::u32string all = pipeline::code_points(bytes);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] < 0x80 || all[i] >= 0x800) continue;
    const bool between = i > 0 && i + 1 < all.size() && all[i - 1] >= 0x800 && all[i + 1] >= 0x800;
    if (all[i] != 0xB7 || !between) return false;
  }
  return true;
}

EntryName decode_entry_name(std::string_view raw, bool utf8_flag, std::string_view unicode_path,
                            const Limits& limits) {
  EntryName out;
  std::string text;
  if (is_ascii(raw)) {
    out.encoding = "ascii";
    text = raw;
  } else if (utf8_flag) {
    if (pipeline::is_utf8(raw)) out.encoding = "utf8", text = raw;
  } else if (!unicode_path.empty() && pipeline::is_utf8(unicode_path)) {
    out.encoding = "unicode-extra";
    text = unicode_path;
  } else if (looks_like_utf8(raw)) {
    out.encoding = "utf8";
    text = raw;
  } else if (auto decoded = pipeline::from_gb18030(raw)) {
    out.encoding = "gb18030";
    text = std::move(*decoded);
  }
  if (out.encoding.empty()) {
    out.name = escaped(raw);
    out.problem = "文件名的编码无法识别";
    return out;
  }
  std::replace(text.begin(), text.end(), '\\', '/');
  text = pipeline::nfc(text);
  out.folder = !text.empty() && text.back() == '/';
  out.problem = problem_of(text, out.folder, limits);
  out.name = out.problem.empty() ? tidy(text) : pipeline::visible(text);
  return out;
}

std::string name_key(std::string_view name) {
  return pipeline::ascii_lower(pipeline::nfkc(name));
}

std::string_view base_name(std::string_view path) {
  const auto at = path.rfind('/');
  return at == path.npos ? path : path.substr(at + 1);
}

std::string junk_note(std::string_view name) {
  const std::string path = pipeline::ascii_lower(name);
  const std::string_view base = base_name(path);
  if (path.starts_with("__macosx/") || path.find("/__macosx/") != path.npos ||
      base.starts_with("._") || base == ".ds_store")
    return "苹果系统生成的文件，已忽略";
  if (base == "thumbs.db" || base == "desktop.ini") return "Windows 系统生成的文件，已忽略";
  if (base.starts_with("~$")) return "办公软件的临时文件，已忽略";
  if (base.ends_with(".tmp")) return "临时文件，已忽略";
  if (base.ends_with(".lnk")) return "快捷方式，不含文件内容，已忽略";
  return {};
}

}  // namespace prepare
