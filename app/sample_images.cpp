#include "app/sample_images.hpp"

// jpeglib.h needs FILE before it.
#include <cstdio>

#include <jpeglib.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "pipeline/fault.hpp"

namespace app {
namespace {

constexpr int kSheets = 16;

struct Colour {
  std::uint8_t r, g, b;
};
constexpr Colour kPaper{244, 242, 236}, kInk{40, 42, 52}, kStamp{196, 38, 34};

struct Picture {
  int width, height;
  std::vector<std::uint8_t> rgb;

  Picture(int w, int h, Colour c) : width(w), height(h), rgb(static_cast<std::size_t>(w) * h * 3) {
    fill(0, 0, w, h, c);
  }
  void fill(int x0, int y0, int x1, int y1, Colour c) {
    for (int y = std::max(y0, 0); y < std::min(y1, height); ++y)
      for (int x = std::max(x0, 0); x < std::min(x1, width); ++x) dot(x, y, c);
  }
  void dot(int x, int y, Colour c) {
    std::uint8_t* at = &rgb[(static_cast<std::size_t>(y) * width + x) * 3];
    at[0] = c.r, at[1] = c.g, at[2] = c.b;
  }
  void ring(int cx, int cy, double outer, double inner, Colour c) {
    const int reach = static_cast<int>(outer) + 1;
    for (int y = std::max(cy - reach, 0); y < std::min(cy + reach, height); ++y)
      for (int x = std::max(cx - reach, 0); x < std::min(cx + reach, width); ++x) {
        const double d = std::sqrt(double(x - cx) * (x - cx) + double(y - cy) * (y - cy));
        if (d <= outer && d >= inner) dot(x, y, c);
      }
  }
};

/// A page: a heading, lines of little strokes as characters have them, rules, a round red stamp.
/// `pitch` is the distance of the lines in characters: 2 is a page of text, 8 a certificate.
Picture draw_sheet(Random& random, int width, int height, int pitch) {
  Picture page(width, height, kPaper);
  const int margin = width / 10, glyph = std::max(width / 60, 4), line = glyph * pitch;
  page.fill(width / 3, margin, width * 2 / 3, margin + glyph * 2, kInk);
  int y = margin + glyph * 5;
  for (; y < height - margin - glyph * 12; y += line) {
    const int end = random.chance(20) ? random.between(width / 2, width - margin) : width - margin;
    for (int x = margin; x + glyph < end; x += glyph + glyph / 4) {
      const int strokes = random.between(1, 3);
      for (int s = 0; s < strokes; ++s) {
        const int at = random.between(0, glyph - 2), thick = std::max(glyph / 7, 1);
        if (random.chance(50))
          page.fill(x, y + at, x + glyph, y + at + thick, kInk);
        else
          page.fill(x + at, y, x + at + thick, y + glyph, kInk);
      }
    }
    if (random.chance(8))
      page.fill(margin, y + glyph * 3 / 2, width - margin, y + glyph * 3 / 2 + 1, kInk);
  }
  const int cx = width * random.between(62, 75) / 100, cy = height - margin - glyph * 8;
  page.ring(cx, cy, width * 0.11, width * 0.1, kStamp);
  page.ring(cx, cy, width * 0.025, 0, kStamp);
  page.fill(cx - width / 20, cy + width / 20, cx + width / 20, cy + width / 16, kStamp);
  return page;
}

/// Grain as a scanner or a telephone leaves it: the same in all three colours, so that it weighs in
/// the luma only.
void add_grain(Random& random, Picture& page, int amplitude) {
  if (amplitude == 0) return;
  const auto range = static_cast<std::uint32_t>(2 * amplitude + 1);
  auto state = static_cast<std::uint32_t>(random.next()) | 1U;
  for (std::size_t i = 0; i < page.rgb.size(); i += 3) {
    state = state * 1664525U + 1013904223U;
    const int grain = static_cast<int>((state >> 16) * range >> 16) - amplitude;
    for (std::size_t k = 0; k < 3; ++k)
      page.rgb[i + k] = static_cast<std::uint8_t>(std::clamp(page.rgb[i + k] + grain, 0, 255));
  }
}

[[noreturn]] void jpeg_failed(j_common_ptr codec) {
  std::array<char, JMSG_LENGTH_MAX> why{};
  codec->err->format_message(codec, why.data());
  throw pipeline::Fault(pipeline::FaultKind::Stop, "draw a sample", why.data());
}

std::string encode_jpeg(const Picture& page, int quality) {
  jpeg_compress_struct codec;
  jpeg_error_mgr errors;
  codec.err = jpeg_std_error(&errors);
  errors.error_exit = jpeg_failed;
  jpeg_create_compress(&codec);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&codec, &buffer, &size);
  codec.image_width = static_cast<JDIMENSION>(page.width);
  codec.image_height = static_cast<JDIMENSION>(page.height);
  codec.input_components = 3;
  codec.in_color_space = JCS_RGB;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, quality, TRUE);
  codec.optimize_coding = quality < 60 ? TRUE : FALSE;
  codec.density_unit = 1;
  codec.X_density = codec.Y_density = static_cast<UINT16>(page.width * 254 / 2100);  // as if A4
  jpeg_start_compress(&codec, TRUE);
  while (codec.next_scanline < codec.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(
        &page.rgb[static_cast<std::size_t>(codec.next_scanline) * page.width * 3]);
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  std::string bytes(reinterpret_cast<char*>(buffer), size);
  std::free(buffer);
  return bytes;
}

std::string encode_png(const Picture& page) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(page.width);
  image.height = static_cast<png_uint_32>(page.height);
  image.format = PNG_FORMAT_RGB;
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = bytes.size();
  if (png_image_write_to_memory(&image, bytes.data(), &size, 0, page.rgb.data(), 0, nullptr) == 0)
    throw pipeline::Fault(pipeline::FaultKind::Stop, "draw a sample", image.message);
  bytes.resize(size);
  return bytes;
}

Picture on_its_left_side(const Picture& page) {
  Picture out = page;
  out.width = page.height;
  out.height = page.width;
  const auto place = [](const Picture& in, int x, int y) {
    return (static_cast<std::size_t>(y) * in.width + x) * 3;
  };
  for (int y = 0; y < page.height; ++y)
    for (int x = 0; x < page.width; ++x)
      std::copy_n(&page.rgb[place(page, x, y)], 3, &out.rgb[place(out, y, page.width - 1 - x)]);
  return out;
}

Scan scan_of(std::string file, std::size_t head, int width, int height) {
  return {file.substr(0, head), make_blob(file.substr(head)), width, height};
}

void put_big(std::string& to, std::uint32_t number, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) to += static_cast<char>(number >> (8 * i) & 0xFF);
}

}  // namespace

const Scan& ImagePool::jpeg(int index, double kilobytes, Held held) {
  std::map<int, Scan>& made = held == Held::Sideways ? turned_ : jpegs_;
  if (const auto found = made.find(index); found != made.end()) return found->second;
  struct Look {
    double up_to_kb;
    int pitch, amplitude, quality;
    double bytes_a_pixel;  // a first guess; the drawing moves it a little, hence the further tries
  };
  static constexpr Look kLooks[] = {{30, 14, 16, 25, 0.03},
                                    {150, 6, 13, 45, 0.06},
                                    {700, 2, 8, 75, 0.16},
                                    {1e9, 2, 20, 84, 0.33}};
  const Look& look = *std::find_if(std::begin(kLooks), std::end(kLooks),
                                   [&](const Look& l) { return kilobytes <= l.up_to_kb; });
  double bytes_a_pixel = look.bytes_a_pixel;
  Scan& scan = made[index];
  for (int attempt = 0; attempt < 3; ++attempt) {
    Random random(seed_ * 1000003 + static_cast<std::uint64_t>(index));
    const double pixels = kilobytes * 1024 / bytes_a_pixel;
    const int width = std::clamp(static_cast<int>(std::sqrt(pixels / 1.414)), 160, 6000);
    Picture page = draw_sheet(random, width, width * 1414 / 1000, look.pitch);
    add_grain(random, page, look.amplitude);
    if (held == Held::Sideways) page = on_its_left_side(page);
    scan = scan_of(encode_jpeg(page, look.quality), 2, page.width, page.height);
    // As it will weigh in a bundle: the even ground of a light one deflates a little.
    const auto weight = static_cast<double>(scan.body->deflated.size());
    if (std::abs(weight / (kilobytes * 1024) - 1) < 0.08) break;
    bytes_a_pixel = weight / (static_cast<double>(page.width) * page.height);
  }
  return scan;
}

const Scan& ImagePool::sheet(Random& random) {
  // The square makes light ones common; sizes are spread evenly on a logarithmic scale.
  const int draw = random.between(0, kSheets * kSheets - 1);
  const int index = draw * draw / (kSheets * kSheets * kSheets);
  const double share = static_cast<double>(index) / (kSheets - 1);
  return jpeg(index, min_kb_ * std::pow(static_cast<double>(max_kb_) / min_kb_, share));
}

const Scan& ImagePool::light_sheet(Random& random, Held held) {
  const int index = random.between(0, 3);
  const double share = static_cast<double>(index) / (kSheets - 1);
  return jpeg(index, min_kb_ * std::pow(static_cast<double>(max_kb_) / min_kb_, share), held);
}

const Scan& ImagePool::screenshot(Random& random) {
  const int index = random.between(0, 2);
  if (const auto found = pngs_.find(index); found != pngs_.end()) return found->second;
  Random drawing(seed_ * 1000003 + 900 + static_cast<std::uint64_t>(index));
  const int width = 900 + 160 * index, height = width * 3 / 2;
  Picture page = draw_sheet(drawing, width, height, 4);
  // A photograph in the corner is what makes a screenshot heavy.
  Picture photo(width / 5, width / 4, {120, 150, 190});
  add_grain(drawing, photo, 40);
  for (int y = 0; y < photo.height; ++y)
    std::copy_n(&photo.rgb[static_cast<std::size_t>(y) * photo.width * 3], photo.width * 3,
                &page.rgb[(static_cast<std::size_t>(y + width / 10) * width + width * 7 / 10) * 3]);
  return pngs_[index] = scan_of(encode_png(page), 33, width, height);
}

const Scan& ImagePool::portrait(Random& random) {
  const int index = random.between(0, 2);
  if (const auto found = portraits_.find(index); found != portraits_.end()) return found->second;
  Random drawing(seed_ * 1000003 + 800 + static_cast<std::uint64_t>(index));
  Picture photo(413, 626, index == 0 ? Colour{70, 130, 200} : Colour{245, 245, 245});
  photo.ring(206, 640, 190, 0, {45, 50, 70});
  photo.ring(206, 260, 120, 0, {40, 32, 28});
  photo.ring(206, 290, 100, 0, {226, 188, 160});
  add_grain(drawing, photo, 6);
  return portraits_[index] = scan_of(encode_jpeg(photo, 88), 2, 413, 626);
}

Content jpeg_file(const Scan& scan, std::string_view unique, Held held) {
  std::string head = scan.head;
  if (held == Held::Sideways) {
    // APP1: Exif, big-endian TIFF, one directory with one entry, 0x0112 Orientation = 6.
    static constexpr char kExif[] =
        "\xFF\xE1\x00\x22"
        "Exif\0\0"
        "MM\0\x2A\0\0\0\x08"
        "\0\x01"
        "\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
        "\0\0\0\0";
    head.append(kExif, sizeof kExif - 1);
  }
  head += "\xFF\xFE";
  put_big(head, static_cast<std::uint32_t>(unique.size()) + 2, 2);
  head += unique;
  return {Piece{std::move(head), nullptr}, Piece{{}, scan.body}};
}

Content png_file(const Scan& scan, std::string_view unique) {
  std::string chunk = "tEXtComment";
  chunk += '\0';
  chunk += unique;
  std::string head = scan.head;
  put_big(head, static_cast<std::uint32_t>(chunk.size()) - 4, 4);
  head += chunk;
  put_big(head, crc_of(chunk), 4);
  return {Piece{std::move(head), nullptr}, Piece{{}, scan.body}};
}

}  // namespace app
