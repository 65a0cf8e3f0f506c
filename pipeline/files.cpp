#include "pipeline/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "pipeline/fault.hpp"

namespace pipeline {

namespace {

/// A file descriptor that is closed when it goes out of scope.
struct Descriptor {
  int fd;
  explicit Descriptor(int n) : fd(n) {}
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
};

[[noreturn]] void fail(const std::string& doing, FaultKind kind = FaultKind::Retry) {
  throw Fault(kind, doing, std::strerror(errno));
}

/// What is large goes to the disk from now on, so that the next sync finds little to wait for and no reader waits behind it.
void begin_to_keep(int fd, std::uint64_t size) {
  constexpr std::uint64_t kLarge = std::uint64_t{1} << 20;
  if (size >= kLarge) sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

Listed listed(std::string name, const struct stat& s) {
  return {std::move(name), S_ISDIR(s.st_mode), static_cast<std::uint64_t>(s.st_size),
          std::int64_t{s.st_mtim.tv_sec} * 1'000'000'000 + s.st_mtim.tv_nsec,
          static_cast<std::uint64_t>(s.st_ino)};
}

}  // namespace

bool Files::rename_to_free(const std::string& from, const std::string& to) {
  if (look(to)) return false;
  rename(from, to);
  return true;
}

void Files::will_read(const std::string&, std::uint64_t) {}

bool Files::read_part(const std::string& path, std::uint64_t offset, std::size_t size,
                      std::string& bytes) {
  if (!read(path, bytes)) return false;
  bytes = bytes.substr(std::min<std::uint64_t>(offset, bytes.size()), size);
  return true;
}

std::optional<Bytes> Files::map(const std::string& path) {
  const auto bytes = std::make_shared<std::string>();
  if (!read(path, *bytes)) return std::nullopt;
  return Bytes(*bytes, bytes);
}

void Files::write_pieces(
    const std::string& path,
    const std::function<void(const std::function<void(std::string_view)>&)>& fill) {
  std::string bytes;
  fill([&bytes](std::string_view piece) { bytes += piece; });
  write(path, bytes);
}

namespace {

void write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("write " + path);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

class PosixFiles : public Files {
 public:
  std::vector<Listed> list(const std::string& folder) override {
    std::vector<Listed> out;
    DIR* dir = opendir(folder.c_str());
    if (!dir) {
      if (errno == ENOENT) return out;
      fail("list " + folder);
    }
    const std::unique_ptr<DIR, int (*)(DIR*)> closes(dir, closedir);
    for (;;) {
      errno = 0;
      const dirent* entry = readdir(dir);
      if (!entry && errno != 0) fail("list " + folder);
      if (!entry) return out;
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      struct stat s;
      if (fstatat(dirfd(dir), entry->d_name, &s, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) continue;  // gone meanwhile
        fail("look at " + path_join(folder, name));
      }
      if (S_ISREG(s.st_mode) || S_ISDIR(s.st_mode)) out.push_back(listed(std::string(name), s));
    }
  }

  std::optional<Listed> look(const std::string& path) override {
    struct stat s;
    if (lstat(path.c_str(), &s) != 0) {
      // A share that does not answer has not lost the file.
      if (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG) fail("look at " + path);
      return std::nullopt;
    }
    if (!S_ISREG(s.st_mode)) return std::nullopt;
    return listed(path, s);
  }

  void will_read(const std::string& path, std::uint64_t bytes) override {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.fd >= 0) posix_fadvise(file.fd, 0, static_cast<off_t>(bytes), POSIX_FADV_WILLNEED);
  }

  bool read(const std::string& path, std::string& bytes) override {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.fd < 0) {
      if (errno == ENOENT || errno == ELOOP) return false;
      fail("open " + path);
    }
    struct stat s;
    if (fstat(file.fd, &s) != 0) fail("look at " + path);
    if (!S_ISREG(s.st_mode)) return false;  // exchanged since it was listed
    bytes.resize(static_cast<std::size_t>(s.st_size));
    std::size_t got = 0;
    for (;;) {
      // A file that grew while we looked is read to its end: its parse decides whether it is whole.
      if (got == bytes.size()) {
        char probe;
        const ssize_t more = ::read(file.fd, &probe, 1);
        if (more < 0 && errno == EINTR) continue;
        if (more < 0) fail("read " + path);
        if (more == 0) break;
        bytes.resize(bytes.size() + (std::size_t{1} << 16));
        bytes[got++] = probe;
      }
      const ssize_t n = ::read(file.fd, bytes.data() + got, bytes.size() - got);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail("read " + path);
      if (n == 0) break;
      got += static_cast<std::size_t>(n);
    }
    bytes.resize(got);
    return true;
  }

  bool read_part(const std::string& path, std::uint64_t offset, std::size_t size,
                 std::string& bytes) override {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.fd < 0) {
      if (errno == ENOENT || errno == ELOOP) return false;
      fail("open " + path);
    }
    bytes.resize(size);
    std::size_t got = 0;
    while (got < size) {
      const ssize_t n =
          pread(file.fd, bytes.data() + got, size - got, static_cast<off_t>(offset + got));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail("read " + path);
      if (n == 0) break;
      got += static_cast<std::size_t>(n);
    }
    bytes.resize(got);
    return true;
  }

  std::optional<Bytes> map(const std::string& path) override {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.fd < 0) {
      if (errno == ENOENT || errno == ELOOP) return std::nullopt;
      fail("open " + path);
    }
    struct stat s;
    if (fstat(file.fd, &s) != 0) fail("look at " + path);
    const auto size = static_cast<std::size_t>(s.st_size);
    if (size == 0) return Bytes();
    void* at = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd, 0);
    if (at == MAP_FAILED) fail("map " + path);
    return Bytes({static_cast<const char*>(at), size},
                 std::shared_ptr<const void>(at, [size](void* mapped) { munmap(mapped, size); }));
  }

  void write(const std::string& path, std::string_view bytes) override {
    const Descriptor file(
        open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (file.fd < 0) fail("create " + path);
    write_all(file.fd, bytes, path);
    begin_to_keep(file.fd, bytes.size());
  }

  void write_pieces(
      const std::string& path,
      const std::function<void(const std::function<void(std::string_view)>&)>& fill) override {
    const Descriptor file(
        open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (file.fd < 0) fail("create " + path);
    std::uint64_t size = 0;
    fill([&](std::string_view piece) {
      write_all(file.fd, piece, path);
      size += piece.size();
    });
    begin_to_keep(file.fd, size);
  }

  void rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) fail("rename " + from + " to " + to);
  }

  bool rename_to_free(const std::string& from, const std::string& to) override {
    if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
    if (errno == EEXIST) return false;
    // Network drives may not know the flag.
    if (errno != EINVAL && errno != ENOSYS) fail("rename " + from + " to " + to);
    return Files::rename_to_free(from, to);
  }

  void share(const std::string& from, const std::string& to) override {
    {
      const Descriptor source(open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
      if (source.fd < 0) fail("open " + from);
      const Descriptor target(open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
      if (target.fd < 0) fail("create " + to);
      if (ioctl(target.fd, FICLONE, source.fd) == 0) return;
    }
    if (unlink(to.c_str()) == 0 && link(from.c_str(), to.c_str()) == 0) return;
    copy(from, to);
  }

  void copy(const std::string& from, const std::string& to) override {
    const Descriptor source(open(from.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (source.fd < 0) fail("open " + from);
    struct stat s;
    if (fstat(source.fd, &s) != 0) fail("look at " + from);
    if (!S_ISREG(s.st_mode)) throw Fault(FaultKind::Retry, "copy " + from, "it is no file");
    const Descriptor target(
        open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, s.st_mode & 0777));
    if (target.fd < 0) fail("create " + to);
    if (ioctl(target.fd, FICLONE, source.fd) == 0) return;
    // Not to an end that moves away: somebody may be writing to it.
    for (auto left = static_cast<std::size_t>(s.st_size); left > 0;) {
      const ssize_t n = sendfile(target.fd, source.fd, nullptr, left);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail("copy " + from + " to " + to);
      if (n == 0) return;
      left -= static_cast<std::size_t>(n);
    }
  }

  void make_folders(const std::string& folder) override {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw Fault(FaultKind::Retry, "make folder " + folder, error.message());
  }

  void remove(const std::string& path) override {
    if (unlink(path.c_str()) != 0 && errno != ENOENT) fail("remove " + path);
  }

  void remove_tree(const std::string& folder) override {
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    if (error) throw Fault(FaultKind::Retry, "remove folder " + folder, error.message());
  }

  std::uint64_t free_bytes(const std::string& folder) override {
    struct statvfs s;
    if (statvfs(folder.c_str(), &s) != 0) fail("ask for the free space of " + folder);
    return std::uint64_t{s.f_bavail} * s.f_frsize;
  }

  void sync(const std::string& folder) override {
    const Descriptor dir(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (dir.fd < 0) fail("open folder " + folder);
    if (syncfs(dir.fd) != 0) fail("make durable what lies in " + folder, FaultKind::Stop);
  }
};

}  // namespace

std::unique_ptr<Files> make_files() {
  return std::make_unique<PosixFiles>();
}

bool same_file_system(const std::string& a, const std::string& b) {
  struct stat x;
  struct stat y;
  return stat(a.c_str(), &x) == 0 && stat(b.c_str(), &y) == 0 && x.st_dev == y.st_dev;
}

std::string path_join(std::string_view a, std::string_view b) {
  if (a.empty()) return std::string(b);
  std::string out(a);
  if (out.back() != '/') out += '/';
  return out += b;
}

std::string parent_folder(const std::string& path) {
  const auto at = path.rfind('/');
  return at == path.npos ? "" : path.substr(0, at);
}

std::optional<FileLock> FileLock::take(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) fail("open " + path, FaultKind::Stop);
  FileLock lock(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  const std::string who = "process " + std::to_string(getpid()) + " on " + host + "\n";
  if (ftruncate(fd, 0) != 0 || ::write(fd, who.data(), who.size()) < 0) fail("write " + path);
  return lock;
}

bool FileLock::is_held(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file.fd >= 0 && flock(file.fd, LOCK_SH | LOCK_NB) != 0;
}

std::string FileLock::holder(const std::string& path) {
  std::string text;
  make_files()->read(path, text);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(other.fd_) {
  other.fd_ = -1;
}

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace pipeline
