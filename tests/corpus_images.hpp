#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "tests/image_files.hpp"

// Pictures as they come, odd and hostile, and what is sent in place of one: for each what must be said of it. One more is one line.

namespace corpus {

using image_files::chunk;
using image_files::exif;
using image_files::Jpeg;
using image_files::little;
using image_files::Png;
using image_files::real_jpeg;
using image_files::segment;

struct Picture {
  std::string name;
  std::string bytes;
  std::string codes;      ///< of ATTACHMENT_…, without that
  std::string text = {};  ///< that the messages must hold
};

inline std::string cut(std::string bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}

inline std::vector<Picture> jpegs() {
  const std::string good = Jpeg().bytes();
  const std::string thumbnail =
      exif(image_files::tiff(true, {{0x0112, 1}}) + Jpeg().bytes().substr(0, 9) + "\xFF\xD9");
  std::string zeroed = good;
  std::fill(zeroed.end() - 50'000, zeroed.end(), '\0');
  return {
      {"baseline", good, ""},
      {"progressive", Jpeg{.frame = 0xC2}.bytes(), ""},
      {"extended", Jpeg{.frame = 0xC1}.bytes(), ""},
      {"grey", Jpeg{.components = 1}.bytes(), ""},
      {"of four colours", Jpeg{.components = 4}.bytes(), ""},
      {"twelve bits", Jpeg{.frame = 0xC1, .bits = 12}.bytes(), "UNREADABLE", "另存为普通 JPG"},
      {"lossless", Jpeg{.frame = 0xC3}.bytes(), "UNREADABLE", "少见"},
      {"hierarchical", Jpeg{.frame = 0xC5}.bytes(), "UNREADABLE"},
      {"arithmetic", Jpeg{.frame = 0xC9}.bytes(), "UNREADABLE"},
      {"arithmetic, progressive", Jpeg{.frame = 0xCA}.bytes(), "UNREADABLE"},
      {"no component", Jpeg{.components = 0}.bytes(), "CORRUPT"},
      {"two components", Jpeg{.components = 2}.bytes(), "CORRUPT"},
      {"no height", Jpeg{.height = 0}.bytes(), "CORRUPT", "为零"},
      {"no width", Jpeg{.width = 0}.bytes(), "CORRUPT", "为零"},
      {"gigantic", Jpeg{.width = 60'000, .height = 60'000}.bytes(), "UNREADABLE", "60000×60000"},
      {"as large as can be written", Jpeg{.width = 65'535, .height = 65'535}.bytes(), "UNREADABLE",
       "300 dpi"},
      {"no end", Jpeg{.end = ""}.bytes(), "CORRUPT", "不完整"},
      {"half of it", cut(good, good.size() / 2), "CORRUPT", "不完整"},
      {"its end zeros", zeroed, "CORRUPT", "不完整"},
      {"three bytes", "\xFF\xD8\xFF", "CORRUPT"},
      {"cut in the frame", cut(good, 12), "CORRUPT"},
      {"cut, its thumbnail whole", Jpeg{.before = thumbnail, .end = ""}.bytes(), "CORRUPT"},
      {"a telephone's appendix", Jpeg{.end = "\xFF\xD9" + std::string(3000, 'a')}.bytes(), ""},
      {"a film behind it", Jpeg{.end = "\xFF\xD9" + std::string(1u << 20, 'a')}.bytes(), ""},
      {"a cut scan, and zeros like a film", Jpeg{.end = std::string(1u << 20, '\0')}.bytes(),
       "CORRUPT"},
      {"no frame", Jpeg{.framed = false}.bytes(), "CORRUPT"},
      {"two frames", Jpeg{.before = Jpeg().bytes().substr(2, 19)}.bytes(), "CORRUPT"},
      {"a segment shorter than its length", Jpeg{.before = std::string("\xFF\xE0\0\1", 4)}.bytes(),
       "CORRUPT"},
      {"a segment longer than the file", Jpeg{.before = "\xFF\xE0\xFF\xFF", .scan = 30'000}.bytes(),
       "CORRUPT"},
      {"filled before markers",
       Jpeg{.before = "\xFF\xFF\xFF\xFF" + segment(0xE0, "JFIF").substr(1)}.bytes(), ""},
      {"the end before the scan", Jpeg{.after = "\xFF\xD9"}.bytes(), "CORRUPT", "没有内容"},
      {"rubbish between segments", Jpeg{.after = "rubbish"}.bytes(), "CORRUPT"},
      {"a second beginning", Jpeg{.after = "\xFF\xD8"}.bytes(), "CORRUPT"},
      {"nothing but filling", "\xFF\xD8" + std::string(100'000, '\xFF'), "CORRUPT"},
      {"coarse", Jpeg{.width = 300, .height = 200}.bytes(), "LOW_RESOLUTION", "300×200"},
  };
}

inline std::vector<Picture> pngs() {
  const std::string good = Png().bytes();
  std::string lie = good;
  lie[20] = 1;
  std::string other_first = "\x89PNG\r\n\x1A\n" + chunk("tEXt", "x") + good.substr(8);
  std::string endless = good.substr(0, 33) + "\xFF\xFF\xFF\xFF" + "IDAT" + good.substr(41);
  return {
      {"plain", good, ""},
      {"sixteen bits and alpha", Png{.bits = 16, .colour = 6}.bytes(), ""},
      {"palette", Png{.bits = 4, .colour = 3}.bytes(), ""},
      {"one bit", Png{.bits = 1, .colour = 0}.bytes(), ""},
      {"interlaced", Png{.interlace = 1}.bytes(), ""},
      {"colours of four bits", Png{.bits = 4}.bytes(), "CORRUPT"},
      {"three bits", Png{.bits = 3, .colour = 0}.bytes(), "CORRUPT"},
      {"255 bits", Png{.bits = 255, .colour = 0}.bytes(), "CORRUPT"},
      {"no such colour", Png{.colour = 5}.bytes(), "CORRUPT"},
      {"no such interlace", Png{.interlace = 2}.bytes(), "CORRUPT"},
      {"a header that its checksum denies", lie, "CORRUPT"},
      {"no width", Png{.width = 0}.bytes(), "CORRUPT", "为零"},
      {"gigantic", Png{.width = 60'000, .height = 60'000}.bytes(), "UNREADABLE", "60000×60000"},
      {"four thousand million wide", Png{.width = 0xFFFFFFFF, .height = 600}.bytes(), "UNREADABLE"},
      {"no data", Png{.data = ""}.bytes(), "CORRUPT", "没有内容"},
      {"no end", Png{.ends = false}.bytes(), "CORRUPT", "不完整"},
      {"half of it", cut(good, good.size() / 2), "CORRUPT", "不完整"},
      {"eight bytes", good.substr(0, 8), "CORRUPT"},
      {"another chunk first", other_first, "CORRUPT"},
      {"a chunk longer than the file", endless, "CORRUPT"},
      {"a million empty chunks",
       Png{.before =
               [] {
                 std::string all;
                 for (int i = 0; i < 1'000'000; ++i) all += std::string("\0\0\0\0tEXtabcd", 12);
                 return all;
               }()}
           .bytes(),
       ""},
  };
}

inline std::vector<Picture> other_pictures() {
  using image_files::tiff;
  const std::string bmp = "BM" + little(2000, 4) + little(0, 4) + little(54, 4) + little(40, 4) +
                          little(1200, 4) + little(900, 4) + little(1, 2) + little(24, 2) +
                          std::string(2000, 'x');
  const std::string box =
      "\0\0\0\x18"
      "ftyp";
  const std::string size("\0\0\0\x18", 4);
  return {
      {"bmp", bmp, "CONVERT", "另存为 JPG"},
      {"bmp, cut", cut(bmp, 100), "CORRUPT"},
      {"bmp, its header cut", cut(bmp, 20), "CORRUPT"},
      {"bmp without width", cut(bmp, 18) + std::string(40, '\0'), "CORRUPT"},
      {"tiff", tiff(true, {{256, 1200}, {257, 900}}), "CONVERT", "导出为 PDF"},
      {"tiff of the other order", tiff(false, {{256, 1200}, {257, 900}}), "CONVERT"},
      {"tiff without size", tiff(true, {}), "CORRUPT"},
      {"tiff, cut", "II*" + std::string("\0\xFF\xFF\0\0", 5), "CORRUPT"},
      {"tiff, gigantic", tiff(true, {{256, 60'000}, {257, 60'000}}), "UNREADABLE"},
      {"heic", size + "ftypheic" + std::string(100, 'x'), "TYPE", "兼容性最佳"},
      {"avif", size + "ftypavif" + std::string(100, 'x'), "TYPE", "AVIF"},
      {"webp", "RIFF" + little(100, 4) + "WEBPVP8 " + std::string(100, 'x'), "TYPE", "画图"},
      {"gif", "GIF89a" + std::string(100, 'x'), "TYPE", "GIF"},
      {"ofd", zip_builder::Builder().add("OFD.xml", "<x/>").end(), "TYPE", "OFD 阅读器"},
      {"doc", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(600, '\0'), "TYPE", "导出）为 PDF"},
      {"rar", "Rar!\x1A\x07\x01" + std::string(100, 'x'), "TYPE", "先解压"},
      {"zip", zip_builder::Builder().add("a.jpg", "x").end(), "TYPE", "先解压"},
      {"text", "just text", "TYPE", "扫描"},
      {"noise", std::string("\1\2\3\4\5", 5), "TYPE", "无法识别"},
      {"nothing", "", "EMPTY"},
  };
}

inline unsigned char paper(unsigned x, unsigned y) {
  const unsigned noise = (x * 7919 + y * 104'729) % 7;
  return static_cast<unsigned char>(x < 30 ? 90 : 240 + noise);
}
/// One line of writing.
inline unsigned char line(unsigned x, unsigned y) {
  const bool ink = y >= 400 && y < 440 && x >= 300 && x < 1300 && (x / 6 + y / 9) % 3 == 0;
  return ink ? 30 : 250;
}

inline std::string page(const image_files::Paint& paint, int components = 3,
                        bool progressive = false) {
  return real_jpeg(1654, 2339, paint, components, progressive);
}

inline std::vector<Picture> blank_sheets() {
  const auto white = [](unsigned, unsigned) -> unsigned char { return 255; };
  const auto black = [](unsigned, unsigned) -> unsigned char { return 0; };
  const std::string grey_png =
      Png{.width = 2480, .height = 3508, .colour = 0, .data = image_files::zeros(2481ull * 3508)}
          .bytes();
  return {
      {"white", page(white), "BLANK", "空白页"},
      {"black", page(black), "BLANK"},
      {"paper with a scanner's edge", page(paper, 1), "BLANK"},
      {"white, progressive", page(white, 3, true), "BLANK"},
      {"white, four colours", page(white, 4), "BLANK"},
      {"white, grey", page(white, 1), "BLANK"},
      {"black PNG", grey_png, "BLANK"},
      {"clear PNG",
       Png{.width = 2480,
           .height = 3508,
           .colour = 6,
           .data = image_files::zeros(2480ull * 4 * 3508 + 3508)}
           .bytes(),
       "BLANK"},
      {"PNG of one bit",
       Png{.width = 2480,
           .height = 3508,
           .bits = 1,
           .colour = 0,
           .data = image_files::zeros(311ull * 3508)}
           .bytes(),
       "BLANK"},
      {"PNG of sixteen bits",
       Png{.width = 1240, .height = 1754, .bits = 16, .data = image_files::zeros(7441ull * 1754)}
           .bytes(),
       "BLANK"},
      {"PNG, interlaced",
       Png{.width = 1240,
           .height = 1754,
           .colour = 0,
           .interlace = 1,
           .data = image_files::zeros(1240ull * 1754 + 4000)}
           .bytes(),
       "BLANK"},
      {"a line of writing", page(line), ""},
      {"a line of writing, grey", page(line, 1), ""},
      {"a scan of rubbish", Jpeg{.scan = 100}.bytes(), "CORRUPT", "残缺"},
      {"PNG of rubbish", Png{.data = "rubbish"}.bytes(), "CORRUPT", "残缺"},
      {"PNG that ends early",
       Png{.width = 2480, .height = 3508, .colour = 0, .data = image_files::zeros(2481ull * 1000)}
           .bytes(),
       "CORRUPT", "残缺"},
      {"196 million zeros",
       Png{.width = 14'000,
           .height = 14'000,
           .bits = 1,
           .colour = 0,
           .data = image_files::zeros(1751ull * 14'000)}
           .bytes(),
       "BLANK"},
  };
}

/// As telephones hold and place them.
inline std::vector<Picture> turned_pictures() {
  std::vector<Picture> all;
  for (unsigned o = 1; o <= 8; ++o)
    all.push_back({"held " + std::to_string(o),
                   Jpeg{.before = image_files::turned(o), .scan = 100'000 + o}.bytes(), "",
                   o == 1 ? "" : "转正"});
  const std::string placed = image_files::tiff(false, {{0x0112, 3}}, true);
  all.push_back({"placed", Jpeg{.before = exif(placed)}.bytes(), "", "位置"});
  all.push_back({"placed, PNG", Png{.before = chunk("eXIf", placed)}.bytes(), "", "位置"});
  return all;
}

}  // namespace corpus
