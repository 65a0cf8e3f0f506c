// Grow: makes a ledger as large as years of a province leave behind, through the real deciders.
//
//   usage   grow STATE CASES [TEMPLATES]
//   writes  STATE/ledger.sqlite, with that many cases more; their papers are marked as made, the vault stays empty. It can be called
//           again: units and people who are there already are passed over. There are 99,000 fictional codes, and a twelfth are units
//
// One case in twelve is a registration, approved; the others are applications, reported up by the unit and declined above it, but for one
// in a thousand: some hundreds wait there in the end, as on a real desk, for what waited before is declined first. What a bundle says is
// prepared once from samples; from case to case unit, person and scans are others.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <vector>

#include "app/installation.hpp"
#include "app/sample_bundle.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/inbox.hpp"
#include "pipeline/line.hpp"
#include "pipeline/sha256.hpp"
#include "stages/decide/decide.hpp"
#include "stages/prepare/prepare.hpp"

namespace {

using pipeline::Submission;
using pipeline::Value;

constexpr int kGroup = 2000;  ///< cases a transaction
constexpr int kUnitEvery = 12, kWaitsEvery = 1000;

class Growth {
 public:
  explicit Growth(const app::Places& places)
      : in_(app::open_installation(places, app::Access::Works)),
        rules_(prepare::load_rules(places.templates, in_.settings.limits)),
        ledger_(app::open_ledger(places, app::Access::Works)),
        // A second time other people come.
        seed_(static_cast<std::uint64_t>(ledger_->last_bundle()) + 1),
        random_(seed_),
        people_(seed_),
        scanner_(seed_, 4, 4),
        now_(*pipeline::parse_time("2026-11-20T09:00:00+08:00")) {
    const app::Unit unit = some_unit();
    registration_ = prepared(app::uniform_registration(random_, scanner_, unit), "");
    for (int i = 0; i < 50; ++i)
      applications_.push_back(
          prepared(app::application(random_, scanner_, people_, unit).submitted, unit.uscc));
  }

  void clear_desks() {
    pipeline::Transaction transaction(*ledger_);
    for (const char* region : {"430000", "430102", "431382"})
      clear("agency-" + std::string(region) + "-pt");
    for (const char* region : {"650000", "652900", "652901", "659001"})
      clear("unit-" + app::bureau(region).uscc);
    transaction.commit();
  }

  void add(int cases) {
    std::vector<app::Unit> units;
    for (int made = 0; made < cases;) {
      pipeline::Transaction transaction(*ledger_);
      for (int i = 0; i < kGroup && made < cases; ++i, ++made) {
        if (made % kUnitEvery == 0)
          units.push_back(register_unit());
        else
          apply(units[random_.next() % units.size()], made);
      }
      transaction.commit();
      std::printf("\r%d of %d", made, cases);
      std::fflush(stdout);
    }
    std::printf("\n");
  }

 private:
  app::Unit some_unit() {
    return people_.unit(random_, app::Province::Xinjiang, app::Branch::School, "652901");
  }

  /// The samples' scans are small, and each would be warned about.
  Submission prepared(const app::Submitted& submitted, const std::string& uscc) {
    pipeline::Delivery delivery;
    delivery.name = "样例.zip";
    delivery.drop = uscc.empty() ? "public" : "unit-" + uscc;
    const app::Packing packing;
    Submission submission = prepare::prepare(
        delivery, app::pack(app::entries_of(submitted, packing, "样例"), packing, 0), rules_);
    std::erase_if(submission.findings, [](const pipeline::Finding& finding) {
      return finding.code == "ATTACHMENT_LOW_RESOLUTION";
    });
    for (const pipeline::Finding& finding : submission.findings)
      if (finding.severity == pipeline::Severity::Error) fail("prepare", finding.code);
    return submission;
  }

  [[noreturn]] static void fail(const std::string& what, const std::string& why) {
    throw pipeline::Fault(pipeline::FaultKind::Stop, what, why);
  }

  enum class Refusal { Stops, IsTold };

  /// What is refused is not written.
  pipeline::Outcome take(Submission submission, const std::string& drop,
                         Refusal refusal = Refusal::Stops) {
    pipeline::Delivery delivery;
    delivery.drop = drop;
    delivery.name = std::to_string(++taken_) + ".zip";
    delivery.path = delivery.name;
    submission.sha256 = pipeline::sha256(std::to_string(seed_) + '-' + delivery.name);
    now_ = now_ + std::chrono::milliseconds(10);
    pipeline::Outcome outcome = decide::decide(
        submission, delivery, ledger_->earlier(submission.sha256), *ledger_, now_, *in_.rules);
    constexpr int kMostInTurn = 100'000;  // there are 99,000 units
    refused_ = outcome.result == pipeline::Result::Refused ? refused_ + 1 : 0;
    if (refused_ > 0 && refused_ < kMostInTurn && refusal == Refusal::IsTold) return outcome;
    if (outcome.result != pipeline::Result::Accepted)
      for (const pipeline::Finding& finding : outcome.findings)
        if (finding.severity == pipeline::Severity::Error)
          fail("decide " + submission.kind, finding.code + ' ' + finding.where + finding.message);
    pipeline::join_findings(outcome, submission);
    const std::int64_t id = ledger_->commit_outcome(
        delivery, submission, outcome, pipeline::receipt_stem(delivery, submission.sha256),
        in_.rules->digest, now_);
    ledger_->mark_taken(id);
    for (const std::int64_t effect : ledger_->new_effects()) ledger_->mark_done(effect);
    return outcome;
  }

  void clear(const std::string& queue) {
    for (const std::string& id : ledger_->find("case", "queue", queue)) {
      const Value document = *ledger_->document("case", id);
      pipeline::Outcome at;
      at.case_id = id;
      at.round = static_cast<int>(document["round"].integer());
      at.queue = queue;
      const bool application = document["kind"].string() == "title_application";
      judge(at, application ? app::Judgement{"not_accept", "", "不符合评审条件"}
                            : app::Judgement{"approve", "材料齐全，同意注册", ""});
    }
  }

  app::Unit register_unit() {
    while (true) {
      const app::Unit unit = some_unit();
      const pipeline::Outcome made = take(registration_of(unit), "public", Refusal::IsTold);
      if (made.result != pipeline::Result::Accepted) continue;
      judge(made, {"approve", "材料齐全，同意注册", ""});
      return unit;
    }
  }

  Submission registration_of(const app::Unit& unit) {
    Submission submission = registration_;
    Value& form = submission.form;
    form.member("unit").set("name", unit.name);
    form.member("unit").set("uscc", unit.uscc);
    form.member("unit").set("phone", unit.phone);
    form.member("unit").set("address", unit.address);
    form.member("handler").set("name", unit.handler.name);
    form.member("handler").set("id_number", unit.handler.id_number);
    form.member("account").set("username", unit.username);
    form.member("account").set("password_digest", pipeline::sha256(unit.username));
    other_scans(submission);
    return submission;
  }

  void apply(const app::Unit& unit, int number) {
    pipeline::Outcome made;
    do made = take(application_by(unit), "unit-" + unit.uscc, Refusal::IsTold);
    while (made.result != pipeline::Result::Accepted);
    made = judge(made, {"report_up", "经公示，材料真实，同意推荐。", ""});
    if (number % kWaitsEvery != 1) judge(made, {"not_accept", "", "不符合评审条件"});
  }

  Submission application_by(const app::Unit& unit) {
    Submission submission = applications_[random_.next() % applications_.size()];
    const app::Person who = people_.person(random_, app::Province::Xinjiang, 24, 58);
    submission.form.set("unit_uscc", unit.uscc);
    submission.form.member("applicant").set("name", who.name);
    submission.form.member("applicant").set("id_number", who.id_number);
    submission.form.member("applicant").set("phone", who.phone);
    other_scans(submission);
    return submission;
  }

  pipeline::Outcome judge(const pipeline::Outcome& at, const app::Judgement& judgement) {
    Submission submission;
    submission.opened = true;
    submission.kind = "review_decision";
    submission.form_name = "form.json";
    submission.form = app::decision(at.case_id, at.round, at.queue, "王一", judgement, 0);
    return take(std::move(submission), at.queue);
  }

  /// Nobody handed in the same file twice.
  void other_scans(Submission& submission) {
    for (pipeline::Entry& entry : submission.entries)
      if (entry.role == pipeline::Role::Attachment)
        entry.sha256 = pipeline::sha256(std::to_string(seed_) + '/' + std::to_string(++scans_));
  }

  app::Installation in_;
  prepare::Rules rules_;
  std::unique_ptr<pipeline::Ledger> ledger_;
  std::uint64_t seed_;
  app::Random random_;
  app::People people_;
  app::Scanner scanner_;
  pipeline::Time now_;
  Submission registration_;
  std::vector<Submission> applications_;
  std::int64_t taken_ = 0, scans_ = 0;
  int refused_ = 0;  ///< in turn
};

}  // namespace

int main(int count, char** words) {
  if (count < 3) {
    std::fprintf(stderr, "usage: grow STATE CASES [TEMPLATES]\n");
    return 1;
  }
  try {
    app::Places places;
    places.state = words[1];
    if (count > 3) places.templates = words[3];
    Growth growth(places);
    growth.clear_desks();
    growth.add(std::atoi(words[2]));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "\ngrow: %s\n", e.what());
    return 3;
  }
  return 0;
}
