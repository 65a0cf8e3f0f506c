#include "stages/prepare/attachment.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "pipeline/text.hpp"
#include "stages/prepare/pdf_glance.hpp"

namespace prepare {

namespace {

using std::string_view;

unsigned byte(string_view s, std::size_t at) {
  return static_cast<unsigned char>(s[at]);
}
unsigned big16(string_view s, std::size_t at) {
  return byte(s, at) << 8 | byte(s, at + 1);
}
std::uint32_t big32(string_view s, std::size_t at) {
  return std::uint32_t{big16(s, at)} << 16 | big16(s, at + 2);
}
unsigned little16(string_view s, std::size_t at) {
  return byte(s, at) | byte(s, at + 1) << 8;
}
std::uint32_t little32(string_view s, std::size_t at) {
  return std::uint32_t{little16(s, at + 2)} << 16 | little16(s, at);
}

string_view head(string_view s, std::size_t n) {
  return s.substr(0, n);
}
string_view tail(string_view s, std::size_t n) {
  return s.size() > n ? s.substr(s.size() - n) : s;
}
bool has(string_view s, string_view what) {
  return s.find(what) != s.npos;
}

bool looks_like_text(string_view bytes) {
  const string_view sample = head(bytes, 4096);
  return std::none_of(sample.begin(), sample.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f';
  });
}

std::string zip_type(string_view bytes) {
  // The names in the central directory tell what kind of document it is.
  const string_view names = tail(bytes, 65536);
  if (has(names, "OFD.xml")) return "ofd";
  if (has(names, "[Content_Types].xml") || has(head(bytes, 512), "[Content_Types].xml"))
    return "ooxml";
  return "zip";
}

void inspect_jpeg(string_view b, Inspection& out) {
  std::size_t at = 2;
  while (at + 4 <= b.size()) {
    if (byte(b, at) != 0xFF) break;
    const unsigned marker = byte(b, at + 1);
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
      at += 2;
      continue;
    }
    const unsigned length = big16(b, at + 2);
    if (length < 2 || b.size() - at - 2 < length) break;
    const bool frame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame && length >= 8 && out.width == 0) {
      out.height = static_cast<int>(big16(b, at + 5));
      out.width = static_cast<int>(big16(b, at + 7));
    }
    at += 2 + length;
    if (marker != 0xDA) continue;
    if (out.width == 0 || out.height == 0) break;
    // A stuffed zero follows every FF of the coded data, so that FF D9 can only be the end (telephones append more after it).
    if (b.substr(at).rfind("\xFF\xD9") == b.npos) out.damage = "图片不完整，缺少结尾";
    return;
  }
  out.damage = "图片结构损坏";
}

void inspect_png(string_view b, Inspection& out) {
  std::size_t at = 8;
  bool data = false;
  while (b.size() - at >= 12) {
    const std::uint32_t length = big32(b, at);
    const string_view kind = b.substr(at + 4, 4);
    if (length > b.size() - at - 12) break;
    if (at == 8) {
      if (kind != "IHDR" || length != 13) break;
      const std::uint32_t width = big32(b, at + 8), height = big32(b, at + 12);
      if (width == 0 || height == 0 || width > 1'000'000 || height > 1'000'000) break;
      out.width = static_cast<int>(width);
      out.height = static_cast<int>(height);
    }
    data = data || kind == "IDAT";
    if (kind == "IEND") {
      if (!data) out.damage = "图片没有内容";
      return;
    }
    at += 12 + std::size_t{length};
  }
  out.damage = out.width > 0 ? "图片不完整，缺少结尾" : "图片结构损坏";
}

void inspect_bmp(string_view b, Inspection& out) {
  if (b.size() < 26) {
    out.damage = "图片结构损坏";
    return;
  }
  const auto width = static_cast<std::int32_t>(little32(b, 18));
  const auto height = static_cast<std::int32_t>(little32(b, 22));
  if (width <= 0 || height == 0 || width > 1'000'000 || height > 1'000'000 || height < -1'000'000) {
    out.damage = "图片结构损坏";
    return;
  }
  out.width = width;
  out.height = height < 0 ? -height : height;
  if (little32(b, 2) > b.size()) out.damage = "图片不完整";
}

void inspect_tiff(string_view b, Inspection& out) {
  const bool little = b[0] == 'I';
  const auto u16 = [&](std::size_t at) { return little ? little16(b, at) : big16(b, at); };
  const auto u32 = [&](std::size_t at) { return little ? little32(b, at) : big32(b, at); };
  const std::uint64_t directory = b.size() >= 8 ? u32(4) : 0;
  if (directory < 8 || directory + 2 > b.size()) {
    out.damage = "图片不完整";
    return;
  }
  const unsigned count = u16(directory);
  for (unsigned i = 0; i < count && directory + 2 + (i + 1) * 12ull <= b.size(); ++i) {
    const std::size_t at = directory + 2 + i * 12ull;
    const std::uint32_t value = u16(at + 2) == 3 ? u16(at + 8) : u32(at + 8);
    if (u16(at) == 256) out.width = static_cast<int>(std::min<std::uint32_t>(value, 1'000'000));
    if (u16(at) == 257) out.height = static_cast<int>(std::min<std::uint32_t>(value, 1'000'000));
  }
  if (out.width == 0 || out.height == 0) out.damage = "图片结构损坏";
}

}  // namespace

std::string sniff_type(string_view b) {
  using Magic = std::pair<string_view, const char*>;
  static constexpr std::array kMagic{
      Magic{"\xFF\xD8\xFF", "jpeg"},
      Magic{"\x89PNG\r\n\x1A\n", "png"},
      Magic{"GIF87a", "gif"},
      Magic{"GIF89a", "gif"},
      Magic{"Rar!\x1A\x07", "rar"},
      Magic{"7z\xBC\xAF\x27\x1C", "7z"},
      Magic{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "ole"},
      Magic{string_view("II*\0", 4), "tiff"},
      Magic{string_view("MM\0*", 4), "tiff"},
  };
  if (b.empty()) return "empty";
  for (const auto& [magic, type] : kMagic)
    if (b.starts_with(magic)) return type;
  if (b.starts_with("PK\x03\x04") || b.starts_with("PK\x05\x06")) return zip_type(b);
  if (b.starts_with("RIFF") && b.size() >= 12 && b.substr(8, 4) == "WEBP") return "webp";
  if (b.size() >= 12 && b.substr(4, 4) == "ftyp") {
    for (const string_view brand : {"heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"})
      if (b.substr(8, 4) == brand) return "heic";
  }
  if (b.starts_with("BM") && b.size() >= 14 && little32(b, 6) == 0) return "bmp";
  if (has(head(b, 1024), "%PDF-")) return "pdf";
  if (looks_like_text(b) || b.starts_with("\xFF\xFE") || b.starts_with("\xFE\xFF")) {
    const auto text = pipeline::trim(head(b, 64));
    return text.starts_with('{') || text.starts_with('[') ? "json" : "text";
  }
  return "unknown";
}

Inspection inspect(string_view bytes) {
  Inspection out;
  out.type = sniff_type(bytes);
  if (out.type == "jpeg")
    inspect_jpeg(bytes, out);
  else if (out.type == "png")
    inspect_png(bytes, out);
  else if (out.type == "bmp")
    inspect_bmp(bytes, out);
  else if (out.type == "tiff")
    inspect_tiff(bytes, out);
  else if (out.type == "pdf") {
    const PdfGlance pdf = glance_at_pdf(bytes);
    out.pages = pdf.pages;
    out.encrypted = pdf.encrypted;
    if (!pdf.whole)
      out.damage = "PDF 不完整，缺少结尾";
    else if (pdf.empty)
      out.damage = "PDF 没有页面";
  } else if (out.type == "ole") {
    // An office document with a password is an OLE file that holds this stream.
    static constexpr string_view kEncrypted("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", 32);
    out.encrypted = has(head(bytes, 65536), kEncrypted);
  }
  return out;
}

std::string type_label(string_view type) {
  using Label = std::pair<string_view, const char*>;
  static constexpr std::array kLabels{
      Label{"jpeg", "JPG 图片"},         Label{"png", "PNG 图片"},
      Label{"pdf", "PDF 文件"},          Label{"tiff", "TIFF 图片"},
      Label{"bmp", "BMP 图片"},          Label{"gif", "GIF 图片"},
      Label{"webp", "WebP 图片"},        Label{"heic", "HEIC 图片（苹果手机照片）"},
      Label{"ofd", "OFD 文件"},          Label{"ole", "旧版 Office 或 WPS 文档"},
      Label{"ooxml", "Word/Excel 文档"}, Label{"json", "JSON 文件"},
      Label{"zip", "ZIP 压缩包"},        Label{"rar", "RAR 压缩包"},
      Label{"7z", "7z 压缩包"},          Label{"text", "文本文件"},
      Label{"empty", "空文件"},
  };
  for (const auto& [name, label] : kLabels)
    if (name == type) return label;
  return "无法识别的文件";
}

bool is_scan_type(string_view type) {
  return type == "jpeg" || type == "png" || type == "pdf" || type == "tiff" || type == "bmp";
}

}  // namespace prepare
