#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <set>

#include "stages/prepare/attachment.hpp"
#include "stages/prepare/prepare.hpp"
#include "tests/corpus_pdfs.hpp"

// PDFs as they come, odd and hostile: for each what must come out. Beside each lies a good one, which is never touched by it.

namespace {

using corpus::plain;
using corpus::repeated;
using corpus::rewritten;
using pipeline::Role;
using pipeline::Submission;

const std::string kForm =
    R"({"kind":"title_application","resubmits":"A-3F9A2C1B77D0","submit":false})";

const prepare::Rules& rules(const std::string& program = {}) {
  static std::map<std::string, prepare::Rules> loaded;
  const auto [found, made] = loaded.try_emplace(program);
  if (made) {
    prepare::Limits limits;
    limits.reader_cpu_seconds = 2;
    limits.reader_seconds = 100;  // however busy the machine is
    found->second =
        prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", limits, program);
  }
  return found->second;
}

struct Seen {
  std::string codes;  ///< of ATTACHMENT_…, without that
  std::string text;   ///< of the messages
  pipeline::Entry entry;
  std::chrono::steady_clock::duration took{};
};

Seen seen(const std::string& bytes, const prepare::Rules& by = rules()) {
  const std::string bundle = zip_builder::Builder()
                                 .add("form.json", kForm)
                                 .add("A01.x", bytes)
                                 .add("A02.pdf", plain(2))
                                 .end();
  const auto begin = std::chrono::steady_clock::now();
  const Submission s = prepare::prepare({}, bundle, by);
  Seen out;
  out.took = std::chrono::steady_clock::now() - begin;
  for (const auto& finding : s.findings) {
    const std::string prefix = "ATTACHMENT_";
    if (!finding.code.starts_with(prefix)) continue;
    EXPECT_EQ(finding.where, "A01.x") << finding.code;
    out.codes += (out.codes.empty() ? "" : " ") + finding.code.substr(prefix.size());
    out.text += finding.message + finding.hint;
  }
  out.entry = s.entries.at(1);
  EXPECT_EQ(s.entries.at(2).role, Role::Attachment);
  EXPECT_EQ(s.entries.at(2).pages, 2);
  return out;
}

void check(const std::vector<corpus::Pdf>& cases) {
  const std::set<std::string> spoilt{"CORRUPT", "EMPTY", "ENCRYPTED", "UNREADABLE", "TYPE"};
  for (const corpus::Pdf& one : cases) {
    const Seen got = seen(one.bytes);
    EXPECT_EQ(got.codes, one.codes) << one.name << ": " << got.text;
    EXPECT_NE(got.text.find(one.text), std::string::npos) << one.name << ": " << got.text;
    EXPECT_EQ(got.entry.role, spoilt.contains(one.codes) ? Role::Rejected : Role::Attachment)
        << one.name;
    EXPECT_EQ(got.entry.pages, one.pages) << one.name;
    EXPECT_LT(got.took, std::chrono::seconds(60)) << one.name;
  }
}

TEST(Pdfs, TheKindsThatOfficesSend) {
  check(corpus::pdf_kinds());
  const std::string locked = rewritten(plain(3), [](QPDFWriter& to) {
    to.setR6EncryptionParameters("", "owner", true, false, false, false, false, false,
                                 qpdf_r3p_none, true);
  });
  EXPECT_NE(seen(locked).entry.note.find("可以打开"), std::string::npos);
}

TEST(Pdfs, TheBrokenOnesAreRepairedOrTold) {
  check(corpus::broken_pdfs());
}

TEST(Pdfs, TheHostileOnesHurtNobody) {
  check(corpus::hostile_pdfs());
}

TEST(Pdfs, ManyHostileOnesInOneBundleHaveTheTimeOfOne) {
  prepare::Rules hasty = rules();
  hasty.limits.reader_cpu_seconds = 1;
  hasty.limits.bundle_cpu_seconds = 1;
  zip_builder::Builder zip;
  zip.add("form.json", kForm).add("A02.pdf", plain(2));
  const std::string slow = "%PDF-1.7\n" + repeated(4u << 20, "\n1 0 obj\n");
  for (int i = 0; i < 3; ++i) zip.add("A1" + std::to_string(i) + ".pdf", slow + std::to_string(i));
  const std::string bundle = zip.end();
  const Submission s = prepare::prepare({}, bundle, hasty);
  EXPECT_EQ(s.entries[1].pages, 2);
  for (std::size_t i = 2; i < s.entries.size(); ++i) EXPECT_EQ(s.entries[i].role, Role::Rejected);
  EXPECT_NE(s.entries[4].note.find("没有检查"), std::string::npos) << s.entries[4].note;
}

TEST(Pdfs, PlainOnesNeedNoReader) {
  const prepare::Rules& none = rules("/nonexistent/dossier");
  const auto linear = rewritten(plain(5), [](QPDFWriter& to) { to.setLinearization(true); });
  EXPECT_EQ(seen(plain(3), none).entry.pages, 3);
  EXPECT_EQ(seen(std::string(380, 'x') + plain(3), none).entry.pages, 3);
  EXPECT_EQ(seen(linear, none).entry.pages, 5);
  EXPECT_ANY_THROW(seen(plain(0), none)) << "else this test could not fail";
}

}  // namespace
