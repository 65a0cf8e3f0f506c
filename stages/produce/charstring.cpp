#include "stages/produce/charstring.hpp"

#include <cstdint>
#include <vector>

#include "pipeline/fault.hpp"

namespace produce {
namespace {

constexpr int kHstem = 1, kVstem = 3, kVmoveto = 4, kCallsubr = 10, kReturn = 11, kEscape = 12,
              kEndchar = 14, kHstemhm = 18, kHintmask = 19, kCntrmask = 20, kRmoveto = 21,
              kHmoveto = 22, kVstemhm = 23, kShort = 28, kCallgsubr = 29, kFixed = 255;
constexpr int kFirstFlex = 34, kLastFlex = 37;
constexpr int kDeepest = 10;  // the format's own limit

[[noreturn]] void refuse(const std::string& why) {
  throw pipeline::Fault(pipeline::FaultKind::Stop, "read a glyph of a CFF font", why);
}

class Flattening {
 public:
  explicit Flattening(const Subroutine& subroutine) : subroutine_(subroutine) {}

  std::string run(std::string_view charstring) {
    run(charstring, 0);
    return std::move(out_);
  }

 private:
  void run(std::string_view in, int depth) {
    if (depth > kDeepest) refuse("subroutines are nested too deeply");
    for (std::size_t at = 0; at < in.size() && !ended_;) {
      const int first = static_cast<std::uint8_t>(in[at]);
      if (first >= 32 || first == kShort) {
        const std::size_t length = first == kShort ? 3 : first == kFixed ? 5 : first >= 247 ? 2 : 1;
        if (at + length > in.size()) refuse("it is cut short");
        numbers_.push_back(in.substr(at, length));
        at += length;
        continue;
      }
      at++;
      if (first == kReturn) return;
      if (first == kCallsubr || first == kCallgsubr) {
        const int number = last_number();
        numbers_.pop_back();
        run(subroutine_(first == kCallgsubr, number), depth + 1);
      } else if (first == kHintmask || first == kCntrmask) {
        take_stems();
        at += (stems_ + 7) / 8;
      } else if (first == kHstem || first == kVstem || first == kHstemhm || first == kVstemhm) {
        take_stems();
      } else if (first == kEscape) {
        const int second = at < in.size() ? static_cast<std::uint8_t>(in[at]) : 0;
        if (second < kFirstFlex || second > kLastFlex) refuse("it calculates");
        emit(in.substr(at - 1, 2));
        at++;
      } else {
        const std::size_t own = first == kRmoveto                        ? 2
                                : first == kHmoveto || first == kVmoveto ? 1
                                : first == kEndchar                      ? 0
                                                                         : numbers_.size();
        if (!begun_ && numbers_.size() > own) width_ = numbers_[0];
        if (!begun_ && numbers_.size() > own) numbers_.erase(numbers_.begin());
        begun_ = true;
        emit(in.substr(at - 1, 1));
        ended_ = first == kEndchar;
      }
    }
  }

  int last_number() const {
    if (numbers_.empty()) refuse("a subroutine is called without its number");
    const std::string_view in = numbers_.back();
    const auto byte = [&](std::size_t at) {
      return static_cast<int>(static_cast<std::uint8_t>(in[at]));
    };
    if (byte(0) == kShort) return static_cast<std::int16_t>(byte(1) << 8 | byte(2));
    if (byte(0) <= 246) return byte(0) - 139;
    if (byte(0) <= 250) return (byte(0) - 247) * 256 + byte(1) + 108;
    if (byte(0) <= 254) return -(byte(0) - 251) * 256 - byte(1) - 108;
    refuse("a subroutine is called by half a number");
  }

  /// The first operator that clears the stack may have the glyph's width before its own numbers.
  void take_stems() {
    if (!begun_ && numbers_.size() % 2 == 1) width_ = numbers_[0];
    begun_ = true;
    stems_ += numbers_.size() / 2;
    numbers_.clear();
  }

  void emit(std::string_view what) {
    out_ += width_;
    width_ = {};
    for (const std::string_view number : numbers_) out_ += number;
    numbers_.clear();
    out_ += what;
  }

  const Subroutine& subroutine_;
  std::string out_;
  std::vector<std::string_view> numbers_;
  std::string_view width_;
  std::size_t stems_ = 0;
  bool begun_ = false, ended_ = false;
};

}  // namespace

std::string flattened(std::string_view charstring, const Subroutine& subroutine) {
  return Flattening(subroutine).run(charstring);
}

}  // namespace produce
