#pragma once

#include <deque>
#include <optional>

#include "tests/season_post.hpp"

// The cases of the season and what is to happen to each of them on its way.

namespace season {

/// What happens to a case at one stage of its way, other than going on. The first ones change its way; after the others it is
/// decided the next day as if nothing had been.
enum class Turn {
  Reject,         // a registration; the unit registers again
  Return,         // X45
  ReturnItems,    // X50: some items pass and are locked
  SendBack,       // X57
  Refuse,         // 不予受理
  Recall,         // X56
  RecallForGood,  // and never handed in again
  RecallCrossed,  // the receiver's form is already on its way
  RecallTooLate,  // X57: RECALL_NOT_ALLOWED
  OtherFolder,    // WRONG_QUEUE
  PublicFolder,   // FORM_UNREADABLE: nobody reviews there
  NotConfirmed,   // X48: DECISION_NOT_CONFIRMED
  NoOpinion,      // X44: DECISION_INCOMPLETE
  NoName,         // DECISION_INCOMPLETE
  OtherToken,     // TOKEN_INVALID
  OtherText,      // X53: REVIEW_MODIFIED_CONTENT
  OtherTarget,    // TARGET_NOT_ALLOWED
  NotHere,        // ACTION_NOT_ALLOWED
  FailedItem,     // ITEMS_NOT_PASSED: reported up with an item that did not pass
  NoCommittee,    // COMMITTEE_UNRESOLVED
  OldVisit,       // after it was sent back, the form of the first visit: FORM_OUTDATED
  SameDecision,   // after it was sent back, the very decision of the first visit: FORM_OUTDATED
  OldRound,       // the form of the round before: FORM_OUTDATED
  // decided as usual, and then …
  SameBytes,  // the same file again: DUPLICATE_BUNDLE
  BothWays,   // the same decision by form and by list: DECISION_ALREADY_MADE
  OwnName,    // X18: by somebody of the applicant's name: SELF_REVIEW
  Photo,      // X61: a photo of the notice, before it is decided
};

struct Trouble {
  Turn turn;
  std::size_t at;  ///< stage: place in Case::way
};

enum class State { Planned, Waiting, Returned, Recalled, Accepted, NotAccepted, Rejected };

struct Case {
  bool registration = false;
  const Office* office = nullptr;
  Applicant who;
  std::vector<std::string> way;  ///< the queues, one after the other
  std::deque<Trouble> troubles;
  int day = 0;  ///< on which it is first handed in
  bool touches_locked = false, own_registrant = false, committee_by_hand = false;

  State state = State::Planned;
  std::string id;
  int round = 0, returns = 0, reports = 0;
  bool has_asked = false;  ///< after the end
  bool is_gone = false;    ///< recalled and never handed in again
  std::size_t at = 0;
  Value form;
  std::map<std::string, int> scans;  ///< versions of slots
  std::set<std::string> locked, failed;
  std::set<std::string> lain_with;
  std::string kept;  ///< files of the first visit: kept + ".blank", kept + ".filled"

  bool is_last() const { return at + 1 == way.size(); }
  bool is_over() const {
    return state == State::Accepted || state == State::NotAccepted || state == State::Rejected;
  }
  bool is_itemised() const { return office->itemised && !way[at].starts_with("committee-"); }
  const std::string& queue() const { return way[at]; }
};

/// The way of an application of that unit (X29–X32, H05, H13).
inline std::vector<std::string> way_of(const Office& office, const std::string& series) {
  std::vector<std::string> way{office.queue()};
  way.insert(way.end(), office.above.begin(), office.above.end());
  if (office.ends_at_parent) return way;
  const std::string committee = committee_of(series, office.is_hunan());
  // Named by hand where there is none of that series.
  way.push_back(!committee.empty() ? committee : committee_of("engineering", office.is_hunan()));
  return way;
}

inline TitleRow pick_title(app::Random& random, const std::vector<TitleRow>& titles,
                           const Office& office) {
  static const std::map<Branch, std::string> kUsual{{Branch::School, "primary_secondary_teacher"},
                                                    {Branch::Company, "engineering"},
                                                    {Branch::Hospital, "health"},
                                                    {Branch::Farming, "agriculture"},
                                                    {Branch::Forestry, "engineering"},
                                                    {Branch::Institute, "engineering"}};
  std::string usual = kUsual.at(office.branch);
  if (office.itemised && random.chance(60)) usual = "higher_edu_teacher";
  const bool any = random.chance(20);
  for (;;) {
    const TitleRow& row = random.pick(titles);
    if (any || row.series == usual) return row;
  }
}

inline std::string pick_type(app::Random& random, const std::string& level) {
  static const std::vector<std::string> kOthers{
      "EXCEPTIONAL",     "TRANSFER",           "TARGETED", "GREEN_CHANNEL",
      "VILLAGE_SERVICE", "CIVIL_SERVANT_MOVE", "EXAM"};
  if (level == "junior" || level == "assistant")
    return random.chance(50) ? "FIRST_RECOGNITION" : "NORMAL";
  return random.chance(75) ? "NORMAL" : random.pick(kOthers);
}

inline std::vector<Case> make_cases(int count, const std::vector<Office>& offices,
                                    app::People& people, app::Random& random,
                                    const std::vector<TitleRow>& titles, int first_day, int days) {
  std::vector<Case> cases;
  for (int i = 0; i < count; ++i) {
    Case c;
    c.office = &offices[static_cast<std::size_t>(i) % offices.size()];
    c.who.number = i + 1;
    c.who.title = pick_title(random, titles, *c.office);
    c.who.type = pick_type(random, c.who.title.level);
    c.who.person = people.person(random, c.office->province, 34, 54);
    c.way = way_of(*c.office, c.who.title.series);
    c.committee_by_hand =
        !c.office->ends_at_parent && committee_of(c.who.title.series, c.office->is_hunan()).empty();
    c.day = first_day + random.between(0, days - 1);
    cases.push_back(std::move(c));
  }
  return cases;
}

/// Deals out what is to happen, to each case one thing at most of those that change its way.
class Dealer {
 public:
  Dealer(std::vector<Case>& cases, app::Random& random) : cases_(cases) {
    for (std::size_t i = 0; i < cases.size(); ++i) order_.push_back(i);
    for (std::size_t i = order_.size(); i > 1; --i)
      std::swap(order_[i - 1],
                order_[static_cast<std::size_t>(random.between(0, static_cast<int>(i) - 1))]);
  }

  template <class Fits>
  void give(int count, const std::deque<Trouble>& troubles, const Fits& fits) {
    for (const std::size_t i : order_) {
      Case& c = cases_[i];
      if (count == 0) return;
      if (!c.troubles.empty() || c.who.slip != Slip::None || c.own_registrant || !fits(c)) continue;
      c.troubles = troubles;
      --count;
    }
    EXPECT_EQ(count, 0) << "nobody is left to whom this could happen";
  }
  void slip(int count, Slip slip) {
    for (const std::size_t i : order_) {
      Case& c = cases_[i];
      const bool dot = c.who.person.name.find("·") != std::string::npos;
      const bool normal = c.who.type == "NORMAL" && c.who.title.level.starts_with("senior");
      if (count == 0) return;
      if (!c.troubles.empty() || c.who.slip != Slip::None || (slip == Slip::OtherDot && !dot) ||
          (slip == Slip::TooEarly && !normal) ||
          (slip == Slip::WrongLevel && (c.who.title.level == "junior" || c.who.type == "TRANSFER" ||
                                        c.who.title.series != "engineering")))
        continue;
      c.who.slip = slip;
      --count;
    }
    EXPECT_EQ(count, 0) << "nobody is left who could make this mistake";
  }
  /// The unit's own registrant applies, too.
  void registrant() {
    for (const std::size_t i : order_) {
      Case& c = cases_[i];
      if (c.office->comes != Comes::Registers || !c.troubles.empty() || c.who.slip != Slip::None)
        continue;
      c.own_registrant = true;
      c.who.person = c.office->registrant;
      return;
    }
  }

 private:
  std::vector<Case>& cases_;
  std::vector<std::size_t> order_;
};

/// The troubles of the season, in shares of all applications.
inline void deal(std::vector<Case>& cases, app::Random& random) {
  Dealer dealer(cases, random);
  const auto of = [&](double percent) {
    return static_cast<int>(static_cast<double>(cases.size()) * percent / 100 + 0.5);
  };
  const auto longer = [](std::size_t stages) {
    return [stages](const Case& c) { return c.way.size() >= stages; };
  };
  const auto plain = [&](std::size_t stages) {
    return [stages](const Case& c) { return c.way.size() >= stages && !c.office->itemised; };
  };
  const auto itemised = [](const Case& c) { return c.office->itemised; };
  const auto clinic = [](const Case& c) { return c.office->ends_at_parent; };
  // 15 % returned, a fifth of them twice.
  dealer.give(of(2), {{Turn::ReturnItems, 0}}, itemised);
  dealer.give(of(1), {{Turn::ReturnItems, 0}, {Turn::ReturnItems, 0}}, itemised);
  dealer.give(of(0.6), {{Turn::ReturnItems, 1}, {Turn::ReturnItems, 1}}, clinic);
  dealer.give(of(0.6), {{Turn::FailedItem, 0}, {Turn::ReturnItems, 1}}, clinic);
  dealer.give(of(4.2), {{Turn::Return, 0}}, plain(3));
  dealer.give(of(3), {{Turn::Return, 1}}, plain(3));
  dealer.give(of(1.2), {{Turn::Return, 2}}, plain(4));
  dealer.give(of(1.4), {{Turn::Return, 0}, {Turn::Return, 1}}, plain(3));
  dealer.give(of(1), {{Turn::Return, 0}, {Turn::OldRound, 0}}, plain(3));
  int locked = of(0.8);
  for (Case& c : cases)
    if (!c.troubles.empty() && c.troubles.front().turn == Turn::ReturnItems && locked-- > 0)
      c.touches_locked = true;
  // 5 % recalled.
  dealer.give(of(3), {{Turn::Recall, 1}}, longer(2));
  dealer.give(of(1), {{Turn::RecallCrossed, 1}}, longer(3));
  dealer.give(of(0.6), {{Turn::Recall, 1}, {Turn::Return, 1}}, plain(3));
  dealer.give(of(0.4), {{Turn::RecallForGood, 1}}, longer(2));
  dealer.give(of(0.8), {{Turn::RecallTooLate, 2}}, longer(3));
  // 5 % sent back.
  dealer.give(of(2), {{Turn::SendBack, 1}}, plain(3));
  dealer.give(of(1), {{Turn::SendBack, 2}}, plain(4));
  dealer.give(of(1), {{Turn::SendBack, 1}, {Turn::OldVisit, 0}}, plain(3));
  dealer.give(of(0.6), {{Turn::SendBack, 1}, {Turn::SameDecision, 0}}, plain(3));
  dealer.give(of(0.6), {{Turn::SendBack, 1}, {Turn::Return, 0}}, plain(3));
  // 5 % refused.
  dealer.give(of(3), {{Turn::Refuse, 1}}, longer(2));
  dealer.give(of(2), {{Turn::Refuse, 2}}, longer(3));
  // Reviewers' mistakes.
  for (const auto& [turn, at] : std::vector<std::pair<Turn, std::size_t>>{
           {Turn::OtherFolder, 0},  {Turn::OtherFolder, 1},  {Turn::OtherFolder, 2},
           {Turn::PublicFolder, 1}, {Turn::NotConfirmed, 0}, {Turn::NotConfirmed, 1},
           {Turn::NotConfirmed, 2}, {Turn::NoOpinion, 0},    {Turn::NoName, 0},
           {Turn::NoName, 1},       {Turn::OtherToken, 1},   {Turn::OtherText, 0},
           {Turn::OtherText, 2},    {Turn::OtherTarget, 1},  {Turn::NotHere, 0},
           {Turn::NotHere, 1},      {Turn::SameBytes, 0},    {Turn::SameBytes, 1},
           {Turn::BothWays, 0},     {Turn::BothWays, 1},     {Turn::OwnName, 0},
           {Turn::Photo, 0}})
    dealer.give(of(0.8), {{turn, at}}, plain(3));
  dealer.give(of(0.6), {{Turn::NotHere, 1}}, clinic);
  for (Case& c : cases)
    if (c.committee_by_hand && c.troubles.empty() && random.chance(30))
      c.troubles = {{Turn::NoCommittee, c.way.size() - 2}};
  // Applicants' mistakes.
  for (int slip = 1; slip <= static_cast<int>(Slip::OtherFolder); ++slip)
    dealer.slip(of(0.8), static_cast<Slip>(slip));
  dealer.registrant();
}

}  // namespace season
