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
  void (*write)(Worksheet&, const Statistics&);
};

constexpr const char* kQueues = "队列与时效";

constexpr std::array<Part, 9> kParts{{
    {"系列×级别", "27个系列和其他，按级别：申报、上报、退回、办结", write_series},
    {"单位", "每个单位的注册、申报、上报、退回", write_units},
    {"地区", "县、市（州、地区）、省（自治区）逐级小计", write_regions},
    {"人员结构", "性别、民族、学历、学位、年龄、政治面貌", write_people},
    {"申报类型", "正常、破格、转评、初次认定等", write_types},
    {"提交与轮次", "新报、信息修正和退回后再次提交分别计数，轮次分布", write_submissions},
    {"单位注册", "性质、级别、所选与实际审核单位、选错", write_registrations},
    {kQueues, "各审核单位的待办、到期、逾期和用时", write_queues},
    {"问题分析", "各类问题的次数，错误最多的投递文件夹", write_findings},
}};

}  // namespace

void write_workbook(const std::string& path, const pipeline::View& view, const Terms& terms,
                    pipeline::Time now, const Period& period, int sheet_rows) {
  Spreadsheet book(path, "统计汇总", now);
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

  const ListFrame frame{book, period_line(period, now), sheet_rows};
  RegistrationList registrations(frame, terms);
  ApplicationList applications(frame, terms);
  DeliveryList deliveries(frame, terms);
  const Statistics statistics = count(
      view, terms, now, period,
      [&](const pipeline::Value& body, const CaseFacts& facts) {
        if (facts.application) {
          applications.add(body, facts);
        } else {
          registrations.add(body);
        }
      },
      [&](const pipeline::Received& delivery) { deliveries.add(delivery); });
  for (StreamedList* list : {&registrations.list(), &applications.list(), &deliveries.list()}) {
    list->finish();
    for (Worksheet* sheet : list->sheets()) contents.push_back({sheet, list->about()});
  }

  for (std::size_t i = 0; i < kParts.size(); ++i) kParts[i].write(*sheets[i], statistics);
  write_queue_chart(*queue_chart, *queues, statistics);
  write_overview(overview, statistics, contents);
  book.close();
}

}  // namespace produce
