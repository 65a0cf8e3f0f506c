#include "stages/prepare/image.hpp"

#include <cstdint>

#include "pipeline/text.hpp"
#include "stages/prepare/attachment.hpp"
#include "stages/prepare/blank_image.hpp"
#include "stages/prepare/deflate_head.hpp"
#include "stages/prepare/exif.hpp"
#include "tests/fuzz/targets.hpp"

namespace fuzz {

namespace {

constexpr int kSide = 1'000'000;

void check_size(int width, int height, int orientation) {
  require(width >= 0 && width <= kSide && height >= 0 && height <= kSide,
          "a picture has a size that can be reckoned with");
  require(orientation >= 1 && orientation <= 8, "a picture can be turned");
}

}  // namespace

void image(std::string_view input) {
  const prepare::Inspection seen = prepare::inspect(input);
  check_size(seen.image.width, seen.image.height, seen.image.orientation);
  require(pipeline::is_utf8(seen.why) && pipeline::is_utf8(seen.note), "what is said is UTF-8");
  require(seen.flaw == prepare::Flaw::None || seen.note.empty(), "what is spoilt has no remark");
  require(seen.type == prepare::sniff_type(input), "a file has one type");
  require(seen.pages >= 0, "pages are counted");

  const prepare::TiffFacts facts = prepare::read_tiff(input);
  check_size(facts.width, facts.height, facts.orientation);
  // Each reader on what another one would get, too; none is asked about less than its first bytes.
  constexpr std::size_t kLeast = 8;
  for (const char* type : {"jpeg", "png", "bmp", "tiff"}) {
    if (input.size() < kLeast) break;
    const prepare::Image read = prepare::look_at_image(type, input, 200);
    check_size(read.width, read.height, read.orientation);
    require(pipeline::is_utf8(read.damage) && pipeline::is_utf8(read.unreadable),
            "what is said is UTF-8");
    require(!read.damage.empty() || (read.width > 0 && read.height > 0),
            "a whole picture has a size");
  }
  std::size_t at = 0;
  for (const prepare::JpegParts::Range& range : seen.jpeg.shown) {
    require(range.from >= at && range.to > range.from && range.to <= input.size(),
            "the parts of a picture follow one another");
    at = range.to;
  }
  if (const auto head = prepare::new_head(input, {{0, 2}, {60, input.size() + kSide}}))
    require(head->rest <= input.size(), "what follows a head lies in the stream");
  // A reader of its own decodes it; a small one is enough to see that it can.
  constexpr std::uint64_t kDecoded = 1'000'000;
  const auto points = prepare::pixels(seen.image);
  if (seen.doubt == prepare::Doubt::Blank && points <= kDecoded) prepare::what_shows(input);
}

}  // namespace fuzz
