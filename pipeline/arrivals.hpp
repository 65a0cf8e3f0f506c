#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/files.hpp"
#include "pipeline/submission.hpp"

// Arrivals: what lies in the inbox, in order of arrival: by time of modification, then by drop and name.
//
//   takes   folders, and what is listed in them
//   gives   a Delivery each, made when it is asked for
//
// On a deadline's day an inbox holds a hundred thousand: each costs its name and 48 bytes until the end of a pass.

namespace pipeline {

class Arrivals {
 public:
  /// Files that are added from now on lie there.
  void enter(std::string drop, std::string folder);
  void add(const Listed& file);
  void sort();

  std::size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  Delivery operator[](std::size_t index) const;
  void erase_if(const std::function<bool(const Delivery&)>& unwanted);

 private:
  struct Folder {
    std::string drop, path;
  };
  struct Row {
    std::uint64_t size;
    std::int64_t modified_ns;
    std::uint64_t inode;
    std::uint64_t
        name_at;  ///< of the name on disk in names_; the readable one follows if it is another
    std::uint32_t disk_bytes, readable_bytes;  ///< the second is 0 if they are the same
    std::uint32_t folder;
  };
  std::string_view disk_name(const Row& row) const;
  std::string_view readable(const Row& row) const;

  std::vector<Folder> folders_;
  std::vector<Row> rows_;
  std::string names_;
};

/// The name in UTF-8, whatever the share wrote.
std::string readable_name(const std::string& name);

}  // namespace pipeline
