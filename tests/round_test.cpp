#include <gtest/gtest.h>

#include "pipeline/ledger.hpp"
#include "pipeline/time.hpp"
#include "stages/decide/lists.hpp"
#include "stages/decide/round.hpp"
#include "stages/decide/rules.hpp"
#include "stages/produce/make.hpp"
#include "tests/papers_making.hpp"
#include "tests/papers_samples.hpp"

// What a round received, as decide keeps it and produce shows it, in ledgers of this release and of earlier ones.

namespace {

using pipeline::Put;
using pipeline::Value;

class RoundTest : public ::testing::Test {
 protected:
  void keep(Put put) {
    pipeline::Event event{"test", "A-1", Value(), {std::move(put)}};
    view_.apply({std::move(event)});
  }

  std::unique_ptr<pipeline::Ledger> ledger_ = pipeline::Ledger::open(":memory:");
  pipeline::Overlay view_{*ledger_};
  Value document_ = Value::object({{"case", "A-1"}, {"round", 2}, {"queue", "unit-1"}});
};

TEST_F(RoundTest, GivesWhatTheRoundReceived) {
  keep(decide::put_round(document_, Value::object({{"form", Value::object({{"kind", "x"}})},
                                                   {"attachments", papers::attachments(3)}})));
  const Value round = decide::round_of(view_, document_);
  EXPECT_EQ(round["form"]["kind"].string(), "x");
  EXPECT_EQ(round["attachments"], papers::attachments(3));
  EXPECT_EQ(decide::form_of(view_, document_)["kind"].string(), "x");
  Value earlier = document_;
  earlier.set("round", 1);
  EXPECT_TRUE(decide::form_of(view_, earlier).is_null());
}

TEST_F(RoundTest, WhatCameSinceGoesBeforeWhatTheRoundReceivedUntilTheNextRoundBegins) {
  keep(decide::put_round(document_, Value::object({{"form", Value::object({{"kind", "x"}})},
                                                   {"attachments", papers::attachments(3)}})));
  document_.set("attachments", papers::attachments(4));
  EXPECT_EQ(decide::round_of(view_, document_)["attachments"].size(), 4U);
  Value payload = Value::object();
  decide::add_what_came_since(payload, document_);
  EXPECT_EQ(payload["attachments"].size(), 4U);
  decide::forget_what_came_since(document_);
  EXPECT_EQ(decide::round_of(view_, document_)["attachments"].size(), 3U);
}

TEST_F(RoundTest, ACaseOfAnEarlierReleaseHoldsAllButTheFormItself) {
  keep({"form", "A-1-r2", Value::object({{"kind", "title_application"}, {"year", 2026}}), {}});
  document_.set("attachments", papers::attachments(2));
  document_.set("findings", papers::findings(1));
  const Value round = decide::round_of(view_, document_);
  EXPECT_EQ(round["form"]["year"].integer(), 2026);
  EXPECT_EQ(round["attachments"], papers::attachments(2));
  EXPECT_EQ(round["findings"], papers::findings(1));
}

TEST_F(RoundTest, ARosterThatAnEarlierReleaseAskedForHoldsThePeopleOfItsYear) {
  for (const int year : {2025, 2026}) {
    const std::string id = "A-" + std::to_string(year);
    keep({"case",
          id,
          Value::object({{"case", id},
                         {"kind", "title_application"},
                         {"uscc", "1"},
                         {"year", year},
                         {"applicant", id},
                         {"applicant_id", id},
                         {"state", "at_base_unit"},
                         {"round", 1},
                         {"queue", "unit-1"}}),
          {{"roster", "unit-1"}}});
  }
  const auto rules = decide::load_rules(DOSSIER_SOURCE_DIR "/templates", {}, std::string(32, 'k'));
  const std::int64_t at = pipeline::parse_time("2026-11-22T10:00:00+08:00")->us;
  const auto shown = decide::resolve(
      {"roster", "reports/unit-1/x", Value::object({{"drop", "unit-1"}, {"at", at}}), std::nullopt},
      view_, *rules);
  ASSERT_TRUE(shown);
  ASSERT_EQ((*shown)["people"].size(), 1U);
  EXPECT_EQ((*shown)["people"][0]["case"].string(), "A-2026");
}

TEST(RoundPapers, AreTheSameWhetherTheEffectOrItsSubjectHoldsWhatWasReceived) {
  const Value payload = papers::registration_payload(), form = papers::registration();
  const auto bytes = [](const Value& shown, const Value& subject) {
    return produce::make({"registration_form", "q/c", shown, pipeline::Reference{"form", "c-r1"}},
                         &subject, papers::kit(), {})
        .at(0)
        .bytes;
  };
  Value slim = payload, round = Value::object({{"form", form}});
  for (const char* member : {"attachments", "findings"}) {
    round.set(member, slim[member]);
    slim.erase(member);
  }
  const std::string whole = bytes(payload, form);
  EXPECT_EQ(bytes(slim, round), whole);
  round.set("findings", papers::findings(5));
  EXPECT_NE(bytes(slim, round), whole);
  EXPECT_EQ(bytes(payload, round), whole) << "what the effect says itself goes first";
}

}  // namespace
