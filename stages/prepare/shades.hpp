#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

// Shades: counts how many points of a picture have which shade, to tell whether it shows anything.
//
//   takes   its rows, one after the other
//   gives   whether all points have one shade; whether that is out of the question already
//   faults  none

namespace prepare {

/// How many points have which shade.
class Shades {
 public:
  /// Of an image of that many points: a scanner's edge, a twentieth on each side, is not counted.
  Shades(std::size_t width, std::size_t height, std::size_t channels)
      : width_(width), height_(height), channels_(channels) {}

  void row(std::size_t y, const unsigned char* samples) {
    if (y < height_ / kEdge || y >= height_ - height_ / kEdge) return;
    seen_ += width_ - 2 * (width_ / kEdge);
    for (std::size_t x = width_ / kEdge; x < width_ - width_ / kEdge; ++x)
      for (std::size_t c = 0; c < channels_; ++c) ++count_[c][samples[x * channels_ + c]];
  }

  /// All but one point in two thousand (a line of text is four) near the most frequent shade; paper is never quite even.
  bool uniform() const {
    for (std::size_t c = 0; c < channels_; ++c)
      if (seen_ == 0 || is_more_than_dust(seen_ - near(c, mode(c)), seen_)) return false;
    return true;
  }

  /// Whatever the rows may show that are to come, it will not be uniform.
  bool shows_already() const {
    const std::size_t all = (width_ - 2 * (width_ / kEdge)) * (height_ - 2 * (height_ / kEdge));
    for (std::size_t c = 0; c < channels_; ++c)
      if (is_more_than_dust(seen_ - most_near_one_shade(c), all)) return true;
    return false;
  }

 private:
  static constexpr std::size_t kEdge = 20, kShades = 256, kNear = 24;
  using Counts = std::array<std::uint64_t, kShades>;

  std::size_t mode(std::size_t channel) const {
    const Counts& counts = count_[channel];
    return static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) -
                                    counts.begin());
  }

  std::uint64_t near(std::size_t channel, std::size_t shade) const {
    const auto begin = count_[channel].begin();
    const auto first = static_cast<std::ptrdiff_t>(shade < kNear ? 0 : shade - kNear);
    const auto end = static_cast<std::ptrdiff_t>(std::min(shade + kNear + 1, kShades));
    return std::accumulate(begin + first, begin + end, std::uint64_t{0});
  }

  /// The most points that are near any one shade; cheap enough for every row.
  std::uint64_t most_near_one_shade(std::size_t channel) const {
    const Counts& counts = count_[channel];
    std::uint64_t here = near(channel, 0), most = here;
    for (std::size_t shade = 1; shade < kShades; ++shade) {
      if (shade + kNear < kShades) here += counts[shade + kNear];
      if (shade > kNear) here -= counts[shade - kNear - 1];
      most = std::max(most, here);
    }
    return most;
  }

  /// So many points, of so many in all.
  static bool is_more_than_dust(std::uint64_t points, std::uint64_t all) {
    constexpr std::uint64_t kDust = 2000;
    return points * kDust > all;
  }

  std::size_t width_, height_, channels_;
  std::uint64_t seen_ = 0;  ///< points
  std::array<Counts, 4> count_{};
};

}  // namespace prepare
