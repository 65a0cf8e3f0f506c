#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/prepare/entry_name.hpp"
#include "stages/prepare/limits.hpp"

// Zip: a strict reader for archives from strangers, driven by the central directory and believing nothing twice.
//
//   takes   the whole file in memory
//   gives   Zip         every entry that can be listed, and the first reason why the archive as a whole must not be opened
//           Inflater    one entry's bytes, their size and CRC proved
//   faults  none: whatever is wrong is the submission's fault
//
// Refused as a whole: no or two ends, several disks, ranges outside the file, overlapping or hidden data, local headers that
// disagree, encryption, links, bombs. What concerns one entry only (its name, its method, its size) is left to the caller.

namespace prepare {

enum class ZipVerdict { Sound, NotAZip, Corrupt, Encrypted, Unsafe };

struct ZipEntry {
  std::string name;
  std::string encoding;
  std::string problem;  ///< Chinese; why this name must not be used; "" if safe
  bool folder = false;
  bool too_large = false;  ///< beyond Limits::entry_mb; Inflater refuses it
  std::uint16_t method = 0, flags = 0;
  std::uint32_t crc = 0;
  std::uint64_t compressed = 0, size = 0;
  std::uint64_t header = 0, data = 0;  ///< offsets in the file
};

struct Zip {
  ZipVerdict verdict = ZipVerdict::Sound;
  std::string why;                ///< Chinese; "" if sound
  std::string where;              ///< the entry concerned, if it is one
  bool incomplete = false;        ///< it looks like a copy that is not finished
  std::vector<ZipEntry> entries;  ///< at most sixteen times Limits::entries
};

Zip read_zip(std::string_view bytes, const Limits& limits);

/// The CRC-32 of ZIP, going on from that of what comes before.
std::uint32_t crc32(std::string_view bytes, std::uint32_t before = 0);
/// Adler-32, which zlib's streams end in.
std::uint32_t adler32(std::string_view bytes, std::uint32_t before = 1);

/// "LZMA"; the number if it is none of the known ones.
std::string method_name(std::uint16_t method);
bool can_inflate(std::uint16_t method);

/// Keeps one buffer and one decompressor; not for several threads at once.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Valid until the next call, and as long as `zip`. Nothing: not exactly the promised size, or the wrong CRC.
  std::optional<std::string_view> read(std::string_view zip, const ZipEntry& entry);
  /// Gives a large buffer back.
  void rest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One a thread, for all that it inflates.
Inflater& inflater();

}  // namespace prepare
