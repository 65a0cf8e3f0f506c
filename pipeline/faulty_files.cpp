#include "pipeline/faulty_files.hpp"

#include "pipeline/fault.hpp"

namespace pipeline {

void FaultyFiles::pass(Touch touch, const std::string& doing) {
  const Harm harm = mishap_.step(touch, doing);
  if (harm == Harm::None) return;
  // As PosixFiles: a failed sync is final.
  throw Fault(touch == Touch::Syncs ? FaultKind::Stop : FaultKind::Retry, doing, words_of(harm));
}

void FaultyFiles::write_half(Harm harm, const std::string& doing, const std::string& path,
                             std::string_view bytes) {
  const bool torn = harm == Harm::Short || harm == Harm::Death || harm == Harm::PowerCut;
  if (torn) {
    const std::string_view half = bytes.substr(0, bytes.size() / 2);
    if (Unsynced* unsynced = mishap_.unsynced()) unsynced->write(path, half);
    real_.write(path, half);
  }
  if (harm == Harm::Death || harm == Harm::PowerCut) mishap_.die();
  throw Fault(FaultKind::Retry, doing, words_of(harm));
}

std::vector<Listed> FaultyFiles::list(const std::string& folder) {
  const auto lock = mishap_.lock();
  pass(Touch::Reads, "list " + folder);
  return real_.list(folder);
}

std::optional<Listed> FaultyFiles::look(const std::string& path) {
  const auto lock = mishap_.lock();
  pass(Touch::Reads, "look at " + path);
  return real_.look(path);
}

bool FaultyFiles::read(const std::string& path, std::string& bytes) {
  const auto lock = mishap_.lock();
  pass(Touch::Reads, "read " + path);
  return real_.read(path, bytes);
}

bool FaultyFiles::read_part(const std::string& path, std::uint64_t offset, std::size_t size,
                            std::string& bytes) {
  const auto lock = mishap_.lock();
  pass(Touch::Reads, "read a part of " + path);
  return real_.read_part(path, offset, size, bytes);
}

void FaultyFiles::write(const std::string& path, std::string_view bytes) {
  const auto lock = mishap_.lock();
  const std::string doing = "write " + path;
  const Harm harm = mishap_.step(Touch::Writes, doing);
  if (harm != Harm::None) write_half(harm, doing, path, bytes);
  if (Unsynced* unsynced = mishap_.unsynced()) unsynced->write(path, bytes);
  real_.write(path, bytes);
}

void FaultyFiles::write_pieces(
    const std::string& path,
    const std::function<void(const std::function<void(std::string_view)>&)>& fill) {
  // Other steps may be made between two pieces, by the same thread, too.
  {
    const auto lock = mishap_.lock();
    pass(Touch::Changes, "create " + path);
    if (Unsynced* unsynced = mishap_.unsynced()) unsynced->write(path, {});
  }
  std::uint64_t written = 0;
  real_.write_pieces(path, [&](const std::function<void(std::string_view)>& next) {
    fill([&](std::string_view piece) {
      const auto lock = mishap_.lock();
      const std::string doing = "write a piece of " + path;
      const Harm harm = mishap_.step(Touch::Writes, doing);
      const bool torn = harm == Harm::Short || harm == Harm::Death || harm == Harm::PowerCut;
      if (harm != Harm::None) piece = piece.substr(0, torn ? piece.size() / 2 : 0);
      if (Unsynced* unsynced = mishap_.unsynced()) unsynced->write_at(path, written, piece);
      next(piece);
      written += piece.size();
      if (harm == Harm::Death || harm == Harm::PowerCut) mishap_.die();
      if (harm != Harm::None) throw Fault(FaultKind::Retry, doing, words_of(harm));
    });
  });
}

void FaultyFiles::copy(const std::string& from, const std::string& to) {
  const auto lock = mishap_.lock();
  const std::string doing = "copy " + from + " to " + to;
  const Harm harm = mishap_.step(Touch::Writes, doing);
  std::string bytes;
  if (harm != Harm::None || mishap_.unsynced()) real_.read(from, bytes);
  if (harm != Harm::None) write_half(harm, doing, to, bytes);
  if (Unsynced* unsynced = mishap_.unsynced()) unsynced->write(to, bytes);
  real_.copy(from, to);
}

void FaultyFiles::rename(const std::string& from, const std::string& to) {
  const auto lock = mishap_.lock();
  pass(Touch::Changes, "rename " + from + " to " + to);
  if (Unsynced* unsynced = mishap_.unsynced()) unsynced->rename(from, to);
  real_.rename(from, to);
}

void FaultyFiles::make_folders(const std::string& folder) {
  const auto lock = mishap_.lock();
  pass(Touch::Changes, "make folder " + folder);
  if (Unsynced* unsynced = mishap_.unsynced()) unsynced->make_folders(folder);
  real_.make_folders(folder);
}

void FaultyFiles::remove(const std::string& path) {
  const auto lock = mishap_.lock();
  pass(Touch::Changes, "remove " + path);
  if (Unsynced* unsynced = mishap_.unsynced())
    unsynced->remove(path);
  else
    real_.remove(path);
}

void FaultyFiles::remove_tree(const std::string& folder) {
  const auto lock = mishap_.lock();
  pass(Touch::Changes, "remove folder " + folder);
  if (Unsynced* unsynced = mishap_.unsynced())
    unsynced->remove(folder);
  else
    real_.remove_tree(folder);
}

std::uint64_t FaultyFiles::free_bytes(const std::string& folder) {
  const auto lock = mishap_.lock();
  pass(Touch::Reads, "ask for the free space of " + folder);
  return real_.free_bytes(folder);
}

void FaultyFiles::sync(const std::string& folder) {
  const auto lock = mishap_.lock();
  pass(Touch::Syncs, "sync " + folder);
  if (syncs_ == Syncs::Real) real_.sync(folder);
  if (Unsynced* unsynced = mishap_.unsynced()) unsynced->sync(folder);
}

}  // namespace pipeline
