#include <gtest/gtest.h>
#include <libdeflate.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "stages/prepare/prepare.hpp"
#include "tests/form_pdf.hpp"
#include "tests/zip_builder.hpp"

// The approval form as other programs save it, and files made to harm who opens them.

namespace {

using namespace form_pdf;
using pipeline::Submission;

const prepare::Rules& rules() {
  static const prepare::Rules loaded =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  return loaded;
}

Submission prepared(const std::string& bytes) {
  pipeline::Delivery delivery;
  delivery.drop = "unit-12652901PDY0001249";
  delivery.name = "审批单.pdf";
  return prepare::prepare(delivery, bytes, rules());
}

/// As qpdf saves it.
std::string saved(const std::string& pdf, const std::string& options) {
  const std::string stem =
      (std::filesystem::temp_directory_path() / ("saved-" + std::to_string(getpid()))).string();
  std::ofstream(stem + "-in.pdf", std::ios::binary) << pdf;
  const std::string command =
      "qpdf --warning-exit-0 --no-warn " + options + " " + stem + "-in.pdf " + stem + "-out.pdf";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  std::ifstream in(stem + "-out.pdf", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  for (const char* end : {"-in.pdf", "-out.pdf"}) std::filesystem::remove(stem + end);
  return bytes;
}

/// With the objects that a viewer changed at its end, as most of them save (PDF 32000, 7.5.6).
std::string updated(std::string pdf, std::size_t objects,
                    const std::map<std::size_t, std::string>& changed) {
  const auto start = pdf.rfind("startxref\n") + 10;
  const std::string before = pdf.substr(start, pdf.find('\n', start) - start);
  std::string table;
  for (const auto& [number, body] : changed) {
    std::string at = std::to_string(pdf.size());
    at.insert(0, 10 - at.size(), '0');
    table += std::to_string(number) + " 1\n" + at + " 00000 n \n";
    pdf += std::to_string(number) + " 0 obj\n" + body + "\nendobj\n";
  }
  const std::size_t at = pdf.size();
  return pdf + "xref\n" + table + "trailer\n<< /Size " + std::to_string(objects + 1) +
         " /Root 1 0 R /Prev " + before + " >>\nstartxref\n" + std::to_string(at) + "\n%%EOF\n";
}

std::string deflated(std::string_view bytes) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> zlib(
      libdeflate_alloc_compressor(9), libdeflate_free_compressor);
  std::string out(libdeflate_zlib_compress_bound(zlib.get(), bytes.size()), '\0');
  out.resize(
      libdeflate_zlib_compress(zlib.get(), bytes.data(), bytes.size(), out.data(), out.size()));
  return out;
}

/// A few hundred bytes that inflate twice to more than any machine has.
std::string bomb() {
  constexpr std::size_t kRuns = 8'000'000;  // of 258 zeros: two gigabytes
  const std::string once = zip_builder::deflate_zeros(kRuns);
  return deflated("\x78\x01" + once);
}

const std::string kTwice = "/Filter [/FlateDecode /FlateDecode]";
const std::string kPage = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>";

/// A document of one page and more objects.
std::string document(const std::string& catalogue, const std::vector<std::string>& more = {},
                     const std::string& trailer = {}) {
  std::vector<std::string> objects{"<< /Type /Catalog /Pages 2 0 R " + catalogue + " >>",
                                   "<< /Type /Pages /Count 1 /Kids [3 0 R] >>", kPage};
  objects.insert(objects.end(), more.begin(), more.end());
  return file_of(objects, trailer);
}

std::string times(std::size_t n, const std::string& what) {
  std::string out;
  out.reserve(n * what.size());
  while (n-- > 0) out += what;
  return out;
}

TEST(ApprovalFormSaved, HoweverAProgramSavesItTheDecisionIsTheSame) {
  const std::string plain = filled_form().bytes();
  const std::string expected = prepared(plain).form.dump(true);
  ASSERT_NE(expected.find("\"action\": \"return\""), std::string::npos) << expected;
  for (const char* options :
       {"--object-streams=generate", "--linearize", "--qdf",
        "--stream-data=compress --recompress-flate", "--linearize --object-streams=generate",
        "--allow-weak-crypto --encrypt '' owner 40 --",
        "--allow-weak-crypto --encrypt '' owner 128 --use-aes=n --",
        "--allow-weak-crypto --encrypt '' owner 128 --use-aes=y --", "--encrypt '' owner 256 --",
        "--encrypt '' owner 256 -- --object-streams=generate --linearize"}) {
    const Submission s = prepared(saved(plain, options));
    EXPECT_EQ(s.findings.size(), 0U)
        << options << ": " << (s.findings.empty() ? "" : s.findings[0].message);
    EXPECT_EQ(s.form.dump(true), expected) << options;
  }
}

TEST(ApprovalFormSaved, AnOpeningPasswordIsToldAsOne) {
  const Submission s = prepared(saved(filled_form().bytes(), "--encrypt secret owner 256 --"));
  ASSERT_EQ(s.findings.size(), 1U);
  EXPECT_EQ(s.findings[0].code, "FORM_UNREADABLE");
  EXPECT_NE(s.findings[0].message.find("密码"), std::string::npos);
}

TEST(ApprovalFormSaved, TheLastUpdateCounts) {
  const std::string blank = blank_form().bytes();
  const auto number = [&](const std::string& name) {
    // The object in which the field of that name stands.
    const auto at = blank.find("/T " + text_string(name));
    const auto object = blank.rfind(" 0 obj", at);
    const auto line = blank.rfind('\n', object) + 1;
    return std::stoul(blank.substr(line, object - line));
  };
  const auto field = [](const Field& f) {
    return "<< /T " + text_string(f.name) + " " + f.entries + " >>";
  };
  constexpr std::size_t kObjects = 60;
  const std::string once = updated(blank, kObjects,
                                   {{number("action"), field(choice("action", "return"))},
                                    {number("confirmed"), field(button("confirmed", "Yes"))}});
  EXPECT_EQ(prepared(once).form["action"].string(), "return");
  EXPECT_EQ(prepared(once).form["confirmed"], pipeline::Value(true));
  const std::string twice =
      updated(once, kObjects, {{number("action"), field(choice("action", "report_up"))}});
  EXPECT_EQ(prepared(twice).form["action"].string(), "report_up");
  EXPECT_EQ(prepared(twice).findings.size(), 0U);
  const std::string over_streams = updated(saved(twice, "--object-streams=disable"), kObjects, {});
  EXPECT_EQ(prepared(over_streams).form["action"].string(), "report_up");
  // Cut anywhere within the last update, what was decided before it must not count.
  for (std::size_t left = once.size() + 1; left < twice.size() - 1; left += 3)
    EXPECT_EQ(prepared(twice.substr(0, left)).kind, "") << left;
}

TEST(ApprovalFormSaved, AWrongStartOfTheTableIsRepaired) {
  std::string pdf = filled_form().bytes();
  const auto at = pdf.rfind("startxref\n") + 10;
  pdf.replace(at, pdf.find('\n', at) - at, "17");
  EXPECT_EQ(prepared(pdf).form["action"].string(), "return");
  const std::string junk =
      times(40, "<html>junk before the header</html>\n") + filled_form().bytes();
  EXPECT_EQ(prepared(junk).kind, "") << "which is no PDF by its first bytes";
}

TEST(ApprovalFormSaved, FilesMadeToHarmAreRefusedInTimeAndTheNextOneIsRead) {
  const std::string nested = times(20'000, "<< /A ") + "1" + times(20'000, " >>");
  const std::string twice = bomb();
  ASSERT_LT(twice.size(), 200'000U);
  const auto fields = [](const std::string& list) {
    return "/AcroForm << /Fields " + list + " >>";
  };
  std::string far_table = document(fields("[]"));
  far_table.replace(far_table.find("xref\n0 4\n"), 9, "xref\n8388600 4\n");
  const std::vector<std::pair<std::string, std::string>> files{
      {"nothing", "%PDF-1.7\n%%EOF\n"},
      {"truncated", filled_form().bytes().substr(0, 700) + "\n%%EOF\n"},
      {"dictionaries in dictionaries", document("", {nested})},
      {"dictionaries in the form", document("/AcroForm " + nested)},
      {"arrays in arrays", document(fields(times(100'000, "[") + times(100'000, "]")))},
      {"a table far away", far_table},
      {"pages that hold themselves",
       file_of({"<< /Type /Catalog /Pages 2 0 R >>",
                "<< /Type /Pages /Count 5 /Kids [2 0 R 2 0 R] >>", kPage})},
      {"pages counted in millions",
       file_of({"<< /Type /Catalog /Pages 2 0 R >>",
                "<< /Type /Pages /Count 2147483647 /Kids [3 0 R] >>", kPage})},
      {"fields that hold themselves",
       document(fields("[4 0 R]"), {"<< /T (a) /Kids [4 0 R 4 0 R] /Parent 4 0 R >>"})},
      {"fields without end",
       document(fields("[4 0 R]"),
                {"<< /T (a) /Kids [" + times(50'000, "<< /T (b) /V (x) >>") + "] >>"})},
      {"values without end",
       document(fields("[4 0 R]"),
                {"<< /T (a) /Kids [" + times(4'000, "<< /T (b) /V 5 0 R >>") + "] >>",
                 "(" + std::string(60'000, 'x') + ")"})},
      {"a stream as long as itself", document("", {"<< /Length 4 0 R >>\nstream\nabc\nendstream"})},
      {"a key that encrypts itself",
       document("", {"<< /Filter /Standard /V 4 0 R /R 4 0 R >>"}, "/Encrypt 4 0 R")},
      {"a catalogue that is another", file_of({"2 0 R", "1 0 R", kPage})},
      {"a bomb on the page",
       file_of({"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
                stream(twice, kTwice)})},
      {"a bomb as a value",
       document(fields("[4 0 R]"), {"<< /T (case) /FT /Tx /V 5 0 R >>", stream(twice, kTwice)})},
      {"a bomb as the table",
       "%PDF-1.7\n1 0 obj\n" +
           stream(twice, "/Type /XRef /Size 5 /W [1 2 1] /Root 2 0 R " + kTwice) +
           "\nendobj\nstartxref\n9\n%%EOF\n"}};
  const std::string good = filled_form().bytes();
  for (const auto& [what, bytes] : files) {
    const auto start = std::chrono::steady_clock::now();
    const Submission s = prepared(bytes);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    ASSERT_EQ(s.findings.size(), 1U) << what;
    EXPECT_EQ(s.findings[0].code, "FORM_UNREADABLE") << what;
    EXPECT_LT(spent.count(), rules().limits.reader_seconds + 5) << what;
    EXPECT_EQ(prepared(good).form["action"].string(), "return") << "after " << what;
  }
}

TEST(ApprovalFormSaved, NoByteThatChangesBreaksTheReader) {
  const std::string good = filled_form().bytes();
  int readable = 0;
  unsigned state = 7;
  const auto random = [&](std::size_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  constexpr int kTries = 300;
  for (int i = 0; i < kTries; ++i) {
    std::string bytes = good;
    for (std::size_t n = 1 + random(8); n > 0; --n)
      bytes[9 + random(bytes.size() - 9)] = static_cast<char>(random(256));
    const Submission s = prepared(bytes);
    EXPECT_EQ(s.entries.size(), 1U);
    EXPECT_TRUE(s.kind == "review_decision" || has_error(s.findings));
    readable += s.kind == "review_decision";
  }
  EXPECT_GT(readable, kTries / 10);
  EXPECT_LT(readable, kTries);
}

}  // namespace
