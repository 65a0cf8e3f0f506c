#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "stages/produce/make.hpp"

// Makes papers in a folder of the test's own; DOSSIER_KEEP_PAPERS names one in which copies stay.

namespace papers {

using pipeline::Value;

inline std::filesystem::path scratch() {
  static const std::filesystem::path folder = [] {
    auto made =
        std::filesystem::temp_directory_path() / ("dossier-papers-" + std::to_string(::getpid()));
    std::filesystem::create_directories(made);
    return made;
  }();
  return folder;
}

class Scratch : public testing::Environment {
 public:
  void TearDown() override { std::filesystem::remove_all(scratch()); }
};
inline const auto* const kScratch = testing::AddGlobalTestEnvironment(new Scratch);

inline const produce::Kit& kit() {
  static const auto made = produce::load_kit(DOSSIER_SOURCE_DIR "/templates");
  return *made;
}

inline std::string stored(const std::string& pdf, const std::string& name) {
  const auto path = (scratch() / (name + ".pdf")).string();
  std::ofstream(path, std::ios::binary) << pdf;
  if (const char* keep = std::getenv("DOSSIER_KEEP_PAPERS")) {
    std::ofstream(std::string(keep) + "/" + name + ".pdf", std::ios::binary) << pdf;
  }
  return path;
}

inline std::string pdf_of(const std::vector<pipeline::Paper>& made) {
  for (const pipeline::Paper& paper : made) {
    if (paper.path.ends_with(".pdf")) return paper.bytes;
  }
  return {};
}

inline std::string make_pdf(const std::string& maker, const Value& payload,
                            const Value* subject = nullptr) {
  return pdf_of(produce::make({maker, "somewhere/paper", payload, std::nullopt}, subject, kit()));
}

}  // namespace papers
