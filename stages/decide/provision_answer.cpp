#include "pipeline/text.hpp"
#include "stages/decide/deciders.hpp"

namespace decide {

using pipeline::Value;

namespace {

std::string explain_provision(const pipeline::View& view, const Rules& rules,
                              const Value& document) {
  std::vector<std::string> units;
  for (const Value& unit : document["units"].items())
    units.push_back(unit["name"].text() + "（" + unit["uscc"].text() + "，" +
                    rules.dictionary.label("registration_mode", unit["mode"].text()) + "）");
  const std::string& by = document["unit"].string();
  const std::string contact = queue_contact(view, rules, "unit-" + document["uscc"].text());
  return "登录信息已分配，不需要审核：" + by + "于" +
         pipeline::chinese_time({document["at"].integer()}) + "开通" +
         std::to_string(units.size()) + "个单位：" + pipeline::join(units, "、") +
         "。没有收到登录信息的单位，请本单位的人事管理人员向" + by + "索要" +
         (contact.empty() ? "" : "，联系方式：" + contact) + "。";
}

}  // namespace

Value provision_answer(const pipeline::View& view, const Rules& rules, const Value& document) {
  const std::string at = pipeline::iso_time({document["at"].integer()});
  // X16: who holds a unit's account is told in its own letter; anybody may ask here.
  return Value::object(
      {{"case", document["case"]},
       {"kind", document["kind"]},
       {"state", document["state"]},
       {"state_label", "已开通"},
       {"unit", document["unit"]},
       {"uscc", document["uscc"]},
       {"reviewer_kind", ""},
       {"reviewer_label", ""},
       {"reviewer", ""},
       {"queue", nullptr},
       {"requested_target", nullptr},
       {"business_types", Value::array()},
       {"round", document["round"]},
       {"submitted_at", at},
       {"decided_at", at},
       {"effective_at", at},
       {"due", ""},
       {"units", document["units"]},
       {"message", explain_provision(view, rules, document)},
       {"history", Value::array({Value::object(
                       {{"at", at}, {"what", "分配登录信息"}, {"by", document["unit"]}})})}});
}

}  // namespace decide
