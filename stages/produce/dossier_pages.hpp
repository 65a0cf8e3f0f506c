#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/attachments.hpp"
#include "stages/produce/lines.hpp"
#include "stages/produce/pdf.hpp"

// Dossier pages: what stands on the pages of a dossier beside the attachments, and where those stand between it.
//
//   takes   what a page shows: a picture or a foreign page, of some size, or words in its place
//   gives   a page of a Document for each; how the attachment is to be drawn under it
//   faults  none
//
// A4, upright or across by the shape of what it shows. Nothing is drawn larger than it was scanned.

namespace produce {

/// What a page shows, already in the file under that number.
struct Drawing {
  std::uint64_t object = 0;
  bool picture = false;
  int orientation = 1;                                 ///< of a picture, as EXIF says
  double left = 0, bottom = 0, width = 0, height = 0;  ///< points, as people see it
};

/// The size of a picture by its resolution, if that is one of a scanner.
Drawing drawing_of(const pipeline::ShownPicture& picture, std::uint64_t object);

struct Words {
  std::string left, right;            ///< of the header
  std::string foot_left, foot_right;  ///< of the footer
};

/// In place of an attachment.
struct Apology {
  std::string slot, file, why, what_to_do, digest;
};

class DossierPages {
 public:
  /// Behind the pages of `before`, with which they share their fonts.
  DossierPages(const Typefaces& typefaces, Document before)
      : typefaces_(typefaces), document_(std::move(before)) {}

  /// Words around a drawing; gives the operators that draw it as /P, and the page's size.
  struct Laid {
    std::string drawing;
    double width, height;
  };
  Laid add(const Drawing& drawing, const Words& words);
  Laid add(const Apology& apology, const Words& words);
  const Document& document() const { return document_; }

 private:
  void put_words(std::size_t page, double width, double height, const Words& words);
  void put_line(std::size_t page, const std::string& text, const Style& style, double x, double y,
                double width);
  double put_paragraph(std::size_t page, const std::string& text, const Style& style, double x,
                       double y, double width);

  const Typefaces& typefaces_;
  Document document_;
};

}  // namespace produce
