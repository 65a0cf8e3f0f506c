#include "stages/prepare/excel_form.hpp"
#include "stages/prepare/filled_form.hpp"

namespace prepare {

namespace {

const std::string kUseOriginal =
    "报送材料的，请用空白表（templates/"
    "forms）填写；办理案件的，请取队列文件夹里最新的待审清单.xlsx，直接在其中填写办理结果等各列。"
    "保存为 xlsx，不要另建表格、删除隐藏的第一行或改动其内容。";

}  // namespace

FilledForm read_filled_workbook(std::string_view xlsx, const Rules& rules) {
  FilledForm out;
  const Workbook book = read_workbook(xlsx, rules.limits);
  if (!book.refusal.empty() && !book.not_a_book) {
    out.refusal = "这份表格的" + book.refusal + kUseOriginal;
    return out;
  }
  if (auto worklist = read_worklist(book, rules)) return std::move(*worklist);
  if (auto form = read_excel_form(book, rules)) return std::move(*form);
  out.refusal =
      "这份表格不是本系统的空白表，也不是本系统发出的待审清单，或者其中隐藏的第一行已被删去。" +
      kUseOriginal;
  return out;
}

bool is_filled_workbook(std::string_view xlsx, const Rules& rules) {
  const Workbook book = read_workbook(xlsx, rules.limits);
  return book.refusal.empty() && (read_worklist(book, rules) || read_excel_form(book, rules));
}

}  // namespace prepare
