#include "stages/decide/complete_notice.hpp"

#include <algorithm>
#include <set>

namespace decide {

using pipeline::Value;

namespace {

constexpr const char* kMark = "（此前应一并告知）";

std::set<std::string> slots_of(const Value& attachments) {
  std::set<std::string> slots;
  for (const Value& a : attachments.items()) slots.insert(a["slot"].string());
  return slots;
}

class Overlooked {
 public:
  Overlooked(const Value& earlier, const Value& form, const Value& attachments)
      : earlier_(earlier), earlier_form_(earlier["form"]), form_(form), attachments_(attachments) {}

  bool operator()(const pipeline::Finding& f) const {
    static const std::set<std::string, std::less<>> kOfToday{"ALREADY_PENDING",
                                                             "ALREADY_REGISTERED",
                                                             "SYNC_NOT_ELAPSED",
                                                             "PERSON_HAS_OTHER_ACCOUNT",
                                                             "CREDENTIAL_MISMATCH",
                                                             "USERNAME_TAKEN_BY_OTHER_HANDLER",
                                                             "ID_NAME_MISMATCH",
                                                             "WRONG_FOLDER",
                                                             "DUPLICATE_APPLICATION",
                                                             "CASE_CLOSED",
                                                             "NOT_OWN_STAFF",
                                                             "LATE",
                                                             "SELF_REVIEW"};
    if (f.severity == pipeline::Severity::Info || f.where.empty() || kOfToday.contains(f.code) ||
        !is_unchanged(f.where))
      return false;
    const auto& told = earlier_["findings"].items();
    return std::none_of(told.begin(), told.end(), [&](const Value& t) {
      return t["code"].string() == f.code && t["where"].string() == f.where;
    });
  }

 private:
  bool is_unchanged(const std::string& where) const {
    if (where == "attachments") return slots_of(attachments_) == slots_of(earlier_["attachments"]);
    // A place that is in neither round is no place of the form (a file's name), or what is still missing.
    return earlier_form_.at_path(where) == form_.at_path(where) &&
           (!form_.at_path(where).is_null() || where.find('.') != where.npos);
  }

  const Value &earlier_, &earlier_form_;
  const Value& form_;
  const Value& attachments_;
};

}  // namespace

void mark_overlooked(Matter& m, const Value& earlier, const Value& form, const Value& attachments) {
  if (earlier["form"].is_null()) return;
  const Overlooked overlooked(earlier, form, attachments);
  for (pipeline::Finding& f : m.out.findings)
    if (overlooked(f)) f.message += kMark;
  // What prepare told is told again with the mark, in place of its own.
  for (std::size_t i = 0; i < m.submission.findings.size(); ++i) {
    const auto& settled = m.out.settled;
    if (!overlooked(m.submission.findings[i]) ||
        form.at_path(m.submission.findings[i].where).is_null() ||
        std::find(settled.begin(), settled.end(), i) != settled.end())
      continue;
    m.out.settled.push_back(i);
    m.out.findings.push_back(m.submission.findings[i]);
    m.out.findings.back().message += kMark;
  }
}

bool is_overlooked_item(const Value& document, std::string_view item) {
  // A return in free text may have meant any item, and another reviewer has eyes of his own.
  const Value& last = document["last_return"];
  if (last["items"].size() == 0 || last["queue"].string() != document["queue"].string())
    return false;
  const auto mentions = [&](const Value& list) {
    return std::any_of(list.items().begin(), list.items().end(),
                       [&](const Value& entry) { return entry.string() == item; });
  };
  return !mentions(document["changed_items"]) && !mentions(last["items"]);
}

}  // namespace decide
