#include "stages/prepare/shades.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

// Whether a picture shows anything, told before all of it was seen.

namespace {

constexpr std::size_t kSide = 80;

/// Paper of one shade give or take that much, with so many dark points.
std::vector<unsigned char> picture(std::mt19937& random, int unevenness, int dark) {
  std::vector<unsigned char> points(kSide * kSide);
  std::uniform_int_distribution<int> shade(200 - unevenness, 200 + unevenness);
  for (unsigned char& point : points) point = static_cast<unsigned char>(shade(random));
  std::uniform_int_distribution<std::size_t> place(0, points.size() - 1);
  for (int i = 0; i < dark; ++i) points[place(random)] = 10;
  return points;
}

TEST(Shades, WhatIsToldEarlyIsWhatWouldBeToldAtTheEnd) {
  std::mt19937 random(7);
  int early = 0, uniform = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const auto points = picture(random, trial % 50, trial / 20);
    prepare::Shades shades(kSide, kSide, 1);
    bool told = false;
    for (std::size_t y = 0; y < kSide; ++y) {
      shades.row(y, points.data() + y * kSide);
      told = told || shades.shows_already();
    }
    EXPECT_FALSE(told && shades.uniform()) << "picture " << trial;
    early += told ? 1 : 0;
    uniform += shades.uniform() ? 1 : 0;
  }
  EXPECT_GT(early, 100);
  EXPECT_GT(uniform, 10);
}

TEST(Shades, ALineOfTextIsMoreThanDustAndASpeckIsNot) {
  for (const bool line : {false, true}) {
    std::vector<unsigned char> points(kSide * kSide, 250);
    for (std::size_t x = 20; x < (line ? 60U : 22U); ++x) points[40 * kSide + x] = 0;
    prepare::Shades shades(kSide, kSide, 1);
    for (std::size_t y = 0; y < kSide; ++y) shades.row(y, points.data() + y * kSide);
    EXPECT_EQ(shades.uniform(), !line);
    EXPECT_EQ(shades.shows_already(), line);
  }
}

}  // namespace
