#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/prepare/jpeg.hpp"

// Deflate head: the beginning of a deflate stream (RFC 1951) written anew, so that it inflates to less; all after it stays as it is.
//
//   takes   the stream, or its first part; which of the bytes it inflates to are to stay: the last of these ranges reaches to its end
//   gives   DeflateHead   the beginning of a zlib stream (RFC 1950); only its checksum is to be put behind the rest
//           nothing       there is no place near enough where it can be joined, or it is no stream: it must be inflated
//   faults  none
//
// A block may refer to the 32 KB before it. So what is left out, and those 32 KB, are inflated up to the end of a block, and stored
// without what is left out; blocks of a few bits bring the next one to the bit of a byte at which it begins in the old stream.

namespace prepare {

struct DeflateHead {
  std::string bytes;
  std::size_t rest = 0;  ///< where in the old stream what follows them begins
};

/// So many bytes of a stream are enough.
std::size_t head_needed(const std::vector<JpegParts::Range>& kept);
std::optional<DeflateHead> new_head(std::string_view stream,
                                    const std::vector<JpegParts::Range>& kept);

}  // namespace prepare
