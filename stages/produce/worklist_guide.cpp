#include "stages/produce/worklist_guide.hpp"

#include <string>
#include <utility>
#include <vector>

#include "pipeline/time.hpp"

namespace produce {

using pipeline::Time;
using pipeline::Value;

void write_worklist_guide(Worksheet& sheet, const Value& payload) {
  const std::string& queue = payload["queue"].string();
  const Time now{payload["at"].integer()};
  const std::vector<std::pair<std::string, std::vector<std::string>>> parts = {
      {"一、怎样办理",
       {"每行一个案件。点击“案件编号”打开该案的审批单，“卷宗”打开全部申报材料（一个文件），“打开”进"
        "入该案的文件夹。",
        "请直接在共享文件夹里打开本清单，这些链接才有效；另存到别处的清单照样可以填写和投递，材料请"
        "到 outbox/queues/" +
            queue + "/ 中按案件编号查找。",
        "在浅黄色的单元格里填写：“办理”从下拉列表中选择；“转交部门”只在上报时需要，留空则转交默认部"
        "门"
        "（列表中的第一个）；按需要填写“推荐意见”“修改意见”（单位注册和信息修正只有“审核意见”）；填"
        "写“审核"
        "人”姓名；最后在“确认转交”中选“是”。灰色的单元格不用填写。",
        "不办理的案件整行留空。可以先办理一部分，余下的以后再办：投递后会生成新的待审清单。"}},
      {"二、怎样交回",
       {"保存文件（名称可以更改，格式仍为 .xlsx），放入收件箱中本部门的文件夹：inbox/" + queue +
            "/",
        "几分钟内会在 outbox/receipts/" + queue +
            "/ 中生成回执，逐行说明办理结果。有问题的行不影响其他各行，改正后再次投递即可。"}},
      {"三、什么算数",
       {"“确认转交”不选“是”的行，不办理，案件仍在原处待审。",
        "退回、不予受理，必须在修改意见中写明原因；审核不通过，请在审核意见中写明原因。对方会收到"
        "。",
        "只有浅黄色各列算数：改动其他各列不影响案件，也不会被采纳；申报内容不能在这里修改。",
        "已由审批单或另一份清单办结、转走或重新提交的案件，本清单中的那一行不再有效，回执中会说明"
        "。",
        "需要逐项审核（各审核项目分别通过或退回）的，请填写该案的审批单。"}},
      {"四、其他",
       {"可以排序、筛选、调整列宽和打印；请不要增加、删除各列，不要改动隐藏的行和列。",
        "办理期限的颜色随打开文件的日期变化：红色为已逾期，橙色为今天到期，黄色为下一工作日到期。“"
        "期限情况”"
        "一列是清单生成当日的情况。",
        "选了“办理”以后，还没有填写的“审核人”“确认转交”显示为橙色。"}},
  };
  constexpr double kWidth = 118;
  sheet.widths({4, kWidth});
  sheet.row_height(0, 30);
  sheet.merge(0, 0, 1, "待审清单填写说明", CellStyle::Title);
  sheet.row_height(1, 18);
  sheet.merge(1, 0, 1,
              payload["label"].text() + "（" + queue + "）　截至 " + pipeline::chinese_time(now) +
                  "，待审 " + std::to_string(payload["cases"].size()) + " 件",
              CellStyle::Note);
  int row = 2;
  for (const auto& [title, paragraphs] : parts) {
    sheet.row_height(row, 26);
    sheet.merge(row++, 0, 1, title, CellStyle::Section);
    int number = 0;
    for (const std::string& paragraph : paragraphs) {
      sheet.row_height(row, wrapped_height(paragraph, kWidth) + 4);
      sheet.text(row, 0, std::to_string(++number) + ".", CellStyle::Paragraph);
      sheet.text(row++, 1, paragraph, CellStyle::Paragraph);
    }
  }
}

}  // namespace produce
