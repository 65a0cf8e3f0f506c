#include "stages/produce/workbook_lists.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/identifiers.hpp"
#include "pipeline/outcome.hpp"
#include "pipeline/text.hpp"

namespace produce {

namespace {

using pipeline::Time;
using pipeline::Value;

constexpr int kHeaderRow = 2;
constexpr double kCodesWidth = 34, kMessagesWidth = 50;

/// The cells of one row, from left to right.
class Cells {
 public:
  Cells(Worksheet& sheet, int row) : sheet_(sheet), row_(row) {}

  Cells& text(std::string_view text, CellStyle style = CellStyle::Text) {
    sheet_.text(row_, column_++, text, style);
    return *this;
  }
  Cells& code(std::string_view text) { return this->text(text, CellStyle::Centred); }
  Cells& number(std::int64_t value) {
    sheet_.number(row_, column_++, value);
    return *this;
  }
  Cells& yes_no(bool yes) { return code(yes ? "是" : "否"); }
  Cells& moment(const Value& us) {
    if (us.integer() <= 0) return code("");
    sheet_.moment(row_, column_++, Time{us.integer()});
    return *this;
  }
  Cells& day(const Value& iso) {
    const auto day = pipeline::parse_iso_date(iso.string());
    if (!day) return code(iso.string());
    sheet_.day(row_, column_++, *day);
    return *this;
  }

 private:
  Worksheet& sheet_;
  int row_;
  int column_ = 0;
};

std::string words(const pipeline::Dictionary& dictionary, std::string_view name,
                  const Value& codes) {
  std::vector<std::string> labels;
  for (const Value& code : codes.items()) labels.push_back(dictionary.label(name, code.string()));
  return pipeline::join(labels, "、");
}

std::string texts(const Value& list) {
  std::vector<std::string> parts;
  for (const Value& item : list.items()) parts.push_back(item.string());
  return pipeline::join(parts, "、");
}

/// Masks the ID numbers that stand in a message or a file name.
std::string masked(std::string text) {
  constexpr std::size_t kLength = 18;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    const bool last = digit || text[i] == 'X' || text[i] == 'x';
    if (digits + 1 >= kLength && last) {
      const std::size_t from = i + 1 - kLength;
      const std::string id = text.substr(from, kLength);
      if (pipeline::id_birth(id)) text.replace(from, kLength, pipeline::mask_id(id));
    }
    digits = digit ? digits + 1 : 0;
  }
  return text;
}

/// The label of what stands there as code, label or alias; else what stands there.
std::string word(const pipeline::Dictionary& dictionary, std::string_view name,
                 const Value& written) {
  const auto code = dictionary.code(name, written.string());
  return code ? dictionary.label(name, *code) : written.string();
}

}  // namespace

StreamedList::StreamedList(const ListFrame& frame, std::string name, std::string about,
                           std::vector<ListColumn> columns)
    : frame_(frame),
      name_(std::move(name)),
      about_(std::move(about)),
      columns_(std::move(columns)) {
  open();
}

void StreamedList::open() {
  const std::string number = sheets_.empty() ? "" : std::to_string(sheets_.size() + 1);
  Worksheet& sheet = frame_.book.add(name_ + number);
  sheets_.push_back(&sheet);
  std::vector<double> widths;
  for (const ListColumn& column : columns_) widths.push_back(column.width);
  sheet.widths(widths);
  sheet.row_height(0, 30);
  sheet.text(0, 0, name_ + number, CellStyle::ListTitle);
  sheet.text(1, 0, frame_.period, CellStyle::Note);
  sheet.row_height(kHeaderRow, 30);
  for (std::size_t i = 0; i < columns_.size(); ++i)
    sheet.text(kHeaderRow, static_cast<int>(i), columns_[i].header, CellStyle::Header);
  sheet.print_rows_on_each_page(kHeaderRow, kHeaderRow);
  sheet.freeze(kHeaderRow + 1, 1);
  row_ = kHeaderRow;
}

Worksheet& StreamedList::next() {
  if (row_ + 1 >= frame_.sheet_rows) {
    finish();
    open();
  }
  ++row_;
  return *sheets_.back();
}

void StreamedList::finish() {
  sheets_.back()->filter(kHeaderRow, row_, static_cast<int>(columns_.size()) - 1);
}

RegistrationList::RegistrationList(const ListFrame& frame, const Terms& terms)
    : terms_(terms),
      list_(frame, "明细（注册）", "逐件列出单位注册和信息修正，可筛选",
            {{"案件号", 16},   {"种类", 10},     {"单位名称", 24},     {"统一社会信用代码", 20},
             {"单位性质", 9},  {"隶属级别", 10}, {"地区", 20},         {"统筹区", 20},
             {"业务类型", 14}, {"所选", 9},      {"所选审核单位", 20}, {"实际", 11},
             {"审核单位", 24}, {"人社改派", 6},  {"经办人", 9},        {"经办人证件号", 20},
             {"状态", 11},     {"轮次", 5},      {"收到时间", 16},     {"应办日期", 11},
             {"办结时间", 16}, {"生效时间", 16}, {"退回次数", 5},      {"再次注册", 5},
             {"路由规则", 10}}) {}

void RegistrationList::add(const Value& body) {
  const pipeline::Dictionary& dictionary = terms_.dictionary;
  const Value& requested = body["requested_target"];
  Worksheet& sheet = list_.next();
  Cells cells(sheet, list_.row());
  cells.code(body["case"].string())
      .text(dictionary.label("kind", body["kind"].string()))
      .text(body["unit"].string())
      .code(body["uscc"].string())
      .code(dictionary.label("nature", body["unit_nature"].string()))
      .code(dictionary.label("unit_level", body["unit_level"].string()))
      .text(terms_.regions.full_name(body["region"].string()))
      .text(terms_.regions.full_name(body["pooling_region"].string()))
      .text(words(dictionary, "business_type", body["business_types"]))
      .code(dictionary.label("review_target", requested["kind"].string()))
      .text(requested["name"].string())
      .code(body["reviewer_label"].string())
      .text(body["reviewer"].string())
      .yes_no(body["hr_override"].boolean())
      .text(body["handler"].string())
      .code(pipeline::mask_id(body["handler_id"].string()))
      .code(dictionary.label("state", body["state"].string()))
      .number(body["round"].integer())
      .moment(body["received_at"])
      .day(body["due"])
      .moment(body["decided_at"])
      .moment(body["effective_at"])
      .number(body["returns"].integer())
      .yes_no(body["reregistration"].boolean())
      .text(texts(body["rows"]));
}

ApplicationList::ApplicationList(const ListFrame& frame, const Terms& terms)
    : terms_(terms),
      list_(frame, "明细（申请）", "逐件列出职称申报，可筛选",
            {{"案件号", 16},
             {"年度", 5},
             {"申请人", 12},
             {"证件号", 20},
             {"性别", 5},
             {"出生日期", 11},
             {"年龄", 5},
             {"民族", 9},
             {"政治面貌", 10},
             {"学历", 10},
             {"学位", 6},
             {"单位名称", 24},
             {"统一社会信用代码", 20},
             {"地区", 20},
             {"申报系列", 18},
             {"申报专业", 12},
             {"级别", 8},
             {"资格名称", 14},
             {"申报类型", 9},
             {"状态", 11},
             {"轮次", 5},
             {"现在何处", 24},
             {"收到时间", 16},
             {"应办日期", 11},
             {"办结时间", 16},
             {"上报", 5},
             {"退回", 5},
             {"办结", 5},
             {"退回次数", 5}}) {}

void ApplicationList::add(const Value& body, const CaseFacts& facts) {
  const pipeline::Dictionary& dictionary = terms_.dictionary;
  Worksheet& sheet = list_.next();
  Cells cells(sheet, list_.row());
  cells.code(body["case"].string())
      .code(body["year"].text())
      .text(body["applicant"].string())
      .code(pipeline::mask_id(body["applicant_id"].string()))
      .code(word(dictionary, "sex", body["sex"]))
      .code(body["birth_date"].string());
  if (facts.age < 0)
    cells.code("");
  else
    cells.number(facts.age);
  cells.code(word(dictionary, "ethnicity", body["ethnicity"]))
      .code(word(dictionary, "political_status", body["political_status"]))
      .code(word(dictionary, "education_level", body["education"]))
      .code(word(dictionary, "degree", body["degree"]))
      .text(body["unit"].string())
      .code(body["uscc"].string())
      .text(terms_.regions.full_name(body["region"].string()))
      .text(dictionary.label("series", body["series"].string()))
      .text(body["specialty"].string())
      .code(dictionary.label("title_level", body["level"].string()))
      .text(body["title"].string())
      .code(dictionary.label("application_type", body["application_type"].string()))
      .code(dictionary.label("state", body["state"].string()))
      .number(body["round"].integer())
      .text(body["reviewer"].string())
      .moment(body["received_at"])
      .day(body["due"])
      .moment(body["decided_at"])
      .yes_no(facts.progress[Reported])
      .yes_no(facts.progress[Returned])
      .yes_no(facts.progress[Closed])
      .number(body["returns"].integer());
}

DeliveryList::DeliveryList(const ListFrame& frame, const Terms& terms)
    : terms_(terms),
      list_(frame, "明细（投递）", "逐件列出收到的投递和结果，可筛选",
            {{"序号", 8},
             {"收到时间", 16},
             {"投递文件夹", 26},
             {"文件名", 34},
             {"种类", 14},
             {"结果", 9},
             {"案件号", 16},
             {"轮次", 5},
             {"队列", 26},
             {"错误数", 7},
             {"问题代码", kCodesWidth},
             {"问题说明", kMessagesWidth}}) {}

void DeliveryList::add(const pipeline::Received& delivery) {
  constexpr std::string_view kStop = "。";
  std::vector<std::string> codes, messages;
  std::int64_t errors = 0;
  for (const Value& finding : delivery.findings.items()) {
    codes.push_back(finding["code"].string());
    std::string_view message = finding["message"].string();
    if (message.ends_with(kStop)) message.remove_suffix(kStop.size());
    messages.push_back(masked(std::string(message)));
    if (finding["severity"].string() == "error") ++errors;
  }
  Worksheet& sheet = list_.next();
  const std::string all_codes = pipeline::join(codes, "、");
  const std::string all_messages = pipeline::join(messages, "；");
  if (!codes.empty())
    sheet.row_height(list_.row(), std::max(wrapped_height(all_codes, kCodesWidth),
                                           wrapped_height(all_messages, kMessagesWidth)));
  Cells(sheet, list_.row())
      .number(delivery.id)
      .moment(Value(delivery.received_at.us))
      .text(delivery.drop)
      .text(masked(delivery.bundle))
      .text(terms_.dictionary.label("kind", delivery.kind))
      .code(terms_.dictionary.label("result", pipeline::name(delivery.result)))
      .code(delivery.case_id)
      .number(delivery.round)
      .text(delivery.queue)
      .number(errors)
      .text(all_codes, CellStyle::Wrapped)
      .text(all_messages, CellStyle::Wrapped);
}

}  // namespace produce
