#include "stages/prepare/examine.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "pipeline/json.hpp"

namespace prepare {

namespace {

using pipeline::Value;

constexpr const char* kNoTime =
    "压缩包里难以检查的文件太多，这一个没有检查。请重新导出或扫描为普通的 PDF、JPG。";

void spoil(Inspection& of, Flaw flaw, std::string why) {
  of.flaw = flaw;
  of.why = std::move(why);
}

}  // namespace

Examiner::Examiner(const Rules& rules, std::string drop)
    : rules_(rules),
      drop_(std::move(drop)),
      left_(std::chrono::seconds(rules.limits.bundle_cpu_seconds)) {}

Inspection Examiner::examine(std::string_view bytes) {
  Inspection out = inspect(bytes, rules_.limits);
  if (out.doubt == Doubt::Pdf) read_pdf(bytes, out);
  if (out.doubt == Doubt::Blank) see_whether_blank(bytes, out);
  out.doubt = Doubt::None;
  return out;
}

std::optional<std::string> Examiner::ask(ForeignTask task, std::string_view bytes) {
  Limits limits = rules_.limits;
  limits.reader_cpu_seconds =
      std::min(limits.reader_cpu_seconds,
               static_cast<int>(std::chrono::ceil<std::chrono::seconds>(left_).count()));
  ForeignReading reading = rules_.foreign->read(drop_, task, bytes, limits);
  left_ -= reading.work;
  return std::move(reading.answer);
}

void Examiner::read_pdf(std::string_view bytes, Inspection& of) {
  if (time_is_over()) return spoil(of, Flaw::Unreadable, kNoTime);
  const auto answer = ask(ForeignTask::PdfInspect, bytes);
  if (!answer) return spoil(of, Flaw::Corrupt, "PDF 无法检查：打开它会使程序出错或停住。");
  const Value facts = pipeline::parse_json(*answer).value;
  const std::string& error = facts["error"].string();
  if (error == "password") return spoil(of, Flaw::Encrypted, {});
  if (!error.empty() || !facts.is_object())
    return spoil(of, Flaw::Corrupt, "PDF 结构损坏，无法打开。");
  of.pages = static_cast<int>(facts["pages"].integer());
  const std::int64_t promised = facts["promised"].integer();
  const bool repaired = facts["repaired"].boolean();
  if (repaired && promised > of.pages)
    return spoil(of, Flaw::Corrupt,
                 "PDF 不完整：应有 " + std::to_string(promised) + " 页，只找到 " +
                     std::to_string(of.pages) + " 页。");
  if (repaired && of.pages == 0) return spoil(of, Flaw::Corrupt, "PDF 损坏，找不到页面。");
  if (of.pages == 0) return spoil(of, Flaw::Empty, "PDF 没有页面。");
  if (repaired)
    of.remarks.push_back({"ATTACHMENT_REPAIRED", "找到 " + std::to_string(of.pages) + " 页。"});
  if (facts["xfa"].boolean()) of.remarks.push_back({"ATTACHMENT_XFA", {}});
  if (facts["signed"].boolean()) of.remarks.push_back({"ATTACHMENT_SIGNED", {}});
  if (facts["locked"].boolean()) of.note = "可以打开，但作者限制了修改或打印";
}

void Examiner::see_whether_blank(std::string_view bytes, Inspection& of) {
  // Not worth a finding of its own: it is whole as far as can be seen.
  if (time_is_over()) return;
  const auto answer = ask(ForeignTask::ImageBlank, bytes);
  if (!answer) return spoil(of, Flaw::Corrupt, "图片无法检查：打开它会使程序出错或停住。");
  const Value facts = pipeline::parse_json(*answer).value;
  if (facts["error"].string() == "damaged")
    return spoil(of, Flaw::Corrupt, "图片内容残缺，无法显示。");
  if (facts["blank"].boolean()) of.remarks.push_back({"ATTACHMENT_BLANK", {}});
}

}  // namespace prepare
