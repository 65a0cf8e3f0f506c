#include "pipeline/file_statement.hpp"

#include <Poco/Data/SQLite/Utility.h>
#include <sqlite3.h>

namespace pipeline {

FileStatement::~FileStatement() {
  sqlite3_finalize(compiled_);
}

void FileStatement::check(int status) {
  if (status == SQLITE_OK || status == SQLITE_ROW || status == SQLITE_DONE) return;
  const std::string why = sqlite3_errmsg(file_);
  stop();
  Poco::Data::SQLite::Utility::throwException(file_, status, why);
}

void FileStatement::stop() {
  if (compiled_) sqlite3_reset(compiled_);
  running_ = false;
}

void FileStatement::bind(const std::deque<Slot>& parameters) {
  int place = 0;
  for (const Slot& slot : parameters) {
    ++place;
    if (const auto* number = std::get_if<std::int64_t>(&slot)) {
      check(sqlite3_bind_int64(compiled_, place, *number));
    } else {
      const std::string& text = std::get<std::string>(slot);
      check(sqlite3_bind_text64(compiled_, place, text.data(), text.size(), SQLITE_STATIC,
                                SQLITE_UTF8));
    }
  }
}

std::size_t FileStatement::next(const std::deque<Slot>& parameters, std::deque<Slot>& columns) {
  if (!compiled_)
    check(sqlite3_prepare_v3(file_, sql_.c_str(), static_cast<int>(sql_.size() + 1),
                             SQLITE_PREPARE_PERSISTENT, &compiled_, nullptr));
  if (!running_) bind(parameters);
  running_ = true;
  const int status = sqlite3_step(compiled_);
  check(status);
  if (status == SQLITE_DONE) {
    const int changed = columns.empty() ? sqlite3_changes(file_) : 0;
    stop();
    return static_cast<std::size_t>(changed);
  }
  int place = 0;
  for (Slot& slot : columns) {
    if (auto* number = std::get_if<std::int64_t>(&slot)) {
      *number = sqlite3_column_int64(compiled_, place);
    } else {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(compiled_, place));
      const int size = sqlite3_column_bytes(compiled_, place);
      std::get<std::string>(slot).assign(text ? text : "", static_cast<std::size_t>(size));
    }
    ++place;
  }
  return 1;
}

}  // namespace pipeline
