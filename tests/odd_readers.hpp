#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tests {

/// Readers that say that they are ready, and then do as they like (odd_reader.cpp).
class OddReaders {
 public:
  explicit OddReaders(const std::string& then)
      : path_((std::filesystem::temp_directory_path() / ("reader-" + std::to_string(getpid())))
                  .string()) {
    std::ofstream out(path_);
    out << "#!/bin/sh\nexec '" << ODD_READER << "' \"$(cat <<'end'\n" << then << "\nend\n)\"\n";
    out.close();
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  }
  ~OddReaders() { std::filesystem::remove(path_); }
  OddReaders(const OddReaders&) = delete;
  OddReaders& operator=(const OddReaders&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace tests
