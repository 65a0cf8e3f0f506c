#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "stages/prepare/prepare.hpp"
#include "tests/corpus_forms.hpp"

// Bundles as the programs of Debian make them. setup.sh installs the small ones for the tests; what needs a large one says why
// it is skipped.

namespace {

namespace fs = std::filesystem;
using pipeline::Submission;

const prepare::Rules& rules() {
  static const prepare::Rules kLoaded =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  return kLoaded;
}

const std::string kScan = "U05 授权书 阿卜杜热合曼·阿卜杜拉.pdf", kRare = "U06 䶮𬭎㛃.pdf";

class Tools : public testing::Test {
 protected:
  Tools() : root(fs::path(testing::TempDir()) / ("tools-" + std::to_string(getpid()))) {
    fs::remove_all(root);
    fs::create_directories(root / "某学校");
    corpus::Units units(6, "430102");
    write("form.json", units.form());
    write("U03.pdf", units.scan());
    write(kScan, units.scan());
    write(kRare, units.scan());
  }
  ~Tools() override { fs::remove_all(root); }

  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(root / "某学校" / name, std::ios::binary) << bytes;
  }
  std::string read(const std::string& name) const {
    std::ifstream in(root / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static bool there(const std::string& program) {
    return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
  }
  /// In the folder above the bundle's.
  int run(const std::string& command) const {
    return std::system(
        ("cd '" + root.string() + "' && (" + command + ") >log 2>&1 </dev/null").c_str());
  }
  void python(const std::string& script) const {
    std::ofstream(root / "make.py") << "import zipfile, os, io\nsource = '某学校'\n" << script;
    ASSERT_EQ(run("PYTHONUTF8=1 python3 make.py"), 0) << read("log");
  }

  Submission prepared(const std::string& name = "a.zip") const {
    pipeline::Delivery delivery;
    delivery.drop = "public";
    delivery.name = name;
    return prepare::prepare(delivery, read(name), rules());
  }

  static std::string codes(const Submission& s) {
    std::set<std::string> all;
    for (const auto& finding : s.findings) all.insert(finding.code);
    std::string out;
    for (const std::string& code : all) out += (out.empty() ? "" : " ") + code;
    return out;
  }

  /// Everything in it is read, by its right name.
  void expect_whole(const std::string& also = {}) const {
    const Submission s = prepared();
    EXPECT_EQ(codes(s), also) << (s.findings.empty() ? "" : s.findings[0].message);
    EXPECT_EQ(s.kind, "unit_registration");
    std::map<std::string, std::string> slots;
    for (const auto& entry : s.entries)
      slots[fs::path(entry.name).filename().string()] = entry.slot;
    EXPECT_EQ(slots, (std::map<std::string, std::string>{
                         {"form.json", ""}, {"U03.pdf", "U03"}, {kScan, "U05"}, {kRare, "U06"}}));
  }
  void expect_refused(const std::string& code, const std::string& message,
                      const std::string& name = "a.zip") const {
    const Submission s = prepared(name);
    EXPECT_EQ(codes(s), code);
    ASSERT_FALSE(s.findings.empty());
    EXPECT_NE(s.findings[0].message.find(message), std::string::npos) << s.findings[0].message;
  }

  fs::path root;
};

TEST_F(Tools, SevenZip) {
  ASSERT_TRUE(there("7zz")) << "7zip of setup.sh";
  ASSERT_EQ(run("7zz a a.zip 某学校"), 0) << read("log");
  expect_whole();
  for (const char* how :
       {"-mx=9", "-mx=0", "-mm=Deflate -mfb=258", "-mcu=on", "-mcl=on -mcp=936"}) {
    fs::remove(root / "a.zip");
    ASSERT_EQ(run("7zz a " + std::string(how) + " a.zip ./某学校/*"), 0) << how << read("log");
    expect_whole(std::string(how).find("936") == std::string::npos ? "" : codes(prepared()));
  }
  for (const auto& [method, label] : std::map<std::string, std::string>{
           {"Deflate64", "Deflate64"}, {"BZip2", "BZip2"}, {"LZMA", "LZMA"}, {"PPMd", "PPMd"}}) {
    fs::remove(root / "a.zip");
    ASSERT_EQ(run("7zz a -mm=" + method + " a.zip 某学校"), 0) << read("log");
    const Submission s = prepared();
    EXPECT_TRUE(codes(s).find("FORM_UNREADABLE") != std::string::npos) << codes(s);
    EXPECT_NE(s.findings[0].message.find(label), std::string::npos) << s.findings[0].message;
  }
  fs::remove(root / "a.zip");
  for (const char* how : {"-mem=ZipCrypto", "-mem=AES256"}) {
    ASSERT_EQ(run("7zz a -psecret " + std::string(how) + " a.zip 某学校"), 0) << read("log");
    expect_refused("ZIP_ENCRYPTED", "加密");
    fs::remove(root / "a.zip");
  }
  ASSERT_EQ(run("7zz a a.7z 某学校 && 7zz a -v300 b.zip 某学校"), 0) << read("log");
  expect_refused("NOT_A_ZIP", "7z", "a.7z");
  for (const char* part : {"b.zip.001", "b.zip.002"}) EXPECT_FALSE(prepared(part).opened) << part;
}

TEST_F(Tools, InfoZip) {
  ASSERT_TRUE(there("zip")) << "zip of setup.sh";
  for (const char* how :
       {"-r", "-r -0", "-r -9", "-r -D", "-r -X", "-r -UN=UTF8", "-r -l", "-r -fd", "-r -fz"}) {
    ASSERT_EQ(run("LC_ALL=C.UTF-8 zip " + std::string(how) + " a.zip 某学校"), 0)
        << how << read("log");
    if (std::string(how) != "-r -l") expect_whole();
    EXPECT_EQ(prepared().kind, "unit_registration") << how;
    fs::remove(root / "a.zip");
  }
  // To a pipe: sizes behind the data, as Zip64.
  ASSERT_EQ(run("LC_ALL=C.UTF-8 zip -r - 某学校 | cat > a.zip"), 0) << read("log");
  expect_whole();
  fs::remove(root / "a.zip");
  ASSERT_EQ(run("LC_ALL=C.UTF-8 zip -r -P secret a.zip 某学校"), 0) << read("log");
  expect_refused("ZIP_ENCRYPTED", "加密");
  fs::remove(root / "a.zip");
  fs::create_symlink("/etc/passwd", root / "某学校" / "U07 链接.pdf");
  ASSERT_EQ(run("LC_ALL=C.UTF-8 zip -r -y a.zip 某学校"), 0) << read("log");
  expect_refused("ZIP_UNSAFE", "符号链接");
  fs::remove(root / "a.zip");
  fs::remove(root / "某学校" / "U07 链接.pdf");
  write("U07.jpg", [] {
    std::string noise(200'000, '\0');
    std::uint32_t state = 1;
    for (char& c : noise) c = static_cast<char>((state = state * 1'664'525 + 1'013'904'223) >> 24);
    return noise;
  }());
  ASSERT_EQ(run("LC_ALL=C.UTF-8 zip -r -s 64k a.zip 某学校"), 0) << read("log");
  for (const char* part : {"a.zip", "a.z01", "a.z02"}) EXPECT_FALSE(prepared(part).opened) << part;
  expect_refused("ZIP_UNSAFE", "分卷");
}

TEST_F(Tools, BsdTar) {
  ASSERT_TRUE(there("bsdtar")) << "libarchive-tools of setup.sh";
  const std::string bsdtar = "LC_ALL=C.UTF-8 bsdtar --format zip ";
  for (const char* how : {"", "--options zip:compression=store", "--options zip:zip64",
                          "--options hdrcharset=GB18030"}) {
    ASSERT_EQ(run(bsdtar + how + " -cf a.zip 某学校"), 0) << how << read("log");
    const bool recoded = std::string(how).find("GB18030") != std::string::npos;
    expect_whole(recoded ? "ZIP_NAME_RECODED" : "");
    fs::remove(root / "a.zip");
  }
  // To its standard output it fills up the last block of a tape with zeros: what lies behind an archive is not ours to judge.
  ASSERT_EQ(run(bsdtar + "-cf - 某学校 >a.zip"), 0) << read("log");
  expect_refused("ZIP_CORRUPT", "多余数据");
  fs::remove(root / "a.zip");
  ASSERT_EQ(run(bsdtar + "--options zip:encryption=aes256 --passphrase s -cf a.zip 某学校"), 0)
      << read("log");
  expect_refused("ZIP_ENCRYPTED", "加密");
  ASSERT_EQ(run("bsdtar -czf a.tgz 某学校 && bsdtar --format 7zip -cf a.7z 某学校"), 0);
  expect_refused("NOT_A_ZIP", "无法识别", "a.tgz");
  expect_refused("NOT_A_ZIP", "7z", "a.7z");
}

TEST_F(Tools, Python) {
  const std::string names = R"(
def put(to, **how):
    with zipfile.ZipFile(to, 'w', **how) as z:
        for name in sorted(os.listdir(source)):
            z.write(os.path.join(source, name), name)
)";
  for (const char* how : {"put('a.zip')", "put('a.zip', compression=zipfile.ZIP_DEFLATED)",
                          "put('a.zip', compression=8, compresslevel=1)"}) {
    python(names + how + "\n");
    expect_whole();
  }
  python(names + R"(
class Pipe(io.RawIOBase):
    def __init__(self, f): self.f = f
    def writable(self): return True
    def write(self, b): return self.f.write(b)
with open('a.zip', 'wb') as f: put(Pipe(f), compression=8)
)");
  expect_whole();
  python(R"(
with zipfile.ZipFile('a.zip', 'w', 8) as z:
    for name in sorted(os.listdir(source)):
        with z.open(name, 'w', force_zip64=True) as f:
            f.write(open(os.path.join(source, name), 'rb').read())
)");
  expect_whole();
  // Names as bytes of GBK, as Explorer writes them.
  python(R"(
class Gbk(zipfile.ZipInfo):
    def _encodeFilenameFlags(self): return self.filename.encode('gb18030'), self.flag_bits & ~0x800
with zipfile.ZipFile('a.zip', 'w', 8) as z:
    for name in sorted(os.listdir(source)):
        z.writestr(Gbk(name), open(os.path.join(source, name), 'rb').read())
)");
  expect_whole("ZIP_NAME_RECODED");
  for (const auto& [method, label] :
       std::map<std::string, std::string>{{"BZIP2", "BZip2"}, {"LZMA", "LZMA"}}) {
    python(names + "put('a.zip', compression=zipfile.ZIP_" + method + ")\n");
    EXPECT_NE(codes(prepared()).find("FORM_UNREADABLE"), std::string::npos) << method;
    EXPECT_NE(prepared().findings[0].message.find(label), std::string::npos);
  }
}

TEST_F(Tools, Jar) {
  if (!there("jar")) GTEST_SKIP() << "there is no Java on this machine";
  ASSERT_EQ(run("jar --create --no-manifest --file a.zip -C 某学校 ."), 0) << read("log");
  expect_whole();
}

}  // namespace
