#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Sample ZIPs: archives as Windows, macOS and phones make them, and a few that nobody should open.
//
//   takes   entries, each a list of pieces; a style
//   gives   the archive's bytes, the same for the same input
//   faults  none
//
// A large piece is deflated once and shared by all entries that hold it: a raw deflate stream may
// be put together from parts that end on a byte, so that hundreds of really deflated megabytes cost
// no more than copying them.

namespace app {

/// Bytes that many entries share, with their deflate blocks (level 6, none of them the last).
struct Blob {
  std::string bytes;
  std::string deflated;
  std::uint32_t crc = 0;
};
std::shared_ptr<const Blob> make_blob(std::string bytes);

struct Piece {
  std::string own;  ///< short; used if there is no blob
  std::shared_ptr<const Blob> shared;
};
using Content = std::vector<Piece>;

Content own(std::string bytes);
std::size_t size_of(const Content& content);
std::uint32_t crc_of(std::string_view bytes);

enum class NameCoding {
  Utf8,            ///< flag bit 11, as 7-Zip writes what GBK lacks
  Utf8Unflagged,   ///< macOS
  Gbk,             ///< Explorer, WinRAR, 360
  GbkUnicodeExtra  ///< Bandizip: GBK and Info-ZIP's extra field 0x7075
};

struct ZipStyle {
  NameCoding names = NameCoding::Utf8;
  bool deflate = true;       ///< else stored
  bool descriptors = false;  ///< sizes behind the data, as writers to a pipe do
  bool unix_host = false;    ///< else DOS
  bool encrypted = false;    ///< flag bit 0, though nothing is
};

struct ZipEntry {
  std::string name;  ///< UTF-8, "/" between folders; a folder ends in "/"
  Content content;
};

/// `minutes` since 2026-11-20T00:00 dates the entries. Names that GBK cannot express make it
/// NameCoding::Utf8, as 7-Zip does.
std::string zip_bytes(const std::vector<ZipEntry>& entries, ZipStyle style, int minutes);

}  // namespace app
