#pragma once

#include <string>

#include "tests/papers_samples.hpp"

// Payloads of rosters as the deciders make them.

namespace papers {

inline Value roster_person(int n) {
  Value one = json(
      R"({"sex":"男","ethnicity":"维吾尔族","birth_date":"1988-01-20","id_number":"652901198801200032","unit":"阿克苏市某中学",
    "uscc":"12652901PDY0001249","unit_nature":"事业单位","work_start":"2010-07",
    "first_education":{"level":"大学专科","school":"阿克苏教育学院","major":"数学教育","end":"2007-07"},
    "highest_education":{"level":"大学本科","degree":"学士","school":"新疆师范大学","major":"数学与应用数学","end":"2010-07"},
    "current_title":"一级教师","current_date":"2018-12-01","appointed_date":"2019-01","series":"中小学教师","specialty":"中学数学",
    "level":"副高级","title":"高级教师","application_type":"正常","appraisals":"2021合格、2022合格、2023优秀、2024合格、2025合格",
    "ce_hours":"2025年公需30、专业60","publicity":"2026-10-12至2026-10-16，无异议","state":"at_receiving_unit","state_label":"已上报",
    "round":2,"remark":"","year":2026})");
  std::string number = std::to_string(n);
  number.insert(0, 12 - number.size(), '0');
  one.set("case", "A-" + number);
  one.set("name", n % 6 == 0 ? kLongName : "张三" + std::to_string(n));
  if (n % 4 == 1) {
    one.set("unit", "新疆维吾尔自治区阿克苏地区阿克苏市第一职业技术中等专业学校（依干其校区）");
    one.set("uscc", "12652901PDY0001327");
    one.set("series", "工程技术人员");
    one.set("level", "中级");
    one.set("title", "工程师");
    one.set(
        "highest_education",
        json(
            R"({"level":"研究生","degree":"硕士","school":"中国矿业大学（北京）","major":"地质资源与地质工程","end":"2015-06-30"})"));
    one.set("remark", "第1轮退回修改后再次提交");
  }
  Value history = Value::array();
  const auto step = [&](int days, const char* what, const char* by, int round, const char* queue) {
    history.push(Value::object({{"at", kAt - std::int64_t{86400000000} * days},
                                {"what", what},
                                {"by", by},
                                {"round", round},
                                {"queue_label", queue}}));
  };
  step(20, "提交申请书", "", 1, "阿克苏市某中学");
  step(18, "退回申请人：毕业证扫描件不清晰，无法辨认证书编号，请重新扫描后再次提交", "王一", 1,
       "阿克苏市某中学");
  step(15, "再次提交申请书", "", 2, "阿克苏市某中学");
  step(12, "上报", "王一", 2, "阿克苏市教育局");
  one.set("history", history);
  return one;
}

inline Value roster_payload(int people) {
  Value out = Value::object({{"drop", "unit-12652901PDY0001249"},
                             {"label", "阿克苏市某中学"},
                             {"at", kAt},
                             {"people", Value::array()},
                             {"units", Value::array()}});
  for (int n = 0; n < people; ++n) out.member("people").push(roster_person(n));
  if (people > 0)
    out.set(
        "units",
        json(
            R"([{"uscc":"12652901PDY0001249","name":"阿克苏市某中学","submitted":8,"reported":7,"returned":3,
      "accepted":2,"not_accepted":1,"recalled":1,"in_progress":4},
      {"uscc":"12652901PDY0001327","name":"新疆维吾尔自治区阿克苏地区阿克苏市第一职业技术中等专业学校（依干其校区）",
      "submitted":4,"reported":3,"returned":0,"accepted":0,"not_accepted":0,"recalled":0,"in_progress":4}])"));
  return out;
}

}  // namespace papers
