#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace produce {

/// Copies the object of a PDF with which a text begins, `base` added to the numbers of all that it refers to; gives where it ends.
/// Nothing: it is none, or it refers to a number that is not from 1 to `count`.
std::optional<std::size_t> copy_object(std::string_view text, std::uint64_t base,
                                       std::uint64_t count, std::string& out);

/// Whether a stream with that dictionary holds its own data and no program: nothing in it names a file or a share, or says a second
/// time how long it is.
bool keeps_to_itself(std::string_view dictionary);

}  // namespace produce
