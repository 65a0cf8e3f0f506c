#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/fuzz/targets.hpp"

// Writes what libFuzzer begins with: FOLDER/<target>/<number>, of each target the seeds and what the corpus keeps.

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: fuzz_seeds FOLDER\n";
    return 2;
  }
  for (const fuzz::Target& target : fuzz::kTargets) {
    const std::filesystem::path folder = std::filesystem::path(argv[1]) / target.name;
    std::filesystem::create_directories(folder);
    std::vector<std::string> inputs = fuzz::seeds(target.name);
    for (std::string& input : fuzz::kept(target.name)) inputs.push_back(std::move(input));
    for (std::size_t i = 0; i < inputs.size(); ++i)
      std::ofstream(folder / std::to_string(i), std::ios::binary) << inputs[i];
    std::cout << target.name << ' ' << inputs.size() << '\n';
  }
}
