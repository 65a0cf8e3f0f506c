#include <gtest/gtest.h>

#include "pipeline/text.hpp"
#include "tests/preparing.hpp"

namespace {

using namespace preparing;
using pipeline::Role;
using zip_builder::Options;

TEST(Prepare, AFileNamedInTheFormButAbsentIsMissing) {
  const Submission s = prepared(Builder().add("form.json", kHunan).add("授权书.jpg", jpeg()).end());
  EXPECT_EQ(told(s), (std::set<std::string>{"ATTACHMENT_MISSING@attachments[0].file",
                                            "ATTACHMENT_MISSING@attachments[2].file"}));
  EXPECT_EQ(codes(form_alone(kHunan)), "ATTACHMENT_MISSING ATTACHMENT_MISSING ATTACHMENT_MISSING");
  EXPECT_FALSE(s.form["attachments"][0].has("at"));
}

TEST(Prepare, FilesAreFoundByBaseNameAndWithoutRegardToCase) {
  const std::string form =
      R"({"kind":"publicity_photo","unit_uscc":"12652901PDY0001249","attachments":[
    {"slot":"a19","file":"PHOTO.JPG"},{"slot":"公示证明","file":"e\u0301.jpg"},{"slot":"A19","file":"x\\2.jpg"}]})";
  Options utf8;
  utf8.flags = 0x800;
  const Submission s = prepared(Builder()
                                    .add("top/form.json", form)
                                    .add("top/pics/photo.jpg", different_jpeg(1))
                                    .add("top/é.jpg", different_jpeg(2), utf8)
                                    .add("top/x/2.jpg", different_jpeg(3))
                                    .end());
  EXPECT_EQ(codes(s), "");
  EXPECT_EQ(fates(s),
            "top/form.json=form top/pics/photo.jpg=attachment:A19 top/é.jpg=attachment:A18 "
            "top/x/2.jpg=attachment:A19");
}

TEST(Prepare, WithoutAListNamesOfFilesAndFoldersDecide) {
  Builder zip;
  zip.add("form.json", kApplication);
  int n = 0;
  for (const char* name :
       {"身份证.jpg", "张三公示照片1.jpg", "公示情况说明.jpg", "A10-2023.jpg", "学位证书/1.jpg",
        "教师资格证书.jpg", "学历证书电子注册备案表.jpg", "单位承诺书.jpg"})
    zip.add(name, different_jpeg(n++));
  zip.add("毕业证和身份证.jpg", different_jpeg(n)).add("IMG_0001.jpg", different_jpeg(n + 1));
  const Submission s = prepared(zip.end());
  EXPECT_EQ(
      fates(s),
      "form.json=form 身份证.jpg=attachment:A01 张三公示照片1.jpg=attachment:A19 "
      "公示情况说明.jpg=attachment:A18 A10-2023.jpg=attachment:A10 学位证书/1.jpg=attachment:A03 "
      "教师资格证书.jpg=attachment:A16 学历证书电子注册备案表.jpg=attachment:A04 "
      "单位承诺书.jpg=attachment:A21 "
      "毕业证和身份证.jpg=attachment IMG_0001.jpg=attachment");
  EXPECT_EQ(told(s), (std::set<std::string>{"ATTACHMENT_UNCLASSIFIED@毕业证和身份证.jpg",
                                            "ATTACHMENT_UNCLASSIFIED@IMG_0001.jpg"}));
  for (const auto& finding : s.findings) EXPECT_EQ(finding.severity, pipeline::Severity::Warning);
}

TEST(Prepare, TheSameScanInTwoSlotsIsADuplicate) {
  const Submission s = prepared(Builder()
                                    .add("form.json", kApplication)
                                    .add("身份证.jpg", jpeg())
                                    .add("毕业证.jpg", jpeg())
                                    .end());
  EXPECT_EQ(told(s), (std::set<std::string>{"ATTACHMENT_DUPLICATE@毕业证.jpg"}));
}

TEST(Prepare, SpoiltAttachmentsAreRejectedAndKeepTheirSlot) {
  const std::string ole = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(600, '\0');
  const Submission s = prepared(Builder()
                                    .add("form.json", kApplication)
                                    .add("A01.jpg", jpeg(1200, 900, false))
                                    .add("A02.png", png(false))
                                    .add("A03.pdf", pdf(1).substr(0, 100))
                                    .add("A04.pdf", "")
                                    .add("A05.pdf", pdf(1, "/Encrypt << /Filter /Foreign /V 9 >>"))
                                    .add("A06.doc", ole)
                                    .add("A07.jpg", std::string("\0\0\0\x18"
                                                                "ftypheic",
                                                                12) +
                                                        std::string(90, 'x'))
                                    .add("A08.jpg", jpeg(300, 200))
                                    .add("A09.jpg", pdf(2))
                                    .add("A11.png", png())
                                    .add("A29.xls", ole + "roster")
                                    .add("A12.pdf", pdf(0))
                                    .end());
  EXPECT_EQ(told(s),
            (std::set<std::string>{"ATTACHMENT_CORRUPT@A01.jpg", "ATTACHMENT_CORRUPT@A02.png",
                                   "ATTACHMENT_CORRUPT@A03.pdf", "ATTACHMENT_EMPTY@A04.pdf",
                                   "ATTACHMENT_ENCRYPTED@A05.pdf", "ATTACHMENT_TYPE@A06.doc",
                                   "ATTACHMENT_TYPE@A07.jpg", "ATTACHMENT_LOW_RESOLUTION@A08.jpg",
                                   "ATTACHMENT_EMPTY@A12.pdf"}));
  EXPECT_EQ(fates(s),
            "form.json=form A01.jpg=rejected:A01 A02.png=rejected:A02 A03.pdf=rejected:A03 "
            "A04.pdf=rejected:A04 A05.pdf=rejected:A05 A06.doc=rejected:A06 A07.jpg=rejected:A07 "
            "A08.jpg=attachment:A08 A09.jpg=attachment:A09 A11.png=attachment:A11 "
            "A29.xls=attachment:A29 A12.pdf=rejected:A12");
  EXPECT_EQ(s.entries[9].type, "pdf");
  EXPECT_EQ(s.entries[9].pages, 2);
  EXPECT_EQ(s.entries[10].width, 1024);
}

TEST(Prepare, JunkIsIgnoredWithANote) {
  Builder zip;
  zip.add("form.json", kSmallForms[1]).add("空/", "");
  const std::vector<std::string> junk{
      "__MACOSX/._form.json", "._a.jpg",   ".DS_Store", "x/Thumbs.db",
      "desktop.ini",          "~$表.docx", "a.TMP",     "快捷方式.lnk"};
  for (const std::string& name : junk) zip.add(name, "x");
  const Submission s = prepared(zip.end());
  EXPECT_EQ(codes(s), "");
  ASSERT_EQ(s.entries.size(), junk.size() + 1);
  for (std::size_t i = 1; i < s.entries.size(); ++i) {
    EXPECT_EQ(s.entries[i].role, Role::Ignored) << s.entries[i].name;
    EXPECT_FALSE(s.entries[i].note.empty());
  }
}

TEST(Prepare, AnUnsafeNameRefusesTheBundleButTheRestIsRead) {
  const Submission s = prepared(Builder()
                                    .add("form.json", kHunan)
                                    .add("../../evil.jpg", jpeg())
                                    .add("授权书.jpg", different_jpeg(1))
                                    .end());
  EXPECT_TRUE(s.opened);
  EXPECT_TRUE(told(s).contains("ENTRY_NAME_UNSAFE@../../evil.jpg"));
  EXPECT_EQ(fates(s), "form.json=form ../../evil.jpg=rejected 授权书.jpg=attachment:U05");
  EXPECT_TRUE(pipeline::has_error(s.findings));
}

TEST(Prepare, WhatCannotBeOpenedSaysWhatItIs) {
  const auto why = [](const std::string& bytes, const std::string& name = "a.zip") {
    const Submission s = prepared(bytes, name);
    EXPECT_FALSE(s.opened) << name;
    EXPECT_EQ(s.findings.size(), 1u);
    return s.findings.empty() ? "" : s.findings[0].code + " " + s.findings[0].message;
  };
  EXPECT_NE(why("Rar!\x1A\x07\x01 and so on").find("NOT_A_ZIP 文件格式不是ZIP，无法打开。这是RAR"),
            std::string::npos);
  EXPECT_NE(why("7z\xBC\xAF\x27\x1C and so on").find("7z"), std::string::npos);
  EXPECT_NE(why(jpeg()).find("JPG"), std::string::npos);
  EXPECT_TRUE(why("").starts_with("NOT_A_ZIP"));
  EXPECT_NE(why(Builder().add("OFD.xml", "<x/>").end()).find("OFD"), std::string::npos);
  Options encrypted;
  encrypted.flags = 1;
  EXPECT_TRUE(
      why(Builder().add("form.json", kHunan, encrypted).end()).starts_with("ZIP_ENCRYPTED"));
  Options broken;
  broken.crc = 1;
  EXPECT_TRUE(why(Builder().add("form.json", kHunan, broken).end()).starts_with("ZIP_CORRUPT"));
  const std::string cut = hunan_bundle().substr(0, 900);
  EXPECT_TRUE(why(cut).starts_with("ZIP_CORRUPT"));
  EXPECT_TRUE(prepared(cut).incomplete);
  EXPECT_FALSE(prepared("Rar!\x1A\x07\x01").incomplete);
}

TEST(Prepare, GbkNamesAreToldOnceAndBindAllTheSame) {
  Builder zip;
  zip.add("form.json", kHunan);
  int n = 0;
  for (const char* name : {"事业单位法人证书.pdf", "授权书.jpg", "经办人身份证.jpg"})
    zip.add(pipeline::to_gb18030(name).value(), different_jpeg(n++));
  const Submission s = prepared(zip.end());
  EXPECT_EQ(codes(s), "ZIP_NAME_RECODED");
  EXPECT_EQ(s.entries[1].encoding, "gb18030");
  EXPECT_EQ(s.entries[1].slot, "U03");
}

TEST(Prepare, EveryEntryHasAFateAlsoWhenTheBundleIsRefused) {
  Options encrypted;
  encrypted.flags = 1;
  Options method;
  method.method = 14;
  const std::vector<std::string> bundles{
      Builder().add("form.json", "{").add("a.jpg", "").add("a/", "").add("._x", "y").end(),
      Builder().add("form.json", kHunan, encrypted).add("a.jpg", jpeg()).add("._x", "y").end(),
      Builder()
          .add("form.json", kHunan, method)
          .add("a.jpg", jpeg(), method)
          .add("a.jpg", "2")
          .end()};
  for (const std::string& bytes : bundles) {
    const Submission s = prepared(bytes);
    EXPECT_EQ(s.entries.size(), 3u);
    EXPECT_TRUE(pipeline::has_error(s.findings));
    for (const auto& entry : s.entries)
      if (entry.role == Role::Rejected || entry.role == Role::Ignored) {
        EXPECT_FALSE(entry.note.empty()) << entry.name;
      }
  }
}

}  // namespace
