#include "stages/prepare/judge.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "stages/prepare/attachment.hpp"
#include "stages/prepare/findings.hpp"

namespace prepare {

namespace {

using pipeline::Entry;

// A29 is a roster of many people: a sheet.
bool may_be_document(const Entry& entry) {
  return entry.slot == "A29" && (entry.type == "ooxml" || entry.type == "ole");
}

/// "800×600 像素" of a page below 100 dpi (§8.5), else "". A portrait (A24) is small by its nature.
std::string coarseness(const Entry& entry) {
  constexpr int kShortSide = 600;
  const int side = std::min(entry.width, entry.height);
  if (side == 0 || side >= kShortSide || entry.slot == "A24") return {};
  return std::to_string(entry.width) + "×" + std::to_string(entry.height) + " 像素";
}

}  // namespace

void judge_attachments(pipeline::Submission& submission, const std::vector<Inspection>& seen,
                       const Rules& rules) {
  const auto tell = [&](std::string_view code, const Entry& entry, const std::string& detail) {
    submission.findings.push_back(make_finding(rules.catalogue, code, entry.name,
                                               {{"file", entry.name}, {"detail", detail}}));
  };
  const auto reject = [&](Entry& entry, std::string note, std::string_view code,
                          const std::string& detail) {
    entry.role = pipeline::Role::Rejected;
    entry.note = std::move(note);
    tell(code, entry, detail);
    submission.findings.back().severity = pipeline::Severity::Warning;
  };
  for (std::size_t i = 0; i < submission.entries.size(); ++i) {
    Entry& entry = submission.entries[i];
    if (entry.role != pipeline::Role::Attachment) continue;
    const std::string type = type_label(entry.type);
    const Inspection& found = seen[i];
    switch (found.flaw) {
      case Flaw::Empty:
        reject(entry, found.why.empty() ? "空文件" : found.why, "ATTACHMENT_EMPTY", found.why);
        continue;
      case Flaw::Encrypted:
        reject(entry, "已加密", "ATTACHMENT_ENCRYPTED", {});
        continue;
      case Flaw::Corrupt:
        reject(entry, found.why, "ATTACHMENT_CORRUPT", found.why);
        continue;
      case Flaw::Unreadable:
        reject(entry, found.why, "ATTACHMENT_UNREADABLE", found.why);
        continue;
      case Flaw::None:
        break;
    }
    if (!is_scan_type(entry.type) && !may_be_document(entry)) {
      reject(entry, "应为 JPG、PNG 或 PDF，实为" + type, "ATTACHMENT_TYPE",
             type + "。" + conversion(entry.type));
      continue;
    }
    entry.note = found.note;
    for (const Remark& remark : found.remarks) tell(remark.code, entry, remark.detail);
    // Accepted (§8.5), but no paper can show them.
    if (entry.type == "tiff" || entry.type == "bmp")
      tell("ATTACHMENT_CONVERT", entry, type + "。" + conversion(entry.type));
    if (const std::string coarse = coarseness(entry); !coarse.empty())
      tell("ATTACHMENT_LOW_RESOLUTION", entry, coarse);
  }
}

}  // namespace prepare
