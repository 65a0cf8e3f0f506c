#include <cassert>

#include "pipeline/outcome.hpp"
#include "pipeline/submission.hpp"

namespace pipeline {

std::string_view name(Role role) {
  switch (role) {
    case Role::Form:
      return "form";
    case Role::Attachment:
      return "attachment";
    case Role::Ignored:
      return "ignored";
    case Role::Rejected:
      return "rejected";
  }
  assert(false);
  return {};
}

std::string_view name(Result result) {
  switch (result) {
    case Result::Accepted:
      return "accepted";
    case Result::NotSubmitted:
      return "not_submitted";
    case Result::Refused:
      return "refused";
    case Result::Quarantined:
      return "quarantined";
    case Result::Duplicate:
      return "duplicate";
  }
  assert(false);
  return {};
}

}  // namespace pipeline
