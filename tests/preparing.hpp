#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "stages/prepare/prepare.hpp"
#include "tests/zip_builder.hpp"

// Bundles as offices send them, right ones to spoil, and what prepare says of them.

namespace preparing {

using pipeline::Submission;
using zip_builder::Builder;

inline const prepare::Rules& rules() {
  static const prepare::Rules loaded =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  return loaded;
}

inline Submission prepared(const std::string& bytes, const std::string& name = "a.zip") {
  pipeline::Delivery delivery;
  delivery.drop = "unit-12652901PDY0001249";
  delivery.name = name;
  return prepare::prepare(delivery, bytes, rules());
}

inline Submission form_alone(const std::string& json) {
  return prepared(json, "form.json");
}

inline std::string jpeg(int width = 1200, int height = 900, bool whole = true) {
  std::string out("\xFF\xD8\xFF\xC0\x00\x11\x08", 7);
  for (const int n : {height, width}) out += static_cast<char>(n >> 8), out += static_cast<char>(n);
  out += std::string(
      "\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00", 20);
  out += std::string(std::size_t(width) * std::size_t(height) / 16, 'x');
  return whole ? out + "\xFF\xD9" : out;
}

inline std::string different_jpeg(int n) {
  std::string out = jpeg();
  out.insert(out.size() - 2, std::to_string(n));
  return out;
}

inline std::string png(bool whole = true) {
  std::string out = "\x89PNG\r\n\x1A\n";
  const auto number = [&](std::uint32_t n) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(n >> shift);
  };
  const auto chunk = [&](const std::string& body) {
    number(static_cast<std::uint32_t>(body.size() - 4));
    out += body;
    number(zip_builder::crc(body));
  };
  chunk("IHDR" + std::string("\0\0\x04\0\0\0\x03\0\x08\x02\0\0\0", 13));
  chunk("IDAT" + std::string(20'000, 'x'));
  if (whole) chunk("IEND");
  return out;
}

inline std::string pdf(int pages, const std::string& trailer = {}, bool whole = true) {
  std::string out = "%PDF-1.4\n";
  std::vector<std::size_t> at;
  const auto object = [&](const std::string& body) {
    at.push_back(out.size());
    out += std::to_string(at.size()) + " 0 obj\n" + body + "\nendobj\n";
  };
  object("<< /Type /Catalog /Pages 2 0 R >>");
  std::string kids;
  for (int i = 0; i < pages; ++i) kids += " " + std::to_string(3 + i) + " 0 R";
  object("<< /Type /Pages /Count " + std::to_string(pages) + " /Kids [" + kids + "] >>");
  for (int i = 0; i < pages; ++i) object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>");
  const std::size_t table = out.size();
  const std::string size = std::to_string(at.size() + 1);
  out += "xref\n0 " + size + "\n0000000000 65535 f \n";
  for (const std::size_t offset : at) {
    std::string digits = std::to_string(offset);
    out += std::string(10 - digits.size(), '0') + digits + " 00000 n \n";
  }
  out += "trailer\n<< /Size " + size + " /Root 1 0 R " + trailer + " >>\nstartxref\n" +
         std::to_string(table) + "\n";
  return whole ? out + "%%EOF\n" : out;
}

inline std::string codes(const Submission& s, const std::string& leave_out = {}) {
  std::multiset<std::string> all;
  for (const auto& finding : s.findings)
    if (finding.code != leave_out) all.insert(finding.code);
  std::string out;
  for (const std::string& code : all) out += (out.empty() ? "" : " ") + code;
  return out;
}

/// "CODE@where" of all findings, in order of text.
inline std::set<std::string> told(const Submission& s) {
  std::set<std::string> out;
  for (const auto& finding : s.findings) out.insert(finding.code + "@" + finding.where);
  return out;
}

/// "form.json=form x.jpg=attachment:A01".
inline std::string fates(const Submission& s) {
  std::string out;
  for (const auto& entry : s.entries) {
    out += (out.empty() ? "" : " ") + entry.name + "=" + std::string(name(entry.role));
    if (!entry.slot.empty()) out += ":" + entry.slot;
  }
  return out;
}

inline const std::string kHunan = R"({ "kind": "unit_registration", "submit": true,
  "unit": { "name": "涟源市某国有林场", "uscc": "12431382PDY0000364", "nature": "public_institution", "level": "county",
            "region": "431382", "address": "涟源市人民路1号", "legal_rep": "刘一", "phone": "0738-4400000" },
  "handler": { "name": "李四", "id_number": "431382199007150021", "phone": "13800000002", "email": "lisi@example.org" },
  "account": { "username": "lylinchang", "password_digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" },
  "business_types": ["pt"], "pooling_region": "431382",
  "review_target": { "kind": "supervising_unit", "uscc": "11431382PDY000028C", "name": "涟源市林业局" },
  "attachments": [ { "slot": "U03", "file": "事业单位法人证书.pdf" }, { "slot": "U05", "file": "授权书.jpg" }, { "slot": "U06", "file": "经办人身份证.jpg" } ] })";

inline const std::string kApplication =
    R"({ "kind": "title_application", "submit": true, "unit_uscc": "12652901PDY0001249", "year": 2026,
  "applicant": { "name": "阿卜杜热合曼·阿卜杜拉", "sex": "男", "birth_date": "1988-01-20", "ethnicity": "维吾尔", "id_type": "居民身份证", "id_number": "652901198801200032",
                 "political_status": "群众", "work_start": "2010-07", "phone": "13900000003" },
  "target": { "series": "primary_secondary_teacher", "specialty": "中学数学", "level": "senior_associate", "title": "高级教师", "application_type": "NORMAL" },
  "current": { "title": "一级教师", "series": "primary_secondary_teacher", "level": "intermediate", "date": "2018-12-01", "certificate_no": "XJ2018-0001", "appointed_date": "2019-01-01" },
  "education": [ { "level": "本科", "degree": "学士", "school": "新疆师范大学", "major": "数学", "mode": "全日制", "start": "2006-09", "end": "2010-07", "cert_no": "107621201005000001" } ],
  "career": [ { "start": "2010-07", "end": null, "unit": "阿克苏市某中学", "duty": "教师", "title": "一级教师" } ],
  "appraisals": [ { "year": 2021, "grade": "合格" }, { "year": 2025, "grade": "优秀" } ],
  "continuing_education": [ { "year": 2025, "public_hours": 30, "professional_hours": 60 } ],
  "achievements": [ { "period": "2023", "name": "市级公开课", "role": "主持", "level": "市厅级" } ],
  "publications": [ { "title": "中学数学教学研究", "venue": "数学教学", "issn": "0488-7395", "date": "2024-05", "author_rank": 1 } ],
  "awards": [], "licences": [ { "name": "教师资格证", "no": "20106520000000001", "date": "2010-06" } ],
  "summary": "……", "pledge": { "signed": true, "date": "2026-10-20" },
  "publicity": { "start": "2026-10-12", "end": "2026-10-16", "place": "学校公示栏", "objections": "无异议" } })";

inline const std::string kDecision =
    R"({ "kind": "review_decision", "case": "R-3F9A2C1B77D0", "round": 1, "token": "t", "queue": "unit-12652901PDY0001249",
  "reviewer": { "name": "王一" }, "action": "return", "target": null, "confirmed": true,
  "recommendation_opinion": null, "modification_opinion": "学历证书不清晰，请重新扫描",
  "checks": { "truthful": true, "complete": false, "valid": true },
  "items": [ { "item": "S3", "passed": false, "opinion": "毕业证扫描件不清晰" }, { "item": "S1", "passed": true } ],
  "decided_at": "2026-11-21T10:00:00+08:00" })";

inline const std::vector<std::string> kSmallForms{
    R"({ "kind": "unit_registration", "submit": true, "unit": { "name": "阿克苏市某中学", "uscc": "12652901PDY0001249", "nature": "public_institution", "level": "county", "region": "652901", "legal_rep": "王一", "phone": "0997-2100000" },
  "handler": { "name": "买买提·吐尔逊", "id_number": "652901198801200032", "phone": "13900000003" }, "account": { "username": "akszx" }, "receiving_units": [ { "uscc": "11652901PDY000116H", "default": true } ] })",
    R"({ "kind": "registration_withdrawal", "uscc": "12431382PDY0000364", "username": "lylinchang", "handler": { "name": "李四", "id_number": "431382199007150021" } })",
    R"({ "kind": "unit_info_correction", "submit": true, "uscc": "12431382PDY0000364", "unit": { "phone": "0738-4411111" }, "attachments": [] })",
    R"({ "kind": "unit_provision", "by_uscc": "11652901PDY000116H", "units": [ { "mode": "ASSIGNED", "unit": { "name": "阿克苏市某乡政府", "uscc": "11652901PDY0001327", "nature": "administrative_organ", "level": "township", "region": "652901" }, "account": { "username": "aksxz" }, "handler": { "name": "张三", "id_number": "430102198503120018", "phone": "13800000001" } } ] })",
    R"({ "kind": "receiving_department_change", "uscc": "12652901PDY0001249", "receiving_unit": { "uscc": "11652900PDY0001088" }, "default": true })",
    R"({ "kind": "application_recall", "case": "A-3F9A2C1B77D0" })",
    R"({ "kind": "publicity_photo", "unit_uscc": "12652901PDY0001249", "year": 2026, "cases": ["A-3F9A2C1B77D0"], "period": { "start": "2026-10-12", "end": "2026-10-16" } })",
    R"({ "kind": "status_query", "uscc": "12431382PDY0000364" })"};

inline std::string hunan_bundle(const std::string& folder = {}) {
  return Builder()
      .add(folder + "form.json", kHunan)
      .add(folder + "事业单位法人证书.pdf", pdf(3))
      .add(folder + "授权书.jpg", different_jpeg(1))
      .add(folder + "经办人身份证.jpg", different_jpeg(2))
      .end();
}

}  // namespace preparing
