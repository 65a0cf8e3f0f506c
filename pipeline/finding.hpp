#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

// Finding: one thing that is wrong with, or worth saying about, a submission. A value, never thrown; all of them are told.
//
// Texts live in templates/common/findings.csv (code,severity,message,hint,rule); `{name}` in a text is replaced by the
// argument of that name. Without that argument the brackets （…） around it, else its sentence, are left out
// (of a message's first sentence only the placeholder).
// To add a finding: one row there, one call of Catalogue::make.

namespace pipeline {

enum class Severity { Error, Warning, Info };

/// "error", "warning" or "info".
std::string_view name(Severity severity);

struct Finding {
  std::string code;  ///< domain §6.6 and reference/forms.md, e.g. "USCC_CHECK"
  Severity severity = Severity::Error;
  std::string
      where;  ///< JSON path ("unit.uscc"), cell ("B7") or entry name; empty: the whole bundle
  std::string message;  ///< Chinese, for the office
  std::string hint;     ///< Chinese: what to do next
  std::string rule;     ///< the source rule ("H14") or domain paragraph ("§1.1")

  bool operator==(const Finding&) const = default;
};

bool has_error(const std::vector<Finding>& findings);

using Arguments = std::map<std::string, std::string, std::less<>>;

class Catalogue {
 public:
  /// Faults (Stop): the file is missing or malformed, with file and line.
  static Catalogue load(const std::string& file);

  /// An unknown code is a programming error: it is asserted.
  Finding make(std::string_view code, std::string where = {},
               const Arguments& arguments = {}) const;
  /// The same with another severity, where domain §6.6 leaves a choice.
  Finding make(std::string_view code, Severity severity, std::string where,
               const Arguments& arguments = {}) const;

  const std::map<std::string, Finding, std::less<>>& all() const { return rows_; }

 private:
  std::map<std::string, Finding, std::less<>> rows_;
};

}  // namespace pipeline
