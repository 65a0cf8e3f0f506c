#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/sample.hpp"
#include "app/sample_flaws.hpp"
#include "pipeline/files.hpp"

namespace app {

/// The inbox that fills: numbers, spoils, packs, writes and dates one bundle after the other.
class SampleInbox {
 public:
  SampleInbox(int count, std::string folder);

  std::size_t size() const { return samples_.size(); }
  int minute() const;  ///< of the next bundle, since 2026-11-20T00:00
  std::vector<Sample> take() { return std::move(samples_); }

  /// `case_kind` as in pipeline::case_number, 0 if it opens no case. Gives the number of the case
  /// it opens or carries on; "" if it is flawed.
  std::string zip(const std::string& drop, std::string_view what, Submitted submitted,
                  Packing packing, Flaw flaw, char case_kind);
  /// A form without attachments, `zipped` or as it is.
  void form(const std::string& drop, std::string_view what, const pipeline::Value& form,
            bool zipped, Flaw flaw, const std::string& case_id);
  /// The last bundle that was right, once more under another name; false if there is none yet.
  bool again();

 private:
  std::string title(std::string_view what) const;
  void write(const std::string& file, const std::string& bytes, const std::string& drop,
             Sample sample);

  std::size_t digits_;
  std::string folder_;
  std::unique_ptr<pipeline::Files> files_;
  std::vector<Sample> samples_;
  std::string last_drop_, last_bytes_;
  Sample last_;
};

}  // namespace app
