#pragma once

#include <string>

#include "tests/papers_samples.hpp"

// Payloads of archive copies as the deciders make them.

namespace papers {

inline Value digested(Value attachments) {
  int n = 0;
  for (Value& a : attachments.items_mutable())
    a.set("sha256", times("0123456789abcdef", 3) + std::to_string(1000000000000000 + n++));
  return attachments;
}

inline void set_archive_facts(Value& out) {
  out.set("received_at", kAt - 864000000000);
  out.set("decided_at", kAt);
  out.set("at", kAt);
  out.set("sha256", kDigest);
  out.set("rules_digest", times("ab", 32));
  out.set("record_digest", times("cd", 32));
  out.set("form_digest", times("ef", 32));
}

inline Value archived_registration() {
  Value out = registration_payload();
  for (const char* open : {"token", "form_version", "actions", "queue", "due"}) out.erase(open);
  out.set("kind", "unit_registration");
  out.set("state", "approved");
  out.set("state_label", "审核通过");
  out.set("unit", "涟源市某国有林场");
  out.set("unit_uscc", "12431382PDY0000364");
  set_archive_facts(out);
  out.set("effective_at", kAt + std::int64_t{1800} * 1000000);
  out.set("rows", Value::array({"HN-R04"}));
  out.set("attachments", digested(out["attachments"]));
  out.set(
      "steps",
      json(
          R"([{"stage":"主管机构","reviewer":"涟源市人力资源和社会保障局专技股","by":"王五","round":1,
    "action":"审核通过","opinion":"材料齐全，同意注册。","checks":null,"items":[],"rows":["actions:AC01"]}])"));
  out.member("steps").items_mutable()[0].set("at", kAt);
  out.set(
      "history",
      json(
          R"([{"what":"提交注册申请","by":"李四","round":1,"queue_label":"涟源市人力资源和社会保障局专技股"},
    {"what":"审核通过","by":"涟源市人力资源和社会保障局专技股 王五","round":1,"queue_label":"涟源市人力资源和社会保障局专技股"}])"));
  out.member("history").items_mutable()[0].set("at", kAt - 864000000000);
  out.member("history").items_mutable()[0].set("sha256", kDigest);
  out.member("history").items_mutable()[1].set("at", kAt);
  out.member("history").items_mutable()[1].set("sha256", times("76543210", 8));
  return out;
}

/// Two rounds: returned item by item, corrected, reported, accepted.
inline Value archived_application(const std::string& opinion, int attachment_count) {
  Value out = application_payload(false);
  for (const char* open : {"token", "form_version", "actions", "queue", "due", "targets", "items",
                           "itemised", "stage", "opinions"})
    out.erase(open);
  out.set("kind", "title_application");
  out.set("state", "accepted");
  out.set("state_label", "已受理");
  out.set("applicant", kLongName);
  set_archive_facts(out);
  out.set("attachments", digested(attachments(attachment_count)));
  Value steps = json(
      R"([{"stage":"基层单位","reviewer":"阿克苏市某中学","by":"王一","round":1,"action":"退回申请人",
      "checks":{"truthful":true,"complete":false,"valid":true},
      "items":[{"name":"S3 学历学位","passed":false,"opinion":"毕业证扫描件不清晰，请重新扫描"},{"name":"S1 基本信息","passed":true,"opinion":null}],
      "rows":["actions:AC11"]},
    {"stage":"基层单位","reviewer":"阿克苏市某中学","by":"王一","round":2,"action":"上报","checks":{"truthful":true,"complete":true,"valid":true},"items":[],"rows":[]},
    {"stage":"评审委员会","reviewer":"新疆中小学教师系列评审委员会","by":"㛃堃喆𬭎䶮","round":2,"action":"受理","checks":null,"items":[],"rows":[]}])");
  Value history = Value::array();
  int n = 0;
  for (Value& step : steps.items_mutable()) {
    step.set("at", kAt - std::int64_t{86400000000} * (2 - n));
    step.set("opinion", n == 1 ? opinion : n == 0 ? "学历证书不清晰" : "同意受理");
    history.push(Value::object({{"at", step["at"]},
                                {"what", step["action"]},
                                {"by", step["reviewer"].text() + " " + step["by"].text()},
                                {"round", step["round"]},
                                {"queue_label", step["reviewer"]},
                                {"sha256", times("7654321" + std::to_string(n), 8)}}));
    ++n;
  }
  out.set("steps", steps);
  out.set("history", history);
  return out;
}

}  // namespace papers
