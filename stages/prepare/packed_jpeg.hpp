#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/attachments.hpp"
#include "pipeline/vault.hpp"
#include "stages/prepare/image.hpp"
#include "stages/prepare/jpeg.hpp"
#include "stages/prepare/zip.hpp"

// Packed JPEG: a note of what a dossier has to know of a JPEG to pass it on as it lies in its bundle, without inflating it.
//
//   takes   an entry whose bytes were just inflated, checked and walked; later the note, and the bundle in the vault
//   gives   the note, some 70 characters for the ledger ("" where there is nothing to be gained or too much to leave out);
//           the picture, whose data are read from the vault piece by piece while they are put
//   faults  Retry, while they are put: the vault does not hold what was received
//
// Whoever wrote the note had the bytes whose SHA-256 stands beside it, and knew both what lies in the bundle and what comes out of it
// by a checksum. It says nothing that a sender wrote but sizes, which are compared again.

namespace prepare {

struct PackedJpeg {
  bool deflated = false;
  std::uint64_t at = 0, size = 0;  ///< of its data in the bundle
  std::uint32_t checksum = 0;      ///< CRC-32 of what is read from there
  std::uint32_t adler = 0;         ///< of what is shown
  std::vector<JpegParts::Range> shown;
  int width = 0, height = 0, orientation = 1;
  Inks inks = Inks::Ycc;
  double dpi = 0;
};

/// `plain`: what `entry` of `bundle` inflates to, in which `image` and `parts` were found.
std::string note_of(std::string_view bundle, const ZipEntry& entry, std::string_view plain,
                    const Image& image, const JpegParts& parts);
/// Nothing: no note for a file of that size.
std::optional<PackedJpeg> read_note(std::string_view note, std::uint64_t size);

/// Nothing: it cannot be passed on, but must be inflated. What it gives reads from `vault` when it is put.
std::optional<pipeline::ShownPicture> picture_of(const PackedJpeg& jpeg,
                                                 const pipeline::Vault& vault,
                                                 const std::string& bundle);

}  // namespace prepare
