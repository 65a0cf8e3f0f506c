#include "pipeline/faulty_ledger.hpp"

#include <sqlite3.h>

#include <cassert>
#include <memory>
#include <new>

#include "pipeline/fault.hpp"

namespace pipeline {

namespace {

struct Active {
  Mishap* mishap = nullptr;
  Syncs syncs = Syncs::Real;
};

Active active;
sqlite3_vfs* disk = nullptr;  ///< the one of the system
sqlite3_vfs faulty;           ///< ours

/// SQLite allocates it together with the file of the system's, which follows it.
struct OpenFile {
  sqlite3_file base;
  std::string* path;
  bool names;  ///< a journal: its first sync makes its name durable, too (SQLite syncs the folder)
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

OpenFile& of(sqlite3_file* file) {
  return *reinterpret_cast<OpenFile*>(file);
}

/// Of the system; a journal's are not those of a database.
const sqlite3_io_methods& methods(sqlite3_file* file) {
  return *of(file).real()->pMethods;
}

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// What SQLite is answered, if the step does not succeed.
int answer(Harm harm, int broken) {
  if (harm == Harm::Full || harm == Harm::Short)
    return broken == SQLITE_IOERR_FSYNC ? broken : SQLITE_FULL;
  return broken;
}

/// One step; SQLITE_OK if nothing happens to it.
int pass(Touch touch, const std::string& doing, int broken) {
  const Harm harm = active.mishap->step(touch, doing);
  return harm == Harm::None ? SQLITE_OK : answer(harm, broken);
}

int close_file(sqlite3_file* file) {
  OpenFile& f = of(file);
  const int result = methods(file).xClose(f.real());
  delete f.path;
  f.path = nullptr;
  return result;
}

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  OpenFile& f = of(file);
  const auto lock = active.mishap->lock();
  if (const int bad = pass(Touch::Reads, "read " + last_part(*f.path), SQLITE_IOERR_READ))
    return bad;
  return methods(file).xRead(f.real(), to, size, offset);
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  OpenFile& f = of(file);
  const auto lock = active.mishap->lock();
  const Harm harm = active.mishap->step(Touch::Writes, "write " + last_part(*f.path));
  const bool torn = harm == Harm::Short || harm == Harm::Death || harm == Harm::PowerCut;
  if (harm != Harm::None && !torn) return answer(harm, SQLITE_IOERR_WRITE);
  const int arrives = torn ? size / 2 : size;
  const std::string_view bytes(static_cast<const char*>(from), static_cast<std::size_t>(arrives));
  if (Unsynced* unsynced = active.mishap->unsynced())
    unsynced->write_at(*f.path, static_cast<std::uint64_t>(offset), bytes);
  const int result = methods(file).xWrite(f.real(), from, arrives, offset);
  if (harm == Harm::Death || harm == Harm::PowerCut) active.mishap->die();
  return torn ? SQLITE_FULL : result;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  OpenFile& f = of(file);
  const auto lock = active.mishap->lock();
  if (const int bad = pass(Touch::Changes, "truncate " + last_part(*f.path), SQLITE_IOERR_TRUNCATE))
    return bad;
  if (Unsynced* unsynced = active.mishap->unsynced())
    unsynced->truncate(*f.path, static_cast<std::uint64_t>(size));
  return methods(file).xTruncate(f.real(), size);
}

int sync_file(sqlite3_file* file, int flags) {
  OpenFile& f = of(file);
  const auto lock = active.mishap->lock();
  if (const int bad = pass(Touch::Syncs, "sync " + last_part(*f.path), SQLITE_IOERR_FSYNC))
    return bad;
  const int result = active.syncs == Syncs::Real ? methods(file).xSync(f.real(), flags) : SQLITE_OK;
  if (Unsynced* unsynced = active.mishap->unsynced()) {
    unsynced->sync_file(*f.path);
    if (f.names) unsynced->sync_names(parent_folder(*f.path));
  }
  return result;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  OpenFile& f = of(file);
  const auto lock = active.mishap->lock();
  if (const int bad = pass(Touch::Reads, "measure " + last_part(*f.path), SQLITE_IOERR_FSTAT))
    return bad;
  return methods(file).xFileSize(f.real(), size);
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  OpenFile& f = *new (file) OpenFile{};
  f.path = new std::string(name ? name : "");
  const auto give_up = [&](int result) {
    delete f.path;
    f.path = nullptr;
    f.base.pMethods = nullptr;
    return result;
  };
  if (!name) return give_up(SQLITE_CANTOPEN);  // the ledger has no use for temporary files
  const auto lock = active.mishap->lock();
  int there = 0;
  disk->xAccess(disk, name, SQLITE_ACCESS_EXISTS, &there);
  const bool makes = (flags & SQLITE_OPEN_CREATE) != 0 && there == 0;
  if (const int bad = pass(makes ? Touch::Changes : Touch::Reads, "open " + last_part(*f.path),
                           SQLITE_CANTOPEN))
    return give_up(bad);
  Unsynced* unsynced = active.mishap->unsynced();
  if (makes && unsynced) unsynced->make(*f.path);
  f.names = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  const int result = disk->xOpen(disk, name, f.real(), flags, out_flags);
  if (!f.real()->pMethods) return give_up(result);
  using Methods = sqlite3_io_methods;
  static const Methods ours = [] {
    Methods m{};
    m.iVersion = 2;
    m.xClose = close_file;
    m.xRead = read_file;
    m.xWrite = write_file;
    m.xTruncate = truncate_file;
    m.xSync = sync_file;
    m.xFileSize = size_of_file;
    m.xLock = [](sqlite3_file* o, int how) { return methods(o).xLock(of(o).real(), how); };
    m.xUnlock = [](sqlite3_file* o, int how) { return methods(o).xUnlock(of(o).real(), how); };
    m.xCheckReservedLock = [](sqlite3_file* o, int* out) {
      return methods(o).xCheckReservedLock(of(o).real(), out);
    };
    m.xFileControl = [](sqlite3_file* o, int what, void* with) {
      return methods(o).xFileControl(of(o).real(), what, with);
    };
    m.xSectorSize = [](sqlite3_file* o) { return methods(o).xSectorSize(of(o).real()); };
    m.xDeviceCharacteristics = [](sqlite3_file* o) {
      return methods(o).xDeviceCharacteristics(of(o).real());
    };
    m.xShmMap = [](sqlite3_file* o, int page, int size, int extend, void volatile** out) {
      return methods(o).xShmMap(of(o).real(), page, size, extend, out);
    };
    m.xShmLock = [](sqlite3_file* o, int offset, int n, int how) {
      return methods(o).xShmLock(of(o).real(), offset, n, how);
    };
    m.xShmBarrier = [](sqlite3_file* o) { methods(o).xShmBarrier(of(o).real()); };
    m.xShmUnmap = [](sqlite3_file* o, int removes) {
      return methods(o).xShmUnmap(of(o).real(), removes);
    };
    return m;
  }();
  f.base.pMethods = &ours;
  return result;
}

int delete_file(sqlite3_vfs*, const char* name, int sync_folder) {
  const auto lock = active.mishap->lock();
  if (const int bad = pass(Touch::Changes, "delete " + last_part(name), SQLITE_IOERR_DELETE))
    return bad;
  Unsynced* unsynced = active.mishap->unsynced();
  if (!unsynced) return disk->xDelete(disk, name, sync_folder);
  unsynced->remove(name);
  if (sync_folder != 0) unsynced->sync_names(parent_folder(name));
  return SQLITE_OK;
}

}  // namespace

FaultyLedgerDisk::FaultyLedgerDisk(Mishap& mishap, Syncs syncs) {
  assert(!active.mishap);
  active = {&mishap, syncs};
  if (!disk) {
    disk = sqlite3_vfs_find(nullptr);
    faulty = *disk;
    faulty.zName = "dossier-faulty";
    faulty.pNext = nullptr;
    faulty.szOsFile = static_cast<int>(sizeof(OpenFile)) + disk->szOsFile;
    faulty.xOpen = open_file;
    faulty.xDelete = delete_file;
  }
  sqlite3_vfs_register(&faulty, 1);
}

FaultyLedgerDisk::~FaultyLedgerDisk() {
  sqlite3_vfs_unregister(&faulty);
  sqlite3_vfs_register(disk, 1);
  active = {};
}

std::vector<std::string> ledger_rows(const std::string& file) {
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> db(opened, sqlite3_close);
  const auto query = [&](const std::string& sql, const auto& visit) {
    sqlite3_stmt* prepared = nullptr;
    int state = sqlite3_prepare_v2(db.get(), sql.c_str(), -1, &prepared, nullptr);
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(prepared,
                                                                               sqlite3_finalize);
    while (state == SQLITE_OK || state == SQLITE_ROW) {
      state = sqlite3_step(prepared);
      if (state == SQLITE_ROW) visit(prepared);
    }
    if (state != SQLITE_DONE)
      throw Fault(FaultKind::Stop, "read " + file, sqlite3_errmsg(db.get()));
  };
  const auto text = [](sqlite3_stmt* row, int column) -> std::string {
    const auto* bytes = sqlite3_column_text(row, column);
    return bytes ? reinterpret_cast<const char*>(bytes) : "";
  };
  if (result != SQLITE_OK) throw Fault(FaultKind::Stop, "open " + file, sqlite3_errstr(result));
  std::vector<std::string> tables, rows;
  query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
        [&](sqlite3_stmt* row) { tables.push_back(text(row, 0)); });
  for (const std::string& table : tables)
    query("SELECT * FROM " + table + " ORDER BY 1, 2", [&](sqlite3_stmt* row) {
      std::string line = table + ":";
      for (int column = 0; column < sqlite3_column_count(row); ++column)
        if (std::string_view(sqlite3_column_name(row, column)) != "inode")
          line += " | " + text(row, column);
      rows.push_back(std::move(line));
    });
  return rows;
}

}  // namespace pipeline
