#include <gtest/gtest.h>

#include <array>
#include <set>
#include <thread>

#include "pipeline/json.hpp"
#include "pipeline/text.hpp"
#include "stages/produce/make.hpp"
#include "tests/papers_making.hpp"
#include "tests/papers_samples.hpp"
#include "tests/pdf_reading.hpp"

// The papers: what stands in them comes back out of them, whole and the same every time. Needs
// poppler-utils and qpdf.

namespace {

using pipeline::Value;
using namespace papers;  // the samples

TEST(Papers, EveryFieldOfARegistrationComesBackOutOfTheForm) {
  const Value form = registration(), payload = registration_payload();
  const auto path = stored(make_pdf("registration_form", payload, &form), "registration");
  expect_sound(path);
  EXPECT_EQ(pages_of(path), 1);
  const std::string text = text_of(path);
  for (const char* expected : {"单位注册审批表",
                               "涟源市某国有林场",
                               "12431382PDY0000364",
                               "事业单位",
                               "县市区级",
                               "湖南省娄底市涟源市",
                               "刘一",
                               "0738-4400000",
                               "李四",
                               "431382199007150021",
                               "lisi@example.org",
                               "lylinchang",
                               "☑专技",
                               "☑人力资源市场",
                               "主管单位：涟源市林业局",
                               "主管机构：涟源市人力资源和社会保障局专技股",
                               "已勾选人力资源市场，由主管机构（统筹区对应机构）审核",
                               "事业单位法人证书.pdf",
                               "2页",
                               "经办人身份证.jpg",
                               "H07",
                               "□通过",
                               "□不通过",
                               "审核人（签字）：",
                               "审核单位（盖章）：",
                               "年月日",
                               "R-3F9A2C1B77D0",
                               "3f9a2c1b77d0",
                               "2026年11月22日10:00",
                               "第1页/共1页",
                               "2026年11月28日"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
  }
}

TEST(Papers, AnEmptyRegistrationStillMakesAForm) {
  const Value form = json(R"({"kind":"unit_registration"})");
  Value payload = json(R"({"case":"R-000000000000","round":1})");
  payload.set("received_at", kAt);
  payload.set("sha256", kDigest);
  const auto path = stored(make_pdf("registration_form", payload, &form), "registration_empty");
  expect_sound(path);
  EXPECT_NE(text_of(path).find("□专技□人力资源市场"), std::string::npos);
}

TEST(Papers, ALongRegistrationFlowsToMorePagesAndLosesNothing) {
  Value form = registration(), payload = registration_payload();
  form.member("unit").set("name", times("新疆生产建设兵团第一师阿拉尔市" + kRare, 6));
  form.member("handler").set("name", kLongName);
  payload.set("attachments", attachments(40));
  payload.set("findings", findings(60));
  const auto path = stored(make_pdf("registration_form", payload, &form), "registration_long");
  expect_sound(path);
  EXPECT_GE(pages_of(path), 4);
  const std::string text = text_of(path);
  std::vector<std::string> all;
  for (const char* key : {"attachments", "findings"}) {
    for (const Value& item : payload[key].items()) {
      for (const char* member : {"name", "file", "message", "hint"})
        all.push_back(item[member].text());
    }
  }
  all.push_back(form["unit"]["name"].text());
  all.push_back(kLongName);
  for (const auto& expected : all)
    EXPECT_NE(text.find(squeezed(expected)), std::string::npos) << expected;
  EXPECT_NE(text.find("单位注册审批表（续页）"), std::string::npos);
}

TEST(Papers, AnApplicationFormShowsItemsAndTheWholeApplication) {
  const Value form = application("任现职以来，本人爱岗敬业。"), payload = application_payload(true);
  const auto path = stored(make_pdf("application_form", payload, &form), "application");
  expect_sound(path);
  const std::string text = text_of(path);
  for (const std::string& expected : {std::string("职称申请书审批单"),
                                      kLongName,
                                      std::string("阿克苏市某中学"),
                                      std::string("中小学教师"),
                                      std::string("高级教师"),
                                      std::string("S1基本信息"),
                                      std::string("已通过（锁定）"),
                                      std::string("第1轮"),
                                      std::string("□是□否"),
                                      std::string("内容真实性□"),
                                      std::string("材料完整性□"),
                                      std::string("证明材料有效性□"),
                                      std::string("5个工作日"),
                                      std::string("学校公示栏"),
                                      std::string("无异议"),
                                      std::string("附件：A10附件/扫描件_2026_0.pdf"),
                                      std::string("2张"),
                                      std::string("基层单位推荐意见"),
                                      std::string("负责人（签字）："),
                                      std::string("（单位公章）"),
                                      std::string("□上报至：阿克苏市教育局（默认）"),
                                      std::string("□退回申请人"),
                                      std::string("□已核对，确认转交"),
                                      std::string("新疆师范大学"),
                                      std::string("107621201005000001"),
                                      std::string("0488-7395"),
                                      std::string("任现职以来，本人爱岗敬业。"),
                                      std::string("退回申请人：毕业证扫描件不清晰")}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
  }
}

TEST(Papers, AFormWithoutItemsAsksForTheWhole) {
  const Value form = application("总结"), payload = application_payload(false);
  const auto path = stored(make_pdf("application_form", payload, &form), "application_whole");
  const std::string text = text_of(path);
  EXPECT_NE(text.find("整体"), std::string::npos);
  EXPECT_EQ(text.find("已通过（锁定）"), std::string::npos);
}

TEST(Papers, ASecondRoundShowsWhatChangedItemByItem) {
  const Value form = application("任现职以来，本人爱岗敬业。"), payload = second_round_payload();
  const auto path = stored(make_pdf("application_form", payload, &form), "application_second");
  expect_sound(path);
  const std::string text = text_of(path);
  for (const char* expected :
       {"与上一轮相比的变化：共4处", "S3学历学位", "1076212010050000",
        "A10学历学位证书及其认证报告0", "毕业证（模糊）.jpg", "请注意", "请核对是否同一人"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
  }
}

TEST(Papers, ACommitteeSeesTheOpinionsBeforeItsOwn) {
  const Value form = application("任现职以来，本人爱岗敬业。"), payload = committee_payload();
  const auto path = stored(make_pdf("application_form", payload, &form), "application_committee");
  expect_sound(path);
  const std::string text = text_of(path);
  for (const char* expected :
       {"评审委员会意见", "应到：实到：同意：不同意：弃权：", "此前的审核意见", "同意推荐。",
        "王一", "推荐单位（材料接收单位）意见", "同意上报。", "□受理□退回申请人□回退□不予受理"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
  }
}

TEST(Papers, ThreeThousandCharactersOfOpinionAndSummaryFlowOverPages) {
  std::string summary, opinion;
  for (int i = 0; i < 100; i++) {
    summary += "第" + std::to_string(i) + "段：任现职以来，本人认真履行岗位职责，成绩显著；";
    opinion += "意见" + std::to_string(i) + "：经公示，材料真实，符合申报条件，同意推荐。";
  }
  const Value form = application(summary + kRare);
  Value payload = application_payload(true);
  payload.set("stage", "committee");
  payload.set("attachments", attachments(40));
  payload.set("findings", findings(60));
  payload.set(
      "opinions",
      Value::array({Value::object(
          {{"title", "基层单位推荐意见"}, {"text", opinion}, {"by", kLongName}, {"at", kAt}})}));
  const auto path = stored(make_pdf("application_form", payload, &form), "application_long");
  expect_sound(path);
  EXPECT_GE(pages_of(path), 6);
  std::string text = text_of(path);
  // Continuation headers, footers and repeated labels stand between the parts of a divided text:
  // the sentences are whole.
  for (int i = 0; i < 100; i++) {
    EXPECT_NE(text.find("第" + std::to_string(i) + "段："), std::string::npos) << i;
    EXPECT_NE(text.find("意见" + std::to_string(i) + "："), std::string::npos) << i;
  }
  EXPECT_NE(text.find(kRare), std::string::npos);
  EXPECT_NE(text.find("应到：实到：同意：不同意：弃权："), std::string::npos);
  std::size_t characters = 0;
  for (std::size_t at = 0; (at = text.find("成绩显著", at)) != std::string::npos; at++)
    characters++;
  EXPECT_GE(characters, 99u);
}

TEST(Papers, AReceiptTellsResultNextStepAndTheFateOfEveryEntry) {
  const Value payload = receipt_payload("accepted", 1, 5);
  const auto papers = produce::make(
      {"receipt", "receipts/public/a.zip.3f9a2c1b77d0", payload, std::nullopt}, nullptr, kit());
  ASSERT_EQ(papers.size(), 2u);
  EXPECT_EQ(papers[0].path, "receipts/public/a.zip.3f9a2c1b77d0.json");
  EXPECT_EQ(papers[1].path, "receipts/public/a.zip.3f9a2c1b77d0.pdf");
  EXPECT_EQ(pipeline::parse_own_json(papers[0].bytes), payload);
  const auto path = stored(papers[1].bytes, "receipt");
  expect_sound(path);
  const std::string text = text_of(path);
  for (const char* expected :
       {"受理回执", "已受理", "下一步", "单位注册", "R-3F9A2C1B77D0", "待审核",
        "涟源市人力资源和社会保障局专技股", "涟源林场注册材料.zip",
        "注册材料/附件3_事业单位法人证书.pdf", "Windows缩略图，与业务无关", "U03"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
  }
}

TEST(Papers, EveryResultHasItsOwnWordsAndNextStep) {
  std::set<std::string> seen;
  for (const auto& [result, words] :
       std::vector<std::pair<std::string, std::string>>{{"accepted", "已受理"},
                                                        {"not_submitted", "附件已接收，尚未注册"},
                                                        {"refused", "未受理"},
                                                        {"quarantined", "无法打开"},
                                                        {"duplicate", "重复投递"}}) {
    const auto path =
        stored(make_pdf("receipt", receipt_payload(result, 1, 1)), "receipt_" + result);
    const std::string text = text_of(path);
    EXPECT_NE(text.find(words), std::string::npos) << result;
    const auto from = text.find("下一步"), to = text.find("业务类别");
    ASSERT_LT(from, to);
    EXPECT_TRUE(seen.insert(text.substr(from, to - from)).second) << result;
  }
}

TEST(Papers, TheReceiptOfAWorklistTellsEveryRowOverAsManyPagesAsItTakes) {
  const auto path = stored(make_pdf("receipt", worklist_receipt_payload(500)), "receipt_worklist");
  expect_sound(path);
  EXPECT_GT(pages_of(path), 10);
  const std::string text = text_of(path);
  for (const char* expected :
       {"待审清单部分生效", "逐行结果：共 500 行，已生效 343，未生效 100，未确认 57",
        "未生效的 100 行", "单元格 Q7", "退回申请人必须写明修改意见",
        "怎么办：请在“修改意见”一栏写明需要修改的内容"})
    EXPECT_NE(text.find(squeezed(expected)), std::string::npos) << expected;
  EXPECT_LT(text.find("A-7D3E00AA1004"), text.find("A-7D3E00AA1000"))
      << "what is left to do comes first";
  for (int i = 0; i < 500; ++i)
    EXPECT_NE(text.find("A-7D3E00AA" + std::to_string(1000 + i)), std::string::npos) << i;
}

TEST(Papers, AWorklistWithoutFaultAsksForNothingMore) {
  const auto path = stored(make_pdf("receipt", worklist_receipt_payload(3)), "receipt_worklist_ok");
  const std::string text = text_of(path);
  EXPECT_NE(text.find("待审清单全部生效"), std::string::npos);
  EXPECT_NE(text.find("各行均已生效，不必再投递。"), std::string::npos);
}

TEST(Papers, SixtyFindingsAndFortyEntriesAreAllTold) {
  const Value payload = receipt_payload("refused", 60, 40);
  const auto path = stored(make_pdf("receipt", payload), "receipt_long");
  expect_sound(path);
  const std::string text = text_of(path);
  for (const char* key : {"findings", "entries"}) {
    for (const Value& item : payload[key].items()) {
      for (const char* member : {"message", "name"}) {
        EXPECT_NE(text.find(squeezed(item[member].text())), std::string::npos) << item.dump();
      }
    }
  }
  EXPECT_NE(text.find("错误20项，警告20项，提示20项"), std::string::npos);
  EXPECT_LT(text.find("（第0条）"), text.find("（第1条）"));
  EXPECT_LT(text.find("（第57条）"), text.find("（第1条）")) << "errors come first";
}

TEST(Papers, AnAnswerToAQueryIsReadable) {
  const auto path = stored(make_pdf("receipt", query_payload()), "receipt_answer");
  const std::string text = text_of(path);
  for (const char* expected :
       {"状态查询单", "查询内容12431382PDY0000364", "查询结果已查到", "本单位的职称申请书：共1份",
        "该用户名尚未开通人才人事权限。", "主管机构：涟源市人力资源和社会保障局人力资源市场股",
        "主管单位：涟源市林业局", "已勾选人力资源市场，由主管机构（统筹区对应机构）审核",
        "2026年11月28日", "提交注册"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
  }
}

TEST(Papers, ANoticeIsALetterWithReasonsAndADate) {
  const auto path = stored(make_pdf("notice", notice_payload(3)), "notice");
  expect_sound(path);
  const std::string text = text_of(path);
  for (const std::string& expected :
       {std::string("退回修改通知书"), kLongName + "：", std::string("〔2026〕"),
        std::string("一、学历学位"), std::string("三、学历学位"),
        std::string("依据：X50退回后只可修改不通过的内容"),
        std::string("怎么办：请用300dpi以上重新扫描"),
        std::string("阿克苏市某中学2026年11月22日")}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
  }
  EXPECT_GE(pages_of(stored(make_pdf("notice", notice_payload(25)), "notice_long")), 3);
}

TEST(Papers, APaperIsCalledWhatItIs) {
  for (const auto& [result, title] :
       {std::pair{"accepted", "受理回执"}, {"refused", "补正通知书"}, {"duplicate", "收件回执"}}) {
    const auto path = stored(make_pdf("receipt", receipt_payload(result, 1, 1)), "called");
    EXPECT_TRUE(text_of(path).starts_with(title)) << text_of(path);
  }
  Value late = receipt_payload("refused", 1, 1);
  late.member("findings").items_mutable()[0].set("code", "LATE");
  EXPECT_TRUE(text_of(stored(make_pdf("receipt", late), "late")).starts_with("不予受理通知书"));
}

TEST(Papers, AQuarantinedFileStaysUntouchedBesideItsReason) {
  Value payload = json(R"({"bundle":"坏包.zip","drop":"public"})");
  payload.set("sha256", kDigest);
  payload.set("received_at", kAt);
  payload.set("findings", findings(2));
  const auto papers = produce::make(
      {"quarantine", "quarantine/public/3f9a2c1b77d0", payload, std::nullopt}, nullptr, kit());
  ASSERT_EQ(papers.size(), 3u);
  EXPECT_EQ(papers[0].path, "quarantine/public/3f9a2c1b77d0/坏包.zip");
  EXPECT_EQ(papers[0].from_vault, kDigest);
  Value told = payload;
  told.set("release", "dossier release quarantine/public/3f9a2c1b77d0");
  EXPECT_EQ(pipeline::parse_own_json(papers[1].bytes), told);
  EXPECT_NE(papers[2].bytes.find("dossier release quarantine/public/3f9a2c1b77d0"),
            std::string::npos);
  EXPECT_NE(papers[2].bytes.find("统一社会信用代码校验码错误（第1条）"), std::string::npos);
  EXPECT_NE(papers[2].bytes.find("2026年11月22日 10:00"), std::string::npos);
  payload.set("bundle", "Reason.json");
  EXPECT_EQ(produce::make({"quarantine", "q", payload, std::nullopt}, nullptr, kit())[0].path,
            "q/original-Reason.json");
}

TEST(Papers, TheSamePayloadGivesTheSameBytesOnEveryThread) {
  const Value form = application(times("任现职以来，成绩显著。", 50)),
              payload = application_payload(true);
  const std::string first = make_pdf("application_form", payload, &form);
  std::array<std::string, 4> made;
  std::vector<std::jthread> threads;
  for (auto& one : made) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; i++) one = make_pdf("application_form", payload, &form);
    });
  }
  threads.clear();
  for (const auto& one : made) EXPECT_EQ(one, first);
  const auto again = produce::load_kit(DOSSIER_SOURCE_DIR "/templates");
  EXPECT_EQ(pdf_of(produce::make({"application_form", "x", payload, std::nullopt}, &form, *again)),
            first);
  EXPECT_NE(first.find("20261122100000"), std::string::npos) << "the date comes from the payload";
}

TEST(Papers, RareCharactersComeOutOfEveryRoleAndWhatNoFontHasIsMarkedAndKept) {
  Value payload = notice_payload(1);
  const std::string nobody = "\U00031350\U000F0000";
  payload.set("title", "关于" + kRare + "的通知");
  payload.set("to", kRare + nobody);
  const auto path = stored(make_pdf("notice", payload), "notice_rare");
  expect_sound(path);
  const std::string text = text_of(path);
  EXPECT_NE(text.find("关于" + kRare + "的通知"), std::string::npos) << text;
  EXPECT_NE(text.find(nobody), std::string::npos) << text;
  EXPECT_NE(text.find("U+31350"), std::string::npos) << text;
  for (const char32_t c : pipeline::code_points(kRare)) {
    for (const auto role : {produce::Role::Song, produce::Role::Title, produce::Role::Hei}) {
      const auto glyph = kit().typefaces.glyph(role, c);
      EXPECT_FALSE(glyph.stands_in);
      EXPECT_NE(glyph.id, 0);
    }
  }
  EXPECT_TRUE(kit().typefaces.glyph(produce::Role::Song, 0x31350).stands_in);
}

TEST(Papers, CharactersThatShareAGlyphKeepTheirOwnCode) {
  Value payload = notice_payload(0);
  payload.set("to", "甲•乙・丙·丁☑戊□己☐");
  const std::string text = text_of(stored(make_pdf("notice", payload), "notice_shared"));
  EXPECT_NE(text.find("甲•乙・丙·丁☑戊□己☐"), std::string::npos) << text;
}

TEST(Papers, NamesInArabicLettersComeBackInTheirOrder) {
  Value payload = notice_payload(0);
  payload.set("to", "ئابدۇللا（阿卜杜拉）");
  payload.set("from", "ئابدۇراخمان");
  const auto path = stored(make_pdf("notice", payload), "notice_uyghur");
  expect_sound(path);
  const std::string text = text_of(path);
  EXPECT_NE(text.find("ئابدۇللا"), std::string::npos) << text;
  EXPECT_NE(text.find("ئابدۇراخمان"), std::string::npos) << text;
}

TEST(Papers, TheCodeAtTheTopSaysCaseRoundAndQueue) {
  const Value form = registration(), payload = registration_payload();
  const auto path = stored(make_pdf("registration_form", payload, &form), "registration_code");
  run("pdftoppm -r 150 -f 1 -l 1 -png -singlefile " + path + " " + path);
  const std::string read = run("ZXingReader " + path + ".png");
  EXPECT_NE(read.find("DOSSIER:R-3F9A2C1B77D0;r1;agency-431382-pt"), std::string::npos) << read;
}

TEST(Papers, WhatPeopleFilledInIsSetInKaiAndASiteMayHaveFontsOfItsOwn) {
  const Value form = registration(), payload = registration_payload();
  const auto path = stored(make_pdf("registration_form", payload, &form), "registration_kai");
  EXPECT_NE(run("pdffonts " + path).find("LXGWWenKai"), std::string::npos);
  produce::Fonts fonts = produce::default_fonts();
  fonts.title = {{"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 0, "", ""},
                 {"/usr/share/fonts/truetype/hanazono/HanaMinA.ttf", 0, "", ""}};
  const auto kit = produce::load_kit(DOSSIER_SOURCE_DIR "/templates", fonts);
  Value notice = notice_payload(1);
  notice.set("title", "关于Éva的通知");  // É is composed of two glyphs
  const auto own =
      stored(pdf_of(produce::make({"notice", "x", notice, std::nullopt}, nullptr, *kit)), "own");
  expect_sound(own);
  const std::string used = run("pdffonts " + own);
  EXPECT_NE(used.find("DejaVuSans"), std::string::npos) << used;
  EXPECT_NE(used.find("HanaMinA"), std::string::npos) << used;
  EXPECT_NE(text_of(own).find("关于Éva的通知"), std::string::npos);
}

TEST(Kit, PlacesAreNamedInChinese) {
  EXPECT_EQ(kit().place("unit_registration", "unit.uscc"), "统一社会信用代码");
  EXPECT_EQ(kit().place("title_application", "education[1].school"), "毕业院校（第 2 项）");
  EXPECT_EQ(kit().place("title_application", "扫描件[1].jpg"), "扫描件[1].jpg");
}

}  // namespace
