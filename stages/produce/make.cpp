#include "stages/produce/make.hpp"

#include <cassert>

#include "pipeline/files.hpp"
#include "stages/produce/application_form.hpp"
#include "stages/produce/archive.hpp"
#include "stages/produce/dossier.hpp"
#include "stages/produce/notice.hpp"
#include "stages/produce/publicity_sheet.hpp"
#include "stages/produce/quarantine.hpp"
#include "stages/produce/receipt.hpp"
#include "stages/produce/registration_form.hpp"
#include "stages/produce/roster.hpp"
#include "stages/produce/worklist.hpp"

namespace produce {

namespace {

pipeline::Paper paper(std::string path, std::string bytes) {
  pipeline::Paper out;
  out.path = std::move(path);
  out.bytes = std::move(bytes);
  return out;
}

/// What a paper shows beside its form: what the effect says itself, before what the round received (stages/decide/round.hpp).
pipeline::Value shown(const pipeline::Value& said, const pipeline::Value& round) {
  pipeline::Value payload = said;
  for (const auto& [name, received] : round.members())
    if (name != "form" && !payload.has(name)) payload.set(name, received);
  return payload;
}

/// The form itself, in ledgers of earlier releases all that a subject is.
const pipeline::Value& form_in(const pipeline::Value& subject) {
  return subject.has("kind") ? subject : subject["form"];
}

/// Braces would copy each of them.
template <class... Papers>
std::vector<pipeline::Paper> set_of(Papers... papers) {
  std::vector<pipeline::Paper> out;
  out.reserve(sizeof...(papers));
  (out.push_back(std::move(papers)), ...);
  return out;
}

}  // namespace

std::shared_ptr<const Kit> load_kit(const std::string& templates_folder, const Fonts& fonts) {
  const auto kit = std::make_shared<Kit>(templates_folder, fonts);
  kit->typefaces.fetch();
  return kit;
}

std::vector<LayoutProblem> check_layouts(const std::string& templates_folder) {
  std::vector<LayoutProblem> problems;
  load_layouts(templates_folder, load_fields(templates_folder), problems);
  return problems;
}

std::vector<pipeline::Paper> make(const pipeline::Effect& effect, const pipeline::Value* subject,
                                  const Kit& kit, const OpenAttachments& attachments) {
  const bool beside = subject && !subject->has("kind");
  pipeline::Value whole = beside ? shown(effect.payload, *subject) : pipeline::Value();
  const pipeline::Value& payload = beside ? whole : effect.payload;
  if (effect.maker == "receipt") {
    return set_of(paper(effect.path + ".json", payload.dump(true) + "\n"),
                  paper(effect.path + ".pdf", receipt(payload, kit)));
  }
  if (effect.maker == "notice") return set_of(paper(effect.path + ".pdf", notice(payload, kit)));
  if (effect.maker == "publicity_sheet") return publicity_sheet(effect.path, payload, kit);
  if (effect.maker == "quarantine") return quarantine(effect.path, payload);
  if (effect.maker == "worklist") return set_of(paper(effect.path + ".xlsx", worklist(payload)));
  if (effect.maker == "roster")
    return set_of(
        paper(effect.path + ".xlsx", roster(payload, kit)),
        paper(pipeline::parent_folder(effect.path) + "/公示名单.xlsx", public_roster(payload)));
  if (effect.maker == "dossier") {
    assert(attachments);
    pipeline::Paper streamed = paper(effect.path, "");
    streamed.fill = [payload = beside ? std::move(whole) : effect.payload, &kit, attachments](
                        const pipeline::Vault& vault, const pipeline::Sink& put) {
      put_dossier(payload, kit, *attachments(vault, payload["case"].string()), put);
    };
    return set_of(std::move(streamed));
  }
  assert(subject);
  const pipeline::Value& form = form_in(*subject);
  if (effect.maker == "archive")
    return set_of(paper(effect.path + ".pdf", archive(payload, form, kit)));
  if (effect.maker == "registration_form") {
    return set_of(paper(effect.path + "/审批单.pdf", registration_form(payload, form, kit)));
  }
  assert(effect.maker == "application_form");
  return set_of(paper(effect.path + "/审批单.pdf", application_form(payload, form, kit)));
}

}  // namespace produce
