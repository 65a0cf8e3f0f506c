#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "stages/produce/fonts.hpp"

// Face: one face of a font file, mapped and read where it is needed.
//
//   takes   a file with TrueType or CFF outlines and the number of the face in it
//   gives   glyphs and widths of characters, joined forms of Arabic words, a font program with a document's glyphs only
//   faults  Stop: the file is not there, no such font, not to be embedded, damaged
//
// Any thread. What was looked up once is kept; of the file only those pages are in memory that were read.

namespace produce {

struct Drawn {
  std::uint16_t id = 0;       ///< 0: the face does not have it
  std::uint16_t advance = 0;  ///< thousandths of the type size
};

/// A glyph of a word whose letters join, and the one or two characters that it stands for.
struct Joined {
  Drawn drawn;
  char32_t character = 0, also = 0;
};

/// Thousandths of the type size, from the origin of the glyph.
struct Extent {
  double left = 0, bottom = 0, right = 0, top = 0;
};

class Face {
 public:
  explicit Face(const FontFile& font);
  ~Face();

  /// Reads the whole file, so that who sets much with it need not wait for the disk at each glyph; or until it is told to stop.
  void fetch(const std::stop_token& stop) const;

  Drawn find(char32_t character) const;
  /// In the order of the characters; nothing if the face cannot tell which glyph stands for which of them.
  std::optional<std::vector<Joined>> join(std::u32string_view word) const;
  Extent extent(std::uint16_t glyph) const;

  enum class Outlines { TrueType, Cff };
  Outlines outlines() const;
  const std::string& postscript_name() const { return postscript_name_; }
  /// CID n is glyphs[n - 1], CID 0 is .notdef: a bare CFF program, or a TrueType font whose glyph n that is.
  std::string subset(const std::vector<std::uint16_t>& glyphs) const;

 private:
  using Page = std::array<Drawn, 256>;
  struct Opened;

  const Page& page(char32_t character) const;

  std::unique_ptr<const Opened> opened_;
  std::string postscript_name_;
  mutable std::array<std::atomic<const Page*>, 0x1100> pages_{};  ///< by character / 256
};

}  // namespace produce
