#pragma once

#include <functional>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFWriter.hh>
#include <stdexcept>
#include <string>
#include <vector>

#include "pipeline/text.hpp"
#include "tests/form_pdf.hpp"
#include "tests/image_files.hpp"

// PDFs as they come, odd and hostile: for each what must be said of it. One more is one line.

namespace corpus {

using form_pdf::file_of;
using form_pdf::stream;
using Objects = std::vector<std::string>;

struct Pdf {
  std::string name;
  std::string bytes;
  std::string codes;  ///< of ATTACHMENT_…, without that
  int pages = 0;
  std::string text = {};  ///< that the messages must hold
};

inline const std::string kCatalogue = "<< /Type /Catalog /Pages 2 0 R >>";
inline const std::string kPage = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>";

inline std::string pages_of(int count) {
  std::string kids;
  for (int i = 0; i < count; ++i) kids += " " + std::to_string(3 + i) + " 0 R";
  return "<< /Type /Pages /Count " + std::to_string(count) + " /Kids [" + kids + " ] >>";
}

/// As a scanner writes it.
inline std::string plain(int count, const std::string& catalogue = kCatalogue,
                         const Objects& more = {}, const std::string& trailer = {}) {
  Objects all{catalogue, pages_of(count)};
  for (int i = 0; i < count; ++i) all.push_back(kPage);
  all.insert(all.end(), more.begin(), more.end());
  return file_of(all, trailer);
}

inline std::string rewritten(const std::string& bytes,
                             const std::function<void(QPDFWriter&)>& how) {
  QPDF pdf;
  pdf.setSuppressWarnings(true);
  pdf.processMemoryFile("test", bytes.data(), bytes.size());
  QPDFWriter writer(pdf);
  writer.setOutputMemory();
  writer.setStaticID(true);
  how(writer);
  writer.write();
  const auto out = writer.getBufferSharedPointer();
  return {reinterpret_cast<const char*>(out->getBuffer()), out->getSize()};
}

inline std::string repeated(std::size_t times, const std::string& what) {
  std::string out;
  out.reserve(times * what.size());
  for (std::size_t i = 0; i < times; ++i) out += what;
  return out;
}

inline std::string replaced(std::string in, const std::string& from, const std::string& to) {
  const auto at = in.rfind(from);
  if (at == in.npos) throw std::logic_error("no " + from);
  return in.replace(at, from.size(), to);
}

inline std::vector<Pdf> pdf_kinds() {
  const std::string acro = "<< /Type /Catalog /Pages 2 0 R /AcroForm ";
  const std::string signature = "<< /FT /Sig /T (s) /V << /Type /Sig /Filter /Adobe.PPKLite >> >>";
  const auto encrypt = [](const char* user, int revision) {
    return rewritten(plain(3), [&](QPDFWriter& to) {
      if (revision == 2)
        to.setR2EncryptionParametersInsecure(user, "owner", true, false, false, false);
      if (revision == 3)
        to.setR3EncryptionParametersInsecure(user, "owner", true, false, false, false, false, false,
                                             qpdf_r3p_none);
      if (revision == 4)
        to.setR4EncryptionParametersInsecure(user, "owner", true, false, false, false, false, false,
                                             qpdf_r3p_none, true, true);
      if (revision == 6)
        to.setR6EncryptionParameters(user, "owner", true, false, false, false, false, false,
                                     qpdf_r3p_none, true);
    });
  };
  const std::string streams =
      rewritten(plain(4), [](QPDFWriter& to) { to.setObjectStreamMode(qpdf_o_generate); });
  const std::string updated = [] {
    const std::string first = plain(1);
    const std::string again = "2 0 obj\n<< /Type /Pages /Count 2 /Kids [3 0 R 3 0 R] >>\nendobj\n";
    const std::string at = std::to_string(first.size()),
                      old = first.substr(first.rfind("startxref") + 10);
    return first + again + "xref\n2 1\n" + std::string(10 - at.size(), '0') + at +
           " 00000 n \ntrailer\n<< /Size 4 /Root 1 0 R /Prev " + old.substr(0, old.find('\n')) +
           " >>\nstartxref\n" + std::to_string(first.size() + again.size()) + "\n%%EOF\n";
  }();
  return {
      {"of a scanner", plain(3), "", 3},
      {"five hundred pages", plain(500), "", 500},
      {"object streams", streams, "", 4},
      {"linearised", rewritten(plain(5), [](QPDFWriter& to) { to.setLinearization(true); }), "", 5},
      {"linearised, object streams",
       rewritten(plain(5),
                 [](QPDFWriter& to) {
                   to.setLinearization(true);
                   to.setObjectStreamMode(qpdf_o_generate);
                 }),
       "", 5},
      {"updated", updated, "", 2},
      {"for people to read", rewritten(plain(2), [](QPDFWriter& to) { to.setQDFMode(true); }), "",
       2},
      {"password, RC4 40", encrypt("user", 2), "ENCRYPTED", 0, "去掉打开密码"},
      {"password, RC4 128", encrypt("user", 3), "ENCRYPTED"},
      {"password, AES 128", encrypt("user", 4), "ENCRYPTED"},
      {"password, AES 256", encrypt("user", 6), "ENCRYPTED"},
      {"owner's password, RC4 40", encrypt("", 2), "", 3},
      {"owner's password, RC4 128", encrypt("", 3), "", 3},
      {"owner's password, AES 128", encrypt("", 4), "", 3},
      {"owner's password, AES 256", encrypt("", 6), "", 3},
      {"for a certificate", plain(1, kCatalogue, {}, "/Encrypt << /Filter /Adobe.PubSec /V 4 >>"),
       "ENCRYPTED"},
      {"a form", plain(1, acro + "<< /Fields [] >> >>"), "", 1},
      {"signed", plain(1, acro + "<< /SigFlags 3 /Fields [4 0 R] >> >>", {signature}), "SIGNED", 1,
       "验证签名"},
      {"signed, below a parent",
       plain(1, acro + "<< /Fields [<< /T (p) /Kids [4 0 R] >>] >> >>", {signature}), "SIGNED", 1},
      {"a place to sign", plain(1, acro + "<< /SigFlags 1 /Fields [<< /FT /Sig /T (s) >>] >> >>"),
       "", 1},
      {"XFA", plain(1, acro + "<< /XFA 4 0 R /Fields [] >> >>", {stream("<xdp/>")}), "XFA", 1,
       "打印为 PDF"},
      {"no pages", plain(0), "EMPTY", 0, "没有页面"},
      {"a hidden count of three", file_of({kCatalogue, "<< /Type /Pages /Count 3 /Kids [] >>"}),
       "EMPTY"},
      {"rubbish before it", std::string(380, 'x') + "\n" + plain(2), "", 2},
  };
}

inline std::vector<Pdf> broken_pdfs() {
  const std::string good = plain(3), streams = rewritten(plain(20), [](QPDFWriter&to) {
                                       to.setObjectStreamMode(qpdf_o_generate);
                                     });
  const std::string linear =
      rewritten(plain(40), [](QPDFWriter& to) { to.setLinearization(true); });
  std::string bad_end = good.substr(0, good.rfind("startxref")) + "startxref\n7\n%%EOF\n";
  return {
      {"zeros after it", good + std::string(6000, '\0'), "REPAIRED", 3, "3 页"},
      {"a wrong startxref", bad_end, "REPAIRED", 3},
      {"no startxref", good.substr(0, good.rfind("startxref")), "REPAIRED", 3},
      {"offsets that are wrong",
       replaced(good, "%PDF-1.7\n", "%PDF-1.7\n%  shifted by a mail gateway\n"), "REPAIRED", 3},
      {"no %%EOF", replaced(good, "%%EOF\n", ""), "", 3},
      {"line ends changed", pipeline::replace_all(good, "\n", "\r\n"), "REPAIRED", 3},
      {"its table cut off", good.substr(0, good.rfind("xref\n0")), "CORRUPT", 0, "无法打开"},
      {"half of it", good.substr(0, good.size() / 2), "CORRUPT"},
      {"half of it, object streams", streams.substr(0, streams.size() / 2), "CORRUPT"},
      {"half of it, linearised", linear.substr(0, linear.size() / 2), "CORRUPT"},
      {"its head alone", "%PDF-1.7\n", "CORRUPT"},
      {"its name alone", "%PDF-", "CORRUPT"},
      {"rubbish behind the head", "%PDF-1.7\n" + std::string(5000, 'x'), "CORRUPT"},
      {"zeros behind the head", "%PDF-1.7\n" + std::string(100'000, '\0'), "CORRUPT"},
      {"a page of the web", "<html>%PDF-</html>", "CORRUPT"},
      {"no catalogue", file_of({"<< >>", pages_of(1), kPage}), "EMPTY"},
      {"no page tree", file_of({"<< /Type /Catalog >>"}), "EMPTY"},
      {"pages that are not there", file_of({kCatalogue, pages_of(3)}), "EMPTY"},
      {"a root of another kind", file_of({"(x)", pages_of(1), kPage}), "CORRUPT"},
  };
}

inline std::vector<Pdf> hostile_pdfs() {
  const auto nested = [](std::size_t depth, const char* open, const char* close) {
    return plain(1, "<< /Type /Catalog /Pages 2 0 R /X 4 0 R /AcroForm << /Fields 4 0 R >> >>",
                 {repeated(depth, open) + repeated(depth, close)});
  };
  const auto table = [](const std::string& line) {
    const std::string good = plain(1);
    return replaced(good, "xref\n0 4\n", "xref\n" + line + "\n");
  };
  const std::string bomb = image_files::zeros(300u << 20);
  const std::string entry = "<< /Type /XRef /W [1 4 2] /Root 1 0 R ";
  const auto xref_stream = [&](const std::string& entries) {
    const std::string body = "%PDF-1.5\n1 0 obj\n" + kCatalogue + "\nendobj\n2 0 obj\n" +
                             pages_of(1) + "\nendobj\n3 0 obj\n" + kPage + "\nendobj\n";
    return body + "4 0 obj\n" + stream("abcdefg", entries) + "\nendobj\nstartxref\n" +
           std::to_string(body.size()) + "\n%%EOF\n";
  };
  return {
      {"1,000 dictionaries in each other", nested(1000, "<< /a ", ">>"), "", 1},
      {"5,000", nested(5000, "<< /a ", ">>"), "", 1},
      {"10,000", nested(10'000, "<< /a ", ">>"), "", 1},
      {"20,000", nested(20'000, "<< /a ", ">>"), "", 1},
      {"500,000", nested(500'000, "<< /a ", ">>"), "", 1},
      {"500,000 arrays", nested(500'000, "[", "]"), "", 1},
      {"a catalogue 1,000 deep",
       file_of({"<< /Pages 2 0 R /X " + repeated(1000, "<< /a ") + repeated(1000, ">>") + " >>",
                pages_of(1), kPage}),
       "CORRUPT"},
      {"the table that hangs PoDoFo", table("8388600 4"), "CORRUPT"},
      {"a table of 2^31", table("0 2147483647"), "REPAIRED", 1},
      {"a table of 2^63", table("0 9223372036854775807"), "REPAIRED", 1},
      {"a table that begins below zero", table("-1 4"), "REPAIRED", 1},
      {"pages that hold themselves",
       file_of({kCatalogue, "<< /Type /Pages /Count 1 /Kids [2 0 R] >>"}), "CORRUPT"},
      {"pages in a ring",
       file_of({kCatalogue, "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
                "<< /Type /Pages /Count 1 /Kids [2 0 R] /Parent 2 0 R >>"}),
       "CORRUPT"},
      {"parents in a ring", file_of({kCatalogue, pages_of(1), "<< /Type /Page /Parent 3 0 R >>"}),
       "", 1},
      {"an earlier table that is this one", plain(1, kCatalogue, {}, "/Prev 9"), "REPAIRED", 1},
      {"a length that is its own stream",
       plain(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 4 0 R >>",
             {"<< /Length 4 0 R >>\nstream\nx\nendstream"}),
       "", 1},
      {"Size 2^31", replaced(plain(1), "/Size 4", "/Size 2147483648"), "", 1},
      {"Count 2^31",
       file_of({kCatalogue, "<< /Type /Pages /Count 2147483648 /Kids [3 0 R] >>", kPage}), "", 1},
      {"Count below zero",
       file_of({kCatalogue, "<< /Type /Pages /Count -5 /Kids [3 0 R] >>", kPage}), "", 1},
      {"encrypted by itself",
       plain(1, kCatalogue, {"<< /Filter /Standard /V 1 /R 2 /O 4 0 R /U 4 0 R /P 4 0 R >>"},
             "/Encrypt 4 0 R"),
       "CORRUPT"},
      {"outlines in a ring",
       plain(1, "<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R /AcroForm << >> >>",
             {"<< /First 5 0 R /Last 5 0 R >>",
              "<< /Title (x) /Next 5 0 R /First 5 0 R /Parent 4 0 R >>"}),
       "", 1},
      {"fields in a ring",
       plain(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>",
             {"<< /T (x) /Kids [4 0 R 4 0 R 4 0 R 4 0 R] >>"}),
       "", 1},
      {"a page that is a bomb",
       plain(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << >> >>",
             {stream(bomb, "/Filter /FlateDecode")}),
       "", 1},
      {"a page that is a bomb twice",
       plain(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << >> >>",
             {stream("\x78\x01" + zip_builder::deflate(bomb),
                     "/Filter [/FlateDecode /FlateDecode]")}),
       "", 1},
      {"a form that is a bomb twice",
       plain(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /XFA 4 0 R /Fields [] >> >>",
             {stream("\x78\x01" + zip_builder::deflate(bomb),
                     "/Filter [/FlateDecode /FlateDecode]")}),
       "XFA", 1},
      {"a bomb of objects",
       plain(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << >> >>",
             {stream(bomb, "/Filter /FlateDecode /Type /ObjStm /N 1000000 /First 10")}),
       "", 1},
      {"a table that is a bomb", xref_stream(entry + "/Size 5 /Filter /FlateDecode /Length 1 >>"),
       "CORRUPT"},
      {"a table of wide columns",
       xref_stream("/Type /XRef /W [2147483647 2147483647 2147483647] /Size 5 /Root 1 0 R"),
       "CORRUPT"},
      {"a table of no columns", xref_stream("/Type /XRef /W [0 0 0] /Size 2147483647 /Root 1 0 R"),
       "CORRUPT"},
      {"a table that indexes all",
       xref_stream("/Type /XRef /W [1 4 2] /Index [0 2147483647] /Size 2147483647 /Root 1 0 R"),
       "CORRUPT"},
      {"a million pages that are one",
       file_of({kCatalogue,
                "<< /Type /Pages /Count 1000000 /Kids [" + repeated(1'000'000, "3 0 R ") + "] >>",
                kPage}),
       "CORRUPT"},
      {"a tree of pages 100,000 deep",
       [&] {
         Objects all{"<< /Type /Catalog /Pages 2 0 R /AcroForm << >> >>"};
         for (int i = 0; i < 100'000; ++i)
           all.push_back("<< /Type /Pages /Count 1 /Kids [" + std::to_string(i + 3) + " 0 R] >>");
         all.push_back(kPage);
         return file_of(all);
       }(),
       "CORRUPT"},
      {"40 MB of objects that are none",
       "%PDF-1.7\n" + repeated(4u << 20, "\n1 0 obj\n") + "%%EOF\n", "CORRUPT"},
  };
}

}  // namespace corpus
