#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Cff: document subsets of a CFF font, made by copying charstrings.
//
//   takes   a `CFF ` table; it must outlive this
//   gives   a CIDFontType0C program: everything but the glyphs is made once, and a glyph is taken
//           apart (charstring.hpp) when it is first needed, so that a subset costs a copy
//   faults  Stop: the table is damaged
//
// Any thread.

namespace produce {

class Cff {
 public:
  explicit Cff(std::string_view table);
  ~Cff();

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
  /// The hints of a font dictionary's glyphs go into the prefix; gives the operator that points there.
  std::string take_private(const Operator& pointer);
  void make_prefix(const Index& names, std::string_view strings, std::string top,
                   const std::vector<std::string_view>& font_dicts);
  const std::string& charstring(std::uint16_t glyph) const;

  using Page = std::array<std::atomic<const std::string*>, 256>;

  std::string_view table_;
  Index charstrings_, global_;
  std::vector<Index> local_;                            ///< subroutines by font dictionary
  mutable std::array<std::atomic<Page*>, 256> flat_{};  ///< glyph / 256 -> charstrings
  std::vector<std::uint8_t> font_of_glyph_;
  std::string prefix_;  ///< header to FDArray
  std::size_t top_offsets_ =
      0;  ///< where in prefix_ the offsets that differ from subset to subset begin
};

}  // namespace produce
