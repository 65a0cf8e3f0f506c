#include "pipeline/sha256.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <fstream>
#include <memory>

#include "pipeline/fault.hpp"
#include "pipeline/text.hpp"

namespace pipeline {

namespace {

constexpr std::size_t kDigest = 32;

[[noreturn]] void fail(const char* doing) {
  throw Fault(FaultKind::Stop, doing, "OpenSSL refused");
}

/// Looking the algorithm up costs more than hashing a short text: once a thread.
class Hasher {
 public:
  Hasher()
      : algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free),
        context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    if (!algorithm_ || !context_) fail("start SHA-256");
  }
  template <class Pieces>
  std::string run(const Pieces& pieces) {
    std::array<unsigned char, kDigest> out;
    if (EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) != 1) fail("start SHA-256");
    for (const std::string_view piece : pieces)
      if (EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) != 1) fail("hash");
    if (EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) != 1) fail("hash");
    return hex({reinterpret_cast<const char*>(out.data()), out.size()});
  }

 private:
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm_;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

/// The same for HMAC.
class Authenticator {
 public:
  Authenticator()
      : algorithm_(EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free),
        context_(EVP_MAC_CTX_new(algorithm_.get()), &EVP_MAC_CTX_free) {
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    if (!context_ || EVP_MAC_CTX_set_params(context_.get(), parameters) != 1) fail("start HMAC");
  }
  std::string run(std::string_view key, std::string_view bytes) {
    std::array<unsigned char, kDigest> out;
    std::size_t length = 0;
    const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
    // No key at all would be taken for the one before.
    const std::string_view given = key.empty() ? std::string_view("\0", 1) : key;
    if (EVP_MAC_init(context_.get(), reinterpret_cast<const unsigned char*>(given.data()),
                     given.size(), nullptr) != 1 ||
        EVP_MAC_update(context_.get(), from, bytes.size()) != 1 ||
        EVP_MAC_final(context_.get(), out.data(), &length, out.size()) != 1)
      fail("compute HMAC");
    return hex({reinterpret_cast<const char*>(out.data()), length});
  }

 private:
  std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> algorithm_;
  std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context_;
};

Hasher& hasher() {
  thread_local Hasher mine;
  return mine;
}

}  // namespace

std::string sha256(std::string_view bytes) {
  return hasher().run(std::array{bytes});
}
std::string sha256(const std::vector<std::string_view>& pieces) {
  return hasher().run(pieces);
}

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                  &EVP_MD_CTX_free};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (!state_->context || EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) != 1)
    fail("start SHA-256");
}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  if (EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) != 1) fail("hash");
}

std::string Sha256::digest() {
  std::array<unsigned char, kDigest> out;
  if (EVP_DigestFinal_ex(state_->context.get(), out.data(), nullptr) != 1) fail("hash");
  return hex({reinterpret_cast<const char*>(out.data()), out.size()});
}

std::string sha256_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  Sha256 hash;
  std::vector<char> piece(std::size_t{1} << 20);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0)
    hash.add({piece.data(), static_cast<std::size_t>(in.gcount())});
  if (!in.eof()) throw Fault(FaultKind::Retry, "read " + path, "it ended early");
  return hash.digest();
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  thread_local Authenticator mine;
  return mine.run(key, bytes);
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1)
    fail("draw random bytes");
  return out;
}

}  // namespace pipeline
