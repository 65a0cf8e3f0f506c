#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "pipeline/text.hpp"
#include "stages/produce/lines.hpp"

// Type: line breaking and the cut fonts.

namespace {

const std::string kLongName = "阿卜杜热合曼·阿卜杜拉·努尔麦麦提";

const std::filesystem::path kFolder =
    std::filesystem::temp_directory_path() / ("dossier-type-" + std::to_string(::getpid()));

class Scratch : public testing::Environment {
 public:
  void TearDown() override { std::filesystem::remove_all(kFolder); }
};
const auto* const kScratch = testing::AddGlobalTestEnvironment(new Scratch);

const produce::Typefaces& typefaces() {
  static const produce::Typefaces made;
  return made;
}

std::vector<std::string> broken(const std::string& text, double ems) {
  std::vector<std::string> out;
  for (const auto& line : produce::break_lines(typefaces(), text, {.size = 10}, ems * 10)) {
    out.emplace_back();
    for (const auto& glyph : line.glyphs) pipeline::append_utf8(out.back(), glyph.character);
  }
  return out;
}

using Lines = std::vector<std::string>;

TEST(LineBreaking, ClosingPunctuationAndTheDotOfNamesNeverBeginALine) {
  EXPECT_EQ(broken("一二三，四五", 3), (Lines{"一二", "三，四", "五"}));
  EXPECT_EQ(broken("一二三）。四", 3), (Lines{"一二", "三）。", "四"}));
  for (double ems = 2.5; ems < 18; ems += 0.5) {
    for (const auto& line : broken(kLongName, ems)) EXPECT_FALSE(line.starts_with("·")) << ems;
  }
}

TEST(LineBreaking, OpeningBracketsNeverEndALine) {
  EXPECT_EQ(broken("一二（三四）", 3), (Lines{"一二", "（三", "四）"}));
  EXPECT_EQ(broken("一二《三四》", 3), (Lines{"一二", "《三", "四》"}));
}

TEST(LineBreaking, WordsAndNumbersStayTogetherUntilTheyAreWiderThanTheLine) {
  EXPECT_EQ(broken("编号12431382PDY", 8), (Lines{"编号", "12431382PDY"}));
  EXPECT_EQ(broken("see the rules", 4), (Lines{"see the ", "rules"}));
  const auto pieces = broken("3f9a2c1b77d03f9a2c1b77d0", 5);
  EXPECT_GT(pieces.size(), 2u);
  EXPECT_EQ(pipeline::join(pieces, ""), "3f9a2c1b77d03f9a2c1b77d0");
}

TEST(LineBreaking, DashesAndEllipsesStayWhole) {
  EXPECT_EQ(broken("一二——三", 3.2), (Lines{"一", "二——", "三"}));
  EXPECT_EQ(broken("一二……三", 3.2), (Lines{"一", "二……", "三"}));
}

TEST(LineBreaking, NoLineIsWiderThanItsColumnAndNoCharacterIsLost) {
  const std::string text = "《职称评审管理暂行规定》（人社部令第40号）要求：公示不少于5个工作日——" +
                           kLongName + "，USCC 12431382PDY0000364。“引号”！？";
  for (double ems = 2; ems < 40; ems += 0.7) {
    std::string joined;
    for (const auto& line : produce::break_lines(typefaces(), text, {.size = 10}, ems * 10)) {
      EXPECT_LE(line.width, ems * 10 + 0.02);
      for (const auto& glyph : line.glyphs) pipeline::append_utf8(joined, glyph.character);
    }
    EXPECT_EQ(joined, text);
  }
}

}  // namespace
