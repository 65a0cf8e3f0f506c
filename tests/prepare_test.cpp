#include "stages/prepare/prepare.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "pipeline/json.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"
#include "tests/zip_builder.hpp"

namespace {

using pipeline::Role;
using pipeline::Submission;
using zip_builder::Builder;
using zip_builder::Options;

const prepare::Rules& rules() {
  static const prepare::Rules loaded =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  return loaded;
}

Submission prepared(const std::string& bytes, const std::string& name = "a.zip") {
  pipeline::Delivery delivery;
  delivery.drop = "unit-12652901PDY0001249";
  delivery.name = name;
  return prepare::prepare(delivery, bytes, rules());
}

Submission form_alone(const std::string& json) {
  return prepared(json, "form.json");
}

std::string jpeg(int width = 1200, int height = 900, bool whole = true) {
  std::string out("\xFF\xD8\xFF\xC0\x00\x11\x08", 7);
  for (const int n : {height, width}) out += static_cast<char>(n >> 8), out += static_cast<char>(n);
  out += std::string(
      "\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00", 20);
  out += std::string(std::size_t(width) * std::size_t(height) / 16, 'x');
  return whole ? out + "\xFF\xD9" : out;
}

std::string different_jpeg(int n) {
  std::string out = jpeg();
  out.insert(out.size() - 2, std::to_string(n));
  return out;
}

std::string png(bool whole = true) {
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

std::string pdf(int pages, const std::string& trailer = {}, bool whole = true) {
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

std::string codes(const Submission& s, const std::string& leave_out = {}) {
  std::multiset<std::string> all;
  for (const auto& finding : s.findings)
    if (finding.code != leave_out) all.insert(finding.code);
  std::string out;
  for (const std::string& code : all) out += (out.empty() ? "" : " ") + code;
  return out;
}

/// "CODE@where" of all findings, in order of text.
std::set<std::string> told(const Submission& s) {
  std::set<std::string> out;
  for (const auto& finding : s.findings) out.insert(finding.code + "@" + finding.where);
  return out;
}

/// "form.json=form x.jpg=attachment:A01".
std::string fates(const Submission& s) {
  std::string out;
  for (const auto& entry : s.entries) {
    out += (out.empty() ? "" : " ") + entry.name + "=" + std::string(name(entry.role));
    if (!entry.slot.empty()) out += ":" + entry.slot;
  }
  return out;
}

const std::string kHunan = R"({ "kind": "unit_registration", "submit": true,
  "unit": { "name": "涟源市某国有林场", "uscc": "12431382PDY0000364", "nature": "public_institution", "level": "county",
            "region": "431382", "address": "涟源市人民路1号", "legal_rep": "刘一", "phone": "0738-4400000" },
  "handler": { "name": "李四", "id_number": "431382199007150021", "phone": "13800000002", "email": "lisi@example.org" },
  "account": { "username": "lylinchang", "password_digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" },
  "business_types": ["pt"], "pooling_region": "431382",
  "review_target": { "kind": "supervising_unit", "uscc": "11431382PDY000028C", "name": "涟源市林业局" },
  "attachments": [ { "slot": "U03", "file": "事业单位法人证书.pdf" }, { "slot": "U05", "file": "授权书.jpg" }, { "slot": "U06", "file": "经办人身份证.jpg" } ] })";

const std::string kApplication =
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

const std::string kDecision =
    R"({ "kind": "review_decision", "case": "R-3F9A2C1B77D0", "round": 1, "token": "t", "queue": "unit-12652901PDY0001249",
  "reviewer": { "name": "王一" }, "action": "return", "target": null, "confirmed": true,
  "recommendation_opinion": null, "modification_opinion": "学历证书不清晰，请重新扫描",
  "checks": { "truthful": true, "complete": false, "valid": true },
  "items": [ { "item": "S3", "passed": false, "opinion": "毕业证扫描件不清晰" }, { "item": "S1", "passed": true } ],
  "decided_at": "2026-11-21T10:00:00+08:00" })";

const std::vector<std::string> kSmallForms{
    R"({ "kind": "unit_registration", "submit": true, "unit": { "name": "阿克苏市某中学", "uscc": "12652901PDY0001249", "nature": "public_institution", "level": "county", "region": "652901", "legal_rep": "王一", "phone": "0997-2100000" },
  "handler": { "name": "买买提·吐尔逊", "id_number": "652901198801200032", "phone": "13900000003" }, "account": { "username": "akszx" }, "receiving_units": [ { "uscc": "11652901PDY000116H", "default": true } ] })",
    R"({ "kind": "registration_withdrawal", "uscc": "12431382PDY0000364", "username": "lylinchang", "handler": { "name": "李四", "id_number": "431382199007150021" } })",
    R"({ "kind": "unit_info_correction", "submit": true, "uscc": "12431382PDY0000364", "unit": { "phone": "0738-4411111" }, "attachments": [] })",
    R"({ "kind": "unit_provision", "by_uscc": "11652901PDY000116H", "units": [ { "mode": "ASSIGNED", "unit": { "name": "阿克苏市某乡政府", "uscc": "11652901PDY0001327", "nature": "administrative_organ", "level": "township", "region": "652901" }, "account": { "username": "aksxz" }, "handler": { "name": "张三", "id_number": "430102198503120018", "phone": "13800000001" } } ] })",
    R"({ "kind": "receiving_department_change", "uscc": "12652901PDY0001249", "receiving_unit": { "uscc": "11652900PDY0001088" }, "default": true })",
    R"({ "kind": "application_recall", "case": "A-3F9A2C1B77D0" })",
    R"({ "kind": "publicity_photo", "unit_uscc": "12652901PDY0001249", "year": 2026, "cases": ["A-3F9A2C1B77D0"], "period": { "start": "2026-10-12", "end": "2026-10-16" } })",
    R"({ "kind": "status_query", "uscc": "12431382PDY0000364" })"};

std::string hunan_bundle(const std::string& folder = {}) {
  return Builder()
      .add(folder + "form.json", kHunan)
      .add(folder + "事业单位法人证书.pdf", pdf(3))
      .add(folder + "授权书.jpg", different_jpeg(1))
      .add(folder + "经办人身份证.jpg", different_jpeg(2))
      .end();
}

TEST(Prepare, AGoodBundleHasNothingToComplainOf) {
  const std::string bytes = hunan_bundle();
  const Submission s = prepared(bytes);
  EXPECT_TRUE(s.opened);
  EXPECT_EQ(codes(s), "");
  EXPECT_EQ(s.kind, "unit_registration");
  EXPECT_EQ(s.sha256, pipeline::sha256(bytes));
  EXPECT_EQ(fates(s),
            "form.json=form 事业单位法人证书.pdf=attachment:U03 授权书.jpg=attachment:U05 "
            "经办人身份证.jpg=attachment:U06");
  EXPECT_EQ(s.entries[1].pages, 3);
  EXPECT_EQ(s.entries[1].sha256, pipeline::sha256(pdf(3)));
  EXPECT_EQ(s.entries[2].type, "jpeg");
  EXPECT_EQ(s.entries[2].width, 1200);
  EXPECT_EQ(s.entries[2].height, 900);
}

TEST(Prepare, AFormOfEveryKindIsReadWithoutFindings) {
  for (const std::string& form : kSmallForms) {
    const Submission s = form_alone(form);
    EXPECT_EQ(codes(s), "") << form;
    EXPECT_FALSE(s.kind.empty()) << form;
    EXPECT_EQ(fates(s), "form.json=form");
  }
  EXPECT_EQ(codes(form_alone(kApplication)), "");
  EXPECT_EQ(codes(form_alone(kDecision)), "");
}

TEST(Prepare, ValuesAreWrittenInTheirCanonicalWay) {
  const Submission s = form_alone(R"json({"kind":"单位注册","submit":"是",
    "unit":{"name":"涟源市某林场(本部)","uscc":"１２431382 pdy0000364","nature":"事业单位","level":"县市区级","region":431382,
            "legal_rep":"买买提•吐尔逊","phone":"(0738)4400000"},
    "handler":{"name":" 李四 ","id_number":"431382 19900715 0021","phone":"+86 138-0000-0002"},
    "account":{"username":"ａbc"},"business_types":"专技、人力资源市场","pooling_region":"涟源市",
    "receiving_units":[{"uscc":"12431382PDY0000364-02","default":"是"}]})json");
  EXPECT_EQ(s.kind, "unit_registration");
  EXPECT_EQ(codes(s), "NAME_SEPARATOR_NORMALISED");
  const auto& form = s.form;
  EXPECT_EQ(form["submit"], pipeline::Value(true));
  EXPECT_EQ(form.at_path("unit.name").string(), "涟源市某林场（本部）");
  EXPECT_EQ(form.at_path("unit.uscc").string(), "12431382PDY0000364");
  EXPECT_EQ(form.at_path("unit.nature").string(), "public_institution");
  EXPECT_EQ(form.at_path("unit.level").string(), "county");
  EXPECT_EQ(form.at_path("unit.region").string(), "431382");
  EXPECT_EQ(form.at_path("unit.legal_rep").string(), "买买提·吐尔逊");
  EXPECT_EQ(form.at_path("unit.phone").string(), "0738-4400000");
  EXPECT_EQ(form.at_path("handler.name").string(), "李四");
  EXPECT_EQ(form.at_path("handler.id_number").string(), "431382199007150021");
  EXPECT_EQ(form.at_path("handler.phone").string(), "13800000002");
  EXPECT_EQ(form.at_path("account.username").string(), "abc");
  EXPECT_EQ(form["business_types"].dump(), R"(["pt","hr_market"])");
  EXPECT_EQ(form["pooling_region"].string(), "431382");
  EXPECT_EQ(form.at_path("receiving_units[0].uscc").string(), "12431382PDY0000364-02");
}

TEST(Prepare, DatesKeepTheirPrecisionAndUntilNowIsNoDate) {
  const Submission s = form_alone(
      R"({"kind":"title_application","resubmits":"a3f9a2c1b77d0","career":[{"start":"2010年7月","end":"至今","unit":"某中学"}],
          "pledge":{"date":"20261020"},"current":{"date":43435}})");
  EXPECT_EQ(codes(s), "");
  EXPECT_EQ(s.form["resubmits"].string(), "A-3F9A2C1B77D0");
  EXPECT_EQ(s.form.at_path("career[0].start").string(), "2010-07");
  EXPECT_TRUE(s.form.at_path("career[0].end").is_null());
  EXPECT_EQ(s.form.at_path("pledge.date").string(), "2026-10-20");
  EXPECT_EQ(s.form.at_path("current.date").string(), "2018-12-01");
}

TEST(Prepare, ACharacterThatNoFontHasIsNamedWithItsPlace) {
  const std::string form = R"({"kind":"title_application","resubmits":"a3f9a2c1b77d0",
      "applicant":{"name":"张\ud840\udc50\ud840\udc50堃"},"summary":"很好😀"})";
  pipeline::Delivery delivery;
  delivery.drop = "unit-12652901PDY0001249";
  delivery.name = "form.json";
  prepare::Rules asked = prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  asked.can_be_set = [](char32_t c) { return c < 0x10000; };
  const Submission s = prepare::prepare(delivery, form, asked);
  EXPECT_EQ(told(s), (std::set<std::string>{"CHARACTER_NOT_IN_FONTS@applicant.name",
                                            "CHARACTER_NOT_IN_FONTS@summary"}));
  for (const auto& finding : s.findings) {
    EXPECT_EQ(finding.severity, pipeline::Severity::Warning);
    if (finding.where == "applicant.name") {
      EXPECT_NE(finding.message.find("𠁐（U+20050）。"), std::string::npos) << finding.message;
    }
  }
  EXPECT_EQ(s.form.at_path("applicant.name").string(), "张𠁐𠁐堃");
  asked.can_be_set = [](char32_t) { return true; };
  EXPECT_EQ(codes(prepare::prepare(delivery, form, asked)), "");
}

TEST(Prepare, EveryDefectIsToldAtOnceEachWithItsPlace) {
  const Submission s =
      form_alone(R"({"kind":"title_application","year":"明年","unit_uscc":"12652901PDY0001248",
    "applicant":{"name":"张?","sex":"女","birth_date":"1988-01-21","ethnicity":"火星族","id_number":"652901198801200032","phone":"12345","email":"x"},
    "target":{"series":"primary_secondary_teacher","level":"特级","title":"高级教师","application_type":"NORMAL"},
    "education":[{"level":"本科","school":"新疆师范大学","start":"2006-09"},{"start":"昨天"}],
    "summry":"x"})");
  const std::set<std::string> expected{"FIELD_INVALID@year",
                                       "USCC_CHECK@unit_uscc",
                                       "NAME_UNCERTAIN_CHARACTER@applicant.name",
                                       "ID_SEX_MISMATCH@applicant.sex",
                                       "ID_BIRTH_MISMATCH@applicant.birth_date",
                                       "FIELD_INVALID@applicant.ethnicity",
                                       "FIELD_INVALID@applicant.phone",
                                       "FIELD_INVALID@applicant.email",
                                       "FIELD_REQUIRED@target.specialty",
                                       "FIELD_INVALID@target.level",
                                       "FIELD_REQUIRED@education[1].level",
                                       "FIELD_REQUIRED@education[1].school",
                                       "DATE_INVALID@education[1].start",
                                       "FIELD_UNKNOWN@summry"};
  EXPECT_EQ(told(s), expected);
  for (const auto& finding : s.findings) {
    EXPECT_FALSE(finding.message.empty()) << finding.code;
    EXPECT_EQ(finding.message.find('{'), std::string::npos) << finding.message;
    EXPECT_EQ(finding.hint.find('{'), std::string::npos) << finding.hint;
    if (finding.where == "target.level") {
      EXPECT_NE(finding.hint.find("正高级"), std::string::npos) << finding.hint;
    }
    if (finding.code == "FIELD_UNKNOWN") {
      EXPECT_NE(finding.hint.find("summary"), std::string::npos) << finding.hint;
    }
  }
}

TEST(Prepare, AResubmissionMayLeaveOutWhatHasNotChanged) {
  EXPECT_EQ(
      codes(form_alone(R"({"kind":"title_application","submit":true,"resubmits":"A-3F9A2C1B77D0",
    "education":[{"level":"本科","school":"新疆师范大学"}]})")),
      "");
}

TEST(Prepare, AnUnknownKindIsRefusedAndItsNumbersAreCheckedAllTheSame) {
  const Submission s = form_alone(
      R"({"kind":"unit_registraton","unit":{"name":"x","uscc":"12430000MBOL67976N"},"handler":{"id_number":"430102199302290082"},"odd":1})");
  EXPECT_EQ(s.kind, "");
  EXPECT_EQ(codes(s), "ID_DATE KIND_UNKNOWN USCC_CHARSET");
  const auto& unknown = *std::find_if(s.findings.begin(), s.findings.end(),
                                      [](const auto& f) { return f.code == "KIND_UNKNOWN"; });
  EXPECT_NE(unknown.message.find("title_application"), std::string::npos) << unknown.message;
  EXPECT_EQ(codes(form_alone(R"({"uscc":"12431382PDY0000364"})")), "KIND_UNKNOWN");
}

TEST(Prepare, ADecisionMustNotCarryTheApplication) {
  const std::string decision = kDecision.substr(0, kDecision.rfind('}'));
  EXPECT_EQ(told(form_alone(decision +
                            R"(,"applicant":{"name":"x"},"education":[{}],"odd":1,"awards":[]})")),
            (std::set<std::string>{"REVIEW_MODIFIED_CONTENT@applicant",
                                   "REVIEW_MODIFIED_CONTENT@education", "FIELD_UNKNOWN@odd"}));
  EXPECT_EQ(
      told(form_alone(
          R"({"kind":"review_decision","case":"A-3F9A2C1B77D0","round":1,"token":"t","target":{"level":"junior"}})")),
      (std::set<std::string>{"REVIEW_MODIFIED_CONTENT@target"}));
  const Submission s = form_alone(
      R"({"kind":"review_decision","case":"a3f9a2c1b77d0","round":"1","token":"t","action":"上报","target":"hn-gcx"})");
  EXPECT_EQ(codes(s), "");
  EXPECT_EQ(s.form["action"].string(), "report_up");
  EXPECT_EQ(s.form["target"].string(), "hn-gcx");
  EXPECT_EQ(s.form["case"].string(), "A-3F9A2C1B77D0");
  EXPECT_EQ(s.form["round"], pipeline::Value(1));
}

TEST(Prepare, FormsInEveryEncodingReadTheSame) {
  const std::string text = kSmallForms[1];
  const auto expected = form_alone(text).form;
  ASSERT_FALSE(expected.is_null());
  std::string little = "\xFF\xFE";
  std::string big = "\xFE\xFF";
  for (const char32_t c : pipeline::code_points(text)) {
    zip_builder::put(little, c, 2);
    big += static_cast<char>(c >> 8), big += static_cast<char>(c & 0xFF);
  }
  for (const std::string& bytes : {"\xEF\xBB\xBF" + text, pipeline::to_gb18030(text).value(),
                                   little, big, little.substr(2), big.substr(2)}) {
    const Submission s = form_alone(bytes);
    EXPECT_EQ(codes(s), "");
    EXPECT_EQ(s.form, expected);
  }
}

TEST(Prepare, AFormThatCannotBeReadSaysWhy) {
  for (const std::string& bytes :
       {std::string(), std::string("{"), std::string("[1]"), std::string("null"),
        std::string(200, '['), std::string("{\"a\":\"\xFF\xFF\"}")}) {
    const Submission s = prepared(Builder().add("form.json", bytes).end());
    EXPECT_EQ(codes(s), "FORM_UNREADABLE") << bytes;
    EXPECT_EQ(fates(s), "form.json=rejected");
    EXPECT_TRUE(s.opened);
  }
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{\"a\":";
  const Submission s = form_alone(deep + "1" + std::string(100, '}'));
  ASSERT_EQ(codes(s), "FORM_UNREADABLE");
  EXPECT_NE(s.findings[0].message.find("64"), std::string::npos) << s.findings[0].message;
}

TEST(Prepare, AKeyThatStandsTwiceIsTold) {
  EXPECT_EQ(
      codes(form_alone(
          R"({"kind":"status_query","uscc":"12431382PDY0000364","uscc":"12431382PDY0000364"})")),
      "FORM_DUPLICATE_KEY");
}

TEST(Prepare, TheFormIsFoundAtTheRootOrInOneFolderBelow) {
  EXPECT_EQ(codes(prepared(hunan_bundle("材料/"))), "");
  EXPECT_EQ(fates(prepared(hunan_bundle("材料/"))).substr(0, 22), "材料/form.json=form ");
  EXPECT_EQ(codes(prepared(Builder().add("a.jpg", jpeg()).end())), "FORM_MISSING");
  EXPECT_EQ(
      codes(prepared(Builder().add("a/b/form.json", kSmallForms[0]).end()), "ATTACHMENT_TYPE"),
      "FORM_MISSING");
  EXPECT_EQ(codes(prepared(Builder().end())), "FORM_MISSING");
  const Submission two =
      prepared(Builder().add("form.json", kSmallForms[1]).add("x/FORM.json", kSmallForms[1]).end());
  EXPECT_EQ(codes(two), "FORM_AMBIGUOUS");
  EXPECT_EQ(fates(two), "form.json=rejected x/FORM.json=rejected");
}

TEST(Prepare, AFileNamedInTheFormButAbsentIsMissing) {
  const Submission s = prepared(Builder().add("form.json", kHunan).add("授权书.jpg", jpeg()).end());
  EXPECT_EQ(told(s), (std::set<std::string>{"ATTACHMENT_MISSING@attachments[0].file",
                                            "ATTACHMENT_MISSING@attachments[2].file"}));
  EXPECT_EQ(codes(form_alone(kHunan)), "ATTACHMENT_MISSING ATTACHMENT_MISSING ATTACHMENT_MISSING");
  EXPECT_FALSE(s.form["attachments"][0].has("at"));
}

TEST(Prepare, FilesAreFoundByBaseNameAndWithoutRegardToCase) {
  const std::string form =
      R"({"kind":"publicity_photo","unit_uscc":"12652901PDY0001249","attachments":[
    {"slot":"a19","file":"PHOTO.JPG"},{"slot":"公示证明","file":"e\u0301.jpg"},{"slot":"A19","file":"x\\2.jpg"}]})";
  Options utf8;
  utf8.flags = 0x800;
  const Submission s = prepared(Builder()
                                    .add("top/form.json", form)
                                    .add("top/pics/photo.jpg", different_jpeg(1))
                                    .add("top/é.jpg", different_jpeg(2), utf8)
                                    .add("top/x/2.jpg", different_jpeg(3))
                                    .end());
  EXPECT_EQ(codes(s), "");
  EXPECT_EQ(fates(s),
            "top/form.json=form top/pics/photo.jpg=attachment:A19 top/é.jpg=attachment:A18 "
            "top/x/2.jpg=attachment:A19");
}

TEST(Prepare, WithoutAListNamesOfFilesAndFoldersDecide) {
  Builder zip;
  zip.add("form.json", kApplication);
  int n = 0;
  for (const char* name :
       {"身份证.jpg", "张三公示照片1.jpg", "公示情况说明.jpg", "A10-2023.jpg", "学位证书/1.jpg",
        "教师资格证书.jpg", "学历证书电子注册备案表.jpg", "单位承诺书.jpg"})
    zip.add(name, different_jpeg(n++));
  zip.add("毕业证和身份证.jpg", different_jpeg(n)).add("IMG_0001.jpg", different_jpeg(n + 1));
  const Submission s = prepared(zip.end());
  EXPECT_EQ(
      fates(s),
      "form.json=form 身份证.jpg=attachment:A01 张三公示照片1.jpg=attachment:A19 "
      "公示情况说明.jpg=attachment:A18 A10-2023.jpg=attachment:A10 学位证书/1.jpg=attachment:A03 "
      "教师资格证书.jpg=attachment:A16 学历证书电子注册备案表.jpg=attachment:A04 "
      "单位承诺书.jpg=attachment:A21 "
      "毕业证和身份证.jpg=attachment IMG_0001.jpg=attachment");
  EXPECT_EQ(told(s), (std::set<std::string>{"ATTACHMENT_UNCLASSIFIED@毕业证和身份证.jpg",
                                            "ATTACHMENT_UNCLASSIFIED@IMG_0001.jpg"}));
  for (const auto& finding : s.findings) EXPECT_EQ(finding.severity, pipeline::Severity::Warning);
}

TEST(Prepare, TheSameScanInTwoSlotsIsADuplicate) {
  const Submission s = prepared(Builder()
                                    .add("form.json", kApplication)
                                    .add("身份证.jpg", jpeg())
                                    .add("毕业证.jpg", jpeg())
                                    .end());
  EXPECT_EQ(told(s), (std::set<std::string>{"ATTACHMENT_DUPLICATE@毕业证.jpg"}));
}

TEST(Prepare, SpoiltAttachmentsAreRejectedAndKeepTheirSlot) {
  const std::string ole = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(600, '\0');
  const Submission s = prepared(Builder()
                                    .add("form.json", kApplication)
                                    .add("A01.jpg", jpeg(1200, 900, false))
                                    .add("A02.png", png(false))
                                    .add("A03.pdf", pdf(1).substr(0, 100))
                                    .add("A04.pdf", "")
                                    .add("A05.pdf", pdf(1, "/Encrypt << /Filter /Foreign /V 9 >>"))
                                    .add("A06.doc", ole)
                                    .add("A07.jpg", std::string("\0\0\0\x18"
                                                                "ftypheic",
                                                                12) +
                                                        std::string(90, 'x'))
                                    .add("A08.jpg", jpeg(300, 200))
                                    .add("A09.jpg", pdf(2))
                                    .add("A11.png", png())
                                    .add("A29.xls", ole + "roster")
                                    .add("A12.pdf", pdf(0))
                                    .end());
  EXPECT_EQ(told(s),
            (std::set<std::string>{"ATTACHMENT_CORRUPT@A01.jpg", "ATTACHMENT_CORRUPT@A02.png",
                                   "ATTACHMENT_CORRUPT@A03.pdf", "ATTACHMENT_EMPTY@A04.pdf",
                                   "ATTACHMENT_ENCRYPTED@A05.pdf", "ATTACHMENT_TYPE@A06.doc",
                                   "ATTACHMENT_TYPE@A07.jpg", "ATTACHMENT_LOW_RESOLUTION@A08.jpg",
                                   "ATTACHMENT_EMPTY@A12.pdf"}));
  EXPECT_EQ(fates(s),
            "form.json=form A01.jpg=rejected:A01 A02.png=rejected:A02 A03.pdf=rejected:A03 "
            "A04.pdf=rejected:A04 A05.pdf=rejected:A05 A06.doc=rejected:A06 A07.jpg=rejected:A07 "
            "A08.jpg=attachment:A08 A09.jpg=attachment:A09 A11.png=attachment:A11 "
            "A29.xls=attachment:A29 A12.pdf=rejected:A12");
  EXPECT_EQ(s.entries[9].type, "pdf");
  EXPECT_EQ(s.entries[9].pages, 2);
  EXPECT_EQ(s.entries[10].width, 1024);
}

TEST(Prepare, JunkIsIgnoredWithANote) {
  Builder zip;
  zip.add("form.json", kSmallForms[1]).add("空/", "");
  const std::vector<std::string> junk{
      "__MACOSX/._form.json", "._a.jpg",   ".DS_Store", "x/Thumbs.db",
      "desktop.ini",          "~$表.docx", "a.TMP",     "快捷方式.lnk"};
  for (const std::string& name : junk) zip.add(name, "x");
  const Submission s = prepared(zip.end());
  EXPECT_EQ(codes(s), "");
  ASSERT_EQ(s.entries.size(), junk.size() + 1);
  for (std::size_t i = 1; i < s.entries.size(); ++i) {
    EXPECT_EQ(s.entries[i].role, Role::Ignored) << s.entries[i].name;
    EXPECT_FALSE(s.entries[i].note.empty());
  }
}

TEST(Prepare, AnUnsafeNameRefusesTheBundleButTheRestIsRead) {
  const Submission s = prepared(Builder()
                                    .add("form.json", kHunan)
                                    .add("../../evil.jpg", jpeg())
                                    .add("授权书.jpg", different_jpeg(1))
                                    .end());
  EXPECT_TRUE(s.opened);
  EXPECT_TRUE(told(s).contains("ENTRY_NAME_UNSAFE@../../evil.jpg"));
  EXPECT_EQ(fates(s), "form.json=form ../../evil.jpg=rejected 授权书.jpg=attachment:U05");
  EXPECT_TRUE(pipeline::has_error(s.findings));
}

TEST(Prepare, WhatCannotBeOpenedSaysWhatItIs) {
  const auto why = [](const std::string& bytes, const std::string& name = "a.zip") {
    const Submission s = prepared(bytes, name);
    EXPECT_FALSE(s.opened) << name;
    EXPECT_EQ(s.findings.size(), 1u);
    return s.findings.empty() ? "" : s.findings[0].code + " " + s.findings[0].message;
  };
  EXPECT_NE(why("Rar!\x1A\x07\x01 and so on").find("NOT_A_ZIP 文件格式不是ZIP，无法打开。这是RAR"),
            std::string::npos);
  EXPECT_NE(why("7z\xBC\xAF\x27\x1C and so on").find("7z"), std::string::npos);
  EXPECT_NE(why(jpeg()).find("JPG"), std::string::npos);
  EXPECT_TRUE(why("").starts_with("NOT_A_ZIP"));
  EXPECT_NE(why(Builder().add("OFD.xml", "<x/>").end()).find("OFD"), std::string::npos);
  Options encrypted;
  encrypted.flags = 1;
  EXPECT_TRUE(
      why(Builder().add("form.json", kHunan, encrypted).end()).starts_with("ZIP_ENCRYPTED"));
  Options broken;
  broken.crc = 1;
  EXPECT_TRUE(why(Builder().add("form.json", kHunan, broken).end()).starts_with("ZIP_CORRUPT"));
  const std::string cut = hunan_bundle().substr(0, 900);
  EXPECT_TRUE(why(cut).starts_with("ZIP_CORRUPT"));
  EXPECT_TRUE(prepared(cut).incomplete);
  EXPECT_FALSE(prepared("Rar!\x1A\x07\x01").incomplete);
}

TEST(Prepare, SheetsAndPdfAloneAreToldToBeUnreadableForms) {
  const std::string sheet =
      Builder().add("[Content_Types].xml", "x").add("xl/workbook.xml", "x").end();
  for (const Submission& s : {prepared(sheet, "表.xlsx"), prepared(pdf(1), "审批单.pdf"),
                              prepared(Builder().add("表.xlsx", sheet).end())}) {
    EXPECT_TRUE(s.opened);
    EXPECT_EQ(codes(s), "FORM_UNREADABLE");
    ASSERT_EQ(s.entries.size(), 1u);
    EXPECT_EQ(s.entries[0].role, Role::Rejected);
  }
}

TEST(Prepare, GbkNamesAreToldOnceAndBindAllTheSame) {
  Builder zip;
  zip.add("form.json", kHunan);
  int n = 0;
  for (const char* name : {"事业单位法人证书.pdf", "授权书.jpg", "经办人身份证.jpg"})
    zip.add(pipeline::to_gb18030(name).value(), different_jpeg(n++));
  const Submission s = prepared(zip.end());
  EXPECT_EQ(codes(s), "ZIP_NAME_RECODED");
  EXPECT_EQ(s.entries[1].encoding, "gb18030");
  EXPECT_EQ(s.entries[1].slot, "U03");
}

TEST(Prepare, EveryEntryHasAFateAlsoWhenTheBundleIsRefused) {
  Options encrypted;
  encrypted.flags = 1;
  Options method;
  method.method = 14;
  const std::vector<std::string> bundles{
      Builder().add("form.json", "{").add("a.jpg", "").add("a/", "").add("._x", "y").end(),
      Builder().add("form.json", kHunan, encrypted).add("a.jpg", jpeg()).add("._x", "y").end(),
      Builder()
          .add("form.json", kHunan, method)
          .add("a.jpg", jpeg(), method)
          .add("a.jpg", "2")
          .end()};
  for (const std::string& bytes : bundles) {
    const Submission s = prepared(bytes);
    EXPECT_EQ(s.entries.size(), 3u);
    EXPECT_TRUE(pipeline::has_error(s.findings));
    for (const auto& entry : s.entries)
      if (entry.role == Role::Rejected || entry.role == Role::Ignored) {
        EXPECT_FALSE(entry.note.empty()) << entry.name;
      }
  }
}

TEST(Prepare, AFormAloneThatIsStillBeingWrittenIsIncomplete) {
  const auto incomplete = [](const std::string& bytes, const std::string& name) {
    const Submission s = prepared(bytes, name);
    EXPECT_TRUE(pipeline::has_error(s.findings)) << name;
    return s.incomplete;
  };
  const std::string sheet =
      Builder().add("[Content_Types].xml", "x").add("xl/workbook.xml", "x").end();
  EXPECT_TRUE(incomplete("", "form.json"));
  EXPECT_TRUE(incomplete(kHunan.substr(0, kHunan.size() / 2), "form.json"));
  EXPECT_TRUE(incomplete("{", "form.json"));
  EXPECT_TRUE(incomplete(std::string(5000, '\0'), "form.json"));
  EXPECT_TRUE(incomplete("", "审批单.pdf"));
  EXPECT_TRUE(incomplete(pdf(1, {}, false), "审批单.pdf"));
  EXPECT_TRUE(incomplete(pdf(1) + std::string(1024, ' '), "审批单.pdf"));
  EXPECT_TRUE(incomplete("", "表.xlsx"));
  EXPECT_TRUE(incomplete(sheet.substr(0, sheet.size() - 30), "表.xlsx"));

  EXPECT_FALSE(incomplete("{}", "form.json"));
  EXPECT_FALSE(incomplete("[1]", "form.json"));
  EXPECT_FALSE(incomplete(std::string(100, '[') + std::string(100, ']'), "form.json"));
  EXPECT_FALSE(incomplete(pdf(1), "审批单.pdf"));
  EXPECT_FALSE(incomplete(sheet, "表.xlsx"));
  EXPECT_FALSE(incomplete(Builder().add("form.json", "{").end(), "a.zip"));
}

TEST(Prepare, AnUnfinishedFormAloneIsRefusedAsBeforeOnceItsTimeIsOver) {
  for (const Submission& s : {form_alone("{"), form_alone(""), prepared(pdf(1, {}, false))}) {
    EXPECT_TRUE(s.opened);
    EXPECT_EQ(codes(s), "FORM_UNREADABLE");
  }
}

std::size_t count_of(const Submission& s, const std::string& code) {
  return static_cast<std::size_t>(std::count_if(s.findings.begin(), s.findings.end(),
                                                [&](const auto& f) { return f.code == code; }));
}

std::string repeated(std::size_t times, const std::string& item) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += (i ? "," : "") + item;
  return out;
}

const pipeline::Finding& last_of(const Submission& s, const std::string& code) {
  return *std::find_if(s.findings.rbegin(), s.findings.rend(),
                       [&](const auto& f) { return f.code == code; });
}

const std::string kWithdrawalBegun = kSmallForms[1].substr(0, kSmallForms[1].rfind('}')) + ",";

TEST(Prepare, OfALongListAThousandItemsAreLookedAt) {
  const auto items = [](std::size_t n) {
    return form_alone(kHunan.substr(0, kHunan.rfind('}')) + R"(,"attachments":[)" +
                      repeated(n, R"({"slot":"U03"})") + "]}");
  };
  const auto told_long = [](const Submission& s) {
    return std::count_if(s.findings.begin(), s.findings.end(), [](const auto& f) {
      return f.code == "FIELD_INVALID" && f.where == "attachments" &&
             f.message.find("共 1001 项") != std::string::npos &&
             f.message.find("其余未查看") != std::string::npos;
    });
  };
  EXPECT_EQ(told_long(items(1000)), 0);
  EXPECT_EQ(told_long(items(1001)), 1);
  const Submission s =
      form_alone(R"({"kind":"title_application","resubmits":"A-3F9A2C1B77D0","awards":[)" +
                 repeated(1001, R"({"name":"x","date":"2020"})") + "]}");
  EXPECT_EQ(s.form["awards"].size(), 1000u);
  EXPECT_TRUE(told(s).contains("FIELD_INVALID@awards"));
}

TEST(Prepare, OfManyUnknownOrRepeatedKeysTheLastFindingSaysHowManyMore) {
  const auto keys = [](int n, bool same) {
    std::string out = kWithdrawalBegun;
    for (int i = 0; i < n; ++i)
      out += std::string(i ? "," : "") + "\"" + (same ? "odd" : "odd" + std::to_string(i)) + "\":1";
    return form_alone(out + "}");
  };
  EXPECT_EQ(count_of(keys(20, false), "FIELD_UNKNOWN"), 20u);
  EXPECT_EQ(last_of(keys(20, false), "FIELD_UNKNOWN").message.find("另有"), std::string::npos);
  const Submission unknown = keys(150'000, false);
  EXPECT_EQ(count_of(unknown, "FIELD_UNKNOWN"), 20u);
  EXPECT_NE(last_of(unknown, "FIELD_UNKNOWN").message.find("另有 149981 项"), std::string::npos);
  const Submission twice = keys(150'000, true);
  EXPECT_EQ(count_of(twice, "FORM_DUPLICATE_KEY"), 20u);
  EXPECT_NE(last_of(twice, "FORM_DUPLICATE_KEY").message.find("另有 149980 项"), std::string::npos);
}

TEST(Prepare, TwoHundredFindingsAreToldErrorsFirstAndEveryCodeOnce) {
  std::string rows;
  for (int i = 0; i < 900; ++i)
    rows += std::string(i ? "," : "") + R"({"name":"买买提•吐尔逊","date":"昨天"})";
  const Submission s = form_alone(
      R"({"kind":"title_application","resubmits":"A-3F9A2C1B77D0","year":"明年","odd":1,"applicant":{"name":"张?"},"awards":[)" +
      rows + "]}");
  ASSERT_EQ(s.findings.size(), 201u);
  for (const char* code :
       {"DATE_INVALID", "FIELD_INVALID", "FIELD_UNKNOWN", "NAME_UNCERTAIN_CHARACTER"})
    EXPECT_GE(count_of(s, code), 1u) << code;
  EXPECT_EQ(s.findings.back().severity, pipeline::Severity::Error);
  EXPECT_EQ(s.findings.back().where, "");
  EXPECT_EQ(s.findings.back().message.find("另有 "), 0u) << s.findings.back().message;
}

TEST(Prepare, WhatIsQuotedFromASubmissionIsCut) {
  const std::string long_text(80'000, 'k');
  const std::vector<Submission> all{
      form_alone(R"({"kind":")" + long_text + R"("})"),
      form_alone(kWithdrawalBegun + "\"" + long_text + "\":1,\"" + long_text + "\":2}"),
      form_alone(R"({"kind":"status_query","uscc":")" + long_text + R"("})"),
      form_alone(R"({"kind":"unit_info_correction","uscc":"12431382PDY0000364","attachments":[")" +
                 long_text + R"("]})"),
      prepared(
          Builder().add("form.json", kSmallForms[2]).add(long_text.substr(0, 60'000), "x").end())};
  for (const Submission& s : all) {
    EXPECT_FALSE(s.findings.empty());
    for (const auto& finding : s.findings) {
      EXPECT_LE(pipeline::count_code_points(finding.where), 100u) << finding.code;
      EXPECT_LE(finding.message.size() + finding.hint.size(), 2000u) << finding.code;
    }
  }
  EXPECT_TRUE(told(all[1]).contains("FIELD_UNKNOWN@" + std::string(99, 'k') + "…"));
}

TEST(Prepare, ThreadsGiveTheSameAnswer) {
  const std::string bytes = hunan_bundle("材料/");
  const std::string expected = fates(prepared(bytes));
  std::vector<std::thread> threads;
  std::vector<std::string> got(4);
  for (std::size_t t = 0; t < got.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) got[t] = fates(prepared(bytes));
    });
  for (auto& thread : threads) thread.join();
  for (const std::string& each : got) EXPECT_EQ(each, expected);
}

TEST(Prepare, AnAnswerFarTooLongIsRefusedBeforeItIsNormalised) {
  std::string longest;
  for (int i = 0; i < 300'000; ++i) longest += "\uFDFA";
  const auto said = told(form_alone(R"({"kind":"status_query","uscc":")" + longest + "\"}"));
  EXPECT_TRUE(said.contains("FIELD_INVALID@uscc"));
  EXPECT_FALSE(said.contains("USCC_LENGTH@uscc"));
}

}  // namespace
