#include "stages/produce/row_spool.hpp"

#include <gtest/gtest.h>

#include <string>

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

}  // namespace
