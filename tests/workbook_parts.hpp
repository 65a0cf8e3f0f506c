#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/zip_builder.hpp"

// Workbooks part by part, and what is said of them.

namespace workbook_parts {

/// A workbook by hand: each part as it is given, and the parts that find it.
struct Parts {
  std::string sheet, strings;
  std::string workbook =
      R"(<workbook xmlns:r="x"><sheets><sheet name="待审清单" sheetId="7" r:id="rId9"/></sheets></workbook>)";
  std::string relations =
      R"(<Relationships><Relationship Id="rId9" Type="http://x/relationships/worksheet" Target="worksheets/blatt.xml"/><Relationship Id="rId1" Type="http://x/relationships/sharedStrings" Target="/xl/texts.xml"/></Relationships>)";

  std::string bytes(const std::vector<std::pair<std::string, std::string>>& more = {}) const {
    zip_builder::Builder book;
    for (const auto& [name, xml] : more) book.add(name, xml);
    return book.add("[Content_Types].xml", "<Types/>")
        .add(
            "_rels/.rels",
            R"(<Relationships><Relationship Id="a" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>)")
        .add("xl/workbook.xml", workbook)
        .add("xl/_rels/workbook.xml.rels", relations)
        .add("xl/texts.xml", strings)
        .add("xl/worksheets/blatt.xml", sheet)
        .end();
  }
};

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

}  // namespace workbook_parts
