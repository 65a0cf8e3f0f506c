#include <algorithm>
#include <string_view>

#include "app/sample_forms.hpp"
#include "app/sample_prose.hpp"

namespace app {

using pipeline::Value;

namespace {

using Words = std::string_view;

/// A profession: its series (domain §2.2), the titles from assistant to full, and what its people
/// study.
struct Track {
  Branch branch;
  Words series, specialty;
  Words titles[4];  ///< assistant, intermediate, senior_associate, senior_full
  Words major, licence;
};

constexpr Words kLevels[] = {"assistant", "intermediate", "senior_associate", "senior_full"};

constexpr Track kTracks[] = {{Branch::School,
                              "primary_secondary_teacher",
                              "中学数学",
                              {"二级教师", "一级教师", "高级教师", "正高级教师"},
                              "数学与应用数学",
                              "教师资格证"},
                             {Branch::School,
                              "primary_secondary_teacher",
                              "中学语文",
                              {"二级教师", "一级教师", "高级教师", "正高级教师"},
                              "汉语言文学",
                              "教师资格证"},
                             {Branch::School,
                              "primary_secondary_teacher",
                              "中学物理",
                              {"二级教师", "一级教师", "高级教师", "正高级教师"},
                              "物理学",
                              "教师资格证"},
                             {Branch::Kindergarten,
                              "primary_secondary_teacher",
                              "学前教育",
                              {"二级教师", "一级教师", "高级教师", "正高级教师"},
                              "学前教育",
                              "教师资格证"},
                             {Branch::Company,
                              "engineering",
                              "建筑工程",
                              {"助理工程师", "工程师", "高级工程师", "正高级工程师"},
                              "土木工程",
                              ""},
                             {Branch::Company,
                              "engineering",
                              "道路与桥梁工程",
                              {"助理工程师", "工程师", "高级工程师", "正高级工程师"},
                              "道路桥梁与渡河工程",
                              ""},
                             {Branch::Hospital,
                              "health",
                              "护理学",
                              {"护师", "主管护师", "副主任护师", "主任护师"},
                              "护理学",
                              "护士执业证书"},
                             {Branch::Hospital,
                              "health",
                              "医院药学",
                              {"药师", "主管药师", "副主任药师", "主任药师"},
                              "药学",
                              "药师执业证书"},
                             {Branch::Farming,
                              "agriculture",
                              "作物栽培",
                              {"助理农艺师", "农艺师", "高级农艺师", "正高级农艺师"},
                              "农学",
                              ""},
                             {Branch::Farming,
                              "agriculture",
                              "畜牧",
                              {"助理畜牧师", "畜牧师", "高级畜牧师", "正高级畜牧师"},
                              "动物科学",
                              ""},
                             {Branch::Forestry,
                              "engineering",
                              "林业工程",
                              {"助理工程师", "工程师", "高级工程师", "正高级工程师"},
                              "林学",
                              ""},
                             {Branch::Institute,
                              "engineering",
                              "水利工程",
                              {"助理工程师", "工程师", "高级工程师", "正高级工程师"},
                              "水利水电工程",
                              ""},
                             {Branch::Institute,
                              "natural_science_researcher",
                              "水文与水资源",
                              {"研究实习员", "助理研究员", "副研究员", "研究员"},
                              "水文与水资源工程",
                              ""}};

struct Publicity {
  Words start, end, text;
};
// Five working days or more (domain §5.3).
constexpr Publicity kPublicity[] = {{"2026-10-12", "2026-10-16", "2026年10月12日至10月16日"},
                                    {"2026-10-19", "2026-10-23", "2026年10月19日至10月23日"},
                                    {"2026-10-26", "2026-11-02", "2026年10月26日至11月2日"},
                                    {"2026-11-02", "2026-11-06", "2026年11月2日至11月6日"},
                                    {"2026-11-09", "2026-11-16", "2026年11月9日至11月16日"}};

/// When what happened: consistent with domain §3.4, in years.
struct Life {
  int school, graduation, work,
      title[4];  ///< title[i]: the year in which the title of that level was or will be won
};

Life live(Random& random, int target, int birth_year) {
  Life life{};
  life.school = birth_year + 18;
  life.graduation = life.work = life.school + 4;
  life.title[0] = life.work + 1;
  life.title[1] = life.title[0] + 4 + random.between(0, 1);
  life.title[2] = life.title[1] + 5 + random.between(0, 1);
  life.title[3] = 2026;
  life.title[target] = 2026;
  return life;
}

std::string year(int n) {
  return std::to_string(n);
}

/// The last character of an ISSN makes the weighted sum a multiple of 11.
std::string issn(Random& random) {
  std::string digits = "1" + std::to_string(random.between(100000, 999999));
  int sum = 0;
  for (int i = 0; i < 7; ++i) sum += (digits[static_cast<std::size_t>(i)] - '0') * (8 - i);
  const int check = (11 - sum % 11) % 11;
  return digits.substr(0, 4) + "-" + digits.substr(4) + (check == 10 ? "X" : std::to_string(check));
}

Value career(Random& random, const Unit& unit, const Life& life, Words title) {
  static constexpr Words kBefore[] = {"某乡镇综合服务中心", "某县下属单位", "某市某集团分公司"};
  Value jobs = Value::array();
  const std::string begin = year(life.work) + "-07";
  const int moved = life.work + random.between(2, 4);
  const bool moves = moved < 2024 && random.chance(50);
  if (moves)
    jobs.push(Value::object({{"start", begin},
                             {"end", year(moved) + "-08"},
                             {"unit", random.pick(kBefore)},
                             {"duty", "专业技术岗位"},
                             {"title", "无"}}));
  jobs.push(Value::object({{"start", moves ? year(moved) + "-09" : begin},
                           {"end", Value()},
                           {"unit", unit.name},
                           {"duty", "专业技术岗位"},
                           {"title", title}}));
  return jobs;
}

Value appraisals(Random& random, int first) {
  Value list = Value::array();
  for (int y = first; y <= 2025; ++y)
    list.push(Value::object({{"year", y}, {"grade", random.chance(20) ? "优秀" : "合格"}}));
  return list;
}

Value hours(Random& random, int first) {
  Value list = Value::array();
  for (int y = first; y <= 2025; ++y)
    list.push(Value::object(
        {{"year", y}, {"public_hours", 30}, {"professional_hours", random.between(60, 84)}}));
  return list;
}

Value achievements(Random& random, const Track& track) {
  static constexpr Words kRoles[] = {"主持", "主要参与", "参与"};
  static constexpr Words kScopes[] = {"省部级", "市厅级", "市厅级"};
  Value list = Value::array();
  for (int i = random.between(1, 3); i > 0; --i)
    list.push(Value::object({{"period", year(random.between(2019, 2025))},
                             {"name", achievement_name(random, track.specialty)},
                             {"role", random.pick(kRoles)},
                             {"level", random.pick(kScopes)}}));
  return list;
}

Value publications(Random& random, const Track& track, int count) {
  static constexpr Words kVenues[] = {"基层专业技术通讯", "西部应用研究", "湘中专业技术",
                                      "实践与探索"};
  Value list = Value::array();
  for (int i = 0; i < count; ++i) {
    const int month = random.between(1, 9);
    list.push(
        Value::object({{"title", paper_title(random, track.specialty)},
                       {"venue", random.pick(kVenues)},
                       {"issn", issn(random)},
                       {"date", year(random.between(2020, 2025)) + "-0" + std::to_string(month)},
                       {"author_rank", random.between(1, 2)}}));
  }
  return list;
}

/// How the files are named: as what they are, so that the slots can be told by name (domain §8.5),
/// or as the device left them.
enum class Naming { Tidy, AsItCame };

class Folder {
 public:
  Folder(Random& random, Scanner& scanner, Naming naming)
      : random_(random), scanner_(scanner), naming_(naming) {}

  void photo(Words slot, const std::string& name) {
    static constexpr Words kDevices[] = {"IMG_202610", "扫描件_", "微信图片_202610"};
    const std::string device(random_.pick(kDevices));
    const std::string number =
        std::to_string(random_.between(100, 999)) + std::to_string(files_.size());
    const bool raw = naming_ == Naming::AsItCame && random_.chance(12);
    add(slot, raw ? device + number : name, ".jpg", scanner_.photo(random_));
  }
  void pdf(Words slot, const std::string& name, int pages) {
    add(slot, name, ".pdf", scanner_.pdf(random_, pages));
  }
  void screenshot(Words slot, const std::string& name) {
    add(slot, name, ".png", scanner_.screenshot(random_));
  }
  void portrait(Words slot, const std::string& name) {
    add(slot, name, ".jpg", scanner_.portrait(random_));
  }
  std::vector<Attachment> take() { return std::move(files_); }

 private:
  void add(Words slot, const std::string& name, Words ending, Content content) {
    files_.push_back({std::string(slot), name + std::string(ending), std::move(content)});
  }

  Random& random_;
  Scanner& scanner_;
  Naming naming_;
  std::vector<Attachment> files_;
};

/// Everything that domain §3.2 asks for at that level.
std::vector<Attachment> papers(Random& random, Scanner& scanner, Naming naming, const Unit& unit,
                               const Track& track, int target, const Life& life, int first_year,
                               const std::string& name) {
  Folder folder(random, scanner, naming);
  const bool public_institution = unit.nature == "public_institution";
  folder.photo("A01", name + "身份证");
  folder.photo("A02", "毕业证");
  folder.photo("A03", "学位证");
  folder.screenshot("A04", life.graduation < 2002 ? "学历认证报告" : "学信网学历备案表");
  if (target > 0) folder.photo("A05", "现职称证书");
  if (target > 0 && public_institution) folder.photo("A07", "聘书");
  if (!public_institution) {
    folder.photo("A08", "劳动合同");
    folder.screenshot("A09", "社保参保证明");
  }
  for (int y = first_year; y <= 2025; ++y) folder.photo("A10", year(y) + "年度考核表");
  folder.pdf("A11", "继续教育学时证明", 1);
  folder.pdf("A12", "业务工作总结", 2);
  if (target > 0) folder.pdf("A13", "业绩成果证明", random.between(1, 3));
  if (target > 1) folder.pdf("A14", "论文封面目录正文", random.between(3, 5));
  if (!track.licence.empty()) folder.photo("A16", std::string(track.licence));
  folder.photo("A17", "单位推荐表");
  folder.photo("A18", "公示证明");
  folder.photo("A20", "个人诚信承诺书");
  folder.photo("A21", "单位承诺书");
  folder.portrait("A24", "证件照");
  if (target > 0 && public_institution) folder.photo("A25", "岗位职数核准表");
  if (target > 1 && (track.series == "health" || track.series == "primary_secondary_teacher"))
    folder.photo("A27", "基层服务证明");
  return folder.take();
}

}  // namespace

Application application(Random& random, Scanner& scanner, People& people, const Unit& unit) {
  const Track* track = &random.pick(kTracks);
  while (track->branch != unit.branch) track = &random.pick(kTracks);
  const int draw = random.between(1, 100);
  const int target = draw <= 10 ? 0 : draw <= 52 ? 1 : draw <= 92 ? 2 : 3;
  static constexpr int kYoungest[] = {24, 28, 35, 43}, kOldest[] = {24, 32, 41, 52};
  const Person who = people.person(random, unit.province, kYoungest[target], kOldest[target]);
  const Life life = live(random, target, who.birth_year);
  const Publicity& publicity = random.pick(kPublicity);
  const int first_year = std::max(life.work, target > 1 ? 2021 : 2023);
  static constexpr Words kSchools[] = {"新疆师范大学", "新疆农业大学", "石河子大学",
                                       "湖南农业大学", "湘潭大学",     "长沙理工大学"};

  Value form = Value::object(
      {{"kind", "title_application"}, {"submit", true}, {"unit_uscc", unit.uscc}, {"year", 2026}});
  std::string written = who.name;
  // Domain §8.1: some keyboards have another dot.
  if (const auto dot = written.find("·"); dot != std::string::npos && random.chance(10))
    written.replace(dot, 2, "•");
  form.set("applicant",
           Value::object({{"name", written},
                          {"sex", who.male ? "男" : "女"},
                          {"birth_date", spelled(random, who.birth_date)},
                          {"ethnicity", who.ethnicity},
                          {"id_type", "居民身份证"},
                          {"id_number", who.id_number},
                          {"political_status", random.chance(40) ? "中共党员" : "群众"},
                          {"work_start", spelled(random, year(life.work) + "-07")},
                          {"phone", who.phone}}));
  const Words title = track->titles[target];
  form.set("target",
           Value::object({{"series", track->series},
                          {"specialty", track->specialty},
                          {"level", kLevels[target]},
                          {"title", title},
                          {"application_type", target == 0 ? "FIRST_RECOGNITION" : "NORMAL"}}));
  const Words current = target == 0 ? Words("无") : track->titles[target - 1];
  if (target > 0) {
    const int won = life.title[target - 1];
    form.set("current",
             Value::object({{"title", current},
                            {"series", track->series},
                            {"level", kLevels[target - 1]},
                            {"date", year(won) + "-12-01"},
                            {"certificate_no", (unit.province == Province::Xinjiang ? "XJ" : "HN") +
                                                   year(won) + "-" +
                                                   std::to_string(random.between(1000, 9999))},
                            {"appointed_date", year(won + 1) + "-01-01"}}));
  }
  form.set("education", Value::array({Value::object(
                            {{"level", "本科"},
                             {"degree", "学士"},
                             {"school", random.pick(kSchools)},
                             {"major", track->major},
                             {"mode", "全日制"},
                             {"start", year(life.school) + "-09"},
                             {"end", spelled(random, year(life.graduation) + "-06")},
                             {"cert_no", "106941" + year(life.graduation) + "05" +
                                             std::to_string(random.between(100000, 999999))}})}));
  form.set("career", career(random, unit, life, current));
  form.set("appraisals", appraisals(random, first_year));
  form.set("continuing_education", hours(random, first_year));
  form.set("achievements", target > 0 ? achievements(random, *track) : Value::array());
  form.set("publications",
           target > 1 ? publications(random, *track, random.between(1, 3)) : Value::array());
  form.set("awards", Value::array());
  Value licences = Value::array();
  if (!track->licence.empty())
    licences.push(Value::object(
        {{"name", track->licence},
         {"no", year(life.graduation) + std::to_string(random.between(10000000, 99999999))},
         {"date", year(life.work) + "-06"}}));
  form.set("licences", std::move(licences));
  form.set("summary", work_summary(random, unit.name, track->specialty, year(life.work)));
  form.set("pledge", Value::object({{"signed", true}, {"date", publicity.start}}));
  form.set("publicity", Value::object({{"start", publicity.start},
                                       {"end", publicity.end},
                                       {"place", "单位公示栏"},
                                       {"objections", "无异议"}}));

  const Naming naming = random.chance(20) ? Naming::Tidy : Naming::AsItCame;
  Application out;
  out.submitted = {std::move(form), papers(random, scanner, naming, unit, *track, target, life,
                                           first_year, who.name)};
  if (naming == Naming::AsItCame) list_attachments(out.submitted);
  out.applicant = who.name;
  out.series = track->series;
  out.level = kLevels[target];
  out.publicity = publicity.text;
  out.unit = unit;
  out.path = {"unit-" + unit.uscc};
  return out;
}

}  // namespace app
