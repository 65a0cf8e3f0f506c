#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "pipeline/sha256.hpp"
#include "stages/produce/archive_profile.hpp"
#include "stages/produce/pdf.hpp"
#include "stages/produce/pdf_file.hpp"
#include "stages/produce/streams.hpp"

// What a Document holds, as the objects of a PDF.

namespace produce {
namespace {

using Number = PdfFile::Number;

constexpr const char* kProducer = "Dossier";
constexpr int kHide = 1 << 1, kPrint = 1 << 2;  // of an annotation
constexpr int kReadOnly = 1 << 0, kMultiLine = 1 << 12, kRadio = 1 << 15,
              kCombo = 1 << 17;  // of a field

std::string integer(std::int64_t value) {
  return std::to_string(value);
}

std::string corners(const Area& area) {
  std::string out = "[";
  for (const double v : {area.x, area.y, area.x + area.width, area.y + area.height}) put(out, v);
  return out + "]";
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

/// Of a subset: six letters.
std::string tag(std::size_t face) {
  return std::string("DOSS") + static_cast<char>('I' + face / 26) +
         static_cast<char>('A' + face % 26);
}

}  // namespace

class Document::Writer {
 public:
  Writer(const Document& document, PdfFile& file)
      : document_(document), file_(file), annotations_(document.pages()) {}

  /// What all pages draw with.
  Number resources();
  /// The catalog.
  Number write(const Metadata& metadata);

 private:
  struct Node {  ///< of the tree of fields; the root has no object
    Number object = 0;
    std::string begun, kids;
  };
  struct Collection {  ///< of characters
    const char* ordering;
    int supplement;
  };

  Number add(std::string_view text) {
    const Number object = file_.reserve();
    file_.object(object, text);
    return object;
  }
  /// `dictionary` as PdfFile::stream has it.
  Number add_stream(std::string_view dictionary, std::string_view data) {
    const Number object = file_.reserve();
    file_.stream(object, dictionary, {&data, 1});
    return object;
  }
  Number font(std::size_t face, const std::vector<Glyph>& glyphs);
  Number typing_font();
  /// `type` of CIDFont: 0 is CFF and what is not embedded, 2 is TrueType.
  Number composite_font(const char* type, const std::string& name, const Collection& collection,
                        const std::string& descriptor, const std::string& widths,
                        const std::string& more);

  Number form();
  Node& node(const std::string& path);
  /// The beginning of a field's dictionary; it becomes a child of what its name says.
  std::string begun(Number object, const std::string& name, const std::string& tip);
  void add_field(const Placed& placed);
  std::string widget(Number object, std::size_t page, const Area& area, int flags = kPrint);
  std::string box_widget(Number object, std::size_t page, const Area& area,
                         const std::string& state);
  Number box(double side, bool ticked);
  /// XMP and the output intent, as entries of the catalog.
  std::string archive_entries(const Metadata& metadata);

  const Document& document_;
  PdfFile& file_;
  std::vector<Number> pages_;
  std::vector<std::string> annotations_;  ///< per page
  std::map<std::string, Node, std::less<>> nodes_;
  std::map<std::pair<long, bool>, Number> boxes_;
};

Number Document::Writer::composite_font(const char* type, const std::string& name,
                                        const Collection& collection, const std::string& descriptor,
                                        const std::string& widths, const std::string& more) {
  const Number described = add("<</Type/FontDescriptor/FontName/" + name +
                               "/ItalicAngle 0/Ascent 880/Descent -120" + descriptor + ">>");
  const Number descendant = add(
      std::string("<</Type/Font/Subtype/CIDFontType") + type + "/BaseFont/" + name +
      (*type == '2' ? "/CIDToGIDMap/Identity" : "") + "/CIDSystemInfo<</Registry(Adobe)/Ordering(" +
      collection.ordering + ")/Supplement " + integer(collection.supplement) + ">>/DW 1000" +
      (widths.empty() ? "" : "/W[" + widths + "]") + "/FontDescriptor " + reference(described) +
      ">>");
  return add("<</Type/Font/Subtype/Type0/BaseFont/" + name +
             "/Encoding/Identity-H/DescendantFonts[" + reference(descendant) + "]" + more + ">>");
}

Number Document::Writer::font(std::size_t face, const std::vector<Glyph>& glyphs) {
  const Typefaces& typefaces = *document_.typefaces_;
  std::vector<std::uint16_t> ids;
  ids.reserve(glyphs.size());
  for (const auto& glyph : glyphs) ids.push_back(glyph.id);

  // Charstrings hardly shrink: deflating them would cost 40 % of a paper's time for 15 % of its size.
  const Face& from = typefaces.face(face);
  const bool cff = from.outlines() == Face::Outlines::Cff;
  const std::string font = from.subset(ids);
  const Number program =
      add_stream(cff ? "/Subtype/CIDFontType0C" : "/Length1 " + std::to_string(font.size()), font);
  return composite_font(
      cff ? "0" : "2", tag(face) + "+" + from.postscript_name(), {"Identity", 0},
      std::string("/Flags 4/FontBBox[-1000 -1000 3000 2000]/CapHeight 733/StemV 80") +
          (cff ? "/FontFile3 " : "/FontFile2 ") + reference(program),
      produce::widths(glyphs), "/ToUnicode " + reference(add_stream("", to_unicode(glyphs))));
}

/// Not embedded, for nobody knows what will be typed, and every viewer has a Chinese face for the
/// collection GB1. /Identity-H, for Poppler takes codes for CIDs. (README.md here: the typing font.)
Number Document::Writer::typing_font() {
  return composite_font("0", "STSong-Light", {"GB1", 4},
                        "/Flags 6/FontBBox[-25 -254 1000 880]/CapHeight 880/StemV 93",
                        "1 95 500 814 939 500", "");
}

std::string Document::Writer::begun(Number object, const std::string& name,
                                    const std::string& tip) {
  const auto dot = name.rfind('.');
  Node& parent = node(dot == name.npos ? std::string() : name.substr(0, dot));
  parent.kids += reference(object) + ' ';
  std::string out = "<</T" + text_string(dot == name.npos ? name : name.substr(dot + 1));
  if (parent.object) out += "/Parent " + reference(parent.object);
  if (!tip.empty()) out += "/TU" + text_string(tip);
  return out;
}

Document::Writer::Node& Document::Writer::node(const std::string& path) {
  const auto [found, added] = nodes_.try_emplace(path);
  if (added && !path.empty()) {
    found->second.object = file_.reserve();
    found->second.begun = begun(found->second.object, path, "");
  }
  return found->second;
}

std::string Document::Writer::widget(Number object, std::size_t page, const Area& area, int flags) {
  annotations_[page] += reference(object) + ' ';
  return "/Type/Annot/Subtype/Widget/F " + integer(flags) + "/P " + reference(pages_[page]) +
         "/Rect" + corners(area);
}

Number Document::Writer::box(double side, bool ticked) {
  Number& known = boxes_[{std::lround(side * 100), ticked}];
  if (known == 0) {
    std::string bounds = "[";
    for (const double v : {0.0, 0.0, side, side}) put(bounds, v);
    known = add_stream("/Type/XObject/Subtype/Form/BBox" + bounds + "]/Resources<<>>",
                       box_appearance(side, ticked));
  }
  return known;
}

/// MK: a tick in a black frame, for viewers that draw it anew.
std::string Document::Writer::box_widget(Number object, std::size_t page, const Area& area,
                                         const std::string& state) {
  return widget(object, page, area) + "/AS/Off/AP<</N<</" + state + " " +
         reference(box(area.width, true)) + "/Off " + reference(box(area.width, false)) +
         ">>>>/MK<</CA(4)/BC[0]>>/DA(/ZaDb 0 Tf 0 g)";
}

void Document::Writer::add_field(const Placed& placed) {
  const Field& field = placed.field;
  const Number object = file_.reserve();
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
        const Number kid = file_.reserve();
        const auto& [code, label] = field.choices[i];
        file_.object(kid, "<</Parent " + reference(object) + "/TU" +
                              text_string(field.tip + "：" + label) +
                              box_widget(kid, placed.page, placed.areas[i], code) + ">>");
        text += reference(kid) + ' ';
      }
      text += "]";
      break;
  }
  file_.object(object, text + ">>");
}

Number Document::Writer::form() {
  node("");
  for (const Placed& placed : document_.fields_) add_field(placed);
  for (const auto& [path, inner] : nodes_) {
    if (inner.object) file_.object(inner.object, inner.begun + "/Kids[" + inner.kids + "]>>");
  }
  return add("<</Fields[" + node("").kids + "]/NeedAppearances true/DA(/Song 10.5 Tf 0 g)" +
             "/DR<</Font<</Song " + reference(typing_font()) +
             "/Helv<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>" +
             "/ZaDb<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>>>>>>>");
}

std::string Document::Writer::archive_entries(const Metadata& metadata) {
  if (!metadata.archive) return {};
  const Number xmp = add_stream("/Type/Metadata/Subtype/XML", xmp_packet(metadata, kProducer));
  const Number profile = add_stream("/N 3/Filter/FlateDecode", deflated(srgb_profile()));
  return "/Metadata " + reference(xmp) +
         "/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)" +
         "/Info(sRGB IEC61966-2.1)/DestOutputProfile " + reference(profile) + ">>]";
}

Number Document::Writer::resources() {
  std::string fonts;
  for (std::size_t face = 0; face < document_.fonts_.size(); face++) {
    const auto& glyphs = document_.fonts_[face].glyphs;
    if (!glyphs.empty())
      fonts +=
          "/F" + integer(static_cast<std::int64_t>(face)) + " " + reference(font(face, glyphs));
  }
  return add("<</Font<<" + fonts + ">>>>");
}

Number Document::Writer::write(const Metadata& metadata) {
  const Number resources = this->resources(), tree = file_.reserve(),
               first = file_.reserve(document_.pages());
  std::string kids;
  for (std::size_t i = 0; i < document_.pages(); i++) {
    pages_.push_back(first + i);
    kids += reference(pages_[i]) + ' ';
  }
  const std::string form_entry =
      document_.has_fields() ? "/AcroForm " + reference(form()) : std::string();
  const std::string box = corners({0, 0, kPageWidth, kPageHeight});
  for (std::size_t i = 0; i < pages_.size(); i++) {
    std::string page = "<</Type/Page/Parent " + reference(tree) + "/MediaBox" + box +
                       "/Resources " + reference(resources) + "/Contents " +
                       reference(put_content(file_, "", document_.contents_[i]));
    if (!annotations_[i].empty()) page += "/Annots[" + annotations_[i] + "]/Tabs/R";
    file_.object(pages_[i], page + ">>");
  }
  file_.object(tree, "<</Type/Pages/Kids[" + kids + "]/Count " +
                         integer(static_cast<std::int64_t>(pages_.size())) + ">>");
  return add("<</Type/Catalog/Pages " + reference(tree) +
             "/Lang(zh-CN)/ViewerPreferences<</DisplayDocTitle true>>" + form_entry +
             archive_entries(metadata) + ">>");
}

Number put_content(PdfFile& file, std::string_view dictionary, std::string_view content) {
  // Deflating the usual page would cost an eighth of a paper's time, for a tenth of its size.
  constexpr std::size_t kWorthwhile = 16u << 10;
  const Number object = file.reserve();
  const bool packs = content.size() >= kWorthwhile;
  const std::string packed = packs ? deflated(content) : std::string();
  if (packs) content = packed;
  file.stream(object, std::string(dictionary) + (packs ? "/Filter/FlateDecode" : ""),
              {&content, 1});
  return object;
}

std::string information(const Metadata& metadata) {
  const std::string date = "(" + pdf_date(metadata.at) + ")";
  return "<</Title" + text_string(metadata.title) + "/Author" + text_string(metadata.author) +
         "/Subject" + text_string(metadata.subject) + "/Keywords" + text_string(metadata.keywords) +
         "/Producer(" + kProducer + ")/CreationDate" + date + "/ModDate" + date + ">>";
}

std::vector<Document::Drawn> Document::draw(PdfFile& file) const& {
  const Number resources = Writer(*this, file).resources();
  std::vector<Drawn> out;
  for (const std::string& content : contents_) out.push_back({content, resources});
  return out;
}

std::string Document::bytes(const Metadata& metadata) const {
  PdfFile file;
  const Number catalog = Writer(*this, file).write(metadata), about = file.reserve();
  const std::string information = produce::information(metadata);
  file.object(about, information);
  constexpr std::size_t kId = 32;
  file.finish(catalog, about, pipeline::sha256(information).substr(0, kId));
  return file.take();
}

}  // namespace produce
