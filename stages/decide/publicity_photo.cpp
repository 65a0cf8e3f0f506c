#include <algorithm>

#include "pipeline/text.hpp"
#include "stages/decide/completeness.hpp"
#include "stages/decide/deciders.hpp"
#include "stages/decide/round.hpp"

namespace decide {

using pipeline::Event;
using pipeline::Result;
using pipeline::Severity;
using pipeline::Value;

namespace {

Value photos_of(const Matter& m) {
  Value photos = Value::array();
  const Value all = attachments_for_paper(m.rules, m.submission);
  for (const Value& a : all.items()) {
    if (a["slot"].string() != "A19") continue;
    photos.push(a);
    photos.items_mutable().back().set("bundle", m.submission.sha256);
  }
  return photos;
}

/// The applications that the photos belong to: those named; each must be the unit's own.
std::vector<Value> cases_of(Matter& m, const std::string& uscc) {
  std::vector<Value> cases;
  const auto& named = m.form()["cases"].items();
  for (std::size_t i = 0; i < named.size(); ++i) {
    const std::string where = "cases[" + std::to_string(i) + ']';
    if (std::find(named.begin(), named.begin() + static_cast<std::ptrdiff_t>(i), named[i]) !=
        named.begin() + static_cast<std::ptrdiff_t>(i))
      continue;
    auto document = m.view.document("case", named[i].text());
    if (!document || (*document)["kind"].string() != "title_application")
      m.find("CASE_UNKNOWN", where, {{"value", named[i].text()}});
    else if ((*document)["uscc"].string() != uscc)
      m.find("NOT_OWN_STAFF", where, {{"unit", (*document)["unit"].string()}});
    else
      cases.push_back(std::move(*document));
  }
  return cases;
}

void check_period(Matter& m, const Value& period) {
  const auto from = pipeline::parse_iso_date(period["start"].text());
  const auto to = pipeline::parse_iso_date(period["end"].text());
  if (!from || !to) {
    m.find("PUBLICITY_MISSING", Severity::Warning, "period");
    return;
  }
  const int days = count_workdays(m.rules, *from, *to);
  if (days < m.rules.settings.publicity_min_workdays)
    m.find("PUBLICITY_TOO_SHORT", "period",
           {{"value", pipeline::iso_date(*from) + "至" + pipeline::iso_date(*to)},
            {"detail", std::to_string(days)},
            {"expected", std::to_string(m.rules.settings.publicity_min_workdays)}});
}

/// X63: where the applications lie, or will go: the queue of the receiving unit.
std::vector<std::string> receiving_queues(const Matter& m, const Value& unit,
                                          const std::vector<Value>& cases) {
  std::vector<std::string> queues;
  const auto add = [&](const std::string& queue) {
    if (!queue.empty() && std::find(queues.begin(), queues.end(), queue) == queues.end())
      queues.push_back(queue);
  };
  for (const Value& document : cases)
    if (document["state"].string() == "at_receiving_unit") add(document["queue"].string());
  if (!queues.empty()) return queues;
  const Value at_base = Value::object({{"state", "at_base_unit"},
                                       {"uscc", unit["uscc"]},
                                       {"queue", "unit-" + unit["uscc"].text()},
                                       {"province", unit["province"]}});
  for (const Target& target : next_targets(m.view, m.rules, at_base))
    if (target.is_default) add(target.queue);
  return queues;
}

pipeline::Effect publicity_sheet(const Matter& m, const std::string& queue, const Value& unit,
                                 const std::vector<Value>& cases, const Value& photos) {
  Value period = m.form()["period"];
  const auto from = pipeline::parse_iso_date(period["start"].text());
  const auto to = pipeline::parse_iso_date(period["end"].text());
  if (from && to) period.set("workdays", count_workdays(m.rules, *from, *to));
  Value people = Value::array();
  for (const Value& document : cases)
    people.push(Value::object({{"case", document["case"]},
                               {"applicant", document["applicant"]},
                               {"title", document["title"]}}));
  const std::string number = m.submission.sha256.substr(0, 12);
  return {"publicity_sheet", "queues/" + queue + "/公示照片-" + unit["uscc"].text() + '-' + number,
          Value::object({{"unit", unit["name"]},
                         {"uscc", unit["uscc"]},
                         {"year", m.form()["year"]},
                         {"to", queue_label(m.view, m.rules, queue)},
                         {"period", std::move(period)},
                         {"people", std::move(people)},
                         {"photos", photos},
                         {"sha256", m.submission.sha256},
                         {"at", m.now.us}}),
          std::nullopt};
}

/// The cases show how many photos there are, and the forms that lie with a reviewer are made anew.
void add_to_cases(Matter& m, Event& event, std::vector<Value> cases, const Value& photos) {
  for (Value& document : cases) {
    Value attachments = round_of(m.view, document)["attachments"];
    for (const Value& photo : photos.items()) attachments.push(photo);
    document.set("attachments", std::move(attachments));
    Value& publicity = document.member("publicity");
    publicity.set("photos",
                  publicity["photos"].integer() + static_cast<std::int64_t>(photos.size()));
    add_history(document, m.now, "上传公示照片" + std::to_string(photos.size()) + "张",
                document["unit"].string(), m.submission.sha256);
    if (!document["queue"].string().empty()) lay_out_papers(m.out, m.view, m.rules, document);
    event.puts.push_back(put_case(std::move(document)));
  }
}

}  // namespace

void decide_publicity_photo(Matter& m) {
  const std::string uscc = m.text("unit_uscc");
  const auto [family, owner] = split_drop(m.delivery.drop);
  if (family == "unit" && !uscc.empty() && owner != uscc)
    m.find("WRONG_FOLDER", "unit_uscc", {{"detail", "这里只能办理本单位的业务。"}});
  const Value unit = unit_of(m.view, m.rules, uscc);
  if (!uscc.empty()) check_approved(m, uscc, "unit_uscc", unit);
  std::vector<Value> cases = cases_of(m, uscc);
  check_period(m, m.form()["period"]);
  const Value photos = photos_of(m);
  if (photos.size() == 0)
    m.find("ATTACHMENT_MISSING", "attachments",
           {{"file", m.rules.slot_name("A19") + "（A19）"}, {"detail", "没有可用的公示照片。"}});
  if (m.refused()) {
    m.refuse("公示照片未受理：请按下列问题修改后重新投递。");
    return;
  }
  if (m.form().has("submit") && !m.form()["submit"].boolean()) {
    m.find("NOT_SUBMITTED", "submit");
    m.out.result = Result::NotSubmitted;
    m.out.message = "公示照片已收到，但尚未提交：确认后将“是否提交”改为“是”重新投递。";
    return;
  }
  // X64: as long as the function is not released, photos are kept and nobody is bothered with them.
  const bool released = m.rules.settings.publicity_photo != "off";
  Event event{"publicity_photo_received",
              "",
              Value::object({{"uscc", uscc}, {"photos", photos.size()}, {"released", released}}),
              {}};
  Value numbers = Value::array();
  for (const Value& document : cases) numbers.push(document["case"]);
  event.puts.push_back({"photo",
                        uscc + '/' + m.submission.sha256.substr(0, 12),
                        Value::object({{"uscc", uscc},
                                       {"year", m.form()["year"]},
                                       {"cases", std::move(numbers)},
                                       {"photos", static_cast<std::int64_t>(photos.size())},
                                       {"period", m.form()["period"]},
                                       {"bundle", m.submission.sha256},
                                       {"received_at", m.now.us}}),
                        {{"unit_year", uscc + '/' + m.text("year")}}});
  m.out.message = "收到公示照片" + std::to_string(photos.size()) + "张，已存档";
  if (released) {
    const std::vector<std::string> queues = receiving_queues(m, unit, cases);
    for (const std::string& queue : queues)
      m.out.effects.push_back(publicity_sheet(m, queue, unit, cases, photos));
    add_to_cases(m, event, std::move(cases), photos);
    if (!queues.empty()) {
      m.out.queue = queues.front();
      m.out.message += "，并已传递到" + queue_label(m.view, m.rules, queues.front());
    }
    m.out.message += "。";
  } else {
    m.find("PUBLICITY_PHOTO_NOT_RELEASED", "kind");
    m.out.message += "；该功能本次没有发布，发布时将公告。";
  }
  m.out.events.push_back(std::move(event));
  m.out.result = Result::Accepted;
}

}  // namespace decide
