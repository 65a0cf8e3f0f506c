#include "app/sample_zip.hpp"

#include <zlib.h>

#include <algorithm>
#include <cassert>

#include "pipeline/text.hpp"

namespace app {
namespace {

void put(std::string& to, std::uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>((number >> (8 * i)) & 0xFF);
}

/// Raw deflate blocks that end on a byte and do not end the stream.
std::string deflate_part(std::string_view bytes) {
  z_stream stream{};
  [[maybe_unused]] int answer =
      deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  assert(answer == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()) + 16, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  answer = deflate(&stream, Z_SYNC_FLUSH);
  assert(answer == Z_OK && stream.avail_in == 0 && stream.avail_out > 0);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

void append_deflated(std::string& out, const Piece& piece) {
  if (piece.shared) {
    out += piece.shared->deflated;
  } else if (piece.own.size() > 200) {
    out += deflate_part(piece.own);
  } else if (!piece.own.empty()) {
    const auto size = static_cast<std::uint16_t>(piece.own.size());
    out += '\0';  // a stored block, not the last
    put(out, size, 2);
    put(out, static_cast<std::uint16_t>(~size), 2);
    out += piece.own;
  }
}

std::uint32_t crc_of_content(const Content& content) {
  uLong crc = 0;
  for (const Piece& piece : content) {
    const std::string& bytes = piece.shared ? piece.shared->bytes : piece.own;
    const uLong part = piece.shared ? piece.shared->crc : crc_of(bytes);
    crc = crc32_combine(crc, part, static_cast<z_off_t>(bytes.size()));
  }
  return static_cast<std::uint32_t>(crc);
}

/// GBK has two-byte codes only; GB18030 writes the rest with a digit as the second of four bytes.
bool in_gbk(std::string_view gb18030) {
  for (std::size_t i = 0; i < gb18030.size(); ++i) {
    if (static_cast<unsigned char>(gb18030[i]) < 0x80) continue;
    ++i;
    if (i < gb18030.size() && gb18030[i] >= '0' && gb18030[i] <= '9') return false;
  }
  return true;
}

bool all_in_gbk(const std::vector<ZipEntry>& entries) {
  return std::all_of(entries.begin(), entries.end(), [](const ZipEntry& entry) {
    const auto name = pipeline::to_gb18030(entry.name);
    return name && in_gbk(*name);
  });
}

}  // namespace

std::uint32_t crc_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

std::shared_ptr<const Blob> make_blob(std::string bytes) {
  auto blob = std::make_shared<Blob>();
  blob->deflated = deflate_part(bytes);
  blob->crc = crc_of(bytes);
  blob->bytes = std::move(bytes);
  return blob;
}

Content own(std::string bytes) {
  return {Piece{std::move(bytes), nullptr}};
}

std::size_t size_of(const Content& content) {
  std::size_t size = 0;
  for (const Piece& piece : content)
    size += (piece.shared ? piece.shared->bytes : piece.own).size();
  return size;
}

std::string zip_bytes(const std::vector<ZipEntry>& entries, ZipStyle style, int minutes) {
  const bool gbk = style.names == NameCoding::Gbk || style.names == NameCoding::GbkUnicodeExtra;
  if (gbk && !all_in_gbk(entries)) style.names = NameCoding::Utf8;

  std::string out, directory;
  std::size_t expected = 0;
  for (const ZipEntry& entry : entries) expected += size_of(entry.content) + 300;
  out.reserve(expected + expected / 1000);

  const std::uint16_t clock =
      static_cast<std::uint16_t>((minutes / 60 % 24) << 11 | (minutes % 60) << 5);
  const std::uint16_t date =
      static_cast<std::uint16_t>((2026 - 1980) << 9 | 11 << 5 | (20 + minutes / 1440));
  for (const ZipEntry& entry : entries) {
    std::string name = entry.name, extra;
    if (style.names == NameCoding::Gbk || style.names == NameCoding::GbkUnicodeExtra)
      name = *pipeline::to_gb18030(entry.name);
    if (style.names == NameCoding::GbkUnicodeExtra && name != entry.name) {
      put(extra, 0x7075, 2);
      put(extra, entry.name.size() + 5, 2);
      put(extra, 1, 1);
      put(extra, crc_of(name), 4);
      extra += entry.name;
    }
    const bool folder = entry.name.ends_with('/');
    const bool deflated = style.deflate && !folder && size_of(entry.content) > 0;
    const bool descriptor = style.descriptors && !folder;
    const std::uint16_t flags =
        static_cast<std::uint16_t>((style.encrypted ? 1 : 0) | (descriptor ? 8 : 0) |
                                   (style.names == NameCoding::Utf8 ? 0x800 : 0));

    std::string data;
    if (deflated) {
      for (const Piece& piece : entry.content) append_deflated(data, piece);
      data += std::string("\x01\x00\x00\xFF\xFF", 5);  // an empty last block
    } else {
      for (const Piece& piece : entry.content)
        data += piece.shared ? piece.shared->bytes : piece.own;
    }
    const std::uint32_t crc = crc_of_content(entry.content);
    const std::size_t size = size_of(entry.content), offset = out.size();

    const auto common = [&](std::string& to, bool sizes) {
      put(to, 20, 2);
      put(to, flags, 2);
      put(to, deflated ? 8 : 0, 2);
      put(to, clock, 2);
      put(to, date, 2);
      put(to, sizes ? crc : 0, 4);
      put(to, sizes ? data.size() : 0, 4);
      put(to, sizes ? size : 0, 4);
      put(to, name.size(), 2);
      put(to, extra.size(), 2);
    };
    out += "PK\x03\x04";
    common(out, !descriptor);
    out += name + extra;
    out += data;
    if (descriptor) {
      out += "PK\x07\x08";
      put(out, crc, 4);
      put(out, data.size(), 4);
      put(out, size, 4);
    }

    directory += "PK\x01\x02";
    put(directory, style.unix_host ? 0x0315 : 0x0014, 2);
    common(directory, true);
    put(directory, 0, 2);  // comment
    put(directory, 0, 2);  // disk
    put(directory, 0, 2);
    const std::uint32_t mode = folder ? 040755 : 0100644;
    put(directory, (style.unix_host ? mode << 16 : 0) | (folder ? 0x10 : 0x20), 4);
    put(directory, offset, 4);
    directory += name + extra;
  }
  const std::size_t start = out.size();
  out += directory;
  out += "PK\x05\x06";
  put(out, 0, 4);
  put(out, entries.size(), 2);
  put(out, entries.size(), 2);
  put(out, directory.size(), 4);
  put(out, start, 4);
  put(out, 0, 2);
  return out;
}

}  // namespace app
