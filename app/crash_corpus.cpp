#include "app/crash_corpus.hpp"

#include "app/sample_flaws.hpp"
#include "pipeline/identifiers.hpp"
#include "pipeline/sha256.hpp"

namespace app {

using pipeline::Value;

namespace {

class Week {
 public:
  std::vector<CrashPass> tell() {
    const Unit xinjiang = people_.unit(random_, Province::Xinjiang, Branch::School, "652901");
    const Unit hunan = people_.unit(random_, Province::Hunan, Branch::School, "430102");
    const Unit forestry = people_.unit(random_, Province::Hunan, Branch::Forestry, "431382");
    const Unit withdrawn = people_.unit(random_, Province::Hunan, Branch::School, "430102");
    const Institution above = supervisor("431382", Branch::Forestry);
    const std::string bureau_queue = "unit-" + bureau("652901").uscc;
    const std::string agency = "agency-430102-pt", unit_queue = "unit-" + xinjiang.uscc;

    at("2026-11-20T10:00:00+08:00");
    const std::string x = register_unit(xinjiang, {}), h = register_unit(hunan, {});
    const Dropped first = pass().deliveries.back();
    register_unit(people_.unit(random_, Province::Hunan, Branch::School, "430102"), {},
                  Flaw::Truncated);
    drop("", "副本.zip", first.bytes);
    at("2026-11-20T10:05:00+08:00");
    const std::string f = register_unit(forestry, above), w = register_unit(withdrawn, {});
    register_unit(people_.unit(random_, Province::Xinjiang, Branch::School, "652901"), {},
                  Flaw::MissingAttachment);
    ask("uscc", xinjiang.uscc);
    at("2026-11-20T11:00:00+08:00");
    judge(x, bureau_queue, bureau_queue, {"approve", "同意", ""});
    judge(h, agency, agency, {"approve", "同意", ""});
    judge(f, "unit-" + above.uscc, agency, {"approve", "", ""});  // H17: not its folder
    judge(f, "unit-" + above.uscc, "unit-" + above.uscc, {"reject", "", "授权书未盖章"});
    form("", "撤回",
         Value::object({{"kind", "registration_withdrawal"},
                        {"uscc", withdrawn.uscc},
                        {"username", withdrawn.username},
                        {"handler", Value::object({{"name", withdrawn.handler.name},
                                                   {"id_number", withdrawn.handler.id_number}})}}));
    at("2026-11-20T12:00:00+08:00");  // H42: the timers of the decisions above are due
    const std::string first_case = apply(xinjiang), second_case = apply(xinjiang);
    form("unit-" + hunan.uscc, "更正",
         Value::object({{"kind", "unit_info_correction"},
                        {"submit", true},
                        {"uscc", hunan.uscc},
                        {"unit", Value::object({{"phone", "0731-84411111"}})}}));
    ask("case", first_case);
    at("2026-11-23T09:00:00+08:00");
    judge(first_case, unit_queue, unit_queue, {"report_up", "材料真实，同意推荐。", ""});
    form(unit_queue, "撤回申报",
         Value::object({{"kind", "application_recall"}, {"case", second_case}}));
    ask("username", hunan.username);
    const std::string above_queue = "unit-" + bureau("652900").uscc;
    at("2026-11-24T09:00:00+08:00");
    judge(first_case, bureau_queue, bureau_queue, {"report_up", "同意推荐。", ""});
    drop("", "乱码.zip", "PK\3\4" + std::string(300, 'x'));
    at("2026-11-25T09:00:00+08:00");  // its folder in the queue below is taken away and made again
    judge(first_case, above_queue, above_queue, {"send_back", "", "请核实业绩材料"});
    judge(first_case, bureau_queue, bureau_queue, {"return", "", "学历证书不清晰"});
    at("2026-12-04T09:00:00+08:00");  // nothing but timers
    return std::move(passes_);
  }

 private:
  CrashPass& pass() { return passes_.back(); }
  void at(const char* time) { passes_.push_back({*pipeline::parse_time(time), {}}); }
  void drop(const std::string& folder, const std::string& name, std::string bytes) {
    pass().deliveries.push_back({folder, std::to_string(++number_) + "-" + name, std::move(bytes)});
  }
  void form(const std::string& folder, const std::string& name, const Value& value) {
    drop(folder, name + ".json", value.dump());
  }

  std::string zip(const std::string& folder, const std::string& name, Submitted submitted,
                  char kind, Flaw flaw) {
    spoil(submitted, flaw);
    Packing packing;
    std::vector<ZipEntry> entries = entries_of(submitted, packing, name);
    spoil(entries, packing, flaw);
    std::string bytes = pack(entries, packing, 0);
    spoil(bytes, flaw);
    const std::string case_id = pipeline::case_number(kind, pipeline::sha256(bytes));
    drop(folder, name + ".zip", std::move(bytes));
    return case_id;
  }
  std::string register_unit(const Unit& unit, const Institution& above, Flaw flaw = Flaw::None) {
    return zip("", "注册-" + unit.name,
               registration(random_, scanner_, unit, Ticks::Professional, above), 'R', flaw);
  }
  std::string apply(const Unit& unit) {
    const Application one = application(random_, scanner_, people_, unit);
    return zip(one.path.back(), "申请书-" + one.applicant, one.submitted, 'A', Flaw::None);
  }
  void judge(const std::string& case_id, const std::string& queue, const std::string& folder,
             const Judgement& judgement) {
    form(folder, "审核", decision(case_id, 1, queue, "王一", judgement, 0));
  }
  void ask(const char* by, const std::string& key) {
    form("", "查询", Value::object({{"kind", "status_query"}, {by, key}}));
  }

  Random random_{20261120};
  People people_{20261120};
  Scanner scanner_{20261120, 4, 6};
  std::vector<CrashPass> passes_;
  int number_ = 0;
};

}  // namespace

std::vector<CrashPass> crash_corpus() {
  return Week().tell();
}

}  // namespace app
