#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "pipeline/text.hpp"

// Writes the smallest files of a folder as lines of hexadecimal, so many bytes of text in all: what the corpus keeps of a run.

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: fuzz_keep FOLDER BYTES\n";
    return 2;
  }
  std::vector<std::string> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream in(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  std::sort(inputs.begin(), inputs.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  std::size_t left = std::stoul(argv[2]);
  for (const std::string& input : inputs) {
    const std::string line = pipeline::hex(input) + '\n';
    if (line.size() > left) break;
    left -= line.size();
    std::cout << line;
  }
}
