#pragma once

#include <string>
#include <vector>

#include "app/sample_people.hpp"
#include "pipeline/sha256.hpp"
#include "tests/form_pdf.hpp"
#include "tests/zip_builder.hpp"

// Corpus: files as they really come, odd and hostile, each with the answer that it must get.
//
// A row is a file, as it is dropped, and what its receipt must say. The tables are corpus_zips, corpus_images, corpus_pdfs,
// corpus_forms; corpus_test drops them all. One more is one line.

namespace corpus {

struct Row {
  std::string name;  ///< in its drop folder
  std::string bytes;
  std::string result;
  std::string
      codes;  ///< of all findings, each once, in order; "+CODE" if only the ledger's side can tell
  std::size_t entries;    ///< that the receipt must name
  std::string told = {};  ///< that the messages, hints and notes must hold
  std::string drop = "public";
};

/// Registrations of units that nobody else registers.
class Units {
 public:
  Units(std::uint64_t seed, std::string region)
      : random_(seed), people_(seed), region_(std::move(region)) {}

  app::Unit next() {
    // One whose handler has no number of a county that is gone: that would be told too.
    for (;;) {
      const app::Unit unit =
          people_.unit(random_, app::Province::Hunan, app::Branch::School, region_);
      if (!unit.handler.id_number.starts_with("431121")) return unit;
    }
  }
  std::string form(const std::string& more = {}) { return form_of(next(), more); }
  std::string form_of(const app::Unit& unit, const std::string& more = {}) const {
    const auto field = [](const char* key, const std::string& value) {
      return "\"" + std::string(key) + "\":\"" + value + "\"";
    };
    return R"({"kind":"unit_registration","submit":true,"unit":{)" + field("name", unit.name) +
           "," + field("uscc", unit.uscc) + R"(,"nature":"事业单位","level":"county",)" +
           field("region", region_) + "," + field("legal_rep", unit.legal_rep) + "," +
           field("phone", unit.phone) + R"(},"handler":{)" + field("name", unit.handler.name) +
           "," + field("id_number", unit.handler.id_number) + "," +
           field("phone", unit.handler.phone) + R"(},"account":{)" +
           field("username", unit.username) + "," +
           field("password_digest", pipeline::sha256(unit.username)) +
           R"(},"business_types":["pt"],)" + field("pooling_region", region_) +
           R"(,"review_target":{"kind":"主管机构"})" + more + "}";
  }

  /// A scan that no other bundle holds.
  std::string scan() { return form_pdf::scan(region_ + " " + std::to_string(++scans_)); }

  /// A bundle that has all it needs but, perhaps, its first scan. Four entries; three without that scan.
  zip_builder::Builder begun(bool first_scan = true, const zip_builder::Options& how = {},
                             const std::string& folder = {}) {
    zip_builder::Builder zip;
    zip.add(folder + "form.json", form(), how);
    if (first_scan) zip.add(folder + "U03.pdf", scan(), how);
    zip.add(folder + "U05.pdf", scan(), how).add(folder + "U06.pdf", scan(), how);
    return zip;
  }

 private:
  app::Random random_;
  app::People people_;
  std::string region_;
  int scans_ = 0;
};

/// A name that any file system takes.
inline std::string file_name(const std::string& table, std::size_t number, const std::string& name,
                             const std::string& suffix) {
  std::string digits = std::to_string(number);
  digits.insert(0, 3 - std::min<std::size_t>(3, digits.size()), '0');
  std::string out = table + digits + " " + name;
  for (char& c : out)
    if (c == '/' || c == '\\') c = '_';
  return out + suffix;
}

}  // namespace corpus
