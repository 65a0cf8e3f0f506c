#include "stages/produce/pdf.hpp"

#include <cassert>

#include "pipeline/sha256.hpp"
#include "stages/produce/streams.hpp"

namespace produce {
namespace {

/// A character of a face, in one of its forms.
std::uint64_t key(const Glyph& glyph) {
  constexpr int kCharacterBits = 21;
  return (std::uint64_t{glyph.id} << kCharacterBits | glyph.also) << kCharacterBits |
         glyph.character;
}

}  // namespace

std::size_t Document::add_page() {
  contents_.emplace_back().reserve(16384);
  shown_.emplace_back().reserve(2048);
  return contents_.size() - 1;
}

void Document::text(std::size_t page, double x, double y, double size,
                    std::span<const Glyph> glyphs, double spacing) {
  std::string &out = contents_[page], &shown = shown_[page];
  for (std::size_t i = 0; i < glyphs.size();) {
    const std::size_t face = glyphs[i].face;
    Font& font = fonts_[face];
    out += "BT /F";
    out += std::to_string(face);
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
      const auto [cid, added] =
          font.cids.try_emplace(key(glyph), static_cast<std::uint16_t>(font.glyphs.size() + 1));
      if (added) font.glyphs.push_back(glyph);
      put_hex(out, cid->second);
      shown += static_cast<char>(cid->second >> 8);
      shown += static_cast<char>(cid->second & 0xFF);
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

void Document::fill(std::size_t page, std::span<const Area> areas) {
  std::string& out = contents_[page];
  for (const Area& area : areas) put(out, {area.x, area.y, area.width, area.height}, "re");
  out += "f\n";
}

void Document::field(std::size_t page, Field field, std::vector<Area> areas) {
  assert(areas.size() == (field.kind == FieldKind::Hidden  ? 0
                          : field.kind == FieldKind::Radio ? field.choices.size()
                                                           : 1));
  fields_.push_back({page, std::move(field), std::move(areas)});
}

std::string Document::content_digest() const {
  std::vector<std::string_view> pieces;
  for (const std::string& page : shown_) {
    pieces.push_back(page);
    pieces.push_back("\f");
  }
  return pipeline::sha256(pieces);
}

}  // namespace produce
