#include "stages/prepare/zip.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "pipeline/files.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"
#include "pipeline/vault.hpp"
#include "stages/prepare/kept_bundle.hpp"
#include "tests/zip_builder.hpp"

namespace {

using prepare::Limits;
using prepare::Zip;
using prepare::ZipVerdict;
using zip_builder::Builder;
using zip_builder::Options;

const std::string kHello = [] {
  std::string s;
  for (int i = 0; i < 1000; ++i) s += "hello world ";
  return s;
}();

std::string gbk(std::string_view utf8) {
  return pipeline::to_gb18030(utf8).value();
}

/// "ok a.txt dir/b.txt", "corrupt", "broken a.txt" (does not inflate), "ok !.." (a name that must not be used).
std::string judge(const std::string& bytes, const Limits& limits = {}) {
  const Zip zip = prepare::read_zip(bytes, limits);
  switch (zip.verdict) {
    case ZipVerdict::NotAZip:
      return "not a zip";
    case ZipVerdict::Corrupt:
      return "corrupt";
    case ZipVerdict::Encrypted:
      return "encrypted";
    case ZipVerdict::Unsafe:
      return "unsafe";
    case ZipVerdict::Sound:
      break;
  }
  prepare::Inflater inflater;
  std::string out = "ok";
  for (const auto& entry : zip.entries) {
    if (entry.folder) continue;
    out += ' ';
    if (!entry.problem.empty())
      out += '!';
    else if (entry.too_large)
      out += "(large)";
    else if (!prepare::can_inflate(entry.method))
      out += "(" + prepare::method_name(entry.method) + ")";
    else if (!inflater.read(bytes, entry))
      return "broken " + entry.name;
    out += entry.name;
  }
  return out;
}

std::string one(const Options& options, const std::string& name = "a.txt") {
  return Builder().add(name, kHello, options).end();
}

std::string named(const std::string& raw, std::uint16_t flags = 0) {
  Options options;
  options.flags = flags;
  return Builder().add(raw, kHello, options).add("ok.txt", kHello).end();
}

/// The name of the only entry, with the encoding that was recognised.
std::string decoded(const std::string& raw, const Options& options = {}) {
  const Zip zip = prepare::read_zip(one(options, raw), Limits());
  if (zip.verdict != ZipVerdict::Sound || zip.entries.size() != 1) return "?";
  return zip.entries[0].problem.empty() ? zip.entries[0].name + " " + zip.entries[0].encoding
                                        : "unsafe " + zip.entries[0].name;
}

std::string unicode_path(std::string_view raw, std::string_view utf8, bool right_crc) {
  std::string field;
  zip_builder::put(field, 0x7075, 2);
  zip_builder::put(field, 5 + utf8.size(), 2);
  field += '\1';
  zip_builder::put(field, zip_builder::crc(raw) + (right_crc ? 0 : 1), 4);
  return field + std::string(utf8);
}

TEST(Zip, OrdinaryArchivesAreRead) {
  const auto with = [](auto change) {
    Options options;
    change(options);
    return options;
  };
  const Options descriptor = with([](Options& o) { o.descriptor = true; });
  const Options bare =
      with([](Options& o) { o.descriptor = true, o.descriptor_signature = false; });
  EXPECT_EQ(judge(Builder().add("a.txt", kHello).add("dir/b.txt", kHello).end()),
            "ok a.txt dir/b.txt");
  EXPECT_EQ(judge(Builder().add("a", kHello, descriptor).add("b", kHello, descriptor).end()),
            "ok a b");
  EXPECT_EQ(judge(Builder().add("a", kHello, bare).add("b", kHello, bare).end()), "ok a b");
  EXPECT_EQ(judge(one(with([](Options& o) { o.method = 0; }))), "ok a.txt");
  EXPECT_EQ(judge(one(with([](Options& o) { o.method = 0, o.descriptor = true; }))), "ok a.txt");
  EXPECT_EQ(judge(one(with([](Options& o) { o.zip64 = true; }))), "ok a.txt");
  EXPECT_EQ(judge(one(with([](Options& o) { o.zip64 = o.descriptor = true; }))), "ok a.txt");
  EXPECT_EQ(judge(one(with([](Options& o) {
              o.zip64 = o.descriptor = true;
              o.descriptor_signature = false;
            }))),
            "ok a.txt");
  EXPECT_EQ(judge(Builder().add("a.txt", kHello).end({}, true)), "ok a.txt");
  EXPECT_EQ(judge(Builder().add("a.txt", kHello).end(std::string(5000, 'c'))), "ok a.txt");
  EXPECT_EQ(judge(Builder().end()), "ok");
  Options stored;
  stored.method = 0;
  EXPECT_EQ(judge(Builder().add("e.txt", "").add("e2.txt", "", stored).add("d/", "", stored).end()),
            "ok e.txt e2.txt");
  const std::string inner = Builder().add("x", kHello).end();
  Options nested = descriptor;
  nested.method = 0;
  EXPECT_EQ(judge(Builder().add("inner.zip", inner, nested).add("b", kHello).end()),
            "ok inner.zip b");
}

TEST(Zip, WhatIsReadWhenItIsReceivedIsReadAgainFromTheVault) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("kept-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder / ".work");
  const auto files = pipeline::make_files();
  pipeline::Vault vault(*files, folder);
  Options entry64;
  entry64.zip64 = true;
  Builder plain, sizes;
  plain.add("a.txt", kHello);
  sizes.add("a.txt", kHello, entry64);
  for (const std::string& bytes :
       {plain.end(), plain.end("a comment"), plain.end({}, true), plain.end("a comment", true),
        sizes.end(), sizes.end({}, true), plain.end({}, true, std::string(200, 'x')),
        plain.end("a comment", true, std::string(100'000, 'x'))}) {
    EXPECT_EQ(judge(bytes), "ok a.txt");
    const std::string sha256 = pipeline::sha256(bytes);
    vault.keep(sha256, bytes);
    prepare::KeptBundle kept(vault, sha256);
    EXPECT_EQ(kept.entry(kHello.size(), pipeline::sha256(kHello)), kHello);
  }
  std::filesystem::remove_all(folder);
}

TEST(Zip, NamesAreDecodedInTheMeasuredOrder) {
  Options utf8;
  utf8.flags = 0x800;
  EXPECT_EQ(decoded("a.txt"), "a.txt ascii");
  EXPECT_EQ(decoded("档案/张三.txt", utf8), "档案/张三.txt utf8");
  EXPECT_EQ(decoded("档案/张三.txt"), "档案/张三.txt utf8");
  EXPECT_EQ(decoded(gbk("档案/张三申请表.txt")), "档案/张三申请表.txt gb18030");
  EXPECT_EQ(decoded(gbk("㐀䶮𠀀.txt")), "㐀䶮𠀀.txt gb18030");
  const std::string raw = gbk("档案.txt");
  Options path;
  path.extra = unicode_path(raw, "真名.txt", true);
  EXPECT_EQ(decoded(raw, path), "真名.txt unicode-extra");
  path.extra = unicode_path(raw, "真名.txt", false);
  EXPECT_EQ(decoded(raw, path), "档案.txt gb18030");
  EXPECT_EQ(decoded("\xFF\xFE\xFD"), "unsafe %FF%FE%FD");
  EXPECT_EQ(decoded("\xC4\xE3", utf8), "unsafe %C4%E3");
}

TEST(Zip, ABackslashByteInsideAHanziIsNoSeparator) {
  ASSERT_EQ(gbk("昞")[1], '\x5C');
  ASSERT_EQ(gbk("琝")[1], '\x5C');
  EXPECT_EQ(decoded(gbk("昞.jpg")), "昞.jpg gb18030");
  EXPECT_EQ(decoded(gbk("李琝/身份证.jpg")), "李琝/身份证.jpg gb18030");
  EXPECT_EQ(decoded(gbk("王昞\\学历.jpg")), "王昞/学历.jpg gb18030");
}

TEST(Zip, TheMiddleDotOfAMacIsUtf8AndTheHanziLuIsGbk) {
  EXPECT_EQ(decoded("买买提·吐尔逊.jpg"), "买买提·吐尔逊.jpg utf8");
  EXPECT_EQ(decoded(gbk("路.jpg")), "路.jpg gb18030");
  EXPECT_EQ(decoded(gbk("一路.jpg")), "一路.jpg gb18030");
  EXPECT_EQ(decoded(gbk("买买提·吐尔逊.jpg")), "买买提·吐尔逊.jpg gb18030");
}

TEST(Zip, RandomGbkNamesAreNeverTakenForUtf8) {
  std::mt19937 random(7);
  int wrong = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string name;
    for (unsigned length = 1 + random() % 4; length-- > 0;) {
      if (random() % 8 == 0) name += gbk("路");
      name += static_cast<char>(0xB0 + random() % 40);
      name += static_cast<char>(0xA1 + random() % 94);
    }
    wrong += prepare::looks_like_utf8(name);
  }
  EXPECT_EQ(wrong, 0);
}

TEST(Zip, UnsafeNamesAreToldEntryByEntryAndTheOthersStillRead) {
  const std::vector<std::string> names{"../evil.txt",
                                       "a/../../evil.txt",
                                       "/etc/evil.txt",
                                       "..\\evil.txt",
                                       "C:\\evil.txt",
                                       "foo/..",
                                       "\\\\srv\\share\\x",
                                       "a:b.txt",
                                       "a.txt. ",
                                       "a.txt.",
                                       "",
                                       ".",
                                       std::string("a.txt\0.exe", 10),
                                       "a\n\x1b[31m.txt",
                                       std::string(300, 'x'),
                                       "d/d/d/d/d/d/d/f",
                                       "photo\xE2\x80\xAEgpj.exe"};
  for (const std::string& name : names) {
    const std::string got = judge(named(name));
    EXPECT_TRUE(got.starts_with("ok !") && got.ends_with(" ok.txt")) << name << ": " << got;
  }
}

TEST(Zip, HarmlessOddNamesAreTidied) {
  EXPECT_EQ(judge(named("dir\\sub\\f.txt")), "ok dir/sub/f.txt ok.txt");
  EXPECT_EQ(judge(named("./././a.txt")), "ok a.txt ok.txt");
  EXPECT_EQ(judge(named("a//b.txt")), "ok a/b.txt ok.txt");
  EXPECT_EQ(judge(named("~/x")), "ok ~/x ok.txt");
  EXPECT_EQ(judge(named("CON.txt")), "ok CON.txt ok.txt");
}

TEST(Zip, NamesThatWindowsTakesForTheSameAreDuplicates) {
  Options utf8;
  utf8.flags = 0x800;
  const auto two = [&](const std::string& a, const std::string& b) {
    return judge(Builder().add(a, kHello, utf8).add(b, "second", utf8).end());
  };
  EXPECT_EQ(two("a.txt", "a.txt"), "ok a.txt !a.txt");
  EXPECT_EQ(two("A.txt", "a.txt"), "ok A.txt !a.txt");
  EXPECT_EQ(two("１.txt", "1.txt"), "ok １.txt !1.txt");
  EXPECT_EQ(two("a", "a/b.txt"), "ok !a a/b.txt");
  EXPECT_EQ(two("e\xCC\x81.txt", "é.txt"), "ok é.txt !é.txt");
}

TEST(Zip, HeadersThatDisagreeAreUnsafe) {
  const auto with = [](auto change) {
    Options options;
    change(options);
    return judge(one(options));
  };
  EXPECT_EQ(with([](Options& o) { o.central_name = "b.txt"; }), "unsafe");
  EXPECT_EQ(with([](Options& o) { o.local_name = "../evil"; }), "unsafe");
  EXPECT_EQ(with([](Options& o) { o.central_crc = 123; }), "unsafe");
  EXPECT_EQ(with([](Options& o) { o.central_size = 5; }), "unsafe");
  EXPECT_EQ(with([](Options& o) { o.central_method = 0; }), "unsafe");
  EXPECT_EQ(with([](Options& o) { o.central_flags = 8; }), "unsafe");
  EXPECT_EQ(with([](Options& o) { o.offset = 7; }), "corrupt");
  EXPECT_EQ(with([](Options& o) { o.offset = 1u << 30; }), "corrupt");
}

TEST(Zip, HiddenAndOverlappingDataAreUnsafe) {
  Options hidden;
  hidden.in_directory = false;
  EXPECT_EQ(judge(Builder().add("a", kHello).add("h", "hidden", hidden).end()), "unsafe");
  EXPECT_EQ(judge(Builder().add("h", "hidden", hidden).add("a", kHello).end()), "unsafe");
  const std::string good = Builder().add("a.txt", kHello).end();
  EXPECT_EQ(judge("MZ" + std::string(3000, 'x') + good), "unsafe");
  Options again;
  again.offset = 0;
  EXPECT_EQ(judge(Builder().add("k", kHello).add("k", kHello, again).end()), "unsafe");
  Builder lying;
  lying.add("a.txt", kHello);
  lying.count = 2;
  EXPECT_EQ(judge(lying.end()), "corrupt");
  lying.count = 0;
  EXPECT_EQ(judge(lying.end()), "unsafe");
}

TEST(Zip, TheQuotedOverlapOfFifieldIsUnsafe) {
  // Each file's data begins with a stored block that quotes the next file's local header.
  Options inner;
  inner.packed = zip_builder::deflate_zeros(4000);
  const std::string zeros(1 + 258 * 4000, '\0');
  const std::string kernel = Builder().add("f1", zeros, inner).end();
  const std::string header = kernel.substr(0, 32);
  Options outer;
  outer.packed = std::string("\0\x20\0\xDF\xFF", 5) + header + *inner.packed;
  std::string whole = Builder().add("f0", header + zeros, outer).end();
  ASSERT_EQ(judge(whole), "ok f0");
  Builder quoted;
  quoted.add("f0", header + zeros, outer);
  Options central_only = inner;
  central_only.offset = 32 + 5;
  // Its own bytes are cut out again: only the record in the directory stays.
  const std::string with_copy = quoted.add("f1", zeros, central_only).end();
  EXPECT_EQ(judge(with_copy), "unsafe");
}

TEST(Zip, BombsAreNotInflated) {
  Options bomb;
  bomb.packed = zip_builder::deflate_zeros(10'000);
  const std::string zeros(1 + 258 * 10'000, '\0');
  Limits tight;
  tight.ratio = 150;
  EXPECT_EQ(judge(Builder().add("bomb", zeros, bomb).end()), "ok bomb");
  EXPECT_EQ(judge(Builder().add("bomb", zeros, bomb).end(), tight), "unsafe");
  bomb.descriptor = true;
  EXPECT_EQ(judge(Builder().add("bomb", zeros, bomb).end(), tight), "unsafe");
  bomb.descriptor = false;
  bomb.size = 100;
  EXPECT_EQ(judge(Builder().add("bomb", zeros, bomb).end()), "broken bomb");
  Options small;
  small.method = 0;
  Limits limits;
  limits.entry_mb = 1;
  EXPECT_EQ(judge(Builder().add("a", std::string((1 << 20) + 1, 'x'), small).end(), limits),
            "ok (large)a");
  limits.entry_mb = 64;
  limits.total_mb = 1;
  Builder many;
  for (const char* name : {"a", "b", "c"}) many.add(name, std::string(400'000, 'x'), small);
  EXPECT_EQ(judge(many.end(), limits), "unsafe");
}

TEST(Zip, TooManyEntriesAreUnsafeButListed) {
  Options empty;
  empty.method = 0;
  Builder many;
  for (int i = 0; i < 300; ++i) many.add("f" + std::to_string(i), "", empty);
  EXPECT_EQ(judge(many.end()), "unsafe");
  EXPECT_EQ(prepare::read_zip(many.end(), Limits()).entries.size(), 300u);
  EXPECT_EQ(judge(many.end({}, true)), "unsafe");
}

TEST(Zip, EncryptedArchivesAreToldApart) {
  for (const std::uint16_t flag : {0x1, 0x40, 0x2000}) {
    Options options;
    options.flags = flag;
    EXPECT_EQ(judge(one(options)), "encrypted") << flag;
  }
  Options aes;
  aes.flags = 1;
  aes.method = 99;
  EXPECT_EQ(judge(one(aes)), "encrypted");
}

TEST(Zip, UnknownMethodsAreNamed) {
  for (const auto& [method, name] : std::vector<std::pair<std::uint16_t, std::string>>{
           {9, "Deflate64"}, {12, "BZip2"}, {14, "LZMA"}}) {
    Options options;
    options.method = method;
    EXPECT_EQ(judge(one(options)), "ok (" + name + ")a.txt");
  }
}

TEST(Zip, LinksAndSpecialFilesAreUnsafe) {
  for (const std::uint32_t mode : {0120777u, 0020666u, 0010644u}) {
    Options options;
    options.host = 3;
    options.attributes = mode << 16;
    EXPECT_EQ(judge(one(options)), "unsafe") << mode;
  }
  Options file;
  file.host = 3;
  file.attributes = 0100644u << 16;
  EXPECT_EQ(judge(one(file)), "ok a.txt");
  Options folder;
  folder.attributes = 0x10;
  EXPECT_EQ(judge(one(folder)), "unsafe");
}

TEST(Zip, DamagedDataIsFound) {
  Options wrong;
  wrong.crc = 0xDEADBEEF;
  EXPECT_EQ(judge(one(wrong)), "broken a.txt");
  wrong.descriptor = true;
  EXPECT_EQ(judge(one(wrong)), "broken a.txt");
  std::string flipped = one({});
  flipped[600] = static_cast<char>(flipped[600] ^ 1);
  EXPECT_EQ(judge(flipped), "broken a.txt");
  Options longer;
  longer.packed = zip_builder::deflate(kHello) + "x";
  EXPECT_EQ(judge(one(longer)), "broken a.txt");
  Options lying;
  lying.method = 0;
  lying.size = 3;
  EXPECT_EQ(judge(one(lying)), "corrupt");
}

TEST(Zip, TheEndIsFoundOnceOrNotAtAll) {
  const std::string good = one({});
  EXPECT_EQ(judge(good + std::string(4000, '\0')), "corrupt");
  EXPECT_EQ(judge(good + "x"), "corrupt");
  const std::string fake = std::string("PK\5\6", 4) + std::string(18, '\0');
  EXPECT_EQ(judge(Builder().add("a.txt", kHello).end(fake)), "unsafe");
  EXPECT_EQ(judge(""), "not a zip");
  EXPECT_EQ(judge("garbage that is long enough for an end"), "not a zip");
  EXPECT_EQ(judge(std::string(5000, '\0')), "not a zip");
}

TEST(Zip, ExtraFieldsThatOverrunAreCorrupt) {
  Options options;
  zip_builder::put(options.extra, 0x4444, 2);
  zip_builder::put(options.extra, 500, 2);
  EXPECT_EQ(judge(one(options)), "corrupt");
  Options zip64;
  zip_builder::put(zip64.extra, 1, 2);
  zip_builder::put(zip64.extra, 0, 2);
  zip64.central_size = 0xFFFFFFFF;
  EXPECT_EQ(judge(one(zip64)), "corrupt");
}

TEST(Zip, EveryPrefixOfAGoodBundleIsRefused) {
  Options stored;
  stored.method = 0;
  Options descriptor;
  descriptor.descriptor = true;
  const std::string inner = Builder().add("x", "nested").end();
  const std::string good = Builder()
                               .add("form.json", "{}")
                               .add("inner.zip", inner, stored)
                               .add("a.txt", kHello.substr(0, 500), descriptor)
                               .end("comment");
  ASSERT_EQ(judge(good), "ok form.json inner.zip a.txt");
  for (std::size_t n = 0; n < good.size(); ++n) {
    const std::string got = judge(good.substr(0, n));
    ASSERT_FALSE(got.starts_with("ok")) << n << " bytes: " << got;
    ASSERT_TRUE(prepare::read_zip(good.substr(0, n), Limits()).incomplete || n == 0 || n < 4) << n;
  }
}

TEST(Zip, NoMutationOfABundleCrashesTheReader) {
  const std::string good =
      Builder().add("form.json", "{}").add(gbk("附件.jpg"), kHello).end("comment", true);
  std::mt19937 random(11);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = good;
    for (unsigned flips = 1 + random() % 4; flips-- > 0;) {
      const std::size_t at =
          random() % 3 == 0 ? random() % bytes.size() : bytes.size() - 1 - random() % 260;
      bytes[at] = random() % 2 == 0 ? '\xFF' : static_cast<char>(random());
    }
    judge(bytes);
  }
}

}  // namespace
