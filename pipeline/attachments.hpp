#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/paper.hpp"
#include "pipeline/value.hpp"

// Attachments: what was submitted, as something that a PDF can show, for makers that know neither how it is kept nor how it is
// read.
//
//   takes   an attachment as a round's document names it: bundle, sha256, size, type; packed (Entry::packed) if there is a note
//   gives   Shown    a picture, or pages; or why it cannot be shown, and what to do
//   faults  Retry: the vault does not hold it as it was received; the machine is too busy to read it
//
// One thread; the same attachment gives the same each time. Everything in a Shown is foreign: it may be put into a file, and
// nothing is to be concluded from it.

namespace pipeline {

/// An image XObject in the making.
struct ShownPicture {
  int width = 0, height = 0;  ///< pixels as stored
  int orientation = 1;        ///< 1–8, as EXIF says
  double dpi = 0;             ///< as the picture says; 0: it does not
  std::string dictionary;     ///< what its dictionary holds beside /Length
  std::vector<std::string_view> data;
  /// Set: puts the data, `length` bytes, instead; valid as long as these are. Faults (Retry): they are not what was received.
  std::function<void(const Sink&)> put{};
  std::uint64_t length = 0;
};

/// An object of a PDF, as text; references in it are to other objects of the same list, the first of which is 1.
struct ShownObject {
  std::string_view text;
  std::optional<std::string_view> data;  ///< of a stream, whose dictionary has no /Length then
};

/// A page of a PDF as a form XObject.
struct ShownPage {
  std::size_t object = 0;  ///< its number in the list
  double left = 0, bottom = 0, right = 0,
         top = 0;  ///< what it covers when it is drawn, in points
};

struct Shown {
  std::string why_not, what_to_do;  ///< Chinese, whole sentences; "" if it can be shown
  std::optional<ShownPicture> picture;
  std::vector<ShownObject> objects;
  std::vector<ShownPage> pages;

  static Shown refusal(std::string why, std::string what_to_do) {
    Shown out;
    out.why_not = std::move(why);
    out.what_to_do = std::move(what_to_do);
    return out;
  }
};

class Attachments {
 public:
  virtual ~Attachments() = default;
  /// Valid until the next call.
  virtual Shown show(const Value& attachment) = 0;
  /// Of all attachments of a case together.
  virtual std::size_t most_pages() const = 0;
};

}  // namespace pipeline
