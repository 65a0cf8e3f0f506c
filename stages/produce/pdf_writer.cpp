#include <podofo/podofo.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "pipeline/fault.hpp"
#include "stages/produce/pdf.hpp"
#include "stages/produce/streams.hpp"

// What a Document holds, as the objects of a PDF.

namespace produce {
namespace {

using PoDoFo::PdfArray;
using PoDoFo::PdfDictionary;
using PoDoFo::PdfName;
using PoDoFo::PdfObject;
using PoDoFo::PdfString;
using PoDoFo::PdfVariant;

PdfVariant integer(std::int64_t value) {
  return PdfVariant(static_cast<PoDoFo::pdf_int64>(value));
}

PdfArray integers(std::initializer_list<int> values) {
  PdfArray out;
  for (const int value : values) out.push_back(integer(value));
  return out;
}

/// To a hundredth of a point, as the content has it.
PdfVariant number(double value) {
  return PdfVariant(std::round(value * 100) / 100);
}

PdfArray corners(const Area& area) {
  PdfArray out;
  for (const double v : {area.x, area.y, area.x + area.width, area.y + area.height})
    out.push_back(number(v));
  return out;
}

/// UTF-16 with byte-order mark unless it is plain ASCII, for Poppler compares the bytes of a choice
/// and of its code.
PdfString unicode(const std::string& utf8) {
  if (std::all_of(utf8.begin(), utf8.end(), [](char c) { return c >= ' ' && c <= '~'; }))
    return PdfString(utf8.c_str());
  return PdfString(reinterpret_cast<const PoDoFo::pdf_utf8*>(utf8.c_str()));
}

/// Runs of `first last width` for everything that is not one em wide.
PdfArray widths(const std::vector<Glyph>& glyphs) {
  PdfArray out;
  for (std::size_t i = 0; i < glyphs.size();) {
    std::size_t end = i + 1;
    while (end < glyphs.size() && glyphs[end].advance == glyphs[i].advance) end++;
    if (glyphs[i].advance != 1000) {
      out.push_back(integer(static_cast<std::int64_t>(i + 1)));
      out.push_back(integer(static_cast<std::int64_t>(end)));
      out.push_back(integer(glyphs[i].advance));
    }
    i = end;
  }
  return out;
}

/// "D:20261122100000+08'00'"
std::string pdf_date(pipeline::Time at) {
  std::string digits = pipeline::iso_time(at).substr(0, 19);
  std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
  return "D:" + digits + "+08'00'";
}

constexpr int kPrint = 1 << 2, kHide = 1 << 1;  // of an annotation
constexpr int kReadOnly = 1 << 0, kMultiLine = 1 << 12, kRadio = 1 << 15, kCombo = 1 << 17;

}  // namespace

class Document::Writer {
 public:
  explicit Writer(const Document& document) : document_(document) { objects_.SetAutoDelete(true); }

  std::string write(const Metadata& metadata);

 private:
  struct Node {  ///< of the tree of fields; the root has no object
    PdfObject* object = nullptr;
    PdfArray kids;
  };

  PdfObject* raw_stream(std::string_view bytes);
  PdfObject* stream(std::string_view content);
  PdfObject* font(std::size_t face, const std::vector<Glyph>& glyphs);
  PdfObject* standard_font(const char* name);
  PdfObject* typing_font();
  PdfObject* information(const Metadata& metadata);

  PdfObject* form();
  PdfObject* new_field(const Field& field);
  Node& node(const std::string& path);
  void add_field(const Placed& placed);
  void add_widget(PdfObject* widget, std::size_t page, const Area& area);
  void add_box(PdfObject* widget, std::size_t page, const Area& area, const std::string& state);
  PdfObject* box(double side, bool ticked);

  const Document& document_;
  PoDoFo::PdfVecObjects objects_;
  std::vector<PdfObject*> pages_;
  std::vector<PdfArray> annotations_;  ///< per page
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

PdfObject* Document::Writer::font(std::size_t face, const std::vector<Glyph>& glyphs) {
  const Typefaces& typefaces = document_.typefaces_;
  std::vector<std::uint16_t> ids;
  ids.reserve(glyphs.size());
  for (const auto& glyph : glyphs) ids.push_back(glyph.id);
  const PdfName name(std::string("DOSSI") + static_cast<char>('A' + face) + "+" +
                     typefaces.postscript_name(face));

  // Charstrings hardly shrink: deflating them would cost 40 % of a paper's time for 15 % of its size.
  PdfObject* program = raw_stream(typefaces.subset(face, ids));
  program->GetDictionary().AddKey("Subtype", PdfName("CIDFontType0C"));

  PdfObject* descriptor = objects_.CreateObject("FontDescriptor");
  PdfDictionary& d = descriptor->GetDictionary();
  d.AddKey("FontName", name);
  d.AddKey("Flags", integer(4));
  d.AddKey("FontBBox", integers({-1000, -1000, 3000, 2000}));
  d.AddKey("ItalicAngle", integer(0));
  d.AddKey("Ascent", integer(880));
  d.AddKey("Descent", integer(-120));
  d.AddKey("CapHeight", integer(733));
  d.AddKey("StemV", integer(80));
  d.AddKey("FontFile3", program->Reference());

  PdfDictionary system;
  system.AddKey("Registry", PdfString("Adobe"));
  system.AddKey("Ordering", PdfString("Identity"));
  system.AddKey("Supplement", integer(0));
  PdfObject* descendant = objects_.CreateObject("Font");
  PdfDictionary& c = descendant->GetDictionary();
  c.AddKey("Subtype", PdfName("CIDFontType0"));
  c.AddKey("BaseFont", name);
  c.AddKey("CIDSystemInfo", system);
  c.AddKey("FontDescriptor", descriptor->Reference());
  c.AddKey("DW", integer(1000));
  if (PdfArray w = widths(glyphs); !w.empty()) c.AddKey("W", w);

  PdfArray descendants;
  descendants.push_back(descendant->Reference());
  PdfObject* type0 = objects_.CreateObject("Font");
  PdfDictionary& f = type0->GetDictionary();
  f.AddKey("Subtype", PdfName("Type0"));
  f.AddKey("BaseFont", name);
  f.AddKey("Encoding", PdfName("Identity-H"));
  f.AddKey("DescendantFonts", descendants);
  f.AddKey("ToUnicode", stream(to_unicode(glyphs))->Reference());
  return type0;
}

PdfObject* Document::Writer::standard_font(const char* name) {
  PdfObject* out = objects_.CreateObject("Font");
  out->GetDictionary().AddKey("Subtype", PdfName("Type1"));
  out->GetDictionary().AddKey("BaseFont", PdfName(name));
  return out;
}

/// Not embedded, for nobody knows what will be typed: every viewer has a Chinese face for the
/// collection GB1. With /Identity-H, for Poppler takes codes for CIDs. (README.md: The typing font.)
PdfObject* Document::Writer::typing_font() {
  const PdfName name("STSong-Light");
  PdfObject* descriptor = objects_.CreateObject("FontDescriptor");
  PdfDictionary& d = descriptor->GetDictionary();
  d.AddKey("FontName", name);
  d.AddKey("Flags", integer(6));
  d.AddKey("FontBBox", integers({-25, -254, 1000, 880}));
  d.AddKey("ItalicAngle", integer(0));
  d.AddKey("Ascent", integer(880));
  d.AddKey("Descent", integer(-120));
  d.AddKey("CapHeight", integer(880));
  d.AddKey("StemV", integer(93));
  PdfDictionary system;
  system.AddKey("Registry", PdfString("Adobe"));
  system.AddKey("Ordering", PdfString("GB1"));
  system.AddKey("Supplement", integer(4));
  PdfObject* descendant = objects_.CreateObject("Font");
  PdfDictionary& c = descendant->GetDictionary();
  c.AddKey("Subtype", PdfName("CIDFontType0"));
  c.AddKey("BaseFont", name);
  c.AddKey("CIDSystemInfo", system);
  c.AddKey("FontDescriptor", descriptor->Reference());
  c.AddKey("DW", integer(1000));
  c.AddKey("W", integers({1, 95, 500, 814, 939, 500}));
  PdfArray descendants;
  descendants.push_back(descendant->Reference());
  PdfObject* out = objects_.CreateObject("Font");
  PdfDictionary& f = out->GetDictionary();
  f.AddKey("Subtype", PdfName("Type0"));
  f.AddKey("BaseFont", name);
  f.AddKey("Encoding", PdfName("Identity-H"));
  f.AddKey("DescendantFonts", descendants);
  return out;
}

PdfObject* Document::Writer::new_field(const Field& field) {
  const auto dot = field.name.rfind('.');
  PdfObject* out = objects_.CreateObject();
  PdfDictionary& d = out->GetDictionary();
  d.AddKey("T", unicode(dot == field.name.npos ? field.name : field.name.substr(dot + 1)));
  if (!field.tip.empty()) d.AddKey("TU", unicode(field.tip));
  Node& parent = node(dot == field.name.npos ? std::string() : field.name.substr(0, dot));
  if (parent.object) d.AddKey("Parent", parent.object->Reference());
  parent.kids.push_back(out->Reference());
  return out;
}

Document::Writer::Node& Document::Writer::node(const std::string& path) {
  const auto [found, added] = nodes_.try_emplace(path);
  if (added && !path.empty()) found->second.object = new_field({FieldKind::Text, path});
  return found->second;
}

void Document::Writer::add_widget(PdfObject* widget, std::size_t page, const Area& area) {
  PdfDictionary& d = widget->GetDictionary();
  d.AddKey("Type", PdfName("Annot"));
  d.AddKey("Subtype", PdfName("Widget"));
  d.AddKey("P", pages_[page]->Reference());
  d.AddKey("Rect", corners(area));
  d.AddKey("F", integer(kPrint));
  annotations_[page].push_back(widget->Reference());
}

PdfObject* Document::Writer::box(double side, bool ticked) {
  PdfObject*& known = boxes_[{std::lround(side * 100), ticked}];
  if (!known) {
    known = raw_stream(box_appearance(side, ticked));
    PdfDictionary& d = known->GetDictionary();
    d.AddKey("Type", PdfName("XObject"));
    d.AddKey("Subtype", PdfName("Form"));
    d.AddKey("BBox", corners({0, 0, side, side}));
    d.AddKey("Resources", PdfDictionary());
  }
  return known;
}

void Document::Writer::add_box(PdfObject* widget, std::size_t page, const Area& area,
                               const std::string& state) {
  add_widget(widget, page, area);
  PdfDictionary states, appearance, look;
  states.AddKey(PdfName(state), box(area.width, true)->Reference());
  states.AddKey("Off", box(area.width, false)->Reference());
  appearance.AddKey("N", states);
  look.AddKey("CA", PdfString("4"));  // a tick, for viewers that draw it anew
  PdfArray black;
  black.push_back(integer(0));
  look.AddKey("BC", black);
  PdfDictionary& d = widget->GetDictionary();
  d.AddKey("AP", appearance);
  d.AddKey("AS", PdfName("Off"));
  d.AddKey("MK", look);
  d.AddKey("DA", PdfString("/ZaDb 0 Tf 0 g"));
}

void Document::Writer::add_field(const Placed& placed) {
  const Field& field = placed.field;
  PdfObject* object = new_field(field);
  PdfDictionary& d = object->GetDictionary();
  int flags = 0;
  switch (field.kind) {
    case FieldKind::Hidden:
      add_widget(object, placed.page, {});
      d.AddKey("F", integer(kHide));
      d.AddKey("FT", PdfName("Tx"));
      d.AddKey("V", unicode(field.value));
      d.AddKey("DA", PdfString("/Song 10.5 Tf 0 g"));
      flags = kReadOnly;
      break;
    case FieldKind::Lines:
      flags = kMultiLine;
      [[fallthrough]];
    case FieldKind::Text:
      add_widget(object, placed.page, placed.areas[0]);
      d.AddKey("FT", PdfName("Tx"));
      break;
    case FieldKind::Choice: {
      add_widget(object, placed.page, placed.areas[0]);
      d.AddKey("FT", PdfName("Ch"));
      PdfArray options;
      for (const auto& [code, label] : field.choices) {
        PdfArray option;
        option.push_back(unicode(code));
        option.push_back(unicode(label));
        options.push_back(option);
      }
      d.AddKey("Opt", options);
      flags = kCombo;
      break;
    }
    case FieldKind::Check:
      add_box(object, placed.page, placed.areas[0], "Yes");
      d.AddKey("FT", PdfName("Btn"));
      d.AddKey("V", PdfName("Off"));
      break;
    case FieldKind::Radio: {
      PdfArray kids;
      for (std::size_t i = 0; i < field.choices.size(); i++) {
        PdfObject* kid = objects_.CreateObject();
        kid->GetDictionary().AddKey("Parent", object->Reference());
        add_box(kid, placed.page, placed.areas[i], field.choices[i].first);
        kids.push_back(kid->Reference());
      }
      d.AddKey("FT", PdfName("Btn"));
      d.AddKey("V", PdfName("Off"));
      d.AddKey("Kids", kids);
      flags = kRadio;
      break;
    }
  }
  if (flags != 0) d.AddKey("Ff", integer(flags));
  if (field.kind == FieldKind::Text || field.kind == FieldKind::Lines ||
      field.kind == FieldKind::Choice) {
    std::string appearance = "/Song ";
    put(appearance, field.size);
    d.AddKey("DA", PdfString(appearance + "Tf 0 g"));
  }
}

PdfObject* Document::Writer::form() {
  node("");
  for (const Placed& placed : document_.fields_) add_field(placed);
  for (auto& [path, inner] : nodes_) {
    if (inner.object) inner.object->GetDictionary().AddKey("Kids", inner.kids);
  }
  PdfDictionary fonts, resources;
  fonts.AddKey("Song", typing_font()->Reference());
  fonts.AddKey("Helv", standard_font("Helvetica")->Reference());
  fonts.AddKey("ZaDb", standard_font("ZapfDingbats")->Reference());
  resources.AddKey("Font", fonts);
  PdfObject* out = objects_.CreateObject();
  PdfDictionary& d = out->GetDictionary();
  d.AddKey("Fields", node("").kids);
  d.AddKey("NeedAppearances", PdfVariant(true));
  d.AddKey("DR", resources);
  d.AddKey("DA", PdfString("/Song 10.5 Tf 0 g"));
  return out;
}

PdfObject* Document::Writer::information(const Metadata& metadata) {
  PdfObject* out = objects_.CreateObject();
  PdfDictionary& info = out->GetDictionary();
  info.AddKey("Title", unicode(metadata.title));
  info.AddKey("Author", unicode(metadata.author));
  info.AddKey("Subject", unicode(metadata.subject));
  info.AddKey("Keywords", unicode(metadata.keywords));
  info.AddKey("Producer", PdfString("Dossier"));
  info.AddKey("CreationDate", PdfString(pdf_date(metadata.at)));
  info.AddKey("ModDate", PdfString(pdf_date(metadata.at)));
  return out;
}

std::string Document::Writer::write(const Metadata& metadata) {
  PdfObject* catalog = objects_.CreateObject("Catalog");
  PdfObject* tree = objects_.CreateObject("Pages");

  PdfDictionary fonts;
  for (std::size_t face = 0; face < document_.fonts_.size(); face++) {
    const auto& glyphs = document_.fonts_[face].glyphs;
    if (!glyphs.empty())
      fonts.AddKey(PdfName("F" + std::to_string(face)), font(face, glyphs)->Reference());
  }
  PdfObject* resources = objects_.CreateObject();
  resources->GetDictionary().AddKey("Font", fonts);

  PdfArray box = integers({0, 0});
  box.push_back(PdfVariant(kPageWidth));
  box.push_back(PdfVariant(kPageHeight));
  PdfArray kids;
  for (const auto& content : document_.contents_) {
    PdfObject* page = objects_.CreateObject("Page");
    page->GetDictionary().AddKey("Parent", tree->Reference());
    page->GetDictionary().AddKey("MediaBox", box);
    page->GetDictionary().AddKey("Resources", resources->Reference());
    page->GetDictionary().AddKey("Contents", stream(content)->Reference());
    kids.push_back(page->Reference());
    pages_.push_back(page);
  }
  annotations_.resize(pages_.size());
  if (document_.has_fields()) catalog->GetDictionary().AddKey("AcroForm", form()->Reference());
  for (std::size_t i = 0; i < pages_.size(); i++) {
    if (annotations_[i].empty()) continue;
    pages_[i]->GetDictionary().AddKey("Annots", annotations_[i]);
    pages_[i]->GetDictionary().AddKey("Tabs", PdfName("R"));
  }
  tree->GetDictionary().AddKey("Kids", kids);
  tree->GetDictionary().AddKey("Count", integer(static_cast<std::int64_t>(pages_.size())));
  PdfDictionary preferences;
  preferences.AddKey("DisplayDocTitle", PdfVariant(true));
  catalog->GetDictionary().AddKey("Pages", tree->Reference());
  catalog->GetDictionary().AddKey("Lang", PdfString("zh-CN"));
  catalog->GetDictionary().AddKey("ViewerPreferences", preferences);

  PdfObject trailer;
  trailer.GetDictionary().AddKey("Root", catalog->Reference());
  trailer.GetDictionary().AddKey("Info", information(metadata)->Reference());
  PoDoFo::PdfWriter writer(&objects_, &trailer);  // its /ID is a digest of Info
  writer.SetPdfVersion(PoDoFo::ePdfVersion_1_7);
  writer.SetWriteMode(PoDoFo::ePdfWriteMode_Compact);
  PoDoFo::PdfRefCountedBuffer buffer;
  PoDoFo::PdfOutputDevice device(&buffer);
  writer.Write(&device);
  return {buffer.GetBuffer(), static_cast<std::size_t>(buffer.GetSize())};
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
