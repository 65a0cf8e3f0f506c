#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Cff: document subsets of a CID-keyed CFF font without subroutines, made by copying charstrings.
//
//   takes   a `CFF ` table as typeface.cpp cuts it (desubroutinised, glyph ids retained); it must
//   outlive this gives   a CIDFontType0C program: everything but the glyphs is made once, so that a
//   subset costs a copy faults  Stop: the table is damaged, has subroutines or is not CID-keyed

namespace produce {

class Cff {
 public:
  explicit Cff(std::string_view table);

  /// A font whose CID n (from 1) is the glyph `glyphs[n - 1]`; CID 0 is .notdef. The same glyph may
  /// stand under several CIDs.
  std::string subset(const std::vector<std::uint16_t>& glyphs) const;

  std::size_t glyph_count() const { return charstrings_.count; }

 private:
  struct Index {
    std::size_t count = 0, offset_width = 0, offsets = 0, data = 0, end = 0;
  };
  struct Operator {
    int code = 0;
    std::string_view operands;
    std::vector<int> values;
  };

  std::uint32_t number(std::size_t at, std::size_t width) const;
  Index index(std::size_t at) const;
  std::string_view item(const Index& in, std::size_t i) const;
  static std::vector<Operator> operators(std::string_view dict);
  void read_font_of_glyph(std::size_t at);
  void make_prefix(const Index& names, std::string_view strings, std::string top,
                   const Index& font_dicts);

  std::string_view table_;
  Index charstrings_;
  std::vector<std::uint8_t> font_of_glyph_;
  std::string prefix_;  ///< header to FDArray
  std::size_t top_offsets_ =
      0;  ///< where in prefix_ the offsets that differ from subset to subset begin
};

}  // namespace produce
