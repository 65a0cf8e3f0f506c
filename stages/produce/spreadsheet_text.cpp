#include <algorithm>
#include <cmath>

#include "pipeline/text.hpp"
#include "stages/produce/spreadsheet.hpp"

namespace produce {

namespace {

constexpr int kMaximumUnits = 32767;

/// A code point that XML 1.0 forbids altogether; control characters the library escapes.
bool is_forbidden(char32_t c) {
  return c == 0xFFFE || c == 0xFFFF;
}

}  // namespace

std::string cell_name(int row, int column, bool absolute) {
  std::string letters;
  for (int rest = column + 1; rest > 0; rest = (rest - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  const char* mark = absolute ? "$" : "";
  return mark + letters + mark + std::to_string(row + 1);
}

std::string range_name(int row, int column, int last_row, int last_column) {
  return cell_name(row, column) + ":" + cell_name(last_row, last_column);
}

/// What is short and plain needs no look at each character; nearly everything is.
bool is_cell_text(std::string_view bytes) {
  return bytes.size() <= kMaximumUnits && pipeline::is_utf8(bytes) &&
         bytes.find("\xEF\xBF") == std::string_view::npos &&
         bytes.find('\0') == std::string_view::npos;
}

std::string cell_text(std::string_view bytes) {
  constexpr char32_t kReplacement = 0xFFFD;
  if (is_cell_text(bytes)) return std::string(bytes);

  std::string out;
  int units = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t length = 1;
    while (length <= 4 && !pipeline::is_utf8(bytes.substr(at, length))) ++length;
    char32_t c = kReplacement;
    if (length <= 4 && at + length <= bytes.size())
      c = pipeline::code_points(bytes.substr(at, length)).front();
    else
      length = 1;
    if (is_forbidden(c)) c = kReplacement;
    units += c > 0xFFFF ? 2 : 1;
    if (units > kMaximumUnits) break;
    pipeline::append_utf8(out, c);
    at += length;
  }
  return out;
}

double wrapped_height(std::string_view text, double characters) {
  constexpr double kLine = 14, kHighest = 400;  // Excel allows 409 points
  double lines = 0, width = 0;
  const auto end_line = [&] {
    lines += std::max(1.0, std::ceil(width / (characters - 0.5)));
    width = 0;
  };
  for (const char32_t c : pipeline::code_points(cell_text(text))) {
    if (c == '\n')
      end_line();
    else
      width += c < 0x2E80 ? 1.05 : 2;
  }
  end_line();
  return std::min(kHighest, kLine * lines + 2);
}

}  // namespace produce
