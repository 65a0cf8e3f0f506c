#include <zlib.h>

#include <filesystem>
#include <random>

#include "pipeline/fault.hpp"
#include "stages/prepare/deflate_head.hpp"
#include "stages/prepare/packed_jpeg.hpp"
#include "stages/prepare/prepare.hpp"
#include "tests/dossier_making.hpp"

// JPEGs that go from the vault into a dossier as they are packed there.

namespace {

using dossiers::Case;
using dossiers::File;
using dossiers::Ledger;
using papers::run;
using prepare::JpegParts;
using Ranges = std::vector<JpegParts::Range>;

std::string deflated(const std::string& bytes, int level = 6, int strategy = Z_DEFAULT_STRATEGY) {
  z_stream z{};
  deflateInit2(&z, level, Z_DEFLATED, -15, 8, strategy);
  std::string out(deflateBound(&z, bytes.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

/// What zlib makes of a stream with its header and checksum; "" if that is wrong.
std::string inflated(const std::string& stream, std::size_t size) {
  std::string out(size + 1, '\0');
  uLongf made = out.size();
  uLong used = stream.size();
  if (uncompress2(reinterpret_cast<Bytef*>(out.data()), &made,
                  reinterpret_cast<const Bytef*>(stream.data()), &used) != Z_OK ||
      used != stream.size())
    return {};
  out.resize(made);
  return out;
}

std::string noise(std::size_t size, unsigned seed, unsigned shades = 256) {
  std::mt19937 random(seed);
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random() % shades);
  return out;
}

std::string adler_of(const std::string& bytes) {
  return image_files::big(prepare::adler32(bytes), 4);
}

std::string shown(const std::string& plain, const Ranges& ranges) {
  std::string out;
  for (const auto& range : ranges) out += plain.substr(range.from, range.size());
  return out;
}

/// A scan of a page as a scanner leaves it: what deflate hardly packs.
std::string grainy(unsigned width = 1000, unsigned height = 700, int components = 3,
                   bool progressive = false) {
  std::mt19937 random(width);
  return image_files::real_jpeg(
      width, height,
      [&](unsigned x, unsigned y) {
        return static_cast<unsigned char>(dossiers::checks(x, y) - 20 + random() % 40);
      },
      components, progressive);
}

std::string with_segments(const std::string& jpeg, const std::string& segments) {
  return jpeg.substr(0, 2) + segments + jpeg.substr(2);
}

const std::string kPrivate = image_files::exif(image_files::tiff(true, {{0x0112, 1}}, true)) +
                             image_files::segment(0xFE, "taken at home");

/// As `pdfimages` takes it out again.
std::string first_image(const std::string& path) {
  run("pdfimages -all " + path + " " + path);
  std::ifstream in(path + "-000.jpg", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(DeflateHead, LeavesOutWhatIsToGoAndTheRestAsItIs) {
  int joined = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    // Of few shades, blocks are of other lengths, and refer to one another.
    const std::string plain = noise(150'000, seed, seed % 3 == 0 ? 256 : 20 + seed);
    for (const int strategy : {Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_FIXED}) {
      const std::string stream = deflated(plain, seed % 5 == 0 ? 9 : 6, strategy);
      const Ranges ranges{{0, 2}, {20 + seed, 900}, {1000 + seed * 50, plain.size()}};
      const auto head = prepare::new_head(stream.substr(0, prepare::head_needed(ranges)), ranges);
      if (!head) continue;
      ++joined;
      const std::string wanted = shown(plain, ranges);
      EXPECT_EQ(inflated(head->bytes + stream.substr(head->rest) + adler_of(wanted), plain.size()),
                wanted)
          << seed << ' ' << strategy;
      EXPECT_LT(head->rest, 120'000u);
    }
  }
  EXPECT_GT(joined, 100);
}

TEST(DeflateHead, IsNotMadeWhereItCannotBeJoined) {
  const std::string plain = noise(150'000, 1);
  const Ranges cut{{0, 2}, {60, plain.size()}};
  const std::string stream = deflated(plain, 6, Z_HUFFMAN_ONLY);
  ASSERT_TRUE(prepare::new_head(stream, cut));
  // Its end comes before the joint; its one block is too long; it is cut; it is nothing of the kind.
  EXPECT_FALSE(prepare::new_head(deflated(plain.substr(0, 30'000)), {{0, 2}, {60, 30'000}}));
  EXPECT_FALSE(prepare::new_head(zip_builder::deflate_zeros(1'000'000), cut));
  EXPECT_FALSE(prepare::new_head(stream.substr(0, 20'000), cut));
  EXPECT_FALSE(prepare::new_head("", cut));
  std::mt19937 random(3);
  for (unsigned seed = 0; seed < 2000; ++seed) {
    std::string rotten = stream.substr(0, 60'000);
    for (int i = 0; i < 3; ++i) rotten[random() % 200] = static_cast<char>(random());
    prepare::new_head(rotten, cut);
    prepare::new_head(noise(500, seed), cut);
  }
}

TEST(PackedJpeg, LeavesTheVaultAsItLiesThere) {
  const std::string whole = grainy(), taken = with_segments(whole, kPrivate);
  for (const std::string& bytes : {whole, taken})
    for (const bool stored : {false, true}) {
      const std::string packed = deflated(bytes);
      const Case one({File{"A01", "", "a.jpg", "jpeg", bytes}.packed_as(stored ? "" : packed)});
      const std::string made = one.bytes(), path = one.stored("packed");
      const std::string& lies = stored ? whole : packed;
      EXPECT_NE(made.find(lies.substr(lies.size() - 60'000)), made.npos);
      EXPECT_EQ(made.find("[/FlateDecode/DCTDecode]") != made.npos, !stored);
      EXPECT_EQ(first_image(path), whole);
      EXPECT_EQ(made.find("taken at home"), made.npos);
      EXPECT_LT(dossiers::drawn(path, 2).at(0.5, 0.5), 250u);
    }
}

TEST(PackedJpeg, OfEveryKindIsWhatItIsWithoutTheNote) {
  std::vector<File> files;
  for (const bool stored : {false, true}) {
    // The same bytes would be stored once.
    const unsigned wide = stored ? 901 : 900;
    const std::string turned = with_segments(grainy(wide, 500), image_files::turned(6));
    std::string centimetres = grainy(wide + 300, 900);
    centimetres.replace(13, 5, std::string("\x02\x00\x76\x00\x76", 5));
    for (const std::string& bytes :
         {turned, grainy(wide, 900, 1), grainy(wide, 900, 4), grainy(wide, 900, 3, true),
          centimetres, grainy(wide - 860, 40)})
      files.push_back(
          File{"A" + std::to_string(10 + files.size()), "", "a.jpg", "jpeg", bytes}.packed_as(
              stored ? "" : deflated(bytes)));
  }
  const Case noted(files), old(files, {}, Ledger::Old);
  const std::string path = noted.stored("noted"), before = old.stored("old");
  EXPECT_EQ(run("pdfimages -list " + path + " | cut -c1-60"),
            run("pdfimages -list " + before + " | cut -c1-60"));
  for (int page = 1; page <= papers::pages_of(before); ++page) {
    EXPECT_EQ(dossiers::page_text(path, page), dossiers::page_text(before, page));
    EXPECT_EQ(dossiers::drawn(path, page).points, dossiers::drawn(before, page).points) << page;
  }
  EXPECT_EQ(noted.bytes(), noted.bytes());
}

TEST(PackedJpeg, OfTwoSlotsIsStoredOnce) {
  const std::string bytes = with_segments(grainy(), kPrivate);
  const File file = File{"A01", "", "a.jpg", "jpeg", bytes}.packed_as(deflated(bytes));
  const Case twice({file, file});
  const std::string path = twice.stored("slots");
  EXPECT_EQ(papers::pages_of(path), 3);
  EXPECT_LT(twice.bytes().size(), bytes.size() + 60'000);
  EXPECT_NE(dossiers::page_text(path, 1).find("与第1件是同一文件"), std::string::npos);
}

TEST(PackedJpeg, IsNoPaperIfTheVaultHasRotted) {
  const std::string bytes = with_segments(grainy(), kPrivate), packed = deflated(bytes);
  for (const bool stored : {false, true}) {
    const std::string& lies = stored ? bytes : packed;
    for (const std::size_t place : {lies.size() / 50, lies.size() / 2, lies.size() - 9}) {
      const Case one({File{"A01", "", "a.jpg", "jpeg", bytes}.packed_as(stored ? "" : packed)});
      EXPECT_NO_THROW(one.bytes());
      std::fstream vault(one.bundle_file(), std::ios::in | std::ios::out | std::ios::binary);
      std::string all{std::istreambuf_iterator<char>(vault), {}};
      const std::size_t at = all.find(lies) + place;
      vault.clear();
      vault.seekp(static_cast<std::streamoff>(at));
      vault.put(static_cast<char>(all[at] ^ 4));
      vault.close();
      try {
        one.bytes();
        ADD_FAILURE() << "nobody noticed byte " << place;
      } catch (const pipeline::Fault& fault) {
        EXPECT_EQ(fault.kind, pipeline::FaultKind::Retry);
      }
      std::filesystem::resize_file(one.bundle_file(), at);
      EXPECT_THROW(one.bytes(), pipeline::Fault);
    }
  }
}

TEST(PackedJpeg, NeedsNoMemoryForWhatItPassesOn) {
  std::vector<File> files;
  for (unsigned i = 0; i < 6; ++i) {
    std::string scan = noise(9'000'000, i, 200);
    const std::string bytes = image_files::Jpeg{.scan = 0, .end = scan + "\xFF\xD9"}.bytes();
    files.push_back(File{"A" + std::to_string(10 + i), "", "x.jpg", "jpeg",
                         i % 2 == 0 ? with_segments(bytes, kPrivate) : bytes}
                        .packed_as(i < 3 ? "" : deflated(bytes)));
    files.back().bytes = i < 3 ? files.back().bytes : bytes;
  }
  const Case one(files), small({});
  files = {};
  small.put([](std::string_view) {});  // fonts stay in memory
  std::size_t largest = 0, all = 0;
  const std::size_t before = dossiers::resident();
  one.put([&](std::string_view piece) {
    all += piece.size();
    largest = std::max(largest, dossiers::resident());
  });
  EXPECT_GT(all, 45'000'000u);
  EXPECT_LT(largest, before + 8'000'000u);
}

/// The notes that prepare writes of a bundle with that attachment.
std::string note_of(const std::string& bytes, const zip_builder::Options& options = {}) {
  static const prepare::Rules rules = prepare::load_rules(DOSSIER_SOURCE_DIR "/templates", {});
  const auto submission = prepare::prepare(
      {}, zip_builder::Builder().add("form.json", "{}").add("A01.jpg", bytes, options).end(),
      rules);
  return submission.entries.size() < 2 ? "" : submission.entries[1].packed;
}

TEST(PackedJpeg, IsNotedByWhoeverHasReadAllOfIt) {
  const std::string good = grainy(), taken = with_segments(good, kPrivate);
  EXPECT_EQ(note_of(good).substr(0, 2), "d ");
  EXPECT_EQ(note_of(good, {.method = 0}).substr(0, 2), "s ");
  EXPECT_LT(note_of(taken).size(), 90u);
  EXPECT_NE(note_of(taken + "a film", {.method = 0}), "");
  // Too little to be gained.
  EXPECT_EQ(note_of(with_segments(grainy(200, 200), kPrivate)), "");
  // What follows its end would be passed on, too.
  EXPECT_EQ(note_of(taken + "a film"), "");
  EXPECT_EQ(note_of(good.substr(0, good.size() / 2)), "");
  EXPECT_EQ(note_of(good.substr(0, good.size() - 2)), "");
  EXPECT_EQ(note_of(image_files::Jpeg{.width = 60'000, .height = 60'000}.bytes()), "");
  EXPECT_EQ(note_of(image_files::Jpeg{.frame = 0xC3}.bytes()), "");
  EXPECT_EQ(note_of(dossiers::real_png(90, 80, PNG_COLOR_TYPE_RGB)), "");
  // An archive that is refused, an entry that is not what it says: a bomb, a header that differs, a wrong checksum, more behind.
  EXPECT_EQ(note_of(good, {.central_method = std::uint16_t{0}}), "");
  EXPECT_EQ(note_of(good, {.local_name = "B01.jpg"}), "");
  EXPECT_EQ(note_of(good, {.crc = 7}), "");
  EXPECT_EQ(note_of(good, {.packed = deflated(good) + "more"}), "");
  EXPECT_EQ(note_of(good, {.packed = deflated(good).substr(0, 9000)}), "");
  const std::string bomb = with_segments(good, std::string()) + std::string(9'000'000, '\0');
  EXPECT_EQ(note_of(bomb, {.packed = deflated(std::string(9'000'000, '\0'))}), "");
}

TEST(PackedJpeg, BelievesNoNoteThatDoesNotFitItsFile) {
  const std::string good = "d 70 9000 a1b2c3d4 11223344 0-2,60-100000 900x600 y 6 118.11";
  const auto read = prepare::read_note(good, 100'000);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->deflated);
  EXPECT_EQ(read->at, 70u);
  EXPECT_EQ(read->checksum, 0xa1b2c3d4u);
  EXPECT_EQ(read->shown, (Ranges{{0, 2}, {60, 100'000}}));
  EXPECT_EQ(read->orientation, 6);
  EXPECT_EQ(read->dpi, 118.11);
  for (std::size_t length = 0; length < good.size() - 6; ++length)
    EXPECT_FALSE(prepare::read_note(good.substr(0, length), 100'000)) << length;
  EXPECT_FALSE(prepare::read_note(good, 99'999));
  EXPECT_FALSE(prepare::read_note(good, 100'001));
  for (const auto& [what, lie] :
       {std::pair("d 7", "x 7"), std::pair("d 7", "s 7"), std::pair("0-2", "2-0"),
        std::pair("60-", "1-"), std::pair("60-100000", "60-90000"), std::pair("60-", "60000-"),
        std::pair(" y ", " z "), std::pair(" 6 ", " 9 "), std::pair(" 6 ", " 0 "),
        std::pair("900x", "0x"), std::pair("900x", "70000x"), std::pair("70 9", "-1 9"),
        std::pair("118.11", "-1"), std::pair("118.11", "nan"), std::pair("118.11", "1 "),
        std::pair("70 9000", "70 99999999999999999999")}) {
    std::string note = good;
    note.replace(note.find(what), std::string(what).size(), lie);
    EXPECT_FALSE(prepare::read_note(note, 100'000)) << note;
  }
}

}  // namespace
