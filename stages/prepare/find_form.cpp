#include "stages/prepare/find_form.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "pipeline/json.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/attachment.hpp"
#include "stages/prepare/entry_name.hpp"

namespace prepare {

namespace {

constexpr std::size_t kMaxForm = 4u << 20;
constexpr std::size_t kMostAsked = 8;

std::optional<std::string> decode(std::string_view bytes) {
  // RFC 8259 asks for UTF-8; old Windows programs write UTF-16 without a mark.
  if (bytes.size() >= 2 && bytes[0] == '{' && bytes[1] == '\0')
    return pipeline::from_utf16(bytes, false);
  if (bytes.size() >= 2 && bytes[0] == '\0' && bytes[1] == '{')
    return pipeline::from_utf16(bytes, true);
  return pipeline::decode_text(bytes);
}

/// At the root or in one folder below it.
bool lies_outside(std::string_view entry_name) {
  return std::count(entry_name.begin(), entry_name.end(), '/') <= 1;
}

bool is_sheet(const pipeline::Entry& entry) {
  return entry.type == "ooxml" && pipeline::ascii_lower(entry.name).ends_with(".xlsx");
}

}  // namespace

bool is_form_name(std::string_view entry_name) {
  return pipeline::ascii_lower(base_name(entry_name)) == "form.json" && lies_outside(entry_name);
}

std::vector<std::size_t> filled_form_candidates(
    const std::vector<pipeline::Entry>& entries,
    const std::function<bool(std::size_t)>& holds_form) {
  const auto is_there = [](const pipeline::Entry& entry) {
    return entry.role == pipeline::Role::Attachment;
  };
  const bool alone = std::count_if(entries.begin(), entries.end(), is_there) == 1;
  std::vector<std::size_t> places, sheets;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const pipeline::Entry& entry = entries[i];
    if (!is_there(entry) || !lies_outside(entry.name)) continue;
    const std::string_view name = base_name(entry.name);
    const bool sheet = is_sheet(entry);
    if (sheet) sheets.push_back(i);
    // Rosters and tables of papers are attached as sheets too.
    const bool form = sheet && (alone || name.find("待审清单") != name.npos ||
                                (sheets.size() <= kMostAsked && holds_form(i)));
    const bool paper = entry.type == "pdf" && (alone || name.find("审批单") != name.npos);
    if (form || paper) places.push_back(i);
  }
  if (places.empty() && sheets.size() == 1) return sheets;
  return places;
}

std::vector<std::size_t> forms_beside(const std::vector<pipeline::Entry>& entries,
                                      std::string_view json, const Limits& limits,
                                      const std::function<bool(std::size_t)>& holds_form) {
  std::vector<std::size_t> places;
  std::size_t asked = 0;
  std::set<std::string> attached;
  for (std::size_t i = 0; i < entries.size() && asked < kMostAsked; ++i) {
    const pipeline::Entry& entry = entries[i];
    const std::string_view name = base_name(entry.name);
    const bool paper = entry.type == "pdf" && name.find("审批单") != name.npos;
    if (entry.role != pipeline::Role::Attachment || !lies_outside(entry.name) ||
        !(paper || is_sheet(entry)))
      continue;
    if (asked++ == 0) {
      const DecodedForm form = decode_form(json, limits);
      for (const auto& line : form.value["attachments"].items())
        attached.insert(name_key(base_name(pipeline::replace_all(line["file"].text(), "\\", "/"))));
    }
    if (!attached.contains(name_key(name)) && holds_form(i)) places.push_back(i);
  }
  return places;
}

std::pair<std::size_t, std::string> meant_as_form(const std::vector<pipeline::Entry>& entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const pipeline::Entry& entry = entries[i];
    if (entry.role != pipeline::Role::Attachment) continue;
    const std::string name = pipeline::ascii_lower(base_name(entry.name));
    if (name == "form.json") return {i, "“" + entry.name + "”放得太深，请移到最外层。"};
    // Windows hides what it takes for the extension.
    if (name.starts_with("form") && (name.ends_with(".json") || name.ends_with(".json.txt")))
      return {i, "请把“" + entry.name + "”的文件名改为 form.json。"};
    const bool sheet = name.ends_with(".xls") || name.ends_with(".et") || name.ends_with(".ods") ||
                       name.ends_with(".csv");
    if (sheet && lies_outside(entry.name))
      return {i, "“" + entry.name + "”是" + type_label(entry.type) + "，不能当作表单读取。" +
                     kSaveAgain};
  }
  return {};
}

std::string unreadable_sheet(std::string_view type, std::string_view name, std::string_view bytes) {
  const bool text = type == "text" && pipeline::ascii_lower(name).ends_with(".csv");
  if (type != "ole" && type != "odf" && !text) return {};
  if (inspect(bytes).flaw == Flaw::Encrypted)
    return "文件设有密码，系统不会询问密码。请打开它，取消密码后存为 .xlsx，重新投递。";
  return "这是" + (text ? "CSV 文本" : type_label(type)) + "，不能当作表单读取。填的是空白表的，" +
         kSaveAgain + "作为附件的，请与表单一起放进 ZIP 压缩包。";
}

DecodedForm decode_form(std::string_view bytes, const Limits& limits) {
  DecodedForm out;
  if (bytes.empty()) {
    out.error = "文件是空的。";
    out.incomplete = true;
    return out;
  }
  if (bytes.size() > kMaxForm) {
    out.error = "表单超过 " + std::to_string(kMaxForm >> 20) + " MB。";
    return out;
  }
  const auto text = decode(bytes);
  if (!text) {
    out.error = "文字编码无法识别，请存为 UTF-8。";
    out.incomplete = true;  // it may end within a character
    return out;
  }
  pipeline::Json json = pipeline::parse_json(*text, limits.json_depth);
  if (!json.error.empty()) {
    const bool deep = json.error.find("deep") != json.error.npos;
    out.error = deep ? "嵌套超过" + std::to_string(limits.json_depth) + "层。"
                     : "JSON 格式有误（" + json.error + "）。";
    out.incomplete = !deep;
    return out;
  }
  if (!json.value.is_object()) {
    out.error = "内容不是一份表单（应以 { 开头）。";
    return out;
  }
  out.value = std::move(json.value);
  out.duplicates = std::move(json.duplicates);
  out.duplicate_count = json.duplicate_count;
  return out;
}

}  // namespace prepare
