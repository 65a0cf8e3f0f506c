#include "stages/decide/completeness.hpp"

#include <algorithm>
#include <set>

#include "pipeline/text.hpp"
#include "stages/decide/deadlines.hpp"
#include "stages/decide/deciders.hpp"

namespace decide {

using pipeline::Severity;
using pipeline::Value;

namespace {

bool fills(const Value& attachments, std::string_view slot) {
  return std::any_of(attachments.items().begin(), attachments.items().end(),
                     [&](const Value& a) { return a["slot"].string() == slot; });
}

bool is_written(const Value& list) {
  return list.size() > 0;
}

/// "无" is how people say that they have none.
bool has_current_title(const Value& form) {
  const std::string title = form["current"]["title"].text();
  return !title.empty() && title != "无";
}

bool has_degree(const Value& form) {
  const auto& all = form["education"].items();
  return std::any_of(all.begin(), all.end(), [](const Value& e) {
    return !e["degree"].text().empty() && e["degree"].text() != "none";
  });
}

std::string yes_no(bool b) {
  return b ? "yes" : "no";
}

std::string labelled_slot(const Rules& rules, std::string_view slot) {
  return rules.slot_name(slot) + "（" + std::string(slot) + "）";
}

/// Photos that the unit has sent for all its applications of that year; those sent for one are among its attachments.
std::int64_t photos_sent(const pipeline::View& view, const Application& a) {
  std::int64_t photos = 0;
  const std::string key = a.unit["uscc"].text() + '/' + a.form["year"].text();
  for (const std::string& id : view.find("photo", "unit_year", key)) {
    const auto sent = view.document("photo", id);
    if ((*sent)["cases"].size() == 0) photos += (*sent)["photos"].integer();
  }
  return photos;
}

}  // namespace

void require_attachments(Matter& m, const pipeline::Table& table,
                         const std::vector<const pipeline::TableRow*>& rows,
                         const Value& attachments, bool only_warn) {
  for (const pipeline::TableRow* row : rows) {
    std::vector<std::string> names;
    bool given = false;
    std::string reason = table.output(*row, "reason");
    for (const std::string_view slot : pipeline::split(table.output(*row, "any_of"), '|')) {
      names.push_back(labelled_slot(m.rules, slot));
      if (reason == m.rules.slot_name(slot)) reason.clear();
      given = given || fills(attachments, slot);
    }
    if (given) continue;
    const bool warn = only_warn || table.output(*row, "severity") == "warning";
    pipeline::Arguments arguments{{"file", pipeline::join(names, " 或 ")}};
    if (!reason.empty()) arguments["detail"] = reason;
    m.find("ATTACHMENT_MISSING", warn ? Severity::Warning : Severity::Error, "attachments",
           arguments);
  }
}

void check_application_attachments(Matter& m, const Application& a) {
  const std::string level = a.form["target"]["level"].text();
  const std::string type = a.form["target"]["application_type"].text();
  if (!m.rules.dictionary.code("title_level", level) ||
      !m.rules.dictionary.code("application_type", type))
    return;  // the form's own findings have said so
  std::string nature = a.unit["nature"].text();
  if (!m.rules.dictionary.code("nature", nature)) nature = "other";
  const pipeline::Table& table = m.rules.application_attachments;
  const auto rows = m.ask_all(table, {{"level", level},
                                      {"application_type", type},
                                      {"nature", nature},
                                      {"degree", yes_no(has_degree(a.form))},
                                      {"current", yes_no(has_current_title(a.form))},
                                      {"papers", yes_no(is_written(a.form["publications"]))},
                                      {"awards", yes_no(is_written(a.form["awards"]))},
                                      {"licences", yes_no(is_written(a.form["licences"]))}});
  require_attachments(m, table, rows, a.attachments, !m.form()["submit"].boolean());
}

int count_workdays(const Rules& rules, pipeline::Day from, pipeline::Day to) {
  constexpr int kLongest =
      3660;  // dates are the submitter's; a mistyped century must not keep the line busy
  int days = 0;
  int looked_at = 0;
  for (pipeline::Day day = from; day <= to && looked_at < kLongest;
       day += std::chrono::days(1), ++looked_at)
    days += is_workday(rules, day);
  return days;
}

Value publicity_for_paper(const Matter& m, const Application& a) {
  Value publicity = a.form["publicity"];
  const auto from = pipeline::parse_iso_date(publicity["start"].text());
  const auto to = pipeline::parse_iso_date(publicity["end"].text());
  if (from && to) publicity.set("workdays", count_workdays(m.rules, *from, *to));
  std::int64_t photos = photos_sent(m.view, a);
  for (const Value& attachment : a.attachments.items())
    photos += attachment["slot"].string() == "A19";
  if (photos > 0) publicity.set("photos", photos);
  return publicity;
}

void check_publicity(Matter& m, const Application& a) {
  // H36: who has not submitted yet is told what is missing, and loses nothing for it.
  const Severity severity = m.form()["submit"].boolean() ? Severity::Error : Severity::Warning;
  // X64: until the function is released, a photo is welcome but nobody must bring one.
  if (m.rules.settings.publicity_photo == "required" && !fills(a.attachments, "A19") &&
      photos_sent(m.view, a) == 0)
    m.find("ATTACHMENT_MISSING", severity, "attachments",
           {{"file", labelled_slot(m.rules, "A19")},
            {"detail", "须有单位公示现场照片，也可由单位先投递“上传公示照片”。"}});
  const Value& publicity = a.form["publicity"];
  const auto from = pipeline::parse_iso_date(publicity["start"].text());
  const auto to = pipeline::parse_iso_date(publicity["end"].text());
  if (!from || !to) {
    m.find("PUBLICITY_MISSING", severity, "publicity");
    return;
  }
  for (const pipeline::Day day : {*from, *to}) {
    if (is_calendar_known(m.rules, day)) continue;
    m.find("CALENDAR_YEAR_UNKNOWN", "publicity", {{"value", pipeline::iso_date(day).substr(0, 4)}});
    break;
  }
  const int days = count_workdays(m.rules, *from, *to);
  if (days < m.rules.settings.publicity_min_workdays)
    m.find("PUBLICITY_TOO_SHORT", severity, "publicity",
           {{"value", pipeline::iso_date(*from) + "至" + pipeline::iso_date(*to)},
            {"detail", std::to_string(days)},
            {"expected", std::to_string(m.rules.settings.publicity_min_workdays)}});
}

Value check_scans(Matter& m, const Application& a) {
  Value lines = Value::array();
  const std::string id_number = a.form["applicant"]["id_number"].text();
  for (const Value& attachment : a.attachments.items()) {
    const std::string& slot = attachment["slot"].string();
    // What came in an earlier round was looked at then.
    if (slot.empty() || m.rules.shared_slots.contains(slot) ||
        attachment["bundle"].string() != m.submission.sha256)
      continue;
    for (const std::string& key : m.view.find("form", "scan", attachment["sha256"].string())) {
      const std::string other = key.substr(0, key.rfind("-r"));
      const auto document = m.view.document("case", other);
      if (!document || (*document)["applicant_id"].text() == id_number) continue;
      m.find("ATTACHMENT_DUPLICATE", attachment["file"].string(),
             {{"file", attachment["file"].string()}, {"detail", "另一位申请人的申请书"}});
      lines.push("附件“" + attachment["file"].string() + "”与案件 " + other +
                 "（另一位申请人）的附件完全相同，请核对。");
      break;
    }
  }
  return lines;
}

namespace {

int year_of(const std::string& date) {
  return date.size() >= 4 ? std::atoi(date.substr(0, 4).c_str()) : 0;
}

int rank(const Rules& rules, const std::string& level) {
  const auto& levels = rules.dictionary.words("title_level");  // the highest first
  const auto at = std::find_if(levels.begin(), levels.end(),
                               [&](const auto& word) { return word.first == level; });
  return at == levels.end() ? -1 : static_cast<int>(levels.end() - at);
}

/// Of the current title: as written, else what series and name say (domain §2.3: never the name alone).
std::string current_level(const Rules& rules, const Value& current) {
  if (const std::string level = current["level"].text(); !level.empty()) return level;
  for (const TitleName& name : rules.titles)
    if (name.series == current["series"].text() && name.title == current["title"].text())
      return name.level;
  return {};
}

struct Years {
  std::string line;      ///< the arithmetic
  std::string short_of;  ///< "" if it is enough
};

/// domain §3.4: years count to 31 December of the application's year, so only the years matter.
Years years_in_post(const Matter& m, const Application& a, const std::string& from, int needed) {
  const Value& current = a.form["current"];
  const auto label = [&](const std::string& level) {
    return m.rules.dictionary.label("title_level", level);
  };
  const std::string level = current_level(m.rules, current);
  const int start = year_of(current["date"].text());
  const int years = start > 0 ? static_cast<int>(a.form["year"].integer()) - start : 0;
  Years out;
  out.line = "须任" + label(from) + "满" + std::to_string(needed) + "年；现职称：" +
             (has_current_title(a.form) ? current["title"].text() : "无");
  if (!level.empty()) out.line += "（" + label(level) + "）";
  if (start > 0)
    out.line += "，" + current["date"].text() + " 取得，至" + a.form["year"].text() + "年12月31日" +
                std::to_string(years) + "年";
  if (rank(m.rules, level) < rank(m.rules, from))
    out.short_of = "须先有" + label(from) + "资格";
  else if (start == 0)
    out.short_of = "没有填写现职称取得时间";
  else if (years < needed)
    out.short_of = "任职年限不足，差" + std::to_string(needed - years) + "年";
  return out;
}

void check_years(Matter& m, const Application& a, const pipeline::TableRow& row,
                 const std::string& education, Value& lines) {
  const pipeline::Table& table = m.rules.eligibility;
  const std::string from = table.output(row, "from");
  const std::string level =
      m.rules.dictionary.label("title_level", a.form["target"]["level"].text());
  std::string line =
      "申报" + level + "，学历" + m.rules.dictionary.label("education_level", education) + "：";
  std::string amiss;
  const int work_needed = std::stoi(table.output(row, "work_years"));
  if (from == "never") {
    amiss = "此学历不能正常申报";
  } else if (from != "none") {
    Years years = years_in_post(m, a, from, std::stoi(table.output(row, "years")));
    line += years.line;
    amiss = std::move(years.short_of);
  } else if (work_needed > 0) {
    const int start = year_of(a.form["applicant"]["work_start"].text());
    const int years = start > 0 ? static_cast<int>(a.form["year"].integer()) - start : 0;
    line += "须工作满" + std::to_string(work_needed) + "年，已" + std::to_string(years) + "年";
    if (years < work_needed) amiss = "工作年限不足";
  } else {
    line += "不要求年限";
  }
  lines.push(line + "。" + (amiss.empty() ? "符合正常申报年限。" : amiss + "。"));
  if (!amiss.empty()) m.find("INELIGIBLE_NORMAL", "target", {{"detail", line + "，" + amiss}});
}

/// Years before the application's for which a list has no row.
std::vector<std::string> missing_years(const Application& a, const Value& list, int wanted) {
  std::vector<std::string> missing;
  const auto& rows = list.items();
  for (int back = wanted; back >= 1; --back) {
    const std::int64_t year = a.form["year"].integer() - back;
    if (std::none_of(rows.begin(), rows.end(),
                     [&](const Value& row) { return row["year"].integer() == year; }))
      missing.push_back(std::to_string(year));
  }
  return missing;
}

void check_hours(Matter& m, const Application& a) {
  constexpr std::int64_t kHours = 90, kProfessional = 60;  // domain §3.1 S6: two thirds of them
  const auto& years = a.form["continuing_education"].items();
  for (std::size_t i = 0; i < years.size(); ++i) {
    const std::int64_t professional = years[i]["professional_hours"].integer();
    const std::int64_t total = professional + years[i]["public_hours"].integer();
    if (total >= kHours && professional >= kProfessional) continue;
    m.find("CE_HOURS_SHORT", "continuing_education[" + std::to_string(i) + ']',
           {{"value", years[i]["year"].text()},
            {"detail", std::to_string(total) + "（专业课" + std::to_string(professional) + "）"}});
  }
}

void check_appraisals(Matter& m, const Application& a) {
  constexpr std::int64_t kYears = 5;
  std::vector<std::string> failed;
  for (const Value& appraisal : a.form["appraisals"].items())
    if (appraisal["grade"].text() == "incompetent" &&
        a.form["year"].integer() - appraisal["year"].integer() <= kYears)
      failed.push_back(appraisal["year"].text());
  if (!failed.empty())
    m.find("APPRAISAL_FAILED", "appraisals", {{"value", pipeline::join(failed, "、")}});
}

}  // namespace

const Value& highest_education(const Rules& rules, const Value& form) {
  static const Value kNone;
  for (const auto& [code, label] : rules.dictionary.words("education_level"))
    for (const Value& e : form["education"].items())
      if (e["level"].text() == code) return e;
  return kNone;
}

Value check_eligibility(Matter& m, const Application& a) {
  Value lines = Value::array();
  const std::string level = a.form["target"]["level"].text();
  const std::string type = a.form["target"]["application_type"].text();
  const std::string highest = highest_education(m.rules, a.form)["level"].text();
  if (rank(m.rules, level) < 0 || !a.form["year"].is_integer()) return lines;
  static const std::set<std::string, std::less<>> kInTable{"doctor", "master", "bachelor",
                                                           "college", "secondary"};
  const std::string education = kInTable.contains(highest) ? highest : "other";
  const pipeline::TableRow* row =
      m.ask(m.rules.eligibility, {{"level", level}, {"education", education}});
  if (row && type == "NORMAL" && !highest.empty()) check_years(m, a, *row, highest, lines);
  if (row) {
    const int wanted = std::stoi(m.rules.eligibility.output(*row, "appraisals"));
    const auto tell = [&](const char* what, const Value& list) {
      const std::string years = pipeline::join(missing_years(a, list, wanted), "、");
      lines.push(std::string(what) + "：须有近" + std::to_string(wanted) + "年，" +
                 (years.empty() ? "齐全。" : "没有填写" + years + "年。"));
      return years;
    };
    const std::string appraisals = tell("年度考核", a.form["appraisals"]);
    if (!appraisals.empty()) m.find("APPRAISAL_MISSING", "appraisals", {{"value", appraisals}});
    const std::string hours = tell("继续教育", a.form["continuing_education"]);
    if (!hours.empty())
      m.find("CE_HOURS_SHORT", "continuing_education",
             {{"value", hours}, {"detail", "0（没有填写）"}});
  }
  const std::string now = current_level(m.rules, a.form["current"]);
  if (type == "TRANSFER" && !now.empty() && now != level)
    m.find("TRANSFER_SAME_LEVEL", "target.level",
           {{"detail", "现职称为" + m.rules.dictionary.label("title_level", now) + "，申报" +
                           m.rules.dictionary.label("title_level", level)}});
  check_hours(m, a);
  check_appraisals(m, a);
  const auto end = pipeline::parse_iso_date(a.form["publicity"]["end"].text());
  if (end && pipeline::beijing_day(m.now) <= *end)
    lines.push("公示到" + pipeline::chinese_date(*end) + "结束，收到时尚未期满，上报前请核对。");
  return lines;
}

}  // namespace decide
