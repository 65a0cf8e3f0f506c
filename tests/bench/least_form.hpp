#pragma once

#include <hb-subset.h>
#include <libdeflate.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "pipeline/text.hpp"
#include "stages/produce/pdf_file.hpp"

// The least form that a reviewer can read: one page with those words in a font that lies in the file, cut by HarfBuzz and deflated by
// libdeflate as quickly as they can. No rules, fields, lines or layout.
//
//   takes   a TrueType font, once; the words (UTF-8)
//   gives   the PDF; from any thread

namespace least {

class Form {
 public:
  explicit Form(const char* font) {
    const std::unique_ptr<hb_blob_t, decltype(&hb_blob_destroy)> file(
        hb_blob_create_from_file_or_fail(font), hb_blob_destroy);
    if (!file) throw std::runtime_error(std::string("no font ") + font);
    const Face whole(hb_face_create(file.get(), 0));
    face_.reset(hb_subset_preprocess(whole.get()));
  }

  std::string of(const std::string& words) const {
    const std::unique_ptr<hb_subset_input_t, decltype(&hb_subset_input_destroy)> wanted(
        hb_subset_input_create_or_fail(), hb_subset_input_destroy);
    const std::u32string text = pipeline::code_points(words);
    for (const char32_t c : text) hb_set_add(hb_subset_input_unicode_set(wanted.get()), c);
    hb_subset_input_set_flags(wanted.get(), HB_SUBSET_FLAGS_NO_HINTING);
    const Face small(hb_subset_or_fail(face_.get(), wanted.get()));
    const std::unique_ptr<hb_blob_t, decltype(&hb_blob_destroy)> blob(
        hb_face_reference_blob(small.get()), hb_blob_destroy);
    unsigned length = 0;
    const char* bytes = hb_blob_get_data(blob.get(), &length);
    // A face built of tables does not read; the file that it became does.
    const Face read(hb_face_create(blob.get(), 0));
    const std::unique_ptr<hb_font_t, decltype(&hb_font_destroy)> font(hb_font_create(read.get()),
                                                                      hb_font_destroy);
    constexpr std::size_t kLine = 40;
    std::string content = "BT /F 12 Tf 14 TL 72 770 Td <";
    for (std::size_t i = 0; i < text.size(); ++i) {
      hb_codepoint_t glyph = 0;
      hb_font_get_nominal_glyph(font.get(), text[i], &glyph);
      constexpr char kHex[] = "0123456789abcdef";
      for (int shift = 12; shift >= 0; shift -= 4) content += kHex[glyph >> shift & 15];
      if (i % kLine == kLine - 1) content += ">' <";
    }
    return pdf(content + ">' ET", deflated({bytes, length}), length);
  }

 private:
  struct Destroy {
    void operator()(hb_face_t* face) const { hb_face_destroy(face); }
  };
  using Face = std::unique_ptr<hb_face_t, Destroy>;

  static std::string deflated(std::string_view bytes) {
    thread_local const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)>
        quick(libdeflate_alloc_compressor(1), libdeflate_free_compressor);
    std::string out(libdeflate_zlib_compress_bound(quick.get(), bytes.size()), '\0');
    out.resize(
        libdeflate_zlib_compress(quick.get(), bytes.data(), bytes.size(), out.data(), out.size()));
    return out;
  }

  static std::string pdf(const std::string& content, const std::string& font, unsigned length) {
    enum : produce::PdfFile::Number {
      Root = 1,
      Tree,
      Page,
      Content,
      Whole,
      Part,
      About,
      Font,
      Info
    };
    produce::PdfFile file;
    file.reserve(Info);
    file.object(Root, "<</Type/Catalog/Pages 2 0 R>>");
    file.object(Tree, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
    file.object(Page,
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
                "/Resources<</Font<</F 5 0 R>>>>>>");
    const std::string_view drawn = content, packed = font;
    file.stream(Content, "", {&drawn, 1});
    file.object(Whole,
                "<</Type/Font/Subtype/Type0/BaseFont/F/Encoding/Identity-H"
                "/DescendantFonts[6 0 R]>>");
    file.object(Part,
                "<</Type/Font/Subtype/CIDFontType2/BaseFont/F/CIDToGIDMap/Identity/DW 1000"
                "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
                "/FontDescriptor 7 0 R>>");
    file.object(About,
                "<</Type/FontDescriptor/FontName/F/Flags 4/FontBBox[0 -200 1000 900]"
                "/ItalicAngle 0/Ascent 900/Descent -200/CapHeight 700/StemV 80/FontFile2 8 0 R>>");
    file.stream(Font, "/Filter/FlateDecode/Length1 " + std::to_string(length), {&packed, 1});
    file.object(Info, "<<>>");
    file.finish(Root, Info, std::string(32, '0'));
    return file.take();
  }

  Face face_;
};

}  // namespace least
