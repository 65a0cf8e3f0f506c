#include "stages/prepare/rules.hpp"

namespace prepare {

Rules load_rules(const std::string& templates_folder, const Limits& limits,
                 const std::string& program) {
  const std::string common = templates_folder + "/common/";
  return {pipeline::Catalogue::load(common + "findings.csv"),
          pipeline::Dictionary::load(common + "dictionary.csv"),
          pipeline::Regions::load(common + "regions.csv"),
          FieldTable::load(common + "fields.csv"),
          SlotTable::load(common + "slots.csv"),
          limits,
          std::make_shared<ForeignReaders>(program),
          {}};
}

}  // namespace prepare
