#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/prepare/limits.hpp"

// Foreign: has files from strangers read by libraries in a process that has nothing to lose.
//
//   takes   the drop that a file comes from, what to read, its bytes, the limits
//   gives   the reader's answer (JSON, pages or a picture, as foreign as the file); nothing: the reader died of the file, used up its seconds of work
//           or fell asleep over it
//   faults  Retry: the machine's fault and not the file's: no reader can be started, it got no time to work, others killed it twice
//
// A reader is a program of its own, one for pictures and one for PDFs, which this one carries inside (foreign_programs.hpp): without
// files, network, environment or any system call but those for memory and its one socket. It is forked, when first needed, from a
// process that waits for that (foreign_nursery.hpp) and reads many files; a new one takes the place of one that died. A file may take
// its reader over, unnoticed, and see what comes after: a reader reads the files of one drop only.
// To have something else read: a letter in foreign_pictures.cpp or foreign_pdfs.cpp.

namespace prepare {

class Nursery;

/// What a reader is asked to do.
enum class ForeignTask : char {
  PdfForm = 'P',
  PdfInspect = 'I',
  ImageBlank = 'B',
  PdfPages = 'S',
  ImagePlain = 'N'
};

/// By which program.
enum class ForeignKind { Picture, Pdf };
ForeignKind kind_of(ForeignTask task);

/// Any thread: each file gets a reader that has no other.
/// `answer` is nothing if the file ended its reader; then its work is all that a file may cost.
struct ForeignReading {
  std::optional<std::string> answer;
  std::chrono::milliseconds work{0};
};

class ForeignReaders {
 public:
  /// `program` "": those carried inside; else it reads all.
  explicit ForeignReaders(std::string program = {});
  ~ForeignReaders();
  ForeignReaders(const ForeignReaders&) = delete;
  ForeignReaders& operator=(const ForeignReaders&) = delete;

  /// So many wait for the next file of their drop; of more the oldest ends.
  static constexpr std::size_t kMostIdle = 16;

  ForeignReading read(const std::string& drop, ForeignTask task, std::string_view bytes,
                      const Limits& limits);

  /// No more files will come from there: who waits for them ends.
  void dismiss(const std::string& drop);

  /// Process ids of all readers there are now, busy or not.
  std::vector<int> processes() const;
  /// Process id of who bears those of a kind; 0: nobody yet, or not now.
  int nursery_process(ForeignKind kind) const;

 private:
  class Reader;
  struct Idle {
    std::string drop;
    std::unique_ptr<Reader> reader;
  };
  std::unique_ptr<Reader> take(const std::string& drop, ForeignKind kind, const Limits& limits);
  std::shared_ptr<Nursery> nursery(ForeignKind kind);
  /// It bears no more; unless another one has taken its place.
  void close_nursery(int pid);
  void give_back(const std::string& drop, std::unique_ptr<Reader> reader);

  std::string program_;
  mutable std::mutex mutex_;
  std::vector<Idle> idle_;  ///< the oldest first
  std::vector<int> processes_;
  mutable std::mutex nursery_mutex_;
  std::map<ForeignKind, std::shared_ptr<Nursery>> nurseries_;
};

}  // namespace prepare
