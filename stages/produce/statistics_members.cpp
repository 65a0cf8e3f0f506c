#include "stages/produce/statistics.hpp"

namespace produce {

const std::vector<std::string_view>& members_read() {
  static const std::vector<std::string_view> kMembers = {
      // clang-format off
      "application_type", "applicant", "applicant_id", "birth_date", "business_types", "case",
      "decided_at", "decision", "decisions", "degree", "due", "education",
      "effective_at", "ethnicity", "handler", "handler_id", "history", "hr_override",
      "kind", "last_return", "level", "opinion", "political_status", "pooling_region",
      "queue", "received_at", "region", "requested_target", "reregistration", "returns",
      "reviewer", "reviewer_kind", "reviewer_label", "round", "rows", "series",
      "sex", "specialty", "state", "title", "unit", "unit_level",
      "unit_nature", "uscc", "year",
      // clang-format on
  };
  return kMembers;
}

}  // namespace produce
