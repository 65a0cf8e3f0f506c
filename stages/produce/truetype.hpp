#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// TrueType: document subsets of a font with TrueType outlines, made by copying glyphs.
//
//   takes   the tables of a font; they must outlive this
//   gives   a font for /FontFile2: glyph n is glyphs[n - 1] without instructions; the parts of composed glyphs follow
//   faults  Stop: a table is damaged

namespace produce {

class TrueType {
 public:
  struct Tables {
    std::string_view head, hhea, hmtx, maxp, loca, glyf;
  };
  explicit TrueType(const Tables& tables);

  std::string subset(const std::vector<std::uint16_t>& glyphs) const;

 private:
  std::string_view outline(std::uint16_t glyph) const;
  void put_metrics(std::string& to, std::uint16_t glyph) const;

  Tables in_;
  std::size_t glyph_count_ = 0, full_metrics_ = 0;
  bool long_offsets_ = false;
};

}  // namespace produce
