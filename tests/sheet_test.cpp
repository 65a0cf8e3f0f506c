#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "stages/produce/sheet.hpp"
#include "tests/papers_making.hpp"
#include "tests/papers_samples.hpp"
#include "tests/pdf_reading.hpp"

// Sheets that are as full as nobody expects: nothing is lost, nothing stands beyond its frame. Needs poppler-utils and qpdf.

namespace {

using produce::Align;
using produce::Cell;
using produce::mm;
using produce::Role;
using produce::Row;

const std::string kWord = papers::times("Donaudampfschifffahrtsgesellschaft", 9);

class Sheets : public testing::Test {
 protected:
  produce::Furniture furniture() const {
    produce::Furniture out;
    out.title = "审批表";
    out.running = "R-3F9A2C1B77D0";
    out.footer = "案件 R-3F9A2C1B77D0";
    return out;
  }
  std::string finished(produce::Sheet& sheet, const std::string& name) const {
    return papers::stored(sheet.finish({name, "", "", "", {papers::kAt}}), name);
  }
  static Cell cell(double width, std::string text, bool label = false) {
    Cell out{width, std::move(text)};
    out.label = label;
    return out;
  }
  /// Every word of the text layer lies between the margins.
  static void expect_within_margins(const std::string& path, const produce::Furniture& f) {
    const std::string boxes = papers::run("pdftotext -bbox -enc UTF-8 " + path + " -");
    static const std::regex kBox(
        R"re(xMin="(-?[\d.]+)" yMin="(-?[\d.]+)" xMax="(-?[\d.]+)" yMax="(-?[\d.]+)")re");
    int words = 0;
    for (std::sregex_iterator at(boxes.begin(), boxes.end(), kBox), end; at != end; ++at, ++words) {
      EXPECT_GE(std::stod((*at)[1]), f.left - 1) << at->str();
      EXPECT_LE(std::stod((*at)[3]), produce::kPageWidth - f.right + 1) << at->str();
      EXPECT_GE(std::stod((*at)[2]), 0) << at->str();
      EXPECT_LE(std::stod((*at)[4]), produce::kPageHeight) << at->str();
    }
    EXPECT_GT(words, 3);
  }
};

TEST_F(Sheets, AWordWithoutABreakAndTheLongestNameWrapWithinTheirCells) {
  produce::Sheet sheet(papers::kit().typefaces, furniture());
  sheet.rows(
      {{{cell(12, kWord), cell(20, papers::times(papers::kLongName, 9)), cell(128, kWord)}}});
  const auto path = finished(sheet, "sheet_words");
  papers::expect_sound(path);
  expect_within_margins(path, furniture());
  const std::string boxes = papers::run("pdftotext -bbox -enc UTF-8 " + path + " -");
  EXPECT_EQ(boxes.find(">·"), std::string::npos);
}

TEST_F(Sheets, ThreeLongCellsOfOneRowFlowToFurtherPagesAndLoseNothing) {
  std::string parts[3];
  for (int i = 0; i < 3000; i++) parts[i % 3] += std::to_string(10000 + i) + "、";
  produce::Sheet sheet(papers::kit().typefaces, furniture());
  sheet.rows(
      {{{cell(20, "栏目", true), cell(50, parts[0]), cell(50, parts[1]), cell(40, parts[2])}}});
  const auto path = finished(sheet, "sheet_long_cells");
  EXPECT_GT(papers::pages_of(path), 2);
  expect_within_margins(path, furniture());
  const std::string text = papers::text_of(path);
  for (int i = 0; i < 3000; i++)
    EXPECT_NE(text.find(std::to_string(10000 + i)), std::string::npos) << i;
  EXPECT_NE(text.find("栏目（续）"), std::string::npos);
}

TEST_F(Sheets, ALabelThatIsLongerThanThePageComesToAnEnd) {
  produce::Sheet sheet(papers::kit().typefaces, furniture());
  sheet.rows({{{cell(10, papers::times("很长的栏目", 60) + "末", true), cell(150, "内容")}}});
  const auto path = finished(sheet, "sheet_long_label");
  EXPECT_LT(papers::pages_of(path), 8);
  EXPECT_NE(papers::text_of(path).find("末"), std::string::npos);
  expect_within_margins(path, furniture());
}

TEST_F(Sheets, WhatStandsInTheMarginsIsCutAndNotLetGrow) {
  produce::Furniture full = furniture();
  full.footer = papers::times("一个很长的文件名称", 40) + ".zip";
  full.running = full.footer;
  produce::Sheet sheet(papers::kit().typefaces, full);
  sheet.paragraph(papers::times("正文。\n", 80), {});
  const auto path = finished(sheet, "sheet_margins");
  EXPECT_GT(papers::pages_of(path), 1);
  expect_within_margins(path, full);
}

TEST_F(Sheets, ATitleLeavesTheCodeFree) {
  produce::Furniture coded = furniture();
  coded.code = "DOSSIER:A-7D3E00AA11BC;r2;committee-" + papers::times("x", 40);
  produce::Sheet sheet(papers::kit().typefaces, coded);
  sheet.title(papers::times("关于职称申请的很长的标题", 4));
  const auto path = finished(sheet, "sheet_code");
  expect_within_margins(path, coded);
  papers::run("pdftoppm -r 150 -png -singlefile " + path + " " + path);
  EXPECT_NE(papers::run("ZXingReader " + path + ".png").find(coded.code), std::string::npos);
}

}  // namespace
