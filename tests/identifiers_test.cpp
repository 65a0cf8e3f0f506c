#include "pipeline/identifiers.hpp"
#include "pipeline/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "pipeline/text.hpp"
#include "stages/prepare/identity.hpp"
#include "stages/prepare/person_name.hpp"
#include "stages/prepare/rules.hpp"
#include "stages/prepare/written.hpp"

namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

// domain §1.1 and §12.
const std::vector<std::string> kGoodUsccs{
    "11430000006122375G", "1143000000612248XH", "11430000006122260A", "114300000061225785",
    "11430000006122471R", "11430000006122498H", "114300000061225005", "11430000006122244L",
    "11430000MB1599860M", "1143000000612280X0", "13430000006123028L", "12430000444881590X",
    "12430000MB1K856063", "12430000MB1D40938T", "124300004448750350", "12650000457601471G",
    "12100000400000624D", "12100000400002259P", "12100000470095016Q", "12100000400009127B",
    "12100000400002697C", "91430000799127167T", "91430111MA4L16JQ9B", "11430102PDY00001XR",
    "11431382PDY000028C", "12431382PDY0000364", "12430102PDY000044C", "91430102PDY0000522",
    "52430102PDY000060X", "12650000PDY000079J", "11650000PDY000087G", "12650000PDY0000958",
    "11652900PDY0001088", "11652901PDY000116H", "12652901PDY0001249", "11652901PDY0001327",
    "91652901PDY000140R"};

const prepare::Rules& rules() {
  static const prepare::Rules loaded =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  return loaded;
}

std::string codes(const std::vector<pipeline::Finding>& findings) {
  std::string out;
  for (const auto& finding : findings) out += (out.empty() ? "" : " ") + finding.code;
  return out;
}

std::string uscc(std::string_view code, std::string_view nature = {}) {
  return codes(prepare::check_uscc(code, "unit.uscc", nature,
                                   {rules().catalogue, rules().regions, rules().dictionary}));
}

std::string id(std::string_view code, const prepare::Bearer& bearer = {}) {
  return codes(prepare::check_id_number(code, "handler.id_number", bearer,
                                        {rules().catalogue, rules().regions, rules().dictionary}));
}

TEST(Uscc, RealAndReservedCodesPassBothChecks) {
  for (const std::string& code : kGoodUsccs) {
    EXPECT_TRUE(pipeline::is_uscc(code)) << code;
    EXPECT_EQ(pipeline::organisation_check(code.substr(8, 8)), code[16]) << code;
    EXPECT_EQ(uscc(code), "") << code;
  }
}

TEST(Uscc, EverySubstitutionOfOneCharacterIsCaught) {
  for (const std::string& code : kGoodUsccs)
    for (std::size_t i = 0; i < code.size(); ++i)
      for (const char c : kAlphabet) {
        if (c == code[i]) continue;
        std::string wrong = code;
        wrong[i] = c;
        ASSERT_FALSE(pipeline::is_uscc(wrong)) << wrong;
      }
}

TEST(Uscc, EveryExchangeOfNeighboursIsCaughtAndItsCauseSuggested) {
  const std::string code = "91430111MA4L16JQ9B";
  for (std::size_t i = 0; i + 1 < code.size(); ++i) {
    if (code[i] == code[i + 1]) continue;
    std::string wrong = code;
    std::swap(wrong[i], wrong[i + 1]);
    EXPECT_FALSE(pipeline::is_uscc(wrong)) << wrong;
    const auto candidates = prepare::slip_candidates(wrong);
    EXPECT_NE(std::find(candidates.begin(), candidates.end(), code), candidates.end()) << wrong;
  }
}

TEST(Uscc, SpecimensThatAreWrongAreRefused) {
  for (const char* code : {"12430000444888888X", "12430000444906565X", "12430000444761230T"})
    EXPECT_NE(uscc(code).find("USCC_CHECK"), std::string::npos) << code;
  EXPECT_EQ(uscc("91350100M000100Y4Z"), "USCC_CHARSET");
  EXPECT_EQ(pipeline::uscc_check("91350100M000100Y4"), '3');
  EXPECT_EQ(uscc("430102000012345"), "USCC_LENGTH");
  EXPECT_EQ(uscc("40000062-4"), "USCC_LENGTH USCC_CHARSET");
}

TEST(Uscc, TheLetterOIsSuggestedToBeZero) {
  EXPECT_EQ(prepare::uscc_candidates("12430000MBOL67976N"),
            std::vector<std::string>{"12430000MB0L67976N"});
  const auto findings =
      prepare::check_uscc("12430000MBOL67976N", "unit.uscc", {},
                          {rules().catalogue, rules().regions, rules().dictionary});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].code, "USCC_CHARSET");
  EXPECT_NE(findings[0].message.find("12430000MB0L67976N"), std::string::npos)
      << findings[0].message;
  EXPECT_EQ(findings[0].where, "unit.uscc");
}

TEST(Uscc, NatureRegionAndOrganisationAreOnlyWarnedAbout) {
  EXPECT_EQ(uscc("12431382PDY0000364", "public_institution"), "");
  EXPECT_EQ(uscc("12431382PDY0000364", "enterprise"), "USCC_NATURE_MISMATCH");
  EXPECT_EQ(uscc("91430102PDY0000522", "administrative_organ"), "USCC_NATURE_MISMATCH");
  const auto with_check = [](std::string first17) {
    return first17 + pipeline::uscc_check(first17);
  };
  EXPECT_EQ(uscc(with_check("12439999PDY000036")), "USCC_REGION_UNKNOWN");
  EXPECT_EQ(uscc(with_check("12992381PDY000036")), "USCC_REGION_UNKNOWN");
  EXPECT_EQ(uscc(with_check("12440305PDY000036")), "");
  EXPECT_EQ(uscc(with_check("12431382PDY000035")), "USCC_ORG_CHECK");
}

TEST(OrganisationCode, WorkedExamplesAreRight) {
  EXPECT_EQ(pipeline::organisation_check("40000062"), '4');
  EXPECT_EQ(pipeline::organisation_check("MB159986"), '0');
  EXPECT_EQ(pipeline::organisation_check("PDY00001"), 'X');
  EXPECT_EQ(pipeline::organisation_check("4000006"), 0);
}

TEST(IdNumber, ExamplesOfTheStandardPass) {
  for (const char* code :
       {"11010519491231002X", "440524188001010014", "34052419800101001X", "430102198503120018",
        "431382199007150021", "652901198801200032", "65010219751130004X", "653131199202290072"})
    EXPECT_EQ(id(code), "") << code;
}

TEST(IdNumber, EverySubstitutionOfOneDigitIsCaught) {
  const std::string code = "652901198801200032";
  for (std::size_t i = 0; i < 18; ++i)
    for (char c = '0'; c <= '9'; ++c) {
      if (c == code[i]) continue;
      std::string wrong = code;
      wrong[i] = c;
      EXPECT_NE(pipeline::id_check(wrong.substr(0, 17)), wrong[17]) << wrong;
    }
}

TEST(IdNumber, EachDefectHasItsOwnCode) {
  EXPECT_EQ(id("430102199302290082"), "ID_DATE");
  EXPECT_EQ(id("430102198503120019"), "ID_CHECK");
  EXPECT_EQ(id("43010219850312001"), "ID_FORMAT");
  EXPECT_EQ(id("4301021985031200AB"), "ID_FORMAT");
  EXPECT_EQ(id("4.30102198503120E+17"), "ID_FORMAT");
  EXPECT_EQ(id("430102198503120000"), "ID_FORMAT");
  EXPECT_EQ(id("652122198006060059"), "ID_REGION_HISTORICAL");
  EXPECT_EQ(id("431121197902280065"), "ID_REGION_HISTORICAL");
  const auto with_check = [](std::string first17) { return first17 + pipeline::id_check(first17); };
  EXPECT_EQ(id(with_check("99010219850312001")), "");
  EXPECT_EQ(id(with_check("81000019850312001")), "");
  EXPECT_EQ(id(with_check("55010219850312001")), "ID_REGION_UNKNOWN");
}

TEST(IdNumber, SexAndBirthDateAreCompared) {
  EXPECT_EQ(id("430102198503120018", {"male", "1985-03-12", "applicant"}), "");
  EXPECT_EQ(id("430102198503120018", {"male", "1985-03", "applicant"}), "");
  EXPECT_EQ(id("430102198503120018", {"female", "1985-03-13", "applicant"}),
            "ID_SEX_MISMATCH ID_BIRTH_MISMATCH");
}

TEST(IdNumber, FifteenDigitsGetTheirSuccessorSuggested) {
  const auto findings =
      prepare::check_id_number("130503670401001", "handler.id_number", {},
                               {rules().catalogue, rules().regions, rules().dictionary});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_NE(findings[0].message.find("130503196704010016"), std::string::npos)
      << findings[0].message;
}

TEST(Codes, AreNormalisedBeforeTheyAreChecked) {
  EXPECT_EQ(pipeline::normalise_code("　１２431382 pdy-0000364\u200B "), "12431382PDY0000364");
  EXPECT_EQ(pipeline::normalise_code("11010519491231002x"), "11010519491231002X");
}

TEST(Dates, EverySpellingIsRead) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"2026-09-07", "2026-09-07"},
      {"2026/9/7", "2026-09-07"},
      {"2026.09", "2026-09"},
      {"2026年9月", "2026-09"},
      {"2026年9月7日", "2026-09-07"},
      {"20260907", "2026-09-07"},
      {"二〇二六年九月", "2026-09"},
      {"46272", "2026-09-07"},
      {"1985.3.12", "1985-03-12"},
      {"２０２６．９．７", "2026-09-07"},
      {"202609", "2026-09"},
      {"2026 年 9 月 7 日", "2026-09-07"},
      {"二〇二六年十一月二十三日", "2026-11-23"},
      {"一九八五年三月十日", "1985-03-10"},
      {"2026-09-07 10:20", "2026-09-07"},
      {"2026-09-07T10:20:00+08:00", "2026-09-07"}};
  for (const auto& [written, day] : cases)
    EXPECT_EQ(prepare::canonical_date(written), day) << written;
  for (const char* wrong : {"", "2026", "2026-13-01", "2026-02-30", "明天", "7/9/2026",
                            "2026-9-7-1", "99999999", "73416", "99999"})
    EXPECT_EQ(prepare::canonical_date(wrong), std::nullopt) << wrong;
}

TEST(Phones, AreReadAsPeopleWriteThem) {
  EXPECT_EQ(prepare::canonical_phone("138 0000 0002"), "13800000002");
  EXPECT_EQ(prepare::canonical_phone("+86-138-0000-0002"), "13800000002");
  EXPECT_EQ(prepare::canonical_phone("（0738）4400000"), "0738-4400000");
  EXPECT_EQ(prepare::canonical_phone("07384400000"), "0738-4400000");
  EXPECT_EQ(prepare::canonical_phone("010-12345678转123"), "010-12345678-123");
  EXPECT_EQ(prepare::canonical_phone("4400000"), "4400000");
  for (const char* wrong : {"", "12800000002", "1380000000", "abc", "0738", "0"})
    EXPECT_EQ(prepare::canonical_phone(wrong), std::nullopt) << wrong;
}

TEST(Names, SeparatorsBetweenHanziBecomeTheMiddleDot) {
  for (const char* dot :
       {"\u2022", "\u2027", "\u30FB", "\uFF65", "\u2219", "\u22C5", "\u25CF", ".", "\uFF0E",
        "\u3002", "\u0387", "\u2024", "\uA78F", "\u16EB", "\u2E31", " · "}) {
    const std::string written = "买买提" + std::string(dot) + "吐尔逊";
    const auto name = prepare::normalise_person_name(written);
    EXPECT_EQ(name.text, "买买提·吐尔逊") << written;
    EXPECT_TRUE(name.separator_normalised) << written;
  }
  EXPECT_FALSE(
      prepare::normalise_person_name("阿卜杜热合曼·阿卜杜拉·努尔麦麦提").separator_normalised);
}

TEST(Names, SeparatorsElsewhereStayAsTheyAre) {
  for (const char* written : {"J.Smith", "Smith.", "张.A", ".张", "张·"}) {
    const auto name = prepare::normalise_person_name(written);
    EXPECT_EQ(name.text, written);
    EXPECT_FALSE(name.separator_normalised) << written;
  }
  // §8.1: what GB2312 would make a katakana dot is the middle dot in the coding that is used.
  EXPECT_EQ(pipeline::from_gb18030("\xA1\xA4"), "·");
  EXPECT_EQ(pipeline::from_gb18030("\xA1\xAA"), "—");
}

TEST(Names, BlanksAndDashesBetweenHanziAreAskedAboutAndLeftAlone) {
  for (const char* between : {" ", "\u3000", "-", "_"}) {
    const std::string written = "买买提" + std::string(between) + "吐尔逊";
    const auto name = prepare::normalise_person_name(written);
    EXPECT_EQ(name.text, written);
    EXPECT_EQ(name.suggestion, "买买提·吐尔逊");
  }
}

TEST(Names, WhatOldWindowsMappedPrivatelyStandsWhereGb18030HasItToday) {
  int repaired = 0;
  for (char32_t c = 0xE815; c <= 0xE864; ++c) {
    const unsigned place = 0x50 + static_cast<unsigned>(c - 0xE815);
    const char second = static_cast<char>(place < 0x7F ? place : place + 1);
    const auto today = pipeline::from_gb18030(std::string("\xFE") + second);
    ASSERT_TRUE(today.has_value()) << std::hex << static_cast<unsigned>(c);
    std::string written;
    pipeline::append_utf8(written, c);
    const auto name = prepare::normalise_person_name("张" + written);
    if (name.private_use) continue;
    ++repaired;
    EXPECT_EQ(name.text, "张" + *today) << std::hex << static_cast<unsigned>(c);
  }
  EXPECT_EQ(repaired, 74);
}

TEST(Names, RareAndPrivateCharactersAreTreatedAsTheyDeserve) {
  for (const char* written : {"张䶮", "𬭎㛃", "喆堃犇頔", "〇一"}) {
    const auto name = prepare::normalise_person_name(written);
    EXPECT_EQ(name.text, written);
    EXPECT_TRUE(name.uncertain.empty() && !name.private_use) << written;
  }
  EXPECT_EQ(prepare::normalise_person_name("张\uE863").text, "张䶮");
  EXPECT_EQ(prepare::normalise_person_name("\u00AD 张三 \u200E").text, "张三");
  EXPECT_EQ(prepare::normalise_person_name("\u2F00").text, "一");
  EXPECT_TRUE(prepare::normalise_person_name("张\uE000").private_use);
  for (const char* odd : {"张?", "李□", "王*", "LI YAN", "(龙+天)"})
    EXPECT_FALSE(prepare::normalise_person_name(odd).uncertain.empty()) << odd;
}

}  // namespace
