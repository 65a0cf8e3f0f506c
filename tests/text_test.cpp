#include "pipeline/text.hpp"

#include <gtest/gtest.h>

// Text of strangers is put into its normal form in a time that grows with its length only.

namespace {

TEST(NormalForms, MarksAreComposedAndPutInOrder) {
  EXPECT_EQ(pipeline::nfc("e\u0301"), "\u00E9");
  EXPECT_EQ(pipeline::nfc("q\u0307\u0323"), "q\u0323\u0307");
  EXPECT_EQ(pipeline::nfkc("Ａ\u0301"), "\u00C1");
}

TEST(NormalForms, AnIdeographIsItsOwnAlsoWhereTheRestOfTheTextIsNot) {
  for (char32_t c = 0x4E00; c <= 0x9FFF; ++c) {
    std::string one;
    pipeline::append_utf8(one, c);
    EXPECT_EQ(pipeline::nfkc(one), one);
    EXPECT_EQ(pipeline::nfkc(one + "Ａ"), one + "A");
    EXPECT_EQ(pipeline::nfc(one + "e\u0301"), one + "\u00E9");
  }
  EXPECT_EQ(pipeline::nfkc("\uF900"), "\u8C48");
  EXPECT_EQ(pipeline::nfkc("\uA000\u3000\u4DFF"), "\uA000 \u4DFF");
  EXPECT_EQ(pipeline::nfkc("中\xE9\xBF"), "中\xE9\xBF");
}

TEST(NormalForms, AHeapOfMarksIsLeftAsItIs) {
  std::string heap = "a";
  constexpr int kMany = 200'000;
  for (int i = 0; i < kMany; ++i) heap += "\u0301";
  for (int i = 0; i < kMany; ++i) heap += "\u0323";
  EXPECT_EQ(pipeline::nfc(heap), heap);
  EXPECT_EQ(pipeline::nfkc(heap), heap);
}

}  // namespace
