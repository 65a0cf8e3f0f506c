#include "stages/prepare/attachment.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "pipeline/text.hpp"
#include "stages/prepare/bytes.hpp"
#include "stages/prepare/image.hpp"
#include "stages/prepare/pdf_glance.hpp"

namespace prepare {

namespace {

using std::string_view;

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
  // OpenDocument (LibreOffice): its first entry says so, stored.
  constexpr std::size_t kLocalHeader = 30;
  if (bytes.size() > kLocalHeader &&
      bytes.substr(kLocalHeader).starts_with("mimetypeapplication/vnd.oasis.opendocument"))
    return "odf";
  return "zip";
}

std::string joined(const std::string& before, const char* more) {
  return before.empty() ? more : before + "；" + more;
}

/// What the receipt says of a picture that is fine.
std::string remark(const Image& image) {
  std::string out;
  if (image.orientation != 1) out = joined(out, "照片需按拍摄方向转正");
  if (image.colour == Colour::Cmyk || image.colour == Colour::Ycck)
    out = joined(out, "印刷用的 CMYK 颜色");
  constexpr int kDeep = 16;
  if (image.bits == kDeep) out = joined(out, "16 位色深");
  if (image.located) out = joined(out, "含拍摄位置信息");
  return out;
}

void inspect_image(string_view b, const Limits& limits, Inspection& out) {
  const Image& image = out.image = look_at_image(out.type, b, limits.image_megapixels, &out.jpeg);
  if (!image.damage.empty()) {
    out.flaw = Flaw::Corrupt;
    out.why = image.damage + "。";
  } else if (!image.unreadable.empty()) {
    out.flaw = Flaw::Unreadable;
    out.why = image.unreadable;
  } else {
    out.note = remark(image);
    if (image.sparse) out.doubt = Doubt::Blank;
  }
}

/// An office document with a password is an OLE file whose directory lists this stream.
bool is_encrypted_document(string_view b) {
  static constexpr string_view kEncrypted("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", 32);
  constexpr std::size_t kHeader = 512, kWindow = 65536;
  if (b.size() < kHeader) return false;
  const unsigned shift = little16(b, 30);
  const std::uint64_t directory = shift <= 16 ? (std::uint64_t{little32(b, 48)} + 1) << shift : 0;
  return has(head(b, kWindow), kEncrypted) ||
         (directory < b.size() && has(b.substr(directory, kWindow), kEncrypted));
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
    if (b.substr(8, 4) == "avif") return "avif";
  }
  if (b.starts_with("BM") && b.size() >= 14 && little32(b, 6) == 0) return "bmp";
  if (has(head(b, 1024), "%PDF-")) return "pdf";
  if (looks_like_text(b) || b.starts_with("\xFF\xFE") || b.starts_with("\xFE\xFF")) {
    const auto text = pipeline::trim(head(b, 64));
    return text.starts_with('{') || text.starts_with('[') ? "json" : "text";
  }
  return "unknown";
}

Inspection inspect(string_view bytes, const Limits& limits) {
  Inspection out;
  out.type = sniff_type(bytes);
  if (out.type == "empty") {
    out.flaw = Flaw::Empty;
  } else if (out.type == "jpeg" || out.type == "png" || out.type == "bmp" || out.type == "tiff") {
    inspect_image(bytes, limits, out);
  } else if (out.type == "pdf") {
    const PdfGlance pdf = glance_at_pdf(bytes);
    out.pages = pdf.pages;
    if (!pdf.sure) out.doubt = Doubt::Pdf;
  } else if (out.type == "ole" && is_encrypted_document(bytes)) {
    out.flaw = Flaw::Encrypted;
  }
  return out;
}

std::string type_label(string_view type) {
  using Label = std::pair<string_view, const char*>;
  static constexpr std::array kLabels{
      Label{"jpeg", "JPG 图片"},
      Label{"png", "PNG 图片"},
      Label{"pdf", "PDF 文件"},
      Label{"tiff", "TIFF 图片"},
      Label{"bmp", "BMP 图片"},
      Label{"gif", "GIF 图片"},
      Label{"webp", "WebP 图片"},
      Label{"heic", "HEIC 图片（苹果手机照片）"},
      Label{"avif", "AVIF 图片"},
      Label{"ofd", "OFD 文件"},
      Label{"ole", "旧版 Office 或 WPS 文档"},
      Label{"ooxml", "Word/Excel 文档"},
      Label{"odf", "OpenDocument 文档（.ods、.odt）"},
      Label{"json", "JSON 文件"},
      Label{"zip", "ZIP 压缩包"},
      Label{"rar", "RAR 压缩包"},
      Label{"7z", "7z 压缩包"},
      Label{"text", "文本文件"},
      Label{"empty", "空文件"},
  };
  for (const auto& [name, label] : kLabels)
    if (name == type) return label;
  return "无法识别的文件";
}

std::string conversion(string_view type) {
  using Way = std::pair<string_view, const char*>;
  static constexpr const char* kOffice = "请用 Word、Excel 或 WPS 打开，另存（导出）为 PDF。";
  static constexpr const char* kUnpack = "请先解压，把其中的扫描件直接放进材料包。";
  static constexpr std::array kWays{
      Way{"heic", "请在手机相册中把照片导出为 JPG，或在“设置→相机→格式”中选“兼容性最佳”后重拍。"},
      Way{"avif", "请用看图软件打开，另存为 JPG。"},
      Way{"webp", "请用看图软件或“画图”打开，另存为 JPG。"},
      Way{"gif", "请用“画图”打开，另存为 JPG。"},
      Way{"bmp", "请用“画图”打开，另存为 JPG。"},
      Way{"tiff", "请用看图软件打开，另存为 JPG；有多页的导出为 PDF。"},
      Way{"ofd", "请用 OFD 阅读器或 WPS 打开，导出为 PDF。"},
      Way{"ole", kOffice},
      Way{"ooxml", kOffice},
      Way{"odf", kOffice},
      Way{"zip", kUnpack},
      Way{"rar", kUnpack},
      Way{"7z", kUnpack},
      Way{"text", "请打印后扫描，或导出为 PDF。"},
      Way{"json", "请打印后扫描，或导出为 PDF。"},
  };
  for (const auto& [name, way] : kWays)
    if (name == type) return way;
  return "请确认文件能在电脑上正常打开。";
}

bool is_scan_type(string_view type) {
  return type == "jpeg" || type == "png" || type == "pdf" || type == "tiff" || type == "bmp";
}

}  // namespace prepare
