#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/settings.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/text.hpp"
#include "stages/produce/cff.hpp"
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

/// All that a line is drawn from.
std::vector<double> drawn(const std::vector<produce::Line>& lines) {
  std::vector<double> out;
  for (const auto& line : lines) {
    out.insert(out.end(), {line.width, line.indent, line.ends_paragraph ? 1.0 : 0.0});
    for (const auto& glyph : line.glyphs)
      out.insert(out.end(), {static_cast<double>(glyph.character), static_cast<double>(glyph.id),
                             static_cast<double>(glyph.face)});
  }
  return out;
}

TEST(LineBreaking, WhatIsKnownIsWhatWouldBeBroken) {
  auto fonts = produce::default_fonts();
  fonts.song = fonts.hei;
  const produce::Typefaces others(fonts);
  // More than are kept, each asked for again when others have taken its place.
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 400; i++) {
      const std::string text = "第" + std::to_string(i) + "项，" + kLongName;
      for (const produce::Style& style :
           {produce::Style{.size = 10}, produce::Style{.role = produce::Role::Kai, .size = 10},
            produce::Style{.size = 12}, produce::Style{.size = 10, .indent = 2}}) {
        const double width = 60 + i % 3;
        for (const auto* faces : {&typefaces(), &others})
          EXPECT_EQ(drawn(*produce::known_lines(*faces, text, style, width)),
                    drawn(produce::break_lines(*faces, text, style, width)));
      }
    }
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

TEST(LineBreaking, WhatIsWrittenFromTheRightIsTurnedRoundOnEachLineByItself) {
  const std::string name = "ئابدۇراخمان", two = name + " " + name;
  const auto lines = broken("姓名：" + two + "（男）", 30);
  ASSERT_EQ(lines.size(), 1U);
  const std::u32string seen = pipeline::code_points(lines[0]), letters = pipeline::code_points(two);
  EXPECT_EQ(seen.substr(3, letters.size()), std::u32string(letters.rbegin(), letters.rend()));
  EXPECT_EQ(seen.substr(3 + letters.size()), U"（男）");
}

const std::string kDejaVu = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

std::string bytes_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string stored(const std::string& name, const std::string& bytes) {
  std::filesystem::create_directories(kFolder);
  const std::string file = (kFolder / name).string();
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

/// Where a table of a font begins.
std::size_t table_at(const std::string& font, const std::string& tag) {
  const auto byte = [&](std::size_t at) {
    return std::size_t{static_cast<std::uint8_t>(font[at])};
  };
  const std::size_t entry = font.find(tag);
  return byte(entry + 8) << 24 | byte(entry + 9) << 16 | byte(entry + 10) << 8 | byte(entry + 11);
}

TEST(Fonts, AreNamedInTheSettingsWithTheirFace) {
  const auto settings = app::load_settings(
      stored("dossier.toml",
             "[line]\nattempts = 3\n[fonts]\nkai = [\"/a/simkai.ttf\",\n \"/a/b.ttc:2\"]\n"));
  ASSERT_EQ(settings.fonts.kai.size(), 2U);
  EXPECT_EQ(settings.fonts.kai[0].file, "/a/simkai.ttf");
  EXPECT_EQ(settings.fonts.kai[1].file, "/a/b.ttc");
  EXPECT_EQ(settings.fonts.kai[1].index, 2U);
  EXPECT_EQ(settings.fonts.song, produce::default_fonts().song);
  const auto troubles = produce::font_troubles(settings.fonts);
  ASSERT_EQ(troubles.size(), 2U);
  EXPECT_TRUE(troubles[0].font.setting.ends_with("dossier.toml:4 fonts.kai"))
      << troubles[0].font.setting;
  EXPECT_TRUE(troubles[1].font.setting.ends_with("dossier.toml:5 fonts.kai"));
  EXPECT_THROW(app::load_settings(stored("bad.toml", "[fonts]\nsong = []\n")), pipeline::Fault);
  EXPECT_THROW(app::load_settings(stored("bad.toml", "[fonts]\nsong = \"x.ttf\"\n")),
               pipeline::Fault);
}

std::vector<produce::FontTrouble> troubles_with(const std::string& file, unsigned face = 0) {
  produce::Fonts fonts = produce::default_fonts();
  fonts.fang = {{file, face, "dossier.toml:9 fonts.fang", ""}};
  return produce::font_troubles(fonts);
}

TEST(Fonts, OneThatCannotBeUsedIsToldWithTheReason) {
  EXPECT_TRUE(produce::font_troubles(produce::default_fonts()).empty());
  EXPECT_TRUE(troubles_with(kDejaVu).empty());
  EXPECT_EQ(troubles_with(kDejaVu, 1).size(), 1U) << "no such face";
  EXPECT_EQ(troubles_with("/nowhere.ttf").size(), 1U);
  EXPECT_EQ(troubles_with(stored("text.ttf", "no font")).size(), 1U);
  std::string font = bytes_of(kDejaVu);
  const std::size_t permissions = table_at(font, "OS/2") + 8;
  font[permissions + 1] = 2;
  const auto restricted = troubles_with(stored("restricted.ttf", font));
  ASSERT_EQ(restricted.size(), 1U);
  EXPECT_NE(restricted[0].why.find("不允许嵌入"), std::string::npos);
  font[permissions + 1] = 4;
  EXPECT_TRUE(troubles_with(stored("printable.ttf", font)).empty());
}

TEST(Fonts, EveryHanziOfGb18030IsSetWithDebiansFonts) {
  for (const auto& [first, last] : {std::pair{0x4E00u, 0x9FEFu},
                                    {0x3400u, 0x4DB5u},
                                    {0x20000u, 0x2A6D6u},
                                    {0x2A700u, 0x2B734u},
                                    {0x2B740u, 0x2B81Du},
                                    {0x2B820u, 0x2CEA1u},
                                    {0x2CEB0u, 0x2EBE0u}}) {
    for (char32_t c = first; c <= last; c++) {
      ASSERT_TRUE(typefaces().can_set(c)) << std::hex << static_cast<unsigned>(c);
    }
  }
  EXPECT_TRUE(typefaces().can_set(U'ۇ'));
  EXPECT_TRUE(typefaces().can_set(U'😀'));
  EXPECT_FALSE(typefaces().can_set(0x31350)) << "extension H";
}

TEST(Fonts, PrivateCharactersAreThoseOfTheSitesOwnFontsOnly) {
  constexpr char32_t kPrivate = 0xF6C5;  // DejaVu has a glyph there
  EXPECT_FALSE(typefaces().can_set(kPrivate));
  produce::Fonts fonts = produce::default_fonts();
  fonts.fallback.insert(fonts.fallback.begin(), {stored("own.ttf", bytes_of(kDejaVu)), 0, "", ""});
  EXPECT_TRUE(produce::Typefaces(fonts).can_set(kPrivate));
}

TEST(Fonts, LettersThatJoinTakeTheirFormsAndLamAlefIsOneGlyph) {
  const auto role = produce::Role::Song;
  const std::u32string word = U"ئابدۇللا";
  const auto glyphs = typefaces().glyphs(role, word);
  ASSERT_EQ(glyphs.size(), word.size());
  for (std::size_t i = 0; i < word.size(); i++) EXPECT_EQ(glyphs[i].character, word[i]);
  EXPECT_GT(glyphs.back().advance, 0);
  EXPECT_NE(glyphs[2].id, typefaces().glyph(role, U'ب').id) << "in the middle of the word";
}

TEST(Fonts, LettersAndDigitsAmongKaiAreThoseOfSong) {
  for (const char32_t c : std::u32string(U"431382X@")) {
    EXPECT_EQ(typefaces().glyph(produce::Role::Kai, c).face,
              typefaces().glyph(produce::Role::Song, c).face);
  }
  EXPECT_NE(typefaces().glyph(produce::Role::Kai, U'张').face,
            typefaces().glyph(produce::Role::Song, U'张').face);
}

TEST(Fonts, ADamagedCffTableIsAFaultAndNothingWorse) {
  const std::string file = bytes_of("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc");
  std::string table = file.substr(table_at(file, "CFF "), 4'000'000);
  for (std::size_t cut = 0; cut < 400; cut += 7)
    EXPECT_THROW(produce::Cff(std::string_view(table).substr(0, cut)), pipeline::Fault) << cut;
  int faults = 0;
  for (std::size_t at = 0; at < 2000; at += 3) {
    std::string damaged = table.substr(0, 200'000);
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    try {
      produce::Cff(damaged).subset({1, 2, 3});
    } catch (const pipeline::Fault&) {
      faults++;
    }
  }
  EXPECT_GT(faults, 0);
}

TEST(Fonts, OnlyGlyphsThatTheTableHasAreTaken) {
  const std::string file = bytes_of("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc");
  const std::string table = file.substr(table_at(file, "CFF "));
  const produce::Cff cff(table);
  EXPECT_THROW(cff.subset({static_cast<std::uint16_t>(cff.glyph_count())}), pipeline::Fault);
}

}  // namespace
