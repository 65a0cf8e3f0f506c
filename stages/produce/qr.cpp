#include "stages/produce/qr.hpp"

#include <qrencode.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "pipeline/fault.hpp"
#include "stages/produce/streams.hpp"

namespace produce {

namespace {

QrCode drawn(const std::string& text) {
  struct Free {
    void operator()(QRcode* code) const { QRcode_free(code); }
  };
  const std::unique_ptr<QRcode, Free> code(
      QRcode_encodeData(static_cast<int>(text.size()),
                        reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_M));
  if (!code)
    throw pipeline::Fault(pipeline::FaultKind::Stop, "make a QR code", std::strerror(errno));
  const auto width = static_cast<std::size_t>(code->width);
  QrCode out;
  out.width = static_cast<double>(width);
  for (std::size_t row = 0; row < width; row++) {
    const unsigned char* modules = code->data + row * width;
    for (std::size_t from = 0; from < width; from++) {
      std::size_t end = from;
      while (end < width && (modules[end] & 1) != 0) end++;
      if (end == from) continue;
      put(out.black,
          {static_cast<double>(from), static_cast<double>(width - 1 - row),
           static_cast<double>(end - from), 1},
          "re");
      from = end;
    }
  }
  return out;
}

/// The papers of one step of a case bear the same code, and are made one soon after the other.
class Recent {
 public:
  std::optional<QrCode> find(const std::string& text) {
    const std::lock_guard lock(mutex_);
    const auto known = std::find_if(codes_.begin(), codes_.end(),
                                    [&](const auto& code) { return code.first == text; });
    if (known == codes_.end()) return std::nullopt;
    return known->second;
  }
  void keep(const std::string& text, const QrCode& code) {
    constexpr std::size_t kMost = 64;
    const std::lock_guard lock(mutex_);
    codes_.emplace_back(text, code);
    if (codes_.size() > kMost) codes_.pop_front();
  }

 private:
  std::mutex mutex_;
  std::deque<std::pair<std::string, QrCode>> codes_;
};

}  // namespace

QrCode qr_code(const std::string& text) {
  static Recent recent;
  if (auto known = recent.find(text)) return *std::move(known);
  QrCode code = drawn(text);
  recent.keep(text, code);
  return code;
}

}  // namespace produce
