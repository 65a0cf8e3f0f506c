#include "stages/produce/truetype.hpp"

#include <array>
#include <cstring>
#include <unordered_map>

#include "pipeline/fault.hpp"

namespace produce {
namespace {

constexpr std::size_t kHead = 54, kHhea = 36, kSimpleHeader = 10;
// Of a part of a composed glyph.
constexpr unsigned kWords = 0x1, kScale = 0x8, kMore = 0x20, kTwoScales = 0x40, kMatrix = 0x80,
                   kInstructions = 0x100;

[[noreturn]] void refuse(const std::string& why) {
  throw pipeline::Fault(pipeline::FaultKind::Stop, "read a TrueType font", why);
}

unsigned number(std::string_view in, std::size_t at, std::size_t width = 2) {
  if (at + width > in.size()) refuse("an offset leads out of a table");
  unsigned value = 0;
  for (const char* byte = in.data() + at; width > 0; width--)
    value = value << 8 | static_cast<std::uint8_t>(*byte++);
  return value;
}

void put_number(std::string& to, std::size_t value, std::size_t width) {
  while (width-- > 0) to += static_cast<char>(value >> (8 * width));
}

void set_number(std::string& in, std::size_t at, std::size_t value, std::size_t width = 2) {
  while (width-- > 0) in[at++] = static_cast<char>(value >> (8 * width));
}

void pad(std::string& to) {
  to.resize((to.size() + 3) & ~std::size_t{3});
}

std::uint32_t checksum(std::string_view padded) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at + 3 < padded.size(); at += 4) {
    std::array<std::uint8_t, 4> in;
    std::memcpy(in.data(), padded.data() + at, in.size());
    sum +=
        std::uint32_t{in[0]} << 24 | std::uint32_t{in[1]} << 16 | std::uint32_t{in[2]} << 8 | in[3];
  }
  return sum;
}

/// The glyphs of the subset: those asked for, and the parts that these are composed of.
class Glyphs {
 public:
  explicit Glyphs(const std::vector<std::uint16_t>& asked) : ids_{0} {
    ids_.insert(ids_.end(), asked.begin(), asked.end());
  }
  std::size_t size() const { return ids_.size(); }
  std::uint16_t operator[](std::size_t i) const { return ids_[i]; }
  std::size_t place_of_part(std::uint16_t glyph) {
    const auto [found, added] = parts_.try_emplace(glyph, ids_.size());
    if (added) ids_.push_back(glyph);
    return found->second;
  }

 private:
  std::vector<std::uint16_t> ids_;
  std::unordered_map<std::uint16_t, std::size_t> parts_;
};

void append_simple(std::string& to, std::string_view outline, unsigned contours) {
  const std::size_t at = kSimpleHeader + 2 * std::size_t{contours};
  const std::size_t points = at + 2 + number(outline, at);
  if (points > outline.size()) refuse("a glyph's instructions are longer than the glyph");
  to += outline.substr(0, at);
  to.append(2, '\0');
  to += outline.substr(points);
}

void append_composed(std::string& to, std::string_view outline, Glyphs& glyphs) {
  to += outline.substr(0, kSimpleHeader);
  for (std::size_t at = kSimpleHeader;;) {
    const unsigned flags = number(outline, at);
    const std::size_t length = 4 + (flags & kWords ? 4 : 2) +
                               (flags & kScale       ? 2
                                : flags & kTwoScales ? 4
                                : flags & kMatrix    ? 8
                                                     : 0);
    if (at + length > outline.size()) refuse("a composed glyph is cut short");
    put_number(to, flags & ~kInstructions, 2);
    put_number(to, glyphs.place_of_part(static_cast<std::uint16_t>(number(outline, at + 2))), 2);
    to += outline.substr(at + 4, length - 4);
    at += length;
    if (!(flags & kMore)) return;
  }
}

}  // namespace

TrueType::TrueType(const Tables& tables) : in_(tables) {
  if (in_.head.size() < kHead || in_.hhea.size() < kHhea || in_.maxp.size() < 6)
    refuse("a table is too short");
  glyph_count_ = number(in_.maxp, 4);
  full_metrics_ = number(in_.hhea, 34);
  long_offsets_ = number(in_.head, 50) != 0;
  if (full_metrics_ == 0 || in_.hmtx.size() < 4 * full_metrics_) refuse("its widths are damaged");
}

std::string_view TrueType::outline(std::uint16_t glyph) const {
  if (glyph >= glyph_count_) return {};
  const std::size_t width = long_offsets_ ? 4 : 2, unit = long_offsets_ ? 1 : 2;
  const std::size_t from = unit * number(in_.loca, glyph * width, width),
                    to = unit * number(in_.loca, (glyph + std::size_t{1}) * width, width);
  if (from > to || to > in_.glyf.size()) refuse("a glyph lies outside of its table");
  return in_.glyf.substr(from, to - from);
}

void TrueType::put_metrics(std::string& to, std::uint16_t glyph) const {
  const std::size_t full = std::min<std::size_t>(glyph, full_metrics_ - 1);
  to += in_.hmtx.substr(4 * full, 2);
  const std::size_t bearing =
      glyph < full_metrics_ ? 4 * full + 2 : 4 * full_metrics_ + 2 * (glyph - full_metrics_);
  put_number(to, bearing + 2 <= in_.hmtx.size() ? number(in_.hmtx, bearing) : 0, 2);
}

std::string TrueType::subset(const std::vector<std::uint16_t>& asked) const {
  Glyphs glyphs(asked);
  constexpr std::size_t kUsualOutline = 512;
  std::string outlines, offsets, metrics;
  outlines.reserve(kUsualOutline * (asked.size() + 1));
  for (std::size_t i = 0; i < glyphs.size(); i++) {  // it grows as parts are found
    put_number(offsets, outlines.size(), 4);
    put_metrics(metrics, glyphs[i]);
    const std::string_view from = outline(glyphs[i]);
    if (from.empty()) continue;
    const unsigned contours = number(from, 0);
    if (contours < 0x8000) {
      append_simple(outlines, from, contours);
    } else {
      append_composed(outlines, from, glyphs);
    }
    pad(outlines);
  }
  put_number(offsets, outlines.size(), 4);

  std::string head(in_.head.substr(0, kHead)), hhea(in_.hhea.substr(0, kHhea)), maxp(in_.maxp);
  set_number(head, 8, 0, 4);
  set_number(head, 50, 1);
  set_number(hhea, 34, glyphs.size());
  set_number(maxp, 4, glyphs.size());
  const std::array<std::pair<std::string_view, std::string*>, 6> tables{{{"glyf", &outlines},
                                                                         {"head", &head},
                                                                         {"hhea", &hhea},
                                                                         {"hmtx", &metrics},
                                                                         {"loca", &offsets},
                                                                         {"maxp", &maxp}}};
  std::string out("\0\1\0\0\0\6\0\x40\0\2\0\x20", 12);  // 64 is the largest power of two, times 16
  std::size_t place = out.size() + 16 * tables.size(), length = place;
  std::uint32_t sum = 0;
  for (const auto& [tag, table] : tables) length += table->size() + 3;
  out.reserve(length);
  for (const auto& [tag, table] : tables) {
    const std::size_t size = table->size();
    pad(*table);
    out += tag;
    const std::uint32_t of_table = checksum(*table);
    sum += of_table;
    put_number(out, of_table, 4);
    put_number(out, place, 4);
    put_number(out, size, 4);
    place += table->size();
  }
  sum += checksum(out);
  std::size_t head_at = 0;
  for (const auto& [tag, table] : tables) {
    if (table == &head) head_at = out.size();
    out += *table;
  }
  set_number(out, head_at + 8, 0xB1B0AFBA - sum, 4);
  return out;
}

}  // namespace produce
