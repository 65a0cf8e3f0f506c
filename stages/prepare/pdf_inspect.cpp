#include "stages/prepare/pdf_inspect.hpp"

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFObjectHandle.hh>

#include <algorithm>
#include <exception>
#include <string>

namespace prepare {

namespace {

constexpr int kMostPages = 1'000'000;

/// Walks the tree of fields for one that is signed.
class Signatures {
 public:
  bool any(QPDFObjectHandle fields, int depth = 0) {
    if (!fields.isArray() || depth > kMostDepth) return false;
    for (int i = 0; i < fields.getArrayNItems() && nodes_ < kMostNodes; ++i) {
      ++nodes_;
      QPDFObjectHandle field = fields.getArrayItem(i);
      if (!field.isDictionary()) continue;
      if (field.getKey("/FT").isNameAndEquals("/Sig") && field.getKey("/V").isDictionary())
        return true;
      if (any(field.getKey("/Kids"), depth + 1)) return true;
    }
    return false;
  }

 private:
  static constexpr int kMostDepth = 8, kMostNodes = 5000;
  int nodes_ = 0;
};

PdfFacts inspect(std::string_view bytes) {
  QPDF pdf;
  pdf.setSuppressWarnings(true);
  pdf.processMemoryFile("attachment", bytes.data(), bytes.size());
  PdfFacts out;
  out.locked = pdf.isEncrypted();
  QPDFObjectHandle root = pdf.getRoot();
  QPDFObjectHandle count = root.getKey("/Pages").getKeyIfDict("/Count");
  if (count.isInteger())
    out.promised = static_cast<int>(std::clamp<long long>(count.getIntValue(), 0, kMostPages));
  for (const QPDFObjectHandle& page : pdf.getAllPages())
    if (QPDFObjectHandle(page).isDictionary()) ++out.pages;
  QPDFObjectHandle form = root.getKey("/AcroForm");
  if (form.isDictionary()) {
    out.xfa = form.hasKey("/XFA");
    out.has_signature = Signatures().any(form.getKey("/Fields"));
  }
  // The library says it in words only.
  for (const QPDFExc& warning : pdf.getWarnings())
    out.repaired =
        out.repaired || warning.getMessageDetail().find("reconstruct") != std::string::npos;
  return out;
}

}  // namespace

PdfFacts inspect_pdf(std::string_view bytes) {
  PdfFacts out;
  try {
    return inspect(bytes);
  } catch (const QPDFExc& e) {
    out.password = e.getErrorCode() == qpdf_e_password || e.getErrorCode() == qpdf_e_unsupported;
    out.damaged = !out.password;
  } catch (const std::exception&) {
    // Whatever the library makes of it: the file is at fault.
    out.damaged = true;
  }
  return out;
}

}  // namespace prepare
