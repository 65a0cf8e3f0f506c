#include "stages/prepare/kept_bundle.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/fault.hpp"
#include "pipeline/sha256.hpp"
#include "stages/prepare/bytes.hpp"

namespace prepare {

namespace {

constexpr std::uint32_t kFull32 = 0xFFFFFFFF;
constexpr std::size_t kLocal = 30, kCentral = 46, kEnd = 22, kLocator64 = 20, kEnd64 = 56;

/// One a thread: what lies packed in the vault.
std::string& packed() {
  thread_local std::string mine;
  return mine;
}

/// PKWARE's APPNOTE 4.5.3: what does not fit its field stands in the extra field 1, in this order.
void read_sizes(std::string_view extra, ZipEntry& entry) {
  for (std::size_t at = 0; at + 4 <= extra.size(); at += 4 + little16(extra, at + 2)) {
    if (little16(extra, at) != 1) continue;
    std::size_t field = at + 4;
    for (std::uint64_t* value : {&entry.size, &entry.compressed, &entry.header}) {
      if (*value != kFull32 || field + 8 > extra.size()) continue;
      *value = little64(extra, field);
      field += 8;
    }
    return;
  }
}

}  // namespace

KeptBundle::KeptBundle(const pipeline::Vault& vault, std::string sha256)
    : vault_(vault), sha256_(std::move(sha256)) {
  read_directory();
}

void KeptBundle::fail(const std::string& why) const {
  throw pipeline::Fault(
      pipeline::FaultKind::Retry, "read an attachment in bundle " + sha256_ + " of the vault",
      why + "; `dossier audit --deep` tells whether the bundle is what was received");
}

void KeptBundle::read_directory() {
  const std::uint64_t size = vault_.size(sha256_);
  const std::uint64_t tail = std::min<std::uint64_t>(size, kEnd + 0xFFFF + kLocator64);
  std::string bytes;
  vault_.read(sha256_, size - tail, tail, bytes);
  const auto ends = [&](std::size_t at) {
    return at + kEnd <= bytes.size() && at + kEnd + little16(bytes, at + 20) == bytes.size();
  };
  std::size_t end = bytes.rfind("PK\x05\x06");
  while (end != bytes.npos && !ends(end))
    end = end == 0 ? bytes.npos : bytes.rfind("PK\x05\x06", end - 1);
  if (end == bytes.npos) fail("it has no directory");
  std::uint64_t length = little32(bytes, end + 12), from = little32(bytes, end + 16);
  if (end >= kLocator64 && bytes.compare(end - kLocator64, 4, "PK\x06\x07") == 0) {
    // Programs may append to the record: only the locator says where it begins.
    const std::uint64_t record = little64(bytes, end - kLocator64 + 8);
    if (record > size || size - record < kEnd64) fail("its Zip64 record lies outside of it");
    std::string end64;
    vault_.read(sha256_, record, kEnd64, end64);
    if (end64.size() < kEnd64) fail("its Zip64 record is not there");
    length = little64(end64, 40);
    from = little64(end64, 48);
  }
  if (from > size || length > size - from) fail("its directory lies outside of it");
  const std::uint64_t begin = size - tail;
  if (from >= begin)
    bytes = bytes.substr(from - begin, length);
  else
    vault_.read(sha256_, from, length, bytes);
  for (std::size_t at = 0; at + kCentral <= bytes.size();) {
    const std::size_t name = little16(bytes, at + 28), extra = little16(bytes, at + 30);
    const std::size_t next = at + kCentral + name + extra + little16(bytes, at + 32);
    if (next > bytes.size()) break;
    Listed listed;
    ZipEntry& entry = listed.entry;
    entry.method = static_cast<std::uint16_t>(little16(bytes, at + 10));
    entry.crc = little32(bytes, at + 16);
    entry.compressed = little32(bytes, at + 20);
    entry.size = little32(bytes, at + 24);
    entry.header = little32(bytes, at + 42);
    listed.name_length = name;
    read_sizes(std::string_view(bytes).substr(at + kCentral + name, extra), entry);
    entries_.push_back(std::move(listed));
    at = next;
  }
}

std::string_view KeptBundle::read(const Listed& listed) {
  constexpr std::size_t kUsualExtra = 64, kKeep = 16u << 20;
  ZipEntry entry = listed.entry;
  std::string& bytes = packed();
  if (bytes.capacity() > kKeep && entry.compressed < kKeep) std::string().swap(bytes);
  const auto fetch = [&](std::size_t extra) {
    vault_.read(sha256_, entry.header, kLocal + listed.name_length + extra + entry.compressed,
                bytes);
    if (bytes.size() < kLocal || !bytes.starts_with("PK\x03\x04")) fail("an entry is not there");
    entry.data = kLocal + little16(bytes, 26) + little16(bytes, 28);
  };
  fetch(kUsualExtra);
  if (entry.data + entry.compressed > bytes.size()) fetch(little16(bytes, 28));
  return inflater().read(bytes, entry).value_or(std::string_view());
}

std::string_view KeptBundle::entry(std::uint64_t size, const std::string& sha256) {
  std::vector<const Listed*> alike;
  for (const Listed& listed : entries_)
    if (listed.entry.size == size && size > 0) alike.push_back(&listed);
  for (const Listed* listed : alike) {
    const std::string_view bytes = read(*listed);
    if (bytes.size() != size) continue;
    // The checksum of the archive is right: of several of that size only the digest tells which it is.
    if (alike.size() == 1 || pipeline::sha256(bytes) == sha256) return bytes;
  }
  fail("an entry of " + std::to_string(size) + " bytes with SHA-256 " + sha256 + " is not there");
}

}  // namespace prepare
