#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "pipeline/json.hpp"

// Payloads and forms as the deciders make them, for the tests of the papers.

namespace papers {

using pipeline::Value;

inline const std::string kLongName = "阿卜杜热合曼·阿卜杜拉·努尔麦麦提";
inline const std::string kRare = "㛃堃喆𬭎䶮犇頔";
inline constexpr std::int64_t kAt = 1795312800000000;  // 2026-11-22T10:00:00+08:00
inline const std::string kDigest =
    "3f9a2c1b77d0aa55000000000000000000000000000000000000000000000000";

inline std::string times(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; i++) out += text;
  return out;
}

inline Value json(const std::string& text) {
  auto parsed = pipeline::parse_json(text);
  EXPECT_EQ(parsed.error, "") << text;
  return parsed.value;
}

inline Value findings(int count) {
  Value out = Value::array();
  for (int i = 0; i < count; i++) {
    out.push(Value::object(
        {{"code", "USCC_CHECK"},
         {"severity", i % 3 == 0   ? "error"
                      : i % 3 == 1 ? "warning"
                                   : "info"},
         {"where", i % 2 ? "证明材料/毕业证（" + std::to_string(i) + "）.jpg" : "unit.uscc"},
         {"message", "统一社会信用代码校验码错误（第" + std::to_string(i) + "条），应为 4"},
         {"hint", "请对照证照核对第 18 位；建议：12431382PDY0000364"},
         {"rule", "§1.1"}}));
  }
  return out;
}

inline Value attachments(int count) {
  Value out = Value::array();
  for (int i = 0; i < count; i++) {
    out.push(
        Value::object({{"slot", "A" + std::to_string(10 + i)},
                       {"item", "S" + std::to_string(1 + 3 * i % 13)},
                       {"name", "学历学位证书及其认证报告" + std::to_string(i)},
                       {"file", i % 5 == 4 ? "" : "附件/扫描件_2026_" + std::to_string(i) + ".pdf"},
                       {"type", i % 2 ? "jpeg" : "pdf"},
                       {"pages", i % 2 ? 0 : i + 1},
                       {"size", 234567 + i}}));
  }
  return out;
}

inline Value registration() {
  return json(
      R"({"kind":"unit_registration","unit":{"name":"涟源市某国有林场","uscc":"12431382PDY0000364","nature":"public_institution",
    "level":"county","region":"431382","address":"涟源市人民路1号","legal_rep":"刘一","phone":"0738-4400000"},
    "handler":{"name":"李四","id_number":"431382199007150021","phone":"13800000002","email":"lisi@example.org"},
    "account":{"username":"lylinchang"},"business_types":["pt","hr_market"],"pooling_region":"431382",
    "review_target":{"kind":"supervising_unit","uscc":"11431382PDY000028C","name":"涟源市林业局"}})");
}

inline Value registration_payload() {
  Value out = json(
      R"({"case":"R-3F9A2C1B77D0","round":1,"queue":"agency-431382-pt","token":"t","due":"2026-11-28","province":"hunan",
    "reviewer":"涟源市人力资源和社会保障局专技股","reviewer_label":"主管机构",
    "requested":{"kind":"supervising_unit","label":"主管单位","name":"涟源市林业局"},
    "note":"已勾选人力资源市场，由主管机构（统筹区对应机构）审核","region_name":"湖南省娄底市涟源市","pooling_region_name":"涟源市",
    "form_version":"1.1","actions":[{"action":"approve","label":"审核通过"},{"action":"reject","label":"审核不通过"}],
    "labels":{"nature":"事业单位","level":"县市区级","business_types":["专技","人力资源市场"]}})");
  out.set("received_at", kAt);
  out.set("sha256", kDigest);
  out.set(
      "attachments",
      json(
          R"([{"slot":"U03","name":"事业单位法人证书","file":"事业单位法人证书.pdf","type":"pdf","pages":2,"size":834567},
    {"slot":"U05","name":"经办人授权书","file":"授权书.jpg","type":"jpeg","pages":0,"size":345678},
    {"slot":"U06","name":"经办人身份证正反面","file":"经办人身份证.jpg","type":"jpeg","pages":0,"size":245678},
    {"slot":"U02","name":"营业执照","file":"","type":"","pages":0,"size":0}])"));
  out.set(
      "findings",
      json(
          R"([{"code":"HR_OVERRIDE","severity":"info","where":"business_types","message":"已勾选人力资源市场，改由主管机构审核","hint":"不需要改动","rule":"H07"}])"));
  return out;
}

inline Value application(const std::string& summary) {
  Value out = json(
      R"({"kind":"title_application","unit_uscc":"12652901PDY0001249","year":2026,
    "applicant":{"name":")" +
      kLongName +
      R"(","sex":"male","birth_date":"1988-01-20","ethnicity":"05","id_number":"652901198801200032","political_status":"13","work_start":"2010-07","phone":"13900000003"},
    "target":{"series":"primary_secondary_teacher","specialty":"中学数学","level":"senior_associate","title":"高级教师","application_type":"NORMAL"},
    "current":{"title":"一级教师","series":"primary_secondary_teacher","level":"intermediate","date":"2018-12-01","certificate_no":"XJ2018-0001","appointed_date":"2019-01"},
    "education":[{"level":"bachelor","degree":"bachelor","school":"新疆师范大学","major":"数学","mode":"full_time","start":"2006-09","end":"2010-07","cert_no":"107621201005000001"}],
    "career":[{"start":"2010-07","end":null,"unit":"阿克苏市某中学","duty":"教师","title":"一级教师"}],
    "appraisals":[{"year":2021,"grade":"合格"},{"year":2022,"grade":"合格"},{"year":2023,"grade":"优秀"}],
    "continuing_education":[{"year":2025,"public_hours":30,"professional_hours":60}],
    "achievements":[{"period":"2023","name":"市级公开课","role":"主持","level":"市厅级"}],
    "publications":[{"title":"中学数学教学研究","venue":"数学教学","issn":"0488-7395","date":"2024-05","author_rank":1}],
    "licences":[{"name":"教师资格证","no":"20106520000000001","date":"2010-06"}],"pledge":{"signed":true,"date":"2026-10-20"}})");
  out.set("summary", summary);
  return out;
}

inline Value application_payload(bool itemised) {
  Value out = json(
      R"({"case":"A-7D3E00AA11BC","round":2,"queue":"unit-12652901PDY0001249","token":"t","due":"2026-11-29","province":"xinjiang",
    "unit":"阿克苏市某中学","unit_uscc":"12652901PDY0001249","stage":"base_unit","form_version":"1.2",
    "actions":[{"action":"report_up","label":"上报"},{"action":"return","label":"退回申请人"}],
    "labels":{"series":"中小学教师","level":"副高级","application_type":"正常","sex":"男"},
    "publicity":{"start":"2026-10-12","end":"2026-10-16","place":"学校公示栏","objections":"无异议","workdays":5,"photos":2},
    "targets":[{"id":"11652901PDY000116H","name":"阿克苏市教育局","default":true},{"id":"11652900PDY0001088","name":"阿克苏地区人力资源和社会保障局","default":false}],
    "opinions":[{"title":"基层单位推荐意见","text":"","by":"","at":null}]})");
  out.set("received_at", kAt);
  out.set("sha256", kDigest);
  out.set("itemised", itemised);
  Value items = Value::array();
  const char* names[] = {"基本信息", "现任岗位",     "学历学位", "工作经历", "年度考核",
                         "继续教育", "业绩成果",     "论文著作", "获奖",     "资格考试与执业资格",
                         "基层服务", "业务工作总结", "个人承诺"};
  for (int i = 0; i < 13; i++) {
    items.push(Value::object({{"item", "S" + std::to_string(i + 1)},
                              {"name", names[i]},
                              {"locked", i % 4 == 0},
                              {"passed_round", i % 4 == 0 ? Value(1) : Value()}}));
  }
  out.set("items", items);
  out.set("attachments", attachments(9));
  out.set("findings", findings(2));
  out.set(
      "history",
      Value::array(
          {Value::object({{"at", kAt - 864000000000}, {"what", "提交申请书"}, {"by", kLongName}}),
           Value::object({{"at", kAt - 764000000000},
                          {"what", "退回申请人：毕业证扫描件不清晰"},
                          {"by", "王一"}})}));
  return out;
}

/// Round 2 after a return: what changed, what else to look at.
inline Value second_round_payload() {
  Value out = application_payload(true);
  out.set("changes", json(R"([
    {"item":"S2","name":"现任岗位","where":"current.appointed_date","before":"2019年2月","after":"2019年1月"},
    {"item":"S3","name":"学历学位","where":"education[0].cert_no","before":"10762120100500000","after":"107621201005000001"},
    {"item":"S3","name":"学历学位","where":"A10","before":"毕业证（模糊）.jpg","after":"附件/扫描件_2026_0.pdf"},
    {"item":"S12","name":"业务工作总结","where":"summary","before":"","after":"任现职以来，本人爱岗敬业。"}])"));
  out.set(
      "attention",
      json(
          R"(["身份证扫描件与案件 A-11D2E00AA11BC 的相同，请核对是否同一人。","任现职年限 7 年，正常申报须满 5 年：符合。"])"));
  return out;
}

/// The last stage: two opinions before it, and nowhere to report to.
inline Value committee_payload() {
  Value out = application_payload(false);
  out.set("stage", "committee");
  out.set("queue", "committee-65-teacher");
  out.set("form_version", "1.4");
  out.set("targets", Value::array());
  out.set(
      "actions",
      json(
          R"([{"action":"accept","label":"受理"},{"action":"return","label":"退回申请人"},{"action":"send_back","label":"回退"},{"action":"not_accept","label":"不予受理"}])"));
  Value opinions = Value::array();
  for (const auto& [title, text, by] :
       {std::array{"基层单位推荐意见", "经公示无异议，材料真实、完整，同意推荐。", "王一"},
        {"推荐单位（材料接收单位）意见", "同意上报。", "李二"}})
    opinions.push(
        Value::object({{"title", title}, {"text", text}, {"by", by}, {"at", kAt - 86400000000}}));
  out.set("opinions", opinions);
  return out;
}

inline Value receipt_payload(const std::string& result, int finding_count, int entry_count) {
  Value out = json(
      R"({"bundle":"涟源林场注册材料.zip","drop":"public","received_at":"2026-11-22T10:00:00+08:00","kind":"unit_registration"})");
  out.set("sha256", kDigest);
  out.set("result", result);
  if (result == "accepted") {
    out.set("case", "R-3F9A2C1B77D0");
    out.set("round", 1);
    out.set("queue", "agency-431382-pt");
    out.set("state", "pending_review");
    out.set("state_label", "待审核");
    out.set("reviewer", "涟源市人力资源和社会保障局专技股");
    out.set("message", "单位注册已提交，等待审核。审核结果最多半小时后生效。");
  } else {
    for (const char* key : {"case", "round", "queue", "state", "state_label", "reviewer"})
      out.set(key, Value());
    out.set("message", "申请未受理：发现错误。");
  }
  Value entries = Value::array();
  for (int i = 0; i < entry_count; i++) {
    entries.push(
        Value::object({{"name", "注册材料/附件" + std::to_string(i) + "_事业单位法人证书.pdf"},
                       {"role", i == 0       ? "form"
                                : i % 4 == 3 ? "ignored"
                                             : "attachment"},
                       {"slot", i % 4 == 3 || i == 0 ? Value() : Value("U03")},
                       {"sha256", kDigest},
                       {"note", i % 4 == 3 ? Value("Windows 缩略图，与业务无关") : Value()},
                       {"size", 1234567},
                       {"type", "pdf"}}));
  }
  out.set("findings", findings(finding_count));
  out.set("entries", entries);
  return out;
}

/// An answer to a query by USCC from the unit's own folder.
inline Value query_payload() {
  Value out = receipt_payload("accepted", 0, 1);
  out.set("kind", "status_query");
  out.set(
      "answer",
      json(
          R"({"key":"12431382PDY0000364","found":true,"message":"还在审核中：由主管机构 涟源市人力资源和社会保障局人力资源市场股 审核。","cases":[{"case":"R-3F9A2C1B77D0","kind":"unit_registration",
    "state":"pending_review","state_label":"待审核","unit":"涟源市某国有林场","uscc":"12431382PDY0000364","reviewer_kind":"competent_agency","reviewer_label":"主管机构",
    "reviewer":"涟源市人力资源和社会保障局人力资源市场股","queue":"agency-431382-hr","requested_target":{"kind":"supervising_unit","uscc":"11431382PDY000028C","name":"涟源市林业局"},
    "business_types":["pt","hr_market"],"round":1,"submitted_at":"2026-11-21T10:00:00+08:00","decided_at":null,"effective_at":null,"due":"2026-11-28",
    "message":"已勾选人力资源市场，由主管机构（统筹区对应机构）审核","history":[{"at":"2026-11-21T10:00:00+08:00","what":"提交注册","by":"李四"}]}],
    "applications":[{"case":"A-7D3E00AA11BC","applicant":"阿卜杜热合曼·阿卜杜拉","title":"高级工程师","state":"at_base_unit","state_label":"待单位审核","round":1,"reviewer":"涟源市某国有林场","due":"2026-11-29"}],
    "login":{"diagnosis":["该用户名尚未开通人才人事权限。"]}})"));
  return out;
}

/// The receipt of a worklist: every fifth row refused, every seventh not confirmed.
inline Value worklist_receipt_payload(int row_count) {
  Value out = receipt_payload("accepted", 0, 1);
  out.set("kind", "review_decision");
  out.set("bundle", "待审清单.xlsx");
  for (const char* key : {"case", "round", "queue", "state", "state_label", "reviewer"})
    out.set(key, Value());
  out.set("message", "待审清单已逐行办理。");
  Value rows = Value::array();
  for (int i = 0; i < row_count; ++i) {
    const bool refused = i % 5 == 4, open = i % 7 == 6 && !refused;
    Value row = Value::object({{"row", i + 3},
                               {"case", "A-7D3E00AA" + std::to_string(1000 + i)},
                               {"applicant", i % 6 == 0 ? kLongName : "张三"},
                               {"unit", "阿克苏市某中学"},
                               {"round", 1},
                               {"result", refused ? "refused"
                                          : open  ? "not_submitted"
                                                  : "accepted"},
                               {"state", refused || open ? "at_base_unit" : "at_receiving_unit"},
                               {"state_label", refused || open ? "待单位审核" : "已上报"},
                               {"queue", "unit-11652901PDY000116H"},
                               {"message", refused ? ""
                                           : open  ? "尚未确认，案件仍在原处待审。"
                                                   : "已上报至阿克苏市教育局。"},
                               {"findings", Value::array()}});
    if (refused)
      row.set(
          "findings",
          json(
              R"([{"code":"OPINION_REQUIRED","severity":"error","where":"Q7","message":"退回申请人必须写明修改意见",
        "hint":"请在“修改意见”一栏写明需要修改的内容","rule":"X50"},{"code":"FIELD_UNKNOWN","severity":"warning","where":"",
        "message":"本行的申请人一栏被改动，没有采纳","hint":null,"rule":"X53"}])"));
    rows.push(std::move(row));
  }
  out.set("rows", std::move(rows));
  return out;
}

inline Value notice_payload(int reasons) {
  Value out = json(
      R"({"title":"退回修改通知书","number":"阿市中〔2026〕第A-7D3E00AA11BC号","to":")" +
      kLongName +
      R"(","paragraphs":["你于2026年11月20日提交的职称申请书（申报中小学教师系列高级教师资格），经审核，有下列内容需要修改，现予退回。","请在2026年12月15日18:00以前修改完毕并再次提交；已通过的项目不能修改。"],"from":"阿克苏市某中学","case":"A-7D3E00AA11BC"})");
  out.set("at", kAt);
  out.set("sha256", kDigest);
  Value list = Value::array();
  for (int i = 0; i < reasons; i++) {
    list.push(Value::object(
        {{"text", "学历学位：毕业证扫描件不清晰，无法辨认证书编号" + std::to_string(i)},
         {"hint", "请用300 dpi以上重新扫描，替换A02"},
         {"rule", "X50"}}));
  }
  out.set("reasons", list);
  return out;
}

}  // namespace papers
