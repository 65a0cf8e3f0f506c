#pragma once

#include "pipeline/text.hpp"
#include "stages/prepare/zip.hpp"
#include "tests/corpus.hpp"

namespace corpus {

using zip_builder::Builder;
using zip_builder::Options;

template <typename Change>
Options with(Change change) {
  Options options;
  change(options);
  return options;
}

inline std::string gbk(std::string_view utf8) {
  return pipeline::to_gb18030(utf8).value();
}

/// Info-ZIP's Unicode path.
inline std::string unicode_path(std::string_view raw, std::string_view utf8, bool right_crc) {
  std::string field;
  zip_builder::put(field, 0x7075, 2);
  zip_builder::put(field, 5 + utf8.size(), 2);
  field += '\1';
  zip_builder::put(field, zip_builder::crc(raw) + (right_crc ? 0 : 1), 4);
  return field + std::string(utf8);
}

inline std::string patched(std::string bytes, std::size_t from_end, const std::string& by) {
  return bytes.replace(bytes.size() - from_end, by.size(), by);
}

/// Zeros that inflate from a 158th of their size.
inline Options zeros(std::size_t megabytes) {
  return with([&](Options& o) {
    const std::size_t runs = (megabytes << 20) / 258;
    o.packed = zip_builder::deflate_zeros(runs);
    o.size = 1 + 258 * runs;
    o.crc = prepare::crc32(std::string(1 + 258 * runs, '\0'));
  });
}

inline std::string steps(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += "s/";
  return out + "U07.pdf";
}

/// What offices and their programs make.
inline std::vector<Row> honest_zips(Units& units) {
  const Options stored = with([](Options& o) { o.method = 0; });
  const Options described = with([](Options& o) { o.descriptor = true; });
  const Options unsigned_ = with([](Options& o) {
    o.descriptor = true;
    o.descriptor_signature = false;
  });
  const Options zip64 = with([](Options& o) { o.zip64 = true; });
  const Options both = with([](Options& o) { o.zip64 = o.descriptor = true; });
  const Options unix_host = with([](Options& o) {
    o.host = 3;
    o.attributes = 0100644u << 16;
  });
  const Options flagged = with([](Options& o) { o.flags = 0x800; });
  const auto named = [&](const std::string& name, const Options& how = {}) {
    return units.begun().add(name, units.scan(), how).end();
  };
  const auto junk = [&](std::initializer_list<const char*> names) {
    Builder zip = units.begun();
    for (const char* name : names) zip.add(name, "junk");
    return zip.end();
  };
  const auto extra = [&](std::uint16_t id, const std::string& body) {
    return with([&](Options& o) {
      zip_builder::put(o.extra, id, 2);
      zip_builder::put(o.extra, body.size(), 2);
      o.extra += body;
    });
  };
  const std::string raw = gbk("授权书.pdf");
  const auto path = [&](const std::string& utf8, bool right) {
    return with([&](Options& o) { o.extra = unicode_path(raw, utf8, right); });
  };
  const std::string none, unclassified = "ATTACHMENT_UNCLASSIFIED", recoded = "ZIP_NAME_RECODED";
  return {
      {"deflated", units.begun().end(), "accepted", none, 4},
      {"stored", units.begun(true, stored).end(), "accepted", none, 4},
      {"descriptors", units.begun(true, described).end(), "accepted", none, 4},
      {"descriptors without signature", units.begun(true, unsigned_).end(), "accepted", none, 4},
      {"Zip64", units.begun(true, zip64).end(), "accepted", none, 4},
      {"Zip64 to its end", units.begun(true, zip64).end({}, true), "accepted", none, 4},
      {"Zip64 with descriptors", units.begun(true, both).end(), "accepted", none, 4},
      {"of Unix", units.begun(true, unix_host).end(), "accepted", none, 4},
      {"with a comment", units.begun().end("本压缩包由某软件制作"), "accepted", none, 4},
      {"with a comment of 64 KB", units.begun().end(std::string(65'535, 'c')), "accepted", none, 4},
      {"one folder", units.begun(true, {}, "某学校/").end(), "accepted", none, 4},
      {"one folder of GBK", units.begun(true, {}, gbk("某学校/")).end(), "accepted", recoded, 4},
      {"backslashes", units.begun(true, {}, "school\\").end(), "accepted", none, 4},
      {"backslashes behind a trail byte that is one", units.begun(true, {}, gbk("昞\\")).end(),
       "accepted", recoded, 4, "昞"},
      {"folders listed", units.begun().add("空/", "").add("a/b/", "").end(), "accepted", none, 4},
      {"a file of GBK", named(gbk("经办人 昞 授权书.pdf")), "accepted", recoded, 5,
       "经办人 昞 授权书.pdf"},
      {"a file of a Mac", named("阿卜杜·买买提 授权书.pdf"), "accepted", none, 5},
      {"a file of 7-Zip", named("䶮𬭎㛃 授权书.pdf", flagged), "accepted", none, 5},
      {"a file of Bandizip", named(raw, path("授权书.pdf", true)), "accepted", none, 5},
      {"a file of Bandizip, renamed", named(raw, path("国徽.pdf", false)), "accepted", recoded, 5},
      {"hidden characters of macOS", junk({"__MACOSX/._form.json", ".DS_Store", "._U03.pdf"}),
       "accepted", none, 7, "苹果系统"},
      {"leftovers of Windows",
       junk({"Thumbs.db", "desktop.ini", "~$form.docx", "a.tmp", "form.lnk"}), "accepted", none, 9,
       "快捷方式"},
      {"a dot before", Builder(units.begun()).add("./a/../b", "").end(), "refused",
       "ENTRY_NAME_UNSAFE", 5},
      {"a step that is a dot", named(".//./U07 其他.pdf"), "accepted", none, 5},
      {"its form in capitals",
       Builder().add("FORM.JSON", units.form()).add("U03.pdf", units.scan()).end(), "accepted",
       "+ATTACHMENT_MISSING", 2},
      {"as deep as may be", named("1/2/3/4/5/U07.pdf"), "accepted", none, 5},
      {"as long as may be", named("U07 " + std::string(247, 'n') + ".pdf"), "accepted", none, 5},
      {"as many as may be",
       [&] {
         Builder zip = units.begun();
         for (int i = 0; i < 252; ++i) zip.add("._" + std::to_string(i), "");
         return zip.end();
       }(),
       "accepted", none, 256},
      {"its form last", Builder().add("U03.pdf", units.scan()).add("form.json", units.form()).end(),
       "accepted", "+ATTACHMENT_MISSING", 2},
      {"times of Unix", named("U07.pdf", extra(0x5455, std::string(5, '\1'))), "accepted", none, 5},
      {"times of Windows", named("U07.pdf", extra(10, std::string(32, '\1'))), "accepted", none, 5},
      {"a name of faces", named("U07 😀.pdf"), "accepted", none, 5},
      {"a name that Windows may not have", named("CON.pdf"), "accepted", unclassified, 5},
      {"a scan twice",
       [&] {
         const std::string scan = units.scan();
         return units.begun().add("U07.pdf", scan).add("U01.pdf", scan).end();
       }(),
       "accepted", "ATTACHMENT_DUPLICATE", 6, "U07.pdf"},
      {"an archive in it", units.begun().add("U07.zip", Builder().add("a", "b").end()).end(),
       "accepted", "ATTACHMENT_TYPE", 5, "先解压"},
      {"180 MB of zeros",
       units.begun().add("a", "", zeros(60)).add("b", "", zeros(60)).add("c", "", zeros(60)).end(),
       "accepted", "ATTACHMENT_DUPLICATE ATTACHMENT_TYPE ATTACHMENT_UNCLASSIFIED", 7, "无法识别"},
  };
}

/// Opened, and something in them must not be used.
inline std::vector<Row> odd_zips(Units& units) {
  const auto named = [&](const std::string& name, const Options& how = {}) {
    return units.begun().add(name, units.scan(), how).end();
  };
  const auto twice = [&](const std::string& a, const std::string& b) {
    return units.begun().add(a, units.scan()).add(b, units.scan()).end();
  };
  const auto method = [](std::uint16_t number) {
    return with([&](Options& o) { o.method = number; });
  };
  const Options flagged = with([](Options& o) { o.flags = 0x800; });
  const std::string unsafe = "ENTRY_NAME_UNSAFE";
  const std::string nul("U07.pdf\0.exe", 12);
  return {
      {"a name that climbs", named("../../canary.pdf"), "refused", unsafe, 5, "../../canary.pdf"},
      {"a name that climbs later", named("a/../../canary"), "refused", unsafe, 5, "指向压缩包之外"},
      {"a name that climbs by backslash", named("..\\..\\canary"), "refused", unsafe, 5},
      {"a name from the root", named("/tmp/dossier-canary"), "refused", unsafe, 5, "绝对路径"},
      {"a drive", named("C:\\canary"), "refused", unsafe, 5, "盘符"},
      {"a share", named("\\\\server\\share\\canary"), "refused", unsafe, 5, "绝对路径"},
      {"a stream", named("U07.pdf:canary"), "refused", unsafe, 5, "冒号"},
      {"a home", named("~/U07.pdf"), "accepted", "", 5},
      {"NUL in a name", named(nul), "refused", unsafe, 5, "控制字符"},
      {"a line end in a name", named("U07\n.pdf"), "refused", unsafe, 5, "控制字符"},
      {"a terminal's command", named("U07\x1B[2J.pdf"), "refused", unsafe, 5, "控制字符"},
      {"read from the right",
       named("U07\xE2\x80\xAE"
             "fdp.exe"),
       "refused", unsafe, 5, "不可见"},
      {"a dot at the end", named("U07.pdf."), "refused", unsafe, 5, "点或空格"},
      {"a blank at the end", named("U07.pdf "), "refused", unsafe, 5, "点或空格"},
      {"nothing for a name", named(""), "refused", unsafe, 5, "为空"},
      {"dots for a name", named(".."), "refused", unsafe, 5},
      {"the same name twice", twice("U07.pdf", "U07.pdf"), "refused", unsafe, 6, "重名"},
      {"the same but for case", twice("U07.pdf", "u07.PDF"), "refused", unsafe, 6, "大小写"},
      {"the same but for width", twice("U07.pdf", "Ｕ07.pdf"), "refused", unsafe, 6, "全半角"},
      {"file and folder", twice("U07", "U07/U01.pdf"), "refused", unsafe, 6, "文件夹"},
      {"a name too long", named(std::string(300, 'n')), "refused", unsafe, 5, "过长"},
      {"too deep", named("1/2/3/4/5/6/U07.pdf"), "refused", unsafe, 5, "层数"},
      {"two thousand deep", named(steps(2000)), "refused", unsafe, 5, "层数"},
      {"UTF-8 that is none", named("U07 \xC0\xAF.pdf", flagged), "refused", unsafe, 5, "编码"},
      {"no known coding", named("U07 \xFF\xFF.pdf"), "refused", unsafe, 5, "编码"},
      {"BZip2", named("U07.pdf", method(12)), "refused", "ATTACHMENT_UNREADABLE", 5, "BZip2"},
      {"LZMA", named("U07.pdf", method(14)), "refused", "ATTACHMENT_UNREADABLE", 5, "LZMA"},
      {"Deflate64", named("U07.pdf", method(9)), "refused", "ATTACHMENT_UNREADABLE", 5,
       "Deflate64"},
      {"a method that nobody knows", named("U07.pdf", method(4711)), "refused",
       "ATTACHMENT_UNREADABLE", 5, "4711"},
      {"its form by LZMA", Builder().add("form.json", units.form(), method(14)).end(), "refused",
       "FORM_UNREADABLE", 1, "LZMA"},
      {"a file too large", units.begun().add("U07.pdf", "", zeros(65)).end(), "accepted",
       "ATTACHMENT_SIZE", 5, "64 MB"},
      {"no form", Builder().add("U03.pdf", units.scan()).add("U05.pdf", units.scan()).end(),
       "refused", "FORM_MISSING", 2, "form.json"},
      {"nothing in it", Builder().end(), "refused", "FORM_MISSING", 0},
      {"folders only", Builder().add("a/", "").add("b/", "").end(), "refused", "FORM_MISSING", 0},
      {"its form too deep", Builder().add("a/b/form.json", units.form()).end(), "refused",
       "FORM_MISSING", 1, "“a/b/form.json”放得太深"},
      {"its form with another ending", Builder().add("form.json.txt", units.form()).end(),
       "refused", "FORM_MISSING", 1, "改为 form.json"},
      {"two forms", units.begun().add("a/form.json", units.form()).end(), "refused",
       "FORM_AMBIGUOUS", 5, "a/form.json"},
      {"a form that is empty", Builder().add("form.json", "").end(), "refused", "FORM_UNREADABLE",
       1},
  };
}

/// Not opened.
inline std::vector<Row> hostile_zips(Units& units) {
  const auto lying = [&](auto change) {
    return units.begun().add("U07.pdf", units.scan(), with(change)).end();
  };
  const std::string good = units.begun().end();
  const std::string fake = std::string("PK\5\6", 4) + std::string(18, '\0');
  const Options hidden = with([](Options& o) { o.in_directory = false; });
  const auto counted = [&](int more) {
    Builder zip = units.begun();
    zip.count = static_cast<std::uint64_t>(static_cast<int>(zip.count) + more);
    return zip.end();
  };
  const auto many = [&](int files, bool zip64) {
    Builder zip = units.begun();
    const Options empty = with([](Options& o) { o.method = 0; });
    for (int i = 0; i < files; ++i) zip.add("f" + std::to_string(i), "", empty);
    return zip.end({}, zip64);
  };
  const auto mode = [&](std::uint32_t bits) {
    return lying([&](Options& o) { o.host = 3, o.attributes = bits << 16; });
  };
  const auto flags = [&](std::uint16_t bits, std::uint16_t method = 8) {
    return lying([&](Options& o) { o.flags = bits, o.method = method; });
  };
  const std::string overlapped = [&] {
    Builder zip = units.begun();
    const Options again = with([](Options& o) { o.offset = 0; });
    for (int i = 0; i < 100; ++i) zip.add("form.json", "", again);
    return zip.end();
  }();
  std::string holed =
      Builder()
          .add("form.json", units.form())
          .add("U03.pdf", std::string(200'000, 'x'), with([](Options& o) { o.method = 0; }))
          .end();
  std::fill_n(holed.begin() + 80'000, 65'536, '\0');
  std::string flipped = good;
  flipped[600] = static_cast<char>(flipped[600] ^ 1);
  const std::string corrupt = "ZIP_CORRUPT", unsafe = "ZIP_UNSAFE", encrypted = "ZIP_ENCRYPTED",
                    other = "NOT_A_ZIP", q = "quarantined";
  return {
      {"nothing", "", q, other, 0, "0 字节"},
      {"garbage", "garbage that is long enough for an end record", q, other, 0, "文本文件"},
      {"zeros", std::string(5000, '\0'), q, other, 0, "没有复制完整"},
      {"a head alone", "PK\x03\x04", q, corrupt, 0, "可能没有复制完"},
      {"half of it", good.substr(0, good.size() / 2), q, corrupt, 0, "可能没有复制完"},
      {"cut in its directory", good.substr(0, good.size() - 60), q, corrupt, 0},
      {"cut by a byte", good.substr(0, good.size() - 1), q, corrupt, 0},
      {"zeros behind it", good + std::string(4096, '\0'), q, corrupt, 0},
      {"a byte behind it", good + "x", q, corrupt, 0, "多余"},
      {"a program before it", "MZ" + std::string(3000, 'x') + good, q, unsafe, 0, "多余数据"},
      {"a hidden file", units.begun().add("h", "hidden", hidden).end(), q, unsafe, 4, "藏有"},
      {"a hidden file before",
       Builder().add("h", "hidden", hidden).add("form.json", units.form()).end(), q, unsafe, 1},
      {"files that overlap", overlapped, q, unsafe, 104},
      {"another name inside", lying([](Options& o) { o.local_name = "../evil"; }), q, unsafe, 5,
       "不一致"},
      {"another name outside", lying([](Options& o) { o.central_name = "U01.pdf"; }), q, unsafe, 5},
      {"another CRC inside", lying([](Options& o) { o.central_crc = 123; }), q, unsafe, 5},
      {"another size inside", lying([](Options& o) { o.central_size = 5; }), q, unsafe, 5},
      {"another method inside", lying([](Options& o) { o.central_method = 0; }), q, unsafe, 5},
      {"other flags inside", lying([](Options& o) { o.central_flags = 8; }), q, unsafe, 5},
      {"a wrong CRC", lying([](Options& o) { o.crc = 1; }), q, corrupt, 5, "U07.pdf"},
      {"a wrong CRC behind", lying([](Options& o) { o.crc = 1, o.descriptor = true; }), q, corrupt,
       5},
      {"a size too large", lying([](Options& o) { o.size = 5000; }), q, corrupt, 5},
      {"a size too small", lying([](Options& o) { o.size = 5; }), q, corrupt, 5},
      {"a stored size that lies", lying([](Options& o) { o.method = 0, o.size = 3; }), q, corrupt,
       5, "前后不符"},
      {"a place that is none", lying([](Options& o) { o.offset = 7; }), q, corrupt, 5},
      {"a place outside", lying([](Options& o) { o.offset = 1u << 30; }), q, corrupt, 5, "超出"},
      {"bytes behind the data",
       lying([](Options& o) { o.packed = zip_builder::deflate("x") + "x"; }), q, corrupt, 5},
      {"of two disks", patched(good, 18, std::string("\1\0", 2)), q, unsafe, 0, "分卷"},
      {"two ends", Builder(units.begun()).end(fake), q, unsafe, 0, "歧义"},
      {"one file more than it has", counted(1), q, corrupt, 4, "残缺"},
      {"one file fewer", counted(-1), q, unsafe, 3, "条目数"},
      {"65,535 files in four", counted(65'531), q, corrupt, 0, "Zip64"},
      {"257 files", many(253, false), q, unsafe, 257, "上限 256"},
      {"5,000 files", many(4996, true), q, unsafe, 4096, "5000"},
      {"a password", flags(1), q, encrypted, 5, "不设密码"},
      {"a password, AES", flags(1, 99), q, encrypted, 5},
      {"a password, strong", flags(0x41), q, encrypted, 5},
      {"a password that hides headers", flags(0x2000), q, encrypted, 5},
      {"a link", mode(0120777), q, unsafe, 5, "符号链接"},
      {"a device", mode(0020666), q, unsafe, 5, "特殊文件"},
      {"a pipe", mode(0010644), q, unsafe, 5},
      {"a folder that holds data", lying([](Options& o) { o.attributes = 0x10; }), q, unsafe, 5,
       "藏有数据"},
      {"a bomb by its word", lying([](Options& o) { o.size = 60u << 20; }), q, unsafe, 5, "炸弹"},
      {"a bomb behind its word", lying([](Options& o) { o.size = 60u << 20, o.descriptor = true; }),
       q, unsafe, 5},
      {"a bomb that says it is small", lying([](Options& o) {
         o.packed = zip_builder::deflate_zeros((50u << 20) / 258);
         o.size = 100;
       }),
       q, corrupt, 5},
      {"a bomb in five parts",
       [&] {
         Builder zip = units.begun();
         for (const char* name : {"a", "b", "c", "d", "e"}) zip.add(name, "", zeros(60));
         return zip.end();
       }(),
       q, unsafe, 9, "256 MB"},
      {"Zip64 sizes that are not there", lying([](Options& o) {
         o.extra = std::string("\1\0\0\0", 4);
         o.central_size = 0xFFFFFFFF;
       }),
       q, corrupt, 5, "Zip64"},
      {"Zip64 sizes of all", lying([](Options& o) {
         o.extra = std::string("\1\0\x08\0", 4) + std::string(8, '\xFF');
         o.central_size = 0xFFFFFFFF;
       }),
       q, unsafe, 5},
      {"an extra field that overruns",
       lying([](Options& o) { o.extra = std::string("\x44\x44\xF4\x01", 4); }), q, corrupt, 5},
      {"a Zip64 end elsewhere", patched(units.begun().end({}, true), 34, "\x07"), q, corrupt, 0,
       "Zip64"},
      {"a Zip64 end of 2^63 files",
       patched(units.begun().end({}, true), 42 + 24, std::string("\0\0\0\0\0\0\0\x80", 8)), q,
       unsafe, 0},
      {"a hole", holed, q, corrupt, 2, "U03.pdf"},
      {"a bit that flipped", flipped, q, unsafe, 4},
      {"RAR", "Rar!\x1A\x07\x01 and so on", q, other, 0, "RAR"},
      {"7z", "7z\xBC\xAF\x27\x1C and so on", q, other, 0, "7z"},
      {"OFD", Builder().add("OFD.xml", "<x/>").end(), q, other, 1, "OFD"},
      {"a compressed tape", "\x1F\x8B\x08 and so on, longer than an end", q, other, 0},
      {"a page of the web", "<!DOCTYPE html><html>请先登录网盘</html>", q, other, 0},
      {"a photograph", "\xFF\xD8\xFF\xE0 and so on", q, other, 0, "JPG"},
      {"a program", "MZ\x90 and so on, longer than an end record", q, other, 0},
  };
}

}  // namespace corpus
