#include "stages/produce/notice.hpp"

#include <array>

#include "pipeline/text.hpp"
#include "stages/produce/parts.hpp"

namespace produce {

using pipeline::Value;

namespace {

// domain §5.1: 三号, 28 to 29 points from line to line, first lines indented by two.
constexpr double kBody = 16, kLeading = 1.8;
constexpr Style kParagraph{Role::Fang, kBody, Align::Justify, kLeading, 2};
constexpr Style kAddressee{Role::Fang, kBody, Align::Left, kLeading, 0};
constexpr Style kDetail{Role::Fang, 14, Align::Justify, 1.7, 2};
/// Signature and date with room for the seal that covers them, which is never printed.
constexpr double kSealRoom = mm(22), kSignature = mm(52);

/// "一、", "十二、"; up to 99, as no letter has more reasons than that.
std::string numeral(std::size_t n) {
  static constexpr std::array<const char*, 10> kDigits{"",   "一", "二", "三", "四",
                                                       "五", "六", "七", "八", "九"};
  if (n > 99) return std::to_string(n);
  const std::size_t tens = n / 10;
  return std::string(tens > 1 ? kDigits[tens] : "") + (tens > 0 ? "十" : "") + kDigits[n % 10];
}

struct Paragraph {
  std::string text;
  Style style;
};

std::vector<Paragraph> paragraphs_of(const Value& payload, const Kit& kit) {
  std::vector<Paragraph> out;
  for (const Value& text : payload["paragraphs"].items()) out.push_back({text.text(), kParagraph});
  for (const Value& text : payload["details"].items()) out.push_back({text.text(), kDetail});
  const Value& reasons = payload["reasons"];
  for (std::size_t i = 0; i < reasons.size(); i++) {
    out.push_back({(reasons.size() > 1 ? numeral(i + 1) + "、" : "") + reasons[i]["text"].text(),
                   kParagraph});
    const std::string hint = reasons[i]["hint"].text(), rule = reasons[i]["rule"].text();
    std::string detail = hint.empty() ? "" : "怎么办：" + hint;
    if (!rule.empty()) detail += (detail.empty() ? "依据：" : "　依据：") + kit.rule(rule) + "。";
    if (!detail.empty()) out.push_back({std::move(detail), kDetail});
  }
  for (const Value& text : payload["closing"].items()) out.push_back({text.text(), kParagraph});
  return out;
}

}  // namespace

std::string notice(const Value& payload, const Kit& kit) {
  const std::string title = payload["title"].text(), number = payload["number"].text();
  Furniture furniture;
  furniture.title = title;
  furniture.running = number;
  furniture.footer = footer("案件 " + payload["case"].text(), payload, payload["at"]);
  furniture.left = mm(28);
  furniture.right = mm(26);
  furniture.top = mm(37);
  furniture.bottom = mm(30);
  furniture.code = paper_code(payload);
  Sheet sheet(kit.typefaces, furniture);
  sheet.title(title);
  sheet.gap(8);
  if (!number.empty()) sheet.paragraph(number, {Role::Song, 14, Align::Centre, kLeading, 0});
  sheet.gap(14);
  if (const std::string to = payload["to"].text(); !to.empty())
    sheet.paragraph(to.ends_with("：") ? to : to + "：", kAddressee);
  const auto paragraphs = paragraphs_of(payload, kit);
  for (std::size_t i = 0; i < paragraphs.size(); i++) {
    // No page holds the signature alone, or with one line.
    if (i + 2 == paragraphs.size()) sheet.need(kSignature + 3 * kBody * kLeading);
    sheet.paragraph(paragraphs[i].text, paragraphs[i].style);
  }
  sheet.need(kSignature);
  sheet.gap(kSealRoom);
  const std::string blank = "　　　　";  // GB/T 9704: four characters from the right
  const Style right{Role::Fang, kBody, Align::Right, kLeading, 0};
  sheet.paragraph(payload["from"].text() + blank, right);
  sheet.paragraph(pipeline::chinese_date(pipeline::beijing_day(time_of(payload["at"]))) + blank,
                  right);
  return sheet.finish(metadata(title, payload["case"].text(), payload, payload["at"]));
}

}  // namespace produce
