#pragma once

#include <cstdint>
#include <string>
#include <vector>

// Sample: realistic bundles of every kind, as an inbox fills in the course of some hours.
//
//   takes   how many, a folder (an inbox: its sub-folders are drops, what lies in it directly is
//   the public's), a seed gives   bundles of fictional units and people with real JPEG, PNG and PDF
//   attachments; about a quarter of them wrong, as life
//           has it. They tell one story: units register, are approved, their staff applies, the
//           units decide. The same options give the same bytes, names and modification times; names
//           sort in order of arrival.
//   faults  Retry: the folder cannot be written
//
// To add a kind: sample_forms.hpp. To add something that goes wrong: sample_flaws.hpp.

namespace app {

struct SampleOptions {
  std::uint64_t seed = 1;
  int min_kb = 50;  ///< sizes of the photographs
  int max_kb = 3000;
  int uniform_kb = 0;  ///< not 0: nothing but right registrations of about this size, with five
                       ///< deflated attachments each
};

struct Sample {
  std::string path;     ///< below the folder
  std::string kind;     ///< as meant, even if the bundle does not say so
  std::string flaw;     ///< "" if it is right; else what is wrong with it, e.g. "uscc_check"
  std::string case_id;  ///< of the case it opens or speaks of; "" if none
};

/// What was written, in order of arrival: one minute apart from 2026-11-20T09:00:00+08:00.
std::vector<Sample> write_samples(int count, const std::string& folder,
                                  const SampleOptions& options = {});

}  // namespace app
