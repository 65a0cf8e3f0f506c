#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <png.h>

#include "pipeline/files.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/vault.hpp"
#include "stages/prepare/kept_attachments.hpp"
#include "stages/prepare/packed_jpeg.hpp"
#include "tests/image_files.hpp"
#include "tests/papers_making.hpp"
#include "tests/papers_samples.hpp"
#include "tests/pdf_reading.hpp"
#include "tests/zip_builder.hpp"

// A case with attachments in a vault, and its dossier as produce makes it.

namespace dossiers {

using pipeline::Value;

struct File {
  std::string slot, name, file, type, bytes;
  std::optional<std::string> packed = {};  ///< "" stored, else its deflated bytes

  File packed_as(std::string how) const {
    File out = *this;
    out.packed = std::move(how);
    return out;
  }
};

/// Ledgers of earlier programs have no notes on attachments.
enum class Ledger { Old, New };

inline std::size_t resident() {
  std::ifstream in("/proc/self/statm");
  std::size_t pages = 0;
  in >> pages >> pages;
  return pages * 4096;
}

class Case {
 public:
  explicit Case(const std::vector<File>& files, prepare::Limits limits = {},
                Ledger ledger = Ledger::New)
      : folder_(std::filesystem::temp_directory_path() /
                ("dossier-case-" + std::to_string(getpid()) + "-" + std::to_string(++made()))),
        rules_(prepare::load_rules(DOSSIER_SOURCE_DIR "/templates", limits)),
        files_(pipeline::make_files()),
        vault_(*files_, folder_ / "vault") {
    std::filesystem::create_directories(folder_ / "vault" / ".work");
    zip_builder::Builder zip;
    zip.add("材料/form.json", "{}");
    int number = 0;
    for (const File& f : files) {
      const bool stored = f.packed ? f.packed->empty() : number % 2 != 0;
      zip_builder::Options options{.method = static_cast<std::uint16_t>(stored ? 0 : 8)};
      if (!stored) options.packed = f.packed;
      zip.add("材料/" + std::to_string(++number) + f.file, f.bytes, options);
    }
    const std::string bundle = zip.end();
    const std::string sha256 = pipeline::sha256(bundle);
    vault_.keep(sha256, bundle);
    Value list = Value::array();
    const prepare::Zip archive = prepare::read_zip(bundle, limits);
    for (std::size_t i = 0; i < files.size(); ++i) {
      const File& f = files[i];
      list.push(Value::object({{"slot", f.slot},
                               {"name", f.name},
                               {"file", f.file},
                               {"type", f.type},
                               {"pages", 0},
                               {"size", static_cast<std::int64_t>(f.bytes.size())},
                               {"sha256", pipeline::sha256(f.bytes)},
                               {"bundle", sha256}}));
      prepare::JpegParts parts;
      const prepare::Image image =
          prepare::look_at_image(f.type, f.bytes, limits.image_megapixels, &parts);
      if (ledger == Ledger::New && f.type == "jpeg" && image.damage.empty() &&
          image.unreadable.empty())
        list.items_mutable().back().set(
            "packed", prepare::note_of(bundle, archive.entries.at(i + 1), f.bytes, image, parts));
    }
    payload = Value::object({{"case", "T-3F9A2C1B77D0"},
                             {"round", 2},
                             {"kind", "职称申请"},
                             {"unit", "长沙市芙蓉区" + papers::kRare + "中学"},
                             {"uscc", "12430102PDY000007X"},
                             {"applicant", papers::kLongName},
                             {"title", "正高级教师"},
                             {"reviewer", "长沙市芙蓉区人力资源和社会保障局专技科"},
                             {"received_at", papers::kAt},
                             {"sha256", sha256},
                             {"attachments", std::move(list)}});
  }
  ~Case() { std::filesystem::remove_all(folder_); }
  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;

  pipeline::Paper paper() const {
    const produce::OpenAttachments open = [this](const pipeline::Vault& vault,
                                                 const std::string& number) {
      return std::make_unique<prepare::KeptAttachments>(vault, rules_, number);
    };
    auto made = produce::make({"dossier", "queues/q/c/卷宗.pdf", payload, std::nullopt}, nullptr,
                              papers::kit(), open);
    EXPECT_EQ(made.size(), 1u);
    EXPECT_EQ(made[0].path, "queues/q/c/卷宗.pdf");
    return made[0];
  }

  std::string bytes() const {
    std::string out;
    put([&](std::string_view piece) { out += piece; });
    return out;
  }
  void put(const pipeline::Sink& to) const { paper().fill(vault_, to); }

  /// Its place, sound by qpdf.
  std::string stored(const std::string& name) const {
    const std::string path = papers::stored(bytes(), name);
    papers::expect_sound(path);
    return path;
  }

  prepare::RecentEntries& recent() const { return *rules_.recent; }
  std::string bundle_file() const { return vault_.path(payload["sha256"].string()); }

  Value payload;

 private:
  static int& made() {
    static int count = 0;
    return count;
  }
  std::filesystem::path folder_;
  prepare::Rules rules_;
  std::unique_ptr<pipeline::Files> files_;
  pipeline::Vault vault_;
};

inline std::string page_text(const std::string& path, int page) {
  const std::string n = std::to_string(page);
  return papers::squeezed(
      papers::run("pdftotext -raw -enc UTF-8 -f " + n + " -l " + n + " " + path + " -"));
}

inline unsigned char checks(unsigned x, unsigned y) {
  return (x / 16 + y / 16) % 2 == 0 ? 40 : 220;
}

/// A picture as libpng writes it: `samples` a point, each painted alike; the last one is opaque above the middle.
inline std::string real_png(unsigned width, unsigned height, int colour, int bits = 8,
                            bool interlaced = false) {
  std::string out;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &out,
      [](png_structp to, png_bytep bytes, std::size_t size) {
        static_cast<std::string*>(png_get_io_ptr(to))
            ->append(reinterpret_cast<const char*>(bytes), size);
      },
      nullptr);
  png_set_IHDR(png, info, width, height, bits, colour,
               interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  const png_color colours[] = {{0, 0, 0}, {255, 255, 255}, {255, 0, 0}, {0, 0, 255}};
  if (colour == PNG_COLOR_TYPE_PALETTE) png_set_PLTE(png, info, colours, 4);
  png_write_info(png, info);
  std::vector<std::vector<unsigned char>> rows(height);
  const std::size_t samples = png_get_channels(png, info);
  for (unsigned y = 0; y < height; ++y) {
    rows[y].resize(png_get_rowbytes(png, info));
    for (unsigned x = 0; x < width && bits >= 8; ++x)
      for (std::size_t s = 0; s < samples; ++s) {
        const bool alpha = (colour & PNG_COLOR_MASK_ALPHA) != 0 && s + 1 == samples;
        const unsigned char value = colour == PNG_COLOR_TYPE_PALETTE
                                        ? static_cast<unsigned char>((x / 8) % 4)
                                    : alpha ? static_cast<unsigned char>(y < height / 2 ? 255 : 0)
                                            : checks(x, y);
        for (int b = 0; b < bits / 8; ++b)
          rows[y][(x * samples + s) * static_cast<std::size_t>(bits / 8) +
                  static_cast<std::size_t>(b)] = value;
      }
  }
  std::vector<png_bytep> pointers;
  for (auto& row : rows) pointers.push_back(row.data());
  png_write_image(png, pointers.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return out;
}

/// A page drawn at 36 dpi, in greys.
struct Drawn {
  unsigned width = 0, height = 0;
  std::string points;

  unsigned at(double x, double y) const {
    return static_cast<unsigned char>(
        points[static_cast<std::size_t>(y * height) * width + static_cast<std::size_t>(x * width)]);
  }
};

inline Drawn drawn(const std::string& path, int page) {
  const std::string n = std::to_string(page), to = path + "-" + n;
  papers::run("pdftoppm -gray -singlefile -r 36 -f " + n + " " + path + " " + to);
  std::ifstream in(to + ".pgm", std::ios::binary);
  Drawn out;
  std::string magic;
  unsigned most = 0;
  in >> magic >> out.width >> out.height >> most;
  in.get();
  out.points.assign(std::istreambuf_iterator<char>(in), {});
  EXPECT_EQ(out.points.size(), std::size_t{out.width} * out.height);
  return out;
}

}  // namespace dossiers
