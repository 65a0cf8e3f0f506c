#include "stages/produce/repack.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "pipeline/ahead.hpp"
#include "pipeline/fault.hpp"
#include "stages/produce/spreadsheet.hpp"

namespace produce {

namespace {

using pipeline::Fault;
using pipeline::FaultKind;

constexpr std::size_t kLocal = 30, kCentral = 46, kEnd = 22;
constexpr std::size_t kRowsAPiece = 512;
constexpr int kLevel = 1;  // four times as quick as the usual 6, and a third larger

[[noreturn]] void unexpected(const std::string& what) {
  throw Fault(FaultKind::Stop, "pack the workbook", what);
}

std::uint32_t number(std::string_view bytes, std::size_t at, int length) {
  std::uint32_t value = 0;
  for (int i = length - 1; i >= 0; --i)
    value = value << 8 | static_cast<unsigned char>(bytes.at(at + static_cast<std::size_t>(i)));
  return value;
}

void set(std::string& bytes, std::size_t at, std::uint64_t value, int length = 4) {
  if (length == 4 && value > std::numeric_limits<std::uint32_t>::max())
    unexpected("a sheet is larger than 4 GB");
  for (int i = 0; i < length; ++i)
    bytes.at(at + static_cast<std::size_t>(i)) = static_cast<char>(value >> (8 * i) & 0xFF);
}

class Output {
 public:
  explicit Output(const std::string& path)
      : path_(path), file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
    if (file_ < 0) fail();
  }
  ~Output() {
    if (file_ >= 0) ::close(file_);
  }
  void write(std::string_view bytes) {
    write_at(bytes, size_);
    size_ += bytes.size();
  }
  void write_at(std::string_view bytes, std::uint64_t at) {
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (n <= 0) fail();
      at += static_cast<std::uint64_t>(n);
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  void close() {
    if (::close(std::exchange(file_, -1)) != 0) fail();
  }
  std::uint64_t size() const { return size_; }

 private:
  [[noreturn]] void fail() const {
    throw Fault(FaultKind::Retry, "write " + path_, std::strerror(errno));
  }
  std::string path_;
  int file_;
  std::uint64_t size_ = 0;
};

std::string read_all(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw Fault(FaultKind::Retry, "read " + path, std::strerror(errno));
  std::string bytes, part(1U << 16, '\0');
  ssize_t n = 0;
  while ((n = ::read(file, part.data(), part.size())) > 0)
    bytes.append(part, 0, static_cast<std::size_t>(n));
  ::close(file);
  if (n < 0) throw Fault(FaultKind::Retry, "read " + path, std::strerror(errno));
  return bytes;
}

struct Entry {
  std::string central;  ///< its record in the central directory
  std::string name;
  std::size_t header = 0, end = 0;  ///< where its bytes lie
};

std::vector<Entry> entries_of(std::string_view zip) {
  if (zip.size() < kEnd || number(zip, zip.size() - kEnd, 4) != 0x06054b50)
    unexpected("no directory at the end");
  const std::size_t directory = number(zip, zip.size() - 6, 4);
  std::vector<Entry> entries;
  std::size_t at = directory;
  for (std::size_t i = number(zip, zip.size() - 12, 2); i > 0; --i) {
    const std::size_t names = number(zip, at + 28, 2);
    const std::size_t length = kCentral + names + number(zip, at + 30, 2) + number(zip, at + 32, 2);
    entries.push_back({std::string(zip.substr(at, length)),
                       std::string(zip.substr(at + kCentral, names)), number(zip, at + 42, 4), 0});
    at += length;
  }
  for (std::size_t i = 0; i < entries.size(); ++i)
    entries[i].end = i + 1 < entries.size() ? entries[i + 1].header : directory;
  return entries;
}

std::string inflated(std::string_view zip, const Entry& entry) {
  std::string out(number(entry.central, 24, 4), '\0');
  const std::size_t data =
      entry.header + kLocal + number(zip, entry.header + 26, 2) + number(zip, entry.header + 28, 2);
  const std::string_view packed = zip.substr(data, number(entry.central, 20, 4));
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) unexpected("zlib cannot start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  if (result != Z_STREAM_END) unexpected("a sheet cannot be read");
  return out;
}

struct Piece {
  std::string packed;
  std::uint32_t crc = 0;
  std::uint64_t size = 0;
};

/// What does not end the part ends at a byte, so that pieces can be put one after the other.
Piece pack(const std::string& xml, bool last) {
  Piece piece;
  piece.size = xml.size();
  const auto* bytes = reinterpret_cast<const Bytef*>(xml.data());
  piece.crc =
      static_cast<std::uint32_t>(crc32(crc32(0, nullptr, 0), bytes, static_cast<uInt>(xml.size())));
  z_stream stream{};
  constexpr int kMemory = 8;
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, -MAX_WBITS, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw Fault(FaultKind::Retry, "pack the workbook", "zlib cannot start");
  constexpr std::size_t kEmptyBlock = 16;
  piece.packed.resize(deflateBound(&stream, static_cast<uLong>(xml.size())) + kEmptyBlock);
  stream.next_in = const_cast<Bytef*>(bytes);
  stream.avail_in = static_cast<uInt>(xml.size());
  stream.next_out = reinterpret_cast<Bytef*>(piece.packed.data());
  stream.avail_out = static_cast<uInt>(piece.packed.size());
  deflate(&stream, last ? Z_FINISH : Z_SYNC_FLUSH);
  piece.packed.resize(stream.total_out);
  piece.packed.shrink_to_fit();
  deflateEnd(&stream);
  return piece;
}

/// What of a sheet's links stands in the sheet: its place among the elements behind the rows is fixed.
std::string with_links(std::string tail, const std::vector<FileLink>& links) {
  if (links.empty()) return tail;
  const std::size_t at = tail.find("<printOptions");
  if (at == std::string::npos) unexpected("a sheet is not laid out for printing");
  if (tail.find("r:id=\"") != std::string::npos) unexpected("a sheet has relations of its own");
  std::string xml = "<hyperlinks>";
  for (std::size_t i = 0; i < links.size(); ++i)
    xml += "<hyperlink ref=\"" + cell_name(links[i].row, links[i].column) + "\" r:id=\"rId" +
           std::to_string(i + 1) + "\"/>";
  return tail.insert(at, xml + "</hyperlinks>");
}

std::string links_xml(const std::vector<FileLink>& links) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
      "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
  for (std::size_t i = 0; i < links.size(); ++i) {
    xml +=
        "<Relationship Id=\"rId" + std::to_string(i + 1) +
        "\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink\""
        " Target=\"";
    for (const char c : links[i].file)
      xml += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '"' ? "&quot;" : std::string(1, c);
    xml += "\" TargetMode=\"External\"/>";
  }
  return xml + "</Relationships>";
}

/// The sheet's own XML, in two: the rows come between them.
std::pair<std::string, std::string> halves(std::string xml, const LongSheet& sheet) {
  const std::size_t dimension = xml.find("<dimension ref=\"");
  const std::size_t end = xml.find("</sheetData>");
  if (dimension == std::string::npos || end == std::string::npos) unexpected("a sheet has no rows");
  std::string head = xml.substr(0, end), tail = xml.substr(end);
  const std::size_t from = xml.find('"', dimension) + 1, to = xml.find('"', from);
  const std::size_t last = sheet.first_row + (sheet.rows.end - sheet.rows.first) - 1;
  head.replace(from, to - from,
               range_name(0, 0, static_cast<int>(last) - 1, std::max(0, sheet.columns - 1)));
  return {std::move(head), with_links(std::move(tail), sheet.links)};
}

/// Of a part that is written.
struct Sums {
  std::uint32_t crc = 0;
  std::uint64_t packed = 0, size = 0;
  void add(const Piece& piece) {
    crc =
        static_cast<std::uint32_t>(crc32_combine(crc, piece.crc, static_cast<z_off_t>(piece.size)));
    packed += piece.packed.size();
    size += piece.size;
  }
};

Sums write_whole(Output& out, const std::string& xml) {
  const Piece piece = pack(xml, true);
  out.write(piece.packed);
  Sums sums;
  sums.add(piece);
  return sums;
}

Sums write_sheet(Output& out, std::string xml, const LongSheet& sheet) {
  auto [head, tail] = halves(std::move(xml), sheet);
  const std::size_t count = sheet.rows.end - sheet.rows.first;
  const std::size_t pieces = std::max<std::size_t>(1, (count + kRowsAPiece - 1) / kRowsAPiece);
  Sums sums;
  struct Job {
    std::size_t place;
    Piece piece;
  };
  const auto work = [&](Job& job) {
    const std::size_t first = job.place * kRowsAPiece;
    const std::size_t end = std::min(count, first + kRowsAPiece);
    const bool last = job.place + 1 == pieces;
    job.piece = pack((job.place == 0 ? head : std::string()) +
                         sheet.spool->xml({sheet.rows.first + first, sheet.rows.first + end},
                                          sheet.first_row + first) +
                         (last ? tail : std::string()),
                     last);
  };
  const auto visit = [&](const Job& job) {
    out.write(job.piece.packed);
    sums.add(job.piece);
  };
  if (pieces == 1) {
    Job only{0, {}};
    work(only);
    visit(only);
    return sums;
  }
  pipeline::Ahead<Job> ahead(work, visit, 1);
  for (std::size_t i = 0; i < pieces; ++i) ahead.add({i, {}});
  ahead.finish();
  return sums;
}

constexpr const char* kTextsPart = "xl/sharedStrings.xml";

std::string texts_xml(const std::vector<std::string>& texts) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
      "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" uniqueCount=\"" +
      std::to_string(texts.size()) + "\">";
  for (const std::string& text : texts) {
    xml += has_outer_blank(text) ? "<si><t xml:space=\"preserve\">" : "<si><t>";
    append_escaped(xml, text);
    xml += "</t></si>";
  }
  return xml + "</sst>";
}

/// What the two parts that list the others say of the texts, before their end.
std::string with_texts_named(const std::string& part, std::string xml) {
  const std::string type = "sharedStrings";
  const std::string line =
      part == "[Content_Types].xml"
          ? std::string("<Override PartName=\"/") + kTextsPart +
                "\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml." +
                type + "+xml\"/>"
          : "<Relationship Id=\"" + type +
                "\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/" +
                type + "\" Target=\"" + type + ".xml\"/>";
  const std::size_t end = xml.rfind("</");
  if (end == std::string::npos) unexpected(part + " has no end");
  return xml.insert(end, line);
}

/// A record for one more part, as old as another one.
Entry new_entry(const Entry& other, const std::string& name) {
  Entry entry{other.central.substr(0, kCentral) + name, name, 0, 0};
  set(entry.central, 10, 8, 2);
  set(entry.central, 28, name.size(), 2);
  set(entry.central, 30, 0, 2);
  set(entry.central, 32, 0, 2);
  return entry;
}

/// `write` writes the packed bytes and gives their Sums.
template <class Write>
void write_entry(Output& out, Entry& entry, const Write& write) {
  const std::uint64_t header = out.size();
  std::string local("PK\x03\x04", 4);
  local.resize(kLocal, '\0');
  local.replace(10, 4, entry.central.substr(12, 4));
  set(local, 4, 20, 2);
  set(local, 8, 8, 2);
  set(local, 26, entry.name.size(), 2);
  out.write(local + entry.name);
  const Sums sums = write();
  for (auto [record, at] : {std::pair(&local, 14), std::pair(&entry.central, 16)}) {
    set(*record, static_cast<std::size_t>(at), sums.crc);
    set(*record, static_cast<std::size_t>(at) + 4, sums.packed);
    set(*record, static_cast<std::size_t>(at) + 8, sums.size);
  }
  set(entry.central, 6, 20, 2);
  set(entry.central, 8, 0, 2);
  set(entry.central, 42, header);
  out.write_at(local, header);
}

}  // namespace

void repack(const std::string& from, const std::string& to, const Additions& add) {
  const std::string zip = read_all(from);
  std::vector<Entry> entries = entries_of(zip);
  Output out(to);
  for (Entry& entry : entries) {
    const auto is_part = [&](const LongSheet& sheet) {
      return entry.name == "xl/worksheets/sheet" + std::to_string(sheet.sheet) + ".xml";
    };
    if (entry.name == kTextsPart && !add.texts.empty())
      unexpected("it has shared texts of its own");
    const auto sheet = std::find_if(add.sheets.begin(), add.sheets.end(), is_part);
    if (sheet != add.sheets.end()) {
      write_entry(out, entry, [&] { return write_sheet(out, inflated(zip, entry), *sheet); });
    } else if (!add.texts.empty() && (entry.name == "[Content_Types].xml" ||
                                      entry.name == "xl/_rels/workbook.xml.rels")) {
      write_entry(out, entry, [&] {
        return write_whole(out, with_texts_named(entry.name, inflated(zip, entry)));
      });
    } else {
      set(entry.central, 42, out.size());
      out.write(std::string_view(zip).substr(entry.header, entry.end - entry.header));
    }
  }
  const auto put = [&](const std::string& part, const std::string& xml) {
    entries.push_back(new_entry(entries.front(), part));
    write_entry(out, entries.back(), [&] { return write_whole(out, xml); });
  };
  if (!add.texts.empty()) put(kTextsPart, texts_xml(add.texts));
  for (const LongSheet& sheet : add.sheets)
    if (!sheet.links.empty())
      put("xl/worksheets/_rels/sheet" + std::to_string(sheet.sheet) + ".xml.rels",
          links_xml(sheet.links));
  const std::uint64_t directory = out.size();
  for (const Entry& entry : entries) out.write(entry.central);
  std::string end = zip.substr(zip.size() - kEnd);
  set(end, 8, entries.size(), 2);
  set(end, 10, entries.size(), 2);
  set(end, 12, out.size() - directory);
  set(end, 16, directory);
  out.write(end);
  out.close();
}

}  // namespace produce
