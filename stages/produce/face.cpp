#include "stages/produce/face.hpp"

#include <hb-ot.h>
#include <hb.h>
#include <sys/mman.h>

#include <cmath>

#include "pipeline/fault.hpp"
#include "stages/produce/cff.hpp"
#include "stages/produce/truetype.hpp"

namespace produce {
namespace {

template <auto destroy>
struct Destroy {
  template <class T>
  void operator()(T* p) const {
    destroy(p);
  }
};
using Blob = std::unique_ptr<hb_blob_t, Destroy<hb_blob_destroy>>;
using HbFace = std::unique_ptr<hb_face_t, Destroy<hb_face_destroy>>;
using HbFont = std::unique_ptr<hb_font_t, Destroy<hb_font_destroy>>;
using Buffer = std::unique_ptr<hb_buffer_t, Destroy<hb_buffer_destroy>>;

std::string_view bytes(const Blob& blob) {
  unsigned length = 0;
  const char* data = hb_blob_get_data(blob.get(), &length);
  return {data, length};
}

Blob table(const HbFace& face, const char* tag) {
  return Blob(hb_face_reference_table(face.get(), hb_tag_from_string(tag, 4)));
}

/// Of a mapped file; elsewhere it does nothing.
void advise(std::string_view mapped, int how) {
  madvise(const_cast<char*>(mapped.data()), mapped.size(), how);
}

/// OpenType's OS/2, fsType: what the maker of the font permits.
bool may_be_embedded(const HbFace& face) {
  constexpr std::size_t kPermissions = 8;
  constexpr unsigned kRestricted = 0x2, kEditable = 0xC, kWholeOnly = 0x100, kBitmapsOnly = 0x200;
  const Blob os2(table(face, "OS/2"));
  if (bytes(os2).size() < kPermissions + 2) return true;
  const unsigned type = static_cast<unsigned>(static_cast<std::uint8_t>(bytes(os2)[kPermissions]))
                            << 8 |
                        static_cast<std::uint8_t>(bytes(os2)[kPermissions + 1]);
  if (type & (kWholeOnly | kBitmapsOnly)) return false;
  return !(type & kRestricted) || (type & kEditable);
}

}  // namespace

struct Face::Opened {
  Blob file;
  HbFace face;
  HbFont font;
  std::vector<Blob> tables;
  std::unique_ptr<const Cff> cff;
  std::unique_ptr<const TrueType> truetype;
  double unit = 1;  ///< thousandths of the type size

  explicit Opened(const FontFile& from)
      : file(hb_blob_create_from_file_or_fail(from.file.c_str())) {
    if (!file) refuse(from, "文件不存在或不能读取");
    // What is looked at first lies all over the file; the system would read megabytes around each place.
    advise(bytes(file), MADV_RANDOM);
    if (hb_face_count(file.get()) <= from.index)
      refuse(from, "不是字体文件，或其中没有第 " + std::to_string(from.index) + " 号字体");
    face.reset(hb_face_create(file.get(), from.index));
    font.reset(hb_font_create(face.get()));
    hb_font_make_immutable(font.get());
    unit = 1000.0 / hb_face_get_upem(face.get());
    if (!may_be_embedded(face)) refuse(from, "字体的许可不允许嵌入文件（OS/2 fsType）");
    try {
      if (!keep("CFF ").empty()) {
        cff = std::make_unique<const Cff>(bytes(tables.back()));
      } else if (!keep("glyf").empty()) {
        truetype = std::make_unique<const TrueType>(
            TrueType::Tables{keep("head"), keep("hhea"), keep("hmtx"), keep("maxp"), keep("loca"),
                             bytes(tables[1])});
      }
    } catch (const pipeline::Fault& fault) {
      refuse(from, "字体文件损坏，或格式不受支持（" + fault.why + "）");
    }
    if (!cff && !truetype) refuse(from, "既没有 TrueType 轮廓，也没有 CFF 轮廓");
  }

  std::string_view keep(const char* tag) {
    tables.push_back(table(face, tag));
    return bytes(tables.back());
  }
  [[noreturn]] static void refuse(const FontFile& from, const std::string& why) {
    throw pipeline::Fault(pipeline::FaultKind::Stop, "open the font " + from.file, why);
  }
  /// Its tables may speak of more glyphs than it draws.
  bool has(hb_codepoint_t glyph) const {
    return glyph <= 0xFFFF && (!cff || glyph < cff->glyph_count());
  }
  std::uint16_t thousandths(hb_position_t width) const {
    return static_cast<std::uint16_t>(std::lround(std::max(0.0, width * unit)));
  }
};

Face::Face(const FontFile& font) : opened_(std::make_unique<const Opened>(font)) {
  std::array<char, 128> name{};
  unsigned size = name.size();
  hb_ot_name_get_utf8(opened_->face.get(), HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID,
                      &size, name.data());
  for (const char c : std::string_view(name.data()))
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-')
      postscript_name_ += c;
  if (postscript_name_.empty()) postscript_name_ = "Font";
}

Face::~Face() {
  for (auto& page : pages_) delete page.load();
}

const Face::Page& Face::page(char32_t character) const {
  auto& slot = pages_[character >> 8];
  const Page* known = slot.load(std::memory_order_acquire);
  if (known) return *known;
  auto made = std::make_unique<Page>();
  for (char32_t low = 0; low < made->size(); low++) {
    hb_codepoint_t glyph = 0;
    if (!hb_font_get_nominal_glyph(opened_->font.get(), (character & ~char32_t{0xFF}) | low,
                                   &glyph) ||
        !opened_->has(glyph))
      continue;
    (*made)[low] = {static_cast<std::uint16_t>(glyph),
                    opened_->thousandths(hb_font_get_glyph_h_advance(opened_->font.get(), glyph))};
  }
  if (slot.compare_exchange_strong(known, made.get())) known = made.release();
  return *known;
}

void Face::fetch(const std::stop_token& stop) const {
  // Piece by piece: what others want of the disk must not stand behind a whole font.
  constexpr std::size_t kPiece = 1 << 20;
  const std::string_view all = bytes(opened_->file);
  for (std::size_t at = 0; at < all.size() && !stop.stop_requested(); at += kPiece) {
    const std::string_view piece = all.substr(at, kPiece);
    advise(piece, MADV_WILLNEED);
    static_cast<void>(*const_cast<const volatile char*>(&piece.back()));
  }
}

Drawn Face::find(char32_t character) const {
  return character >> 8 < pages_.size() ? page(character)[character & 0xFF] : Drawn{};
}

std::optional<std::vector<Joined>> Face::join(std::u32string_view word) const {
  const Buffer buffer(hb_buffer_create());
  std::vector<std::uint32_t> characters(word.begin(), word.end());
  hb_buffer_set_cluster_level(buffer.get(), HB_BUFFER_CLUSTER_LEVEL_MONOTONE_CHARACTERS);
  hb_buffer_add_utf32(buffer.get(), characters.data(), static_cast<int>(characters.size()), 0, -1);
  hb_buffer_guess_segment_properties(buffer.get());
  // What is left are the forms of the letters and lam-alef.
  std::array<hb_feature_t, 3> features{};
  for (std::size_t i = 0; i < features.size(); i++) {
    static constexpr std::array<const char*, 3> kOff{"-liga", "-dlig", "-kern"};
    hb_feature_from_string(kOff[i], -1, &features[i]);
  }
  hb_shape(opened_->font.get(), buffer.get(), features.data(), features.size());
  unsigned count = 0;
  const hb_glyph_info_t* infos = hb_buffer_get_glyph_infos(buffer.get(), &count);
  const hb_glyph_position_t* positions = hb_buffer_get_glyph_positions(buffer.get(), nullptr);
  const bool backwards = HB_DIRECTION_IS_BACKWARD(hb_buffer_get_direction(buffer.get()));
  std::vector<Joined> out;
  for (std::size_t done = 0; done < count; done++) {
    const auto at = [&](std::size_t i) { return backwards ? count - 1 - i : i; };
    const hb_glyph_info_t& info = infos[at(done)];
    const std::size_t from = info.cluster,
                      to = done + 1 < count ? infos[at(done + 1)].cluster : word.size();
    if (to <= from || to - from > 2 || info.codepoint == 0 || !opened_->has(info.codepoint))
      return std::nullopt;
    out.push_back({{static_cast<std::uint16_t>(info.codepoint),
                    opened_->thousandths(positions[at(done)].x_advance)},
                   word[from],
                   to - from == 2 ? word[from + 1] : char32_t{0}});
  }
  return out;
}

Extent Face::extent(std::uint16_t glyph) const {
  hb_glyph_extents_t e{};
  hb_font_get_glyph_extents(opened_->font.get(), glyph, &e);
  const double unit = opened_->unit;
  return {e.x_bearing * unit, (e.y_bearing + e.height) * unit, (e.x_bearing + e.width) * unit,
          e.y_bearing * unit};
}

Face::Outlines Face::outlines() const {
  return opened_->cff ? Outlines::Cff : Outlines::TrueType;
}

std::string Face::subset(const std::vector<std::uint16_t>& glyphs) const {
  return opened_->cff ? opened_->cff->subset(glyphs) : opened_->truetype->subset(glyphs);
}

}  // namespace produce
