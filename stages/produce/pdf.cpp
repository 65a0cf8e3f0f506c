#include "stages/produce/pdf.hpp"

#include <cassert>

#include "pipeline/sha256.hpp"
#include "stages/produce/streams.hpp"

namespace produce {
namespace {

constexpr std::size_t kSlots = 1024;  // two papers in three have fewer glyphs of a face

bool same(const Glyph& a, const Glyph& b) {
  return a.character == b.character && a.id == b.id && a.advance == b.advance;
}

}  // namespace

std::size_t Document::add_page() {
  contents_.emplace_back().reserve(16384);
  shown_.emplace_back().reserve(2048);
  states_.emplace_back();
  return contents_.size() - 1;
}

std::uint16_t Document::code(Font& font, const Glyph& glyph) {
  if (font.cids.empty()) {
    constexpr std::size_t kUsual = 64;
    font.cids.resize(kSlots);
    font.glyphs.reserve(kUsual);
    font.next.reserve(kUsual);
  }
  std::uint16_t& first = font.cids[glyph.id % kSlots];
  for (std::uint16_t known = first; known != 0; known = font.next[known - 1U])
    if (same(font.glyphs[known - 1U], glyph)) return known;
  font.glyphs.push_back(glyph);
  font.next.push_back(first);
  return first = static_cast<std::uint16_t>(font.glyphs.size());
}

void Document::text(std::size_t page, double x, double y, double size,
                    std::span<const Glyph> glyphs, double spacing) {
  std::string &out = contents_[page], &shown = shown_[page];
  State& state = states_[page];
  for (std::size_t i = 0; i < glyphs.size();) {
    const std::size_t face = glyphs[i].face;
    Font& font = fonts_[face];
    if (state.face != face || state.size != size) {
      out += "/F";
      out += std::to_string(face);
      out += ' ';
      put(out, size);
      out += "Tf ";
      state.face = face;
      state.size = size;
    }
    if (state.spacing != spacing) {
      put(out, spacing);
      out += "Tc ";
      state.spacing = spacing;
    }
    out += "BT ";
    put(out, x);
    put(out, y);
    out += "Td<";
    std::string ticks;
    for (; i < glyphs.size() && glyphs[i].face == face; i++) {
      const Glyph& glyph = glyphs[i];
      const std::uint16_t cid = code(font, glyph);
      put_hex(out, cid);
      shown += static_cast<char>(cid >> 8);
      shown += static_cast<char>(cid & 0xFF);
      if (glyph.character == U'☑') {
        const Extent& box = typefaces_->box();
        const double side = (box.right - box.left) * size / 1000;
        const double left = x + box.left * size / 1000, bottom = y + box.bottom * size / 1000;
        put(ticks, size * 0.09);
        ticks += "w ";
        put(ticks, {left + side * 0.18, bottom + side * 0.50}, "m");
        put(ticks, {left + side * 0.41, bottom + side * 0.22}, "l");
        put(ticks, {left + side * 0.88, bottom + side * 0.92}, "l S");
        state.line_width = -1;
      }
      x += glyph.advance * size / 1000 + spacing;
    }
    out += ">Tj ET\n";
    out += ticks;
  }
}

void Document::set_line_width(std::size_t page, double width) {
  if (states_[page].line_width == width) return;
  put(contents_[page], width);
  contents_[page] += "w ";
  states_[page].line_width = width;
}

void Document::line(std::size_t page, double x0, double y0, double x1, double y1, double width) {
  set_line_width(page, width);
  put(contents_[page], {x0, y0}, "m");
  put(contents_[page], {x1, y1}, "l S");
}

void Document::rectangle(std::size_t page, double x, double y, double width, double height,
                         double line_width) {
  set_line_width(page, line_width);
  put(contents_[page], {x, y, width, height}, "re S");
}

void Document::fill(std::size_t page, double x, double y, double width, double height,
                    double grey) {
  put(contents_[page], grey);
  contents_[page] += "g ";
  put(contents_[page], {x, y, width, height}, "re f 0 g");
}

void Document::fill(std::size_t page, double x, double y, double unit, std::string_view path) {
  // A unit may be less than a hundredth of a point larger than what put() writes: the matrix needs more digits.
  constexpr double kScale = 100;
  std::string& out = contents_[page];
  out += "q .01 0 0 .01 0 0 cm ";
  put(out, {unit * kScale, 0, 0, unit * kScale, x * kScale, y * kScale}, "cm");
  out += path;
  out += "f Q\n";
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
