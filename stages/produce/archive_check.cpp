#include "stages/produce/archive_check.hpp"

#include <podofo/podofo.h>

#include <array>
#include <set>
#include <utility>

namespace produce {

namespace {

using PoDoFo::PdfDictionary;
using PoDoFo::PdfName;
using PoDoFo::PdfObject;

/// Of dictionaries, wherever they stand.
constexpr std::array<std::pair<const char*, const char*>, 14> kForbidden{
    {{"AcroForm", "a form"},
     {"Annots", "annotations"},
     {"A", "an action"},
     {"AA", "actions"},
     {"OpenAction", "an action"},
     {"JS", "a script"},
     {"JavaScript", "scripts"},
     {"EmbeddedFiles", "attached files"},
     {"OCProperties", "layers"},
     {"F", "an external file"},
     {"SMask", "transparency"},
     {"ca", "transparency"},
     {"BM", "transparency"},
     {"PS", "PostScript"}}};

/// Of pages: colours in CMYK, pictures, forms, shadings, states.
const std::set<std::string, std::less<>> kForbiddenOperators{"k",  "K",  "Do", "sh", "gs",  "BI",
                                                             "cs", "CS", "sc", "SC", "scn", "SCN"};

std::string utf8(const PdfObject* object) {
  return object && (object->IsString() || object->IsHexString())
             ? object->GetString().GetStringUtf8()
             : std::string();
}

std::string unpacked(const PdfObject& object) {
  char* bytes = nullptr;
  PoDoFo::pdf_long length = 0;
  object.GetStream()->GetFilteredCopy(&bytes, &length);
  std::string out(bytes, static_cast<std::size_t>(length));
  PoDoFo::podofo_free(bytes);
  return out;
}

/// What stands between the tags, without those inside; entities as the characters they are.
std::string element(std::string_view xmp, const std::string& name) {
  const std::string begin = "<" + name + ">", end = "</" + name + ">";
  const auto from = xmp.find(begin), to = xmp.find(end);
  if (from == xmp.npos || to == xmp.npos) return {};
  std::string out;
  bool inside = false;
  for (const char c : xmp.substr(from + begin.size(), to - from - begin.size())) {
    if (c == '<' || c == '>')
      inside = c == '<';
    else if (!inside)
      out += c;
  }
  for (const auto& [entity, character] :
       {std::pair{"&lt;", "<"}, std::pair{"&gt;", ">"}, std::pair{"&amp;", "&"}})
    for (auto at = out.find(entity); at != out.npos; at = out.find(entity, at + 1))
      out.replace(at, std::string_view(entity).size(), character);
  return out;
}

/// The digits of "D:20261122100000+08'00'" and of "2026-11-22T10:00:00+08:00" are the same.
std::string digits(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c >= '0' && c <= '9') out += c;
  return out;
}

/// PoDoFo tells standard error what it reads, unless told not to before the threads begin.
[[maybe_unused]] const bool kQuiet = [] {
  PoDoFo::PdfError::EnableDebug(false);
  PoDoFo::PdfError::EnableLogging(false);
  return true;
}();

class Check {
 public:
  explicit Check(std::string_view pdf) : pdf_(pdf) {}

  std::vector<std::string> go() {
    constexpr std::size_t kComment = 9;  // "%PDF-1.7\n", then '%' and four bytes that are no text
    if (!pdf_.starts_with("%PDF-1.") || pdf_.size() < kComment + 5 || pdf_[kComment] != '%')
      wrong("the header lacks its comment");
    for (std::size_t i = kComment + 1; i < std::min(kComment + 5, pdf_.size()); i++)
      if (static_cast<unsigned char>(pdf_[i]) < 0x80) wrong("the header's comment is plain text");
    // As it stands: PdfMemDocument would bring the information up to date.
    PoDoFo::PdfVecObjects objects;
    objects.SetAutoDelete(true);
    const PoDoFo::PdfParser parser(&objects, pdf_.data(), static_cast<long>(pdf_.size()), false);
    const PdfObject& trailer = *parser.GetTrailer();
    const PdfObject* catalog = trailer.GetIndirectKey("Root");
    if (!catalog || !catalog->IsDictionary()) return {"it has no catalog"};
    check_trailer(trailer, *catalog);
    check_catalog(*catalog);
    int pages = 0;
    for (const PdfObject* object : objects) {
      walk(*object);
      if (is_a(*object, "Page")) check_page(*object);
      pages += is_a(*object, "Page");
    }
    if (pages == 0) wrong("it has no pages");
    return std::move(defects_);
  }

 private:
  void wrong(std::string what) { defects_.push_back(std::move(what)); }

  static bool is_a(const PdfObject& object, const char* type) {
    const PdfObject* named = object.IsDictionary() ? object.GetIndirectKey("Type") : nullptr;
    return named && named->IsName() && named->GetName() == PdfName(type);
  }

  /// The stream that the entry refers to.
  static const PdfObject* stream(const PdfObject& from, const char* key) {
    const PdfObject* object = from.GetIndirectKey(key);
    return object && object->HasStream() ? object : nullptr;
  }

  void check_trailer(const PdfObject& trailer, const PdfObject& catalog) {
    if (trailer.GetDictionary().HasKey("Encrypt")) wrong("it is encrypted");
    const PdfObject* id = trailer.GetDictionary().GetKey("ID");
    if (!id || !id->IsArray() || id->GetArray().GetSize() != 2) wrong("it has no /ID");
    const PdfObject* info = trailer.GetIndirectKey("Info");
    if (!info || !info->IsDictionary()) {
      wrong("it has no document information");
      return;
    }
    const PdfObject* xmp = stream(catalog, "Metadata");
    if (!xmp) {
      wrong("it has no XMP");
      return;
    }
    if (xmp->GetDictionary().HasKey("Filter")) wrong("its XMP is packed");
    const std::string packet = unpacked(*xmp);
    if (element(packet, "pdfaid:part") != "2" || element(packet, "pdfaid:conformance") != "B")
      wrong("its XMP does not say PDF/A-2b");
    std::set<std::string> known;
    for (const auto& [key, name] : {std::pair{"Title", "dc:title"},
                                    {"Author", "dc:creator"},
                                    {"Subject", "dc:description"},
                                    {"Keywords", "pdf:Keywords"},
                                    {"Producer", "pdf:Producer"}}) {
      known.insert(key);
      if (utf8(info->GetIndirectKey(key)) != element(packet, name))
        wrong(std::string("Info and XMP differ in ") + key);
    }
    for (const auto& [key, name] :
         {std::pair{"CreationDate", "xmp:CreateDate"}, {"ModDate", "xmp:ModifyDate"}}) {
      known.insert(key);
      if (digits(utf8(info->GetIndirectKey(key))) != digits(element(packet, name)))
        wrong(std::string("Info and XMP differ in ") + key);
    }
    for (const auto& [key, value] : info->GetDictionary().GetKeys())
      if (!known.contains(key.GetName())) wrong("Info says what XMP does not: " + key.GetName());
  }

  void check_catalog(const PdfObject& catalog) {
    const PdfObject* intents = catalog.GetIndirectKey("OutputIntents");
    const PdfObject* profile = nullptr;
    if (intents && intents->IsArray())
      for (const PdfObject& intent : intents->GetArray()) {
        const PdfObject* kind = intent.IsDictionary() ? intent.GetIndirectKey("S") : nullptr;
        if (!kind || !kind->IsName() || kind->GetName() != PdfName("GTS_PDFA1")) continue;
        // The array's items do not know their owner, so the reference is followed by hand.
        const PdfObject* at = intent.GetDictionary().GetKey("DestOutputProfile");
        if (at && at->IsReference()) at = catalog.GetOwner()->GetObject(at->GetReference());
        if (at && at->HasStream()) profile = at;
      }
    if (!profile) {
      wrong("it has no output intent");
      return;
    }
    const std::string icc = unpacked(*profile);
    if (icc.size() < 128 || icc.substr(36, 4) != "acsp" || icc.substr(16, 4) != "RGB " ||
        profile->GetDictionary().GetKeyAsLong("N", 0) != 3)
      wrong("its output intent is no RGB profile");
  }

  void walk(const PdfObject& value) {
    if (is_a(value, "Font")) check_font(value);
    if (value.IsArray()) {
      for (const PdfObject& item : value.GetArray()) walk(item);
    } else if (value.IsDictionary()) {
      for (const auto& [key, member] : value.GetDictionary().GetKeys()) {
        for (const auto& [name, what] : kForbidden)
          if (key == PdfName(name)) wrong("it has " + std::string(what) + " (/" + name + ")");
        if (member->IsName() && member->GetName() == PdfName("LZWDecode")) wrong("it uses LZW");
        if (key == PdfName("S") && member->IsName() && member->GetName() == PdfName("Transparency"))
          wrong("it has transparency (/Group)");
        walk(*member);
      }
    }
  }

  void check_font(const PdfObject& font) {
    const PdfObject* kind = font.GetIndirectKey("Subtype");
    const PdfObject* name = font.GetIndirectKey("BaseFont");
    const std::string what = name && name->IsName() ? name->GetName().GetName() : "a font";
    const std::string type = kind && kind->IsName() ? kind->GetName().GetName() : "";
    if (type == "CIDFontType0" || type == "CIDFontType2") {
      const PdfObject* described = font.GetIndirectKey("FontDescriptor");
      const char* file = type == "CIDFontType0" ? "FontFile3" : "FontFile2";
      const PdfObject* program = described ? stream(*described, file) : nullptr;
      if (type == "CIDFontType2" && !font.GetDictionary().HasKey("CIDToGIDMap"))
        wrong(what + " does not say which glyphs are meant");
      if (!program || program->GetStream()->GetLength() == 0) wrong(what + " is not embedded");
      const auto& keys = font.GetDictionary();
      if (!keys.HasKey("W") && !keys.HasKey("DW")) wrong(what + " has no widths");
      constexpr std::size_t kTag = 6;
      if (what.size() <= kTag || what[kTag] != '+') wrong(what + " does not say it is a subset");
    } else if (type == "Type0") {
      const PdfObject* unicode = stream(font, "ToUnicode");
      if (!unicode || unpacked(*unicode).find("begincmap") == std::string::npos)
        wrong(what + " has no ToUnicode");
      const PdfObject* below = font.GetIndirectKey("DescendantFonts");
      if (!below || !below->IsArray() || below->GetArray().GetSize() != 1)
        wrong(what + " has no descendant");
    } else {
      wrong(what + " is of a kind that is not embedded");
    }
  }

  void check_page(const PdfObject& page) {
    const PdfObject* contents = stream(page, "Contents");
    if (!contents) {
      wrong("a page has no contents");
      return;
    }
    const std::string text = unpacked(*contents);
    std::string token;
    bool string = false;
    for (const char c : text + " ") {
      if (c == '<' || c == '>') {
        string = c == '<';
        token.clear();
      } else if (c == ' ' || c == '\n') {
        if (!string && kForbiddenOperators.contains(token))
          wrong("a page uses the operator " + token);
        token.clear();
      } else {
        token += c;
      }
    }
  }

  std::string_view pdf_;
  std::vector<std::string> defects_;
};

}  // namespace

std::vector<std::string> archive_defects(std::string_view pdf) {
  try {
    return Check(pdf).go();
  } catch (const PoDoFo::PdfError& error) {
    return {std::string("it cannot be read: ") + PoDoFo::PdfError::ErrorName(error.GetError())};
  }
}

}  // namespace produce
