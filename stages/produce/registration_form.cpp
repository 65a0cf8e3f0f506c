#include "stages/produce/registration_form.hpp"

#include <algorithm>

#include "stages/produce/form_rows.hpp"

namespace produce {

using pipeline::Value;

namespace {

/// H21: what a correction changes, as it was and as it would be.
void append_changes(std::vector<Row>& rows, const Subject& s, const std::string& title) {
  const Value& changes = s.payload["changes"];
  if (changes.size() == 0) return;
  rows.push_back(heading(title + "：共 " + std::to_string(changes.size()) + " 处"));
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header({{36, "项目"}, {60, "原内容"}, {60, "修正为"}}));
  const auto& fields = s.kit.fields(s.form_kind());
  for (const Value& change : changes.items()) {
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const FieldName& each) {
      return each.path == change["field"].string();
    });
    const auto text = [&](const char* member) {
      return or_none(field == fields.end() ? change[member].text()
                                           : field_text(change[member], *field, s.kit));
    };
    rows.push_back(list_row(
        {small(36, change["label"].text()), small(60, text("old")), small(60, text("new"))},
        header));
  }
}

}  // namespace

std::string registration_form(const Value& payload, const Value& form, const Kit& kit) {
  const Subject subject{payload, form, kit, FormKind::Registration};
  return approval_form(
      subject, kit.layouts.registration,
      "编号：" + payload["case"].text() + "　" + round_text(payload), form["unit"]["name"].text(),
      [&](std::vector<Row>& rows, std::string_view block, const std::string& title) {
        if (block == "block.attachments") append_attachments(rows, payload["attachments"], title);
        if (block == "block.findings")
          append_findings(rows, payload["findings"], subject.form_kind(), kit, title);
        if (block == "block.changes") append_changes(rows, subject, title);
        if (block == "block.history") append_history(rows, payload["history"], title);
      });
}

std::vector<Row> registration_facts(const Value& payload, const Value& form, const Kit& kit) {
  const Subject subject{payload, form, kit, FormKind::Registration};
  return fact_rows(subject, kit.layouts.registration,
                   [&](std::vector<Row>& rows, std::string_view block, const std::string& title) {
                     if (block == "block.changes") append_changes(rows, subject, title);
                   });
}

}  // namespace produce
