#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "stages/prepare/prepare.hpp"
#include "stages/produce/archive_check.hpp"
#include "tests/archive_samples.hpp"
#include "tests/form_reading.hpp"
#include "tests/papers_making.hpp"
#include "tests/program.hpp"
#include "tests/registration_samples.hpp"

// The layouts of the approval forms: what an office may change, and what it is told when a table is wrong. Needs qpdf and
// what fill_form.py needs.

namespace {

namespace fs = std::filesystem;
using namespace papers;

const std::string kRegistration = "papers/registration_form.csv",
                  kApplication = "papers/application_form.csv";

/// A copy of the shipped templates that a test may spoil.
class Layouts : public testing::Test {
 protected:
  Layouts() : at("form-layout"), folder(at.path("templates")) {
    fs::copy(at.templates, folder, fs::copy_options::recursive);
  }

  std::string text(const std::string& file) const { return at.read("templates/" + file); }

  /// Replaces what stands once in the file; gives its line.
  int change(const std::string& file, const std::string& from, const std::string& to) const {
    std::string all = text(file);
    const auto found = all.find(from);
    EXPECT_NE(found, all.npos) << from;
    EXPECT_EQ(all.find(from, found + 1), all.npos) << from << " stands twice";
    const auto line = 1 + std::count(all.begin(), all.begin() + static_cast<long>(found), '\n');
    at.write("templates/" + file, all.replace(found, from.size(), to));
    return static_cast<int>(line);
  }

  std::vector<std::string> problems() const {
    std::vector<std::string> out;
    for (const produce::LayoutProblem& p : produce::check_layouts(folder))
      out.push_back(fs::relative(p.file, folder).string() + ":" + std::to_string(p.line) + ": " +
                    p.message);
    return out;
  }

  /// The one mistake made by that change is told, with file and line.
  void expect_told(const std::string& file, const std::string& from, const std::string& to,
                   const std::string& message) {
    const std::string before = text(file);
    const int line = change(file, from, to);
    const auto told = problems();
    const std::string place = file + ":" + std::to_string(line) + ": ";
    EXPECT_TRUE(std::any_of(told.begin(), told.end(),
                            [&](const std::string& each) {
                              return each.starts_with(place) && each.find(message) != each.npos;
                            }))
        << place << message << "\ntold: " << pipeline::join(told, "\n");
    at.write("templates/" + file, before);
  }

  tests::Program at;
  const std::string folder;
};

TEST_F(Layouts, TheShippedOnesHaveNoProblem) {
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(Layouts, EveryMistakeIsToldWithFileAndLine) {
  const std::string& r = kRegistration;
  const std::string& a = kApplication;
  expect_told(r, "法定代表人,unit.legal_rep", "法定代表人,unit.legal_person",
              "\"unit.legal_person\" is no field");
  expect_told(r, "法定代表人,unit.legal_rep", ",unit.legal_rep",
              "label of unit.legal_rep is missing");
  expect_told(r, "法定代表人,unit.legal_rep", "法定代表人,", "\"法定代表人\" shows nothing");
  expect_told(r, "30|48|30|48", "30|48|30|40", "156 mm together");
  expect_told(r, "30|48|30|48", "30|48|78", "3 widths for 4 cells");
  expect_told(r, "30|48|30|48", "30|48|30|宽", "no width in millimetres");
  expect_told(r, "30|48|30|48", "30|92|30|4", "8 mm or more each");
  expect_told(a, "30|40|40|46", "", "widths are missing: this row has 4 cells");
  expect_told(r, "facts,,单位地址", "fact,,单位地址", "part is title");
  expect_told(r, "facts,xinjiang,用户名", "facts,xinjang,用户名", "\"xinjang\"");
  expect_told(r, "{case.due}", "{case.deu}", "{case.deu}");
  expect_told(r, "{case.due}", "{case.due", "has a { without its }");
  expect_told(r, "附件清单,", "附件清单{case.number,", "has a { without its }");
  expect_told(r, ",36,审核人（签字）", ",高,审核人（签字）", "no height in millimetres");
  expect_told(r, ",36,审核人（签字）", ",20,审核人（签字）", "30 mm or more");
  expect_told(r, "□ 已核对，确认转交", "已核对，确认转交", "needs one □");
  expect_told(r, "facts,,单位地址,unit.address", "facts,,,", "shows nothing");
  expect_told(r, "lists,,附件清单,block.attachments,,",
              "lists,,附件清单,block.attachments,备注,text", "takes a row of its own");
  expect_told(r, "lists,,系统检查,block.findings", "lists,,审核意见,input.modification_opinion",
              "must stand in part facts or review");
  expect_told(a, "title,,职称申请书审批单,text", "title,committee,职称申请书审批单,text",
              "no title");
}

TEST_F(Layouts, WhatIsNoTableAtAllStopsWithFileAndLine) {
  change(kRegistration, "part,when,label1", "part,label1");
  try {
    problems();
    FAIL() << "a table without the column `when` was taken";
  } catch (const pipeline::Fault& fault) {
    EXPECT_NE(std::string(fault.what()).find("registration_form.csv:5"), std::string::npos)
        << fault.what();
  }
}

TEST_F(Layouts, AFormThatCouldNotBeReadBackIsTold) {
  const auto told_after = [&](const std::string& file, const std::string& row_begins,
                              const std::string& message) {
    const std::string before = text(file);
    std::string all = before;
    const auto from = all.find("\n" + row_begins) + 1;
    ASSERT_GT(from, 0U) << row_begins;
    all.erase(from, all.find('\n', from) + 1 - from);
    at.write("templates/" + file, all);
    const auto told = problems();
    EXPECT_TRUE(std::any_of(told.begin(), told.end(),
                            [&](const std::string& each) {
                              return each.starts_with(file + ":") &&
                                     each.find(message) != each.npos;
                            }))
        << message << "\ntold: " << pipeline::join(told, "\n");
    at.write("templates/" + file, before);
  };
  told_after(kRegistration, "review,,电子办理", "input.action is missing");
  told_after(kRegistration, "review,,审核意见", "input.modification_opinion is missing");
  told_after(kApplication, "review,targets,电子办理", "input.action is missing");
  told_after(kApplication, "review,committee,", "input.recommendation_opinion is missing");
  told_after(kApplication, "lists,itemised,", "block.items is missing");
  change(kApplication, "review,no_targets,电子办理", "review,,电子办理");
  const std::vector<std::string> told = problems();
  ASSERT_EQ(told.size(), 1U) << pipeline::join(told, "\n");
  EXPECT_NE(told[0].find("input.action stands twice"), std::string::npos) << told[0];
  EXPECT_NE(told[0].find("base_unit, targets)"), std::string::npos)
      << "names the case: " << told[0];
}

TEST_F(Layouts, NothingStartsWithAWrongLayoutAndRulesCheckTellsAllOfIt) {
  const int first = change(kRegistration, "法定代表人,unit.legal_rep", "法定代表人,unit.legal");
  const int second = change(kApplication, "性别,applicant.sex", "性别,applicant.gender");
  at.templates = folder;
  EXPECT_EQ(at.run_here({"rules", "check"}), 3);
  EXPECT_NE(at.out().find(kRegistration + ":" + std::to_string(first) + ": layout: "),
            std::string::npos)
      << at.out();
  EXPECT_NE(at.out().find(kApplication + ":" + std::to_string(second) + ": layout: "),
            std::string::npos)
      << at.out();
  at.write("inbox/登记.zip", tests::zip_of(tests::registration()));
  EXPECT_EQ(at.run_here({"run"}), 3);
  EXPECT_NE(at.err().find(kRegistration + ":" + std::to_string(first)), std::string::npos)
      << at.err();
  EXPECT_TRUE(fs::exists(at.path("inbox/登记.zip"))) << "it waits until the table is mended";
}

/// Another label, a row more, a row less, another order, a higher box.
void change_layout(const std::string& folder) {
  const std::string file = folder + "/" + kRegistration;
  std::ifstream in(file, std::ios::binary);
  std::string all{std::istreambuf_iterator<char>(in), {}};
  const auto replace = [&](const std::string& from, const std::string& to) {
    const auto found = all.find(from);
    ASSERT_NE(found, all.npos) << from;
    all.replace(found, from.size(), to);
  };
  replace("facts,,单位地址,unit.address", "facts,,单位地址,unit.address,行业,unit.industry");
  replace("电子办理,input.action", "请选择,input.action");
  const auto row = all.find("facts,,经办人电话");
  all.erase(row, all.find('\n', row) + 1 - row);
  const auto box = all.find("review,,审核意见"), end = all.find('\n', box) + 1;
  const std::string opinion = all.substr(box, end - box);
  all.erase(box, end - box);
  all.insert(all.find("review,,审核人,"), opinion);
  replace(",36,审核人（签字）", ",60,核准人（签字）");
  std::ofstream(file, std::ios::binary) << all;
}

std::string filled(const std::string& path) {
  const std::string out = path + ".filled.pdf";
  run("/usr/bin/python3 " DOSSIER_SOURCE_DIR "/tests/fill_form.py " + path + " " + out +
      " action=审核不通过 modification_opinion=证照过期 reviewer.name=王五 confirmed=on");
  std::ifstream in(out, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(Layouts, AChangedLayoutChangesThePaperAndNotWhatIsReadBack) {
  change_layout(folder);
  ASSERT_EQ(problems(), std::vector<std::string>{});
  const auto changed = produce::load_kit(folder);
  Value form = papers::registration();
  form.member("unit").set("industry", "苗木");
  const Value payload = registration_payload();
  const auto before = stored(make_pdf("registration_form", payload, &form), "layout_before");
  const auto after = stored(
      pdf_of(produce::make({"registration_form", "x", payload, std::nullopt}, &form, *changed)),
      "layout_after");
  expect_sound(after);
  const std::string old_text = text_of(before), new_text = text_of(after);
  for (const char* added : {"行业", "苗木", "请选择", "核准人（签字）"}) {
    EXPECT_EQ(old_text.find(added), std::string::npos) << added;
    EXPECT_NE(new_text.find(added), std::string::npos) << added;
  }
  EXPECT_NE(old_text.find("经办人电话"), std::string::npos);
  EXPECT_EQ(new_text.find("经办人电话"), std::string::npos);
  EXPECT_LT(new_text.find("办理结果"), new_text.find("审核意见"));
  EXPECT_LT(old_text.find("审核意见"), old_text.find("办理结果"));

  const prepare::Rules rules = prepare::load_rules(folder, {});
  std::string first;
  for (const std::string& path : {before, after}) {
    pipeline::Delivery delivery;
    delivery.drop = "agency-431382-pt";
    delivery.name = "审批单.pdf";
    const auto submission = prepare::prepare(delivery, filled(path), rules);
    EXPECT_TRUE(submission.findings.empty()) << submission.findings[0].message;
    EXPECT_EQ(submission.form["action"].string(), "reject");
    EXPECT_EQ(submission.form["modification_opinion"].string(), "证照过期");
    EXPECT_EQ(submission.form["confirmed"], Value(true));
    EXPECT_EQ(submission.form["form_version"].string(), "1.1");
    if (first.empty()) first = submission.form.dump();
    EXPECT_EQ(submission.form.dump(), first) << "the fields are the contract, not their places";
  }
}

TEST_F(Layouts, AFormThatIsOutWhileTheLayoutChangesIsStillTaken) {
  at.write("inbox/登记.zip", tests::zip_of(tests::registration()));
  ASSERT_EQ(at.run_here({"run"}), 0) << at.err();
  std::string form;
  for (const auto& entry : fs::recursive_directory_iterator(at.path("outbox/queues")))
    if (entry.path().filename() == "审批单.pdf") form = entry.path().string();
  ASSERT_FALSE(form.empty());
  fs::copy_file(form, at.path("form.pdf"));
  const std::string returned = filled(at.path("form.pdf"));
  change_layout(folder);
  at.templates = folder;
  at.write("inbox/agency-431382-pt/审批单.pdf", returned);
  ASSERT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["accepted"].integer(), 1) << at.out();
}

TEST_F(Layouts, WhatIsNotShownAboveIsShownWithTheApplication) {
  const std::string all = text(kApplication);
  const auto row = all.find("facts,,现任职称");
  at.write("templates/" + kApplication, std::string(all).erase(row, all.find('\n', row) + 1 - row));
  const auto changed = produce::load_kit(folder);
  const Value form = application("总结"), payload = application_payload(false);
  const auto made =
      pdf_of(produce::make({"application_form", "x", payload, std::nullopt}, &form, *changed));
  const std::string text = text_of(stored(made, "layout_less"));
  EXPECT_GT(text.find("现职称取得时间2018年12月1日"), text.find("只供审核，不得修改"));
  EXPECT_NE(text.find("现职称取得时间2018年12月1日"), std::string::npos) << text;
}

TEST_F(Layouts, WhatIsNotShownAboveOfThePublicityIsShownWithTheApplication) {
  const std::string all = text(kApplication);
  Value form = application("总结");
  form.set("publicity", json(R"({"start":"2026-10-12","place":"学校东门公告栏"})"));
  const auto shown_without = [&](const std::string& row_begins) {
    const auto row = all.find(row_begins);
    EXPECT_NE(row, all.npos);
    at.write("templates/" + kApplication,
             std::string(all).erase(row, all.find('\n', row) + 1 - row));
    const auto changed = produce::load_kit(folder);
    const Value payload = application_payload(false);
    return text_of(stored(
        pdf_of(produce::make({"application_form", "x", payload, std::nullopt}, &form, *changed)),
        "layout_publicity"));
  };
  const std::string no_place = shown_without("facts,,公示地点");
  EXPECT_NE(no_place.find("公示地点学校东门公告栏"), no_place.npos) << no_place;
  EXPECT_EQ(no_place.find("公示开始日期"), no_place.npos) << "the days stand above";
  const std::string no_days = shown_without("facts,,公示日期");
  EXPECT_NE(no_days.find("公示开始日期2026年10月12日"), no_days.npos) << no_days;
  EXPECT_EQ(no_days.find("学校东门公告栏"), no_days.npos) << "the place stands above";
}

TEST_F(Layouts, PlaceholdersAreFilledInEveryLabel) {
  change(kApplication, "基层单位|推荐意见,input", "{case.stage}|推荐意见,input");
  change(kApplication, "附件清单,block", "附件清单（{case.number}）,block");
  change(kApplication, "电子办理,input.action,上报至", "{case.stage}电子办理,input.action,上报至");
  ASSERT_EQ(problems(), std::vector<std::string>{});
  const auto changed = produce::load_kit(folder);
  const Value form = application("总结"), payload = application_payload(false);
  const std::string pdf =
      pdf_of(produce::make({"application_form", "x", payload, std::nullopt}, &form, *changed));
  const std::string text = text_of(stored(pdf, "layout_labels"));
  for (const char* expected :
       {"基层单位推荐意见", "附件清单（A-7D3E00AA11BC）", "基层单位电子办理"})
    EXPECT_NE(text.find(expected), text.npos) << expected << "\n" << text;
  EXPECT_EQ(text.find('{'), text.npos) << text;
}

TEST_F(Layouts, AnArchiveCopyLeavesOutWhatTheFirstPageAsksForAndLosesNoFact) {
  change(kApplication, "facts,,现任职称,current.title,取得时间,current.date",
         "facts,,现任职称,current.title,审核人,input.reviewer.name");
  change(kApplication,
         "review,,审核人,input.reviewer.name,确认转交,,□ "
         "已核对，确认转交,input.confirmed,,,30|48|30|48",
         "facts,,确认转交,,□ 已核对，确认转交,input.confirmed,,,,,30|126");
  ASSERT_EQ(problems(), std::vector<std::string>{});
  const auto changed = produce::load_kit(folder);
  const Value form = application("总结"), payload = archived_application("同意", 1);
  const std::string pdf =
      pdf_of(produce::make({"archive", "x", payload, std::nullopt}, &form, *changed));
  EXPECT_EQ(produce::archive_defects(pdf), std::vector<std::string>{});
  const std::string text = text_of(stored(pdf, "layout_archive"));
  EXPECT_EQ(text.find("确认转交"), text.npos);
  EXPECT_NE(text.find("现职称一级教师"), text.npos) << text;
}

TEST_F(Layouts, AnArchiveCopyNamesNoStageThatTheCaseIsNoLongerAt) {
  change(kApplication, "审核环节,case.stage,审核队列,case.queue,", "审核环节,case.stage,,,");
  ASSERT_EQ(problems(), std::vector<std::string>{});
  const auto changed = produce::load_kit(folder);
  const Value form = application("总结"), payload = archived_application("同意", 1);
  const std::string pdf =
      pdf_of(produce::make({"archive", "x", payload, std::nullopt}, &form, *changed));
  const std::string text = text_of(stored(pdf, "layout_stage"));
  EXPECT_EQ(text.find("审核环节"), text.npos) << text;
}

}  // namespace
