#include "stages/produce/typeface.hpp"

#include <algorithm>

namespace produce {
namespace {

constexpr char32_t kLatinEnd = 0x250;

bool is_box(char32_t c) {
  return c == U'□' || c == U'☐' || c == U'☑';
}

bool is_invisible(char32_t c) {
  return (c >= 0x200B && c <= 0x200F) || c == 0xFEFF || (c >= 0xFE00 && c <= 0xFE0F) ||
         c == 0x2060 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
         (c >= 0xE0100 && c <= 0xE01EF) || c == 0x00AD;
}

bool is_private(char32_t c) {
  return (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000;
}

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

Typefaces::Typefaces(const Fonts& fonts) : serial_(next_serial()) {
  std::vector<FontFile> opened;
  const auto append = [&](Chain& chain, const std::vector<FontFile>& files) {
    for (const FontFile& file : files) {
      auto known = std::find(opened.begin(), opened.end(), file);
      if (known == opened.end()) {
        faces_.push_back(std::make_unique<const Face>(file));
        own_.push_back(file.package.empty());
        known = opened.insert(opened.end(), file);
      }
      const auto number = static_cast<std::uint8_t>(known - opened.begin());
      if (std::find(chain.begin(), chain.end(), number) == chain.end()) chain.push_back(number);
    }
  };
  const std::array<const std::vector<FontFile>*, 5> own{&fonts.song, &fonts.title, &fonts.hei,
                                                        &fonts.kai, &fonts.fang};
  for (std::size_t role = 0; role < own.size(); role++)
    for (const auto* files : {own[role], &fonts.song, &fonts.hei, &fonts.kai, &fonts.fallback})
      append(chains_[role], *files);
  const Glyph square = first_of(chain(Role::Song), U'□');
  box_ = faces_[square.face]->extent(square.id);
}

Glyph Typefaces::first_of(const Chain& faces, char32_t character) const {
  const bool only_own = is_private(character);
  for (const auto face : faces) {
    if (only_own && !own_[face]) continue;
    if (const Drawn drawn = faces_[face]->find(character); drawn.id != 0)
      return {character, drawn.id, drawn.advance, face, false};
  }
  return {character, 0, 0, faces[0], true};
}

Typefaces::~Typefaces() {
  for (auto& role : pages_)
    for (auto& page : role) delete page.load();
}

void Typefaces::fetch() {
  fetching_ = std::jthread([this](const std::stop_token& stop) {
    for (const Role role : {Role::Song, Role::Kai}) faces_[chain(role).front()]->fetch(stop);
  });
}

Glyph Typefaces::glyph(Role role, char32_t character) const {
  if (character > 0xFFFF) return chosen(role, character);
  auto& slot = pages_[static_cast<std::size_t>(role)][character >> 8];
  Page* page = slot.load(std::memory_order_acquire);
  if (!page) {
    auto made = std::make_unique<Page>();
    if (slot.compare_exchange_strong(page, made.get())) page = made.release();
  }
  auto& place = (*page)[character & 0xFF];
  constexpr std::uint64_t kKnown = 1ULL << 63, kStandsIn = 1ULL << 40;
  std::uint64_t known = place.load(std::memory_order_relaxed);
  if (known == 0) {
    const Glyph glyph = chosen(role, character);
    known = kKnown | (glyph.stands_in ? kStandsIn : 0) | std::uint64_t{glyph.face} << 32 |
            std::uint64_t{glyph.advance} << 16 | glyph.id;
    place.store(known, std::memory_order_relaxed);
  }
  return {character, static_cast<std::uint16_t>(known), static_cast<std::uint16_t>(known >> 16),
          static_cast<std::uint8_t>(known >> 32), (known & kStandsIn) != 0};
}

Glyph Typefaces::chosen(Role role, char32_t character) const {
  const auto drawn_as = [&](Role drawn_role, char32_t other) {
    Glyph glyph = first_of(chain(drawn_role), other);
    glyph.character = character;
    return glyph;
  };
  // Boxes are one glyph, and the tick is drawn over it: few fonts have U+2610 and U+2611, and a field lies over the box.
  if (is_box(character)) return drawn_as(Role::Song, U'□');
  if (is_invisible(character)) {
    Glyph glyph = drawn_as(role, U' ');
    glyph.advance = 0;
    return glyph;
  }
  if (character < U' ') return drawn_as(role, U' ');
  // Letters and digits among 楷 and 仿宋 are those of 宋, as offices set them.
  const bool latin =
      character < kLatinEnd && character != U'·' && (role == Role::Kai || role == Role::Fang);
  Glyph glyph = first_of(chain(latin ? Role::Song : role), character);
  if (glyph.stands_in) {
    glyph = drawn_as(role, U'〓');
    glyph.stands_in = true;
  }
  return glyph;
}

std::vector<Glyph> Typefaces::glyphs(Role role, std::u32string_view text) const {
  std::vector<Glyph> out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (!is_rtl(text[at])) {
      out.push_back(glyph(role, text[at++]));
      continue;
    }
    std::size_t end = at;
    const std::uint8_t number = glyph(role, text[at]).face;
    while (end < text.size() && is_rtl(text[end]) && glyph(role, text[end]).face == number) end++;
    if (const auto joined = faces_[number]->join(text.substr(at, end - at))) {
      const std::uint16_t blank = faces_[number]->find(U' ').id;
      for (const Joined& j : *joined) {
        if (j.also == 0) {
          out.push_back({j.character, j.drawn.id, j.drawn.advance, number, false});
          continue;
        }
        // Readers of the text turn round what is drawn, and each character must be drawn somewhere: the glyph, which ends with
        // the first of the two, is the second's.
        const auto half = static_cast<std::uint16_t>(j.drawn.advance / 2);
        const auto rest = static_cast<std::uint16_t>(j.drawn.advance - half);
        out.push_back({j.character, blank, half, number, false});
        out.push_back({j.also, j.drawn.id, rest, number, false});
      }
    } else {
      for (std::size_t i = at; i < end; i++) out.push_back(glyph(role, text[i]));
    }
    at = end;
  }
  return out;
}

}  // namespace produce
