#include "stages/produce/pdf.hpp"

#include <libdeflate.h>
#include <podofo/podofo.h>

#include <cmath>
#include <cstdlib>

#include "pipeline/fault.hpp"

namespace produce {
namespace {

using PoDoFo::PdfArray;
using PoDoFo::PdfDictionary;
using PoDoFo::PdfName;
using PoDoFo::PdfObject;
using PoDoFo::PdfString;
using PoDoFo::PdfVariant;
using PoDoFo::PdfVecObjects;

/// Points to a hundredth, then a blank. printf would take half of a paper's time.
void put(std::string& to, double value) {
  long hundredths = std::lround(value * 100);
  if (hundredths < 0) {
    to += '-';
    hundredths = -hundredths;
  }
  to += std::to_string(hundredths / 100);
  if (const long rest = hundredths % 100; rest != 0) {
    to += '.';
    to += static_cast<char>('0' + rest / 10);
    if (rest % 10 != 0) to += static_cast<char>('0' + rest % 10);
  }
  to += ' ';
}

void put(std::string& to, std::initializer_list<double> values, std::string_view op) {
  for (const double value : values) put(to, value);
  to += op;
  to += '\n';
}

void put_hex(std::string& to, unsigned value) {
  for (int shift = 12; shift >= 0; shift -= 4) to += "0123456789ABCDEF"[value >> shift & 15];
}

void put_utf16(std::string& to, char32_t c) {
  if (c > 0xFFFF) {
    put_hex(to, 0xD800 + ((c - 0x10000) >> 10));
    c = 0xDC00 + (c & 0x3FF);
  }
  put_hex(to, c);
}

std::string deflated(std::string_view bytes) {
  struct Free {
    void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
  };
  thread_local const std::unique_ptr<libdeflate_compressor, Free> compressor(
      libdeflate_alloc_compressor(1));
  std::string out(libdeflate_zlib_compress_bound(compressor.get(), bytes.size()), '\0');
  out.resize(libdeflate_zlib_compress(compressor.get(), bytes.data(), bytes.size(), out.data(),
                                      out.size()));
  return out;
}

PdfVariant integer(std::int64_t value) {
  return PdfVariant(static_cast<PoDoFo::pdf_int64>(value));
}

PdfArray integers(std::initializer_list<int> values) {
  PdfArray out;
  for (const int value : values) out.push_back(integer(value));
  return out;
}

/// UTF-16 with byte-order mark if it is not plain ASCII.
PdfString unicode(const std::string& utf8) {
  return PdfString(reinterpret_cast<const PoDoFo::pdf_utf8*>(utf8.c_str()));
}

PdfObject* raw_stream(PdfVecObjects& objects, std::string_view bytes) {
  PdfObject* object = objects.CreateObject();
  const auto length = static_cast<PoDoFo::pdf_long>(bytes.size());
  PoDoFo::PdfMemoryInputStream input(bytes.data(), length);
  object->GetStream()->SetRawData(&input, length);
  return object;
}

PdfObject* stream(PdfVecObjects& objects, std::string_view content) {
  PdfObject* object = raw_stream(objects, deflated(content));
  object->GetDictionary().AddKey("Filter", PdfName("FlateDecode"));
  return object;
}

std::string to_unicode(const std::vector<Glyph>& glyphs) {
  std::string out =
      "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
      "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
      "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n";
  constexpr std::size_t kBlock = 100;  // no block may be longer
  for (std::size_t from = 0; from < glyphs.size(); from += kBlock) {
    const std::size_t end = std::min(from + kBlock, glyphs.size());
    out += std::to_string(end - from) + " beginbfchar\n";
    for (std::size_t i = from; i < end; i++) {
      out += '<';
      put_hex(out, static_cast<unsigned>(i + 1));
      out += "> <";
      put_utf16(out, glyphs[i].character);
      out += ">\n";
    }
    out += "endbfchar\n";
  }
  return out + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
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

PdfObject* font(PdfVecObjects& objects, const Typefaces& typefaces, std::size_t face,
                const std::vector<Glyph>& glyphs) {
  std::vector<std::uint16_t> ids;
  ids.reserve(glyphs.size());
  for (const auto& glyph : glyphs) ids.push_back(glyph.id);
  const PdfName name(std::string("DOSSI") + static_cast<char>('A' + face) + "+" +
                     typefaces.postscript_name(face));

  // Charstrings hardly shrink: deflating them would cost 40 % of a paper's time for 15 % of its size.
  PdfObject* program = raw_stream(objects, typefaces.subset(face, ids));
  program->GetDictionary().AddKey("Subtype", PdfName("CIDFontType0C"));

  PdfObject* descriptor = objects.CreateObject("FontDescriptor");
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
  PdfObject* descendant = objects.CreateObject("Font");
  PdfDictionary& c = descendant->GetDictionary();
  c.AddKey("Subtype", PdfName("CIDFontType0"));
  c.AddKey("BaseFont", name);
  c.AddKey("CIDSystemInfo", system);
  c.AddKey("FontDescriptor", descriptor->Reference());
  c.AddKey("DW", integer(1000));
  if (PdfArray w = widths(glyphs); !w.empty()) c.AddKey("W", w);

  PdfArray descendants;
  descendants.push_back(descendant->Reference());
  PdfObject* type0 = objects.CreateObject("Font");
  PdfDictionary& f = type0->GetDictionary();
  f.AddKey("Subtype", PdfName("Type0"));
  f.AddKey("BaseFont", name);
  f.AddKey("Encoding", PdfName("Identity-H"));
  f.AddKey("DescendantFonts", descendants);
  f.AddKey("ToUnicode", stream(objects, to_unicode(glyphs))->Reference());
  return type0;
}

/// "D:20261122100000+08'00'"
std::string pdf_date(pipeline::Time at) {
  std::string digits = pipeline::iso_time(at).substr(0, 19);
  std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
  return "D:" + digits + "+08'00'";
}

}  // namespace

std::size_t Document::add_page() {
  contents_.emplace_back().reserve(16384);
  return contents_.size() - 1;
}

void Document::text(std::size_t page, double x, double y, double size,
                    std::span<const Glyph> glyphs, double spacing) {
  std::string& out = contents_[page];
  for (std::size_t i = 0; i < glyphs.size();) {
    const std::size_t face = glyphs[i].face;
    Font& font = fonts_[face];
    out += "BT /F";
    out += static_cast<char>('0' + face);
    out += ' ';
    put(out, size);
    out += "Tf ";
    put(out, spacing);
    out += "Tc ";
    put(out, x);
    put(out, y);
    out += "Td <";
    std::string ticks;
    for (; i < glyphs.size() && glyphs[i].face == face; i++) {
      const Glyph& glyph = glyphs[i];
      const auto [cid, added] = font.cids.try_emplace(
          glyph.character, static_cast<std::uint16_t>(font.glyphs.size() + 1));
      if (added) font.glyphs.push_back(glyph);
      put_hex(out, cid->second);
      if (glyph.character == U'☑') {
        put(ticks, size * 0.09);
        ticks += "w ";
        put(ticks, {x + size * 0.24, y + size * 0.38}, "m");
        put(ticks, {x + size * 0.43, y + size * 0.16}, "l");
        put(ticks, {x + size * 0.80, y + size * 0.72}, "l S");
      }
      x += glyph.advance * size / 1000 + spacing;
    }
    out += "> Tj ET\n";
    out += ticks;
  }
}

void Document::line(std::size_t page, double x0, double y0, double x1, double y1, double width) {
  put(contents_[page], width);
  contents_[page] += "w ";
  put(contents_[page], {x0, y0}, "m");
  put(contents_[page], {x1, y1}, "l S");
}

void Document::rectangle(std::size_t page, double x, double y, double width, double height,
                         double line_width) {
  put(contents_[page], line_width);
  contents_[page] += "w ";
  put(contents_[page], {x, y, width, height}, "re S");
}

void Document::fill(std::size_t page, double x, double y, double width, double height,
                    double grey) {
  put(contents_[page], grey);
  contents_[page] += "g ";
  put(contents_[page], {x, y, width, height}, "re f 0 g");
}

std::string Document::bytes(const Metadata& metadata) const {
  try {
    PdfVecObjects objects;
    objects.SetAutoDelete(true);
    PdfObject* catalog = objects.CreateObject("Catalog");
    PdfObject* tree = objects.CreateObject("Pages");

    PdfDictionary fonts;
    for (std::size_t face = 0; face < fonts_.size(); face++) {
      if (fonts_[face].glyphs.empty()) continue;
      fonts.AddKey(PdfName("F" + std::to_string(face)),
                   font(objects, typefaces_, face, fonts_[face].glyphs)->Reference());
    }
    PdfObject* resources = objects.CreateObject();
    resources->GetDictionary().AddKey("Font", fonts);

    PdfArray box = integers({0, 0});
    box.push_back(PdfVariant(kPageWidth));
    box.push_back(PdfVariant(kPageHeight));
    PdfArray kids;
    for (const auto& content : contents_) {
      PdfObject* page = objects.CreateObject("Page");
      page->GetDictionary().AddKey("Parent", tree->Reference());
      page->GetDictionary().AddKey("MediaBox", box);
      page->GetDictionary().AddKey("Resources", resources->Reference());
      page->GetDictionary().AddKey("Contents", stream(objects, content)->Reference());
      kids.push_back(page->Reference());
    }
    tree->GetDictionary().AddKey("Kids", kids);
    tree->GetDictionary().AddKey("Count", integer(static_cast<std::int64_t>(contents_.size())));
    PdfDictionary preferences;
    preferences.AddKey("DisplayDocTitle", PdfVariant(true));
    catalog->GetDictionary().AddKey("Pages", tree->Reference());
    catalog->GetDictionary().AddKey("Lang", PdfString("zh-CN"));
    catalog->GetDictionary().AddKey("ViewerPreferences", preferences);

    PdfObject* information = objects.CreateObject();
    PdfDictionary& info = information->GetDictionary();
    info.AddKey("Title", unicode(metadata.title));
    info.AddKey("Author", unicode(metadata.author));
    info.AddKey("Subject", unicode(metadata.subject));
    info.AddKey("Keywords", unicode(metadata.keywords));
    info.AddKey("Producer", PdfString("Dossier"));
    info.AddKey("CreationDate", PdfString(pdf_date(metadata.at)));
    info.AddKey("ModDate", PdfString(pdf_date(metadata.at)));

    PdfObject trailer;
    trailer.GetDictionary().AddKey("Root", catalog->Reference());
    trailer.GetDictionary().AddKey("Info", information->Reference());
    PoDoFo::PdfWriter writer(&objects, &trailer);  // its /ID is a digest of Info
    writer.SetPdfVersion(PoDoFo::ePdfVersion_1_7);
    writer.SetWriteMode(PoDoFo::ePdfWriteMode_Compact);
    PoDoFo::PdfRefCountedBuffer buffer;
    PoDoFo::PdfOutputDevice device(&buffer);
    writer.Write(&device);
    return {buffer.GetBuffer(), static_cast<std::size_t>(buffer.GetSize())};
  } catch (const PoDoFo::PdfError& error) {
    throw pipeline::Fault(pipeline::FaultKind::Stop, "write a PDF",
                          PoDoFo::PdfError::ErrorName(error.GetError()));
  }
}

}  // namespace produce
