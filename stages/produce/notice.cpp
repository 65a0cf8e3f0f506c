#include "stages/produce/notice.hpp"

#include "stages/produce/parts.hpp"

namespace produce {

using pipeline::Value;

std::string notice(const Value& payload, const Kit& kit) {
  // domain §5.1: 三号, 28 to 29 points from line to line, first lines indented by two.
  const Style body{Role::Fang, 16, Align::Justify, 1.8, 2},
      plain{Role::Fang, 16, Align::Left, 1.8, 0};
  const Style detail{Role::Fang, 14, Align::Justify, 1.7, 2};
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
  if (!number.empty()) sheet.paragraph(number, {Role::Song, 14, Align::Centre, 1.8, 0});
  sheet.gap(14);
  if (const std::string to = payload["to"].text(); !to.empty()) {
    sheet.paragraph(to.ends_with("：") ? to : to + "：", plain);
  }
  for (const Value& paragraph : payload["paragraphs"].items())
    sheet.paragraph(paragraph.text(), body);
  for (std::size_t i = 0; i < payload["reasons"].size(); i++) {
    const Value& reason = payload["reasons"][i];
    std::string text = std::to_string(i + 1) + ". " + reason["text"].text();
    if (const std::string rule = reason["rule"].text(); !rule.empty())
      text += "（依据：" + rule + "）";
    sheet.paragraph(text, body);
    if (const std::string hint = reason["hint"].text(); !hint.empty())
      sheet.paragraph("怎么办：" + hint, detail);
  }
  // The seal covers signature and date: they stay on one page, with room above.
  sheet.need(mm(52));
  sheet.gap(mm(22));
  const std::string blank = "　　　　";  // GB/T 9704: four characters from the right
  sheet.paragraph(payload["from"].text() + blank, {Role::Fang, 16, Align::Right, 1.8, 0});
  sheet.paragraph(pipeline::chinese_date(pipeline::beijing_day(time_of(payload["at"]))) + blank,
                  {Role::Fang, 16, Align::Right, 1.8, 0});
  return sheet.finish(metadata(title, payload["case"].text(), payload, payload["at"]));
}

}  // namespace produce
