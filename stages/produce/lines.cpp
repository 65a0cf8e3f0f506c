#include "stages/produce/lines.hpp"

#include <algorithm>
#include <cassert>
#include <unordered_map>
#include <utility>

#include "pipeline/text.hpp"

namespace produce {
namespace {

constexpr std::u32string_view kNeverFirst =
    U"，。、；：？！）】》〉」』〕］｝〗”’·‧•…—～％‰℃°′″,.;:?!)]}>%»›々〻ー";
constexpr std::u32string_view kNeverLast = U"（【《〈「『〔［｛〖“‘([{<«‹￥¥$№#";
constexpr std::u32string_view kPairs = U"—…";
constexpr std::u32string_view kBreakAfterInWord = U"/\\_@?&=|";

bool is(std::u32string_view in, char32_t c) {
  return in.find(c) != std::u32string_view::npos;
}

bool is_blank(char32_t c) {
  return c == U' ' || c == U'\t' || c == 0x3000;
}

/// Letters and digits of scripts that are written in words.
bool is_word(char32_t c) {
  return (c > U' ' && c < 0x2000 && c != U'·') || (c >= 0xFE00 && c <= 0xFE0F) ||
         (c >= 0xE0100 && c <= 0xE01EF) || (c >= 0x200B && c <= 0x200F);
}

bool joins_what_precedes(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0xFE00 && c <= 0xFE0F) ||
         (c >= 0xE0100 && c <= 0xE01EF) || (c >= 0x200B && c <= 0x200F);
}

bool may_break(char32_t before, char32_t after) {
  if (is_blank(after) || is(kNeverFirst, after) || is(kNeverLast, before)) return false;
  if (is_blank(before)) return true;
  if (joins_what_precedes(after)) return false;
  if (before == after && is(kPairs, before)) return false;
  if (is_word(before) && is_word(after)) return is(kBreakAfterInWord, before);
  return true;
}

/// What is written from right to left, from its first letter to its last, is drawn the other way round. Numbers and other words
/// between end it, so that nothing else of the bidirectional algorithm is needed.
void order_for_the_eye(std::vector<Glyph>& glyphs) {
  const auto turns = [](const Glyph& g) { return is_rtl(g.character); };
  for (auto from = glyphs.begin();;) {
    from = std::find_if(from, glyphs.end(), turns);
    if (from == glyphs.end()) return;
    auto end = from + 1;
    for (auto next = end;
         next != glyphs.end() && (turns(*next) || next->character == U' ' ||
                                  next->character == U'·' || next->character == U'-');
         ++next)
      if (turns(*next)) end = next + 1;
    std::reverse(from, end);
    from = end;
  }
}

}  // namespace

std::vector<Line> break_lines(const Typefaces& typefaces, std::string_view text, const Style& style,
                              double width) {
  assert(style.size >= kSmallest);
  std::vector<Line> lines;
  const double unit = style.size / 1000;
  for (const auto paragraph : pipeline::split(text, '\n')) {
    std::u32string characters = pipeline::code_points(paragraph);
    std::erase(characters, U'\r');
    const std::vector<Glyph> glyphs = typefaces.glyphs(style.role, characters);
    double indent = style.indent * style.size;
    std::size_t from = 0;
    do {
      const double room = width - indent;
      double used = 0;
      std::size_t end = from;
      while (end < glyphs.size()) {
        const double next = used + glyphs[end].advance * unit;
        // Blanks may hang over the edge.
        if (next > room + 0.01 && end > from && !is_blank(glyphs[end].character)) break;
        used = next;
        end++;
      }
      if (end < glyphs.size()) {
        std::size_t at = end;
        while (at > from && !may_break(glyphs[at - 1].character, glyphs[at].character)) at--;
        if (at > from) end = at;
      }
      Line line;
      line.glyphs.assign(glyphs.begin() + static_cast<std::ptrdiff_t>(from),
                         glyphs.begin() + static_cast<std::ptrdiff_t>(end));
      line.indent = indent;
      line.ends_paragraph = end == glyphs.size();
      std::size_t visible = line.glyphs.size();
      // At the end of a paragraph they are meant: they hold a signature off the edge.
      while (!line.ends_paragraph && visible > 0 && is_blank(line.glyphs[visible - 1].character))
        visible--;
      for (std::size_t i = 0; i < visible; i++) line.width += line.glyphs[i].advance * unit;
      order_for_the_eye(line.glyphs);
      lines.push_back(std::move(line));
      from = end;
      indent = 0;
    } while (from < glyphs.size());
  }
  return lines;
}

namespace {

/// What the breaks depend on.
template <class Text>
struct Question {
  std::uint64_t typefaces;
  Text text;
  Role role;
  double size, indent, width;
};

struct Same {
  using is_transparent = void;
  bool operator()(const auto& a, const auto& b) const {
    return a.width == b.width && a.role == b.role && a.size == b.size && a.indent == b.indent &&
           a.typefaces == b.typefaces && a.text == b.text;
  }
};

struct Hash {
  using is_transparent = void;
  std::size_t operator()(const auto& q) const {
    const std::size_t of_text = std::hash<std::string_view>()(q.text);
    return of_text ^ (std::hash<double>()(q.width) * 31 + std::hash<double>()(q.size) * 7 +
                      static_cast<std::size_t>(q.role));
  }
};

using Answers = std::unordered_map<Question<std::string>, KnownLines, Hash, Same>;

}  // namespace

KnownLines known_lines(const Typefaces& typefaces, std::string_view text, const Style& style,
                       double width) {
  constexpr std::size_t kLongest = 300, kMost = 512;
  // Of each thread: what was asked for lately, and before.
  thread_local Answers recent, earlier;
  if (text.size() > kLongest)
    return std::make_shared<const std::vector<Line>>(break_lines(typefaces, text, style, width));
  const Question<std::string_view> question{typefaces.serial(), text,         style.role,
                                            style.size,         style.indent, width};
  if (const auto known = recent.find(question); known != recent.end()) return known->second;
  if (recent.size() >= kMost) earlier = std::exchange(recent, {});
  const auto before = earlier.find(question);
  KnownLines lines =
      before != earlier.end()
          ? before->second
          : std::make_shared<const std::vector<Line>>(break_lines(typefaces, text, style, width));
  recent.emplace(Question<std::string>{question.typefaces, std::string(text), style.role,
                                       style.size, style.indent, width},
                 lines);
  return lines;
}

}  // namespace produce
