#include "stages/prepare/pdf_pages.hpp"

#include <array>
#include <cmath>
#include <string>

#include "pipeline/json.hpp"

namespace prepare {

namespace {

using pipeline::Shown;
using pipeline::Value;

constexpr const char* kExportAgain = "请申报单位重新导出或扫描为普通的 PDF、JPG 后提交。";

Shown damaged() {
  return Shown::refusal("PDF 结构损坏，取不出页面。", kExportAgain);
}

Shown refusal_of(const std::string& error) {
  if (error == "password")
    return Shown::refusal("PDF 设有打开密码，系统无法打开。", "请申报单位去掉打开密码后重新提交。");
  if (error == "xfa")
    return Shown::refusal(
        "这是动态表单（XFA）PDF，页面要由专门的软件生成，一般的软件显示不出内容。",
        "请申报单位用“打印为 PDF”或扫描件代替后重新提交。");
  if (error == "layers")
    return Shown::refusal("PDF 里有隐藏的图层，卷宗不能只显示其余的图层。",
                          "请申报单位用“打印为 PDF”或扫描件代替后重新提交。");
  if (error == "large")
    return Shown::refusal("PDF 的内容过多，超出了系统能处理的范围。",
                          "请申报单位拆分，或以 300 dpi 重新扫描后提交。");
  return damaged();
}

bool take_objects(const Value& lengths, std::string_view blob, Shown& out) {
  for (const Value& length : lengths.items()) {
    const std::int64_t text = length[0].integer(-1), data = length[1].integer(-2);
    if (text < 0 || data < -1) return false;
    if (static_cast<std::uint64_t>(text) > blob.size()) return false;
    pipeline::ShownObject object{blob.substr(0, static_cast<std::size_t>(text)), {}};
    blob.remove_prefix(static_cast<std::size_t>(text));
    if (data >= 0) {
      if (static_cast<std::uint64_t>(data) > blob.size()) return false;
      object.data = blob.substr(0, static_cast<std::size_t>(data));
      blob.remove_prefix(static_cast<std::size_t>(data));
    }
    out.objects.push_back(object);
  }
  return blob.empty();
}

bool take_page(const Value& page, Shown& out) {
  constexpr double kMost = 1e7;
  const std::int64_t object = page[0].integer();
  if (object < 1 || object > static_cast<std::int64_t>(out.objects.size())) return false;
  std::array<double, 4> sides{};
  for (std::size_t i = 0; i < sides.size(); ++i) {
    sides[i] = page[i + 1].number();
    if (!std::isfinite(sides[i]) || std::abs(sides[i]) > kMost) return false;
  }
  if (sides[2] - sides[0] < 1 || sides[3] - sides[1] < 1) return false;
  out.pages.push_back({static_cast<std::size_t>(object), sides[0], sides[1], sides[2], sides[3]});
  return true;
}

}  // namespace

Shown read_pages(std::string_view answer, std::uint64_t most_pages) {
  const auto line = answer.rfind('\n');
  const Value said = pipeline::parse_json(answer.substr(line + 1)).value;
  if (!said.is_object()) return damaged();
  if (said.has("error")) return refusal_of(said["error"].text());
  const auto& pages = said["pages"].items();
  if (pages.empty()) return Shown::refusal("PDF 里没有页面。", kExportAgain);
  if (pages.size() > most_pages)
    return Shown::refusal(
        "PDF 有 " + std::to_string(pages.size()) + " 页，超过卷宗能收入的 " +
            std::to_string(most_pages) + " 页。",
        "请申报单位拆分后重新提交；管理员也可在设置中放宽（limits.dossier_pages）。");
  Shown out;
  if (line == answer.npos || !take_objects(said["objects"], answer.substr(0, line), out))
    return damaged();
  for (const Value& page : pages)
    if (!take_page(page, out)) return damaged();
  return out;
}

}  // namespace prepare
