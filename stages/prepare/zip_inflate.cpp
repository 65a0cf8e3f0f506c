#include <libdeflate.h>

#include <new>

#include "stages/prepare/zip.hpp"

namespace prepare {

namespace {

constexpr std::size_t kKeep = 16u << 20;
constexpr std::uint16_t kStored = 0, kDeflated = 8;

}  // namespace

std::uint32_t crc32(std::string_view bytes, std::uint32_t before) {
  return libdeflate_crc32(before, bytes.data(), bytes.size());
}

std::uint32_t adler32(std::string_view bytes, std::uint32_t before) {
  return libdeflate_adler32(before, bytes.data(), bytes.size());
}

bool can_inflate(std::uint16_t method) {
  return method == kStored || method == kDeflated;
}

struct Inflater::State {
  std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor{
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor};
  // Not a std::string: growing one would fill it with zeros first.
  std::unique_ptr<char[]> buffer;
  std::size_t capacity = 0;
};

Inflater::Inflater() : state_(std::make_unique<State>()) {
  if (!state_->decompressor) throw std::bad_alloc();
}
Inflater::~Inflater() = default;

std::optional<std::string_view> Inflater::read(std::string_view zip, const ZipEntry& entry) {
  if (entry.too_large || !can_inflate(entry.method) || entry.data > zip.size() ||
      zip.size() - entry.data < entry.compressed)
    return std::nullopt;
  const std::string_view packed = zip.substr(entry.data, entry.compressed);
  std::string_view plain = packed;
  if (entry.method == kDeflated) {
    if (state_->capacity < entry.size || !state_->buffer) {
      state_->buffer.reset();
      state_->capacity = std::max<std::size_t>(entry.size, 1u << 20);
      state_->buffer.reset(new char[state_->capacity]);
    }
    std::size_t used = 0;
    std::size_t made = 0;
    const auto result =
        libdeflate_deflate_decompress_ex(state_->decompressor.get(), packed.data(), packed.size(),
                                         state_->buffer.get(), entry.size, &used, &made);
    if (result != LIBDEFLATE_SUCCESS || used != packed.size() || made != entry.size)
      return std::nullopt;
    plain = {state_->buffer.get(), made};
  }
  if (plain.size() != entry.size || crc32(plain) != entry.crc) return std::nullopt;
  return plain;
}

Inflater& inflater() {
  thread_local Inflater mine;
  return mine;
}

void Inflater::rest() {
  if (state_->capacity <= kKeep) return;
  state_->buffer.reset();
  state_->capacity = 0;
}

}  // namespace prepare
