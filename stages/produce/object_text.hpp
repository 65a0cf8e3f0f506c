#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Object text: an object of a PDF that a stranger's reader gave as text, looked at before it goes into a file of ours.
//
//   takes   the text of one object; how many objects came with it, and where their numbers begin in the file
//   gives   the same object with its references moved there; nothing: it is no object, or leads out of its company
//           whether the dictionary of a stream keeps to itself
//   faults  none
//
// Nothing is concluded from what it says but that it is one whole object.

namespace produce {

/// Copies the object of a PDF with which a text begins, `base` added to the numbers of all that it refers to; gives where it ends.
/// Nothing: it is none, or it refers to a number that is not from 1 to `count`.
std::optional<std::size_t> copy_object(std::string_view text, std::uint64_t base,
                                       std::uint64_t count, std::string& out);

/// Whether a stream with that dictionary holds its own data and no program: nothing in it names a file or a share, or says a second
/// time how long it is.
bool keeps_to_itself(std::string_view dictionary);

}  // namespace produce
