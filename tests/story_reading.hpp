#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "app/sample_zip.hpp"
#include "pipeline/json.hpp"
#include "pipeline/text.hpp"
#include "tests/form_pdf.hpp"

// Reading stories: tests/cases/*.cases as texts, and the bundles that their `put` steps drop.
//
//   takes   the name of a file of tests/cases
//   gives   its stories; of a put, the very same bytes whoever delivers them
//   faults  a failed expectation
//
// What the steps mean: tests/cases/README.md.

namespace tests {

inline const std::string kCases = std::string(DOSSIER_SOURCE_DIR) + "/tests/cases/";

inline std::string read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  EXPECT_TRUE(in) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

struct StoryText {
  std::string before;  ///< what is written between the stories
  std::string title;   ///< with its "== "
  std::vector<std::string> steps;
  std::string expected;
};

inline std::vector<StoryText> stories_of(const std::string& name) {
  std::vector<StoryText> stories;
  std::string between;
  bool answers = false;
  std::istringstream in(read_file(kCases + name + ".cases"));
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("== ")) {
      stories.push_back({between, line, {}, {}});
      between.clear();
      answers = false;
    } else if (line == "----") {
      answers = true;
    } else if (stories.empty()) {
      between += line + "\n";
    } else if (!line.empty()) {
      if (answers)
        stories.back().expected += line + "\n";
      else
        stories.back().steps.push_back(line);
    }
  }
  EXPECT_FALSE(stories.empty()) << name;
  return stories;
}

inline std::vector<std::string> case_files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kCases))
    if (entry.path().extension() == ".cases") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// One line of a story, and the indented ones below it.
struct Step {
  std::string verb;
  std::vector<std::string> arguments, details;
};

inline std::vector<Step> steps_of(const std::vector<std::string>& lines) {
  std::vector<Step> steps;
  for (const std::string& line : lines) {
    if (line.starts_with("  ")) {
      steps.back().details.push_back(line);
      continue;
    }
    std::istringstream words(line);
    Step step;
    words >> step.verb;
    step.arguments.assign(std::istream_iterator<std::string>(words), {});
    steps.push_back(std::move(step));
  }
  return steps;
}

/// Sets "a.b[0].c" in a form; the empty value takes the member away.
inline void set_path(pipeline::Value& form, const std::string& path,
                     const std::optional<pipeline::Value>& value) {
  pipeline::Value* at = &form;
  std::string rest = path;
  for (;;) {
    const auto dot = rest.find('.');
    std::string step = rest.substr(0, dot);
    const auto bracket = step.find('[');
    const std::string name = step.substr(0, bracket);
    if (dot == rest.npos && bracket == step.npos) {
      if (value)
        at->set(name, *value);
      else
        at->erase(name);
      return;
    }
    at = &at->member(name);
    if (bracket != step.npos) at = &at->items_mutable().at(std::stoul(step.substr(bracket + 1)));
    rest = dot == rest.npos ? "" : rest.substr(dot + 1);
    if (rest.empty()) {
      *at = value.value_or(pipeline::Value());
      return;
    }
  }
}

/// The bytes of the bundle that a put step called `name` drops; `expand` puts case numbers for "$name".
inline std::string bundle_of(const Step& put, const std::string& name,
                             const std::function<std::string(std::string)>& expand) {
  using pipeline::Value;
  pipeline::Json form =
      pipeline::parse_json(read_file(kCases + "forms/" + put.arguments.at(1) + ".json"));
  EXPECT_EQ(form.error, "") << put.arguments[1];
  std::vector<std::string> slots;
  std::string scans_of = name;
  bool listed = false;  // by "files", in place of what the form's file names
  for (const Value& line : form.value["attachments"].items())
    slots.push_back(line["slot"].string());
  for (const std::string& detail : put.details) {
    const std::string line(pipeline::trim(detail));
    if (line.starts_with("files")) {
      slots.clear();
      listed = true;
      for (const auto slot : pipeline::split(line.substr(5), ' '))
        if (!slot.empty()) slots.emplace_back(slot);
      continue;
    }
    if (line.starts_with("scans ")) {
      scans_of = line.substr(6);
      continue;
    }
    const auto equals = line.find('=');
    EXPECT_NE(equals, line.npos) << line;
    const std::string path(pipeline::trim(line.substr(0, equals)));
    const std::string text = expand(std::string(pipeline::trim(line.substr(equals + 1))));
    const pipeline::Json value = pipeline::parse_json(text);
    EXPECT_TRUE(text.empty() || value.error.empty()) << line;
    set_path(form.value, path, text.empty() ? std::nullopt : std::optional(value.value));
  }
  std::vector<app::ZipEntry> entries;
  if (listed) form.value.set("attachments", Value::array());
  for (const std::string& slot : slots) {
    if (listed)
      form.value.member("attachments")
          .push(Value::object({{"slot", slot}, {"file", slot + ".pdf"}}));
    entries.push_back({slot + ".pdf", app::own(form_pdf::scan(scans_of + slot))});
  }
  entries.push_back({"form.json", app::own(form.value.dump())});
  return app::zip_bytes(entries, {}, 0);
}

}  // namespace tests
