#include <podofo/podofo.h>

#include <array>
#include <cassert>
#include <cstdarg>
#include <cstdio>
#include <map>
#include <utility>

#include "pipeline/fault.hpp"
#include "stages/produce/archive_profile.hpp"
#include "stages/produce/pdf.hpp"
#include "stages/produce/streams.hpp"

// What a Document holds, as the objects of a PDF. PoDoFo numbers and writes them; dictionaries are
// handed to it as text, for building them key by key would take half of a paper's time.

namespace produce {
namespace {

using PoDoFo::PdfName;
using PoDoFo::PdfObject;

constexpr const char* kProducer = "Dossier";
constexpr int kHide = 1 << 1, kPrint = 1 << 2;  // of an annotation
constexpr int kReadOnly = 1 << 0, kMultiLine = 1 << 12, kRadio = 1 << 15,
              kCombo = 1 << 17;  // of a field

std::string integer(std::int64_t value) {
  return std::to_string(value);
}

std::string reference(const PdfObject* object) {
  return integer(object->Reference().ObjectNumber()) + " 0 R ";
}

std::string corners(const Area& area) {
  std::string out = "[";
  for (const double v : {area.x, area.y, area.x + area.width, area.y + area.height}) put(out, v);
  return out + "]";
}

PoDoFo::PdfVariant raw(const std::string& text) {
  return PoDoFo::PdfData(text.data(), text.size());
}

void set(PdfObject* object, const std::string& text) {
  object->PdfVariant::operator=(raw(text));
}

/// Runs of `first last width` for everything that is not one em wide.
std::string widths(const std::vector<Glyph>& glyphs) {
  std::string out;
  for (std::size_t i = 0; i < glyphs.size();) {
    std::size_t end = i + 1;
    while (end < glyphs.size() && glyphs[end].advance == glyphs[i].advance) end++;
    if (glyphs[i].advance != 1000) {
      out += integer(static_cast<std::int64_t>(i + 1)) + ' ' +
             integer(static_cast<std::int64_t>(end)) + ' ' + integer(glyphs[i].advance) + ' ';
    }
    i = end;
  }
  return out;
}

/// Takes a PDF as it is written: the library's own devices set every word twice, once to measure it.
class Written : public PoDoFo::PdfOutputDevice {
 public:
  std::string bytes;

  void Print(const char* format, ...) override {
    va_list words;
    va_start(words, format);
    PrintV(format, 0, words);
    va_end(words);
  }
  void PrintV(const char* format, long, va_list words) override {
    const std::string_view plain = format;
    if (plain.find('%') == plain.npos) {
      bytes += plain;
      return;
    }
    std::array<char, 128> text{};  // all that it writes so are numbers and names
    const int size = std::vsnprintf(text.data(), text.size(), format, words);
    assert(size >= 0 && static_cast<std::size_t>(size) < text.size());
    bytes.append(text.data(), static_cast<std::size_t>(size));
  }
  void Write(const char* from, std::size_t size) override { bytes.append(from, size); }
  std::size_t GetLength() const override { return bytes.size(); }
  std::size_t Tell() const override { return bytes.size(); }
};

/// Of a subset: six letters.
std::string tag(std::size_t face) {
  return std::string("DOSS") + static_cast<char>('I' + face / 26) +
         static_cast<char>('A' + face % 26);
}

}  // namespace

class Document::Writer {
 public:
  explicit Writer(const Document& document) : document_(document), annotations_(document.pages()) {
    objects_.SetAutoDelete(true);
  }

  std::string write(const Metadata& metadata);

 private:
  struct Node {  ///< of the tree of fields; the root has no object
    PdfObject* object = nullptr;
    std::string begun, kids;
  };
  struct Collection {  ///< of characters
    const char* ordering;
    int supplement;
  };

  PdfObject* add(const std::string& text) {
    PdfObject* object = objects_.CreateObject();
    set(object, text);
    return object;
  }
  PdfObject* raw_stream(std::string_view bytes);
  PdfObject* stream(std::string_view content);
  PdfObject* font(std::size_t face, const std::vector<Glyph>& glyphs);
  PdfObject* typing_font();
  /// `type` of CIDFont: 0 is CFF and what is not embedded, 2 is TrueType.
  PdfObject* composite_font(const char* type, const std::string& name, const Collection& collection,
                            const std::string& descriptor, const std::string& widths,
                            const std::string& more);

  PdfObject* form();
  Node& node(const std::string& path);
  /// The beginning of a field's dictionary; it becomes a child of what its name says.
  std::string begun(const PdfObject* object, const std::string& name, const std::string& tip);
  void add_field(const Placed& placed);
  std::string widget(const PdfObject* object, std::size_t page, const Area& area,
                     int flags = kPrint);
  std::string box_widget(const PdfObject* object, std::size_t page, const Area& area,
                         const std::string& state);
  PdfObject* box(double side, bool ticked);
  /// XMP and the output intent, as entries of the catalog.
  std::string archive_entries(const Metadata& metadata);

  const Document& document_;
  PoDoFo::PdfVecObjects objects_;
  std::vector<PdfObject*> pages_;
  std::vector<std::string> annotations_;  ///< per page
  std::map<std::string, Node, std::less<>> nodes_;
  std::map<std::pair<long, bool>, PdfObject*> boxes_;
};

PdfObject* Document::Writer::raw_stream(std::string_view bytes) {
  PdfObject* object = objects_.CreateObject();
  const auto length = static_cast<PoDoFo::pdf_long>(bytes.size());
  PoDoFo::PdfMemoryInputStream input(bytes.data(), length);
  object->GetStream()->SetRawData(&input, length);
  return object;
}

PdfObject* Document::Writer::stream(std::string_view content) {
  PdfObject* object = raw_stream(deflated(content));
  object->GetDictionary().AddKey("Filter", PdfName("FlateDecode"));
  return object;
}

PdfObject* Document::Writer::composite_font(const char* type, const std::string& name,
                                            const Collection& collection,
                                            const std::string& descriptor,
                                            const std::string& widths, const std::string& more) {
  const PdfObject* described = add("<</Type/FontDescriptor/FontName/" + name +
                                   "/ItalicAngle 0/Ascent 880/Descent -120" + descriptor + ">>");
  const PdfObject* descendant = add(
      std::string("<</Type/Font/Subtype/CIDFontType") + type + "/BaseFont/" + name +
      (*type == '2' ? "/CIDToGIDMap/Identity" : "") + "/CIDSystemInfo<</Registry(Adobe)/Ordering(" +
      collection.ordering + ")/Supplement " + integer(collection.supplement) + ">>/DW 1000" +
      (widths.empty() ? "" : "/W[" + widths + "]") + "/FontDescriptor " + reference(described) +
      ">>");
  return add("<</Type/Font/Subtype/Type0/BaseFont/" + name +
             "/Encoding/Identity-H/DescendantFonts[" + reference(descendant) + "]" + more + ">>");
}

PdfObject* Document::Writer::font(std::size_t face, const std::vector<Glyph>& glyphs) {
  const Typefaces& typefaces = document_.typefaces_;
  std::vector<std::uint16_t> ids;
  ids.reserve(glyphs.size());
  for (const auto& glyph : glyphs) ids.push_back(glyph.id);

  // Charstrings hardly shrink: deflating them would cost 40 % of a paper's time for 15 % of its size.
  const Face& from = typefaces.face(face);
  const bool cff = from.outlines() == Face::Outlines::Cff;
  const std::string font = from.subset(ids);
  PdfObject* program = raw_stream(font);
  if (cff) {
    program->GetDictionary().AddKey("Subtype", PdfName("CIDFontType0C"));
  } else {
    program->GetDictionary().AddKey(
        "Length1", PoDoFo::PdfVariant(static_cast<PoDoFo::pdf_int64>(font.size())));
  }
  return composite_font(
      cff ? "0" : "2", tag(face) + "+" + from.postscript_name(), {"Identity", 0},
      std::string("/Flags 4/FontBBox[-1000 -1000 3000 2000]/CapHeight 733/StemV 80") +
          (cff ? "/FontFile3 " : "/FontFile2 ") + reference(program),
      produce::widths(glyphs), "/ToUnicode " + reference(raw_stream(to_unicode(glyphs))));
}

/// Not embedded, for nobody knows what will be typed, and every viewer has a Chinese face for the
/// collection GB1. /Identity-H, for Poppler takes codes for CIDs. (README.md here: the typing font.)
PdfObject* Document::Writer::typing_font() {
  return composite_font("0", "STSong-Light", {"GB1", 4},
                        "/Flags 6/FontBBox[-25 -254 1000 880]/CapHeight 880/StemV 93",
                        "1 95 500 814 939 500", "");
}

std::string Document::Writer::begun(const PdfObject* object, const std::string& name,
                                    const std::string& tip) {
  const auto dot = name.rfind('.');
  Node& parent = node(dot == name.npos ? std::string() : name.substr(0, dot));
  parent.kids += reference(object);
  std::string out = "<</T" + text_string(dot == name.npos ? name : name.substr(dot + 1));
  if (parent.object) out += "/Parent " + reference(parent.object);
  if (!tip.empty()) out += "/TU" + text_string(tip);
  return out;
}

Document::Writer::Node& Document::Writer::node(const std::string& path) {
  const auto [found, added] = nodes_.try_emplace(path);
  if (added && !path.empty()) {
    found->second.object = objects_.CreateObject();
    found->second.begun = begun(found->second.object, path, "");
  }
  return found->second;
}

std::string Document::Writer::widget(const PdfObject* object, std::size_t page, const Area& area,
                                     int flags) {
  annotations_[page] += reference(object);
  return "/Type/Annot/Subtype/Widget/F " + integer(flags) + "/P " + reference(pages_[page]) +
         "/Rect" + corners(area);
}

PdfObject* Document::Writer::box(double side, bool ticked) {
  PdfObject*& known = boxes_[{std::lround(side * 100), ticked}];
  if (!known) {
    known = raw_stream(box_appearance(side, ticked));
    PoDoFo::PdfDictionary& d = known->GetDictionary();
    PoDoFo::PdfArray bounds;
    for (const double v : {0.0, 0.0, side, side}) bounds.push_back(PoDoFo::PdfVariant(v));
    d.AddKey("Type", PdfName("XObject"));
    d.AddKey("Subtype", PdfName("Form"));
    d.AddKey("BBox", bounds);
    d.AddKey("Resources", PoDoFo::PdfDictionary());
  }
  return known;
}

/// MK: a tick in a black frame, for viewers that draw it anew.
std::string Document::Writer::box_widget(const PdfObject* object, std::size_t page,
                                         const Area& area, const std::string& state) {
  return widget(object, page, area) + "/AS/Off/AP<</N<</" + state + " " +
         reference(box(area.width, true)) + "/Off " + reference(box(area.width, false)) +
         ">>>>/MK<</CA(4)/BC[0]>>/DA(/ZaDb 0 Tf 0 g)";
}

void Document::Writer::add_field(const Placed& placed) {
  const Field& field = placed.field;
  PdfObject* object = objects_.CreateObject();
  std::string text = begun(object, field.name, field.tip), appearance = "/DA(/Song ";
  put(appearance, field.size);
  appearance += "Tf 0 g)";
  switch (field.kind) {
    case FieldKind::Hidden:
      text += widget(object, placed.page, {}, kHide) + "/FT/Tx/Ff " + integer(kReadOnly) + "/V" +
              text_string(field.value);
      break;
    case FieldKind::Lines:
      text += widget(object, placed.page, placed.areas[0]) + "/FT/Tx/Ff " + integer(kMultiLine) +
              appearance;
      break;
    case FieldKind::Text:
      text += widget(object, placed.page, placed.areas[0]) + "/FT/Tx" + appearance;
      break;
    case FieldKind::Choice:
      text += widget(object, placed.page, placed.areas[0]) + "/FT/Ch/Ff " + integer(kCombo) +
              appearance + "/Opt[";
      for (const auto& [code, label] : field.choices)
        text += "[" + text_string(code) + text_string(label) + "]";
      text += "]";
      break;
    case FieldKind::Check:
      text += box_widget(object, placed.page, placed.areas[0], "Yes") + "/FT/Btn/V/Off";
      break;
    case FieldKind::Radio:
      text += "/FT/Btn/V/Off/Ff " + integer(kRadio) + "/Kids[";
      for (std::size_t i = 0; i < field.choices.size(); i++) {
        PdfObject* kid = objects_.CreateObject();
        const auto& [code, label] = field.choices[i];
        set(kid, "<</Parent " + reference(object) + "/TU" + text_string(field.tip + "：" + label) +
                     box_widget(kid, placed.page, placed.areas[i], code) + ">>");
        text += reference(kid);
      }
      text += "]";
      break;
  }
  set(object, text + ">>");
}

PdfObject* Document::Writer::form() {
  node("");
  for (const Placed& placed : document_.fields_) add_field(placed);
  for (const auto& [path, inner] : nodes_) {
    if (inner.object) set(inner.object, inner.begun + "/Kids[" + inner.kids + "]>>");
  }
  return add("<</Fields[" + node("").kids + "]/NeedAppearances true/DA(/Song 10.5 Tf 0 g)" +
             "/DR<</Font<</Song " + reference(typing_font()) +
             "/Helv<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>" +
             "/ZaDb<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>>>>>>>");
}

std::string Document::Writer::archive_entries(const Metadata& metadata) {
  if (!metadata.archive) return {};
  PdfObject* xmp = raw_stream(xmp_packet(metadata, kProducer));
  xmp->GetDictionary().AddKey("Type", PdfName("Metadata"));
  xmp->GetDictionary().AddKey("Subtype", PdfName("XML"));
  PdfObject* profile = stream(srgb_profile());
  profile->GetDictionary().AddKey("N", PoDoFo::PdfVariant(PoDoFo::pdf_int64{3}));
  return "/Metadata " + reference(xmp) +
         "/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)" +
         "/Info(sRGB IEC61966-2.1)/DestOutputProfile " + reference(profile) + ">>]";
}

std::string Document::Writer::write(const Metadata& metadata) {
  PdfObject *catalog = objects_.CreateObject(), *tree = objects_.CreateObject();

  std::string fonts, kids;
  for (std::size_t face = 0; face < document_.fonts_.size(); face++) {
    const auto& glyphs = document_.fonts_[face].glyphs;
    if (!glyphs.empty())
      fonts +=
          "/F" + integer(static_cast<std::int64_t>(face)) + " " + reference(font(face, glyphs));
  }
  const PdfObject* resources = add("<</Font<<" + fonts + ">>>>");

  for (std::size_t i = 0; i < document_.pages(); i++) {
    pages_.push_back(objects_.CreateObject());
    kids += reference(pages_[i]);
  }
  const std::string form_entry =
      document_.has_fields() ? "/AcroForm " + reference(form()) : std::string();
  const std::string box = corners({0, 0, kPageWidth, kPageHeight});
  for (std::size_t i = 0; i < pages_.size(); i++) {
    std::string page = "<</Type/Page/Parent " + reference(tree) + "/MediaBox" + box +
                       "/Resources " + reference(resources) + "/Contents " +
                       reference(stream(document_.contents_[i]));
    if (!annotations_[i].empty()) page += "/Annots[" + annotations_[i] + "]/Tabs/R";
    set(pages_[i], page + ">>");
  }
  set(tree, "<</Type/Pages/Kids[" + kids + "]/Count " +
                integer(static_cast<std::int64_t>(pages_.size())) + ">>");
  set(catalog, "<</Type/Catalog/Pages " + reference(tree) +
                   "/Lang(zh-CN)/ViewerPreferences<</DisplayDocTitle true>>" + form_entry +
                   archive_entries(metadata) + ">>");

  // A dictionary, for the writer makes /ID of it.
  PdfObject* information = objects_.CreateObject();
  PoDoFo::PdfDictionary& info = information->GetDictionary();
  const std::string date = "(" + pdf_date(metadata.at) + ")";
  info.AddKey("Title", raw(text_string(metadata.title)));
  info.AddKey("Author", raw(text_string(metadata.author)));
  info.AddKey("Subject", raw(text_string(metadata.subject)));
  info.AddKey("Keywords", raw(text_string(metadata.keywords)));
  info.AddKey("Producer", raw("(" + std::string(kProducer) + ")"));
  info.AddKey("CreationDate", raw(date));
  info.AddKey("ModDate", raw(date));

  PdfObject trailer;
  trailer.GetDictionary().AddKey("Root", catalog->Reference());
  trailer.GetDictionary().AddKey("Info", information->Reference());
  PoDoFo::PdfWriter writer(&objects_, &trailer);
  writer.SetPdfVersion(PoDoFo::ePdfVersion_1_7);
  writer.SetWriteMode(PoDoFo::ePdfWriteMode_Compact);
  Written device;
  writer.Write(&device);
  return std::move(device.bytes);
}

std::string Document::bytes(const Metadata& metadata) const {
  try {
    return Writer(*this).write(metadata);
  } catch (const PoDoFo::PdfError& error) {
    throw pipeline::Fault(pipeline::FaultKind::Stop, "write a PDF",
                          PoDoFo::PdfError::ErrorName(error.GetError()));
  }
}

}  // namespace produce
