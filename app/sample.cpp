#include "app/sample.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "app/sample_inbox.hpp"

namespace app {

using pipeline::Value;

namespace {

constexpr std::string_view kReasons[] = {
    "授权书未加盖公章，请重新上传", "单位名称与证照不一致，请核对", "证照扫描件不清晰，请重新扫描"};
constexpr std::string_view kReturns[] = {"学历证书扫描件不清晰，请重新扫描",
                                         "年度考核表缺少单位盖章，请补充",
                                         "业绩成果证明与填报内容不一致，请核对后修改"};

struct Registered {
  Unit unit;
  std::string case_id, queue;
};

/// What has happened so far in the offices that the samples come from, and what happens next.
class Story {
 public:
  Story(int count, const std::string& folder, const SampleOptions& options)
      : count_(static_cast<std::size_t>(count)),
        random_(options.seed),
        people_(options.seed),
        scanner_(options.seed, options.min_kb, options.max_kb),
        inbox_(count, folder) {
    for (int i = 1; i <= kFlaws; ++i) flaws_.push_back(static_cast<Flaw>(i));
    for (std::size_t i = flaws_.size(); i > 1; --i)
      std::swap(flaws_[i - 1], flaws_[random_.next() % i]);
  }

  std::vector<Sample> tell() {
    for (int right = 0; inbox_.size() < count_;)
      if (inbox_.size() % 4 != 3 || !something_wrong()) something_right(right++);
    return inbox_.take();
  }

  std::vector<Sample> measure() {
    while (inbox_.size() < count_) {
      const Unit unit =
          people_.unit(random_, inbox_.size() % 2 == 0 ? Province::Hunan : Province::Xinjiang);
      inbox_.zip("", "单位注册-" + unit.name, uniform_registration(random_, scanner_, unit),
                 {Maker::SevenZip, FormText::Utf8}, Flaw::None, 'R');
    }
    return inbox_.take();
  }

 private:
  // The first steps are fixed, so that a handful of samples tells the whole story already.
  void something_right(int step) {
    switch (step) {
      case 0:
        return register_unit(people_.unit(random_, Province::Xinjiang, Branch::School, "652901"),
                             Ticks::Professional, {});
      case 1:
        return register_unit(people_.unit(random_, Province::Hunan, Branch::School, "430102"),
                             Ticks::Professional, {});
      case 2: {  // H13
        Unit unit = people_.unit(random_, Province::Hunan, Branch::Forestry, "431382");
        return register_unit(std::move(unit), Ticks::Professional,
                             supervisor("431382", Branch::Forestry));
      }
      case 3:
      case 6:
        return decide_registration(0, true);
      case 4:
      case 7:
        return apply();
      case 5: {  // H07
        Unit unit = people_.unit(random_, Province::Hunan, Branch::Kindergarten, "430102");
        return register_unit(std::move(unit), Ticks::Both,
                             supervisor("430102", Branch::Kindergarten));
      }
      case 8:
        return judge(0);
      case 9:
        return ask();
      case 10: {  // Domain §8.4: the second byte of 昞 in GBK is a backslash.
        Unit unit = people_.unit(random_, Province::Xinjiang);
        unit.handler.name = "刘昞";
        return register_unit(std::move(unit), Ticks::Professional, {},
                             {Maker::Windows, FormText::Gb18030, true, false});
      }
      default:
        return anything_right();
    }
  }

  void anything_right() {
    const int draw = random_.between(1, 100);
    if (draw <= 23 && !waiting_.empty())
      return decide_registration(any(waiting_), random_.chance(85));
    if (draw <= 40 && !approved_.empty()) return apply();
    if (draw <= 56 && !open_.empty()) return judge(any(open_));
    if (draw <= 60 && !returned_.empty()) return resubmit();
    if (draw <= 65) return ask();
    register_anybody(draw <= 82 ? Province::Xinjiang : Province::Hunan);
  }

  void register_anybody(Province province) {
    Unit unit = people_.unit(random_, province);
    const int draw = random_.between(1, 100);
    const Ticks ticks = draw <= 65 ? Ticks::Professional : draw <= 80 ? Ticks::Market : Ticks::Both;
    Institution supervising = supervisor(unit.region, unit.branch);
    if (random_.chance(40)) supervising = {};
    register_unit(std::move(unit), ticks, supervising);
  }

  void register_unit(Unit unit, Ticks ticks, const Institution& supervising) {
    register_unit(std::move(unit), ticks, supervising, packing(random_));
  }
  void register_unit(Unit unit, Ticks ticks, const Institution& supervising, const Packing& how) {
    const std::string case_id =
        inbox_.zip("", "单位注册-" + unit.name,
                   registration(random_, scanner_, unit, ticks, supervising), how, Flaw::None, 'R');
    std::string queue = queue_of(unit, ticks, supervising);
    waiting_.push_back({std::move(unit), case_id, std::move(queue)});
  }

  void decide_registration(std::size_t which, bool approve) {
    const Registered one = waiting_[which];
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(which));
    // H11: the professional section may decide what waits for the section for human resources.
    std::string drop = one.queue;
    if (drop.ends_with("-hr") && random_.chance(30)) drop.replace(drop.size() - 2, 2, "pt");
    const Judgement judgement = approve
                                    ? Judgement{"approve", "材料齐全，同意注册", ""}
                                    : Judgement{"reject", "", std::string(random_.pick(kReasons))};
    const bool zipped = random_.chance(25);
    inbox_.form(
        drop, "注册审核-" + one.unit.name,
        decision(one.case_id, 1, one.queue, reviewer(one.queue), judgement, inbox_.minute()),
        zipped, Flaw::None, one.case_id);
    if (approve && one.unit.province == Province::Xinjiang) approved_.push_back(one.unit);
  }

  void apply() {
    Application one = application(random_, scanner_, people_, random_.pick(approved_));
    one.case_id = inbox_.zip(one.path.back(), "申请书-" + one.applicant, one.submitted,
                             packing(random_), Flaw::None, 'A');
    open_.push_back(std::move(one));
  }

  void judge(std::size_t which) {
    Application one = open_[which];
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(which));
    const std::string queue = one.path.back();
    const bool base = one.path.size() == 1, committee = queue.starts_with("committee-");
    const std::string above = next_queue(one);
    const int draw = random_.between(1, 100);
    const bool passes = draw <= 78 || inbox_.size() < 20;
    if (passes && !committee && above.empty())
      return ask();  // Nobody is known above: it stays where it is.
    Judgement judgement{"report_up",
                        "经公示（" + one.publicity + "），材料真实，符合申报条件，同意推荐。", ""};
    if (committee)
      judgement = {passes ? "accept" : "not_accept", "", passes ? "" : "不符合评审条件"};
    else if (!passes)
      judgement = {!base && draw > 95   ? "not_accept"
                   : !base && draw > 90 ? "send_back"
                                        : "return",
                   "", std::string(random_.pick(kReturns))};
    const bool zipped = random_.chance(25);
    inbox_.form(
        queue, "申请书审核-" + one.applicant,
        decision(one.case_id, one.round, queue, reviewer(queue), judgement, inbox_.minute()),
        zipped, Flaw::None, one.case_id);
    if (judgement.action == "report_up")
      one.path.push_back(above);
    else if (judgement.action == "send_back")
      one.path.pop_back();
    else if (judgement.action != "return")
      return;
    (judgement.action == "return" ? returned_ : open_).push_back(std::move(one));
  }

  /// X24–X26, X31, X32; "" if the demonstration directory knows nobody.
  static std::string next_queue(const Application& one) {
    const std::string& queue = one.path.back();
    if (one.path.size() == 1) return "unit-" + bureau(one.unit.region).uscc;
    if (queue == "unit-" + bureau("652901").uscc) return "unit-" + bureau("652900").uscc;
    if (queue == "unit-" + bureau("659001").uscc || !one.level.starts_with("senior")) return {};
    static const std::map<std::string, std::string> kCommittees{
        {"engineering", "committee-xj-engineering"},
        {"health", "committee-xj-health"},
        {"primary_secondary_teacher", "committee-xj-school"},
        {"agriculture", "committee-xj-agriculture"}};
    const auto found = kCommittees.find(one.series);
    return found == kCommittees.end() ? std::string() : found->second;
  }

  void resubmit() {
    Application one = returned_.front();
    returned_.erase(returned_.begin());
    ++one.round;
    one.path.resize(1);
    Value& form = one.submitted.form;
    form.set("resubmits", one.case_id);
    form.set("summary", form["summary"].string() + "\n已按修改意见补充完善。");
    for (Attachment& attachment : one.submitted.attachments)
      if (attachment.slot == "A02" || attachment.slot == "A10")
        attachment.content = scanner_.photo(random_);
    inbox_.zip(one.path.back(), "申请书修改-" + one.applicant, one.submitted, packing(random_),
               Flaw::None, 'A');
    open_.push_back(std::move(one));
  }

  void ask() {
    Value form = Value::object({{"kind", "status_query"}});
    std::string case_id;
    const int draw = random_.between(1, 100);
    if (draw > 15 && !waiting_.empty()) {
      const Registered& one = random_.pick(waiting_);
      if (draw <= 60)
        form.set("uscc", one.unit.uscc);
      else if (draw <= 80)
        form.set("username", one.unit.username);
      else
        form.set("case", case_id = one.case_id);
    }
    // H25: never registered. The same question once more would be the same bytes, and so a
    // duplicate.
    if (form.size() == 1 || !asked_.insert(form.dump()).second) {
      form = Value::object(
          {{"kind", "status_query"}, {"uscc", people_.unit(random_, Province::Hunan).uscc}});
      case_id.clear();
    }
    inbox_.form("", "审核信息查询", form, random_.chance(25), Flaw::None, case_id);
  }

  /// The next flaw whose time has come; false if there is none.
  bool something_wrong() {
    for (std::size_t i = 0; i < flaws_.size(); ++i) {
      const Flaw flaw = flaws_.front();
      flaws_.erase(flaws_.begin());
      flaws_.push_back(flaw);
      if (goes_wrong(flaw)) return true;
    }
    return false;
  }

  bool goes_wrong(Flaw flaw) {
    if (flaw == Flaw::Duplicate) return inbox_.again();
    if (flaw == Flaw::UnapprovedUnit) return apply_too_early();
    switch (spoils(flaw)) {
      case Spoils::Decision:
        return decide_wrongly(flaw);
      case Spoils::Application:
        return !approved_.empty() && apply_wrongly(random_.pick(approved_), flaw);
      case Spoils::Anything:
        if (!approved_.empty() && random_.chance(40))
          return apply_wrongly(random_.pick(approved_), flaw);
        break;
      case Spoils::Registration:
        break;
    }
    return register_wrongly(flaw);
  }

  bool register_wrongly(Flaw flaw) {
    const bool xinjiang = flaw == Flaw::ReceivingLevel || random_.chance(45);
    const bool hunan_only = flaw == Flaw::SelfSupervision || flaw == Flaw::NoPortalAccount ||
                            flaw == Flaw::NoBusinessType;
    const Province province = xinjiang && !hunan_only ? Province::Xinjiang : Province::Hunan;
    const Unit unit = flaw == Flaw::NoPortalAccount
                          ? people_.unit(random_, province, Branch::School, "430102")
                          : people_.unit(random_, province);
    Submitted submitted = registration(random_, scanner_, unit, Ticks::Professional, {});
    inbox_.zip("", "单位注册-" + unit.name, std::move(submitted), packing(random_), flaw, 'R');
    return true;
  }

  bool apply_wrongly(const Unit& unit, Flaw flaw) {
    const Application one = application(random_, scanner_, people_, unit);
    inbox_.zip(one.path.back(), "申请书-" + one.applicant, one.submitted, packing(random_), flaw,
               'A');
    return true;
  }

  /// X38: from a unit that waits for its approval, or was never heard of (X04).
  bool apply_too_early() {
    const auto waits = std::find_if(waiting_.begin(), waiting_.end(), [](const Registered& one) {
      return one.unit.province == Province::Xinjiang;
    });
    const bool known = waits != waiting_.end();
    return apply_wrongly(known ? waits->unit : people_.unit(random_, Province::Xinjiang),
                         Flaw::UnapprovedUnit);
  }

  bool decide_wrongly(Flaw flaw) {
    if (waiting_.empty()) return false;
    const Registered& one = random_.pick(waiting_);
    std::string drop = one.queue;
    // H17: another section's folder says nothing about this queue.
    if (flaw == Flaw::WrongFolder)
      drop = one.queue.starts_with("agency-430102") ? "agency-431382-pt" : "agency-430102-pt";
    inbox_.form(drop, "注册审核-" + one.unit.name,
                decision(one.case_id, 1, one.queue, reviewer(one.queue),
                         {"approve", "材料齐全，同意注册", ""}, inbox_.minute()),
                false, flaw, one.case_id);
    return true;
  }

  const std::string& reviewer(const std::string& queue) {
    std::string& known = reviewers_[queue];
    const bool xinjiang = queue.starts_with("committee-xj") ||
                          (queue.starts_with("unit-") && queue.substr(7, 2) == "65");
    if (known.empty())
      known = people_.person(random_, xinjiang ? Province::Xinjiang : Province::Hunan, 30, 58).name;
    return known;
  }

  template <typename List>
  std::size_t any(const List& list) {
    return random_.next() % list.size();
  }

  std::size_t count_;
  Random random_;
  People people_;
  Scanner scanner_;
  SampleInbox inbox_;
  std::vector<Flaw> flaws_;  ///< the one whose turn it is, first
  std::vector<Registered> waiting_;
  std::vector<Unit> approved_;
  std::vector<Application> open_, returned_;
  std::map<std::string, std::string> reviewers_;
  std::set<std::string> asked_;
};

}  // namespace

std::vector<Sample> write_samples(int count, const std::string& folder,
                                  const SampleOptions& options) {
  if (options.uniform_kb == 0) return Story(count, folder, options).tell();
  SampleOptions uniform = options;
  uniform.min_kb = uniform.max_kb = std::max(options.uniform_kb / 5, 4);
  return Story(count, folder, uniform).measure();
}

}  // namespace app
