#include "stages/produce/qr.hpp"

#include <qrencode.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>

#include "pipeline/fault.hpp"

namespace produce {

QrCode qr_code(const std::string& text) {
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
      out.black.push_back({static_cast<double>(from), static_cast<double>(width - 1 - row),
                           static_cast<double>(end - from), 1});
      from = end;
    }
  }
  return out;
}

}  // namespace produce
