#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "tests/season_offices.hpp"

// Who applies for what: forms with all that is asked for, so that what is found in them was put there.

namespace season {

struct TitleRow {
  std::string series, level, title;
  bool exam = false;
};

/// The shipped catalogue, read as what it is: a list of rows.
inline std::vector<TitleRow> read_titles(const std::string& templates) {
  std::ifstream in(templates + "/common/series.csv");
  std::vector<TitleRow> rows;
  for (std::string line; std::getline(in, line);) {
    const auto cells = pipeline::split(line, ',');
    if (cells.size() < 6 || line.find('#') != line.npos || cells[0] == "series") continue;
    // 其他 has titles outside the list, and no level can be told from them.
    if (cells[0] == "other") continue;
    rows.push_back({std::string(cells[0]), std::string(cells[2]), std::string(cells[3]),
                    pipeline::trim(cells[5]) == "yes"});
  }
  return rows;
}

/// X31: the committees of the directory; "" if the series has none in that province.
inline std::string committee_of(const std::string& series, bool hunan) {
  static const std::map<std::string, std::string> kXinjiang{
      {"engineering", "committee-xj-engineering"},
      {"health", "committee-xj-health"},
      {"higher_edu_teacher", "committee-xj-university"},
      {"primary_secondary_teacher", "committee-xj-school"},
      {"agriculture", "committee-xj-agriculture"}};
  static const std::map<std::string, std::string> kHunan{
      {"engineering", "committee-hn-engineering"},
      {"primary_secondary_teacher", "committee-hn-school"},
      {"agriculture", "committee-hn-agriculture"}};
  const auto& all = hunan ? kHunan : kXinjiang;
  const auto at = all.find(series);
  return at == all.end() ? "" : at->second;
}

/// Mistakes that people make in applications; each is told by the findings named after it.
enum class Slip {
  None,
  // told, and taken in all the same
  FewHours,      // CE_HOURS_SHORT
  BadAppraisal,  // APPRAISAL_FAILED
  TooEarly,      // INELIGIBLE_NORMAL
  NoPortrait,    // ATTACHMENT_MISSING, a warning
  SharedScan,    // ATTACHMENT_DUPLICATE, from the second on
  OtherDot,      // NAME_SEPARATOR_NORMALISED
  UnknownField,  // FIELD_UNKNOWN
  // refused or left lying; handed in again the next day
  NoPublicity,     // PUBLICITY_MISSING
  ShortPublicity,  // PUBLICITY_TOO_SHORT
  NoSubmit,        // NOT_SUBMITTED
  NoIdentity,      // ATTACHMENT_MISSING
  WrongCheck,      // ID_CHECK
  WrongLevel,      // TITLE_LEVEL_MISMATCH
  OtherFolder      // WRONG_FOLDER
};
inline bool is_refused(Slip slip) {
  return slip >= Slip::NoPublicity;
}

struct Applicant {
  int number = 0;
  Person person;
  TitleRow title;
  std::string type;
  Slip slip = Slip::None;
};

inline std::string year(int n) {
  return std::to_string(n);
}

inline Value years_of(int last, const std::function<Value(int)>& make) {
  Value list = Value::array();
  for (int y = 2021; y <= last; ++y) list.push(make(y));
  return list;
}

inline std::string level_below(const std::string& level) {
  static const std::map<std::string, std::string> kBelow{{"senior_full", "senior_associate"},
                                                         {"senior_associate", "intermediate"},
                                                         {"intermediate", "assistant"},
                                                         {"assistant", "junior"}};
  const auto at = kBelow.find(level);
  return at == kBelow.end() ? "" : at->second;
}

/// What somebody of that level has behind them (domain §3.4): years since each title.
inline Value current_of(const Applicant& a, int work) {
  const std::string below = level_below(a.title.level);
  const bool transfer = a.type == "TRANSFER";
  if (a.type == "FIRST_RECOGNITION" || (!transfer && below.empty()))
    return Value::object({{"title", "无"}});
  const std::string won = a.slip == Slip::TooEarly ? "2025" : year(std::min(work + 12, 2018));
  return Value::object({{"title", "原职称"},
                        {"series", transfer ? "other" : a.title.series},
                        {"level", transfer ? a.title.level : below},
                        {"date", won + "-12-01"},
                        {"certificate_no", "ZC" + won + "-" + year(1000 + a.number)},
                        {"appointed_date", year(std::stoi(won) + 1) + "-01-01"}});
}

inline Value form_of(const Office& office, const Applicant& a) {
  const int work = a.person.birth_year + 22;
  std::string name = a.person.name;
  if (const auto dot = name.find("·"); a.slip == Slip::OtherDot && dot != name.npos)
    name.replace(dot, std::string("·").size(), "•");
  Value form = Value::object({{"kind", "title_application"},
                              {"submit", a.slip != Slip::NoSubmit},
                              {"unit_uscc", office.uscc},
                              {"year", 2026}});
  std::string id = a.person.id_number;
  if (a.slip == Slip::WrongCheck) id = app::with_wrong_check(id);
  form.set("applicant", Value::object({{"name", name},
                                       {"sex", a.person.male ? "男" : "女"},
                                       {"birth_date", a.person.birth_date},
                                       {"ethnicity", a.person.ethnicity},
                                       {"id_number", id},
                                       {"political_status", a.number % 3 ? "群众" : "中共党员"},
                                       {"work_start", year(work) + "-07"},
                                       {"phone", a.person.phone}}));
  const std::string level = a.slip == Slip::WrongLevel ? level_below(a.title.level) : a.title.level;
  form.set("target", Value::object({{"series", a.title.series},
                                    {"specialty", "综合"},
                                    {"level", level},
                                    {"title", a.title.title},
                                    {"application_type", a.type}}));
  form.set("current", current_of(a, work));
  form.set("education", Value::array({Value::object({{"level", "本科"},
                                                     {"degree", "学士"},
                                                     {"school", "新疆师范大学"},
                                                     {"major", "综合"},
                                                     {"start", year(work - 4) + "-09"},
                                                     {"end", year(work) + "-06"},
                                                     {"cert_no", "A" + year(a.number)}})}));
  form.set("career",
           Value::array({Value::object({{"start", year(work) + "-07"}, {"unit", office.name}})}));
  form.set("appraisals", years_of(2025, [&](int y) {
             const bool bad = a.slip == Slip::BadAppraisal && y == 2023;
             return Value::object({{"year", y}, {"grade", bad ? "不合格" : "合格"}});
           }));
  form.set("continuing_education", years_of(2025, [&](int y) {
             const bool few = a.slip == Slip::FewHours && y == 2024;
             return Value::object(
                 {{"year", y}, {"public_hours", 30}, {"professional_hours", few ? 20 : 60}});
           }));
  form.set("achievements", Value::array({Value::object({{"period", "2023"}, {"name", "公开课"}})}));
  form.set(
      "publications",
      Value::array({Value::object({{"title", "论文" + year(a.number)}, {"date", "2024-05"}})}));
  form.set("summary", "任现职以来，本人承担专业技术工作。");
  form.set("pledge", Value::object({{"signed", true}, {"date", "2026-10-20"}}));
  if (a.slip != Slip::NoPublicity)
    form.set("publicity",
             Value::object({{"start", "2026-10-12"},
                            {"end", a.slip == Slip::ShortPublicity ? "2026-10-15" : "2026-10-16"},
                            {"place", "公示栏"},
                            {"objections", "无异议"}}));
  if (a.slip == Slip::UnknownField) form.set("favourite_colour", "蓝");
  return form;
}

/// Everything that domain §3.2 may ask for. `version`: how often the scan of a slot was renewed.
inline std::vector<Attached> papers_of(const Applicant& a,
                                       const std::map<std::string, int>& version = {}) {
  std::vector<Attached> papers;
  for (int n = 1; n <= 28; ++n) {
    const std::string slot = (n < 10 ? "A0" : "A") + std::to_string(n);
    if (slot == "A19" || (slot == "A24" && a.slip == Slip::NoPortrait) ||
        (slot == "A01" && a.slip == Slip::NoIdentity))
      continue;
    const auto at = version.find(slot);
    const int v = at == version.end() ? 0 : at->second;
    const bool shared = slot == "A13" && a.slip == Slip::SharedScan;
    papers.push_back(
        {slot, form_pdf::scan(shared ? "one scan for all"
                                     : year(a.number) + slot + "v" + std::to_string(v))});
  }
  return papers;
}

using Codes = std::set<std::string>;

/// What is told of the content each time it is looked at, and only when the form is handed in whole.
inline Codes told_always(const Applicant& a) {
  Codes codes;
  if (a.title.exam && a.slip != Slip::WrongLevel) codes.insert("EXAM_ONLY_LEVEL");
  switch (a.slip) {
    case Slip::FewHours:
      codes.insert("CE_HOURS_SHORT");
      break;
    case Slip::BadAppraisal:
      codes.insert("APPRAISAL_FAILED");
      break;
    case Slip::TooEarly:
      codes.insert("INELIGIBLE_NORMAL");
      break;
    case Slip::NoPortrait:
    case Slip::NoIdentity:
      codes.insert("ATTACHMENT_MISSING");
      break;
    case Slip::NoPublicity:
      codes.insert("PUBLICITY_MISSING");
      break;
    case Slip::ShortPublicity:
      codes.insert("PUBLICITY_TOO_SHORT");
      break;
    case Slip::NoSubmit:
      codes.insert("NOT_SUBMITTED");
      break;
    case Slip::WrongCheck:
      codes.insert("ID_CHECK");
      break;
    case Slip::WrongLevel:
      codes.insert("TITLE_LEVEL_MISMATCH");
      break;
    case Slip::OtherFolder:
      codes.insert("WRONG_FOLDER");
      break;
    default:
      break;
  }
  return codes;
}
inline Codes told_of_whole_forms(const Applicant& a) {
  Codes codes;
  if (has_old_region(a.person)) codes.insert("ID_REGION_HISTORICAL");
  if (a.slip == Slip::OtherDot) codes.insert("NAME_SEPARATOR_NORMALISED");
  if (a.slip == Slip::UnknownField) codes.insert("FIELD_UNKNOWN");
  return codes;
}

}  // namespace season
