#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/bytes.hpp"

// Files: the one door to the file system. Everything the line does to a disk goes through it, so that a test can stand in for
// the disk.
//
//   faults  Retry for what may go away (no space, interrupted, share gone), Stop for a failed sync: what was not written is
//           lost from memory too, and asking again would lie (reference: fsync semantics of Linux)

namespace pipeline {

struct Listed {
  std::string name;
  bool folder = false;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::uint64_t inode = 0;
};

class Files {
 public:
  virtual ~Files() = default;

  /// Regular files and folders directly in `folder`, unsorted; symbolic links and devices are left out. A folder that is not
  /// there is empty.
  virtual std::vector<Listed> list(const std::string& folder) = 0;
  /// What lies at that path; nothing if there is no regular file.
  virtual std::optional<Listed> look(const std::string& path) = 0;
  /// So many of its first bytes will be read soon: the disk may begin. A hint: it promises nothing, and no fault comes of it.
  virtual void will_read(const std::string& path, std::uint64_t bytes);
  /// Reads the whole file into `bytes` (whose capacity is reused); false if it is gone. Never follows a symbolic link.
  virtual bool read(const std::string& path, std::string& bytes) = 0;
  /// The same of a part of it; less than `size` where the file ends.
  virtual bool read_part(const std::string& path, std::uint64_t offset, std::size_t size,
                         std::string& bytes);
  /// The whole of a file that nobody changes meanwhile, mapped where that can be; nothing if it is gone.
  virtual std::optional<Bytes> map(const std::string& path);
  /// Creates or replaces; not durable before a sync.
  virtual void write(const std::string& path, std::string_view bytes) = 0;
  /// The same, piece by piece: `fill` is given what takes the next one.
  virtual void write_pieces(
      const std::string& path,
      const std::function<void(const std::function<void(std::string_view)>&)>& fill);
  virtual void rename(const std::string& from, const std::string& to) = 0;
  /// False, and nothing happens, if something lies there already.
  virtual bool rename_to_free(const std::string& from, const std::string& to);
  /// For files that never change: the same file under another name where the file system can, else a copy.
  virtual void share(const std::string& from, const std::string& to) { copy(from, to); }
  /// Copies as many bytes as there are at the beginning, or shares them where the file system can; who may read the one may read
  /// the other. Never follows a symbolic link.
  virtual void copy(const std::string& from, const std::string& to) = 0;
  virtual void make_folders(const std::string& folder) = 0;
  /// A file that is already gone is no fault.
  virtual void remove(const std::string& path) = 0;
  virtual void remove_tree(const std::string& folder) = 0;
  virtual std::uint64_t free_bytes(const std::string& folder) = 0;
  /// Everything written below that folder's file system is durable when it returns.
  virtual void sync(const std::string& folder) = 0;
};

std::unique_ptr<Files> make_files();

/// False also if one of them is not there.
bool same_file_system(const std::string& a, const std::string& b);

/// "a/b"; `b` alone if `a` is empty.
std::string path_join(std::string_view a, std::string_view b);
std::string parent_folder(const std::string& path);

/// Holds `path` locked (flock) until destroyed; nothing if another process holds it. The system lets go of it after a crash.
class FileLock {
 public:
  static std::optional<FileLock> take(const std::string& path);
  static bool is_held(const std::string& path);
  /// What the holder wrote into it (its process and host), for the message to the one who came second.
  static std::string holder(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace pipeline
