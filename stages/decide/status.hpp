#pragma once

#include <string>

#include "stages/decide/matter.hpp"

// Status: the answers to "who reviews it, where is it, what do I do next" (H24–H28, H39–H41, X35–X37, X68). The same for
// `dossier status`, `dossier login` and status_query bundles; shapes in reference/forms.md. No personal data but the
// handler's masked name.

namespace decide {

/// KEY is a USCC, a case number or a username.
pipeline::Value status(const pipeline::View& view, const Rules& rules, const std::string& key,
                       pipeline::Time now);
pipeline::Value login(const pipeline::View& view, const Rules& rules, const std::string& username,
                      pipeline::Time now);
/// The pending cases of a queue, by due day; with category hr_market, those that the HR section of the same agency holds (H10).
pipeline::Value queue(const pipeline::View& view, const Rules& rules, const std::string& queue,
                      const std::string& category, pipeline::Time now);
/// Every queue that holds something, by its first due day: {queue,label,pending,overdue,due_today,due_tomorrow,first_due}; and warnings.
pipeline::Value queues(const pipeline::View& view, const Rules& rules, pipeline::Time now);

}  // namespace decide
