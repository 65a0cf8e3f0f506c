#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Typeface: the fonts of the papers, opened once and then only read, by any thread.
//
//   takes   the Noto CJK faces of Debian's fonts-noto-cjk
//   gives   a glyph for every character, and subsets for one document
//   writes  <cache>/<name>-<key>.otf at the first start: the face without layout, hints and
//   subroutines, glyph ids retained;
//           the key covers font file, face and cutter, so that a new font is cut anew; several
//           processes may race
//   faults  Stop: a font is missing or of another make; those of Files: the cache cannot be written
//
// To use another font for a role: kSources and chain() in typeface.cpp.

namespace produce {

/// What a text is, not how it looks: 宋 for text, 小标宋 for titles, 黑 for headings.
enum class Role { Song, Title, Hei };

/// The files without which no paper can be made.
std::vector<std::string> font_files();

struct Glyph {
  char32_t character = 0;
  std::uint16_t id = 0;       ///< in its face
  std::uint16_t advance = 0;  ///< thousandths of the type size
  std::uint8_t face = 0;
  bool stands_in =
      false;  ///< no face has the character: 〓 is drawn in its place, the text layer keeps it
};

class Face;

class Typefaces {
 public:
  explicit Typefaces(const std::string& cache_folder);
  ~Typefaces();

  /// From the first face of the role's chain that has it; every character gets a glyph.
  Glyph glyph(Role role, char32_t character) const;

  std::size_t faces() const { return faces_.size(); }
  const std::string& postscript_name(std::size_t face) const;
  /// A bare CFF program whose CID n is glyphs[n - 1].
  std::string subset(std::size_t face, const std::vector<std::uint16_t>& glyphs) const;

 private:
  std::vector<std::unique_ptr<const Face>> faces_;
};

}  // namespace produce
