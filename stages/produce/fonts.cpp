#include "stages/produce/fonts.hpp"

#include <algorithm>
#include <future>
#include <utility>

#include "pipeline/fault.hpp"
#include "stages/produce/face.hpp"

namespace produce {
namespace {

FontFile debian(const char* setting, const std::string& package, const char* file,
                unsigned index = 0) {
  return {"/usr/share/fonts/" + std::string(file), index, setting, package};
}

std::string remedy(const FontFile& font) {
  return font.package.empty() ? "在 " + font.setting + " 中写明字体文件，集合中的字体在冒号后写编号"
                              : "apt-get install " + font.package;
}

/// "": it will do.
std::string why_unfit(const FontFile& font, bool first_of_all) {
  try {
    const Face face(font);
    for (const char32_t needed : {U' ', U'□', U'〓'})
      if (first_of_all && face.find(needed).id == 0) return "字体里没有空格、□ 或 〓";
  } catch (const pipeline::Fault& fault) {
    return fault.why;
  }
  return {};
}

}  // namespace

Fonts default_fonts() {
  // 2: the simplified Chinese face of Noto's collections.
  const auto serif = [](const char* setting) {
    return debian(setting, "fonts-noto-cjk", "opentype/noto/NotoSerifCJK-Regular.ttc", 2);
  };
  Fonts out;
  out.song = {serif("fonts.song")};
  out.title = {debian("fonts.title", "fonts-noto-cjk", "opentype/noto/NotoSerifCJK-Bold.ttc", 2)};
  out.hei = {debian("fonts.hei", "fonts-noto-cjk", "opentype/noto/NotoSansCJK-Regular.ttc", 2)};
  out.kai = {
      debian("fonts.kai", "fonts-lxgw-wenkai", "truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf")};
  out.fang = {serif("fonts.fang")};
  out.fallback = {
      debian("fonts.fallback", "fonts-hanazono", "truetype/hanazono/HanaMinA.ttf"),
      debian("fonts.fallback", "fonts-hanazono", "truetype/hanazono/HanaMinB.ttf"),
      debian("fonts.fallback", "fonts-dejavu-core", "truetype/dejavu/DejaVuSans.ttf"),
      debian("fonts.fallback", "fonts-symbola", "truetype/ancient-scripts/Symbola_hint.ttf")};
  return out;
}

std::vector<FontTrouble> font_troubles(const Fonts& fonts) {
  std::vector<FontTrouble> troubles;
  std::vector<FontFile> seen;
  std::vector<std::future<std::string>> checks;
  for (const auto* role :
       {&fonts.song, &fonts.title, &fonts.hei, &fonts.kai, &fonts.fang, &fonts.fallback}) {
    for (const FontFile& font : *role) {
      if (std::find(seen.begin(), seen.end(), font) != seen.end()) continue;
      seen.push_back(font);
      const bool first_of_all = role == &fonts.song && &font == &role->front();
      // Each waits for the disk alone.
      checks.push_back(std::async(std::launch::async, why_unfit, font, first_of_all));
    }
  }
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (std::string why = checks[i].get(); !why.empty())
      troubles.push_back({seen[i], std::move(why), remedy(seen[i])});
  return troubles;
}

}  // namespace produce
