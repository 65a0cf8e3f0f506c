#include <set>

#include "pipeline/text.hpp"
#include "stages/prepare/findings.hpp"
#include "stages/prepare/prepare.hpp"
#include "tests/fuzz/targets.hpp"

namespace fuzz {

namespace {

using pipeline::Role;

void check_entry(const pipeline::Entry& entry) {
  require(pipeline::is_utf8(entry.name) && pipeline::is_utf8(entry.note), "an entry is UTF-8");
  require(entry.width >= 0 && entry.height >= 0 && entry.pages >= 0, "an entry has a size");
  require(entry.orientation >= 1 && entry.orientation <= 8, "a picture can be turned");
  require(entry.role != Role::Rejected || !entry.note.empty(), "what is rejected says why");
  require(entry.role != Role::Ignored || !entry.note.empty(), "what is ignored says why");
  require(entry.slot.empty() || rules().slots.find(entry.slot), "a slot is one of ours");
}

}  // namespace

/// The first byte says where the delivery lay and what it was called.
void bundle(std::string_view input) {
  if (input.empty()) return;
  constexpr const char* kDrops[] = {"unit-12652901PDY0001249", "public",
                                    "agency-11652901PDY000116H", "committee-XJ-01"};
  constexpr const char* kNames[] = {"a.zip", "form.json", "审批单.pdf", "待审清单.xlsx"};
  const unsigned how = static_cast<unsigned char>(input[0]);
  const std::string bytes = packed(input.substr(1));
  pipeline::Delivery delivery;
  delivery.drop = kDrops[how & 3];
  delivery.name = kNames[how >> 2 & 3];
  delivery.size = bytes.size();
  const pipeline::Submission made = prepare::prepare(delivery, bytes, rules());

  require(made.size == bytes.size() && made.sha256.size() == 64, "it is the delivery");
  require(made.opened || pipeline::has_error(made.findings), "what is not opened says why");
  require(made.findings.size() <= prepare::kMostFindings + 1, "findings are few");
  check(made.findings);
  check(made.form);
  std::size_t forms = 0;
  for (const pipeline::Entry& entry : made.entries) {
    check_entry(entry);
    forms += entry.role == Role::Form ? 1 : 0;
    require(made.opened || entry.role == Role::Rejected, "nothing of what is not opened is used");
  }
  require(forms <= 1, "there is one form at most");
  require(made.kind.empty() || forms == 1, "a kind comes from a form");
  for (const pipeline::Submission& part : made.parts) {
    check(part.findings);
    check(part.form);
  }
}

}  // namespace fuzz
