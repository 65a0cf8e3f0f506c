#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/finding.hpp"
#include "pipeline/time.hpp"
#include "pipeline/value.hpp"

// Outcome: what decide answers. The ledger commits all of it, or none.

namespace pipeline {

/// A change of one document of the projection. Events carry them, so the projection can be rebuilt from the events.
struct Put {
  std::string
      space;  ///< "case", "unit", "account", "person", "form" …: the deciders' own vocabulary
  std::string key;
  std::optional<Value> body;  ///< nothing: the document is removed
  std::vector<std::pair<std::string, std::string>>
      index;  ///< (name, value) under which View::find finds it
  /// Never changed or removed: its event names it by its digest, and holds it not a second time. Of a key that was never put;
  /// no timer puts one.
  bool once = false;
};

struct Event {
  std::string name;     ///< "registration_received", "case_approved" …
  std::string case_id;  ///< "" if it concerns none
  Value body;           ///< who, why, which rule rows
  std::vector<Put> puts;
};

/// A document by its place; only immutable ones may be referred to.
struct Reference {
  std::string space, key;
};

/// A paper to produce (or, with maker "remove", a folder to take away). Producing it twice gives the same bytes.
struct Effect {
  std::string maker;  ///< which producer: "receipt", "registration_form" …
  std::string path;   ///< relative to the outbox; a folder or a file stem, as the maker defines
  Value payload;      ///< all that the paper shows, but for the subject
  std::optional<Reference>
      subject;  ///< the immutable document that the paper shows (a form); handed to the maker
};

struct Timer {
  Time due;
  std::string name;
  Value body;
};

enum class Result { Accepted, NotSubmitted, Refused, Quarantined, Duplicate };

/// "accepted", "not_submitted", "refused", "quarantined", "duplicate".
std::string_view name(Result result);

struct Outcome {
  Result result = Result::Refused;
  std::string case_id;
  int round = 0;
  std::string queue;    ///< who reviews it now; "" if nobody
  std::string state;    ///< the case's state after it, reference/forms.md
  std::string message;  ///< Chinese, one or two sentences for the office
  Value extra;          ///< further members of the receipt (an answer to a query); object or null
  std::vector<std::string> rows;  ///< decision-table rows that fired, in order: "routing:HN-R04"
  std::vector<std::size_t>
      settled;  ///< places of prepare's findings that the ledger has answered; they are not told
  std::vector<Finding> findings;  ///< those of decide; the line puts prepare's before them
  std::vector<Event> events;
  std::vector<Effect> effects;
  std::vector<Timer> timers;
};

}  // namespace pipeline
