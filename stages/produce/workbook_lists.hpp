#pragma once

#include <string>
#include <vector>

#include "pipeline/value.hpp"
#include "pipeline/view.hpp"
#include "stages/produce/spreadsheet.hpp"
#include "stages/produce/statistics.hpp"

// WorkbookLists: the lists behind the numbers, one row a case or a delivery, written as they pass.
//
// Identifiers are text. Days and times are real dates, so that they sort, filter by month and can
// be subtracted; a birth date is text, for it may be known to the month only. ID numbers are
// masked.

namespace produce {

struct ListFrame {
  Spreadsheet& book;
  std::string period;  ///< the line below the title
  int sheet_rows;      ///< a sheet's rows, heading included; what is more goes on in the next sheet
};

struct ListColumn {
  const char* header;
  double width;  ///< characters
};

/// Adds sheets as rows need them.
class StreamedList {
 public:
  StreamedList(const ListFrame& frame, std::string name, std::string about,
               std::vector<ListColumn> columns);

  /// The sheet and row to write next.
  Worksheet& next();
  int row() const { return row_; }
  void finish();

  const std::vector<Worksheet*>& sheets() const { return sheets_; }
  const std::string& about() const { return about_; }

 private:
  void open();

  ListFrame frame_;
  std::string name_, about_;
  std::vector<ListColumn> columns_;
  std::vector<Worksheet*> sheets_;
  int row_ = 0;
};

/// 明细（注册）: all cases that are not applications.
class RegistrationList {
 public:
  RegistrationList(const ListFrame& frame, const Terms& terms);
  void add(const pipeline::Value& body);
  StreamedList& list() { return list_; }

 private:
  const Terms& terms_;
  StreamedList list_;
};

/// 明细（申请）.
class ApplicationList {
 public:
  ApplicationList(const ListFrame& frame, const Terms& terms);
  void add(const pipeline::Value& body, const CaseFacts& facts);
  StreamedList& list() { return list_; }

 private:
  const Terms& terms_;
  StreamedList list_;
};

/// 明细（投递）.
class DeliveryList {
 public:
  DeliveryList(const ListFrame& frame, const Terms& terms);
  void add(const pipeline::Received& delivery);
  StreamedList& list() { return list_; }

 private:
  const Terms& terms_;
  StreamedList list_;
};

}  // namespace produce
