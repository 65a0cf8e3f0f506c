#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/blank_forms.hpp"
#include "stages/prepare/xlsx_cells.hpp"
#include "tests/zip_builder.hpp"

// A blank form filled in, moved about and saved again, as people and their programs do it.

namespace filling {

struct Written {
  std::string text, type = "inlineStr";  ///< of OOXML: inlineStr, n, b, s
};

class Sheet {
 public:
  std::string name;
  std::map<std::pair<int, int>, Written> cells;

  /// The first cell that reads so; {-1, -1} if there is none.
  std::pair<int, int> find(const std::string& text) const {
    for (const auto& [at, cell] : cells)
      if (cell.text == text) return at;
    return {-1, -1};
  }
  void set(int row, int column, std::string text, std::string type = "inlineStr") {
    cells[{row, column}] = {std::move(text), std::move(type)};
  }
  void move(int from_row, int rows, int from_column, int columns) {
    std::map<std::pair<int, int>, Written> moved;
    for (auto& [at, cell] : cells)
      moved[{at.first + (at.first >= from_row ? rows : 0),
             at.second + (at.second >= from_column ? columns : 0)}] = std::move(cell);
    cells = std::move(moved);
  }
  void insert_row(int row) { move(row, 1, 0, 0); }
  void insert_column(int column) { move(0, 0, column, 1); }
  void delete_row(int row) {
    std::erase_if(cells, [&](const auto& each) { return each.first.first == row; });
    move(row, -1, 0, 0);
  }
  void delete_column(int column) {
    std::erase_if(cells, [&](const auto& each) { return each.first.second == column; });
    move(0, 0, column, -1);
  }
};

class Book {
 public:
  std::vector<Sheet> sheets;

  explicit Book(const std::string& xlsx) {
    const prepare::Workbook read = prepare::read_workbook(xlsx, {});
    EXPECT_EQ(read.refusal, "");
    for (const prepare::Sheet& from : read.sheets) {
      sheets.emplace_back();
      sheets.back().name = from.name;
      for (const prepare::Cell& cell : from.cells)
        sheets.back().set(cell.row, cell.column, cell.text, cell.number ? "n" : "inlineStr");
    }
  }

  Sheet& sheet(const std::string& name) {
    for (Sheet& each : sheets)
      if (each.name == name) return each;
    ADD_FAILURE() << "no sheet " << name;
    return sheets.at(0);
  }

  /// "unit.name", or "education[1].school"; type as of Written.
  std::string fill(const std::string& path, const std::string& text,
                   const std::string& type = "inlineStr") {
    const auto [sheet, row, column] = place(path);
    if (!sheet) {
      ADD_FAILURE() << "the form does not ask " << path;
      return {};
    }
    sheet->set(row, column, text, type);
    const std::string cell = prepare::cell_name(row, column);
    return sheet == &sheets[0] ? cell : sheet->name + "!" + cell;
  }

  bool asks(const std::string& path) { return place(path).sheet != nullptr; }

  enum class Texts { Inline, Shared };
  std::string bytes(Texts texts = Texts::Inline) const {
    std::string strings, list, relations;
    int shared = 0;
    zip_builder::Builder zip;
    zip.add("[Content_Types].xml", "<Types/>");
    zip.add(
        "_rels/.rels",
        R"(<Relationships><Relationship Id="a" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>)");
    for (std::size_t i = 0; i < sheets.size(); ++i) {
      const std::string number = std::to_string(i + 1);
      list += "<sheet name=\"" + escaped(sheets[i].name) + "\" sheetId=\"" + number +
              "\" r:id=\"r" + number + "\"/>";
      relations += "<Relationship Id=\"r" + number +
                   "\" Type=\"http://x/relationships/worksheet\" Target=\"s" + number + ".xml\"/>";
      std::string xml = "<worksheet><sheetData>";
      int row = -1;
      for (const auto& [at, cell] : sheets[i].cells) {
        if (at.first != row)
          xml += (row < 0 ? "" : "</row>") + ("<row r=\"" + std::to_string(at.first + 1) + "\">");
        row = at.first;
        const bool text = cell.type == "inlineStr";
        xml += "<c r=\"" + prepare::cell_name(at.first, at.second) + "\" t=\"" +
               (text && texts == Texts::Shared ? "s" : cell.type) + "\">";
        if (!text) {
          xml += "<v>" + cell.text + "</v>";
        } else if (texts == Texts::Shared) {
          xml += "<v>" + std::to_string(shared++) + "</v>";
          strings += "<si><t xml:space=\"preserve\">" + escaped(cell.text) + "</t></si>";
        } else {
          xml += "<is><t>" + escaped(cell.text) + "</t></is>";
        }
        xml += "</c>";
      }
      xml += (row < 0 ? "" : "</row>");
      zip.add("xl/s" + number + ".xml", xml + "</sheetData></worksheet>");
    }
    relations +=
        R"(<Relationship Id="t" Type="http://x/relationships/sharedStrings" Target="texts.xml"/>)";
    zip.add("xl/workbook.xml", "<workbook xmlns:r=\"x\"><sheets>" + list + "</sheets></workbook>");
    zip.add("xl/_rels/workbook.xml.rels", "<Relationships>" + relations + "</Relationships>");
    zip.add("xl/texts.xml", "<sst>" + strings + "</sst>");
    return zip.end();
  }

 private:
  struct Place {
    Sheet* sheet = nullptr;
    int row = 0, column = 0;
  };

  Place place(const std::string& path) {
    const auto open = path.find('[');
    const auto close = path.find(']');
    const bool listed = open != path.npos && close + 1 < path.size();
    const std::string anchor = listed ? path.substr(0, open) + "[]" + path.substr(close + 1) : path;
    for (Sheet& each : sheets) {
      const auto [row, column] = each.find(anchor);
      if (row < 0) continue;
      constexpr int kFirst = 4, kValue = 2;
      if (listed) return {&each, kFirst + std::stoi(path.substr(open + 1)), column};
      return {&each, row, kValue};
    }
    return {};
  }

  static std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text)
      out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '"' ? "&quot;" : std::string(1, c);
    return out;
  }
};

}  // namespace filling
