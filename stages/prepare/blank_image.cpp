#include "stages/prepare/blank_image.hpp"

#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <utility>
#include <vector>

// After <cstdio>, on which it depends.
#include <jerror.h>
#include <jpeglib.h>
#include <png.h>

#include "stages/prepare/shades.hpp"

namespace prepare {

namespace {

constexpr unsigned kShrink = 8;

/// Where libjpeg goes when it gives up: nothing with a destructor may live between the two.
struct JpegEscape {
  jpeg_error_mgr manager{};
  std::jmp_buf back{};
};

extern "C" {
[[noreturn]] static void jpeg_gives_up(j_common_ptr jpeg) {
  std::longjmp(reinterpret_cast<JpegEscape*>(jpeg->err)->back, 1);
}
static void jpeg_says(j_common_ptr) {}
/// A file of thousands of scans over one picture is none that a camera made.
static void jpeg_gets_on(j_common_ptr jpeg) {
  constexpr int kMostScans = 200;
  if (jpeg->is_decompressor &&
      reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > kMostScans)
    jpeg_gives_up(jpeg);
}
}

/// What is made while libjpeg works; outlives a jump.
struct JpegWork {
  JpegEscape escape;
  jpeg_progress_mgr progress{};
  jpeg_decompress_struct decoder{};
  std::vector<unsigned char> row;
  std::vector<Shades> shades;

  JpegWork() {
    decoder.err = jpeg_std_error(&escape.manager);
    escape.manager.error_exit = jpeg_gives_up;
    escape.manager.output_message = jpeg_says;
    progress.progress_monitor = jpeg_gets_on;
  }
  ~JpegWork() { jpeg_destroy_decompress(&decoder); }
  JpegWork(const JpegWork&) = delete;
  JpegWork& operator=(const JpegWork&) = delete;
};

bool decode(JpegWork& work, std::string_view bytes) {
  jpeg_decompress_struct& jpeg = work.decoder;
  if (setjmp(work.escape.back) != 0) return false;
  jpeg_create_decompress(&jpeg);
  jpeg.progress = &work.progress;
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg.scale_num = 1;
  jpeg.scale_denom = kShrink;
  jpeg.do_fancy_upsampling = FALSE;
  const bool four = jpeg.num_components == 4;
  jpeg.out_color_space = four ? JCS_CMYK : JCS_GRAYSCALE;
  jpeg_start_decompress(&jpeg);
  const auto channels = static_cast<std::size_t>(jpeg.output_components);
  work.row.resize(jpeg.output_width * channels);
  work.shades.emplace_back(jpeg.output_width, jpeg.output_height, channels);
  while (jpeg.output_scanline < jpeg.output_height) {
    unsigned char* row = work.row.data();
    const std::size_t y = jpeg.output_scanline;
    if (jpeg_read_scanlines(&jpeg, &row, 1) == 1) work.shades[0].row(y, row);
    // Of what is not blank, the first rows of the headline are mostly enough.
    if (work.shades[0].shows_already()) break;
  }
  return true;
}

Showing jpeg_shows(std::string_view bytes) {
  JpegWork work;
  if (!decode(work, bytes))
    return work.escape.manager.msg_code == JERR_OUT_OF_MEMORY ? Showing::Unknown : Showing::Damaged;
  if (!work.shades[0].uniform()) return Showing::Something;
  // What is missing is decoded as grey.
  return work.escape.manager.num_warnings > 0 ? Showing::Damaged : Showing::Nothing;
}

struct PngWork {
  std::string_view rest;
  png_structp png = nullptr;
  png_infop info = nullptr;
  bool no_memory = false;
  std::vector<unsigned char> row;
  std::vector<unsigned> sums;
  std::vector<unsigned char> shrunk;
  std::vector<Shades> shades;

  PngWork() = default;
  ~PngWork() { png_destroy_read_struct(&png, &info, nullptr); }
  PngWork(const PngWork&) = delete;
  PngWork& operator=(const PngWork&) = delete;
};

extern "C" {
static void png_gives_up(png_structp png, png_const_charp why) {
  static_cast<PngWork*>(png_get_error_ptr(png))->no_memory = std::strstr(why, "emory") != nullptr;
  png_longjmp(png, 1);
}
static void png_says(png_structp, png_const_charp) {}
static void png_takes(png_structp png, png_bytep to, std::size_t size) {
  auto* work = static_cast<PngWork*>(png_get_io_ptr(png));
  if (work->rest.size() < size) png_error(png, "it ends too early");
  std::memcpy(to, work->rest.data(), size);
  work->rest.remove_prefix(size);
}
}

/// Grey, with what is transparent on white paper.
unsigned shade(const unsigned char* sample, std::size_t channels) {
  constexpr unsigned kWhite = 255;
  if (channels == 1) return *sample;
  return (sample[0] * unsigned{sample[1]} + kWhite * (kWhite - sample[1])) / kWhite;
}

void decode_rows(PngWork& work, std::size_t width, std::size_t height, std::size_t channels) {
  const std::size_t columns = width / kShrink;
  work.row.resize(png_get_rowbytes(work.png, work.info));
  work.sums.assign(columns, 0);
  work.shrunk.resize(columns);
  work.shades.emplace_back(columns, height / kShrink, 1);
  for (std::size_t y = 0; y < height; ++y) {
    png_read_row(work.png, work.row.data(), nullptr);
    for (std::size_t x = 0; x < columns * kShrink; ++x)
      work.sums[x / kShrink] += shade(&work.row[x * channels], channels);
    if ((y + 1) % kShrink != 0) continue;
    for (std::size_t x = 0; x < columns; ++x) {
      work.shrunk[x] = static_cast<unsigned char>(work.sums[x] / (kShrink * kShrink));
      work.sums[x] = 0;
    }
    work.shades[0].row(y / kShrink, work.shrunk.data());
  }
}

/// The passes of an interlaced picture as they come: there is no memory for all of it.
void decode_passes(PngWork& work, png_uint_32 width, png_uint_32 height, std::size_t channels) {
  work.row.resize(png_get_rowbytes(work.png, work.info));
  work.shrunk.resize(width);
  work.shades.emplace_back(width, height, 1);
  for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; ++pass) {
    const png_uint_32 columns = PNG_PASS_COLS(width, pass), rows = PNG_PASS_ROWS(height, pass);
    if (columns == 0) continue;
    for (png_uint_32 y = 0; y < rows; ++y) {
      png_read_row(work.png, work.row.data(), nullptr);
      // A pass holds fewer points to a row: they are put where their row and column is.
      for (png_uint_32 x = 0; x < width; ++x)
        work.shrunk[x] = static_cast<unsigned char>(
            shade(&work.row[std::size_t{x} * columns / width * channels], channels));
      work.shades[0].row(std::size_t{y} * height / rows, work.shrunk.data());
    }
  }
}

bool decode(PngWork& work) {
  work.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &work, png_gives_up, png_says);
  if (!work.png) return false;
  if (setjmp(png_jmpbuf(work.png)) != 0) return false;
  work.info = png_create_info_struct(work.png);
  png_set_read_fn(work.png, &work, png_takes);
  png_read_info(work.png, work.info);
  png_set_expand(work.png);
  png_set_strip_16(work.png);
  if ((png_get_color_type(work.png, work.info) & PNG_COLOR_MASK_COLOR) != 0)
    png_set_rgb_to_gray(work.png, PNG_ERROR_ACTION_NONE, PNG_RGB_TO_GRAY_DEFAULT,
                        PNG_RGB_TO_GRAY_DEFAULT);
  png_read_update_info(work.png, work.info);
  const png_uint_32 width = png_get_image_width(work.png, work.info);
  const png_uint_32 height = png_get_image_height(work.png, work.info);
  const std::size_t channels = png_get_channels(work.png, work.info);
  if (channels < 1 || channels > 2) return false;
  if (png_get_interlace_type(work.png, work.info) != PNG_INTERLACE_NONE)
    decode_passes(work, width, height, channels);
  else
    decode_rows(work, width, height, channels);
  return true;
}

Showing png_shows(std::string_view bytes) {
  PngWork work;
  work.rest = bytes;
  if (!decode(work)) return work.no_memory ? Showing::Unknown : Showing::Damaged;
  return work.shades[0].uniform() ? Showing::Nothing : Showing::Something;
}

}  // namespace

Showing what_shows(std::string_view image) {
  try {
    return image.starts_with("\xFF\xD8") ? jpeg_shows(image) : png_shows(image);
  } catch (const std::bad_alloc&) {
    return Showing::Unknown;
  }
}

namespace {

/// A PNG in the making; outlives a jump.
struct PngMaking {
  std::string out;
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::vector<unsigned char> pixels;  ///< of all rows of an interlaced picture, else of one
  std::vector<png_bytep> rows;
  std::vector<unsigned char> flat;

  PngMaking() = default;
  ~PngMaking() { png_destroy_write_struct(&png, &info); }
  PngMaking(const PngMaking&) = delete;
  PngMaking& operator=(const PngMaking&) = delete;
};

extern "C" {
static void png_gives(png_structp png, png_bytep bytes, std::size_t size) {
  static_cast<PngMaking*>(png_get_io_ptr(png))
      ->out.append(reinterpret_cast<const char*>(bytes), size);
}
static void png_gave(png_structp) {}
}

/// What is transparent becomes white paper.
void flatten(const unsigned char* row, std::size_t width, std::size_t channels,
             std::vector<unsigned char>& flat) {
  constexpr unsigned kWhite = 255;
  const std::size_t colours = channels <= 2 ? 1 : 3;
  for (std::size_t x = 0; x < width; ++x) {
    const unsigned char* sample = row + x * channels;
    const unsigned opaque = channels == colours ? kWhite : sample[colours];
    for (std::size_t c = 0; c < colours; ++c)
      flat[x * colours + c] = static_cast<unsigned char>(
          (sample[c] * opaque + kWhite * (kWhite - opaque) + kWhite / 2) / kWhite);
  }
}

bool copy_plain(PngWork& from, PngMaking& to) {
  from.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &from, png_gives_up, png_says);
  to.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &from, png_gives_up, png_says);
  if (!from.png || !to.png) return false;
  if (setjmp(png_jmpbuf(from.png)) != 0) return false;
  if (setjmp(png_jmpbuf(to.png)) != 0) return false;
  from.info = png_create_info_struct(from.png);
  to.info = png_create_info_struct(to.png);
  png_set_read_fn(from.png, &from, png_takes);
  png_set_write_fn(to.png, &to, png_gives, png_gave);
  png_read_info(from.png, from.info);
  png_set_expand(from.png);
  png_set_strip_16(from.png);
  const bool passes = png_set_interlace_handling(from.png) > 1;
  png_read_update_info(from.png, from.info);
  const std::size_t width = png_get_image_width(from.png, from.info);
  const std::size_t height = png_get_image_height(from.png, from.info);
  const std::size_t channels = png_get_channels(from.png, from.info);
  const std::size_t length = png_get_rowbytes(from.png, from.info);
  if (length != width * channels) return false;
  const std::size_t colours = channels <= 2 ? 1 : 3;
  to.flat.resize(width * colours);
  to.pixels.resize(passes ? length * height : length);
  png_set_IHDR(to.png, to.info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height),
               8, colours == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  constexpr int kQuick = 3;
  png_set_compression_level(to.png, kQuick);
  png_write_info(to.png, to.info);
  if (passes) {
    for (std::size_t y = 0; y < height; ++y) to.rows.push_back(&to.pixels[y * length]);
    png_read_image(from.png, to.rows.data());
  }
  for (std::size_t y = 0; y < height; ++y) {
    if (!passes) png_read_row(from.png, to.pixels.data(), nullptr);
    flatten(&to.pixels[passes ? y * length : 0], width, channels, to.flat);
    png_write_row(to.png, to.flat.data());
  }
  png_write_end(to.png, to.info);
  return true;
}

}  // namespace

std::string plain_png(std::string_view png) {
  PngWork from;
  from.rest = png;
  PngMaking to;
  try {
    return copy_plain(from, to) ? std::move(to.out) : std::string();
  } catch (const std::bad_alloc&) {
    return {};
  }
}

void warm_up_blank_image() {
  JpegEscape escape;
  jpeg_compress_struct jpeg{};
  jpeg.err = jpeg_std_error(&escape.manager);
  escape.manager.error_exit = jpeg_gives_up;
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  if (setjmp(escape.back) == 0) {
    constexpr unsigned kSide = 16;
    unsigned char row[kSide * 3] = {};
    unsigned char* rows = row;
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &size);
    jpeg.image_width = jpeg.image_height = kSide;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < kSide) jpeg_write_scanlines(&jpeg, &rows, 1);
    jpeg_finish_compress(&jpeg);
    what_shows({reinterpret_cast<const char*>(bytes), size});
  }
  jpeg_destroy_compress(&jpeg);
  std::free(bytes);
}

}  // namespace prepare
