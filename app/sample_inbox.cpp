#include "app/sample_inbox.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "pipeline/fault.hpp"
#include "pipeline/identifiers.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/time.hpp"

namespace app {

SampleInbox::SampleInbox(int count, std::string folder)
    : digits_(std::max<std::size_t>(4, std::to_string(count).size())),
      folder_(std::move(folder)),
      files_(pipeline::make_files()) {}

int SampleInbox::minute() const {
  return 9 * 60 + static_cast<int>(samples_.size());
}

std::string SampleInbox::title(std::string_view what) const {
  const std::string number = std::to_string(samples_.size() + 1);
  return std::string(digits_ - number.size(), '0') + number + "-" + std::string(what);
}

void SampleInbox::write(const std::string& file, const std::string& bytes, const std::string& drop,
                        Sample sample) {
  const std::string place = drop.empty() ? folder_ : pipeline::path_join(folder_, drop);
  const std::string path = pipeline::path_join(place, file);
  files_->make_folders(place);
  files_->write(path, bytes);
  const pipeline::Time day = *pipeline::parse_time("2026-11-20T00:00:00+08:00");
  const timespec at{static_cast<time_t>(day.us / 1000000 + 60LL * minute()), 0};
  const timespec times[] = {at, at};
  if (utimensat(AT_FDCWD, path.c_str(), times, 0) != 0)
    throw pipeline::Fault(pipeline::FaultKind::Retry, "date " + path, std::strerror(errno));
  sample.path = pipeline::path_join(drop, file);
  samples_.push_back(std::move(sample));
}

std::string SampleInbox::zip(const std::string& drop, std::string_view what, Submitted submitted,
                             Packing packing, Flaw flaw, char case_kind) {
  const std::string name = title(what), kind = submitted.form["kind"].string();
  std::string case_id = submitted.form["resubmits"].text();
  spoil(submitted, flaw);
  std::vector<ZipEntry> entries = entries_of(submitted, packing, name);
  spoil(entries, packing, flaw);
  std::string bytes = pack(entries, packing, minute());
  spoil(bytes, flaw);
  if (flaw != Flaw::None)
    case_id.clear();
  else if (case_id.empty() && case_kind != 0)
    case_id = pipeline::case_number(case_kind, pipeline::sha256(bytes));
  write(name + ".zip", bytes, drop, {{}, kind, std::string(app::name(flaw)), case_id});
  if (flaw == Flaw::None) {
    last_drop_ = drop;
    last_ = samples_.back();
    last_bytes_ = std::move(bytes);
  }
  return case_id;
}

void SampleInbox::form(const std::string& drop, std::string_view what, const pipeline::Value& form,
                       bool zipped, Flaw flaw, const std::string& case_id) {
  Submitted submitted{form, {}};
  if (zipped) {
    zip(drop, what, std::move(submitted), {}, flaw, 0);
    samples_.back().case_id = case_id;
    return;
  }
  spoil(submitted, flaw);
  write(title(what) + ".json", form_text(submitted.form, FormText::Utf8), drop,
        {{}, form["kind"].string(), std::string(name(flaw)), case_id});
}

bool SampleInbox::again() {
  if (last_bytes_.empty()) return false;
  Sample sample = last_;
  sample.flaw = name(Flaw::Duplicate);
  write(title("副本.zip"), last_bytes_, last_drop_, std::move(sample));
  return true;
}

}  // namespace app
