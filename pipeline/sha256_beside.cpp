#include "pipeline/sha256_beside.hpp"

#include <algorithm>
#include <cassert>

#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace pipeline {

#if defined(__x86_64__)

namespace {

using State = Sha256Beside::State;

constexpr std::size_t kBlock = 64;

/// FIPS 180-4, 4.2.2.
alignas(16) constexpr std::uint32_t kConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

bool has_instructions() {
  static const bool found = [] {
    constexpr unsigned kSha = 1U << 29, kSsse3 = 1U << 9, kSse41 = 1U << 19;
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kSsse3) == 0 || (c & kSse41) == 0) return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & kSha) != 0;
  }();
  return found;
}

/// So many blocks of each of N hashes. The registers of the instructions hold ABEF and CDGH.
template <int N>
__attribute__((target("sha,sse4.1,ssse3"))) void compress(const std::array<State*, N>& states,
                                                          std::array<const char*, N>& data,
                                                          std::size_t blocks) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i abef[N], cdgh[N];
  for (int n = 0; n < N; ++n) {
    const auto* from = reinterpret_cast<const __m128i*>(states[n]->data());
    const __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(from), 0xB1);
    const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(from + 1), 0x1B);
    abef[n] = _mm_alignr_epi8(cdab, efgh, 8);
    cdgh[n] = _mm_blend_epi16(efgh, cdab, 0xF0);
  }
  for (; blocks > 0; --blocks) {
    __m128i w[N][4], abef_before[N], cdgh_before[N];
#pragma GCC unroll 2
    for (int n = 0; n < N; ++n) {
      abef_before[n] = abef[n];
      cdgh_before[n] = cdgh[n];
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i)
        w[n][i] =
            _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data[n]) + i), swap);
      data[n] += kBlock;
    }
#pragma GCC unroll 16
    for (int four = 0; four < 16; ++four) {
      const __m128i constants = _mm_load_si128(reinterpret_cast<const __m128i*>(kConstants) + four);
      const int now = four % 4, next = (four + 1) % 4, before = (four + 3) % 4;
#pragma GCC unroll 2
      for (int n = 0; n < N; ++n) {
        __m128i sum = _mm_add_epi32(w[n][now], constants);
        cdgh[n] = _mm_sha256rnds2_epu32(cdgh[n], abef[n], sum);
        if (four >= 3 && four < 15)
          w[n][next] = _mm_sha256msg2_epu32(
              _mm_add_epi32(w[n][next], _mm_alignr_epi8(w[n][now], w[n][before], 4)), w[n][now]);
        sum = _mm_shuffle_epi32(sum, 0x0E);
        abef[n] = _mm_sha256rnds2_epu32(abef[n], cdgh[n], sum);
        if (four >= 1 && four < 13) w[n][before] = _mm_sha256msg1_epu32(w[n][before], w[n][now]);
      }
    }
#pragma GCC unroll 2
    for (int n = 0; n < N; ++n) {
      abef[n] = _mm_add_epi32(abef[n], abef_before[n]);
      cdgh[n] = _mm_add_epi32(cdgh[n], cdgh_before[n]);
    }
  }
  for (int n = 0; n < N; ++n) {
    auto* to = reinterpret_cast<__m128i*>(states[n]->data());
    const __m128i feba = _mm_shuffle_epi32(abef[n], 0x1B);
    const __m128i dchg = _mm_shuffle_epi32(cdgh[n], 0xB1);
    _mm_storeu_si128(to, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128(to + 1, _mm_alignr_epi8(dchg, feba, 8));
  }
}

void compress_one(State& state, std::string_view& bytes) {
  std::array<State*, 1> states{&state};
  std::array<const char*, 1> data{bytes.data()};
  compress<1>(states, data, bytes.size() / kBlock);
  bytes.remove_prefix(bytes.size() / kBlock * kBlock);
}

/// The last blocks: `rest` is less than one, `size` that of all.
std::string digest(State& state, std::string_view rest, std::uint64_t size) {
  assert(rest.size() < kBlock);
  std::array<char, 2 * kBlock> last{};
  std::copy(rest.begin(), rest.end(), last.begin());
  last[rest.size()] = static_cast<char>(0x80);
  constexpr std::size_t kLength = 8;
  std::string_view blocks(last.data(), rest.size() + 1 + kLength <= kBlock ? kBlock : 2 * kBlock);
  for (std::size_t i = 0; i < kLength; ++i)
    last[blocks.size() - 1 - i] = static_cast<char>(size * 8 >> (8 * i) & 0xFF);
  compress_one(state, blocks);
  std::string out;
  for (const std::uint32_t word : state)
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(word >> shift & 0xFF);
  return hex(out);
}

}  // namespace

std::string Sha256Beside::add(std::string_view other) {
  if (!has_instructions()) return sha256(other);
  State state = Sha256Beside({}).state_;
  const std::uint64_t size = other.size();
  const std::size_t both = std::min(other.size(), left_.size()) / kBlock;
  const std::array<State*, 2> states{&state, &state_};
  std::array<const char*, 2> data{other.data(), left_.data()};
  compress<2>(states, data, both);
  other.remove_prefix(both * kBlock);
  left_.remove_prefix(both * kBlock);
  compress_one(state, other);
  return digest(state, other, size);
}

std::string Sha256Beside::finish() {
  if (!has_instructions()) return sha256(whole_);
  compress_one(state_, left_);
  return digest(state_, left_, whole_.size());
}

#else

std::string Sha256Beside::add(std::string_view other) {
  return sha256(other);
}
std::string Sha256Beside::finish() {
  return sha256(whole_);
}

#endif

}  // namespace pipeline
