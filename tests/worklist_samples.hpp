#pragma once

#include <string>

#include "tests/papers_samples.hpp"

// Payloads of worklists as the deciders make them.

namespace papers {

inline Value worklist_case(int n) {
  Value one = json(
      R"({"round":1,"queue":"unit-11652901PDY000116H","form_version":"1.2","kind":"title_application","kind_label":"职称申报",
    "unit":"阿克苏市某中学","uscc":"12652901PDY0001249","series":"中小学教师","level":"副高级","title":"高级教师",
    "application_type":"正常","actions":[{"action":"report_up","label":"上报"},{"action":"send_back","label":"回退"},
    {"action":"return","label":"退回申请人"},{"action":"not_accept","label":"不予受理"}],
    "targets":[{"id":"11652900PDY0001088","name":"阿克苏地区人力资源和社会保障局","default":false},
    {"id":"11652901PDY000116H","name":"阿克苏市教育局","default":true}]})");
  std::string number = std::to_string(n);
  number.insert(0, 12 - number.size(), '0');
  const char* const states[] = {"overdue", "today", "tomorrow", "later"};
  const char* const days[] = {"2026-11-20", "2026-11-22", "2026-11-23", "2026-11-27"};
  one.set("case", "A-" + number);
  one.set("folder", "A-" + number + "-r1");
  one.set("token", "tok" + number);
  one.set("applicant", n % 7 == 0 ? kLongName : "张三" + std::to_string(n));
  one.set("received_at", kAt - std::int64_t{86400000000} * (n % 9));
  one.set("due", days[n % 4]);
  one.set("overdue_state", states[n % 4]);
  one.set("warnings", n % 3);
  if (n % 5 == 0)
    one.set("unit", "新疆维吾尔自治区阿克苏地区阿克苏市第一职业技术中等专业学校（依干其校区）");
  return one;
}

inline Value worklist_registration(int n) {
  Value one = worklist_case(n);
  one.set("case", "R-" + one["case"].string().substr(2));
  one.set("folder", one["case"].string() + "-r1");
  one.set("kind", "unit_registration");
  one.set("kind_label", "单位注册");
  for (const char* none : {"applicant", "series", "level", "title", "application_type"})
    one.set(none, "");
  one.set("actions", json(R"([{"action":"approve","label":"审核通过"},
                              {"action":"reject","label":"审核不通过"}])"));
  one.set("targets", Value::array());
  return one;
}

inline Value worklist_payload(int cases) {
  Value out = Value::object({{"queue", "unit-11652901PDY000116H"},
                             {"label", "阿克苏市教育局"},
                             {"at", kAt},
                             {"cases", Value::array()}});
  for (int n = 0; n < cases; ++n) out.member("cases").push(worklist_case(n));
  return out;
}

}  // namespace papers
