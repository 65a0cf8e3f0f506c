#include "stages/prepare/pdf_inspect.hpp"

#include <qpdf/Pipeline.hh>
#include <qpdf/Pl_Flate.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFMatrix.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>

#include <algorithm>
#include <array>
#include <exception>
#include <map>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

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

namespace {

/// More than people put into one file; it has to come to an end.
constexpr std::size_t kMostObjects = 500'000, kMostPagesTaken = 20'000;
constexpr std::size_t kMostContent = 256u << 20;  ///< of all pages, inflated
constexpr std::size_t kMostAnswer = 1u << 30;
constexpr int kMostNesting = 100;

struct TooLarge : std::runtime_error {
  TooLarge() : std::runtime_error("too large") {}
};

/// Appends to a text, and lets it grow no further than that.
class Appending : public Pipeline {
 public:
  Appending(std::string& to, std::size_t most)
      : Pipeline("appending", nullptr), to_(to), most_(most) {}
  void write(const unsigned char* data, std::size_t size) override {
    if (to_.size() + size > most_) throw TooLarge();
    to_.append(reinterpret_cast<const char*>(data), size);
  }
  void finish() override {}

 private:
  std::string& to_;
  std::size_t most_;
};

/// The objects that pages need, under numbers of their own.
class PageObjects {
 public:
  PageObjects(QPDF& pdf, std::size_t file_size) : pdf_(pdf) {
    // Memory is short for a large file: the answer is gathered once, where it goes out.
    constexpr std::size_t kMore = 1u << 20;
    blob_.reserve(file_size + kMore);
  }

  std::string take() {
    std::vector<QPDFObjectHandle> pages = pdf_.getAllPages();
    if (pages.size() > kMostPagesTaken) throw TooLarge();
    QPDFObjectHandle form = pdf_.getRoot().getKey("/AcroForm");
    // Fields look as the program left them that filled them in.
    if (form.isDictionary()) form.removeKey("/NeedAppearances");
    QPDFPageDocumentHelper(pdf_).flattenAnnotations();
    std::string listed;
    for (const QPDFObjectHandle& page : pages) listed += (listed.empty() ? "" : ",") + take(page);
    for (std::size_t i = 0; i < queue_.size(); ++i) write(i);
    blob_ += "\n{\"pages\":[" + listed + "],\"objects\":[" + lengths_ + "]}";
    return std::move(blob_);
  }

 private:
  using Rectangle = QPDFObjectHandle::Rectangle;

  /// What viewers show of it.
  static Rectangle shown(QPDFPageObjectHelper& page) {
    static constexpr double kWidth = 595.28, kHeight = 841.89, kLongest = 100'000;
    const auto read = [](QPDFObjectHandle box, const Rectangle& otherwise) {
      if (!box.isRectangle()) return otherwise;
      Rectangle r = box.getArrayAsRectangle();
      for (double* side : {&r.llx, &r.lly, &r.urx, &r.ury})
        *side = std::clamp(*side, -kLongest, kLongest);
      if (r.llx > r.urx) std::swap(r.llx, r.urx);
      if (r.lly > r.ury) std::swap(r.lly, r.ury);
      return r.urx - r.llx < 1 || r.ury - r.lly < 1 ? otherwise : r;
    };
    const Rectangle media = read(page.getAttribute("/MediaBox", false), {0, 0, kWidth, kHeight});
    const Rectangle crop = read(page.getAttribute("/CropBox", false), media);
    const Rectangle both{std::max(media.llx, crop.llx), std::max(media.lly, crop.lly),
                         std::min(media.urx, crop.urx), std::min(media.ury, crop.ury)};
    return both.urx - both.llx < 1 || both.ury - both.lly < 1 ? media : both;
  }

  std::string take(QPDFObjectHandle page) {
    QPDFPageObjectHelper helper(page);
    const Rectangle box = shown(helper);
    page.replaceKey("/TrimBox", QPDFObjectHandle::newArray(box));
    QPDFObjectHandle form = helper.getFormXObjectForPage();
    Rectangle drawn = box;
    if (QPDFObjectHandle matrix = form.getDict().getKey("/Matrix"); matrix.isMatrix())
      drawn = QPDFMatrix(matrix.getArrayAsMatrix()).transformRectangle(box);
    contents_.insert(form.getObjGen());
    std::string out = "[" + std::to_string(number_of(form));
    for (const double side : {drawn.llx, drawn.lly, drawn.urx, drawn.ury})
      out += "," + std::to_string(side);
    return out + "]";
  }

  std::size_t number_of(const QPDFObjectHandle& object) {
    const auto [at, added] = numbers_.try_emplace(object.getObjGen(), queue_.size() + 1);
    if (added) queue_.push_back(object);
    if (queue_.size() > kMostObjects) throw TooLarge();
    return at->second;
  }

  /// What has nothing to do with how a page looks, and leads to all the rest.
  static bool leads_astray(QPDFObjectHandle object) {
    static const std::set<std::string> kTypes{"/Page",           "/Pages",    "/Catalog",
                                              "/Annot",          "/Action",   "/StructElem",
                                              "/StructTreeRoot", "/Filespec", "/EmbeddedFile"};
    QPDFObjectHandle dictionary = object.isStream() ? object.getDict() : object;
    if (!dictionary.isDictionary()) return false;
    // A PostScript XObject is a program for a printer.
    if (object.isStream() && dictionary.getKey("/Subtype").isNameAndEquals("/PS")) return true;
    QPDFObjectHandle type = dictionary.getKey("/Type");
    return type.isName() && kTypes.count(type.getName()) > 0;
  }

  void put(QPDFObjectHandle object, std::string& to, int depth) {
    if (depth > kMostNesting) throw TooLarge();
    if (object.isIndirect() && depth > 0) {
      to += leads_astray(object) || object.isNull() ? "null "
                                                    : std::to_string(number_of(object)) + " 0 R ";
    } else if (object.isArray()) {
      to += '[';
      for (int i = 0; i < object.getArrayNItems(); ++i) put(object.getArrayItem(i), to, depth + 1);
      to += ']';
    } else if (object.isDictionary() && !leads_astray(object)) {
      put_dictionary(object, {}, to, depth);
    } else {
      to += object.isScalar() ? object.unparseResolved() + ' ' : "null ";
    }
  }

  void put_dictionary(QPDFObjectHandle dictionary, const std::set<std::string>& but,
                      std::string& to, int depth) {
    to += "<<";
    for (const std::string& key : dictionary.getKeys()) {
      if (but.count(key) > 0) continue;
      to += QPDFObjectHandle::newName(key).unparse() + ' ';
      put(dictionary.getKey(key), to, depth + 1);
    }
    to += ">>";
  }

  void write(std::size_t i) {
    // Of a stream: what describes other places of its file, or other files.
    static const std::set<std::string> kLeftOut{
        "/Length",        "/F",         "/FFilter", "/FDecodeParms",
        "/Metadata",      "/PieceInfo", "/Ref",     "/StructParent",
        "/StructParents", "/OPI",       "/AF",      "/LastModified",
        "/Subtype2",      "/PS"};
    QPDFObjectHandle object = queue_[i];
    const std::size_t begin = blob_.size();
    if (!object.isStream()) {
      put(object, blob_, 0);
      note(blob_.size() - begin, "-1");
      return;
    }
    put_dictionary(object.getDict(), kLeftOut, blob_, 0);
    const bool content = contents_.count(object.getObjGen()) > 0;
    if (content) blob_.insert(blob_.size() - 2, "/Filter/FlateDecode");
    const std::size_t text = blob_.size() - begin;
    Appending data(blob_, kMostAnswer);
    if (content)
      deflate(object, data);
    else
      pipe(object, data);
    note(text, std::to_string(blob_.size() - begin - text));
  }

  static void pipe(QPDFObjectHandle stream, Pipeline& to) {
    bool unpacks = false;
    if (!stream.pipeStreamData(&to, &unpacks, 0, qpdf_dl_none))
      throw std::runtime_error("a stream cannot be read");
  }

  /// A page may consist of several streams, each packed in its own way: it comes unpacked.
  void deflate(QPDFObjectHandle content, Pipeline& to) {
    std::string plain;
    Appending unpacked(plain, kMostContent - content_);
    pipe(content, unpacked);
    content_ += plain.size();
    Pl_Flate flate("deflate", &to, Pl_Flate::a_deflate);
    flate.write(reinterpret_cast<const unsigned char*>(plain.data()), plain.size());
    flate.finish();
  }

  void note(std::size_t text, const std::string& data) {
    lengths_ += (lengths_.empty() ? "[" : ",[") + std::to_string(text) + "," + data + "]";
  }

  QPDF& pdf_;
  std::map<QPDFObjGen, std::size_t> numbers_;
  std::vector<QPDFObjectHandle> queue_;
  std::set<QPDFObjGen> contents_;  ///< of the pages
  std::size_t content_ = 0;
  std::string lengths_;
  std::string blob_;
};

std::string error(const char* what) {
  return std::string("{\"error\":\"") + what + "\"}";
}

/// Its pages say no more than that another program is needed.
bool is_dynamic_form(QPDFObjectHandle root) {
  QPDFObjectHandle form = root.getKey("/AcroForm");
  if (!form.isDictionary() || !form.hasKey("/XFA")) return false;
  QPDFObjectHandle needs = root.getKey("/NeedsRendering"), fields = form.getKey("/Fields");
  return (needs.isBool() && needs.getBoolValue()) || !fields.isArray() ||
         fields.getArrayNItems() == 0;
}

/// Only the catalogue says which layers are not to be seen, and a dossier has its own.
bool hides_layers(QPDFObjectHandle root) {
  QPDFObjectHandle usual = root.getKey("/OCProperties").getKeyIfDict("/D");
  QPDFObjectHandle off = usual.getKeyIfDict("/OFF");
  return usual.getKeyIfDict("/BaseState").isNameAndEquals("/OFF") ||
         (off.isArray() && off.getArrayNItems() > 0);
}

}  // namespace

std::string pages_of_pdf(std::string_view bytes) {
  try {
    QPDF pdf;
    pdf.setSuppressWarnings(true);
    pdf.processMemoryFile("attachment", bytes.data(), bytes.size());
    if (is_dynamic_form(pdf.getRoot())) return error("xfa");
    if (hides_layers(pdf.getRoot())) return error("layers");
    return PageObjects(pdf, bytes.size()).take();
  } catch (const TooLarge&) {
    return error("large");
  } catch (const std::bad_alloc&) {
    return error("large");
  } catch (const QPDFExc& e) {
    return error(e.getErrorCode() == qpdf_e_password || e.getErrorCode() == qpdf_e_unsupported
                     ? "password"
                     : "damaged");
  } catch (const std::exception&) {
    return error("damaged");
  }
}

}  // namespace prepare
