#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/time.hpp"
#include "stages/produce/fields.hpp"
#include "stages/produce/typeface.hpp"

// Document: an A4 PDF drawn page by page, and written once.
//
//   takes   glyphs, lines, boxes and fields in points from the lower left corner; any page, in any
//   order
//   gives   the PDF's bytes: every font embedded as a subset, every character in the text layer,
//   the same bytes each time
//   faults  none of its own
//
// One thread a document. Codes in the text are numbered in order of first use, one for each
// character of a face, so that two characters that share a glyph keep their own place in ToUnicode.
//
// By the content digest a reader of the paper notices text that was changed by accident, whatever
// program packed the file anew (X53): SHA-256 over, page after page, the string operands of all
// text-showing operators of the page's own content, as bytes, and 0x0C after each page. It is no
// seal: it has no key, and the token does not cover it.

namespace produce {

inline constexpr double kPageWidth = 595.28, kPageHeight = 841.89;

struct Metadata {
  std::string title, author, subject, keywords;
  pipeline::Time at;     ///< creation; never the machine's clock
  bool archive = false;  ///< says PDF/A-2b, and brings what that wants
};

class PdfFile;

/// As an object of a file.
std::string information(const Metadata& metadata);
/// The operators of a page or of a form XObject, whose other entries `dictionary` has; the object's number.
std::uint64_t put_content(PdfFile& file, std::string_view dictionary, std::string_view content);

class Document {
 public:
  /// What draws a page.
  struct Drawn {
    std::string_view content;     ///< as long as the Document
    std::uint64_t resources = 0;  ///< an object's number
  };

  explicit Document(const Typefaces& typefaces)
      : typefaces_(&typefaces), fonts_(typefaces.faces()) {}

  std::size_t add_page();  ///< its number, from 0
  std::size_t pages() const { return contents_.size(); }

  /// The baseline begins at x, y; `spacing` (points) follows each glyph.
  void text(std::size_t page, double x, double y, double size, std::span<const Glyph> glyphs,
            double spacing = 0);
  void line(std::size_t page, double x0, double y0, double x1, double y1, double width);
  void rectangle(std::size_t page, double x, double y, double width, double height,
                 double line_width);
  /// `grey` from 0 (black) to 1 (white).
  void fill(std::size_t page, double x, double y, double width, double height, double grey);
  /// Black; the path is in units of `unit` points from the lower left corner of it all.
  void fill(std::size_t page, double x, double y, double unit, std::string_view path);
  /// As many areas as a radio has choices, none for a hidden field, else one. People step through
  /// the fields of a page in the order of these calls.
  void field(std::size_t page, Field field, std::vector<Area> areas);
  bool has_fields() const { return !fields_.empty(); }

  std::string content_digest() const;
  std::string bytes(const Metadata& metadata) const;  ///< pdf_writer.cpp
  /// For a file of which its pages become a part, in some shape: what they draw with is put there. Fields are left out.
  std::vector<Drawn> draw(PdfFile& file) const&;
  std::vector<Drawn> draw(PdfFile& file) && = delete;

 private:
  struct Font {
    std::vector<Glyph> glyphs;  ///< at CID - 1
    std::vector<std::uint16_t>
        cids;  ///< by the low bits of the glyph; the first code that was given to one of them
    std::vector<std::uint16_t> next;  ///< at CID - 1: the next code of these
  };
  struct Placed {
    std::size_t page;
    Field field;
    std::vector<Area> areas;
  };
  /// What the operators of a page have set so far.
  struct State {
    std::size_t face = ~std::size_t{0};
    double size = 0, spacing = 0, line_width = -1;
  };
  class Writer;

  std::uint16_t code(Font& font, const Glyph& glyph);
  void set_line_width(std::size_t page, double width);

  const Typefaces* typefaces_;
  std::vector<Font> fonts_;
  std::vector<std::string> contents_;
  std::vector<State> states_;       ///< per page
  std::vector<std::string> shown_;  ///< per page, what the digest covers
  std::vector<Placed> fields_;
};

}  // namespace produce
