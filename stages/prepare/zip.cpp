#include "stages/prepare/zip.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "pipeline/text.hpp"

namespace prepare {

namespace {

constexpr std::uint32_t kEnd = 0x06054b50, kEnd64 = 0x06064b50, kLocator64 = 0x07064b50;
constexpr std::uint32_t kCentral = 0x02014b50, kLocal = 0x04034b50, kDescriptor = 0x08074b50;
constexpr std::uint32_t kFull32 = 0xFFFFFFFF;
constexpr std::uint64_t kMegabyte = 1u << 20;
constexpr std::uint16_t kFlagEncrypted = 1, kFlagDescriptor = 8, kFlagStrong = 0x40,
                        kFlagUtf8 = 0x800, kFlagMasked = 0x2000;

class Reader {
 public:
  Reader(std::string_view bytes, const Limits& limits) : bytes_(bytes), limits_(limits) {}

  Zip run() {
    if (find_end()) {
      read_central();
      check_coverage();
      check_names();
    }
    return std::move(zip_);
  }

 private:
  std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
  std::uint32_t u32(std::size_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
  std::uint64_t u64(std::size_t at) const { return number(at, 8); }
  std::uint64_t number(std::size_t at, int width) const {
    std::uint64_t n = 0;
    for (int i = width; i-- > 0;)
      n = n << 8 | static_cast<unsigned char>(bytes_[at + static_cast<std::size_t>(i)]);
    return n;
  }

  /// The first reason counts; later ones mostly follow from it.
  bool fail(ZipVerdict verdict, std::string why, std::string where = {}) {
    if (zip_.verdict == ZipVerdict::Sound) {
      zip_.verdict = verdict;
      zip_.why = std::move(why);
      zip_.where = std::move(where);
    }
    return false;
  }

  bool begins_like_zip() const { return bytes_.starts_with("PK\x03\x04"); }
  bool find_end();
  bool no_end();
  bool read_end64(std::size_t end);
  void read_central();
  std::size_t read_record(std::size_t at);
  void read_extra(std::size_t at, ZipEntry& entry);
  std::string_view unicode_path(std::size_t from, std::size_t to, std::uint32_t raw_crc) const;
  void check_attributes(std::size_t at, ZipEntry& entry);
  void check_local(std::string_view raw, ZipEntry& entry);
  void check_size(const ZipEntry& entry);
  void check_coverage();
  bool descriptor_fits(std::size_t at, std::uint64_t length, const ZipEntry& entry) const;
  void check_names();

  std::string_view bytes_;
  const Limits& limits_;
  Zip zip_;
  std::uint64_t count_ = 0, central_ = 0, central_size_ = 0, central_end_ = 0, total_ = 0;
};

bool Reader::no_end() {
  zip_.incomplete =
      bytes_.empty() || begins_like_zip() || bytes_.starts_with(std::string_view("\0\0\0\0", 4));
  if (bytes_.empty()) return fail(ZipVerdict::NotAZip, "文件是空的（0 字节）");
  if (!begins_like_zip() && !bytes_.starts_with("PK\x05\x06")) {
    if (bytes_[0] == '\0') return fail(ZipVerdict::NotAZip, "文件开头全是空字节，可能没有复制完整");
    return fail(ZipVerdict::NotAZip, "无法识别的文件");
  }
  if (bytes_.rfind("PK\x05\x06") != bytes_.npos)
    return fail(ZipVerdict::Corrupt, "压缩包末尾缺损或有多余数据");
  return fail(ZipVerdict::Corrupt, "压缩包不完整，缺少末尾的目录，可能没有复制完");
}

bool Reader::find_end() {
  constexpr std::size_t kSize = 22;
  if (bytes_.size() < kSize) return no_end();
  const std::size_t least = bytes_.size() > kSize + 0xFFFF ? bytes_.size() - kSize - 0xFFFF : 0;
  std::size_t end = bytes_.npos;
  for (std::size_t over = bytes_.size() - kSize + 1; over > least;) {
    const void* const found = memrchr(bytes_.data() + least, 'P', over - least);
    if (!found) break;
    const std::size_t at =
        static_cast<std::size_t>(static_cast<const char*>(found) - bytes_.data());
    over = at;
    if (u32(at) != kEnd || at + kSize + u16(at + 20) != bytes_.size()) continue;
    // Two readers could take different ends for the true one and see different archives.
    if (end != bytes_.npos) return fail(ZipVerdict::Unsafe, "压缩包有两个目录结尾，内容有歧义");
    end = at;
  }
  if (end == bytes_.npos) return no_end();
  count_ = u16(end + 10);
  central_size_ = u32(end + 12);
  central_ = u32(end + 16);
  central_end_ = end;
  const bool locator = end >= 20 && u32(end - 20) == kLocator64;
  if (locator) {
    if (!read_end64(end)) return false;
  } else if (count_ == 0xFFFF || central_size_ == kFull32 || central_ == kFull32) {
    return fail(ZipVerdict::Corrupt, "Zip64 目录结尾缺失");
  } else if (u16(end + 4) != 0 || u16(end + 6) != 0 || u16(end + 8) != count_) {
    return fail(ZipVerdict::Unsafe, "分卷压缩包不受理，请压缩为单个文件");
  }
  if (central_size_ > central_end_ || central_ != central_end_ - central_size_) {
    zip_.incomplete = begins_like_zip();
    return fail(ZipVerdict::Unsafe, "压缩包目录的位置与文件不符，前后可能有多余数据");
  }
  return true;
}

bool Reader::read_end64(std::size_t end) {
  const std::uint64_t record = u64(end - 20 + 8);
  const auto bad = [&] { return fail(ZipVerdict::Corrupt, "Zip64 目录结尾损坏"); };
  if (record > end - 20 || end - 20 - record < 56 || u32(record) != kEnd64 ||
      u64(record + 4) != end - 20 - record - 12)
    return bad();
  if (u32(record + 16) != 0 || u32(record + 20) != 0 || u64(record + 24) != u64(record + 32))
    return fail(ZipVerdict::Unsafe, "分卷压缩包不受理，请压缩为单个文件");
  const std::uint64_t count = u64(record + 32), size = u64(record + 40), at = u64(record + 48);
  if ((count_ != 0xFFFF && count_ != count) ||
      (central_size_ != kFull32 && central_size_ != size) ||
      (central_ != kFull32 && central_ != at))
    return bad();
  count_ = count;
  central_size_ = size;
  central_ = at;
  central_end_ = record;
  return true;
}

void Reader::read_central() {
  if (count_ > limits_.entries)
    fail(ZipVerdict::Unsafe, "压缩包内有 " + std::to_string(count_) + " 个文件，超过上限 " +
                                 std::to_string(limits_.entries) + " 个");
  std::size_t at = central_;
  for (std::uint64_t i = 0; i < count_; ++i) {
    if (zip_.entries.size() >= 16 * limits_.entries) return;
    at = read_record(at);
    if (at == 0) return;
  }
  if (at != central_end_) fail(ZipVerdict::Unsafe, "压缩包目录的条目数与声明不符");
}

std::size_t Reader::read_record(std::size_t at) {
  constexpr std::size_t kSize = 46;
  const auto cut = [&] {
    fail(ZipVerdict::Corrupt, "压缩包的目录残缺");
    return std::size_t{0};
  };
  if (central_end_ - at < kSize || u32(at) != kCentral) return cut();
  const std::size_t name = u16(at + 28), extra = u16(at + 30), comment = u16(at + 32);
  const std::size_t next = at + kSize + name + extra + comment;
  if (central_end_ - at < next - at) return cut();
  ZipEntry entry;
  entry.flags = u16(at + 8);
  entry.method = u16(at + 10);
  entry.crc = u32(at + 16);
  entry.compressed = u32(at + 20);
  entry.size = u32(at + 24);
  entry.header = u32(at + 42);
  read_extra(at, entry);

  const std::string_view raw = bytes_.substr(at + kSize, name);
  const std::uint32_t raw_crc = crc32(raw);
  std::string_view unicode = unicode_path(at + kSize + name, at + kSize + name + extra, raw_crc);
  if (unicode.empty() && entry.header < central_ && central_ - entry.header >= 30) {
    const std::size_t from = entry.header + 30 + u16(entry.header + 26);
    const std::size_t to = from + u16(entry.header + 28);
    if (to <= central_) unicode = unicode_path(from, to, raw_crc);
  }
  EntryName decoded = decode_entry_name(raw, entry.flags & kFlagUtf8, unicode, limits_);
  entry.name = std::move(decoded.name);
  entry.encoding = std::move(decoded.encoding);
  entry.problem = std::move(decoded.problem);
  entry.folder = decoded.folder;

  check_attributes(at, entry);
  check_local(raw, entry);
  check_size(entry);
  entry.too_large = entry.size > limits_.entry_mb * kMegabyte;
  zip_.entries.push_back(std::move(entry));
  return next;
}

void Reader::read_extra(std::size_t at, ZipEntry& entry) {
  std::size_t from = at + 46 + u16(at + 28);
  const std::size_t to = from + u16(at + 30);
  while (to - from >= 4) {
    const std::uint16_t id = u16(from), size = u16(from + 2);
    from += 4;
    if (to - from < size) {
      fail(ZipVerdict::Corrupt, "压缩包目录的附加字段损坏");
      return;
    }
    if (id == 1) {
      std::size_t field = from;
      for (std::uint64_t* value : {&entry.size, &entry.compressed, &entry.header}) {
        if (*value != kFull32) continue;
        if (from + size - field < 8) {
          fail(ZipVerdict::Corrupt, "压缩包的 Zip64 字段损坏");
          return;
        }
        *value = u64(field);
        field += 8;
      }
    }
    from += size;
  }
}

std::string_view Reader::unicode_path(std::size_t from, std::size_t to,
                                      std::uint32_t raw_crc) const {
  while (to - from >= 4) {
    const std::uint16_t id = u16(from), size = u16(from + 2);
    from += 4;
    if (to - from < size) break;
    if (id == 0x7075 && size > 5 && bytes_[from] == 1 && u32(from + 1) == raw_crc)
      return bytes_.substr(from + 5, size - 5u);
    from += size;
  }
  return {};
}

void Reader::check_attributes(std::size_t at, ZipEntry& entry) {
  const unsigned host = static_cast<unsigned char>(bytes_[at + 5]);
  const std::uint32_t attributes = u32(at + 38);
  const std::uint16_t disk = u16(at + 34);
  if (entry.flags & (kFlagEncrypted | kFlagStrong | kFlagMasked))
    fail(ZipVerdict::Encrypted, "压缩包设置了密码", entry.name);
  if (disk != 0 && disk != 0xFFFF)
    fail(ZipVerdict::Unsafe, "分卷压缩包不受理，请压缩为单个文件", entry.name);
  constexpr unsigned kUnix = 3, kMac = 19;
  if (host == kUnix || host == kMac) {
    constexpr unsigned kTypeMask = 0170000, kLink = 0120000, kFile = 0100000, kFolder = 0040000;
    const unsigned type = (attributes >> 16) & kTypeMask;
    if (type == kLink)
      fail(ZipVerdict::Unsafe, "含符号链接", entry.name);
    else if (type != 0 && type != kFile && type != kFolder)
      fail(ZipVerdict::Unsafe, "含特殊文件", entry.name);
    if (type == kFolder) entry.folder = true;
  }
  if (attributes & 0x10) entry.folder = true;
  if (entry.folder && entry.size > 0) fail(ZipVerdict::Unsafe, "文件夹条目里藏有数据", entry.name);
}

void Reader::check_local(std::string_view raw, ZipEntry& entry) {
  constexpr std::size_t kSize = 30;
  const auto differs = [&] { fail(ZipVerdict::Unsafe, "文件头与压缩包目录不一致", entry.name); };
  if (entry.header > central_ || central_ - entry.header < kSize) {
    fail(ZipVerdict::Corrupt, "文件位置超出压缩包", entry.name);
    return;
  }
  const std::size_t at = entry.header;
  if (u32(at) != kLocal) {
    fail(ZipVerdict::Corrupt, "文件头损坏", entry.name);
    return;
  }
  const std::size_t name = u16(at + 26), extra = u16(at + 28);
  entry.data = entry.header + kSize + name + extra;
  if (entry.data > central_ || central_ - entry.data < entry.compressed) {
    fail(ZipVerdict::Corrupt, "文件数据超出压缩包", entry.name);
    return;
  }
  if (bytes_.substr(at + kSize, name) != raw || u16(at + 8) != entry.method ||
      ((u16(at + 6) ^ entry.flags) & (kFlagEncrypted | kFlagDescriptor | kFlagMasked)) != 0)
    return differs();
  if (entry.flags & kFlagDescriptor) return;
  const std::uint32_t compressed = u32(at + 18), size = u32(at + 22);
  if (u32(at + 14) != entry.crc || (compressed != entry.compressed && compressed != kFull32) ||
      (size != entry.size && size != kFull32))
    differs();
}

void Reader::check_size(const ZipEntry& entry) {
  if (entry.method == 0 && entry.compressed != entry.size)
    fail(ZipVerdict::Corrupt, "未压缩的文件大小前后不符", entry.name);
  if (entry.size > kMegabyte && entry.size / limits_.ratio > entry.compressed)
    fail(ZipVerdict::Unsafe, "压缩比异常，疑似压缩炸弹", entry.name);
  // An entry of a size that wraps the sum is beyond the limit by itself.
  if (entry.size > limits_.total_mb * kMegabyte)
    total_ = limits_.total_mb * kMegabyte + 1;
  else
    total_ += entry.size;
  if (total_ > limits_.total_mb * kMegabyte)
    fail(ZipVerdict::Unsafe, "解压后总大小超过上限 " + std::to_string(limits_.total_mb) + " MB");
}

bool Reader::descriptor_fits(std::size_t at, std::uint64_t length, const ZipEntry& entry) const {
  if (length == 16 || length == 24) {
    if (u32(at) != kDescriptor) return false;
    at += 4;
    length -= 4;
  }
  if (length == 12)
    return u32(at) == entry.crc && u32(at + 4) == entry.compressed && u32(at + 8) == entry.size;
  return length == 20 && u32(at) == entry.crc && u64(at + 4) == entry.compressed &&
         u64(at + 12) == entry.size;
}

void Reader::check_coverage() {
  if (zip_.verdict != ZipVerdict::Sound) return;
  std::vector<const ZipEntry*> order;
  for (const ZipEntry& entry : zip_.entries) order.push_back(&entry);
  std::sort(order.begin(), order.end(),
            [](const ZipEntry* a, const ZipEntry* b) { return a->header < b->header; });
  std::uint64_t position = 0;
  const ZipEntry* before = nullptr;
  for (std::size_t i = 0; i <= order.size(); ++i) {
    const std::uint64_t start = i < order.size() ? order[i]->header : central_;
    if (start < position) {
      fail(ZipVerdict::Unsafe, "压缩包内的文件互相重叠",
           order[std::min(i, order.size() - 1)]->name);
      return;
    }
    const std::uint64_t gap = start - position;
    const bool described = before && (before->flags & kFlagDescriptor);
    if (gap > 0 && !(described && descriptor_fits(position, gap, *before))) {
      fail(ZipVerdict::Unsafe, "压缩包内藏有目录之外的数据（" + std::to_string(gap) + " 字节）");
      return;
    }
    if (i == order.size()) return;
    before = order[i];
    position = before->data + before->compressed;
  }
}

void Reader::check_names() {
  std::unordered_map<std::string, const ZipEntry*> files;
  std::unordered_set<std::string> folders;
  for (ZipEntry& entry : zip_.entries) {
    if (!entry.problem.empty()) continue;
    const std::string key = name_key(entry.name);
    if (entry.folder) {
      folders.insert(key);
      continue;
    }
    if (const auto [same, added] = files.emplace(key, &entry); !added)
      entry.problem = same->second->name == entry.name
                          ? "与另一文件重名"
                          : "与“" + same->second->name + "”只有大小写或全半角之别";
    for (auto at = key.find('/'); at != key.npos; at = key.find('/', at + 1))
      folders.insert(key.substr(0, at));
  }
  for (ZipEntry& entry : zip_.entries)
    if (!entry.folder && entry.problem.empty() && folders.contains(name_key(entry.name)))
      entry.problem = "既是文件又是文件夹";
}

}  // namespace

Zip read_zip(std::string_view bytes, const Limits& limits) {
  return Reader(bytes, limits).run();
}

std::string method_name(std::uint16_t method) {
  switch (method) {
    case 1:
      return "Shrink";
    case 6:
      return "Implode";
    case 9:
      return "Deflate64";
    case 12:
      return "BZip2";
    case 14:
      return "LZMA";
    case 93:
      return "Zstandard";
    case 95:
      return "XZ";
    case 98:
      return "PPMd";
    case 99:
      return "AES";
    default:
      return std::to_string(method);
  }
}

}  // namespace prepare
