#pragma once

#include <functional>
#include <string>
#include <string_view>

// Charstring: the program of one CFF glyph (Adobe Technical Note 5177) on its own.
//
//   takes   the program, and the subroutines that it calls
//   gives   the same outline without calls and without hints
//   faults  Stop: it does what no font of this century does (arithmetic), or is damaged

namespace produce {

/// A subroutine by the number that is called, which is not yet its index.
using Subroutine = std::function<std::string_view(bool global, int number)>;

std::string flattened(std::string_view charstring, const Subroutine& subroutine);

}  // namespace produce
