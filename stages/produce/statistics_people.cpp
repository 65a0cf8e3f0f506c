#include "stages/produce/statistics_people.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <utility>

namespace produce {

namespace {

using pipeline::Value;

constexpr const char* kUnknown = "未注明";

struct Heading {
  const char* title;
  std::vector<const char*> rows;  ///< the last one is for those who do not say
};

const std::array<Heading, kPeopleTables>& headings() {
  static const std::array<Heading, kPeopleTables> kHeadings{{
      {"性别", {"男", "女", kUnknown}},
      {"民族", {"汉族", "少数民族", kUnknown}},
      {"最高学历", {"研究生", "大学本科", "大学专科", "中专及以下", kUnknown}},
      {"学位", {"博士", "硕士", "学士", "无学位或未注明"}},
      {"年龄（申报年度12月31日）",
       {"35岁及以下", "36—40岁", "41—45岁", "46—50岁", "51—54岁", "55岁及以上", kUnknown}},
      {"政治面貌",
       {"中共党员", "中共预备党员", "共青团员", "民主党派", "无党派人士", "群众", kUnknown}},
  }};
  return kHeadings;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

std::size_t sex_row(std::string_view sex) {
  if (sex == "男") return 0;
  return sex == "女" ? 1 : 2;
}

std::size_t education_row(std::string_view level) {
  if (has_any(level, {"研究生", "博士", "硕士"})) return 0;
  // "中等专科" is no college: schools below the college come first.
  if (has_any(level, {"中专", "中等", "中职", "职高", "技校", "中技", "高中", "初中", "小学"}))
    return 3;
  if (has_any(level, {"本科"})) return 1;
  if (has_any(level, {"专科", "大专", "高职"})) return 2;
  return 4;
}

std::size_t degree_row(std::string_view degree) {
  if (has_any(degree, {"博士"})) return 0;
  if (has_any(degree, {"硕士"})) return 1;
  return has_any(degree, {"学士"}) ? 2 : 3;
}

std::size_t age_row(int age) {
  if (age < 0) return 6;
  if (age <= 35) return 0;
  if (age <= 40) return 1;
  if (age <= 45) return 2;
  if (age <= 50) return 3;
  return age <= 54 ? 4 : 5;
}

std::size_t political_row(std::string_view status) {
  if (has_any(status, {"无党派"})) return 4;
  if (has_any(status, {"预备"})) return 1;
  if (has_any(status, {"民革", "民盟", "民建", "民进", "农工", "致公", "九三", "台盟", "民主党派"}))
    return 3;
  if (has_any(status, {"中共", "党员", "共产党"})) return 0;
  if (has_any(status, {"团员"})) return 2;
  return has_any(status, {"群众", "普通"}) ? 5 : 6;
}

/// The dictionary's label of what stands in that field, else what stands there.
std::string word(const pipeline::Dictionary& dictionary, const Value& application,
                 const char* field, const char* name) {
  const std::string& written = application[field].string();
  const auto code = written.empty() ? std::nullopt : dictionary.code(name, written);
  return code ? dictionary.label(name, *code) : written;
}

}  // namespace

void add_people(CaseFacts& facts, const pipeline::Dictionary& dictionary,
                const Value& application) {
  const auto said = [&](const char* field, const char* name) {
    return word(dictionary, application, field, name);
  };
  facts.ethnicity = said("ethnicity", "ethnicity");
  facts.people[Sex] = sex_row(said("sex", "sex"));
  facts.people[Ethnicity] = facts.ethnicity.empty() ? 2 : facts.ethnicity == "汉族" ? 0 : 1;
  facts.people[Education] = education_row(said("education", "education_level"));
  facts.people[Degree] = degree_row(said("degree", "degree"));
  facts.people[Age] = age_row(facts.age);
  facts.people[Political] = political_row(said("political_status", "political_status"));
}

const std::vector<const char*>& people_labels(PeopleTableOf table) {
  return headings()[table].rows;
}

PeopleCounter::PeopleCounter() {
  for (const Heading& heading : headings()) {
    PeopleTable table{heading.title, {}};
    for (const char* row : heading.rows) table.rows.push_back({"", row, {}});
    tables_.push_back(std::move(table));
  }
}

void PeopleCounter::add(const CaseFacts& facts) {
  for (std::size_t table = 0; table < facts.people.size(); ++table)
    ++tables_[table].rows[facts.people[table]].count[facts.level];

  const std::string label = facts.ethnicity.empty() ? kUnknown : facts.ethnicity;
  auto row = std::find_if(ethnicities_.begin(), ethnicities_.end(),
                          [&](const LevelRow& each) { return each.label == label; });
  if (row == ethnicities_.end()) row = ethnicities_.insert(row, {"", label, {}});
  ++row->count[facts.level];
}

std::vector<PeopleTable> PeopleCounter::tables() && {
  std::sort(ethnicities_.begin(), ethnicities_.end(), [](const LevelRow& a, const LevelRow& b) {
    const auto left = sum(a.count), right = sum(b.count);
    return left != right ? left > right : a.label < b.label;
  });
  tables_.push_back({"民族明细（按人数）", std::move(ethnicities_)});
  return std::move(tables_);
}

}  // namespace produce
