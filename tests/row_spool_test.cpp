#include "stages/produce/row_spool.hpp"

#include <gtest/gtest.h>

#include <string>

#include "stages/produce/spreadsheet.hpp"
#include "tests/xlsx_reading.hpp"

// Rows of a list, as the elements of a worksheet.

namespace {

std::string first_row(std::size_t rows) {
  produce::RowSpool spool(testing::TempDir());
  for (std::size_t i = 0; i < rows; ++i) {
    produce::SpoolRow row;
    row.text(" a<b", 1);
    row.number(2.5, 2);
    row.text("", 3);
    row.shared(7, 4);
    row.place = i;
    spool.add(row);
  }
  spool.sort();
  return spool.xml({0, 1}, 12);
}

TEST(RowSpool, WritesEachCellWithItsPlace) {
  EXPECT_EQ(
      first_row(produce::RowSpool::kPlaced),
      R"(<row r="12"><c r="A12" s="1" t="inlineStr"><is><t xml:space="preserve"> a&lt;b</t></is></c>)"
      R"(<c r="B12" s="2"><v>2.5</v></c><c r="C12" s="3"/><c r="D12" s="4" t="s"><v>7</v></c></row>)");
}

TEST(RowSpool, LeavesThePlaceToTheOrderInALongList) {
  EXPECT_EQ(first_row(produce::RowSpool::kPlaced + 1),
            R"(<row r="12"><c s="1" t="inlineStr"><is><t xml:space="preserve"> a&lt;b</t></is></c>)"
            R"(<c s="2"><v>2.5</v></c><c s="3"/><c s="4" t="s"><v>7</v></c></row>)");
}

TEST(RowSpool, ATextThatStandsOnceKeepsTheBlanksAtItsEnds) {
  const std::string path = testing::TempDir() + "/shared.xlsx";
  produce::RowSpool spool(testing::TempDir());
  produce::Spreadsheet book(path, "清单", pipeline::Time{});
  produce::Worksheet& sheet = book.add("清单");
  for (const char* text : {"是 ", "否"}) book.share(text);
  produce::SpoolRow row;
  row.shared(*book.shared("是 "), 0);
  spool.add(row);
  spool.sort();
  sheet.text(0, 0, "是否");
  sheet.follow(1, spool, 0, 1, 1);
  book.close();
  xlsx::Book read(path);
  EXPECT_EQ(read.cell("清单", 1, 0).text, "是 ");
  // A reader that follows the standard cuts them off unless it is told.
  const std::string& texts = read.parts.at("xl/sharedStrings.xml");
  EXPECT_NE(texts.find("<si><t xml:space=\"preserve\">是 </t></si>"), texts.npos) << texts;
  EXPECT_NE(texts.find("<si><t>否</t></si>"), texts.npos) << texts;
}

}  // namespace
