#include "stages/produce/form_layout.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "pipeline/csv.hpp"
#include "pipeline/text.hpp"
#include "stages/produce/form_layout_check.hpp"

namespace produce {

using pipeline::CsvFile;

namespace {

constexpr std::array<std::pair<std::string_view, FormPart>, 6> kParts{
    {{"title", FormPart::Title},
     {"top", FormPart::Top},
     {"facts", FormPart::Facts},
     {"review", FormPart::Review},
     {"lists", FormPart::Lists},
     {"content", FormPart::Content}}};

constexpr std::array<std::string_view, 4> kLabels{"label1", "label2", "label3", "label4"};
constexpr std::array<std::string_view, 4> kShows{"shows1", "shows2", "shows3", "shows4"};

/// Millimetres, "12" or "12.5".
std::optional<double> millimetres(std::string_view text) {
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(out))
    return std::nullopt;
  return out;
}

std::string with_breaks(const std::string& cell) {
  return pipeline::replace_all(cell, "|", "\n");
}

/// Reads one row; what cannot be read at all is told here, what does not fit by check_line.
class RowReader {
 public:
  RowReader(const CsvFile& csv, std::size_t row, FormKind kind,
            std::vector<LayoutProblem>& problems)
      : csv_(csv), row_(row), kind_(kind), problems_(problems) {}

  std::optional<LayoutLine> read() {
    LayoutLine out;
    out.line = csv_.line(row_);
    const std::string& part = csv_.cell(row_, "part");
    const auto known = std::find_if(kParts.begin(), kParts.end(),
                                    [&](const auto& each) { return each.first == part; });
    if (known == kParts.end()) {
      problem("part is title, top, facts, review, lists or content, not \"" + part + "\"");
      return std::nullopt;
    }
    out.part = known->second;
    read_when(out);
    for (std::size_t i = 0; i < kLabels.size(); ++i) {
      LayoutPair pair{with_breaks(csv_.cell(row_, kLabels[i])), csv_.cell(row_, kShows[i])};
      if (!pair.label.empty() || !pair.shows.empty()) out.pairs.push_back(std::move(pair));
    }
    read_sizes(out);
    out.foot = with_breaks(csv_.cell(row_, "foot"));
    return out;
  }

 private:
  void problem(std::string message) {
    problems_.push_back({csv_.file(), csv_.line(row_), std::move(message)});
  }

  void read_when(LayoutLine& out) {
    out.when = csv_.cell(row_, "when");
    for (const std::string_view each : pipeline::split(out.when, '|')) {
      const std::string word(pipeline::trim(each));
      if (word.empty()) continue;
      if (word == "given") {
        out.if_given = true;
        continue;
      }
      bool found = false;
      for (const auto& [dimension, words] : situations(kind_)) {
        if (std::find(words.begin(), words.end(), word) == words.end()) continue;
        out.only[dimension].push_back(word);
        found = true;
      }
      if (!found) problem("no such case for this form: \"" + word + "\"");
    }
  }

  void read_sizes(LayoutLine& out) {
    if (const std::string& widths = csv_.cell(row_, "widths"); !widths.empty()) {
      for (const std::string_view each : pipeline::split(widths, '|')) {
        const auto width = millimetres(pipeline::trim(each));
        if (!width) problem("no width in millimetres: \"" + std::string(each) + "\"");
        out.widths.push_back(width.value_or(0));
      }
    }
    if (const std::string& height = csv_.cell(row_, "height"); !height.empty()) {
      const auto read = millimetres(height);
      if (!read) problem("no height in millimetres: \"" + height + "\"");
      out.height = read.value_or(0);
    }
  }

  const CsvFile& csv_;
  std::size_t row_;
  FormKind kind_;
  std::vector<LayoutProblem>& problems_;
};

}  // namespace

FormLayout FormLayout::read(const std::string& file, FormKind kind,
                            const std::vector<std::string>& fields,
                            std::vector<LayoutProblem>& problems) {
  std::vector<std::string> columns{"part", "when"};
  for (std::size_t i = 0; i < kLabels.size(); ++i) {
    columns.emplace_back(kLabels[i]);
    columns.emplace_back(kShows[i]);
  }
  for (const char* each : {"widths", "height", "foot"}) columns.emplace_back(each);
  const CsvFile csv(file, columns);
  FormLayout out;
  out.kind_ = kind;
  const std::size_t before = problems.size();
  for (std::size_t i = 0; i < csv.size(); ++i) {
    auto line = RowReader(csv, i, kind, problems).read();
    if (!line) continue;
    check_line(*line, kind, fields, file, problems);
    out.lines_.push_back(std::move(*line));
  }
  if (problems.size() == before) check_form(out, file, problems);
  return out;
}

std::vector<const LayoutLine*> FormLayout::lines(FormPart part, const Situation& situation) const {
  std::vector<const LayoutLine*> out;
  for (const LayoutLine& line : lines_) {
    if (line.part != part) continue;
    const bool holds = std::all_of(line.only.begin(), line.only.end(), [&](const auto& each) {
      const auto is = situation.find(each.first);
      return is == situation.end() ||
             std::find(each.second.begin(), each.second.end(), is->second) != each.second.end();
    });
    if (holds) out.push_back(&line);
  }
  return out;
}

void stop_at(const std::vector<LayoutProblem>& problems) {
  if (problems.empty()) return;
  const LayoutProblem& first = problems.front();
  throw pipeline::Fault(
      pipeline::FaultKind::Stop, "read " + first.file + ":" + std::to_string(first.line),
      first.message + (problems.size() == 1 ? std::string()
                                            : " (and " + std::to_string(problems.size() - 1) +
                                                  " more: dossier rules check)"));
}

}  // namespace produce
