#include "stages/prepare/recent_entries.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "pipeline/fault.hpp"
#include "pipeline/sha256.hpp"
#include "stages/prepare/prepare.hpp"
#include "tests/dossier_making.hpp"

namespace {

using dossiers::Case;
using prepare::RecentEntries;

/// With something that is left out, so that it cannot pass as it is packed.
std::string small_jpeg() {
  return image_files::Jpeg{.before = image_files::segment(0xFE, "scan 1"), .scan = 20'000}.bytes();
}

TEST(RecentEntries, AreGivenOnce) {
  RecentEntries recent;
  recent.keep("a", "one");
  recent.keep("b", "two");
  recent.keep("a", "one");
  EXPECT_EQ(recent.take("a"), "one");
  EXPECT_EQ(recent.take("a"), std::nullopt);
  EXPECT_EQ(recent.take("b"), "two");
  EXPECT_EQ(recent.take("c"), std::nullopt);
}

TEST(RecentEntries, TheOldestMakeRoomAndWhatIsLargeIsNotKept) {
  RecentEntries recent;
  const std::string largest(RecentEntries::kLargest, 'x');
  recent.keep("large", largest + 'x');
  constexpr std::size_t kRoom = RecentEntries::kMost / RecentEntries::kLargest;
  for (std::size_t i = 0; i <= kRoom; ++i) recent.keep(std::to_string(i), largest);
  EXPECT_EQ(recent.take("large"), std::nullopt);
  EXPECT_EQ(recent.take("0"), std::nullopt);
  for (std::size_t i = 1; i <= kRoom; ++i) EXPECT_EQ(recent.take(std::to_string(i)), largest) << i;
  // What was given takes no room any more.
  for (std::size_t i = 0; i < kRoom; ++i) recent.keep(std::to_string(i), largest);
  EXPECT_EQ(recent.take("0"), largest);
}

TEST(RecentEntries, MakeTheSameDossierAsTheVault) {
  const std::string jpeg = small_jpeg(), png = dossiers::real_png(90, 80, PNG_COLOR_TYPE_RGB);
  Case one({{"A01", "身份证明", "a.jpg", "jpeg", jpeg}, {"A02", "学历", "b.png", "png", png}});
  const std::string from_vault = one.bytes();
  std::filesystem::remove(one.bundle_file());
  EXPECT_THROW(one.bytes(), pipeline::Fault);
  for (const std::string& bytes : {jpeg, png}) one.recent().keep(pipeline::sha256(bytes), bytes);
  EXPECT_EQ(one.bytes(), from_vault);
  EXPECT_THROW(one.bytes(), pipeline::Fault);
}

TEST(RecentEntries, AreThoseOfWhichADossierMayBeMade) {
  const prepare::Rules rules = prepare::load_rules(DOSSIER_SOURCE_DIR "/templates", {});
  const std::string png = dossiers::real_png(90, 80, PNG_COLOR_TYPE_RGB);
  prepare::prepare({},
                   zip_builder::Builder()
                       .add("form.json", "{}")
                       .add("A01.png", png)
                       .add("A02.png", png.substr(0, png.size() / 2))
                       .end(),
                   rules);
  EXPECT_EQ(rules.recent->take(pipeline::sha256(png)), png);
  EXPECT_EQ(rules.recent->take(pipeline::sha256("{}")), std::nullopt);
  EXPECT_EQ(rules.recent->take(pipeline::sha256(png.substr(0, png.size() / 2))), std::nullopt);
}

}  // namespace
