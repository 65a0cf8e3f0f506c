#pragma once

#include <string>

#include "app/sample_zip.hpp"
#include "pipeline/json.hpp"
#include "tests/form_pdf.hpp"
#include "tests/ledger_reading.hpp"

// A registration that is right: a unit of Hunan that goes to the section of its county, and its bundle.

namespace tests {

inline pipeline::Value registration() {
  return pipeline::parse_json(R"({"kind": "unit_registration", "submit": true,
    "unit": {"name": "涟源市某国有林场", "uscc": "12431382PDY0000364", "nature": "事业单位", "level": "county",
             "region": "431382", "legal_rep": "刘一", "phone": "0738-4400000"},
    "handler": {"name": "李四", "id_number": "431382199007150021", "phone": "13800000002"},
    "account": {"username": "lylinchang", "password_digest": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"},
    "business_types": ["pt"], "pooling_region": "431382", "review_target": {"kind": "主管机构"}})")
      .value;
}

/// With the scan that it needs.
inline std::string zip_of(const pipeline::Value& form) {
  const std::string scan = form_pdf::file_of(
      {"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
       "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"});
  return app::zip_bytes({{"form.json", app::own(form.dump())}, {"U03.pdf", app::own(scan)}}, {}, 0);
}

/// The reviewer's approval, made with what stands on the form that the ledger promised last.
inline std::string approval(const std::string& ledger) {
  const auto row = ask_ledger(
      ledger,
      "SELECT payload FROM effect WHERE maker = 'registration_form' ORDER BY id DESC LIMIT 1", {});
  const pipeline::Value form = pipeline::parse_json(row.at(0).at(0)).value;
  pipeline::Value words =
      pipeline::Value::object({{"kind", "review_decision"},
                               {"action", "approve"},
                               {"confirmed", true},
                               {"reviewer", pipeline::Value::object({{"name", "王五"}})}});
  for (const char* member : {"case", "round", "token", "queue", "form_version"})
    words.set(member, form[member]);
  return words.dump();
}

}  // namespace tests
