#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <pugixml.hpp>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/json.hpp"
#include "tests/xlsx_reading.hpp"

// What a reviewer has: the approval form, filled and saved by qpdf, and the worklist, its cells set as a spreadsheet program
// sets them.

namespace season {

namespace fs = std::filesystem;
using pipeline::Value;

struct ItemAnswer {
  std::string item;
  bool passed = true;
  std::string opinion;
};

struct Judgement {
  std::string action, target, recommendation, modification, reviewer;
  bool confirmed = true;
  std::vector<ItemAnswer> items;
  std::string token{};      ///< not empty: written over the hidden one
  bool other_text = false;  ///< the first page is made to say something else
  std::string saving{};     ///< options of qpdf
};

inline void shell(const std::string& command) {
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
}

inline std::string quoted(const std::string& path) {
  return "'" + path + "'";
}

inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// The objects of a document as qpdf writes them, and those that were changed.
class FormObjects {
 public:
  explicit FormObjects(Value document) : document_(std::move(document)) {
    for (const auto& [key, object] : objects().members())
      if (object["value"].has("/T")) fields_[full_name(object["value"])] = key;
  }

  void text(const std::string& field, const std::string& text) {
    if (!text.empty()) of(field).set("/V", "u:" + text);
  }
  void tick(const std::string& field) { state(of(field), "/Yes"); }
  void choose(const std::string& field, const std::string& button) {
    Value& radio = of(field);
    radio.set("/V", button);
    const Value kids = radio["/Kids"];
    for (const Value& kid : kids.items()) {
      Value& widget = changed("obj:" + kid.string());
      widget.set("/AS", widget["/AP"]["/N"].has(button) ? button : "/Off");
    }
  }
  void rewrite_first_page() {
    for (const auto& [key, object] : objects().members()) {
      const Value& page = object["value"];
      if (page["/Type"].text() != "/Page") continue;
      const Value& contents = page["/Contents"];
      const std::string stream = contents.is_array() ? contents[0].string() : contents.string();
      constexpr const char* kOtherText = "QlQgKHgpIFRqIEVU";  // BT (x) Tj ET
      update_.set(
          "obj:" + stream,
          Value::object(
              {{"stream", Value::object({{"data", kOtherText}, {"dict", Value::object()}})}}));
      return;
    }
  }
  std::string update() const {
    return Value::object({{"qpdf", Value::array({document_["qpdf"][0], update_})}}).dump();
  }

 private:
  const Value& objects() const { return document_["qpdf"][1]; }
  std::string full_name(const Value& field) const {
    const std::string own = field["/T"].string().substr(2);  // qpdf marks texts with "u:"
    const std::string parent = field["/Parent"].text();
    if (parent.empty()) return own;
    return full_name(objects()["obj:" + parent]["value"]) + "." + own;
  }
  Value& changed(const std::string& key) {
    if (!update_.has(key)) update_.set(key, objects()[key]);
    return update_.member(key).member("value");
  }
  Value& of(const std::string& field) {
    EXPECT_TRUE(fields_.contains(field)) << "the form has no field " << field;
    return changed(fields_[field]);
  }
  static void state(Value& box, const std::string& on) {
    box.set("/V", on);
    box.set("/AS", on);
  }

  Value document_, update_ = Value::object();
  std::map<std::string, std::string> fields_;
};

/// Fills the approval form `blank`; the filled one is a file that qpdf wrote.
inline void fill_form(const std::string& blank, const Judgement& judgement,
                      const std::string& filled) {
  const std::string list = filled + ".json", update = filled + ".update";
  shell("qpdf --json=2 --json-key=qpdf " + quoted(blank) + " > " + quoted(list));
  pipeline::Json read = pipeline::parse_json(bytes_of(list));
  ASSERT_EQ(read.error, "") << blank;
  FormObjects form(std::move(read.value));
  form.text("action", judgement.action);
  form.text("target", judgement.target);
  form.text("recommendation_opinion", judgement.recommendation);
  form.text("modification_opinion", judgement.modification);
  form.text("reviewer.name", judgement.reviewer);
  form.text("token", judgement.token);
  if (judgement.confirmed) form.tick("confirmed");
  for (const ItemAnswer& answer : judgement.items) {
    form.choose("items." + answer.item + ".passed", answer.passed ? "/yes" : "/no");
    form.text("items." + answer.item + ".opinion", answer.opinion);
  }
  if (judgement.other_text) form.rewrite_first_page();
  write_bytes(update, form.update());
  shell("qpdf " + quoted(blank) + " --update-from-json=" + quoted(update) + " " + judgement.saving +
        " " + quoted(filled));
  fs::remove(list);
  fs::remove(update);
}

struct Listed {
  std::string case_id;
  int row = 0;  ///< as the spreadsheet numbers them
  int round = 0;
};

/// The worklist as it lies in the queue folder.
class Worklist {
 public:
  explicit Worklist(const std::string& path) : path_(path), book_(path) {
    for (const auto& [at, cell] : cells())
      if (at.first == 0) columns_[cell.text] = at.second;
  }
  std::vector<Listed> cases() const {
    std::vector<Listed> all;
    for (int row = 2; !text(row, "case").empty(); ++row)
      all.push_back({text(row, "case"), row + 1, std::stoi(text(row, "round"))});
    return all;
  }
  const std::map<std::string, int>& columns() const { return columns_; }
  const std::string& path() const { return path_; }

 private:
  const xlsx::Cells& cells() const { return book_.sheets.at("待审清单"); }
  std::string text(int row, const std::string& column) const {
    const auto at = cells().find({row, columns_.at(column)});
    return at == cells().end() ? "" : at->second.text;
  }

  std::string path_;
  xlsx::Book book_;
  std::map<std::string, int> columns_;
};

enum class Strings { Inline, Shared };

inline std::string column_name(int column) {
  std::string name;
  for (++column; column > 0; column = (column - 1) / 26)
    name.insert(name.begin(), static_cast<char>('A' + (column - 1) % 26));
  return name;
}

class Sheet {
 public:
  Sheet(const std::string& folder, Strings strings)
      : sheet_file_(folder + "/xl/worksheets/sheet1.xml"),
        strings_file_(folder + "/xl/sharedStrings.xml"),
        how_(strings) {
    EXPECT_TRUE(sheet_.load_file(sheet_file_.c_str(), xlsx::Book::kKeepBlanks));
    EXPECT_TRUE(strings_.load_file(strings_file_.c_str(), xlsx::Book::kKeepBlanks));
  }
  void set(int row, int column, const std::string& text) {
    if (text.empty()) return;
    const std::string name = column_name(column) + std::to_string(row);
    const std::string number = std::to_string(row);
    pugi::xml_node cell = sheet_.child("worksheet")
                              .child("sheetData")
                              .find_child_by_attribute("row", "r", number.c_str())
                              .find_child_by_attribute("c", "r", name.c_str());
    ASSERT_TRUE(cell) << name;
    cell.remove_children();
    cell.remove_attribute("t");
    if (how_ == Strings::Inline) {
      cell.append_attribute("t") = "inlineStr";
      cell.append_child("is").append_child("t").text() = text.c_str();
      return;
    }
    pugi::xml_node all = strings_.child("sst");
    const auto place = std::distance(all.children("si").begin(), all.children("si").end());
    all.append_child("si").append_child("t").text() = text.c_str();
    all.attribute("uniqueCount") = static_cast<int>(place) + 1;
    cell.append_attribute("t") = "s";
    cell.append_child("v").text() = static_cast<int>(place);
  }
  void save() const {
    sheet_.save_file(sheet_file_.c_str(), "", pugi::format_raw);
    strings_.save_file(strings_file_.c_str(), "", pugi::format_raw);
  }

 private:
  pugi::xml_document sheet_, strings_;
  std::string sheet_file_, strings_file_;
  Strings how_;
};

inline void fill_worklist(const std::string& blank, const std::map<std::string, int>& columns,
                          const std::vector<std::pair<int, Judgement>>& rows, Strings strings,
                          const std::string& filled) {
  const std::string folder = filled + ".parts";
  fs::create_directories(folder);
  shell("unzip -q -o " + quoted(blank) + " -d " + quoted(folder));
  Sheet sheet(folder, strings);
  for (const auto& [row, judgement] : rows) {
    sheet.set(row, columns.at("action"), judgement.action);
    sheet.set(row, columns.at("target"), judgement.target);
    sheet.set(row, columns.at("recommendation_opinion"), judgement.recommendation);
    sheet.set(row, columns.at("modification_opinion"), judgement.modification);
    sheet.set(row, columns.at("reviewer.name"), judgement.reviewer);
    sheet.set(row, columns.at("confirmed"), judgement.confirmed ? "是" : "");
  }
  sheet.save();
  const fs::path made = fs::absolute(filled);
  shell("cd " + quoted(folder) + " && zip -q -r -X -D -1 " + quoted(made.string()) + " .");
  fs::remove_all(folder);
}

}  // namespace season
