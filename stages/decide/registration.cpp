#include <algorithm>
#include <set>

#include "pipeline/identifiers.hpp"
#include "pipeline/text.hpp"
#include "stages/decide/accounts.hpp"
#include "stages/decide/complete_notice.hpp"
#include "stages/decide/completeness.hpp"
#include "stages/decide/deciders.hpp"
#include "stages/decide/round.hpp"

namespace decide {

using pipeline::Event;
using pipeline::Result;
using pipeline::Severity;
using pipeline::Time;
using pipeline::Value;

namespace {

/// H37: attachments wait for the registration by the same handler; nobody else's land in it.
std::string upload_key(const Matter& m) {
  return m.text("unit.uscc") + '/' + m.text("handler.id_number");
}

/// The minute that has passed when the time has: what is told must not be a moment too early.
std::string whole_minute(Time t) {
  constexpr std::int64_t kMinute = 60'000'000;
  return pipeline::chinese_time({(t.us + kMinute - 1) / kMinute * kMinute});
}

/// H15, H20, H22: what an earlier registration of the same unit means for this one. Gives the last one that was decided.
Value check_earlier_registrations(Matter& m) {
  const std::string uscc = m.text("unit.uscc");
  Value last;
  for (const std::string& key : cases_of_unit(m.view, uscc, 'R')) {
    const auto other = m.view.document("case", key);
    if (!other || (*other)["kind"].string() != "unit_registration") continue;
    const std::string& state = (*other)["state"].string();
    const std::string reviewer = (*other)["reviewer"].text();
    const bool on_its_way = state == "approved" && m.now.us < (*other)["effective_at"].integer();
    if (state == "pending_review" || on_its_way) {
      m.find("ALREADY_PENDING", "unit.uscc",
             {{"kinds", m.rules.dictionary.label("kind", "unit_registration")},
              {"value", key},
              {"candidate", reviewer}});
    }
    if (state == "rejected") {
      // H22, H43: a rejection on the core platform reaches the portal later; before that nobody can register again.
      const Time effective{(*other)["effective_at"].integer()};
      if (m.now < effective)
        m.find("SYNC_NOT_ELAPSED", "unit.uscc", {{"time", whole_minute(effective)}});
    }
    if ((state == "approved" || state == "rejected") &&
        last["decided_at"].integer() <= (*other)["decided_at"].integer())
      last = *other;
  }
  return last;
}

/// H37: what this handler has sent for this unit without registering, but for what comes anew in this bundle.
Value received_before(const Matter& m) {
  Value kept = Value::array();
  const auto upload = m.view.document("upload", upload_key(m));
  if (!upload) return kept;
  for (const Value& old : (*upload)["attachments"].items()) {
    const bool replaced = std::any_of(
        m.submission.entries.begin(), m.submission.entries.end(), [&](const pipeline::Entry& e) {
          return e.role == pipeline::Role::Attachment &&
                 (e.sha256 == old["sha256"].string() ||
                  (!e.slot.empty() && e.slot == old["slot"].string()));
        });
    if (!replaced) kept.push(old);
  }
  return kept;
}

/// The attachments that count: this bundle's, and after them those received before, each with the bundle that holds it.
Value attachments_of(const Matter& m) {
  Value all = attachments_for_paper(m.rules, m.submission);
  for (Value& a : all.items_mutable()) a.set("bundle", m.submission.sha256);
  const Value before = received_before(m);
  for (const Value& a : before.items()) all.push(a);
  return all;
}

/// H37: a file that the form names but this bundle lacks is no mistake if it was received before.
void settle_received(Matter& m) {
  const Value before = received_before(m);
  const auto& lines = m.form()["attachments"].items();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool received =
        std::any_of(before.items().begin(), before.items().end(), [&](const Value& a) {
          const std::string& slot = lines[i]["slot"].string();
          return a["file"].string() == lines[i]["file"].string() ||
                 (!slot.empty() && a["slot"].string() == slot);
        });
    const std::string where = "attachments[" + std::to_string(i) + "].file";
    for (std::size_t f = 0; received && f < m.submission.findings.size(); ++f)
      if (m.submission.findings[f].code == "ATTACHMENT_MISSING" &&
          m.submission.findings[f].where == where)
        m.out.settled.push_back(f);
  }
}

/// X21, X22, H37: attachments by decision table; any one slot of a row's group is enough.
void check_attachments(Matter& m, const Province& province, bool strict) {
  const Value attachments = attachments_of(m);
  // H36: who only sends attachments is told what is still missing, and loses none for it.
  const bool submits = m.form()["submit"].boolean();
  std::string nature = m.text("unit.nature");
  if (!m.rules.dictionary.code("nature", nature)) nature = "other";
  const bool commercial = m.text("unit.uscc").starts_with('9');
  const auto rows = m.ask_all(province.attachments, {{"nature", nature},
                                                     {"commercial", commercial ? "yes" : "no"},
                                                     {"strict", strict ? "yes" : "no"}});
  require_attachments(m, province.attachments, rows, attachments, !submits);
}

Value registration_document(const Matter& m, const Route& route, const std::string& province,
                            const std::string& case_id, bool again) {
  const Value& form = m.form();
  const Value& unit = form["unit"];
  const auto& types = form["business_types"].items();
  const bool hr = std::any_of(types.begin(), types.end(),
                              [](const Value& v) { return v.string() == "hr_market"; });
  Value rows = Value::array();
  for (const std::string& row : route.rows) rows.push(row);
  const bool hunan = province == "hunan";
  Value document = Value::object(
      {{"case", case_id},
       {"kind", "unit_registration"},
       {"state", "pending_review"},
       {"round", 1},
       {"queue", route.queue},
       {"drop", m.delivery.drop},
       {"province", province},
       {"uscc", unit["uscc"]},
       {"unit", unit["name"]},
       {"unit_nature", unit["nature"]},
       {"unit_level", unit["level"]},
       {"region", unit["region"]},
       {"pooling_region", form["pooling_region"]},
       {"username", form["account"]["username"]},
       {"handler", form["handler"]["name"]},
       {"handler_id", form["handler"]["id_number"]},
       {"business_types", types.empty() ? Value::array() : form["business_types"]},
       {"category", !hunan ? Value() : Value(hr ? "hr_market" : "pt")},
       {"requested_target", form["review_target"]},
       {"receiving_units", form["receiving_units"]},
       {"reviewer_kind", route.reviewer_kind},
       {"reviewer_label", m.rules.dictionary.label("review_target", route.reviewer_kind)},
       {"reviewer", queue_label(m.view, m.rules, route.queue)},
       {"channel", route.channel},
       {"hr_override", route.hr_override},
       {"received_at", m.now.us},
       {"decided_at", nullptr},
       {"effective_at", nullptr},
       {"due", m.due_day()},
       {"decision", nullptr},
       {"opinion", nullptr},
       {"decided_by", nullptr},
       {"sha256", m.submission.sha256},
       {"rows", std::move(rows)},
       {"returns", 0},
       {"reregistration", again},
       {"credential",
        credential(m.rules, m.text("account.username"), m.text("account.password_digest"))},
       {"warnings", count_warnings(m.findings())}});
  if (!hunan) document.set("reviewer_label", "材料接收单位");
  // H26: both facts are shown, and why.
  const std::string chosen = form["review_target"]["name"].text();
  document.set("note", route.hr_override ? "已勾选人力资源市场，由主管机构（统筹区对应机构）审核" +
                                               (chosen.empty() ? "" : "；所选主管单位：" + chosen)
                                         : "");
  return document;
}

/// H37: kept until the handler registers; in no queue, no query and no statistics but the count of results (H38).
void keep_attachments(Matter& m) {
  const std::string uscc = m.text("unit.uscc");
  Value attachments = attachments_of(m);
  if (uscc.empty() || attachments.size() == 0) return;
  Event event{"attachments_received",
              "",
              Value::object({{"uscc", uscc}, {"attachments", attachments.size()}}),
              {}};
  event.puts.push_back({"upload",
                        upload_key(m),
                        Value::object({{"uscc", uscc},
                                       {"handler_id", m.form()["handler"]["id_number"]},
                                       {"received_at", m.now.us},
                                       {"attachments", std::move(attachments)}}),
                        {}});
  m.out.events.push_back(std::move(event));
}

}  // namespace

void decide_registration(Matter& m) {
  const std::string uscc = m.text("unit.uscc");
  const auto [family, owner] = split_drop(m.delivery.drop);
  if (family == "unit" && !uscc.empty() && owner != uscc)
    m.find("WRONG_FOLDER", "unit.uscc", {{"detail", "这里只能办理本单位的业务。"}});
  std::string province = pipeline::Regions::province(m.text("unit.region"));
  if (province.empty() && uscc.size() == 18) province = pipeline::Regions::province(uscc.substr(2));
  Route route;
  if (province == "hunan")
    route = route_hunan(m);
  else if (province == "xinjiang")
    route = route_xinjiang(m);
  else
    m.find("REGION_NOT_SERVED", "unit.region", {{"value", m.text("unit.region")}});

  const Value earlier = uscc.empty() ? Value() : check_earlier_registrations(m);
  check_account(m, province);
  settle_received(m);
  const auto rules = m.rules.provinces.find(province);
  if (rules != m.rules.provinces.end())
    check_attachments(m, rules->second,
                      province == "hunan" ? m.rules.settings.hunan_organisation_code_strict
                                          : m.rules.settings.xinjiang_organisation_code_strict);
  if (earlier["state"].string() == "rejected")
    mark_overlooked(m, round_of(m.view, earlier), m.form(), attachments_of(m));
  const bool submits = m.form()["submit"].boolean();
  if (m.refused()) {
    m.refuse(
        submits
            ? "注册申请未受理：请按下列问题逐项修改后重新提交。"
            : "附件已收到，但尚未注册，且有下列问题：请逐项修改后点击“注册”（submit）重新提交。");
    return;
  }
  if (route.rows.empty() || route.queue.empty()) {
    m.find("AGENCY_NOT_CONFIGURED", "unit.region", {{"value", m.text("unit.region")}});
    m.refuse("注册申请未受理：没有找到审核单位。");
    return;
  }
  // H36–H38: attachments received are not a registration; nobody sees it and no query finds it.
  if (!submits) {
    m.find("NOT_SUBMITTED", "submit");
    m.out.result = Result::NotSubmitted;
    m.out.state = "attachments_received";
    m.out.message = "附件上传成功，尚未注册：请确认后再次点击注册，提示成功才是注册成功。";
    keep_attachments(m);
    return;
  }
  const std::string case_id = new_case_number(m, 'R');
  Value document = registration_document(m, route, province, case_id, !earlier.is_null());
  const std::string reviewer = document["reviewer"].string();
  add_history(document, m.now, "提交注册申请", m.text("handler.name"), m.submission.sha256);
  Value form = m.form();
  form.member("account").erase("password_digest");  // X05: a password never comes out again
  Event event{"registration_received",
              case_id,
              Value::object({{"queue", route.queue}, {"rows", document["rows"]}}),
              {}};
  event.puts.push_back(put_case(document));
  event.puts.push_back(
      put_round(document, Value::object({{"form", std::move(form)},
                                         {"attachments", attachments_of(m)},
                                         {"findings", findings_for_paper(m.findings())}})));
  if (m.view.document("upload", upload_key(m)))
    event.puts.push_back({"upload", upload_key(m), std::nullopt, {}});
  m.out.events.push_back(std::move(event));
  lay_out_papers(m.out, m.view, m.rules, document);
  m.out.result = Result::Accepted;
  m.out.case_id = case_id;
  m.out.round = 1;
  m.out.queue = route.queue;
  m.out.state = "pending_review";
  m.out.message = "注册申请已提交，由" + reviewer + "审核" +
                  (route.hr_override ? "（已勾选人力资源市场，由主管机构审核）" : "") + "，应于" +
                  document["due"].string() + "前办理。案件编号：" + case_id + "。";
  if (const std::size_t before = received_before(m).size(); before > 0)
    m.out.message += "先前收到的附件" + std::to_string(before) + "件已计入。";
  m.out.extra.set("reviewer", reviewer);
}

}  // namespace decide
