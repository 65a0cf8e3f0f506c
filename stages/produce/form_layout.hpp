#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/fault.hpp"

// Form layout: what an approval form shows, line by line, as templates/papers/ says it.
//
//   takes   a CSV file, one row a line of the paper (its columns: templates/papers/README.md)
//   gives   the lines, and whatever is wrong with them, all at once
//   faults  Stop, with file and line: the file cannot be read as a table
//
// A form whose layout has no problem can be read back: in every case that may come, each field that
// stages/prepare wants stands on it once. Which fields those are is the contract, not where they
// stand; that is why a form printed before the layout was changed is still taken.

namespace produce {

enum class FormKind { Registration, Application };
enum class FormPart { Title, Top, Facts, Review, Lists, Content };

/// The width of a line on the paper, which the widths of its cells add up to.
inline constexpr double kLineMillimetres = 156;

/// Of what `when` speaks: "stage" is one of base_unit, receiving_unit, parent, committee, and so on.
using Situation = std::map<std::string, std::string, std::less<>>;

struct LayoutPair {
  std::string label;  ///< with '\n' where it is broken
  std::string shows;  ///< a field's path, a value, an input or a block; "" beside a label alone
};

struct LayoutLine {
  int line = 0;  ///< in the file
  FormPart part = FormPart::Facts;
  Situation::mapped_type when;                                        ///< as written, for messages
  std::map<std::string, std::vector<std::string>, std::less<>> only;  ///< dimension -> its words
  bool if_given = false;  ///< left out where nothing was filled in
  std::vector<LayoutPair> pairs;
  std::vector<double> widths;  ///< millimetres, of the cells as printed
  double height = 0;           ///< millimetres at least; 0: as lines are
  std::string foot;            ///< signature, seal and date; with '\n'
};

struct LayoutProblem {
  std::string file;
  int line = 0;
  std::string message;  ///< English
};

class FormLayout {
 public:
  /// `fields`: the paths of common/fields.csv that this form may show. Appends to `problems`.
  static FormLayout read(const std::string& file, FormKind kind,
                         const std::vector<std::string>& fields,
                         std::vector<LayoutProblem>& problems);

  FormKind kind() const { return kind_; }
  /// The lines of that part in that situation, in order; of what it does not tell, all.
  std::vector<const LayoutLine*> lines(FormPart part, const Situation& situation) const;

 private:
  FormKind kind_ = FormKind::Registration;
  std::vector<LayoutLine> lines_;
};

/// Faults (Stop) with the first of them, if there are any.
void stop_at(const std::vector<LayoutProblem>& problems);

/// What `when` may say: dimension -> words.
const std::map<std::string, std::vector<std::string>, std::less<>>& situations(FormKind kind);

/// "{case.due}" in a text of the table.
struct Placeholder {
  std::size_t from = 0, to = 0;
  std::string name;
};
std::vector<Placeholder> placeholders(std::string_view text);

/// A box to tick: its label is the text around its □.
bool is_check(std::string_view shows);
bool is_block(std::string_view shows);
bool is_opinion(std::string_view shows);
inline constexpr std::string_view kTextLine = "text";

}  // namespace produce
