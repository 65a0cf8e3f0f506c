#include "stages/produce/workbook_lists.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "pipeline/identifiers.hpp"
#include "pipeline/outcome.hpp"
#include "pipeline/text.hpp"
#include "stages/produce/statistics_people.hpp"

namespace produce {

namespace {

using pipeline::Time;
using pipeline::Value;

}  // namespace

Details::Details(const ListFrame& frame, const Terms& terms, Time now)
    : terms_(terms),
      now_(now),
      moments_(now),
      registrations_(
          frame, "明细（注册）", "单位注册和信息修正，按地区、单位排列",
          {{"案件号", 16},   {"种类", 10},     {"单位名称", 24},     {"统一社会信用代码", 20},
           {"单位性质", 9},  {"隶属级别", 10}, {"地区", 20},         {"统筹区", 20},
           {"业务类型", 14}, {"所选", 9},      {"所选审核单位", 20}, {"实际", 11},
           {"审核单位", 24}, {"人社改派", 6},  {"经办人", 9},        {"经办人证件号", 20},
           {"状态", 11},     {"轮次", 5},      {"收到时间", 16},     {"应办日期", 11},
           {"办结时间", 16}, {"生效时间", 16}, {"退回次数", 5},      {"再次注册", 5},
           {"路由规则", 10}, {"提交方式", 20}, {"处理情况", 14}}),
      applications_(frame, "明细（申请）", "职称申报，按地区、单位排列",
                    {{"案件号", 16},
                     {"年度", 5},
                     {"申请人", 12},
                     {"证件号", 20},
                     {"性别", 5},
                     {"出生年份", 9},
                     {"年龄", 5},
                     {"民族", 9},
                     {"政治面貌", 10},
                     {"学历", 10},
                     {"学位", 6},
                     {"单位名称", 24},
                     {"统一社会信用代码", 20},
                     {"地区", 20},
                     {"申报系列", 18},
                     {"申报专业", 12},
                     {"级别", 8},
                     {"资格名称", 14},
                     {"申报类型", 9},
                     {"状态", 11},
                     {"轮次", 5},
                     {"现在何处", 24},
                     {"收到时间", 16},
                     {"应办日期", 11},
                     {"办结时间", 16},
                     {"上报", 5},
                     {"退回", 5},
                     {"办结", 5},
                     {"退回次数", 5},
                     {"年龄段", 10},
                     {"提交方式", 22},
                     {"处理情况", 14}}),
      titles_(frame, "明细（系列级别）", "职称申报，按系列、级别排列",
              {{"申报系列", 22},
               {"级别", 9},
               {"案件号", 16},
               {"申请人", 14},
               {"单位名称", 28},
               {"申报专业", 16},
               {"申报类型", 10},
               {"状态", 12},
               {"上报", 6},
               {"退回", 6},
               {"办结", 6}}),
      deliveries_(frame, "明细（投递）", "收到的投递和结果，按种类、结果排列",
                  {{"序号", 8},
                   {"收到时间", 16},
                   {"投递文件夹", 26},
                   {"文件名", 34},
                   {"种类", 14},
                   {"结果", 9},
                   {"案件号", 16},
                   {"轮次", 5},
                   {"队列", 26},
                   {"错误数", 7},
                   {"问题代码", kCodesWidth},
                   {"问题说明", kMessagesWidth}}),
      pending_(frame, "明细（待办）", "现在待审的案件，按队列、应办日期排列",
               {{"队列", 28},
                {"审核单位", 34},
                {"到期情况", 10},
                {"案件号", 16},
                {"种类", 12},
                {"单位名称", 28},
                {"申请人", 14},
                {"轮次", 6},
                {"到达时间", 17},
                {"已等待（天）", 8},
                {"应办日期", 12},
                {"环节", 26},
                {"已等时段", 10}}),
      returns_(frame, "明细（退回）", "退回修改的申请书，按退回的项目排列",
               {{"退回项目", 20},
                {"案件号", 16},
                {"申请人", 14},
                {"单位名称", 28},
                {"申报系列", 18},
                {"级别", 9},
                {"退回环节", 22},
                {"退回次数", 6},
                {"状态", 12},
                {"审核意见", 44}}),
      steps_(frame, "明细（变化）", "近14日的每一步办理，按事项排列，新的在前",
             {{"事项", 26},
              {"时间", 17},
              {"案件号", 16},
              {"单位名称", 30},
              {"申请人", 14},
              {"轮次", 6},
              {"办理", 22},
              {"办理人", 34},
              {"现在状态", 12}}) {
  for (const auto& [code, label] : terms.dictionary.words("series"))
    if (label != std::string_view("其他")) series_.push_back(code);
  share_words(frame.book);
}

/// What nearly every row says in the same words.
void Details::share_words(Spreadsheet& book) const {
  for (const char* word : {"是", "否"}) book.share(word);
  for (const char* name :
       {"kind", "nature", "unit_level", "business_type", "review_target", "state", "series",
        "title_level", "application_type", "ethnicity", "result"})
    for (const auto& [code, label] : terms_.dictionary.words(name)) book.share(label);
  for (const auto& [code, region] : terms_.regions.all())
    book.share(terms_.regions.full_name(code));
  for (const char* label : kDueLabels) book.share(label);
  for (const char* label : kSubmissionLabels) book.share(label);
  for (const char* label : span_labels()) book.share(label);
  for (std::size_t i = 0; i < kStages; ++i) book.share(stage_label(static_cast<Stage>(i)));
  for (std::size_t i = 0; i < kStandings; ++i) book.share(standing_label(static_cast<Standing>(i)));
  for (std::size_t i = 0; i < kStepKinds; ++i) book.share(step_label(static_cast<StepKind>(i)));
  for (std::size_t i = 0; i < kPeopleTables; ++i)
    for (const char* label : people_labels(static_cast<PeopleTableOf>(i))) book.share(label);
}

std::string Details::group_of(std::size_t n) {
  return (n < 10 ? "0" : "") + std::to_string(n);
}

/// A kind that the table does not know is counted in its last row.
std::string Details::delivery_group(const std::string& kind) const {
  return terms_.dictionary.code("kind", kind) ? kind : "";
}

/// Division, then unit: all of a division stands together, and so does all of one above it.
std::string Details::place_of(const Value& body) const {
  const std::string& region = body["region"].string();
  return (terms_.regions.find(region) ? region : std::string("?")) + "/" + body["uscc"].string();
}

std::string Details::series_group(std::size_t series, std::size_t level) const {
  return group_of(series) + std::to_string(level);
}

void Details::lay_out() {
  for (SortedList* list :
       {&registrations_, &applications_, &titles_, &deliveries_, &pending_, &returns_, &steps_})
    list->lay_out();
}

std::vector<const SortedList*> Details::lists() const {
  return {&registrations_, &applications_, &titles_, &deliveries_, &pending_, &returns_, &steps_};
}

Link Details::unit(const std::string& uscc, const std::string& region,
                   const std::string& tip) const {
  const std::string group = (terms_.regions.find(region) ? region : "?") + "/" + uscc;
  return applications_.link(applications_.rows().find(group, group + '\0'), tip);
}

Link Details::registered_unit(const std::string& uscc, const std::string& region,
                              const std::string& tip) const {
  const std::string group = (terms_.regions.find(region) ? region : "?") + "/" + uscc;
  return registrations_.link(registrations_.rows().find(group, 0, 1), tip);
}

Link Details::region(const std::string& code, bool own, bool applications,
                     const std::string& tip) const {
  const SortedList& list = applications ? applications_ : registrations_;
  // 430000, 430100: the divisions below begin with 43, 4301.
  std::string from = code.empty() ? "?" : code;
  if (!own && from.ends_with("0000"))
    from.resize(2);
  else if (!own && from.ends_with("00"))
    from.resize(4);
  else
    from += '/';
  return list.link(list.rows().find(from, from + '\x7F'), tip);
}

Link Details::series(std::size_t series, std::size_t level, Progress progress,
                     const std::string& tip) const {
  const RowSpool& rows = titles_.rows();
  if (level == kLevels)
    return titles_.link(rows.find(group_of(series), group_of(series) + ':'), tip);
  const std::string group = series_group(series, level);
  const auto from = progress == Reported ? 1U : progress == Closed ? 2U : 0U;
  return titles_.link(rows.find(group, from, progress == Reported ? 3 : 4), tip);
}

Link Details::queue(const std::string& queue, std::size_t due) const {
  const std::size_t last = kDueLabels.size() - 1;
  const bool all = due > last;
  return pending_.link(
      pending_.rows().find(queue, all ? 0 : last - due, all ? last + 1 : last - due + 1),
      all ? "该队列的全部待办" : std::string("该队列的待办：") + kDueLabels[due]);
}

Link Details::returned(const std::string& item) const {
  return returns_.link(returns_.rows().find(item, item + '\0'), "退回该项目的申请书");
}

Link Details::delivered(const std::string& kind, std::size_t result) const {
  const RowSpool& rows = deliveries_.rows();
  const std::string group = delivery_group(kind);
  return deliveries_.link(
      result < kResults ? rows.find(group, result, result + 1) : rows.find(group, group + '\0'),
      "这些投递，逐件");
}

Link Details::step(StepKind kind, Time from, Time until) const {
  const auto place = [&](Time at) { return static_cast<std::uint64_t>(now_.us - at.us); };
  // The newest stand first; what happens at `until` itself is not included.
  return steps_.link(steps_.rows().find(group_of(kind), until.us > now_.us ? 0 : place(until) + 1,
                                        place(from) + 1),
                     "这些办理，逐件");
}

Link Details::applications(const std::string& filter) const {
  return applications_.link_all("在“明细（申请）”中筛选：" + filter);
}

Link Details::registrations(const std::string& filter) const {
  return registrations_.link_all("在“明细（注册）”中筛选：" + filter);
}

Link Details::waiting(const std::string& filter) const {
  return pending_.link_all("在“明细（待办）”中筛选：" + filter);
}

Link Details::deliveries(const std::string& filter) const {
  return deliveries_.link_all("在“明细（投递）”中筛选：" + filter);
}

}  // namespace produce
