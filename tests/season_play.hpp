#pragma once

#include "tests/season_reviews.hpp"

// The people of the season: each day they look at what lies in the outbox, and drop what they have to say into the inbox.

namespace season {

class Season {
 public:
  Season(tests::Program& program, int applications)
      : scene_(program),
        desk_(scene_),
        reviewers_(scene_, desk_),
        offices_(make_offices(people_, scene_.random)) {
    cases_ = make_cases(applications, offices_, people_, scene_.random,
                        read_titles(program.templates), kFirstDay, kDays);
    deal(cases_, scene_.random);
    for (const Office& office : offices_) {
      if (office.comes != Comes::Registers) continue;
      Case c;
      c.registration = true;
      c.office = &office;
      c.way = {office.registered_at};
      if (registrations_.size() % 5 == 1) c.troubles = {{Turn::Reject, 0}};
      if (registrations_.size() % 5 == 3) c.troubles = {{Turn::NotConfirmed, 0}};
      registrations_.push_back(std::move(c));
    }
  }

  const Post& post() const { return scene_.post; }
  const std::vector<Case>& cases() const { return cases_; }
  const std::vector<Case>& registrations() const { return registrations_; }
  const std::vector<Office>& offices() const { return offices_; }
  const std::map<std::string, int>& happened() const { return scene_.happened; }
  int days() const { return scene_.day; }

  bool is_over() const {
    const auto over = [](const Case& c) { return c.is_over() || c.is_gone; };
    return scene_.day > 0 && std::all_of(cases_.begin(), cases_.end(), over) &&
           std::all_of(registrations_.begin(), registrations_.end(), over) && scene_.later.empty();
  }

  void day(const std::string& now) {
    if (scene_.day == 0) open_units();
    std::vector<Errand> waiting;
    waiting.swap(scene_.later);
    for (Errand& errand : waiting) scene_.post.put(std::move(errand));
    const auto lying = look();
    for (Case& c : registrations_)
      if (c.state == State::Planned || c.state == State::Rejected) register_unit(c);
    for (Case& c : cases_)
      if (c.state == State::Planned && c.day <= scene_.day) apply(c);
    for (Case& c : cases_)
      if ((c.state == State::Returned || c.state == State::Recalled) && !c.is_gone &&
          scene_.random.chance(85))
        resubmit(c);
    for (Case& c : cases_)
      if ((c.state == State::Accepted || c.state == State::NotAccepted) && !c.has_asked &&
          c.who.number % 25 == 3)
        ask_again(c);
    for (const auto& [queue, list] : lying) {
      for (const Listed& listed : list->cases()) {
        const auto known = by_id_.find(listed.case_id);
        if (known == by_id_.end()) continue;  // told already
        Case& c = *known->second;
        if (c.registration || scene_.random.chance(92))
          reviewers_.review(c, listed, form_path(queue, listed));
      }
      desk_.send_list(*list, queue);
    }
    scene_.post.run(now);
    ++scene_.day;
  }

  /// Whoever comes after the window, with a right application.
  void come_late(int count, const std::string& now) {
    for (int i = 0; i < count; ++i) {
      Case c;
      c.office = &offices_[static_cast<std::size_t>(i)];
      c.who = cases_.front().who;
      c.who.number = 100'000 + i;
      c.who.slip = Slip::None;
      c.who.person = people_.person(scene_.random, c.office->province, 34, 54);
      Codes codes = told_always(c.who);
      codes.merge(told_of_whole_forms(c.who));
      codes.insert("LATE");
      ++scene_.happened["逾期"];
      scene_.post.put({c.office->queue(),
                       "逾期-" + std::to_string(i) + ".zip",
                       {"refused", codes},
                       {},
                       bundle(form_of(*c.office, c.who), papers_of(c.who))});
    }
    scene_.post.run(now);
  }

  /// The worklists that list something; each must list what lies there, and beside it lies the form of each.
  std::map<std::string, std::unique_ptr<Worklist>> look() {
    std::map<std::string, std::unique_ptr<Worklist>> lists;
    std::map<std::string, std::string> listed, expected;
    const fs::path queues = scene_.program.path("outbox/queues");
    std::size_t forms = 0;
    if (fs::exists(queues))
      for (const auto& entry : fs::directory_iterator(queues)) {
        const std::string queue = entry.path().filename().string();
        auto list = std::make_unique<Worklist>((entry.path() / "待审清单.xlsx").string());
        for (const auto& file : fs::recursive_directory_iterator(entry.path()))
          forms += file.path().filename() == "审批单.pdf";
        for (const Listed& one : list->cases()) {
          listed[one.case_id] = queue;
          EXPECT_TRUE(fs::exists(form_path(queue, one))) << form_path(queue, one);
        }
        if (!list->cases().empty()) lists[queue] = std::move(list);
      }
    for (const auto* all : {&cases_, &registrations_})
      for (const Case& c : *all)
        if (c.state == State::Waiting) expected[c.id] = c.queue();
    for (const auto& [id, queue] : expected)
      EXPECT_EQ(listed[id], queue) << id << " on day " << scene_.day;
    EXPECT_EQ(listed.size(), expected.size()) << "on day " << scene_.day;
    EXPECT_EQ(forms, listed.size()) << "day " << scene_.day;
    return lists;
  }

 private:
  static constexpr int kFirstDay = 4, kDays = 6;

  std::string form_path(const std::string& queue, const Listed& one) const {
    return scene_.program.path("outbox/queues/" + queue + "/" + one.case_id + "-r" +
                               std::to_string(one.round) + "/审批单.pdf");
  }

  void open_units() {
    const auto provide = [&](const std::string& by, const Value& form) {
      scene_.post.put({"unit-" + by,
                       scene_.name_of("开通", ".json"),
                       {"accepted", {}, "approved"},
                       {},
                       form.dump(true)});
    };
    const auto unit = [](const char* name, Value uscc, const char* nature, const char* level,
                         const char* region) {
      return Value::object({{"name", name},
                            {"uscc", std::move(uscc)},
                            {"nature", nature},
                            {"level", level},
                            {"region", region}});
    };
    const Person one = people_.person(scene_.random, Province::Hunan, 30, 50);
    const Person two = people_.person(scene_.random, Province::Hunan, 30, 50);
    provide(kUniversity,
            provision_of(kUniversity, "CREATED_BY_PARENT",
                         unit("临床学院", Value(), "public_institution", "other", "650104"), "lcxy",
                         one));
    provide(kCounty, provision_of(kCounty, "ASSIGNED",
                                  unit("阿克苏市某乡政府", kTownship, "administrative_organ",
                                       "township", "652901"),
                                  "aksxz", two));
  }

  void enter(Case& c, const Value& receipt) {
    c.id = receipt["case"].string();
    c.round = static_cast<int>(receipt["round"].integer());
    c.state = State::Waiting;
    c.at = 0;
    c.lain_with.insert(c.queue());
    by_id_[c.id] = &c;
  }

  void register_unit(Case& c) {
    ++scene_.happened["单位注册"];
    c.at = 0;
    Codes codes;
    if (has_old_region(c.office->registrant)) codes.insert("ID_REGION_HISTORICAL");
    scene_.post.put({"public",
                     scene_.name_of("注册", ".zip"),
                     {"accepted", codes, "pending_review", c.queue()},
                     [this, &c](const Value& receipt) { enter(c, receipt); },
                     registration_of(*c.office, "人民路" + std::to_string(scene_.named) + "号")});
  }

  Codes always(const Case& c) const {
    Codes codes = told_always(c.who);
    if (c.own_registrant) codes.insert("SELF_REVIEW");
    return codes;
  }

  void apply(Case& c) {
    Applicant& who = c.who;
    Codes codes = always(c);
    codes.merge(told_of_whole_forms(who));
    if (who.slip == Slip::SharedScan && shared_scans_++ > 0) codes.insert("ATTACHMENT_DUPLICATE");
    c.form = form_of(*c.office, who);
    const std::string file = bundle(c.form, papers_of(who));
    std::string drop = c.office->queue();
    if (is_refused(who.slip)) {
      ++scene_.happened["有误的申请书"];
      if (who.slip == Slip::OtherFolder) drop = "unit-" + std::string(kRoads);
      if (who.slip == Slip::OtherFolder && drop == c.office->queue())
        drop = "unit-" + std::string(kServices);
      const char* result = who.slip == Slip::NoSubmit ? "not_submitted" : "refused";
      who.slip = Slip::None;
      scene_.post.put({drop, scene_.name_of("申请书", ".zip"), {result, codes}, {}, file});
      return;
    }
    ++scene_.happened["申请书"];
    scene_.post.put({drop,
                     scene_.name_of("申请书", ".zip"),
                     {"accepted", codes, "at_base_unit", drop},
                     [this, &c](const Value& receipt) { enter(c, receipt); },
                     file});
    // Some are dropped a second time, as it was or a little changed.
    if (who.number % 60 == 7) {
      ++scene_.happened["重复的申请书"];
      Codes again = told_of_whole_forms(who);
      again.insert("DUPLICATE_BUNDLE");
      scene_.post.put({drop, scene_.name_of("申请书", ".zip"), {"duplicate", again}, {}, file});
      Value other = c.form;
      other.set("summary", "又报一次");
      codes.insert("DUPLICATE_APPLICATION");
      if (who.slip == Slip::SharedScan) codes.insert("ATTACHMENT_DUPLICATE");
      scene_.post.put({drop,
                       scene_.name_of("申请书", ".zip"),
                       {"refused", codes},
                       {},
                       bundle(other, papers_of(who))});
    }
  }

  /// The whole application once more, or only what changed.
  void resubmit(Case& c) {
    const bool whole = scene_.random.chance(40);
    Value changes = Value::object();
    std::map<std::string, int> scans = c.scans;
    if (c.failed.empty()) {
      changes.set("summary", "已按意见修改，第" + std::to_string(c.round + 1) + "次提交。");
      ++scans["A12"];
    } else if (c.failed.contains("S3")) {
      Value education = c.form["education"];
      education.items_mutable()[0].set("cert_no", "B" + std::to_string(c.round));
      changes.set("education", std::move(education));
      ++scans["A02"];
    } else if (c.failed.contains("S6")) {
      Value hours = c.form["continuing_education"];
      hours.items_mutable()[0].set("professional_hours", 66 + c.round);
      changes.set("continuing_education", std::move(hours));
    } else {
      changes.set("summary", "总结已补充，第" + std::to_string(c.round + 1) + "次提交。");
    }
    Value form = c.form;
    for (const auto& [field, value] : changes.members()) form.set(field, value);
    Value sent = form;
    if (!whole) {
      sent = Value::object({{"kind", "title_application"}, {"submit", true}});
      for (const auto& [field, value] : changes.members()) sent.set(field, value);
    }
    sent.set("resubmits", c.id);
    Codes codes = always(c);
    if (whole) codes.merge(told_of_whole_forms(c.who));
    const bool touches = c.touches_locked && c.locked.contains("S8");
    if (touches) {
      c.touches_locked = false;
      ++scene_.happened["改动了锁定的项目"];
      sent.set("publications", Value::array({Value::object({{"title", "另一篇论文"}})}));
      codes.insert("LOCKED_ITEM_CHANGED");
    }
    std::vector<Attached> papers = papers_of(c.who, scans);
    if (!whole)
      std::erase_if(papers, [&](const Attached& a) { return scans[a.slot] == c.scans[a.slot]; });
    const std::string file = bundle(sent, papers);
    const std::string drop = c.office->queue();
    if (touches) {
      scene_.post.put({drop, scene_.name_of("再次提交", ".zip"), {"refused", codes}, {}, file});
      return;
    }
    ++scene_.happened["再次提交"];
    scene_.post.put({drop,
                     scene_.name_of("再次提交", ".zip"),
                     {"accepted", codes, "at_base_unit", drop},
                     [this, &c, form, scans](const Value& receipt) {
                       EXPECT_EQ(receipt["round"].integer(), c.round + 1);
                       c.form = form;
                       c.scans = scans;
                       enter(c, receipt);
                     },
                     file});
  }

  /// Who comes when all is decided is told so.
  void ask_again(Case& c) {
    c.has_asked = true;
    ++scene_.happened["办结后的收回和再次提交"];
    const std::string drop = c.office->queue();
    const Value recall = Value::object({{"kind", "application_recall"}, {"case", c.id}});
    scene_.post.put({drop,
                     scene_.name_of("收回", ".json"),
                     {"refused", {"CASE_CLOSED"}},
                     {},
                     recall.dump(true)});
    Codes codes = always(c);
    codes.insert("CASE_CLOSED");
    const Value again = Value::object({{"kind", "title_application"},
                                       {"submit", true},
                                       {"resubmits", c.id},
                                       {"summary", "再看一次"}});
    scene_.post.put(
        {drop, scene_.name_of("再次提交", ".json"), {"refused", codes}, {}, again.dump(true)});
  }

  Scene scene_;
  Desk desk_;
  Reviewers reviewers_;
  app::People people_{7};
  std::vector<Office> offices_;
  std::vector<Case> cases_, registrations_;
  std::map<std::string, Case*> by_id_;
  int shared_scans_ = 0;
};

}  // namespace season
