#include "stages/decide/notices.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <set>

#include "pipeline/csv.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/fill_in.hpp"
#include "pipeline/text.hpp"

namespace decide {

using pipeline::Arguments;
using pipeline::CsvFile;

namespace {

using Words = std::vector<std::string_view>;

/// The placeholders of every notice, and those that one notice has beside them.
const Words kCommon{"case", "round", "year", "unit", "from", "contact"};
const std::map<std::string_view, Words> kNotices{
    {"registration_approved", {"url"}},
    {"registration_rejected", {"url"}},
    {"correction_approved", {}},
    {"correction_rejected", {}},
    {"returned", {"applicant", "title", "locked", "until", "item"}},
    {"not_accepted", {"applicant", "title", "item"}},
    {"accepted", {"applicant", "title"}},
    {"unit_created", {"username", "handler", "id"}},
    {"unit_assigned", {"username", "handler", "id"}}};
constexpr std::array<std::string_view, 5> kParts{"title", "number", "body", "hint", "closing"};

void check_placeholders(const std::string& text, const Words& own, const auto& fault) {
  for (std::size_t from = text.find('{'); from != text.npos; from = text.find('{', from + 1)) {
    const std::size_t to = text.find('}', from);
    if (to == text.npos) throw fault("a { without its }");
    const std::string name = text.substr(from + 1, to - from - 1);
    if (std::find(kCommon.begin(), kCommon.end(), name) == kCommon.end() &&
        std::find(own.begin(), own.end(), name) == own.end())
      throw fault("{" + name + "} is not known to this notice");
  }
}

}  // namespace

Notices Notices::load(const std::string& file) {
  const CsvFile csv(file, {"notice", "province", "part", "text"});
  Notices out;
  std::map<std::string, std::set<std::string>> seen;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const auto fault = [&](const std::string& why) {
      return pipeline::Fault(pipeline::FaultKind::Stop,
                             "read " + file + ":" + std::to_string(csv.line(i)), why);
    };
    const std::string &notice = csv.cell(i, "notice"), &part = csv.cell(i, "part"),
                      &province = csv.cell(i, "province"), &text = csv.cell(i, "text");
    const auto known = kNotices.find(notice);
    if (known == kNotices.end()) throw fault("no such notice: \"" + notice + "\"");
    if (std::find(kParts.begin(), kParts.end(), part) == kParts.end())
      throw fault("part is title, number, body, hint or closing, not \"" + part + "\"");
    if (!province.empty() && province != "hunan" && province != "xinjiang")
      throw fault("province is hunan, xinjiang or empty, not \"" + province + "\"");
    if (text.empty()) throw fault("the text is missing");
    check_placeholders(text, known->second, fault);
    // It names the file as well.
    if (part == "title" && text.find_first_of("/\\{") != text.npos)
      throw fault("a title holds no placeholder, / or \\");
    const bool one = part == "title" || part == "number" || part == "hint";
    if (!seen[notice].insert(one ? part + "@" + province : part).second && one)
      throw fault(notice + " has two rows of part " + part);
    out.rows_[notice].push_back({province, part, text});
  }
  for (const auto& [notice, words] : kNotices)
    for (const std::string_view province : {"hunan", "xinjiang"}) {
      const auto& rows = out.rows_[std::string(notice)];
      for (const std::string_view part : {"title", "body"})
        if (std::none_of(rows.begin(), rows.end(), [&](const Row& row) {
              return row.part == part && (row.province.empty() || row.province == province);
            }))
          throw pipeline::Fault(pipeline::FaultKind::Stop, "read " + file + ":1",
                                "the " + std::string(part) + " of " + std::string(notice) +
                                    " is missing (" + std::string(province) + ")");
    }
  return out;
}

NoticeTexts Notices::texts(std::string_view notice, std::string_view province,
                           const Arguments& arguments) const {
  NoticeTexts out;
  const auto found = rows_.find(notice);
  assert(found != rows_.end());
  for (const Row& row : found->second) {
    if (!row.province.empty() && row.province != province) continue;
    if (row.part == "hint") {
      out.hint = row.text;
      continue;
    }
    std::string text = pipeline::fill_in(row.text, arguments);
    if (text.empty()) continue;
    if (row.part == "title")
      out.title = std::move(text);
    else if (row.part == "number")
      out.number = std::move(text);
    else
      (row.part == "body" ? out.body : out.closing).push_back(std::move(text));
  }
  return out;
}

}  // namespace decide
