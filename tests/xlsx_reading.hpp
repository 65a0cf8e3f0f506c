#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <map>
#include <pugixml.hpp>
#include <string>
#include <utility>
#include <vector>

#include "stages/prepare/zip.hpp"

// A workbook as Excel would read it, for tests: its cells, and what its formulas give.

namespace xlsx {

struct Cell {
  std::string type, text, formula;
  int style = 0;
  double number() const { return text.empty() ? 0 : std::stod(text); }
};

/// Where a cell leads.
struct Target {
  std::string sheet, tip;
  std::pair<int, int> from, to;
};

using Cells = std::map<std::pair<int, int>, Cell>;  ///< by row, column from 0

inline std::pair<int, int> place(const std::string& name) {
  int row = 0, column = 0;
  for (const char c : name) {
    if (c == '$') continue;
    if (std::isalpha(static_cast<unsigned char>(c)))
      column = column * 26 + (c - 'A' + 1);
    else
      row = row * 10 + (c - '0');
  }
  return {row - 1, column - 1};
}

/// The workbook as Excel would read it, by the strict ZIP reader and an XML parser.
struct Book {
  static constexpr unsigned kKeepBlanks = pugi::parse_default | pugi::parse_ws_pcdata;
  std::string bytes;
  std::map<std::string, std::string> parts;
  std::vector<std::string> names, shared;
  std::map<std::string, Cells> sheets;
  std::map<std::string, std::map<std::pair<int, int>, Target>> links;       ///< within the workbook
  std::map<std::string, std::map<std::pair<int, int>, std::string>> files;  ///< outside of it

  explicit Book(const std::string& path) : Book(std::ifstream(path, std::ios::binary)) {}
  explicit Book(std::ifstream file)
      : Book(From{std::string(std::istreambuf_iterator<char>(file), {})}) {}
  struct From {
    std::string bytes;
  };
  explicit Book(From from) : bytes(std::move(from.bytes)) {
    const prepare::Zip zip = prepare::read_zip(bytes, prepare::Limits{});
    EXPECT_EQ(zip.verdict, prepare::ZipVerdict::Sound) << zip.why;
    prepare::Inflater inflater;
    for (const prepare::ZipEntry& entry : zip.entries)
      parts[entry.name] = std::string(inflater.read(bytes, entry).value_or("damaged"));
    pugi::xml_document strings;
    strings.load_string(parts["xl/sharedStrings.xml"].c_str(), kKeepBlanks);
    for (const pugi::xml_node item : strings.child("sst"))
      shared.push_back(item.child("t").text().get());
    pugi::xml_document workbook;
    EXPECT_TRUE(workbook.load_string(parts["xl/workbook.xml"].c_str()));
    for (const pugi::xml_node sheet : workbook.child("workbook").child("sheets")) {
      names.push_back(sheet.attribute("name").value());
      read(names.back(), parts["xl/worksheets/sheet" + std::to_string(names.size()) + ".xml"]);
    }
  }

  void read(const std::string& name, const std::string& xml) {
    pugi::xml_document sheet;
    const auto parsed = sheet.load_buffer(xml.data(), xml.size(), kKeepBlanks);
    ASSERT_TRUE(parsed) << name << ": " << parsed.description();
    for (const pugi::xml_node row : sheet.child("worksheet").child("sheetData")) {
      for (const pugi::xml_node c : row.children("c")) {
        Cell cell;
        cell.type = c.attribute("t").value();
        cell.style = c.attribute("s").as_int();
        cell.text = cell.type == "inlineStr" ? c.child("is").child("t").text().get()
                                             : c.child("v").text().get();
        if (cell.type == "s") cell.text = shared.at(std::stoul(cell.text));
        cell.formula = c.child("f").text().get();
        sheets[name][place(c.attribute("r").value())] = cell;
      }
    }
    pugi::xml_document relations;
    relations.load_string(
        parts["xl/worksheets/_rels/sheet" + std::to_string(names.size()) + ".xml.rels"].c_str());
    for (const pugi::xml_node link : sheet.child("worksheet").child("hyperlinks")) {
      if (const pugi::xml_attribute id = link.attribute("r:id"))
        files[name][place(link.attribute("ref").value())] =
            relations.child("Relationships")
                .find_child_by_attribute("Relationship", "Id", id.value())
                .attribute("Target")
                .value();
      const std::string location = link.attribute("location").value();
      const std::size_t end = location.find("'!"), colon = location.find(':', end);
      if (end == std::string::npos) continue;
      const std::string from = location.substr(end + 2, colon - end - 2);
      links[name][place(link.attribute("ref").value())] = {
          location.substr(1, end - 1), link.attribute("tooltip").value(), place(from),
          colon == std::string::npos ? place(from) : place(location.substr(colon + 1))};
    }
  }

  const Cell& cell(const std::string& sheet, int row, int column) {
    return sheets.at(sheet)[{row, column}];
  }
  /// The first row at or below `from` whose cell in that column reads so; -1 if there is none.
  int row_of(const std::string& sheet, int column, const std::string& text, int from = 0) {
    for (const auto& [at_cell, cell] : sheets.at(sheet))
      if (at_cell.first >= from && at_cell.second == column && cell.text == text)
        return at_cell.first;
    return -1;
  }
  int column_of(const std::string& sheet, int row, const std::string& text, int from = 0) {
    for (const auto& [at_cell, cell] : sheets.at(sheet))
      if (at_cell.first == row && at_cell.second >= from && cell.text == text)
        return at_cell.second;
    return -1;
  }
  /// The number in the row that begins with `label` below the heading `section`, in the column
  /// headed so.
  double number(const std::string& sheet, const std::string& section, const std::string& label,
                const std::string& header, int label_column = 0) {
    const int from = section.empty() ? 0 : row_of(sheet, 0, section);
    const int row = row_of(sheet, label_column, label, from);
    for (int above = row - 1; above >= from; --above) {
      const int column = column_of(sheet, above, header, label_column + 1);
      if (column >= 0) return cell(sheet, row, column).number();
    }
    ADD_FAILURE() << sheet << ": no " << label << " / " << header;
    return -1;
  }
};

/// Calculates the formulas of the workbook: + - / , SUM MAX SUMPRODUCT IF and cells.
class Calculator {
 public:
  Calculator(const Cells& cells, std::string formula) : cells_(cells), text_(std::move(formula)) {}
  double value() {
    const double result = comparison();
    EXPECT_EQ(at_, text_.size()) << text_;
    return result;
  }

 private:
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  double comparison() {
    const double left = difference();
    return take('=') ? (left == difference() ? 1 : 0) : left;
  }
  double difference() {
    double left = quotient();
    while (take('-')) left -= quotient();
    return left;
  }
  double quotient() {
    double left = term();
    while (take('/')) {
      const double right = term();
      left = right == 0 ? 0 : left / right;
    }
    return left;
  }
  std::string word() {
    std::string out;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '$'))
      out += text_[at_++];
    return out;
  }
  double look(std::pair<int, int> where) const {
    const auto found = cells_.find(where);
    EXPECT_NE(found, cells_.end()) << text_ << " refers to an empty cell";
    return found == cells_.end() ? 0 : found->second.number();
  }
  std::vector<double> range() {
    const auto from = place(word());
    const auto to = take(':') ? place(word()) : from;
    std::vector<double> values;
    for (int row = from.first; row <= to.first; ++row)
      for (int column = from.second; column <= to.second; ++column)
        values.push_back(look({row, column}));
    return values;
  }
  double term() {
    if (std::isdigit(static_cast<unsigned char>(text_[at_]))) return std::stod(word());
    const std::size_t start = at_;
    const std::string name = word();
    if (!take('(')) {
      at_ = start;
      return range().front();
    }
    double result = 0;
    if (name == "IF") {
      const bool condition = comparison() != 0;
      EXPECT_TRUE(take(','));
      const double yes = difference();
      EXPECT_TRUE(take(','));
      const double no = difference();
      result = condition ? yes : no;
    } else {
      std::vector<std::vector<double>> ranges;
      do ranges.push_back(range());
      while (take(','));
      for (const auto& each : ranges)
        for (std::size_t i = 0; i < each.size(); ++i) {
          if (name == "SUM") result += each[i];
          if (name == "MAX") result = std::max(result, each[i]);
          if (name == "SUMPRODUCT" && &each == &ranges.front()) result += each[i] * ranges[1][i];
        }
    }
    EXPECT_TRUE(take(')')) << text_;
    return result;
  }

  const Cells& cells_;
  std::string text_;
  std::size_t at_ = 0;
};

}  // namespace xlsx
