#include "stages/produce/statistics.hpp"

namespace produce {

const std::vector<std::string_view>& members_read() {
  static const std::vector<std::string_view> kMembers = {
      // clang-format off
      "action", "applicant", "applicant_id", "application_type", "at", "birth_date",
      "business_types", "by", "case", "decided_at", "decision", "decisions",
      "degree", "due", "education", "effective_at", "ethnicity", "handler",
      "handler_id", "history", "hr_override", "items", "kind", "last_return",
      "level", "name", "opinion", "political_status", "pooling_region", "queue",
      "received_at", "region", "requested_target", "reregistration", "returns", "reviewer",
      "reviewer_kind", "reviewer_label", "round", "rows", "series", "sex",
      "specialty", "state", "title", "unit", "unit_level", "unit_nature",
      "uscc", "what", "year",
      // clang-format on
  };
  return kMembers;
}

}  // namespace produce
