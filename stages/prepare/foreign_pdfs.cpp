#include "pipeline/value.hpp"
#include "stages/prepare/foreign.hpp"
#include "stages/prepare/foreign_child.hpp"
#include "stages/prepare/pdf_form.hpp"
#include "stages/prepare/pdf_inspect.hpp"

namespace prepare {

namespace {

using pipeline::Value;

Value describe(const PdfForm& form) {
  if (form.password || form.damaged)
    return Value::object({{"error", form.password ? "password" : "damaged"}});
  Value fields = Value::array();
  for (const PdfField& field : form.fields)
    fields.push(
        Value::object({{"name", field.name}, {"type", field.type}, {"value", field.value}}));
  return Value::object({{"pages", form.pages},
                        {"xfa", form.xfa},
                        {"content", form.content},
                        {"fields", std::move(fields)}});
}

Value describe(const PdfFacts& pdf) {
  if (pdf.password || pdf.damaged)
    return Value::object({{"error", pdf.password ? "password" : "damaged"}});
  return Value::object({{"pages", pdf.pages},
                        {"promised", pdf.promised},
                        {"repaired", pdf.repaired},
                        {"locked", pdf.locked},
                        {"signed", pdf.has_signature},
                        {"xfa", pdf.xfa}});
}

}  // namespace

std::optional<std::string> answer_about_pdf(char task, std::string_view bytes) {
  switch (static_cast<ForeignTask>(task)) {
    case ForeignTask::PdfForm:
      return describe(read_pdf_form(bytes)).dump();
    case ForeignTask::PdfInspect:
      return describe(inspect_pdf(bytes)).dump();
    case ForeignTask::PdfPages:
      return pages_of_pdf(bytes);
    default:
      return std::nullopt;
  }
}

}  // namespace prepare
