#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/prepare/limits.hpp"

// Foreign: has files from strangers read by libraries in a process that has nothing to lose.
//
//   takes   what to read, the bytes of one file, the limits
//   gives   the reader's answer (JSON, as foreign as the file); nothing: it died of the file, overran a limit or kept silent
//   faults  Retry: no reader can be started, which is the machine's fault and not the file's
//
// A reader is this program again (`dossier read-foreign`), without files, network, environment or any system call but those for
// memory and its one socket. It is started when first needed and reads many files; a new one takes the place of one that died.
// To have something else read: a letter in foreign_child.cpp.

namespace prepare {

/// What a reader is asked to do.
enum class ForeignTask : char { PdfForm = 'P', PdfInspect = 'I', ImageBlank = 'B' };

/// Any thread: each file gets a reader that has no other.
class ForeignReaders {
 public:
  /// `program` "": the one that runs, also if its file was replaced since.
  explicit ForeignReaders(std::string program = {});
  ~ForeignReaders();
  ForeignReaders(const ForeignReaders&) = delete;
  ForeignReaders& operator=(const ForeignReaders&) = delete;

  std::optional<std::string> read(ForeignTask task, std::string_view bytes, const Limits& limits);

  /// Process ids of all readers there are now, busy or not.
  std::vector<int> processes() const;

 private:
  class Reader;
  std::unique_ptr<Reader> take(const Limits& limits);
  void give_back(std::unique_ptr<Reader> reader);

  std::string program_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_;
  std::vector<int> processes_;
};

}  // namespace prepare
