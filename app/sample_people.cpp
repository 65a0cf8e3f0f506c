#include "app/sample_people.hpp"

#include <array>
#include <cassert>
#include <map>
#include <string_view>

#include "pipeline/fault.hpp"
#include "pipeline/identifiers.hpp"

namespace app {
namespace {

using Words = std::string_view;

constexpr int kFirst = 1000, kLast = 99999, kBlock = 1000;

constexpr Words kFamily[] = {"李", "王", "张", "刘", "陈",   "杨", "赵", "黄", "周", "吴",
                             "徐", "孙", "胡", "朱", "高",   "林", "何", "郭", "马", "罗",
                             "梁", "宋", "郑", "谢", "韩",   "唐", "冯", "于", "董", "萧",
                             "程", "曹", "袁", "邓", "许",   "傅", "沈", "曾", "彭", "吕",
                             "苏", "卢", "蒋", "蔡", "欧阳", "龚", "翟", "覃"};
constexpr Words kMen[] = {"伟",   "建国", "志强", "文斌", "立新", "海波", "子轩", "俊杰",
                          "永红", "国栋", "明",   "家豪", "德胜", "晓东", "振华", "少华",
                          "卫民", "泽宇", "喆",   "堃",   "䶮",   "一鸣", "昞",   "𬭎",
                          "景堃", "喆元", "长青", "世平", "春生", "向阳"};
constexpr Words kWomen[] = {"芳",   "秀英", "丽娟", "晓燕", "雨欣", "淑华", "慧敏", "玉兰",
                            "静",   "红梅", "佳怡", "雪莲", "文静", "小玲", "若琳", "诗涵",
                            "春香", "美云", "喆慧", "堃玉", "燕妮", "桂花", "思敏", "婉清",
                            "䶮然", "冬梅", "素珍", "艳",   "凤英", "月娥"};
constexpr Words kUyghurMen[] = {"买买提",     "吐尔逊",   "阿卜杜热合曼", "艾力",     "玉素甫",
                                "努尔麦麦提", "艾尼瓦尔", "库尔班",       "伊力哈木", "木合塔尔",
                                "阿卜杜拉",   "麦麦提敏", "吾布力",       "亚森",     "热合曼",
                                "塔依尔",     "艾合买提", "居麦"};
constexpr Words kUyghurWomen[] = {"阿依古丽", "古丽娜尔", "帕提古丽", "热依汗",
                                  "米热古丽", "阿孜古丽", "茹仙古丽", "布威海丽且",
                                  "努尔比亚", "阿米娜",   "再娜甫",   "祖丽胡玛尔"};
constexpr Words kKazakhMen[] = {"叶尔江", "巴合提",   "哈力木", "加尔肯",
                                "努尔兰", "阿斯哈尔", "赛力克", "别克波拉提"};
constexpr Words kKazakhWomen[] = {"古丽扎提", "阿依努尔", "巴合提古丽",
                                  "加娜尔",   "沙吾列",   "玛依拉"};

constexpr Words kFirstWord[] = {"青", "晨", "云", "星", "清", "溪", "松", "竹",
                                "枫", "岚", "霁", "禾", "沐", "砚", "泽", "朗",
                                "芷", "澄", "栖", "远", "璞", "昭", "瑾", "曦"};
constexpr Words kSecondWord[] = {"岭", "溪", "禾", "桥", "杉", "屏", "汀", "川",
                                 "庐", "谷", "澜", "陌", "畔", "塬", "荷", "渡",
                                 "坪", "峦", "洲", "原", "棠", "舟", "崖", "苑"};

constexpr Words kHunanHomes[] = {"430102", "430104", "430121", "430181", "430621",
                                 "431302", "431321", "431382", "431121"};
constexpr Words kXinjiangHomes[] = {"652901", "652922", "650102", "653101",
                                    "654002", "652801", "652122"};

std::string two_digits(int n) {
  return std::string(n < 10 ? "0" : "") + std::to_string(n);
}

struct Home {
  Words region;
  Words name;  ///< as it begins a unit's name
  Words level;
  Words pinyin;
};
constexpr Home kHunan[] = {{"430102", "长沙市芙蓉区", "county", "frq"},
                           {"431382", "涟源市", "county", "ly"},
                           {"430000", "湖南省", "province", "hn"}};
constexpr Home kXinjiang[] = {{"652901", "阿克苏市", "county", "aks"},
                              {"652900", "阿克苏地区", "prefecture", "aksdq"},
                              {"650000", "新疆维吾尔自治区", "province", "xj"},
                              {"659001", "石河子市", "county", "shz"}};

struct Sort {
  Branch branch;
  Words suffix;
  Words authority;  ///< the first two characters of the USCC (domain §1.1)
  Words nature;
  Words pinyin;
};
constexpr Sort kSorts[] = {
    {Branch::School, "中学", "12", "public_institution", "zx"},
    {Branch::Kindergarten, "民办幼儿园", "52", "social_organisation", "yey"},
    {Branch::Company, "建筑工程有限公司", "91", "enterprise", "jz"},
    {Branch::Hospital, "医院", "12", "public_institution", "yy"},
    {Branch::Farming, "农业技术推广中心", "12", "public_institution", "nj"},
    {Branch::Forestry, "国有林场", "12", "public_institution", "lc"},
    {Branch::Institute, "工程设计研究院", "12", "public_institution", "sjy"}};

const Home& home_of(Province province, std::string_view region) {
  if (province == Province::Hunan) {
    for (const Home& home : kHunan)
      if (home.region == region) return home;
  } else {
    for (const Home& home : kXinjiang)
      if (home.region == region) return home;
  }
  assert(false);
  return kHunan[0];
}

/// What exists at which level: no province keeps a kindergarten.
Branch branch_for(Random& random, std::string_view region) {
  static constexpr std::array kCounty{Branch::School, Branch::School, Branch::Company,
                                      Branch::Hospital};
  static constexpr std::array kFurong{Branch::School, Branch::Kindergarten, Branch::Company,
                                      Branch::School};
  static constexpr std::array kLianyuan{Branch::Forestry, Branch::School, Branch::Company,
                                        Branch::Hospital};
  static constexpr std::array kPrefecture{Branch::Farming, Branch::Hospital, Branch::School};
  static constexpr std::array kProvince{Branch::Institute, Branch::Institute, Branch::Company};
  if (region == "430102") return random.pick(kFurong);
  if (region == "431382") return random.pick(kLianyuan);
  if (region.ends_with("0000")) return random.pick(kProvince);
  return region.ends_with("00") ? random.pick(kPrefecture) : random.pick(kCounty);
}

}  // namespace

People::People(std::uint64_t seed)
    : next_(kFirst + static_cast<int>((seed + 98) % 99) * kBlock), left_(kLast - kFirst + 1) {}

std::string People::fictional_uscc(const std::string& authority_and_region) {
  if (left_-- == 0)
    throw pipeline::Fault(pipeline::FaultKind::Stop, "make samples",
                          "the zone of fictional codes is used up (99,000 units)");
  std::string digits = std::to_string(next_);
  next_ = next_ == kLast ? kFirst : next_ + 1;
  const std::string body = "PDY" + std::string(5 - digits.size(), '0') + digits;
  const std::string first17 = authority_and_region + body + pipeline::organisation_check(body);
  return first17 + pipeline::uscc_check(first17);
}

Person People::person(Random& random, Province province, int youngest, int oldest) {
  Person who;
  who.male = random.chance(50);
  const int origin = province == Province::Xinjiang ? random.between(1, 100) : 100;
  if (origin <= 65) {
    const bool kazakh = origin <= 15;
    who.ethnicity = kazakh ? "哈萨克" : "维吾尔";
    const auto father = kazakh ? random.pick(kKazakhMen) : random.pick(kUyghurMen);
    const auto given = who.male ? (kazakh ? random.pick(kKazakhMen) : random.pick(kUyghurMen))
                                : (kazakh ? random.pick(kKazakhWomen) : random.pick(kUyghurWomen));
    who.name = std::string(given) + "·" + std::string(father);
    if (!kazakh && random.chance(15)) who.name += "·" + std::string(random.pick(kUyghurMen));
  } else {
    static constexpr Words kHere[] = {"汉", "汉", "汉", "汉", "汉", "汉", "汉", "土家", "苗", "回"};
    who.ethnicity = random.pick(kHere);
    who.name = random.pick(kFamily);
    who.name += who.male ? random.pick(kMen) : random.pick(kWomen);
  }
  do {
    who.birth_year = 2026 - random.between(youngest, oldest);
    const int month = random.between(1, 12), day = random.between(1, 28);
    who.birth_date =
        std::to_string(who.birth_year) + "-" + two_digits(month) + "-" + two_digits(day);
    int sequence = random.between(100, 498) * 2;
    if (who.male) ++sequence;
    const Words region =
        province == Province::Hunan ? random.pick(kHunanHomes) : random.pick(kXinjiangHomes);
    const std::string first17 = std::string(region) + std::to_string(who.birth_year) +
                                two_digits(month) + two_digits(day) + std::to_string(sequence);
    who.id_number = first17 + pipeline::id_check(first17);
  } while (!ids_.insert(who.id_number).second);
  static constexpr Words kNetworks[] = {"138", "139", "150", "177", "186", "199"};
  who.phone =
      std::string(random.pick(kNetworks)) + std::to_string(random.between(10000000, 99999999));
  return who;
}

Unit People::unit(Random& random, Province province) {
  // Most registrations come from the counties.
  static constexpr Words kHunanMix[] = {"430102", "430102", "431382", "431382", "430000"};
  static constexpr Words kXinjiangMix[] = {"652901", "652901", "652901",
                                           "652900", "650000", "659001"};
  const std::string region(province == Province::Hunan ? random.pick(kHunanMix)
                                                       : random.pick(kXinjiangMix));
  return unit(random, province, branch_for(random, region), region);
}

Unit People::unit(Random& random, Province province, Branch branch, const std::string& region) {
  const Home& home = home_of(province, region);
  const Sort* sort = kSorts;
  while (sort->branch != branch) ++sort;
  Unit unit;
  unit.province = province;
  unit.branch = branch;
  unit.region = region;
  unit.level = home.level;
  unit.nature = sort->nature;
  // A district's school is named after the district, its company after the city.
  const bool drop_district = branch == Branch::Company && region == "430102";
  const std::string place(drop_district ? Words("长沙") : home.name);
  std::string word;
  constexpr int kTries = 50;
  int tries = 0;
  do {
    word = random.pick(kFirstWord);
    word += random.pick(kSecondWord);
    unit.name = place + word + std::string(sort->suffix);
    if (++tries > kTries)  // of one kind in one region there are some 400 names
      unit.name += "第" + std::to_string(names_.size()) + "分部";
  } while (!names_.insert(unit.name).second);
  unit.uscc = fictional_uscc(std::string(sort->authority) + region);
  unit.address = place + word + "路" + std::to_string(random.between(1, 399)) + "号";
  unit.phone = (province == Province::Hunan ? (region == "431382" ? "0738-" : "0731-")
                                            : (region.starts_with("6529") ? "0997-" : "0991-")) +
               std::to_string(random.between(2000000, 8999999));
  unit.username = std::string(home.pinyin) + std::string(sort->pinyin) + unit.uscc.substr(11, 5);
  unit.legal_rep = person(random, province, 40, 58).name;
  unit.handler = person(random, province, 24, 57);
  return unit;
}

Institution bureau(const std::string& region) {
  static const std::map<std::string, Institution> kBureaus{
      {"430102", {"11430102PDY00001XR", "长沙市芙蓉区人力资源和社会保障局"}},
      {"431382", {"11431382PDY0001598", "涟源市人力资源和社会保障局"}},
      {"430000", {"11430000PDY0001759", "湖南省人力资源和社会保障厅"}},
      {"652901", {"11652901PDY000116H", "阿克苏市人力资源和社会保障局"}},
      {"652900", {"11652900PDY0001088", "阿克苏地区人力资源和社会保障局"}},
      {"659001", {"11659001PDY000191J", "石河子市人力资源和社会保障局"}},
      {"650000", {"12650000PDY000183N", "自治区某人才服务中心"}}};
  return kBureaus.at(region);
}

Institution supervisor(const std::string& region, Branch branch) {
  if (region == "431382" && branch == Branch::Forestry)
    return {"11431382PDY000028C", "涟源市林业局"};
  const bool taught = branch == Branch::School || branch == Branch::Kindergarten;
  if (region == "430102" && taught) return {"11430102PDY000167G", "长沙市芙蓉区教育局"};
  return {};
}

std::string with_wrong_check(std::string code) {
  code.back() = code.back() == '1' ? '2' : '1';
  return code;
}

}  // namespace app
