#include <gtest/gtest.h>

#include <thread>

#include "pipeline/sha256.hpp"
#include "tests/preparing.hpp"

namespace {

using namespace preparing;

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

}  // namespace
