#include <gtest/gtest.h>

#include <ostream>

#include "pipeline/json.hpp"
#include "stages/prepare/filled_form.hpp"
#include "stages/prepare/find_form.hpp"
#include "stages/prepare/foreign_child.hpp"
#include "stages/prepare/image.hpp"
#include "stages/prepare/read_form.hpp"
#include "stages/prepare/zip.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/zip_builder.hpp"

// What the fuzz targets begin with, and what they found, read once more: tests/fuzz/README.md.

namespace fuzz {

void PrintTo(const Target& target, std::ostream* out) {
  *out << target.name;
}

}  // namespace fuzz

namespace {

std::string shown(std::string_view bytes) {
  constexpr std::size_t kShown = 60;
  return testing::PrintToString(std::string(bytes.substr(0, kShown)));
}

class FuzzCorpus : public testing::TestWithParam<fuzz::Target> {};

TEST_P(FuzzCorpus, EveryInputKeepsWhatItsTargetPromises) {
  const std::vector<std::string> seeds = fuzz::seeds(GetParam().name);
  const std::vector<std::string> kept = fuzz::kept(GetParam().name);
  EXPECT_GT(seeds.size(), 9U);
  EXPECT_GT(kept.size(), 9U);
  for (const auto* inputs : {&seeds, &kept})
    for (const std::string& input : *inputs) EXPECT_NO_THROW(GetParam().run(input)) << shown(input);
}

TEST_P(FuzzCorpus, SeedsCutAnywhereKeepItToo) {
  for (const std::string& input : fuzz::seeds(GetParam().name)) {
    constexpr std::size_t kCuts = 16;
    for (std::size_t i = 0; i < kCuts; ++i) {
      const std::string_view cut = std::string_view(input).substr(0, input.size() * i / kCuts);
      EXPECT_NO_THROW(GetParam().run(cut)) << i << " of " << shown(input);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, FuzzCorpus, testing::ValuesIn(fuzz::kTargets),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(FuzzSeeds, ReachWhatTheyAreFor) {
  int sound = 0, forms = 0, sheets = 0, pictures = 0, papers = 0;
  for (const std::string& input : fuzz::seeds("zip"))
    sound += prepare::read_zip(input, {}).verdict == prepare::ZipVerdict::Sound ? 1 : 0;
  for (const std::string& input : fuzz::seeds("json")) {
    const auto decoded = prepare::decode_form(input, {});
    forms += prepare::read_form(decoded.value, fuzz::rules()).kind.empty() ? 0 : 1;
  }
  for (const std::string& input : fuzz::seeds("xlsx")) {
    const auto filled = prepare::read_filled_workbook(fuzz::packed(input), fuzz::rules());
    sheets += filled.kind.empty() ? 0 : 1;
  }
  for (const std::string& input : fuzz::seeds("image"))
    for (const char* type : {"jpeg", "png"})
      pictures +=
          input.size() > 8 && prepare::look_at_image(type, input, 200).damage.empty() ? 1 : 0;
  for (const std::string& input : fuzz::seeds("pdf"))
    papers +=
        pipeline::parse_json(*prepare::answer_about_pdf('P', input)).value["fields"].size() > 3;
  EXPECT_GE(sound, 10);
  EXPECT_GE(forms, 10);
  EXPECT_GE(sheets, 10);
  EXPECT_GE(pictures, 10);
  EXPECT_GE(papers, 4);
}

TEST(FuzzTargets, SeeWhatIsBroken) {
  EXPECT_THROW(fuzz::check(pipeline::Value("\xFF")), fuzz::Broken);
  EXPECT_THROW(fuzz::check({pipeline::Finding{}}), fuzz::Broken);
  EXPECT_EQ(fuzz::packed("==a\nb\n==c\n--d\ne"),
            zip_builder::Builder()
                .add("a", "b")
                .add("c", zip_builder::Builder().add("d", "e").end())
                .end());
  EXPECT_EQ(fuzz::packed("=a"), "=a");
}

}  // namespace
