#include "stages/prepare/zip.hpp"

#include <cstdint>

#include "pipeline/text.hpp"
#include "tests/fuzz/targets.hpp"

namespace fuzz {

namespace {

using prepare::ZipEntry;
using prepare::ZipVerdict;

/// Small, so that an input of a few hundred bytes reaches them.
prepare::Limits small_limits() {
  prepare::Limits limits;
  limits.entries = 8;
  limits.entry_mb = 1;
  limits.total_mb = 2;
  limits.name_length = 40;
  limits.depth = 3;
  return limits;
}

void check_entry(const ZipEntry& entry, const prepare::Limits& limits) {
  require(pipeline::is_utf8(entry.name), "a name is UTF-8");
  require(entry.problem.empty() || pipeline::is_utf8(entry.problem), "a problem is UTF-8");
  require(entry.too_large == (entry.size > limits.entry_mb << 20), "too large is beyond the limit");
  if (!entry.problem.empty()) return;
  require(!entry.encoding.empty(), "a name that is used was decoded");
  require(entry.name.find('\\') == entry.name.npos, "a name that is used has no backslash");
  for (const std::string_view step : pipeline::split(entry.name, '/')) {
    if (entry.name.empty()) break;
    require(!step.empty() && step != "." && step != "..", "every step of a name leads down");
    require(pipeline::count_code_points(step) <= limits.name_length, "a step is not too long");
  }
  require(pipeline::split(entry.name, '/').size() <= limits.depth, "a name is not too deep");
  for (const char32_t c : pipeline::code_points(entry.name))
    require(!pipeline::is_invisible(c), "a name that is used can be seen");
}

void check_sound(const prepare::Zip& zip, std::string_view bytes, const prepare::Limits& limits) {
  require(zip.entries.size() <= limits.entries, "a sound archive has no more entries than allowed");
  require(!zip.incomplete && zip.why.empty(), "a sound archive is whole");
  std::uint64_t size = 0, compressed = 0;
  for (const ZipEntry& entry : zip.entries) {
    require(entry.data <= bytes.size() && bytes.size() - entry.data >= entry.compressed,
            "data lies in the file");
    require(!entry.folder || entry.size == 0, "a folder holds nothing");
    size += entry.size;
    compressed += entry.compressed;
  }
  require(size <= limits.total_mb << 20, "a sound archive is no larger than allowed");
  require(compressed <= bytes.size(), "entries do not overlap");
  prepare::Inflater inflater;
  for (const ZipEntry& entry : zip.entries) {
    const auto content = inflater.read(bytes, entry);
    if (!content) continue;
    require(content->size() == entry.size && prepare::crc32(*content) == entry.crc,
            "content is what was promised");
    require(prepare::can_inflate(entry.method) && !entry.too_large, "only what may be inflated is");
  }
  inflater.rest();
}

}  // namespace

void zip(std::string_view input) {
  for (const prepare::Limits& limits : {prepare::Limits{}, small_limits()}) {
    const prepare::Zip read = prepare::read_zip(input, limits);
    require(read.entries.size() <= 16 * limits.entries, "no more entries than can be listed");
    require((read.verdict == ZipVerdict::Sound) == read.why.empty(), "what is not sound says why");
    require(pipeline::is_utf8(read.why) && pipeline::is_utf8(read.where), "the reason is UTF-8");
    for (const ZipEntry& entry : read.entries) check_entry(entry, limits);
    if (read.verdict == ZipVerdict::Sound) check_sound(read, input, limits);
  }
}

}  // namespace fuzz
