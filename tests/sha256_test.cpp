#include "pipeline/sha256.hpp"

#include <gtest/gtest.h>

#include <random>

#include "pipeline/sha256_beside.hpp"

// Digests made two at a time are those of OpenSSL.

namespace {

TEST(Sha256, OfAWholeAndOfOthersOnTheWayAreThoseOfEachAlone) {
  std::mt19937 random(1);
  std::string bytes(70'000, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  const std::string_view all = bytes;
  for (const std::size_t whole : {0, 1, 55, 56, 63, 64, 65, 119, 120, 127, 128, 5000, 70'000})
    for (const std::size_t first : {0, 1, 55, 56, 64, 129, 4999, 69'999})
      for (const std::size_t second : {0, 3, 64, 100, 50'000}) {
        pipeline::Sha256Beside digests(all.substr(0, whole));
        EXPECT_EQ(digests.add(all.substr(1, first)), pipeline::sha256(all.substr(1, first)));
        EXPECT_EQ(digests.add(all.substr(0, second)), pipeline::sha256(all.substr(0, second)));
        EXPECT_EQ(digests.finish(), pipeline::sha256(all.substr(0, whole)))
            << whole << ' ' << first << ' ' << second;
      }
}

TEST(Sha256, IsThatOfTheStandard) {
  pipeline::Sha256Beside digests("abc");
  EXPECT_EQ(digests.add(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(digests.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
