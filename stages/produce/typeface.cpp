#include "stages/produce/typeface.hpp"

#include <hb-ot.h>
#include <hb-subset.h>
#include <hb.h>

#include <array>
#include <future>
#include <optional>
#include <span>
#include <utility>

#include "pipeline/fault.hpp"
#include "pipeline/files.hpp"
#include "pipeline/sha256.hpp"
#include "stages/produce/cff.hpp"

namespace produce {
namespace {

/// Changes when what cut() makes changes.
constexpr std::string_view kCutter = "1";
/// A cut face ends in it: without it, the file is not whole.
constexpr std::string_view kSeal = "dossier cut face";

enum class Repertoire { Everything, Common };

struct Source {
  const char* name;
  const char* file;
  unsigned index;  ///< 2: the simplified Chinese face of Noto's collections
  Repertoire repertoire;
};

// The bold face is for titles: what is rare there falls back to the regular one.
constexpr std::array kSources{
    Source{"serif", "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2,
           Repertoire::Everything},
    Source{"serif-bold", "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", 2,
           Repertoire::Common},
    Source{"sans", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2,
           Repertoire::Everything}};

std::span<const std::uint8_t> chain(Role role) {
  static constexpr std::array<std::uint8_t, 2> kSong{0, 2};
  static constexpr std::array<std::uint8_t, 3> kTitle{1, 0, 2};
  static constexpr std::array<std::uint8_t, 2> kHei{2, 0};
  switch (role) {
    case Role::Title:
      return kTitle;
    case Role::Hei:
      return kHei;
    case Role::Song:
      break;
  }
  return kSong;
}

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
using Input = std::unique_ptr<hb_subset_input_t, Destroy<hb_subset_input_destroy>>;
using Set = std::unique_ptr<hb_set_t, Destroy<hb_set_destroy>>;

std::string_view bytes(const Blob& blob) {
  unsigned length = 0;
  const char* data = hb_blob_get_data(blob.get(), &length);
  return {data, length};
}

pipeline::Fault no_font(const Source& source, const std::string& why) {
  return {pipeline::FaultKind::Stop, std::string("open the font ") + source.file, why};
}

std::string cut(const Source& source) {
  const Blob blob(hb_blob_create_from_file_or_fail(source.file));
  if (!blob) throw no_font(source, "it cannot be read");
  const HbFace face(hb_face_create(blob.get(), source.index));
  const Input input(hb_subset_input_create_or_fail());
  hb_set_t* keep = hb_subset_input_unicode_set(input.get());
  if (source.repertoire == Repertoire::Everything) {
    hb_face_collect_unicodes(face.get(), keep);
  } else {
    for (const auto& [first, last] : {std::pair{0x20u, 0x2FFu},
                                      {0x2000u, 0x27FFu},
                                      {0x3000u, 0x303Fu},
                                      {0x4E00u, 0x9FFFu},
                                      {0xFF00u, 0xFFEFu}}) {
      hb_set_add_range(keep, first, last);
    }
  }
  hb_subset_input_set_flags(input.get(), HB_SUBSET_FLAGS_RETAIN_GIDS | HB_SUBSET_FLAGS_NO_HINTING |
                                             HB_SUBSET_FLAGS_NOTDEF_OUTLINE |
                                             HB_SUBSET_FLAGS_DESUBROUTINIZE);
  hb_set_t* drop = hb_subset_input_set(input.get(), HB_SUBSET_SETS_DROP_TABLE_TAG);
  for (const char* tag : {"GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "OS/2", "post"}) {
    hb_set_add(drop, hb_tag_from_string(tag, 4));
  }
  const HbFace made(hb_subset_or_fail(face.get(), input.get()));
  if (!made) throw no_font(source, "HarfBuzz cannot cut it");
  const Blob out(hb_face_reference_blob(made.get()));
  return std::string(bytes(out)).append(kSeal);
}

/// The cut face, mapped; made if it is not there.
Blob cut_face(const Source& source, const std::string& cache_folder) {
  const auto files = pipeline::make_files();
  const auto font = files->look(source.file);
  if (!font) throw no_font(source, "it is not there; install fonts-noto-cjk");
  std::string what;
  for (const std::string& part :
       {std::string(source.file), std::to_string(font->size), std::to_string(font->modified_ns),
        std::to_string(source.index), std::to_string(static_cast<int>(source.repertoire)),
        std::string(kCutter), std::string(hb_version_string())}) {
    what += part + "\n";
  }
  const std::string path = pipeline::path_join(
      cache_folder, std::string(source.name) + "-" + pipeline::sha256(what).substr(0, 12) + ".otf");
  const auto whole = [&]() -> Blob {
    Blob blob(hb_blob_create_from_file_or_fail(path.c_str()));
    if (blob && !bytes(blob).ends_with(kSeal)) blob.reset();
    return blob;
  };
  if (Blob blob = whole()) return blob;
  files->make_folders(cache_folder);
  const std::string temporary =
      path + "." + pipeline::sha256(pipeline::random_bytes(16)).substr(0, 12);
  files->write(temporary, cut(source));
  files->sync(cache_folder);
  files->rename(temporary, path);
  Blob blob = whole();
  if (!blob) throw pipeline::Fault(pipeline::FaultKind::Retry, "read " + path, "it is not whole");
  return blob;
}

Blob table(const HbFace& face, const char* tag) {
  return Blob(hb_face_reference_table(face.get(), hb_tag_from_string(tag, 4)));
}

}  // namespace

std::vector<std::string> font_files() {
  std::vector<std::string> files;
  for (const Source& source : kSources) files.emplace_back(source.file);
  return files;
}

class Face {
 public:
  Face(const Source& source, const std::string& cache_folder)
      : file_(cut_face(source, cache_folder)),
        face_(hb_face_create(file_.get(), 0)),
        cff_bytes_(table(face_, "CFF ")),
        metrics_(table(face_, "hmtx")),
        cff_(bytes(cff_bytes_)) {
    const Blob header(table(face_, "hhea"));
    if (bytes(header).size() < 36 || hb_face_get_upem(face_.get()) != 1000)
      throw no_font(source, "it has no 1000 units");
    full_metrics_ = static_cast<std::uint8_t>(bytes(header)[34]) << 8 |
                    static_cast<std::uint8_t>(bytes(header)[35]);
    if (full_metrics_ == 0 || bytes(metrics_).size() < 4 * full_metrics_)
      throw no_font(source, "its widths are damaged");
    std::array<char, 128> name{};
    unsigned size = name.size();
    hb_ot_name_get_utf8(face_.get(), HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &size,
                        name.data());
    postscript_name_ = name.data();

    const HbFont font(hb_font_create(face_.get()));
    const Set characters(hb_set_create());
    hb_face_collect_unicodes(face_.get(), characters.get());
    for (hb_codepoint_t c = HB_SET_VALUE_INVALID; hb_set_next(characters.get(), &c);) {
      hb_codepoint_t glyph = 0;
      if (!hb_font_get_nominal_glyph(font.get(), c, &glyph) || glyph >= cff_.glyph_count())
        continue;
      if (c >> 8 >= pages_.size()) pages_.resize((c >> 8) + 1);
      auto& page = pages_[c >> 8];
      if (!page) page = std::make_unique<std::array<std::uint16_t, 256>>();
      (*page)[c & 0xFF] = static_cast<std::uint16_t>(glyph);
    }
  }

  /// 0: the face does not have it.
  std::uint16_t glyph(char32_t c) const {
    return c >> 8 < pages_.size() && pages_[c >> 8] ? (*pages_[c >> 8])[c & 0xFF] : 0;
  }
  std::uint16_t advance(std::uint16_t glyph) const {
    const auto widths = bytes(metrics_);
    const std::size_t at = 4 * std::min<std::size_t>(glyph, full_metrics_ - 1);
    return static_cast<std::uint16_t>(static_cast<std::uint8_t>(widths[at]) << 8 |
                                      static_cast<std::uint8_t>(widths[at + 1]));
  }
  const std::string& postscript_name() const { return postscript_name_; }
  const Cff& cff() const { return cff_; }

 private:
  Blob file_;
  HbFace face_;
  Blob cff_bytes_, metrics_;
  Cff cff_;
  std::size_t full_metrics_ = 0;
  std::string postscript_name_;
  std::vector<std::unique_ptr<std::array<std::uint16_t, 256>>>
      pages_;  ///< character / 256 -> glyphs
};

Typefaces::Typefaces(const std::string& cache_folder) {
  std::vector<std::future<std::unique_ptr<const Face>>> opened;
  for (const auto& source : kSources) {
    opened.push_back(
        std::async(std::launch::async, [&source, &cache_folder]() -> std::unique_ptr<const Face> {
          return std::make_unique<const Face>(source, cache_folder);
        }));
  }
  for (auto& face : opened) faces_.push_back(face.get());
}

Typefaces::~Typefaces() = default;

Glyph Typefaces::glyph(Role role, char32_t character) const {
  const auto look = [&](char32_t c) -> std::optional<Glyph> {
    for (const auto face : chain(role)) {
      if (const auto id = faces_[face]->glyph(c)) {
        return Glyph{character, id, faces_[face]->advance(id), face, false};
      }
    }
    return std::nullopt;
  };
  if (const auto found = look(character)) return *found;
  // Boxes are one glyph, and the tick is drawn over it: no face has U+2610 and U+2611.
  if (character == U'☐' || character == U'☑') return *look(U'□');
  const bool invisible = (character >= 0x200B && character <= 0x200F) || character == 0xFEFF ||
                         (character >= 0xFE00 && character <= 0xFE0F) || character == 0x2060 ||
                         (character >= 0xE0100 && character <= 0xE01EF) || character == 0x00AD;
  Glyph glyph = *look(invisible || character < U' ' ? U' ' : U'〓');
  if (invisible) glyph.advance = 0;
  glyph.stands_in = !invisible && character >= U' ';
  return glyph;
}

const std::string& Typefaces::postscript_name(std::size_t face) const {
  return faces_[face]->postscript_name();
}

std::string Typefaces::subset(std::size_t face, const std::vector<std::uint16_t>& glyphs) const {
  return faces_[face]->cff().subset(glyphs);
}

}  // namespace produce
