#pragma once

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "pipeline/json.hpp"
#include "pipeline/sha256.hpp"
#include "tests/papers_samples.hpp"
#include "tests/pdf_reading.hpp"

// The form of a PDF as qpdf reads it.

namespace papers {

using pipeline::Value;

struct FormField {
  std::string kind;  ///< "text", "lines", "hidden", "choice", "check" or "radio"
  std::string value, tip;
  std::vector<std::string> codes, labels;  ///< of a choice; codes alone for boxes
  bool prints = true;
  std::vector<double> corners;  ///< of the last widget
};

/// qpdf marks texts with "u:".
inline std::string plain(const Value& value) {
  const std::string text = value.text();
  return text.starts_with("u:") ? text.substr(2) : text;
}

inline Value qpdf_json(const std::string& path) {
  return json(run("qpdf --json " + path));
}

/// Everything in the document's form by its full name.
inline std::map<std::string, FormField> form_of(const std::string& path) {
  const Value document = qpdf_json(path);
  std::map<std::string, FormField> out;
  EXPECT_TRUE(document["acroform"]["needappearances"].boolean());
  for (const Value& field : document["acroform"]["fields"].items()) {
    FormField& made = out[field["fullname"].text()];
    const Value& widget =
        document["qpdf"][1]["obj:" + field["annotation"]["object"].text()]["value"];
    const Value& object = document["qpdf"][1]["obj:" + field["object"].text()]["value"];
    const auto flags = field["fieldflags"].integer();
    const auto shown = field["annotation"]["annotationflags"].integer();
    if (field["fieldtype"].text() == "/Tx")
      made.kind = flags & 1 && shown & 2 ? "hidden" : flags & (1 << 12) ? "lines" : "text";
    if (field["ischoice"].boolean() && flags & (1 << 17)) made.kind = "choice";
    if (field["ischeckbox"].boolean()) made.kind = "check";
    if (field["isradiobutton"].boolean()) made.kind = "radio";
    made.value = plain(field["value"]);
    made.tip = field["alternativename"].text();
    made.prints &= shown == 4;
    for (const Value& option : object["/Opt"].items()) {
      made.codes.push_back(plain(option[0]));
      made.labels.push_back(plain(option[1]));
    }
    if (made.kind == "check" || made.kind == "radio") {
      for (const auto& [state, stream] : widget["/AP"]["/N"].members())
        if (state != "/Off") made.codes.push_back(state);
      EXPECT_TRUE(widget["/AP"]["/N"].has("/Off")) << "an empty box must print";
    }
    made.corners.clear();
    for (const Value& number : widget["/Rect"].items()) made.corners.push_back(number.number());
  }
  return out;
}

/// What the field `content` must say (X53), taken from the pages themselves: every text is shown
/// by Tj, written in hexadecimal.
inline std::string digest_of_pages(const std::string& path) {
  std::string shown;
  const Value document = qpdf_json(path);
  for (const Value& page : document["pages"].items()) {
    std::string object = page["contents"][0].text();
    object = object.substr(0, object.find(' '));
    std::istringstream content(
        run("qpdf --show-object=" + object + " --filtered-stream-data " + path));
    for (std::string line; std::getline(content, line);) {
      for (auto to = line.find(">Tj"); to != line.npos; to = line.find(">Tj", to + 1))
        for (auto i = line.rfind('<', to) + 1; i + 1 < to; i += 2)
          shown += static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16));
    }
    shown += '\f';
  }
  return pipeline::sha256(shown);
}

}  // namespace papers
