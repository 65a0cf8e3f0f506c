#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "pipeline/text.hpp"
#include "tests/form_reading.hpp"
#include "tests/papers_making.hpp"
#include "tests/papers_samples.hpp"

// The approval forms as forms: every field by its name, whoever fills it in. Needs poppler-utils,
// qpdf, python3-gi and gir1.2-poppler-0.18.

namespace {

using namespace papers;

const Value& application_of_the_tests() {
  static const Value form = application("任现职以来，本人爱岗敬业。");
  return form;
}

std::string application_file(const Value& payload, const std::string& name) {
  return stored(make_pdf("application_form", payload, &application_of_the_tests()), name);
}

std::string registration_file(const Value& payload, const std::string& name) {
  const Value form = registration();
  return stored(make_pdf("registration_form", payload, &form), name);
}

/// "action choice report_up=上报 return=退回申请人", one line a field.
std::vector<std::string> described(const std::map<std::string, FormField>& form) {
  std::vector<std::string> out;
  for (const auto& [name, field] : form) {
    std::string line = name + " " + field.kind;
    for (std::size_t i = 0; i < field.codes.size(); i++) {
      line += " " + field.codes[i];
      if (field.kind == "choice") line += "=" + field.labels[i];
    }
    out.push_back(line);
  }
  return out;
}

using Texts = std::vector<std::string>;

std::set<std::string> names(const std::map<std::string, FormField>& form) {
  std::set<std::string> out;
  for (const auto& [name, field] : form) out.insert(name);
  return out;
}

std::string filled_by_poppler(const std::string& path, const std::string& arguments) {
  const std::string filled = path + ".poppler.pdf";
  run("/usr/bin/python3 " DOSSIER_SOURCE_DIR "/tests/fill_form.py " + path + " " + filled + " " +
      arguments);
  return filled;
}

TEST(Fields, ARegistrationFormHasExactlyTheFieldsOfTheContract) {
  const auto path = registration_file(registration_payload(), "registration_fields");
  expect_sound(path);
  EXPECT_EQ(described(form_of(path)),
            (Texts{"action choice approve=审核通过 reject=审核不通过", "case hidden",
                   "confirmed check /Yes", "content hidden", "form_version hidden",
                   "modification_opinion lines", "queue hidden", "reviewer.name text",
                   "round hidden", "token hidden"}));
}

TEST(Fields, AnItemisedApplicationAsksForItsOpenItemsAndForNoLockedOne) {
  const auto path = application_file(second_round_payload(), "application_fields");
  expect_sound(path);
  Texts expected{"action choice report_up=上报 return=退回申请人",
                 "case hidden",
                 "checks.complete check /Yes",
                 "checks.truthful check /Yes",
                 "checks.valid check /Yes",
                 "confirmed check /Yes",
                 "content hidden",
                 "form_version hidden",
                 "modification_opinion lines",
                 "queue hidden",
                 "recommendation_opinion lines",
                 "reviewer.name text",
                 "round hidden",
                 "target choice 11652901PDY000116H=阿克苏市教育局（默认） "
                 "11652900PDY0001088=阿克苏地区人力资源和社会保障局",
                 "token hidden"};
  for (const int open : {2, 3, 4, 6, 7, 8, 10, 11, 12}) {  // the sample locks 1, 5, 9 and 13
    const std::string item = "items.S" + std::to_string(open);
    expected.push_back(item + ".opinion lines");
    expected.push_back(item + ".passed radio /yes /no");
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(described(form_of(path)), expected);
}

TEST(Fields, ACommitteeHasNoTargetAndAFormWithoutItemsAsksForNone) {
  const auto form = form_of(application_file(committee_payload(), "committee_fields"));
  EXPECT_FALSE(form.contains("target"));
  EXPECT_TRUE(form.contains("recommendation_opinion"));
  EXPECT_EQ(form.at("action").codes, (Texts{"accept", "return", "send_back", "not_accept"}));
  for (const auto& [name, field] : form) EXPECT_FALSE(name.starts_with("items.")) << name;
}

TEST(Fields, AnItemThatGoesOnOnTheNextPageHasItsFieldsOnce) {
  Value payload = second_round_payload();
  Value files = Value::array();
  for (int i = 0; i < 150; i++)
    files.push(Value::object({{"slot", "A03"},
                              {"item", "S3"},
                              {"file", "学历学位证书及其认证报告" + std::to_string(i) + ".pdf"}}));
  payload.set("attachments", files);
  const auto path = application_file(payload, "long_item");
  expect_sound(path);
  const Value document = qpdf_json(path);
  std::map<std::string, int> widgets;
  for (const Value& field : document["acroform"]["fields"].items())
    widgets[field["fullname"].text()]++;
  EXPECT_EQ(widgets["items.S3.passed"], 2);
  EXPECT_EQ(widgets["items.S3.opinion"], 1);
  EXPECT_NE(text_of(path).find("报告149.pdf"), std::string::npos);
}

TEST(Fields, WhatIsHiddenSaysWhichFormItIs) {
  Value payload = second_round_payload();
  payload.set("token", "9f86d081884c7d65");
  const auto form = form_of(application_file(payload, "hidden"));
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"case", "A-7D3E00AA11BC"},
                                          {"round", "2"},
                                          {"queue", "unit-12652901PDY0001249"},
                                          {"token", "9f86d081884c7d65"},
                                          {"form_version", "1.2"}}) {
    EXPECT_EQ(form.at(name).kind, "hidden") << name;
    EXPECT_EQ(form.at(name).value, value);
  }
}

TEST(Fields, APayloadOfTheFirstVersionStillMakesAForm) {
  const Value form = json(R"({"kind":"unit_registration"})");
  Value payload = json(R"({"case":"R-000000000000","round":1})");
  payload.set("received_at", kAt);
  const auto path = stored(make_pdf("registration_form", payload, &form), "old_payload");
  expect_sound(path);
  const auto fields = form_of(path);
  EXPECT_EQ(fields.at("form_version").value, "1.1");
  EXPECT_FALSE(fields.contains("action"));
  EXPECT_TRUE(fields.contains("confirmed"));
}

TEST(Fields, EverythingToFillInHasAChineseTipAndPrints) {
  for (const auto& [name, field] : form_of(application_file(second_round_payload(), "tips"))) {
    if (field.kind == "hidden") continue;
    EXPECT_TRUE(field.prints) << name;
    EXPECT_NE(field.tip, name);
    EXPECT_TRUE(std::any_of(field.tip.begin(), field.tip.end(), [](char c) { return c & 0x80; }))
        << name;
    EXPECT_EQ(field.value, field.kind == "check" || field.kind == "radio" ? "/Off" : "") << name;
  }
}

/// The upper edge of a word, from the lower edge of the page; 0: it is not on the first page.
double top_of_word(const std::string& path, const std::string& word) {
  std::istringstream boxes(run("pdftotext -l 1 -bbox -enc UTF-8 " + path + " -"));
  for (std::string line; std::getline(boxes, line);) {
    if (line.find(word) == line.npos) continue;
    const auto at = line.find("yMin=\"");
    return 841.89 - std::stod(line.substr(at + 6));
  }
  return 0;
}

TEST(Fields, TypedOpinionsLeaveTheSignatureFree) {
  for (const auto& [path, word, name] :
       {std::tuple{application_file(second_round_payload(), "signature"), "负责人（签字）",
                   "recommendation_opinion"},
        {application_file(committee_payload(), "signature_committee"), "应到",
         "recommendation_opinion"},
        {registration_file(registration_payload(), "signature_registration"), "审核人（签字）",
         "modification_opinion"}}) {
    const double signature = top_of_word(path, word);
    ASSERT_GT(signature, 0) << word;
    const auto form = form_of(path);
    EXPECT_GE(form.at(name).corners.at(1), signature) << path;
    const auto& corners = form.at(name).corners;
    EXPECT_GT(corners[3] - corners[1], 25) << "room to write in";
  }
}

TEST(Fields, TheFirstPageCarriesAllThatEveryReviewerMustFillIn) {
  for (const auto& payload : {second_round_payload(), committee_payload()}) {
    const auto path = application_file(payload, "first_page");
    const Value document = qpdf_json(path);
    std::set<std::string> first;
    for (const Value& field : document["acroform"]["fields"].items())
      if (field["pageposfrom1"].integer() == 1) first.insert(field["fullname"].text());
    for (const char* name : {"recommendation_opinion", "modification_opinion", "action",
                             "reviewer.name", "confirmed", "checks.valid"})
      EXPECT_TRUE(first.contains(name)) << name;
  }
}

TEST(Fields, AFormFilledThroughQpdfKeepsEveryFieldAndSaysWhatWasTyped) {
  const auto path = application_file(second_round_payload(), "by_qpdf");
  std::string document = run("qpdf --json-output " + path + " -");
  const auto replace = [&](const std::string& after, const std::string& from,
                           const std::string& to) {
    const auto at = document.find(from, document.find(after));
    ASSERT_NE(at, document.npos) << after;
    document.replace(at, from.size(), to);
  };
  replace("\"/T\": \"u:action\"", "\"/TU\"", "\"/V\": \"u:return\", \"/TU\"");
  replace("\"/T\": \"u:modification_opinion\"", "\"/TU\"",
          "\"/V\": \"u:毕业证不清晰，𬭎\", \"/TU\"");
  replace("\"/T\": \"u:confirmed\"", "\"/V\": \"/Off\"", "\"/V\": \"/Yes\"");
  const auto json_file = path + ".json", filled = path + ".qpdf.pdf";
  std::ofstream(json_file) << document;
  run("qpdf --json-input " + json_file + " " + filled);
  const auto before = form_of(path), after = form_of(filled);
  EXPECT_EQ(names(after), names(before));
  EXPECT_EQ(after.at("action").value, "return");
  EXPECT_EQ(after.at("modification_opinion").value, "毕业证不清晰，𬭎");
  EXPECT_EQ(after.at("confirmed").value, "/Yes");
  EXPECT_EQ(after.at("content").value, digest_of_pages(filled));
}

TEST(Fields, AFormFilledThroughPopplerKeepsEveryFieldAndShowsTypedChinese) {
  const auto path = application_file(second_round_payload(), "by_poppler");
  const std::string opinion = "学位证缺页，经办人未签名，请辩证核实后补齐";
  const auto filled = filled_by_poppler(
      path, "modification_opinion=" + opinion +
                " action=退回申请人 target=阿克苏市教育局（默认） reviewer.name=买买提·吐尔逊 "
                "confirmed=on checks.truthful=on items.S2.passed=yes items.S3.passed=no "
                "items.S3.opinion=扫描件模糊");
  const auto before = form_of(path), after = form_of(filled);
  EXPECT_EQ(names(after), names(before));
  EXPECT_EQ(after.at("modification_opinion").value, opinion);
  EXPECT_EQ(after.at("action").value, "return");
  EXPECT_EQ(after.at("target").value, "11652901PDY000116H");
  EXPECT_EQ(after.at("reviewer.name").value, "买买提·吐尔逊");
  EXPECT_EQ(after.at("confirmed").value, "/Yes");
  EXPECT_EQ(after.at("checks.truthful").value, "/Yes");
  EXPECT_EQ(after.at("checks.valid").value, "/Off");
  EXPECT_EQ(after.at("items.S2.passed").value, "/yes");
  EXPECT_EQ(after.at("items.S3.passed").value, "/no");
  EXPECT_EQ(after.at("items.S4.passed").value, "/Off");
  EXPECT_EQ(after.at("token").value, before.at("token").value);
  EXPECT_EQ(after.at("content").value, digest_of_pages(filled));
  // None of these characters needs to stand on the paper to be seen when typed.
  EXPECT_NE(text_of(filled).find(opinion), std::string::npos);
  EXPECT_LT(std::filesystem::file_size(filled), std::filesystem::file_size(path) + 50'000)
      << "no viewer needs to put a whole font into the file";
}

TEST(Fields, TheContentDigestComesOutOfThePagesHoweverTheyArePacked) {
  const auto path = application_file(second_round_payload(), "digest");
  const std::string content = form_of(path).at("content").value;
  EXPECT_EQ(content, digest_of_pages(path));
  int n = 0;
  for (const char* how :
       {"--stream-data=uncompress", "--qdf",
        "--recompress-flate --compression-level=9 --object-streams=generate", "--linearize"}) {
    const auto packed = path + std::to_string(n++) + ".pdf";
    run(std::string("qpdf ") + how + " " + path + " " + packed);
    EXPECT_EQ(digest_of_pages(packed), content) << how;
  }
  Value form = application_of_the_tests();
  form.member("target").set("specialty", "高中数学");
  const auto other = stored(make_pdf("application_form", second_round_payload(), &form), "other");
  EXPECT_NE(form_of(other).at("content").value, content);
}

TEST(Fields, PapersThatNobodyFillsInHaveNoForm) {
  const auto path = stored(make_pdf("receipt", receipt_payload("accepted", 1, 1)), "no_form");
  EXPECT_FALSE(qpdf_json(path)["acroform"]["hasacroform"].boolean());
}

}  // namespace
