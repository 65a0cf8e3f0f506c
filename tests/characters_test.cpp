#include <gtest/gtest.h>

#include <filesystem>

#include "stages/decide/same_name.hpp"
#include "tests/corpus.hpp"
#include "tests/pdf_reading.hpp"
#include "tests/program.hpp"

// Names as people and their computers write them, from inbox to outbox: in receipts, and on paper.

namespace {

namespace fs = std::filesystem;
using pipeline::Value;
using tests::Program;

std::string gbk(const std::string& utf8) {
  return pipeline::to_gb18030(utf8).value();
}

/// The only file of the outbox whose path holds all of `parts`.
std::string found(const Program& at, const std::vector<std::string>& parts) {
  std::string path;
  for (const auto& entry : fs::recursive_directory_iterator(at.path("outbox"))) {
    const std::string name = entry.path().string();
    bool all = entry.is_regular_file();
    for (const std::string& part : parts) all = all && name.find(part) != std::string::npos;
    if (!all) continue;
    EXPECT_EQ(path, "") << name;
    path = name;
  }
  EXPECT_NE(path, "");
  return path;
}

Value receipt(const Program& at) {
  const std::string file = found(at, {"receipts/", ".json"});
  return pipeline::parse_json(at.read(fs::relative(file, at.path("")).string())).value;
}

bool told(const Value& answer, const std::string& code) {
  for (const Value& finding : answer["findings"].items())
    if (finding["code"].string() == code) return true;
  return false;
}

TEST(Characters, E39NamesOfGbkAreRightAlsoWhereAByteOfAHanziIsABackslash) {
  const Program at("characters-e39");
  corpus::Units units(7, "430102");
  const std::string names[] = {"王昞的授权书.pdf", "昞·玕 经办人身份证.pdf",
                               "琝甛朶縗/事业单位法人证书.pdf"};
  zip_builder::Builder zip;
  zip.add("form.json", units.form());
  for (const std::string& name : names) zip.add(gbk(name), units.scan());
  at.write("inbox/" + std::string("昞.zip"), zip.end());
  ASSERT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
  const Value answer = receipt(at);
  EXPECT_EQ(answer["result"].string(), "accepted") << answer.dump(true);
  EXPECT_EQ(answer["bundle"].string(), "昞.zip");
  EXPECT_TRUE(told(answer, "ZIP_NAME_RECODED"));
  ASSERT_EQ(answer["entries"].size(), 4U);
  const char* const slots[] = {"U05", "U06", "U03"};
  const std::string text = papers::text_of("'" + found(at, {"receipts/", ".pdf"}) + "'");
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(answer["entries"][i + 1]["name"].string(), names[i]);
    EXPECT_EQ(answer["entries"][i + 1]["slot"].text(), slots[i]);
    EXPECT_NE(text.find(papers::squeezed(names[i])), std::string::npos) << text;
  }
}

TEST(Characters, E40ALongNameWithRareHanziIsNormalisedAndPrintedWhole) {
  const Program at("characters-e40");
  corpus::Units units(8, "430102");
  const std::string written =
      "阿卜杜热合曼•阿卜杜拉・努尔麦麦提.吐尔逊䶮𬭎㛃买买提";
  const std::string right =
      "阿卜杜热合曼·阿卜杜拉·努尔麦麦提·吐尔逊䶮𬭎㛃买买提";
  ASSERT_GT(pipeline::count_code_points(right), 20U);
  app::Unit unit = units.next();
  unit.handler.name = written;
  // An old Windows wrote 䶮 as a private character; a radical comes from copying out of a PDF.
  unit.legal_rep = "\uE863\u2F00";
  zip_builder::Builder zip;
  zip.add("form.json", units.form_of(unit));
  for (const char* name : {"U03.pdf", "U05.pdf", "U06.pdf"}) zip.add(name, units.scan());
  at.write("inbox/a.zip", zip.end());
  ASSERT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
  const Value answer = receipt(at);
  EXPECT_EQ(answer["result"].string(), "accepted") << answer.dump(true);
  EXPECT_TRUE(told(answer, "NAME_SEPARATOR_NORMALISED"));
  EXPECT_FALSE(told(answer, "NAME_UNCERTAIN_CHARACTER"));
  EXPECT_FALSE(told(answer, "NAME_PUA"));
  EXPECT_FALSE(told(answer, "CHARACTER_NOT_IN_FONTS"));
  const std::string form = papers::text_of("'" + found(at, {"queues/", "审批单.pdf"}) + "'");
  EXPECT_NE(form.find(right), std::string::npos) << form;
  EXPECT_NE(form.find("䶮一"), std::string::npos) << form;
}

TEST(Characters, WhatStandsForAHanziThatCouldNotBeTypedIsToldAndPrintedAsItIs) {
  const Program at("characters-uncertain");
  corpus::Units units(9, "430102");
  app::Unit unit = units.next();
  unit.handler.name = "李□";
  unit.legal_rep = "张\uE000";
  zip_builder::Builder zip;
  zip.add("form.json", units.form_of(unit));
  for (const char* name : {"U03.pdf", "U05.pdf", "U06.pdf"}) zip.add(name, units.scan());
  at.write("inbox/a.zip", zip.end());
  ASSERT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
  const Value answer = receipt(at);
  EXPECT_EQ(answer["result"].string(), "accepted") << answer.dump(true);
  EXPECT_TRUE(told(answer, "NAME_UNCERTAIN_CHARACTER"));
  EXPECT_TRUE(told(answer, "NAME_PUA"));
  EXPECT_TRUE(told(answer, "CHARACTER_NOT_IN_FONTS"));
  // Nothing is dropped silently: a place stays visible.
  const std::string form = papers::text_of("'" + found(at, {"queues/", "审批单.pdf"}) + "'");
  EXPECT_NE(form.find("李□"), std::string::npos) << form;
  EXPECT_NE(form.find("张"), std::string::npos) << form;
}

TEST(Characters, ANameThatDiffersByDotsAloneIsTheSamePersonsAndTold) {
  EXPECT_TRUE(decide::is_same_name("买买提·吐尔逊", "买买提吐尔逊"));
  EXPECT_TRUE(decide::is_same_name("买买提 吐尔逊", "买买提-吐尔逊"));
  EXPECT_FALSE(decide::is_same_name("买买提·吐尔逊", "买买提·吐尔洪"));
  const Program at("characters-dots");
  corpus::Units units(10, "430102");
  app::Unit first = units.next(), second = units.next();
  first.handler.name = "买买提·吐尔逊";
  second.handler = first.handler;
  second.handler.name = "买买提吐尔逊";
  second.username = first.username;
  for (const app::Unit& unit : {first, second}) {
    zip_builder::Builder zip;
    zip.add("form.json", units.form_of(unit));
    for (const char* name : {"U03.pdf", "U05.pdf", "U06.pdf"}) zip.add(name, units.scan());
    fs::remove_all(at.path("outbox/receipts"));
    at.write("inbox/a.zip", zip.end());
    ASSERT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
    const Value answer = receipt(at);
    EXPECT_EQ(answer["result"].string(), "accepted") << answer.dump(true);
    EXPECT_EQ(told(answer, "ID_NAME_MISMATCH"), unit.uscc == second.uscc);
  }
}

}  // namespace
