#include "stages/produce/workbook_lists.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "pipeline/identifiers.hpp"
#include "pipeline/outcome.hpp"
#include "pipeline/text.hpp"
#include "stages/produce/statistics_people.hpp"

// The rows of the lists.

namespace produce {

namespace {

using pipeline::Time;
using pipeline::Value;

std::string words(const pipeline::Dictionary& dictionary, std::string_view name,
                  const Value& codes) {
  std::vector<std::string> labels;
  for (const Value& code : codes.items()) labels.push_back(dictionary.label(name, code.string()));
  return pipeline::join(labels, "、");
}

std::string texts(const Value& list) {
  std::vector<std::string> parts;
  for (const Value& item : list.items()) parts.push_back(item.string());
  return pipeline::join(parts, "、");
}

/// Masks the ID numbers that stand in a message or a file name.
std::string masked(std::string text) {
  constexpr std::size_t kLength = 18;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    const bool last = digit || text[i] == 'X' || text[i] == 'x';
    if (digits + 1 >= kLength && last) {
      const std::size_t from = i + 1 - kLength;
      const std::string id = text.substr(from, kLength);
      if (pipeline::id_birth(id)) text.replace(from, kLength, pipeline::mask_id(id));
    }
    digits = digit ? digits + 1 : 0;
  }
  return text;
}

/// The day of birth is what a masked ID number leaves out: who has both has the number.
std::string year_of(const std::string& day) {
  constexpr std::size_t kYear = 4;
  return day.substr(0, kYear);
}

std::size_t due_of(const Value& body, Time now) {
  const pipeline::Day today = pipeline::beijing_day(now);
  const auto due = pipeline::parse_iso_date(body["due"].string());
  if (!due || *due > today + std::chrono::days(1)) return 0;
  return *due > today ? 1 : *due == today ? 2 : 3;
}

/// In this order what is reported up stands together, and so does what is closed.
std::uint64_t progress_place(const CaseFacts& facts) {
  const bool reported = facts.progress[Reported], closed = facts.progress[Closed];
  return reported ? (closed ? 2 : 1) : (closed ? 3 : 0);
}

}  // namespace

pipeline::Turn Details::rows_of(const Value& body, const CaseFacts& facts) {
  std::vector<std::pair<SortedList*, SpoolRow>> rows;
  if (facts.pending) rows.emplace_back(&pending_, pending(body, facts));
  if (facts.counted && facts.application) {
    rows.emplace_back(&applications_, application(body, facts));
    rows.emplace_back(&titles_, title(body, facts));
    for (const std::string& item : returned_items(body))
      rows.emplace_back(&returns_, returned(body, item));
  } else if (facts.counted) {
    rows.emplace_back(&registrations_, registration(body));
  }
  for (const CaseStep& each : facts.steps)
    if (facts.counted && each.kind != NoStep && each.at >= moments_.fortnight && each.at <= now_)
      rows.emplace_back(&steps_, step(body, each));
  return [rows = std::move(rows)] {
    for (const auto& [list, row] : rows) list->add(row);
  };
}

pipeline::Turn Details::rows_of(const pipeline::Received& delivered) {
  return [this, row = delivery(delivered)] { deliveries_.add(row); };
}

SpoolRow Details::registration(const Value& body) const {
  const pipeline::Dictionary& dictionary = terms_.dictionary;
  const Value& requested = body["requested_target"];
  return registrations_.row()
      .code(body["case"].string())
      .text(dictionary.label("kind", body["kind"].string()))
      .text(body["unit"].string())
      .code(body["uscc"].string())
      .code(dictionary.label("nature", body["unit_nature"].string()))
      .code(dictionary.label("unit_level", body["unit_level"].string()))
      .text(terms_.regions.full_name(body["region"].string()))
      .text(terms_.regions.full_name(body["pooling_region"].string()))
      .text(words(dictionary, "business_type", body["business_types"]))
      .code(dictionary.label("review_target", requested["kind"].string()))
      .text(requested["name"].string())
      .code(body["reviewer_label"].string())
      .text(body["reviewer"].string())
      .yes_no(body["hr_override"].boolean())
      .text(body["handler"].string())
      .code(pipeline::mask_id(body["handler_id"].string()))
      .code(dictionary.label("state", body["state"].string()))
      .number(body["round"].integer())
      .moment(body["received_at"].integer())
      .day(body["due"])
      .moment(body["decided_at"].integer())
      .moment(body["effective_at"].integer())
      .number(body["returns"].integer())
      .yes_no(body["reregistration"].boolean())
      .text(texts(body["rows"]))
      .text(submission_label(body))
      .code(standing_label(standing_of(body["state"].string())))
      .in(place_of(body), body["kind"].string() == "unit_registration" ? 0 : 1);
}

SpoolRow Details::application(const Value& body, const CaseFacts& facts) const {
  const pipeline::Dictionary& dictionary = terms_.dictionary;
  ListRow row = applications_.row();
  row.code(body["case"].string())
      .code(body["year"].text())
      .text(body["applicant"].string())
      .code(pipeline::mask_id(body["applicant_id"].string()))
      .code(people_labels(Sex)[facts.people[Sex]])
      .code(year_of(body["birth_date"].string()));
  if (facts.age < 0)
    row.code("");
  else
    row.number(facts.age);
  return row.code(facts.ethnicity)
      .code(people_labels(Political)[facts.people[Political]])
      .code(people_labels(Education)[facts.people[Education]])
      .code(people_labels(Degree)[facts.people[Degree]])
      .text(body["unit"].string())
      .code(body["uscc"].string())
      .text(terms_.regions.full_name(body["region"].string()))
      .text(dictionary.label("series", body["series"].string()))
      .text(body["specialty"].string())
      .code(dictionary.label("title_level", body["level"].string()))
      .text(body["title"].string())
      .code(dictionary.label("application_type", body["application_type"].string()))
      .code(dictionary.label("state", body["state"].string()))
      .number(body["round"].integer())
      .text(body["reviewer"].string())
      .moment(body["received_at"].integer())
      .day(body["due"])
      .moment(body["decided_at"].integer())
      .yes_no(facts.progress[Reported])
      .yes_no(facts.progress[Returned])
      .yes_no(facts.progress[Closed])
      .number(body["returns"].integer())
      .code(people_labels(Age)[facts.people[Age]])
      .text(submission_label(body))
      .code(standing_label(standing_of(body["state"].string())))
      .in(place_of(body), progress_place(facts));
}

SpoolRow Details::title(const Value& body, const CaseFacts& facts) const {
  const pipeline::Dictionary& dictionary = terms_.dictionary;
  const auto series = std::find(series_.begin(), series_.end(), body["series"].string());
  return titles_.row()
      .text(dictionary.label("series", body["series"].string()))
      .code(dictionary.label("title_level", body["level"].string()))
      .code(body["case"].string())
      .text(body["applicant"].string())
      .text(body["unit"].string())
      .text(body["specialty"].string())
      .code(dictionary.label("application_type", body["application_type"].string()))
      .code(dictionary.label("state", body["state"].string()))
      .yes_no(facts.progress[Reported])
      .yes_no(facts.progress[Returned])
      .yes_no(facts.progress[Closed])
      .in(series_group(static_cast<std::size_t>(series - series_.begin()), facts.level),
          progress_place(facts));
}

SpoolRow Details::returned(const Value& body, const std::string& item) const {
  const pipeline::Dictionary& dictionary = terms_.dictionary;
  const auto known = terms_.items.find(item);
  const Value& last = body["last_return"];
  const bool told = body["decision"].string() == "return";
  return returns_.row()
      .text(known == terms_.items.end() ? "整体退回或其他项目" : known->second)
      .code(body["case"].string())
      .text(body["applicant"].string())
      .text(body["unit"].string())
      .text(dictionary.label("series", body["series"].string()))
      .code(dictionary.label("title_level", body["level"].string()))
      .text(stage_label(stage_of(body, last["queue"].string())))
      .number(body["returns"].integer())
      .code(dictionary.label("state", body["state"].string()))
      .text(told ? masked(body["opinion"].string()) : std::string())
      .in(known == terms_.items.end() ? "" : item);
}

SpoolRow Details::step(const Value& body, const CaseStep& step) const {
  return steps_.row()
      .text(step_label(step.kind))
      .moment(step.at.us)
      .code(body["case"].string())
      .text(body["unit"].string())
      .text(body["applicant"].string())
      .number(step.round)
      .text((*step.written)["what"].string())
      .text((*step.written)["by"].string())
      .code(terms_.dictionary.label("state", body["state"].string()))
      .in(group_of(step.kind), static_cast<std::uint64_t>(now_.us - step.at.us));
}

SpoolRow Details::pending(const Value& body, const CaseFacts& facts) const {
  const std::size_t due = due_of(body, now_);
  const Time since{facts.stays.since};
  return pending_.row()
      .text(body["queue"].string())
      .text(body["reviewer"].string())
      .code(kDueLabels[due])
      .code(body["case"].string())
      .text(terms_.dictionary.label("kind", body["kind"].string()))
      .text(body["unit"].string())
      .text(body["applicant"].string())
      .number(body["round"].integer(1))
      .moment(since.us)
      .number((pipeline::beijing_day(now_) - pipeline::beijing_day(since)).count())
      .day(body["due"])
      .text(stage_label(stage_of(body, body["queue"].string())))
      .code(span_labels()[span_of(waited_days(facts.stays, now_))])
      .in(body["queue"].string(), kDueLabels.size() - 1 - due);
}

SpoolRow Details::delivery(const pipeline::Received& delivery) const {
  constexpr std::string_view kStop = "。";
  std::vector<std::string> codes, messages;
  std::int64_t errors = 0;
  for (const Value& finding : delivery.findings.items()) {
    codes.push_back(finding["code"].string());
    std::string_view message = finding["message"].string();
    if (message.ends_with(kStop)) message.remove_suffix(kStop.size());
    messages.push_back(masked(std::string(message)));
    if (finding["severity"].string() == "error") ++errors;
  }
  const std::string all_codes = pipeline::join(codes, "、");
  const std::string all_messages = pipeline::join(messages, "；");
  const double height = codes.empty() ? 0
                                      : std::max(wrapped_height(all_codes, kCodesWidth),
                                                 wrapped_height(all_messages, kMessagesWidth));
  return deliveries_.row()
      .number(delivery.id)
      .moment(delivery.received_at.us)
      .text(delivery.drop)
      .text(masked(delivery.bundle))
      .text(terms_.dictionary.label("kind", delivery.kind))
      .code(terms_.dictionary.label("result", pipeline::name(delivery.result)))
      .code(delivery.case_id)
      .number(delivery.round)
      .text(delivery.queue)
      .number(errors)
      .wrapped(all_codes)
      .wrapped(all_messages)
      .in(delivery_group(delivery.kind), static_cast<std::uint64_t>(delivery.result), height);
}

}  // namespace produce
