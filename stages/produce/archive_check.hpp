#pragma once

#include <string>
#include <string_view>
#include <vector>

// Archive check: what keeps a PDF of ours from being what PDF/A-2b wants, as far as its structure shows it.
//
//   takes   the bytes of a PDF that this program made; never a foreign one, for PoDoFo reads it in this process
//   gives   one sentence for each defect; none is not yet a validator's word
//   faults  none: what cannot be read is a defect
//
// Checked: header, /ID, no encryption, XMP that says PDF/A-2b and agrees with Info in every entry, an sRGB output intent, every
// font embedded as a subset with ToUnicode and widths, no form, annotation, action, script, attachment, layer, external file,
// LZW, transparency or PostScript, and in the pages no colour but grey and RGB, no picture and no shading.
// Not checked: that the widths agree with the font programs (known not to for invisible characters, drawn as a blank of no
// width, and for lam-alef, whose width two characters share: typeface.cpp), that these are sound, and the syntax byte by byte.

namespace produce {

std::vector<std::string> archive_defects(std::string_view pdf);

}  // namespace produce
