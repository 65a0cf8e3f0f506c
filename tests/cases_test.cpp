#include <gtest/gtest.h>

#include <cstdlib>

#include "stages/decide/decide.hpp"
#include "stages/decide/status.hpp"
#include "stages/prepare/prepare.hpp"
#include "tests/story.hpp"

// Every story of tests/cases, through the real prepare and decide on a ledger in memory. UPDATE=1 writes the answers anew.

namespace {

using pipeline::Value;

const prepare::Rules& prepare_rules() {
  static const prepare::Rules rules =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  return rules;
}

class StoryInOneProcess : public tests::Story {
 private:
  Answer deliver(const std::string& drop, const std::string& bundle,
                 const std::string& bytes) override {
    const pipeline::Delivery delivery{drop, bundle, bundle, bytes.size(), 0, 0};
    pipeline::Submission submission = prepare::prepare(delivery, bytes, prepare_rules());
    pipeline::Transaction transaction(*ledger_);
    pipeline::Outcome outcome = decide::decide(
        submission, delivery, ledger_->earlier(submission.sha256), *ledger_, now(), rules());
    pipeline::join_findings(outcome, submission);
    ledger_->commit_outcome(delivery, submission, outcome, bundle, "rules", now());
    transaction.commit();
    return {pipeline::receipt(delivery, submission, outcome, now()), keep(outcome)};
  }

  std::vector<Fired> go_on() override {
    std::vector<Fired> all;
    for (const pipeline::PendingTimer& due : ledger_->due_timers(now(), 100)) {
      pipeline::Transaction transaction(*ledger_);
      const pipeline::Outcome outcome = decide::fire(due.timer, *ledger_, now(), rules());
      ledger_->commit_timer(due.id, outcome, "rules", now());
      transaction.commit();
      all.push_back({due.timer.name, keep(outcome)});
    }
    return all;
  }

  std::vector<std::string> keep(const pipeline::Outcome& outcome) {
    std::vector<std::string> papers;
    for (const pipeline::Effect& e : outcome.effects) {
      // Lists follow from every change of a case; lists_test looks at them.
      if (e.maker == "worklist" || e.maker == "roster") continue;
      papers.push_back(e.maker + " " + e.path);
      if (e.maker.ends_with("_form")) forms_[e.payload["case"].string()] = e.payload;
      if (e.maker == "notice") notices_.emplace(notices_.begin(), e.path, e.payload);
    }
    return papers;
  }

  Value status(const std::string& key) override {
    return decide::status(*ledger_, rules(), key, now());
  }
  Value login(const std::string& username) override {
    return decide::login(*ledger_, rules(), username, now());
  }
  Value queue(const std::string& queue, const std::string& category) override {
    return decide::queue(*ledger_, rules(), queue, category, now());
  }
  const pipeline::View& view() override { return *ledger_; }
  Value form(const std::string& case_id) override { return forms_[case_id]; }
  Value notice(const std::string& fragment) override {
    for (const auto& [path, payload] : notices_)
      if (path.find(fragment) != path.npos) return payload;
    return {};
  }

  std::unique_ptr<pipeline::Ledger> ledger_ = pipeline::Ledger::open(":memory:");
  std::map<std::string, Value> forms_;                  ///< the latest of each case
  std::vector<std::pair<std::string, Value>> notices_;  ///< the latest first
};

class Cases : public testing::TestWithParam<std::string> {};

TEST_P(Cases, AnswerAsWritten) {
  const bool update = std::getenv("UPDATE") != nullptr;
  std::string rewritten;
  for (const tests::StoryText& story : tests::stories_of(GetParam())) {
    const std::string actual = StoryInOneProcess().run(story.steps);
    rewritten += story.before + story.title + "\n";
    for (const std::string& line : story.steps) rewritten += line + "\n";
    rewritten += "----\n" + actual + "\n";
    if (!update) {
      EXPECT_EQ(actual, story.expected) << story.title;
    }
  }
  if (update) std::ofstream(tests::kCases + GetParam() + ".cases", std::ios::binary) << rewritten;
}

INSTANTIATE_TEST_SUITE_P(All, Cases, testing::ValuesIn(tests::case_files()),
                         [](const auto& instance) { return instance.param; });

}  // namespace
