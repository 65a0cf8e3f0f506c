#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <sstream>
#include <string>

#include "pipeline/text.hpp"

// What the tools of poppler-utils and qpdf say about a PDF.

namespace papers {

/// What the command prints, errors too; its status must be 0.
inline std::string run(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::string out;
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
    out.append(buffer.data(), n);
  EXPECT_EQ(::pclose(pipe), 0) << command << "\n" << out;
  return out;
}

inline std::string squeezed(const std::string& text) {
  std::string out;
  for (const char32_t c : pipeline::code_points(text)) {
    if (c > U' ' && c != U'　') pipeline::append_utf8(out, c);
  }
  return out;
}

/// The text layer in drawing order without blanks.
inline std::string text_of(const std::string& path) {
  return squeezed(run("pdftotext -raw -enc UTF-8 " + path + " -"));
}

inline int pages_of(const std::string& path) {
  const std::string info = run("pdfinfo " + path);
  return std::stoi(info.substr(info.find("Pages:") + 6));
}

inline void expect_sound(const std::string& path) {
  EXPECT_NE(run("qpdf --check " + path).find("No syntax or stream encoding errors found"),
            std::string::npos);
  std::istringstream fonts(run("pdffonts " + path));
  std::string line;
  int count = 0;
  while (std::getline(fonts, line)) {
    if (line.find("DOSSI") == std::string::npos) continue;
    count++;
    EXPECT_TRUE(line.find("CID Type 0C") != std::string::npos ||
                line.find("CID TrueType") != std::string::npos)
        << line;
    EXPECT_NE(line.find("yes yes yes"), std::string::npos) << line;
  }
  EXPECT_GE(count, 1);
}

}  // namespace papers
