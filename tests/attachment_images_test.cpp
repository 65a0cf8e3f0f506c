#include <gtest/gtest.h>

#include <map>
#include <set>

#include "stages/prepare/attachment.hpp"
#include "stages/prepare/prepare.hpp"
#include "tests/corpus_images.hpp"

// Pictures as they come, odd and hostile: for each what must come out. Beside each lies a good one, which is never touched by it.

namespace {

using corpus::page;
using image_files::chunk;
using image_files::exif;
using image_files::Jpeg;
using image_files::little;
using image_files::Png;
using image_files::segment;
using image_files::turned;
using pipeline::Role;
using pipeline::Submission;

const std::string kForm =
    R"({"kind":"title_application","resubmits":"A-3F9A2C1B77D0","submit":false})";

const prepare::Rules& rules(const std::string& program = {}) {
  static std::map<std::string, prepare::Rules> loaded;
  const auto [found, made] = loaded.try_emplace(program);
  if (made)
    found->second =
        prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {}, program);
  return found->second;
}

struct Seen {
  std::string codes;  ///< of ATTACHMENT_…, without that
  std::string text;   ///< of the messages
  pipeline::Entry entry, neighbour;
};

Seen seen(const std::string& bytes, const prepare::Rules& by = rules()) {
  const std::string good = Jpeg{.after = segment(0xFE, "the neighbour")}.bytes();
  const Submission s = prepare::prepare(
      {},
      zip_builder::Builder().add("form.json", kForm).add("A01.x", bytes).add("A02.jpg", good).end(),
      by);
  Seen out;
  for (const auto& finding : s.findings) {
    const std::string begin = "ATTACHMENT_";
    if (!finding.code.starts_with(begin)) continue;
    EXPECT_EQ(finding.where, "A01.x") << finding.code;
    out.codes += (out.codes.empty() ? "" : " ") + finding.code.substr(begin.size());
    out.text += finding.message + finding.hint;
  }
  out.entry = s.entries.at(1);
  out.neighbour = s.entries.at(2);
  EXPECT_EQ(out.neighbour.role, Role::Attachment);
  EXPECT_EQ(out.neighbour.width, 1200);
  return out;
}

void check(const std::vector<corpus::Picture>& cases) {
  const std::set<std::string> spoilt{"CORRUPT", "EMPTY", "ENCRYPTED", "UNREADABLE", "TYPE"};
  for (const corpus::Picture& one : cases) {
    const Seen got = seen(one.bytes);
    EXPECT_EQ(got.codes, one.codes) << one.name << ": " << got.text;
    EXPECT_NE(got.text.find(one.text), std::string::npos) << one.name << ": " << got.text;
    EXPECT_EQ(got.entry.role, spoilt.contains(one.codes) ? Role::Rejected : Role::Attachment)
        << one.name;
    EXPECT_EQ(got.entry.slot, "A01");
  }
}

TEST(Images, JpegsAreJudgedByTheirMarkers) {
  check(corpus::jpegs());
}

TEST(Images, PngsAreJudgedByTheirChunks) {
  check(corpus::pngs());
}

TEST(Images, OtherPicturesAreToldHowToBecomeJpeg) {
  check(corpus::other_pictures());
}

TEST(Images, TheWayACameraWasHeldAndWhereIsKept) {
  for (unsigned o = 1; o <= 8; ++o)
    for (const bool little_endian : {false, true}) {
      const Seen got = seen(Jpeg{.before = turned(o, little_endian)}.bytes());
      EXPECT_EQ(got.codes, "");
      EXPECT_EQ(got.entry.orientation, static_cast<int>(o));
      EXPECT_EQ(got.entry.width, 1200) << "as stored";
      EXPECT_EQ(got.entry.note.empty(), o == 1) << got.entry.note;
      EXPECT_FALSE(got.entry.located);
    }
  std::string hostile = image_files::tiff(true, {{0x0112, 6}});
  for (const std::string& before :
       {turned(0), turned(9), segment(0xE1, "Exif"), exif("II"), exif("XX*_____"),
        exif("II*" + std::string("\0\xFF\xFF\xFF\xFF", 5)),
        exif("MM" + std::string("\0*\0\0\0\x08\xFF\xFF", 8)),
        exif("II*" + std::string("\0\0\0\0\0", 5))}) {
    const Seen got = seen(Jpeg{.before = before}.bytes());
    EXPECT_EQ(got.codes, "");
    EXPECT_EQ(got.entry.orientation, 1);
  }
  const Seen placed =
      seen(Jpeg{.before = exif(image_files::tiff(false, {{0x0112, 3}}, true))}.bytes());
  EXPECT_TRUE(placed.entry.located);
  EXPECT_EQ(placed.entry.orientation, 3);
  EXPECT_NE(placed.entry.note.find("位置"), std::string::npos);
  EXPECT_EQ(seen(Png{.before = chunk("eXIf", hostile)}.bytes()).entry.orientation, 6);
  EXPECT_NE(seen(Png{.bits = 16}.bytes()).entry.note.find("16 位"), std::string::npos);
  EXPECT_NE(seen(Jpeg{.components = 4,
                      .before = segment(0xEE, "Adobe" + std::string("\0\x64\0\0\0\0\2", 7))}
                     .bytes())
                .entry.note.find("CMYK"),
            std::string::npos);
}

TEST(Images, ASheetThatShowsNothingIsTold) {
  check(corpus::blank_sheets());
}

/// No reader can be started by these rules.
Seen undecoded(const std::string& bytes) {
  return seen(bytes, rules("/nonexistent/dossier"));
}

TEST(Images, NoPhotographIsDecoded) {
  const auto photograph = [](unsigned x, unsigned y) {
    return static_cast<unsigned char>((x * 31 + y * 17 + (x * y) % 97) % 251);
  };
  for (const std::string& picture : {page(photograph), page(photograph, 1), page(photograph, 4),
                                     page(photograph, 3, true), Png().bytes()})
    EXPECT_EQ(undecoded(picture).codes, "");
  EXPECT_ANY_THROW(undecoded(page([](unsigned, unsigned) -> unsigned char { return 255; })))
      << "else this test could not fail";
}

TEST(Images, MutatedHeadersNeitherCrashNorHang) {
  std::vector<std::string> seeds{
      Jpeg{.before = exif(image_files::tiff(true, {{0x0112, 6}, {256, 9}}, true)), .scan = 200}
          .bytes(),
      Jpeg{.frame = 0xC2,
           .components = 4,
           .before = exif(image_files::tiff(false, {{0x0112, 6}}, true)),
           .scan = 200}
          .bytes(),
      Png{.before = chunk("eXIf", image_files::tiff(true, {{0x0112, 6}}, true)), .data = "xxxx"}
          .bytes(),
      image_files::tiff(true, {{256, 1200}, {257, 900}}, true),
      "BM" + little(2000, 4) + std::string(60, '\1'),
      "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(600, '\1')};
  const char* rounds = std::getenv("DOSSIER_MUTATIONS");
  const int most = rounds ? std::atoi(rounds) : 20'000;
  std::uint32_t state = 1;
  const auto random = [&](std::size_t below) {
    state = state * 1'664'525 + 1'013'904'223;
    return (state >> 8) % below;
  };
  int whole = 0;
  for (int i = 0; i < most; ++i) {
    std::string bytes = seeds[random(seeds.size())];
    for (std::size_t change = 1 + random(4); change > 0; --change) {
      const std::size_t at = random(bytes.size());
      static const std::string kTelling("\0\1\xFF\xFE\x7F\x80\xD9\xDA", 8);
      if (random(8) == 0)
        bytes.resize(std::max<std::size_t>(at, 1));
      else if (random(8) == 0)
        bytes.insert(at, bytes.substr(random(bytes.size()), 1 + random(16)));
      else
        bytes[at] =
            random(2) != 0 ? kTelling[random(kTelling.size())] : static_cast<char>(random(256));
    }
    // In a buffer of its own size: whoever reads past it is found out.
    const std::vector<char> exact(bytes.begin(), bytes.end());
    const auto found = prepare::inspect({exact.data(), exact.size()});
    whole += found.flaw == prepare::Flaw::None;
    EXPECT_TRUE(found.image.orientation >= 1 && found.image.orientation <= 8);
    EXPECT_TRUE(found.image.width >= 0 && found.image.height >= 0);
  }
  EXPECT_GT(whole, most / 20);
  EXPECT_LT(whole, most);
}

}  // namespace
