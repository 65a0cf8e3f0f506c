#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

// What a paper or a sheet holds, as text that is kept in tests/golden. UPDATE=1 writes it anew: look at what changed.

namespace golden {

inline void compare(const std::string& name, const std::string& text) {
  const std::string path = std::string(DOSSIER_SOURCE_DIR) + "/tests/golden/" + name;
  if (const char* update = std::getenv("UPDATE"); update && std::string(update) == "1") {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is not there: UPDATE=1 writes it";
  std::stringstream kept;
  kept << file.rdbuf();
  EXPECT_EQ(kept.str(), text) << name << ": UPDATE=1 writes it anew, if this is as it should be";
}

}  // namespace golden
