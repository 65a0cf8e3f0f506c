#include "app/make_stages.hpp"

#include <memory>
#include <string>

#include "app/statistics_terms.hpp"
#include "pipeline/files.hpp"
#include "stages/decide/decide.hpp"
#include "stages/decide/lists.hpp"
#include "stages/prepare/kept_attachments.hpp"
#include "stages/prepare/prepare.hpp"
#include "stages/produce/make.hpp"
#include "stages/produce/workbook.hpp"

namespace app {

using pipeline::path_join;
using pipeline::Value;

pipeline::Stages make_stages(const Installation& in, Recent recent) {
  const auto rules = in.rules;
  const auto kit = produce::load_kit(in.places.templates, in.settings.fonts);
  prepare::Rules of_prepare = prepare::load_rules(in.places.templates, in.settings.limits);
  of_prepare.can_be_set = [kit](char32_t c) { return kit->typefaces.can_set(c); };
  if (recent == Recent::Forgotten) of_prepare.recent.reset();
  const auto prepare_rules = std::make_shared<const prepare::Rules>(std::move(of_prepare));
  pipeline::Stages stages;
  stages.rules_digest = rules->digest;
  stages.prepare = [prepare_rules](const pipeline::Delivery& delivery,
                                   const pipeline::Bytes& bytes) {
    return prepare::prepare(delivery, bytes, *prepare_rules);
  };
  stages.decide = [rules](const pipeline::Submission& submission,
                          const pipeline::Delivery& delivery,
                          const std::optional<pipeline::Earlier>& earlier,
                          const pipeline::View& view, pipeline::Time now) {
    return decide::decide(submission, delivery, earlier, view, now, *rules);
  };
  stages.fire = [rules](const pipeline::Timer& timer, const pipeline::View& view,
                        pipeline::Time now) { return decide::fire(timer, view, now, *rules); };
  stages.standing = {"worklist", "roster"};
  stages.resolve = [rules](const pipeline::Effect& effect, const pipeline::View& view) {
    return decide::resolve(effect, view, *rules);
  };
  const produce::OpenAttachments attachments = [prepare_rules](const pipeline::Vault& vault,
                                                               const std::string& case_id) {
    return std::make_unique<prepare::KeptAttachments>(vault, *prepare_rules, "dossier/" + case_id);
  };
  stages.produce = [kit, attachments](const pipeline::Effect& effect, const Value* subject) {
    return produce::make(effect, subject, *kit, attachments);
  };
  if (in.settings.decide.statistics)
    stages.summarise = [rules](const pipeline::View& view, pipeline::Time now,
                               const std::string& folder) {
      const std::string file = path_join(folder, "statistics.xlsx");
      produce::write_workbook(file, view, statistics_terms(*rules), now, {});
      return std::vector<pipeline::Paper>{{"reports/统计汇总.xlsx", "", "", file}};
    };
  return stages;
}

prepare::Rules prepare_rules(const Installation& in) {
  prepare::Rules rules = prepare::load_rules(in.places.templates, in.settings.limits);
  if (!produce::font_troubles(in.settings.fonts).empty()) return rules;
  const auto typefaces = std::make_shared<const produce::Typefaces>(in.settings.fonts);
  rules.can_be_set = [typefaces](char32_t c) { return typefaces->can_set(c); };
  return rules;
}

}  // namespace app
