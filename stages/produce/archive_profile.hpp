#pragma once

#include <string>

#include "stages/produce/pdf.hpp"

// What a PDF/A says about itself: what the paper is, as XMP, and which colours are meant, as an ICC profile.

namespace produce {

/// sRGB (IEC 61966-2-1) as an ICC profile of version 4: the primaries adapted to D50, the curve as a formula. Some 500 bytes,
/// the same on every machine and for every version of every library.
std::string srgb_profile();

/// The document information again, as XMP; says PDF/A-2b.
std::string xmp_packet(const Metadata& metadata, const std::string& producer);

/// As XMP and Info write a time: "2026-11-22T10:00:00+08:00", "D:20261122100000+08'00'".
std::string xmp_date(pipeline::Time at);
std::string pdf_date(pipeline::Time at);

}  // namespace produce
