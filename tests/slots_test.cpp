#include "stages/prepare/slots.hpp"

#include <gtest/gtest.h>

#include <map>

// domain §8.5, word by word: which material a file's name speaks for.

namespace {

const prepare::SlotTable& table() {
  static const prepare::SlotTable kLoaded =
      prepare::SlotTable::load(std::string(DOSSIER_SOURCE_DIR) + "/templates/common/slots.csv");
  return kLoaded;
}

std::string slots_of(const std::string& file, const std::string& family = "application") {
  std::string out;
  for (const prepare::Slot* slot : table().candidates(file, family))
    out += (out.empty() ? "" : " ") + slot->code;
  return out;
}

TEST(Slots, EveryKeywordOfTheSourceSpeaksForItsSlot) {
  const std::multimap<std::string, std::string> words{
      {"A01", "身份证"},       {"A01", "人像"},
      {"A01", "国徽"},         {"A02", "毕业证"},
      {"A02", "学历"},         {"A03", "学位"},
      {"A04", "学信网"},       {"A04", "备案表"},
      {"A04", "认证报告"},     {"A04", "留服"},
      {"A05", "职称证"},       {"A05", "资格证书"},
      {"A05", "任职资格"},     {"A07", "聘书"},
      {"A07", "聘任"},         {"A07", "聘用"},
      {"A08", "劳动合同"},     {"A09", "社保"},
      {"A09", "参保"},         {"A09", "养老"},
      {"A10", "考核"},         {"A11", "继续教育"},
      {"A11", "学时"},         {"A11", "公需"},
      {"A12", "总结"},         {"A12", "述职"},
      {"A13", "业绩"},         {"A13", "项目"},
      {"A13", "专利"},         {"A13", "成果"},
      {"A14", "论文"},         {"A14", "著作"},
      {"A14", "期刊"},         {"A15", "获奖"},
      {"A15", "荣誉"},         {"A15", "奖状"},
      {"A16", "执业"},         {"A16", "教师资格"},
      {"A17", "推荐"},         {"A19", "公示照片"},
      {"A18", "公示"},         {"A22", "破格"},
      {"A23", "转评"},         {"A23", "转岗"},
      {"A24", "证件照"},       {"A24", "一寸"},
      {"A24", "免冠"},         {"A25", "职数"},
      {"A25", "岗位"},         {"A26", "委托"},
      {"A29", "花名册"},       {"U05", "委托"},
      {"U01", "组织机构代码"}, {"U02", "营业执照"},
      {"U03", "事业单位法人"}, {"U01", "统一社会信用代码证书"},
      {"U05", "授权"}};
  for (const auto& [slot, word] : words) {
    const std::string family = slot[0] == 'U' ? "unit" : "application";
    EXPECT_EQ(slots_of(word + "扫描件 (1).jpg", family), slot) << word;
    EXPECT_EQ(slots_of(word + "/IMG_0001.jpg", family), slot) << word;
  }
  // The source leaves open which pledge it is: asked, not guessed.
  EXPECT_EQ(slots_of("承诺.jpg"), "A20 A21");
}

TEST(Slots, TwoCandidatesAreToldAndNoneIsChosen) {
  EXPECT_EQ(slots_of("学历学位.jpg"), "A02 A03");
  EXPECT_EQ(slots_of("A01 A02.jpg"), "A01 A02");
  EXPECT_EQ(slots_of("IMG_0001.jpg"), "");
  EXPECT_EQ(slots_of("A02 身份证.jpg"), "A02") << "the code beats words";
  EXPECT_EQ(slots_of("公示照片.jpg"), "A19") << "the longer word beats the shorter";
}

}  // namespace
