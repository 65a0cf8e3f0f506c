#include "stages/produce/workbook.hpp"

#include <array>

#include "stages/produce/workbook_lists.hpp"
#include "stages/produce/workbook_sheets.hpp"
#include "stages/produce/workbook_table.hpp"

namespace produce {

namespace {

struct Part {
  const char* name;
  const char* about;
  void (*write)(Worksheet&, const Statistics&, const Details&);
};

constexpr const char* kQueues = "队列与时效";

constexpr std::array<Part, 13> kParts{{
    {"变化", "今日、昨日、近7日办了什么，与昨日末、7日前末相比", write_changes},
    {"每周趋势", "近26周收到、办出多少", write_weeks},
    {"系列×级别", "27个系列和其他，按级别：申报、上报、退回、办结", write_series},
    {"单位", "每个单位的注册、申报、上报、退回", write_units},
    {"地区", "县、市（州、地区）、省（自治区）逐级小计", write_regions},
    {"人员结构", "性别、民族、学历、学位、年龄、政治面貌", write_people},
    {"申报类型", "正常、破格、转评、初次认定等", write_types},
    {"提交与轮次", "新报、信息修正和退回后再次提交分别计数，轮次分布", write_submissions},
    {"单位注册", "性质、级别、所选与实际审核单位、选错", write_registrations},
    {kQueues, "各审核单位的待办、到期、逾期和用时", write_queues},
    {"时效分析", "各环节用时多久、已等多久", write_times},
    {"退回原因", "退回修改的申请书，按退回的项目", write_returns},
    {"问题分析", "各类问题的次数，错误最多的投递文件夹", write_findings},
}};

}  // namespace

void write_workbook(const std::string& path, const pipeline::View& view, const Terms& terms,
                    pipeline::Time now, const Period& period, int sheet_rows) {
  Spreadsheet book(path, "统计汇总", now);
  Details details({book, period_line(period, now), sheet_rows}, terms, now);
  const Statistics statistics = count(
      view, terms, now, period,
      [&](const pipeline::Value& body, const CaseFacts& facts) {
        return details.rows_of(body, facts);
      },
      [&](const pipeline::Received& delivery) { return details.rows_of(delivery); });

  // Sheets stand in the order in which they are added; the figures want the lists in order.
  Worksheet& overview = book.add("总体情况");
  std::vector<Worksheet*> sheets;
  std::vector<Contents> contents;
  Worksheet* queues = nullptr;
  Worksheet* queue_chart = nullptr;
  for (const Part& part : kParts) {
    sheets.push_back(&book.add(part.name));
    contents.push_back({sheets.back(), part.about});
    if (part.name != kQueues) continue;
    queues = sheets.back();
    queue_chart = &book.add("待办图");
    contents.push_back({queue_chart, "待办最多的队列"});
  }
  details.lay_out();
  for (const SortedList* list : details.lists())
    for (const Worksheet* sheet : list->sheets()) contents.push_back({sheet, list->about()});

  for (std::size_t i = 0; i < kParts.size(); ++i) kParts[i].write(*sheets[i], statistics, details);
  write_queue_chart(*queue_chart, *queues, statistics);
  write_overview(overview, statistics, details, contents);
  book.close();
}

}  // namespace produce
