#include "stages/produce/form_layout_check.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "pipeline/text.hpp"
#include "stages/produce/form_values.hpp"

namespace produce {

namespace {

using Words = std::vector<std::string_view>;

constexpr double kNarrowest = 8, kLowest = 4, kHighest = 200;
/// domain §5.2: 30 to 50 mm for an opinion that is signed and sealed.
constexpr double kLowestSigned = 30;
constexpr double kTolerance = 0.05;

bool is_among(const auto& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// What a reviewer fills in, X54: and answers for; in the order of the contract (stages/prepare/approval_form.cpp).
const Words& inputs(FormKind kind) {
  static const Words kRegistration{"input.action", "input.modification_opinion",
                                   "input.reviewer.name", "input.confirmed"},
      kApplication{"input.action",
                   "input.target",
                   "input.modification_opinion",
                   "input.recommendation_opinion",
                   "input.reviewer.name",
                   "input.confirmed",
                   "input.checks.truthful",
                   "input.checks.complete",
                   "input.checks.valid"};
  return kind == FormKind::Registration ? kRegistration : kApplication;
}

const Words& blocks(FormKind kind) {
  static const Words kRegistration{"block.changes", "block.attachments", "block.findings",
                                   "block.history"},
      kApplication{"block.items",       "block.changes", "block.opinions",   "block.findings",
                   "block.attachments", "block.history", "block.application"};
  return kind == FormKind::Registration ? kRegistration : kApplication;
}

/// Without which the form cannot be read back in that situation.
Words required(FormKind kind, const Situation& situation) {
  Words out{"input.action", "input.modification_opinion", "input.reviewer.name", "input.confirmed"};
  if (kind == FormKind::Registration) return out;
  out.push_back("input.recommendation_opinion");
  if (situation.find("targets")->second == "targets") out.push_back("input.target");
  if (situation.find("review")->second == "itemised") out.push_back("block.items");
  return out;
}

class LineCheck {
 public:
  LineCheck(LayoutLine& line, FormKind kind, const std::vector<std::string>& fields,
            const std::string& file, std::vector<LayoutProblem>& problems)
      : line_(line), kind_(kind), fields_(fields), file_(file), problems_(problems) {}

  void run() {
    if (line_.pairs.empty()) return problem("the row shows nothing");
    for (const LayoutPair& pair : line_.pairs) check_words(pair);
    for (const LayoutPair& pair : line_.pairs) check_placeholders(pair.label);
    check_placeholders(line_.foot);
    if (is_plain_part()) return check_plain();
    check_labels();
    check_sizes();
  }

 private:
  void problem(std::string message) {
    problems_.push_back({file_, line_.line, std::move(message)});
  }

  bool is_plain_part() const {
    return line_.part == FormPart::Title || line_.part == FormPart::Top;
  }

  void check_words(const LayoutPair& pair) {
    const std::string& shows = pair.shows;
    if (shows.empty()) return;
    if (shows == kTextLine || is_among(inputs(kind_), shows) || is_among(blocks(kind_), shows) ||
        is_value(kind_, shows) || is_among(fields_, shows)) {
      if (shows.starts_with("input.") && line_.part != FormPart::Facts &&
          line_.part != FormPart::Review)
        problem(shows + " must stand in part facts or review, which make up the first page");
      return;
    }
    problem("\"" + shows + "\" is no field of this form in common/fields.csv, and no word of " +
            "templates/papers/README.md");
  }

  void check_placeholders(const std::string& text) {
    const auto all = placeholders(text);
    if (text.find('{', all.empty() ? 0 : all.back().to) != text.npos)
      problem("\"" + text + "\" has a { without its }");
    for (const Placeholder& each : all)
      if (!is_value(kind_, each.name) && !is_among(fields_, each.name))
        problem("{" + each.name + "} is no field of this form, and no value that can be shown");
  }

  /// A title, or a line above the frame.
  void check_plain() {
    const std::size_t most = line_.part == FormPart::Title ? 1 : 2;
    const bool text = std::all_of(line_.pairs.begin(), line_.pairs.end(), [](const auto& pair) {
      return pair.shows == kTextLine && !pair.label.empty();
    });
    if (!text || line_.pairs.size() > most)
      problem(most == 1 ? "a title is one label beside \"text\""
                        : "a line above the frame is one or two labels beside \"text\"");
    if (!line_.widths.empty() || line_.height > 0 || !line_.foot.empty())
      problem("widths, height and foot are for rows in the frame");
  }

  void check_labels() {
    for (std::size_t i = 0; i < line_.pairs.size(); ++i) {
      const LayoutPair& pair = line_.pairs[i];
      if (pair.label.empty()) {
        problem("the label of " + pair.shows + " is missing");
      } else if (pair.shows.empty() &&
                 (i + 1 == line_.pairs.size() || !is_check(line_.pairs[i + 1].shows))) {
        problem("\"" + pair.label + "\" shows nothing; only a label before boxes to tick may");
      } else if (is_check(pair.shows)) {
        const auto points = pipeline::code_points(pair.label);
        if (std::count(points.begin(), points.end(), U'□') != 1)
          problem("the label of " + pair.shows + " needs one □, which is ticked");
      }
      if ((is_block(pair.shows) || pair.shows == kTextLine) && line_.pairs.size() > 1)
        problem(pair.shows + " takes a row of its own");
    }
    const bool opinion = line_.pairs.size() == 1 && is_opinion(line_.pairs[0].shows);
    if (!line_.foot.empty() && !opinion)
      problem("a foot is for an opinion that has a row of its own");
  }

  void check_sizes() {
    const bool whole = is_block(line_.pairs[0].shows) || line_.pairs[0].shows == kTextLine;
    if (whole && !line_.widths.empty())
      problem("widths are for labels and what stands beside them");
    if (!whole) check_widths();
    if (is_block(line_.pairs[0].shows) && line_.height > 0)
      problem("the rows of a list are as high as their text");
    if (line_.height != 0 && (line_.height < kLowest || line_.height > kHighest))
      problem("a height is 4 to 200 mm");
    if (!line_.foot.empty() && line_.height < kLowestSigned)
      problem("an opinion that is signed needs 30 mm or more (domain §5.2)");
  }

  void check_widths() {
    std::size_t cells = 0;
    for (const LayoutPair& pair : line_.pairs)
      cells += (pair.shows.empty() || is_check(pair.shows)) ? 1 : 2;
    if (line_.widths.empty()) {
      const bool paired = cells == 2 * line_.pairs.size();
      if (paired && cells == 2) line_.widths = {30, 126};
      if (paired && cells == 4) line_.widths = {30, 48, 30, 48};
      if (line_.widths.empty())
        problem("widths are missing: this row has " + std::to_string(cells) + " cells");
      return;
    }
    if (line_.widths.size() != cells)
      return problem(std::to_string(line_.widths.size()) + " widths for " + std::to_string(cells) +
                     " cells (a label is one, what it shows another, a box to tick one with its "
                     "label)");
    const double sum = std::accumulate(line_.widths.begin(), line_.widths.end(), 0.0);
    if (*std::min_element(line_.widths.begin(), line_.widths.end()) < kNarrowest ||
        std::abs(sum - kLineMillimetres) > kTolerance)
      problem("widths are 8 mm or more each, and 156 mm together");
  }

  LayoutLine& line_;
  FormKind kind_;
  const std::vector<std::string>& fields_;
  const std::string& file_;
  std::vector<LayoutProblem>& problems_;
};

/// Every situation that may come.
std::vector<Situation> all_situations(FormKind kind) {
  std::vector<Situation> out{{}};
  for (const auto& [dimension, words] : situations(kind)) {
    std::vector<Situation> more;
    for (const Situation& each : out)
      for (const std::string& word : words) {
        more.push_back(each);
        more.back()[dimension] = word;
      }
    out = std::move(more);
  }
  return out;
}

std::string described(const Situation& situation) {
  std::vector<std::string> words;
  for (const auto& [dimension, word] : situation) words.push_back(word);
  return pipeline::join(words, ", ");
}

}  // namespace

void check_line(LayoutLine& line, FormKind kind, const std::vector<std::string>& fields,
                const std::string& file, std::vector<LayoutProblem>& problems) {
  LineCheck(line, kind, fields, file, problems).run();
}

void check_form(const FormLayout& layout, const std::string& file,
                std::vector<LayoutProblem>& problems) {
  std::set<std::string> told;
  const auto tell = [&](int line, const std::string& what, const Situation& situation) {
    if (told.insert(what).second)
      problems.push_back({file, line, what + " (in the case: " + described(situation) + ")"});
  };
  for (const Situation& situation : all_situations(layout.kind())) {
    std::map<std::string, int, std::less<>> seen;
    int last = 1;
    for (const FormPart part :
         {FormPart::Facts, FormPart::Review, FormPart::Lists, FormPart::Content})
      for (const LayoutLine* line : layout.lines(part, situation)) {
        if (part == FormPart::Review || last == 1) last = line->line;
        for (const LayoutPair& pair : line->pairs) {
          const bool filled_in = pair.shows.starts_with("input.") || pair.shows == "block.items";
          if (filled_in && line->if_given)
            tell(line->line, pair.shows + " cannot depend on what was given", situation);
          if (filled_in && ++seen[pair.shows] == 2)
            tell(line->line, pair.shows + " stands twice", situation);
        }
      }
    for (const std::string_view name : required(layout.kind(), situation))
      if (!seen.contains(name))
        tell(last, std::string(name) + " is missing, without it the form cannot be read back",
             situation);
    const auto titles = layout.lines(FormPart::Title, situation);
    if (titles.empty()) {
      const auto others = layout.lines(FormPart::Title, {});
      tell(others.empty() ? 1 : others.back()->line, "the form has no title", situation);
    } else if (titles.size() > 1) {
      tell(titles.back()->line, "the form has more than one title", situation);
    }
    if (const auto top = layout.lines(FormPart::Top, situation); top.size() > 1)
      tell(top.back()->line, "more than one line above the frame", situation);
  }
}

}  // namespace produce
