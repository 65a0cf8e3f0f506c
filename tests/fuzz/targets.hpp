#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/finding.hpp"
#include "pipeline/value.hpp"
#include "stages/prepare/rules.hpp"

// Fuzz targets: each takes any bytes, has them read as the line does, and checks what must be true of whatever comes out.
//
//   takes   an input, as libFuzzer makes it or as the corpus holds it
//   faults  Broken, with what is not true; a sanitizer sees the rest
//
// To add one: a function here, a file of its name beside this one, its name in kTargets and in CMakeLists.txt, seeds in seeds.cpp.

namespace fuzz {

struct Broken : std::logic_error {
  using std::logic_error::logic_error;
};

inline void require(bool holds, const char* what) {
  if (!holds) throw Broken(what);
}

void zip(std::string_view input);
void json(std::string_view input);
void xlsx(std::string_view input);
void names(std::string_view input);
void image(std::string_view input);
void pdf(std::string_view input);
void bundle(std::string_view input);

struct Target {
  const char* name;
  void (*run)(std::string_view);
};
inline constexpr Target kTargets[] = {{"zip", zip},      {"json", json},   {"xlsx", xlsx},
                                      {"names", names},  {"image", image}, {"pdf", pdf},
                                      {"bundle", bundle}};

/// Inputs to begin with, built anew each time.
std::vector<std::string> seeds(std::string_view target);
/// Inputs that were found, from corpus/<target>.hex: one a line, "#" before a remark.
std::vector<std::string> kept(std::string_view target);

/// Those of the templates.
const prepare::Rules& rules();

/// What must be true of findings, whoever made them.
void check(const std::vector<pipeline::Finding>& findings);
/// All text in it is UTF-8, and it is the same after it was written and read.
void check(const pipeline::Value& value);

/// A ZIP of the entries that a text lists: a line "==name", then the content up to the next such line; content that begins with
/// "--" is such a list itself, of lines "--name". Anything else is the file as it is. So a change reaches what an entry holds, not
/// only its checksum.
std::string packed(std::string_view input);

}  // namespace fuzz
