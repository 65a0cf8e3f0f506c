#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>

#include "app/blank_forms.hpp"
#include "pipeline/csv.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/excel_layout.hpp"
#include "tests/program.hpp"
#include "tests/xlsx_reading.hpp"

// The sheets that offices and persons fill in, as the program writes them.

namespace {

const std::string kTemplates = std::string(DOSSIER_SOURCE_DIR) + "/templates";

const prepare::Rules& rules() {
  static const prepare::Rules kLoaded = prepare::load_rules(kTemplates, {});
  return kLoaded;
}

const std::vector<app::BlankFile>& forms() {
  static const std::vector<app::BlankFile> kForms = app::blank_forms(kTemplates, rules());
  return kForms;
}

xlsx::Book book_of(const app::BlankFile& form) {
  return xlsx::Book(xlsx::Book::From{form.bytes});
}

/// All paths that a form asks, as hidden row and column have them.
std::set<std::string> asked(const app::BlankFile& form) {
  static const std::regex kPath(R"([a-z_]+(\[\])?(\.[a-z_]+)*)");
  std::set<std::string> out;
  xlsx::Book book = book_of(form);
  for (const auto& [sheet, cells] : book.sheets)
    for (const auto& [at, cell] : cells)
      if ((at.first == 0 || at.second == 0) && cell.type == "s" &&
          std::regex_match(cell.text, kPath))
        out.insert(cell.text);
  return out;
}

TEST(BlankForms, ThereIsOneForEveryKindButTheReviewersDecision) {
  std::set<std::string> kinds;
  for (const app::BlankFile& form : forms()) kinds.insert(form.kind);
  for (const std::string& kind : rules().fields.kinds())
    EXPECT_EQ(kinds.contains(kind), kind != "review_decision") << kind;
}

TEST(BlankForms, TheSameTablesGiveTheSameBytes) {
  const auto again = app::blank_forms(kTemplates, rules());
  ASSERT_EQ(again.size(), forms().size());
  for (std::size_t i = 0; i < again.size(); ++i)
    EXPECT_EQ(again[i].bytes, forms()[i].bytes) << again[i].name;
}

TEST(BlankForms, TogetherTheFormsOfAKindAskForEveryField) {
  const pipeline::CsvFile csv(kTemplates + "/common/fields.csv", {"kind", "path", "type"});
  std::map<std::string, std::set<std::string>> by_kind;
  for (const app::BlankFile& form : forms()) by_kind[form.kind].merge(asked(form));
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const std::string& kind = csv.cell(i, "kind");
    std::string path = csv.cell(i, "path");
    if (kind == "review_decision") continue;
    if (kind == "unit_info_correction" && path == "unit.uscc") continue;  // it cannot be corrected
    if (path == "attachments") path = "attachments[].file";
    if (path.ends_with("[]")) path.resize(path.size() - 2);
    EXPECT_TRUE(by_kind[kind].contains(path)) << kind << " " << path;
  }
}

TEST(BlankForms, EachEditionOfTheRegistrationAsksWhatItsProvinceDoes) {
  for (const app::BlankFile& form : forms()) {
    if (form.kind != "unit_registration") continue;
    const bool hunan = form.name.find("湖南") != form.name.npos;
    EXPECT_EQ(asked(form).contains("review_target.kind"), hunan);
    EXPECT_EQ(asked(form).contains("business_types"), hunan);
    EXPECT_EQ(asked(form).contains("receiving_units[].uscc"), !hunan);
  }
}

TEST(BlankForms, NoLabelOfAListOrOfAFormStandsForTwoFields) {
  // Where it does, a form without its hidden paths would be misread.
  for (const app::BlankFile& form : forms()) {
    xlsx::Book book = book_of(form);
    for (const std::string& name : book.names) {
      if (name == "填写说明" || name == "选项") continue;
      std::set<std::string> labels;
      const bool list = name != book.names[0];
      for (const auto& [at, cell] : xlsx::Cells(book.sheets[name])) {
        const bool label = list
                               ? at.first == 3
                               : at.second == 1 && book.sheets[name].contains({at.first, 0}) &&
                                     !book.sheets[name][{at.first, 0}].text.empty() && at.first > 3;
        if (!label || cell.text.empty()) continue;
        EXPECT_TRUE(labels.insert(prepare::label_key(cell.text)).second)
            << form.name << " " << name << " " << cell.text;
      }
      EXPECT_GT(labels.size(), 1U) << form.name << " " << name;
    }
  }
}

TEST(BlankForms, CellsToFillInAreTextSoThatLongNumbersStayWhole) {
  for (const app::BlankFile& form : forms()) {
    xlsx::Book book = book_of(form);
    pugi::xml_document styles;
    ASSERT_TRUE(styles.load_string(book.parts["xl/styles.xml"].c_str()));
    const pugi::xml_node root = styles.child("styleSheet");
    std::set<int> text{49};
    for (const pugi::xml_node format : root.child("numFmts"))
      if (std::string(format.attribute("formatCode").value()) == "@")
        text.insert(format.attribute("numFmtId").as_int());
    std::vector<bool> is_text;
    for (const pugi::xml_node xf : root.child("cellXfs"))
      is_text.push_back(text.contains(xf.attribute("numFmtId").as_int()));
    int cells = 0;
    for (const std::string& name : book.names) {
      if (name == "填写说明" || name == "选项") continue;
      for (const auto& [at, cell] : xlsx::Cells(book.sheets[name])) {
        const bool question = name == book.names[0] && at.second == 2 && cell.text.empty() &&
                              !book.cell(name, at.first, 0).text.empty();
        const bool item = name != book.names[0] && at.second > 0;
        if (at.first < 4 || !(question || item)) continue;
        EXPECT_TRUE(is_text.at(static_cast<std::size_t>(cell.style)))
            << form.name << " " << name << " " << prepare::cell_name(at.first, at.second);
        ++cells;
      }
    }
    EXPECT_GT(cells, 0) << form.name;
  }
}

/// The list that a cell offers, wherever it stands.
std::vector<std::string> offered(xlsx::Book& book, std::size_t sheet, const std::string& cell) {
  pugi::xml_document xml;
  EXPECT_TRUE(xml.load_string(
      book.parts["xl/worksheets/sheet" + std::to_string(sheet + 1) + ".xml"].c_str()));
  std::vector<std::string> out;
  for (const pugi::xml_node rule : xml.child("worksheet").child("dataValidations")) {
    std::string area = rule.attribute("sqref").value();
    if (area.substr(0, area.find(':')) != cell) continue;
    const std::string formula = rule.child("formula1").text().get();
    if (formula[0] == '"') {
      const std::string values = formula.substr(1, formula.size() - 2);
      for (const auto& each : pipeline::split(values, ',')) out.emplace_back(each);
      continue;
    }
    static const std::regex kRange(R"('选项'!(\$[A-Z]+\$\d+):(\$[A-Z]+\$\d+))");
    std::smatch range;
    if (!std::regex_match(formula, range, kRange)) {
      ADD_FAILURE() << formula;
      continue;
    }
    const auto from = xlsx::place(range[1]), to = xlsx::place(range[2]);
    for (int row = from.first; row <= to.first; ++row)
      out.push_back(book.cell("选项", row, from.second).text);
  }
  return out;
}

TEST(BlankForms, EnumerationsAreOfferedByTheirLabelsLongOnesToo) {
  for (const app::BlankFile& form : forms()) {
    if (form.kind != "title_application") continue;
    xlsx::Book book = book_of(form);
    const auto list = [&](const std::string& path) {
      for (std::size_t i = 0; i < book.names.size(); ++i)
        for (const auto& [at, cell] : book.sheets[book.names[i]])
          if (cell.text == path)
            return offered(
                book, i,
                i == 0 ? prepare::cell_name(at.first, 2) : prepare::cell_name(4, at.second));
      return std::vector<std::string>();
    };
    for (const auto& [path, dictionary] :
         std::map<std::string, std::string>{{"applicant.sex", "sex"},
                                            {"applicant.ethnicity", "ethnicity"},
                                            {"target.series", "series"},
                                            {"submit", "yes_no"},
                                            {"education[].level", "education_level"},
                                            {"appraisals[].grade", "appraisal_grade"}}) {
      std::vector<std::string> labels;
      for (const auto& [code, label] : rules().dictionary.words(dictionary))
        labels.push_back(label);
      EXPECT_EQ(list(path), labels) << path;
    }
    const auto slots = list("attachments[].slot");
    ASSERT_EQ(slots.size(), 30U);
    EXPECT_EQ(slots[0], "A01 身份证");
    EXPECT_TRUE(list("applicant.name").empty());
  }
}

TEST(BlankForms, WhatIsRequiredIsMarked) {
  for (const app::BlankFile& form : forms()) {
    if (form.kind != "registration_withdrawal") continue;
    xlsx::Book book = book_of(form);
    const std::string& sheet = book.names[0];
    EXPECT_GE(book.row_of(sheet, 1, "经办人身份证号 *"), 0);
    EXPECT_GE(book.row_of(sheet, 1, "经办人电话"), 0);
    EXPECT_GE(book.row_of(sheet, 3, "18位，在 Excel 中用文本格式"), 0);
    EXPECT_EQ(book.names.back(), "填写说明");
  }
}

TEST(BlankForms, TheCommandWritesThemWhereItIsTold) {
  const tests::Program at("forms-command");
  ASSERT_EQ(at.run_here({"forms", at.path("空白表"), "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["forms"].size(), forms().size());
  for (const app::BlankFile& form : forms())
    EXPECT_EQ(at.read("空白表/" + form.name), form.bytes) << form.name;
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(at.path("空白表")))
    ++files;
  EXPECT_EQ(files, forms().size());
}

}  // namespace
