#include <gtest/gtest.h>

#include <algorithm>

#include "stages/decide/archive.hpp"
#include "stages/produce/archive_check.hpp"
#include "stages/produce/archive_profile.hpp"
#include "tests/archive_samples.hpp"
#include "tests/golden.hpp"
#include "tests/papers_making.hpp"
#include "tests/pdf_reading.hpp"
#include "tests/statistics_samples.hpp"

// The archive copy: whole, closed to change, and in structure what PDF/A-2b wants. Needs poppler-utils and qpdf.

namespace {

using namespace papers;

std::string application_copy(const std::string& opinion, int attachment_count) {
  const Value form = application("任现职以来，本人爱岗敬业。");
  return make_pdf("archive", archived_application(opinion, attachment_count), &form);
}

bool names(const std::vector<std::string>& defects, const std::string& what) {
  return std::any_of(defects.begin(), defects.end(),
                     [&](const std::string& d) { return d.find(what) != d.npos; });
}

TEST(Archive, OfARegistrationHoldsWhatWasAskedDecidedAndDone) {
  const Value form = registration();
  const auto path =
      stored(make_pdf("archive", archived_registration(), &form), "archive_registration");
  expect_sound(path);
  golden::compare("archive_registration.txt", run("pdftotext -raw -enc UTF-8 " + path + " -"));
}

TEST(Archive, OfAnApplicationHoldsEveryRoundOpinionAndDigest) {
  const auto path = stored(application_copy("经公示无异议，材料真实、完整，同意推荐。", 3),
                           "archive_application");
  expect_sound(path);
  golden::compare("archive_application.txt", run("pdftotext -raw -enc UTF-8 " + path + " -"));
}

TEST(Archive, LosesNothingOfTheLongest) {
  const std::string opinion = times("该同志任现职以来，", 330) + "意见到此为止" + kRare;
  const auto path = stored(application_copy(opinion, 40), "archive_long");
  expect_sound(path);
  const std::string text = text_of(path);
  for (const std::string& expected :
       {std::string("意见到此为止"), kRare, kLongName, std::string("学历学位证书及其认证报告39"),
        std::string("1000000000000039")})
    EXPECT_NE(text.find(expected), text.npos) << expected;
  EXPECT_EQ(text.find("〓"), text.npos);
}

TEST(Archive, OfACaseOfWhichLittleIsKnownIsStillMade) {
  const Value form = json(R"({"kind":"unit_registration"})");
  Value payload = json(
      R"({"case":"R-000000000000","round":1,"kind":"unit_registration","state_label":"已撤回"})");
  set_archive_facts(payload);
  const auto path = stored(make_pdf("archive", payload, &form), "archive_empty");
  expect_sound(path);
  EXPECT_NE(text_of(path).find("未经审核：已撤回"), std::string::npos);
}

/// Its steps, as the deciders hand them to the paper.
Value steps_of_closed(const Value& document) {
  const statistics_samples::MemoryView nothing;
  const auto rules = decide::load_rules(DOSSIER_SOURCE_DIR "/templates", {}, std::string(32, 'k'));
  pipeline::Outcome outcome;
  outcome.events.push_back({"decided", document["case"].string(), Value(), {}});
  outcome.events[0].puts.push_back({"case", document["case"].string(), document, {}});
  decide::archive_closed_cases(nothing, *rules, outcome, pipeline::Time{kAt});
  return outcome.effects.size() == 1 ? outcome.effects[0].payload["steps"] : Value();
}

TEST(Archive, ShowsTheOpinionOfEachDecisionAlsoWhenTwoWereMadeInOneMoment) {
  Value document = json(R"({"case":"A-7D3E00AA11BC","round":1,"kind":"title_application",
    "state":"accepted","queue":"","uscc":"12652901PDY0001249","opinion":"同意受理",
    "decisions":[{"queue":"unit-12652901PDY0001249","action":"report_up","opinion":"同意推荐"},
                 {"queue":"committee-65-teacher","action":"accept","opinion":""}],
    "opinions":[{"text":"同意推荐"}]})");
  document.set("decided_at", kAt);
  for (Value& made : document.member("decisions").items_mutable()) made.set("at", kAt);
  document.member("opinions").items_mutable()[0].set("at", kAt);
  Value steps = steps_of_closed(document);
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0]["opinion"].text(), "同意推荐");
  EXPECT_EQ(steps[1]["opinion"].text(), "");

  for (Value& made : document.member("decisions").items_mutable()) made.erase("opinion");
  EXPECT_EQ(steps_of_closed(document)[0]["opinion"].text(), "同意推荐")
      << "as an earlier release kept it";
}

TEST(Archive, TheSameCaseGivesTheSameBytes) {
  EXPECT_EQ(application_copy("同意", 2), application_copy("同意", 2));
}

TEST(Archive, SaysWhatItIsInXmpAndNamesItsColours) {
  const auto path = stored(application_copy("同意", 2), "archive_xmp");
  const std::string info = run("pdfinfo " + path);
  for (const char* expected : {"Form:            none", "JavaScript:      no",
                               "Encrypted:       no", "Metadata Stream: yes"})
    EXPECT_NE(info.find(expected), info.npos) << expected << "\n" << info;
  const std::string xmp = run("pdfinfo -meta " + path);
  EXPECT_NE(xmp.find("<pdfaid:part>2</pdfaid:part>"), xmp.npos);
  EXPECT_NE(xmp.find("<pdfaid:conformance>B</pdfaid:conformance>"), xmp.npos);
  EXPECT_NE(xmp.find("职称申请书审批单（归档） A-7D3E00AA11BC"), xmp.npos) << xmp;
}

TEST(ArchiveCheck, FindsNothingInAnArchiveCopyOfAnyLength) {
  EXPECT_EQ(produce::archive_defects(application_copy("同意", 0)), std::vector<std::string>{});
  EXPECT_EQ(produce::archive_defects(application_copy(times("长", 3000), 40)),
            std::vector<std::string>{});
}

TEST(ArchiveCheck, NamesWhatAPaperToFillInHasAndLacks) {
  const Value form = registration();
  const auto defects =
      produce::archive_defects(make_pdf("registration_form", registration_payload(), &form));
  for (const char* expected :
       {"a form", "annotations", "no XMP", "no output intent", "STSong-Light is not embedded",
        "STSong-Light has no ToUnicode", "Helvetica is of a kind that is not embedded"})
    EXPECT_TRUE(names(defects, expected)) << expected;
}

/// The same length, so that the table of objects stays right.
std::string with(std::string pdf, const std::string& old, const std::string& other) {
  EXPECT_EQ(old.size(), other.size());
  const auto at = pdf.find(old);
  EXPECT_NE(at, pdf.npos) << old;
  return at == pdf.npos ? pdf : pdf.replace(at, old.size(), other);
}

TEST(ArchiveCheck, FindsEachThingThatIsTakenAwayOrPutIn) {
  const std::string pdf = application_copy("同意", 2);
  for (const auto& [old, other, defect] :
       {std::array{"<pdfaid:part>2<", "<pdfaid:part>1<", "does not say PDF/A-2b"},
        {"<pdf:Producer>Dossier<", "<pdf:Producer>Dessier<", "differ in Producer"},
        {"<xmp:ModifyDate>2026", "<xmp:ModifyDate>2025", "differ in ModDate"},
        {"/GTS_PDFA1", "/GTS_PDFX_", "no output intent"},
        {"/N 3", "/N 4", "no RGB profile"},
        {"/FontFile3 ", "/FontFile9 ", "is not embedded"},
        {"/ToUnicode ", "/ToUnikode ", "has no ToUnicode"},
        {"/W[", "/w[", "has no widths"},
        {"/DisplayDocTitle true", "/OpenAction<</S/GTo>>", "an action"},
        {"/Lang(zh-CN)", "/AA<</a 1>> ", "actions"},
        {"/DisplayDocTitle true", "/JS (app.alert(1))   ", "a script"},
        {"/ID", "/IX", "no /ID"},
        {"%PDF-1.7\n%", "%PDF-1.7\nx", "comment"},
        {"\nstartxref", "\nstartyref", "cannot be read"}}) {
    std::string changed = with(pdf, old, other);
    if (std::string_view(old) == "/W[") {  // DW alone would do
      for (auto at = changed.find("/DW "); at != changed.npos; at = changed.find("/DW ", at + 1))
        changed.replace(at, 3, "/Dw");
      for (auto at = changed.find("/W["); at != changed.npos; at = changed.find("/W[", at + 1))
        changed.replace(at, 2, "/w");
    }
    EXPECT_TRUE(names(produce::archive_defects(changed), defect)) << old << " " << defect;
  }
}

TEST(ArchiveCheck, TheProfileIsWhatItsHeaderSays) {
  const std::string icc = produce::srgb_profile();
  const auto number = [&](std::size_t at) {
    std::uint32_t out = 0;
    for (std::size_t i = at; i < at + 4; ++i)
      out = out << 8 | static_cast<unsigned char>(icc.at(i));
    return out;
  };
  EXPECT_EQ(number(0), icc.size());
  EXPECT_EQ(icc.substr(12, 8), "mntrRGB ");
  EXPECT_EQ(icc.substr(36, 4), "acsp");
  ASSERT_EQ(number(128), 10U);
  for (std::size_t tag = 0; tag < 10; ++tag) {
    const std::size_t at = 132 + 12 * tag;
    EXPECT_EQ(number(at + 4) % 4, 0U);
    EXPECT_LE(number(at + 4) + number(at + 8), icc.size());
  }
}

}  // namespace
