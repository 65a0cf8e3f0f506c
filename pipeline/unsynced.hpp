#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Unsynced: what was written since the last sync, so that a power cut can take it away again.
//
//   takes   every change of a disk, right before it is made
//   writes  a folder aside for each file system: what was removed or replaced waits there
//   gives   at the cut, the folders as a disk would show them at the next start
//   faults  none: its own trouble ends the process, for nothing it says would be true any more
//
// The model: names (made, moved, removed) survive up to some moment and are lost after it, as a journal keeps them; of the bytes of
// a file each page survives or not, whatever its name does. A sync of a file system settles all on it, that of a file its bytes
// and that it was made.

namespace pipeline {

enum class Survives {
  Nothing,    ///< all that was not synced is gone
  NamesOnly,  ///< files are there with no bytes, or the old ones
  Some,       ///< names up to a moment, pages by chance, the last ones torn
};

class Unsynced {
 public:
  /// One folder aside for each file system that is worked on; made by the caller.
  explicit Unsynced(std::vector<std::string> aside);

  void write(const std::string& path, std::string_view bytes);
  void write_at(const std::string& path, std::uint64_t offset, std::string_view bytes);
  void truncate(const std::string& path, std::uint64_t size);
  void make(const std::string& path);
  void make_folders(const std::string& folder);
  void rename(const std::string& from, const std::string& to);
  /// Takes it away itself: what is removed is kept aside.
  void remove(const std::string& path);

  void sync(const std::string& folder);
  void sync_file(const std::string& path);
  /// The names directly in it.
  void sync_names(const std::string& folder);

  /// Once, as the last thing the process does.
  void cut(Survives survives, std::uint64_t seed);

 private:
  /// What a file holds on the disk, and what was written over it since.
  struct Image {
    std::string on_disk;
    struct Write {
      std::uint64_t offset;
      std::string bytes;
      bool truncates;  ///< to `offset`
    };
    std::vector<Write> writes;
  };
  struct Name {
    std::vector<std::string> paths;
    std::uint64_t device;
    std::function<void()> undo;
  };

  Image& image(const std::string& path);
  void add(Name name);
  std::string place_aside(std::uint64_t device);

  std::map<std::uint64_t, std::string> aside_;  ///< by device
  std::map<std::string, Image> images_;
  std::vector<Name> names_;
  int kept_ = 0;
};

}  // namespace pipeline
