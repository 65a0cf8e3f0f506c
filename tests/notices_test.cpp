#include <gtest/gtest.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>

#include "pipeline/fault.hpp"
#include "stages/decide/notices.hpp"

// The texts of letters: an office may change them, and is told what is wrong with the table.

namespace {

using decide::Notices;

const std::string kShipped = DOSSIER_SOURCE_DIR "/templates/common/notices.csv";

class NoticeTable : public testing::Test {
 protected:
  NoticeTable()
      : file((std::filesystem::temp_directory_path() /
              ("notices-" + std::to_string(getpid()) + ".csv"))
                 .string()) {
    std::ifstream in(kShipped, std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  ~NoticeTable() override { std::filesystem::remove(file); }

  /// What loading says after that change; "" if it is content.
  std::string told(const std::string& from, const std::string& to) const {
    std::string changed = text;
    const auto found = changed.find(from);
    EXPECT_NE(found, changed.npos) << from;
    std::ofstream(file, std::ios::binary) << changed.replace(found, from.size(), to);
    try {
      Notices::load(file);
      return {};
    } catch (const pipeline::Fault& fault) {
      return fault.what();
    }
  }

  std::string file, text;
};

TEST_F(NoticeTable, AMistakeIsToldWithFileAndLine) {
  // Three lines of comments, then the names of the columns.
  const auto holds = [](const std::string& all, const std::string& part) {
    return all.find(part) != all.npos;
  };
  const std::string first = "registration_approved,,title,单位注册审核通过通知书";
  EXPECT_EQ(told(first, "registration_approved,,title,核准通知书"), "");
  for (const auto& [to, message] : std::initializer_list<std::pair<const char*, const char*>>{
           {"registration_aproved,,title,通知", "no such notice: \"registration_aproved\""},
           {"registration_approved,,titel,通知", "part is title"},
           {"registration_approved,湖南,title,通知", "province is hunan"},
           {"registration_approved,,title,", "the text is missing"},
           {"registration_approved,,title,通知{case}", "a title holds no placeholder"},
           {"registration_approved,,title,通知/函", "a title holds no placeholder"},
           {"registration_approved,,body,{applicant}您好", "{applicant} is not known"},
           {"registration_approved,,body,{case", "without its }"}}) {
    const std::string what = told(first, to);
    EXPECT_TRUE(holds(what, file + ":5")) << what;
    EXPECT_TRUE(holds(what, message)) << what;
  }
  EXPECT_TRUE(holds(told(first, "registration_approved,hunan,title,通知"),
                    "the title of registration_approved is missing (xinjiang)"));
}

TEST_F(NoticeTable, ASentenceWithoutItsArgumentIsLeftOut) {
  const Notices notices = Notices::load(kShipped);
  const auto with = notices.texts("returned", "xinjiang",
                                  {{"case", "A-1"},
                                   {"year", "2026"},
                                   {"applicant", "张三"},
                                   {"title", "高级教师"},
                                   {"from", "某中学"},
                                   {"contact", "人事处 0991-1"},
                                   {"locked", "基本信息"},
                                   {"until", "2026年12月15日 18:00"}});
  const auto without = notices.texts("returned", "xinjiang",
                                     {{"case", "A-1"},
                                      {"year", "2026"},
                                      {"applicant", "张三"},
                                      {"title", "高级教师"},
                                      {"from", "某中学"}});
  EXPECT_EQ(with.title, "退回修改通知书");
  EXPECT_EQ(with.number, "〔2026〕第A-1号");
  ASSERT_EQ(with.closing.size(), without.closing.size() + 1) << "the day is its own paragraph";
  const auto all = [](const decide::NoticeTexts& texts) {
    std::string out;
    for (const std::string& each : texts.closing) out += each + "\n";
    return out;
  };
  EXPECT_NE(all(with).find("不能修改：基本信息。"), std::string::npos);
  EXPECT_NE(all(with).find("请与某中学联系（人事处 0991-1）。"), std::string::npos);
  EXPECT_EQ(all(without).find("不能修改"), std::string::npos) << all(without);
  EXPECT_NE(all(without).find("没有改动的项目可以不填，沿用原内容。"), std::string::npos);
  EXPECT_NE(all(without).find("请与某中学联系。"), std::string::npos);
  EXPECT_EQ((all(with) + all(without)).find('{'), std::string::npos);
}

}  // namespace
