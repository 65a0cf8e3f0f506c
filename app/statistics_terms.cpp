#include "app/statistics_terms.hpp"

namespace app {

produce::Terms statistics_terms(const decide::Rules& rules) {
  produce::Terms terms{rules.dictionary, rules.regions, rules.catalogue, {}};
  for (const decide::Item& item : rules.items)
    if (item.reviewed) terms.items[item.code] = item.name;
  return terms;
}

}  // namespace app
