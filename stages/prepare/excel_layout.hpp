#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stages/prepare/fields.hpp"
#include "stages/prepare/xlsx_cells.hpp"

// Excel layout: where in a sheet of a form each field is answered.
//
//   takes   a sheet; the fields of the form's kind, as a plan of what may be asked
//   gives   answers (one a label), tables (one a list), and labels that are no field's though something is written beside them
//   faults  none

namespace prepare {

struct Asked {
  std::string path;  ///< "unit.name"; in a list from there: "school"
  const Field* field = nullptr;
};

struct AskedList {
  std::string path;  ///< "education"
  std::vector<Asked> columns;
  std::map<std::string, const Asked*, std::less<>> by_label;
};

/// All that a form of this kind asks. Points into `form`, and into itself: it stays where it is made.
class FormPlan {
 public:
  explicit FormPlan(const Field& form);
  FormPlan(const FormPlan&) = delete;
  FormPlan& operator=(const FormPlan&) = delete;

  const Asked* by_path(std::string_view path) const;
  const Asked* by_label(std::string_view key) const;
  /// "education[].school"
  std::pair<const AskedList*, const Asked*> column(std::string_view path) const;
  const std::vector<AskedList>& lists() const { return lists_; }

 private:
  void gather(const Field& field, const std::string& path, std::vector<Asked>& to);

  Field slot_, file_;
  std::vector<Asked> questions_;
  std::map<std::string, const Asked*, std::less<>> by_path_, by_label_;
  std::vector<AskedList> lists_;
};

/// A label as it is compared: without the mark of what is required, blanks, colons, and case.
std::string label_key(std::string_view label);

struct Answer {
  const Asked* asked = nullptr;
  int row = 0, column = 0;  ///< of the cell to fill in
};

struct Table {
  const AskedList* list = nullptr;
  int header_row = 0;
  std::map<int, const Asked*> columns;
  std::vector<int> rows;  ///< that hold anything
};

struct Stranger {
  std::string label;
  int row = 0, column = 0;
};

struct SheetLayout {
  std::vector<Answer> answers;
  std::vector<Table> tables;
  std::vector<Stranger> strangers;
};

SheetLayout lay_out(const Sheet& sheet, const FormPlan& plan);

/// Instructions and lists to choose from: nobody fills them in.
bool is_furniture(const Sheet& sheet);

/// Where a workbook says what kind of form it is.
struct KindCell {
  const Sheet* sheet = nullptr;
  int row = 0, column = 0;
  std::string text;
};
std::vector<KindCell> kind_cells(const Workbook& book);

/// How many fields of each plan the workbook asks; a row of headers counts as one, for it may be anybody's table.
std::vector<std::size_t> count_fields(const Workbook& book, const std::deque<FormPlan>& plans);

}  // namespace prepare
