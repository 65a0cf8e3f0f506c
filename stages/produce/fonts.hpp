#pragma once

#include <string>
#include <vector>

// Fonts: which font files set what, as the settings name them.
//
//   takes   per role a list of files, the first that has a character sets it; `fallback` comes last, for all
//   gives   the defaults (Debian's free fonts), and what is wrong with a list on this machine
//   faults  none
//
// TrueType and CFF outlines will do, in a file or in a collection. To add a role: Role, Fonts, chain() in typeface.cpp and
// the settings file's table (app/settings.cpp).

namespace produce {

/// What a text is, not how it looks: 宋 for text, 小标宋 for titles, 黑 for headings, 楷 for what people filled in, 仿宋 for the
/// text of official letters.
enum class Role { Song, Title, Hei, Kai, Fang };

struct FontFile {
  std::string file;
  unsigned index = 0;   ///< of a face in a collection
  std::string setting;  ///< where it is named, for people: "state/dossier.toml:12 fonts.song"
  std::string package;  ///< of Debian; "": the site's own

  bool operator==(const FontFile& other) const {
    return file == other.file && index == other.index;
  }
};

struct Fonts {
  std::vector<FontFile> song, title, hei, kai, fang, fallback;
};

Fonts default_fonts();

struct FontTrouble {
  FontFile font;
  std::string why, how;  ///< Chinese
};

/// Fonts that are not there, cannot be read, must not be embedded, and characters that no paper can do without.
std::vector<FontTrouble> font_troubles(const Fonts& fonts);

}  // namespace produce
