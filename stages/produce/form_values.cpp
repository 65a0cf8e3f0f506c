#include "stages/produce/form_values.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <vector>

#include "pipeline/text.hpp"
#include "stages/produce/parts.hpp"

namespace produce {

using pipeline::Value;

namespace {

std::string with_name(std::string label, const std::string& name) {
  if (name.empty()) return label;
  return label.empty() ? name : label + "：" + name;
}

std::string received(const Subject& s) {
  return pipeline::chinese_date(pipeline::beijing_day(time_of(s.payload["received_at"])));
}

std::string reviewer(const Subject& s) {
  const std::string note = s.payload["note"].text();
  return with_name(s.payload["reviewer_label"].text(), s.payload["reviewer"].text()) +
         (note.empty() ? "" : "\n（" + note + "）");
}

/// Whom the unit chose: H26 wants it beside who reviews.
std::string requested(const Subject& s) {
  const Value& wish = s.payload["requested"];
  std::string out = with_name(wish["label"].text(), wish["name"].text());
  for (const Value& unit : s.form["receiving_units"].items()) {
    if (!out.empty()) out += "\n";
    out += "材料接收单位：" + with_name(unit["name"].text(), unit["uscc"].text()) +
           (unit["default"].boolean() ? "（默认）" : "");
  }
  return out;
}

std::string attention(const Subject& s) {
  std::vector<std::string> lines;
  if (const std::string note = s.payload["due_note"].text(); !note.empty())
    lines.push_back("· " + note);
  for (const Value& line : s.payload["attention"].items()) lines.push_back("· " + line.text());
  return pipeline::join(lines, "\n");
}

/// For the pen: the same choices as on the screen.
std::string choices(const Subject& s) {
  std::string targets, others;
  const Value::Array& actions = s.payload["actions"].items();
  for (const Value& action : actions) {
    if (action["action"].string() != "report_up") {
      // The label of the row says what is decided: 审核通过 is 通过 there.
      std::string label = action["label"].text();
      if (label.starts_with("审核")) label.erase(0, std::string_view("审核").size());
      others += (others.empty() ? "□ " : "　　□ ") + label;
      continue;
    }
    for (const Value& target : s.payload["targets"].items())
      targets += "□ 上报至：" + target["name"].text() +
                 (target["default"].boolean() ? "（默认）" : "") + "\n";
    if (s.payload["targets"].size() == 0) targets += "□ 上报至：＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿\n";
  }
  if (actions.empty() && s.kind == FormKind::Registration) return "□ 通过　　□ 不通过";
  return targets + others;
}

std::string stage(const Subject& s) {
  const std::string& code = s.payload["stage"].string();
  if (code.empty()) return {};  // it is closed
  if (code == "committee") return "评审委员会";
  return code == "receiving_unit" || code == "parent" ? "材料接收单位" : "基层单位";
}

/// What is to be reviewed: all at once, or so many items.
std::string extent(const Subject& s) {
  const Value& items = s.payload["items"];
  if (s.situation()["review"] == "whole")
    return "整体（申请书全部内容和附件）　　□ 通过　　□ 不通过";
  const auto locked = std::count_if(items.items().begin(), items.items().end(),
                                    [](const Value& item) { return item["locked"].boolean(); });
  std::string text = "共 " + std::to_string(items.size()) + " 项";
  if (locked > 0) text += "，其中此前已通过（锁定）" + std::to_string(locked) + " 项";
  return text + "；请在续页逐项审核";
}

std::string publicity_days(const Subject& s) {
  const Value& publicity = s.payload["publicity"];
  if (!publicity.is_object()) return "未填写";
  const std::string start = day_text(publicity["start"]), end = day_text(publicity["end"]);
  std::string days = start.empty() && end.empty() ? "" : start + " 至 " + end;
  if (publicity["workdays"].is_number())
    days += "（" + publicity["workdays"].text() + " 个工作日）";
  return days;
}

std::string publicity_photos(const Subject& s) {
  return std::to_string(s.payload["publicity"]["photos"].integer()) + " 张";
}

constexpr int kRegistration = 1, kApplication = 2, kBoth = 3;

struct KnownValue {
  std::string_view name;
  int kinds;
  std::string (*text)(const Subject&);
};

constexpr auto kValues = std::to_array<KnownValue>({
    {"case.number", kBoth, [](const Subject& s) { return s.payload["case"].text(); }},
    {"case.round", kBoth, [](const Subject& s) { return round_text(s.payload); }},
    {"case.received", kBoth, received},
    {"case.due", kBoth, [](const Subject& s) { return day_text(s.payload["due"]); }},
    {"case.queue", kBoth, [](const Subject& s) { return s.payload["queue"].text(); }},
    {"case.reviewer", kBoth, reviewer},
    {"case.choices", kBoth, choices},
    {"case.attention", kBoth, attention},
    {"case.requested", kRegistration, requested},
    {"case.unit", kApplication, [](const Subject& s) { return s.payload["unit"].text(); }},
    {"case.stage", kApplication, stage},
    {"case.extent", kApplication, extent},
    {"publicity.days", kApplication, publicity_days},
    {"publicity.photos", kApplication, publicity_photos},
    // As the case has them, with what photos added.
    {"publicity.place", kApplication,
     [](const Subject& s) { return s.payload["publicity"]["place"].text(); }},
    {"publicity.objections", kApplication,
     [](const Subject& s) { return s.payload["publicity"]["objections"].text(); }},
});

const KnownValue* known(FormKind kind, std::string_view name) {
  const int wanted = kind == FormKind::Registration ? kRegistration : kApplication;
  const auto found = std::find_if(kValues.begin(), kValues.end(), [&](const KnownValue& each) {
    return each.name == name && (each.kinds & wanted) != 0;
  });
  return found == kValues.end() ? nullptr : &*found;
}

/// "☑专技　□人力资源市场": every word of the dictionary, ticked where it was chosen.
std::string ticked(const Value& chosen, const FieldName& field, const Kit& kit) {
  std::string out;
  for (const auto& [code, label] : kit.dictionary.words(field.dictionary)) {
    const bool is = std::any_of(chosen.items().begin(), chosen.items().end(),
                                [&](const Value& each) { return each.string() == code; });
    out += (out.empty() ? "" : "　") + std::string(is ? "☑" : "□") + label;
  }
  return out;
}

std::string field_of_form(const Subject& s, const FieldName& field) {
  const auto list = field.path.find("[]");
  if (list == field.path.npos) return field_text(s.form.at_path(field.path), field, s.kit);
  const Value& all = s.form.at_path(field.path.substr(0, list));
  const std::string_view member = std::string_view(field.path).substr(list + 2);
  if (member.empty() && !field.dictionary.empty()) return ticked(all, field, s.kit);
  std::vector<std::string> texts;
  for (const Value& item : all.items()) {
    std::string text =
        field_text(member.empty() ? item : item.at_path(member.substr(1)), field, s.kit);
    if (!text.empty()) texts.push_back(std::move(text));
  }
  return pipeline::join(texts, "、");
}

}  // namespace

std::string_view Subject::form_kind() const {
  return kind == FormKind::Registration ? "unit_registration" : "title_application";
}

Situation Subject::situation() const {
  Situation out;
  const std::string& province = payload["province"].string();
  out["province"] = province.empty() ? "hunan" : province;
  if (kind == FormKind::Registration) {
    out["kind"] = form["kind"].string() == "unit_info_correction" ? "correction" : "registration";
    return out;
  }
  const std::string& code = payload["stage"].string();
  out["stage"] = code.empty() ? "base_unit" : code;
  out["review"] =
      payload["itemised"].boolean() && payload["items"].size() > 0 ? "itemised" : "whole";
  out["targets"] = payload["targets"].size() > 0 ? "targets" : "no_targets";
  return out;
}

const std::map<std::string, std::vector<std::string>, std::less<>>& situations(FormKind kind) {
  static const std::map<std::string, std::vector<std::string>, std::less<>> kRegistrations{
      {"kind", {"registration", "correction"}}, {"province", {"hunan", "xinjiang"}}},
      kApplications{{"province", {"hunan", "xinjiang"}},
                    {"review", {"itemised", "whole"}},
                    {"stage", {"base_unit", "receiving_unit", "parent", "committee"}},
                    {"targets", {"targets", "no_targets"}}};
  return kind == FormKind::Registration ? kRegistrations : kApplications;
}

bool is_value(FormKind kind, std::string_view name) {
  return known(kind, name) != nullptr;
}

std::string shown(const Subject& subject, std::string_view name) {
  if (const KnownValue* value = known(subject.kind, name)) return value->text(subject);
  const auto& fields = subject.kit.fields(subject.form_kind());
  const auto field = std::find_if(fields.begin(), fields.end(),
                                  [&](const FieldName& each) { return each.path == name; });
  assert(field != fields.end());  // the layout was checked
  return field == fields.end() ? std::string() : field_of_form(subject, *field);
}

std::vector<Placeholder> placeholders(std::string_view text) {
  std::vector<Placeholder> out;
  for (std::size_t from = text.find('{'); from != text.npos; from = text.find('{', from + 1)) {
    const std::size_t to = text.find('}', from);
    if (to == text.npos) break;
    out.push_back({from, to + 1, std::string(text.substr(from + 1, to - from - 1))});
  }
  return out;
}

std::string filled(const Subject& subject, const std::string& text) {
  std::string out;
  std::size_t from = 0;
  for (const Placeholder& each : placeholders(text)) {
    const std::string value = shown(subject, each.name);
    if (value.empty()) return {};
    out += text.substr(from, each.from - from) + value;
    from = each.to;
  }
  return out + text.substr(from);
}

std::string field_text(const Value& value, const FieldName& field, const Kit& kit) {
  if (value.is_bool()) return value.boolean() ? "是" : "否";
  if (!field.dictionary.empty()) return kit.label(field.dictionary, value);
  if (value.is_array() || value.is_object()) return value.dump();
  if (field.type == "region") return kit.regions.full_name(value.text());
  return value.is_string() ? day_text(value) : value.text();
}

bool is_check(std::string_view shows) {
  return shows == "input.confirmed" || shows.starts_with("input.checks.");
}

bool is_block(std::string_view shows) {
  return shows.starts_with("block.");
}

bool is_opinion(std::string_view shows) {
  return shows.starts_with("input.") && shows.ends_with("_opinion");
}

}  // namespace produce
