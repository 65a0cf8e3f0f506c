#include "stages/prepare/packed_jpeg.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "pipeline/fault.hpp"
#include "stages/prepare/deflate_head.hpp"
#include "stages/prepare/picture.hpp"

namespace prepare {

namespace {

using pipeline::ShownPicture;
using pipeline::Sink;
using pipeline::Vault;
using Range = JpegParts::Range;

constexpr std::uint16_t kDeflated = 8;
/// What precedes the last part that is shown is inflated when it is shown.
constexpr std::size_t kFarthest = 512u << 10, kWorthWhile = 80u << 10, kMostRanges = 6;
constexpr std::uint64_t kMostSide = 65'535, kTurns = 8;

class Writer {
 public:
  explicit Writer(char kind) : out_(1, kind) {}
  Writer& put(char before, std::uint64_t number, int base = 10) {
    std::array<char, 24> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number, base).ptr;
    out_ += before;
    out_.append(text.data(), end);
    return *this;
  }
  Writer& put(char before, double number) {
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    out_ += before;
    out_.append(text.data(), end);
    return *this;
  }
  Writer& put(char before, char letter) {
    out_ += before;
    out_ += letter;
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// Once something is not there, nothing that follows is.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}
  char letter() {
    if (left_.empty()) fine_ = false;
    if (!fine_) return 0;
    const char first = left_[0];
    left_.remove_prefix(1);
    return first;
  }
  void expect(char what) {
    if (letter() != what) fine_ = false;
  }
  bool next_is(char what) const { return fine_ && left_.starts_with(what); }
  template <class Number, class... Base>
  Number number(Base... base) {
    Number out{};
    const auto [end, error] =
        std::from_chars(left_.data(), left_.data() + left_.size(), out, base...);
    if (error != std::errc()) fine_ = false;
    if (!fine_) return {};
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    return out;
  }
  std::uint64_t up_to(std::uint64_t most) {
    const auto out = number<std::uint64_t>();
    if (out > most) fine_ = false;
    return fine_ ? out : 0;
  }
  bool ended() const { return fine_ && left_.empty(); }

 private:
  std::string_view left_;
  bool fine_ = true;
};

bool in_order(const std::vector<Range>& ranges, std::uint64_t size) {
  std::size_t at = 0;
  for (const Range& range : ranges) {
    if (range.from < at || range.to <= range.from) return false;
    at = range.to;
  }
  return at <= size;
}

/// What a deflated one must be like: all of it is shown from some place near its beginning on, and much of it.
bool can_be_joined(const std::vector<Range>& shown, std::uint64_t size) {
  const Range& last = shown.back();
  return last.to == size &&
         (last.from == 0 || (last.from <= kFarthest && last.size() >= kWorthWhile));
}

/// Reads the vault through one buffer a thread, and knows what it has read by its checksum.
class Reading {
 public:
  /// `before`: the checksum of what was read already.
  Reading(const Vault& vault, const std::string& bundle, std::uint32_t before = 0)
      : vault_(vault), bundle_(bundle), crc_(before) {}

  void take(std::uint64_t from, std::uint64_t size, const Sink& put) {
    constexpr std::uint64_t kPiece = 256u << 10;
    thread_local std::string piece;
    while (size > 0) {
      const std::uint64_t now = std::min(size, kPiece);
      vault_.read(bundle_, from, now, piece);
      if (piece.size() != now) fail();
      crc_ = crc32(piece, crc_);
      put(piece);
      from += now;
      size -= now;
    }
  }
  void expect(std::uint32_t checksum) const {
    if (crc_ != checksum) fail();
  }
  [[noreturn]] void fail() const {
    throw pipeline::Fault(pipeline::FaultKind::Retry,
                          "read a picture in bundle " + bundle_ + " of the vault",
                          "it is not what was received; `dossier audit --deep` tells more");
  }

 private:
  const Vault& vault_;
  const std::string& bundle_;
  std::uint32_t crc_;
};

void pass_on_stored(const PackedJpeg& jpeg, const Vault& vault, const std::string& bundle,
                    ShownPicture& out) {
  for (const Range& range : jpeg.shown) out.length += range.size();
  out.put = [jpeg, &vault, bundle](const Sink& put) {
    Reading reading(vault, bundle);
    for (const Range& range : jpeg.shown) reading.take(jpeg.at + range.from, range.size(), put);
    reading.expect(jpeg.checksum);
  };
}

bool pass_on_deflated(const PackedJpeg& jpeg, const Vault& vault, const std::string& bundle,
                      ShownPicture& out) {
  thread_local std::string old;
  old.clear();
  if (const std::uint64_t needed = head_needed(jpeg.shown); needed > 0)
    vault.read(bundle, jpeg.at, std::min(jpeg.size, needed), old);
  auto head = new_head(old, jpeg.shown);
  if (!head) return false;
  const std::uint32_t before = crc32(std::string_view(old).substr(0, head->rest));
  constexpr std::size_t kAdler = 4;
  out.length = head->bytes.size() + (jpeg.size - head->rest) + kAdler;
  out.put = [jpeg, &vault, bundle, before, head = std::move(*head)](const Sink& put) {
    Reading reading(vault, bundle, before);
    put(head.bytes);
    reading.take(jpeg.at + head.rest, jpeg.size - head.rest, put);
    reading.expect(jpeg.checksum);
    std::array<char, kAdler> adler;
    for (std::size_t i = 0; i < kAdler; ++i)
      adler[i] = static_cast<char>(jpeg.adler >> (8 * (kAdler - 1 - i)) & 0xFF);
    put({adler.data(), adler.size()});
  };
  return true;
}

}  // namespace

std::string note_of(std::string_view bundle, const ZipEntry& entry, std::string_view plain,
                    const Image& image, const JpegParts& parts) {
  const bool deflated = entry.method == kDeflated;
  if (parts.shown.empty() || parts.shown.size() > kMostRanges ||
      (deflated && !can_be_joined(parts.shown, plain.size())))
    return {};
  std::uint32_t crc = deflated ? crc32(bundle.substr(entry.data, entry.compressed)) : 0;
  std::uint32_t adler = 1;
  for (const Range& range : parts.shown) {
    const std::string_view part = plain.substr(range.from, range.size());
    if (deflated)
      adler = adler32(part, adler);
    else
      crc = crc32(part, crc);
  }
  constexpr int kHex = 16;
  Writer note(deflated ? 'd' : 's');
  note.put(' ', entry.data).put(' ', entry.compressed).put(' ', crc, kHex);
  if (deflated) note.put(' ', adler, kHex);
  char before = ' ';
  for (const Range& range : parts.shown) {
    note.put(before, range.from).put('-', range.to);
    before = ',';
  }
  note.put(' ', static_cast<std::uint64_t>(image.width));
  note.put('x', static_cast<std::uint64_t>(image.height));
  note.put(' ', static_cast<char>(parts.inks));
  note.put(' ', static_cast<std::uint64_t>(image.orientation));
  return note.put(' ', parts.dpi).take();
}

std::optional<PackedJpeg> read_note(std::string_view note, std::uint64_t size) {
  constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max() / 4;
  constexpr int kHex = 16;
  Reader from(note);
  PackedJpeg out;
  const char kind = from.letter();
  if (kind != 'd' && kind != 's') return std::nullopt;
  out.deflated = kind == 'd';
  from.expect(' ');
  out.at = from.up_to(kAny);
  from.expect(' ');
  out.size = from.up_to(kAny);
  from.expect(' ');
  out.checksum = from.number<std::uint32_t>(kHex);
  from.expect(' ');
  if (out.deflated) {
    out.adler = from.number<std::uint32_t>(kHex);
    from.expect(' ');
  }
  do {
    if (!out.shown.empty()) from.expect(',');
    Range range;
    range.from = from.up_to(size);
    from.expect('-');
    range.to = from.up_to(size);
    out.shown.push_back(range);
  } while (from.next_is(',') && out.shown.size() < kMostRanges);
  from.expect(' ');
  out.width = static_cast<int>(from.up_to(kMostSide));
  from.expect('x');
  out.height = static_cast<int>(from.up_to(kMostSide));
  from.expect(' ');
  const char inks = from.letter();
  from.expect(' ');
  out.orientation = static_cast<int>(from.up_to(kTurns));
  from.expect(' ');
  out.dpi = from.number<double>();
  if (!from.ended() || !in_order(out.shown, size) ||
      std::string_view("gyrki").find(inks) == std::string_view::npos || out.width == 0 ||
      out.height == 0 || out.orientation == 0 || !(out.dpi >= 0))
    return std::nullopt;
  if (out.deflated ? !can_be_joined(out.shown, size) : out.size != size) return std::nullopt;
  out.inks = static_cast<Inks>(inks);
  return out;
}

std::optional<ShownPicture> picture_of(const PackedJpeg& jpeg, const Vault& vault,
                                       const std::string& bundle) {
  ShownPicture out;
  out.width = jpeg.width;
  out.height = jpeg.height;
  out.orientation = jpeg.orientation;
  out.dpi = jpeg.dpi;
  out.dictionary = jpeg_dictionary(jpeg.width, jpeg.height, jpeg.inks,
                                   jpeg.deflated ? Packing::Deflate : Packing::None);
  if (!jpeg.deflated)
    pass_on_stored(jpeg, vault, bundle, out);
  else if (!pass_on_deflated(jpeg, vault, bundle, out))
    return std::nullopt;
  return out;
}

}  // namespace prepare
