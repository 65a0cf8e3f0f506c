#include "stages/produce/publicity_sheet.hpp"

#include "stages/produce/parts.hpp"

namespace produce {

using pipeline::Value;

namespace {

void append_people(std::vector<Row>& rows, const Value& people) {
  rows.push_back(heading("公示的申请人"));
  if (people.size() == 0) {
    rows.push_back({{small(1, "表单没有写明案件编号，用于本单位该年度的全部申请书。")}});
    return;
  }
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header({{12, "序号"}, {50, "申请人"}, {50, "申报职称"}, {50, "案件编号"}}));
  for (std::size_t i = 0; i < people.size(); i++)
    rows.push_back(list_row(
        {small(12, std::to_string(i + 1), Align::Centre), small(50, people[i]["applicant"].text()),
         small(50, people[i]["title"].text()), small(50, people[i]["case"].text())},
        header));
  keep_ends_together(rows, header);
}

void append_photos(std::vector<Row>& rows, const Value& photos) {
  rows.push_back(heading("公示照片（在同一文件夹的 公示照片.zip 中）"));
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header({{12, "序号"}, {80, "文件"}, {25, "大小"}, {45, "SHA-256"}}));
  constexpr std::size_t kShownDigits = 12;
  for (std::size_t i = 0; i < photos.size(); i++)
    rows.push_back(list_row(
        {small(12, std::to_string(i + 1), Align::Centre), small(80, photos[i]["file"].text()),
         small(25, size_text(photos[i]["size"].integer())),
         small(45, photos[i]["sha256"].text().substr(0, kShownDigits))},
        header));
  keep_ends_together(rows, header);
}

}  // namespace

std::vector<pipeline::Paper> publicity_sheet(const std::string& folder, const Value& payload,
                                             const Kit& kit) {
  const std::string title = "单位公示情况", unit = payload["unit"].text();
  Furniture furniture;
  furniture.title = title;
  furniture.running = unit;
  furniture.footer = footer("公示照片", payload, payload["at"]);
  Sheet sheet(kit.typefaces, furniture);
  sheet.title(title);
  sheet.gap(4);
  sheet.ends("送：" + payload["to"].text(),
             "收到日期：" + pipeline::chinese_date(pipeline::beijing_day(time_of(payload["at"]))),
             {Role::Song, 10, Align::Left, 1.7, 0});
  const Value& period = payload["period"];
  const std::string from = day_text(period["start"]), to = day_text(period["end"]);
  std::vector<Row> rows{
      pair("单位", unit, "统一社会\n信用代码", payload["uscc"].text()),
      pair("申报年度", payload["year"].text(), "公示照片",
           std::to_string(payload["photos"].size()) + " 张"),
      single("公示起止",
             from.empty() ? "未填写"
                          : from + " 至 " + to + "（" + period["workdays"].text() + " 个工作日）")};
  append_people(rows, payload["people"]);
  append_photos(rows, payload["photos"]);
  sheet.rows(std::move(rows));
  pipeline::Paper paper, photos;
  paper.path = folder + "/公示情况.pdf";
  paper.bytes = sheet.finish(metadata(title, unit, payload, payload["at"]));
  photos.path = folder + "/公示照片.zip";
  photos.from_vault = payload["sha256"].string();
  return {paper, photos};
}

}  // namespace produce
