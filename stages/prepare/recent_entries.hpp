#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

// Recent entries: what was just inflated of small files, for the dossier that is made of them soon after.
//
//   takes   an entry's SHA-256 and its bytes; later the SHA-256
//   gives   the bytes, once; nothing: it is to be read from the vault, where it is the same
//   faults  none
//
// Any thread. To inflate the entries of a small bundle again would cost a tenth of all its papers.

namespace prepare {

class RecentEntries {
 public:
  static constexpr std::size_t kLargest = 64u << 10, kMost = 8u << 20;  ///< bytes: of one; of all

  /// The oldest make room for it. What is too large is not kept.
  void keep(const std::string& sha256, std::string_view bytes);
  std::optional<std::string> take(const std::string& sha256);

 private:
  struct Kept {
    std::string sha256, bytes;
  };
  using Place = std::list<Kept>::iterator;
  Kept remove(Place place);

  std::mutex mutex_;
  std::list<Kept> kept_;  ///< the oldest first
  std::unordered_map<std::string_view, Place> places_;
  std::size_t size_ = 0;
};

}  // namespace prepare
