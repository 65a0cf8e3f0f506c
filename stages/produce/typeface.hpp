#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "stages/produce/face.hpp"
#include "stages/produce/fonts.hpp"

// Typeface: the fonts of the papers, opened once and then only read, by any thread.
//
//   takes   the fonts of each role
//   gives   a glyph for every character: of the role's fonts, else of 宋, 黑, 楷, else of the fallback; subsets for one document
//   faults  Stop: a font is missing, not to be embedded, of another make

namespace produce {

struct Glyph {
  char32_t character = 0;     ///< as the text layer has it
  std::uint16_t id = 0;       ///< in its face
  std::uint16_t advance = 0;  ///< thousandths of the type size
  std::uint8_t face = 0;
  bool stands_in =
      false;  ///< no face has the character: 〓 is drawn in its place, the text layer keeps it
};

class Typefaces {
 public:
  explicit Typefaces(const Fonts& fonts = default_fonts());
  ~Typefaces();
  Typefaces(const Typefaces&) = delete;
  Typefaces& operator=(const Typefaces&) = delete;

  /// Has the faces that nearly every character is of read from the disk meanwhile; once.
  void fetch();

  /// From the first face of the role's chain that has it; every character gets a glyph.
  Glyph glyph(Role role, char32_t character) const;
  /// The glyphs of a text in its order; letters that join (Arabic) in their joined forms.
  std::vector<Glyph> glyphs(Role role, std::u32string_view text) const;
  /// Whether papers show the character as it is, and not 〓.
  bool can_set(char32_t character) const { return !glyph(Role::Song, character).stands_in; }
  /// Of □, which all boxes look like, whatever the role.
  const Extent& box() const { return box_; }

  /// No other ever had it in this process: for what is kept beside them.
  std::uint64_t serial() const { return serial_; }

  std::size_t faces() const { return faces_.size(); }
  const Face& face(std::size_t number) const { return *faces_[number]; }

 private:
  using Chain = std::vector<std::uint8_t>;
  const Chain& chain(Role role) const { return chains_[static_cast<std::size_t>(role)]; }
  Glyph first_of(const Chain& faces, char32_t character) const;
  Glyph chosen(Role role, char32_t character) const;

  const std::uint64_t serial_;
  std::vector<std::unique_ptr<const Face>> faces_;
  std::vector<bool> own_;  ///< the site's: only these know what its private characters are
  std::array<Chain, 5> chains_;
  Extent box_;
  /// What was chosen once, of the first 65,536 characters: 0, or a glyph without its character.
  using Page = std::array<std::atomic<std::uint64_t>, 256>;
  mutable std::array<std::array<std::atomic<Page*>, 256>, 5>
      pages_{};            ///< by role and character / 256
  std::jthread fetching_;  ///< last: it uses the above
};

/// Written from right to left.
constexpr bool is_rtl(char32_t c) {
  return (c >= 0x590 && c <= 0x8FF) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFE);
}

}  // namespace produce
