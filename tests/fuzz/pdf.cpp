#include "pipeline/json.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/filled_form.hpp"
#include "stages/prepare/foreign.hpp"
#include "stages/prepare/foreign_child.hpp"
#include "stages/prepare/pdf_glance.hpp"
#include "tests/fuzz/targets.hpp"

namespace fuzz {

namespace {

/// As the reader's other end takes it.
pipeline::Value answer(prepare::ForeignTask task, std::string_view input) {
  const auto text = prepare::answer_about_pdf(static_cast<char>(task), input);
  require(text.has_value(), "there is an answer");
  constexpr std::size_t kMost = 8u << 20;
  require(text->size() <= kMost, "an answer is short");
  const pipeline::Json read = pipeline::parse_json(*text);
  require(read.error.empty() && read.value.is_object(), "an answer is an object");
  return read.value;
}

}  // namespace

void pdf(std::string_view input) {
  const prepare::PdfGlance glance = prepare::glance_at_pdf(input);
  require(glance.pages >= 0 && glance.sure == (glance.pages > 0), "what is sure has pages");
  const pipeline::Value facts = answer(prepare::ForeignTask::PdfInspect, input);
  require(facts.has("error") || facts["pages"].integer(-1) >= 0, "pages are counted");
  const pipeline::Value form = answer(prepare::ForeignTask::PdfForm, input);
  if (form.has("error")) return;
  require(form["content"].string().empty() || form["content"].string().size() == 64,
          "the digest is one");
  for (const pipeline::Value& field : form["fields"].items()) {
    require(!field["name"].string().empty(), "a field has a name");
    require(field["value"].string().size() <= 64u << 10, "a value is short");
  }
  const prepare::FilledForm filled =
      prepare::read_approval_form(input, "unit-12652901PDY0001249", rules());
  require(pipeline::is_utf8(filled.refusal), "a refusal is UTF-8");
  check(filled.findings);
  check(filled.form);
}

}  // namespace fuzz
