#include <algorithm>
#include <regex>

#include "stages/prepare/pdf_pages.hpp"
#include "stages/produce/dossier.hpp"
#include "stages/produce/object_text.hpp"
#include "tests/corpus_pdfs.hpp"
#include "tests/dossier_making.hpp"

// 卷宗.pdf, as the tools of others read it.

namespace {

using dossiers::Case;
using dossiers::File;
using dossiers::page_text;
using dossiers::resident;
using papers::run;
using papers::squeezed;

std::string picture(unsigned width = 800, unsigned height = 600) {
  return image_files::real_jpeg(width, height, dossiers::checks);
}

/// `segments` right after the first marker.
std::string with_segments(const std::string& jpeg, const std::string& segments) {
  return jpeg.substr(0, 2) + segments + jpeg.substr(2);
}

/// A page of words, across if `rotated`.
std::string text_pdf(int pages, const std::string& entries = "", const std::string& catalogue = "",
                     const std::vector<std::string>& more = {}) {
  std::vector<std::string> all{"<< /Type /Catalog /Pages 2 0 R " + catalogue + " >>",
                               corpus::pages_of(pages)};
  const std::string font = std::to_string(3 + 2 * pages);
  for (int i = 0; i < pages; ++i)
    all.push_back(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /A " + font +
        " 0 R >> >> /Contents " + std::to_string(3 + pages + i) + " 0 R " + entries + " >>");
  for (int i = 0; i < pages; ++i)
    all.push_back(
        form_pdf::stream("BT /A 40 Tf 60 700 Td (Foreign" + std::to_string(i + 1) + ") Tj ET"));
  all.push_back("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
  all.insert(all.end(), more.begin(), more.end());
  return form_pdf::file_of(all);
}

TEST(DossierTest, ShowsEveryAttachmentWhereTheContentsSayItIs) {
  const Case one({{"A02", "学历证书", "毕业证.pdf", "pdf", text_pdf(3)},
                  {"A01", "身份证明", "身份证（" + papers::kLongName + "）.jpg", "jpeg", picture()},
                  {"", "", "别的.png", "png", dossiers::real_png(300, 500, PNG_COLOR_TYPE_RGB)}});
  const std::string path = one.stored("dossier");
  EXPECT_EQ(papers::pages_of(path), 6);
  const std::string cover = page_text(path, 1);
  for (const std::string& said :
       {std::string("卷宗"), std::string("编号：T-3F9A2C1B77D0第2轮"), papers::kRare + "中学",
        papers::kLongName, std::string("3件，5页"), std::string("1A01身份证明"),
        std::string("2A02学历证书毕业证.pdf33"), std::string("第1页/共6页")})
    EXPECT_NE(cover.find(squeezed(said)), std::string::npos) << said << "\n" << cover;
  EXPECT_NE(cover.find("3—未归入材料目录别的.png16"), std::string::npos) << cover;
  const std::vector<std::string> words{"A01身份证明", "A02学历证书", "A02学历证书", "A02学历证书",
                                       "别的.png"};
  for (int page = 2; page <= 6; ++page) {
    const std::string text = page_text(path, page);
    EXPECT_NE(text.find(words[static_cast<std::size_t>(page - 2)]), std::string::npos) << text;
    EXPECT_NE(text.find("第" + std::to_string(page) + "页/共6页"), std::string::npos) << text;
  }
  EXPECT_NE(page_text(path, 4).find("Foreign2"), std::string::npos);
  EXPECT_NE(page_text(path, 4).find("本件第2页，共3页"), std::string::npos);
}

TEST(DossierTest, IsTheSameEachTime) {
  const Case one(
      {{"A01", "身份证明", "a.jpg", "jpeg", picture()},
       {"A02", "学历证书", "b.pdf", "pdf", text_pdf(2)},
       {"A03", "照片", "c.png", "png", dossiers::real_png(90, 80, PNG_COLOR_TYPE_RGB_ALPHA)}});
  EXPECT_EQ(one.bytes(), one.bytes());
}

TEST(DossierTest, LeadsThereByBookmarksOfEachSlot) {
  const Case one({{"A01", "身份证明", "正面.jpg", "jpeg", picture()},
                  {"A01", "身份证明", "反面.jpg", "jpeg", picture(900, 500)},
                  {"A02", "学历证书", "毕业证.pdf", "pdf", text_pdf(2)}});
  const std::string path = one.stored("bookmarks");
  const std::string json = run("qpdf --json --json-key=outlines " + path);
  const auto outlines = papers::json(json)["outlines"];
  ASSERT_EQ(outlines.size(), 3u) << json;
  const auto title = [](const pipeline::Value& mark) { return mark["title"].string(); };
  const auto page = [](const pipeline::Value& mark) { return mark["destpageposfrom1"].integer(); };
  EXPECT_EQ(title(outlines[0]), "封面和目录");
  EXPECT_EQ(title(outlines[1]), "A01 身份证明");
  ASSERT_EQ(outlines[1]["kids"].size(), 2u);
  EXPECT_EQ(title(outlines[1]["kids"][1]), "反面.jpg");
  EXPECT_EQ(page(outlines[1]["kids"][1]), 3);
  EXPECT_EQ(title(outlines[2]), "A02 学历证书");
  EXPECT_EQ(page(outlines[2]), 4);
}

TEST(DossierTest, PassesAJpegOnByteForByteButForWhatTellsWhereItWasTaken) {
  const std::string bare = picture();
  const std::string placed = image_files::tiff(true, {{0x0112, 1}}, true);
  const std::string taken =
      with_segments(bare, image_files::exif(placed) + image_files::segment(0xE2, "MPF\0secret") +
                              image_files::segment(0xFE, "taken at home")) +
      "appended by a telephone";
  const Case one({{"A01", "", "a.jpg", "jpeg", taken}});
  const std::string path = one.stored("jpeg");
  run("pdfimages -all " + path + " " + path);
  std::ifstream in(path + "-000.jpg", std::ios::binary);
  const std::string got{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(got, bare);
}

TEST(DossierTest, KeepsProgressiveAndGreyAndInkJpegsAsTheyAre) {
  const auto shades = dossiers::checks;
  const std::string inks = image_files::real_jpeg(
      160, 160, [](unsigned, unsigned) { return static_cast<unsigned char>(230); }, 4);
  const Case one(
      {{"A01", "", "progressive.jpg", "jpeg", image_files::real_jpeg(160, 160, shades, 3, true)},
       {"A02", "", "grey.jpg", "jpeg", image_files::real_jpeg(160, 160, shades, 1)},
       {"A03", "", "inks.jpg", "jpeg", inks}});
  ASSERT_NE(inks.find("Adobe"), std::string::npos);
  const std::string path = one.stored("kinds");
  const std::string list = run("pdfimages -list " + path);
  EXPECT_TRUE(std::regex_search(list, std::regex("rgb +3 +8 +jpeg"))) << list;
  EXPECT_TRUE(std::regex_search(list, std::regex("gray +1 +8 +jpeg"))) << list;
  EXPECT_TRUE(std::regex_search(list, std::regex("cmyk +4 +8 +jpeg"))) << list;
  // 230 in the file is so much white: the inks are inverted.
  EXPECT_GT(dossiers::drawn(path, 4).at(0.5, 0.5), 150u);
}

class Turned : public testing::TestWithParam<unsigned> {};

TEST_P(Turned, APictureStandsUprightAsTheCameraWasHeld) {
  const unsigned held = GetParam();
  // Black where the first row and column meet, grey where the first row ends.
  const std::string stored = image_files::real_jpeg(600, 300, [](unsigned x, unsigned y) {
    return static_cast<unsigned char>(y >= 150 ? 200 : x < 300 ? 0 : 100);
  });
  const Case one({{"A01", "", "a.jpg", "jpeg", with_segments(stored, image_files::turned(held))}});
  const auto page = dossiers::drawn(one.stored("turned" + std::to_string(held)), 2);
  EXPECT_EQ(page.width > page.height, held < 5);
  // TIFF 6.0: where row 0 and column 0 are; a quarter of the picture away from the middle.
  const bool first_row_above = held == 1 || held == 2, first_row_left = held == 5 || held == 8;
  const bool first_column_left = held == 1 || held == 4,
             first_column_above = held == 5 || held == 6;
  const auto side = [](bool before) { return before ? -1 : 1; };
  const double far = held < 5 ? 0.1 : 0.05;
  const auto at = [&](int row, int column) {
    const double dx = held < 5 ? column * side(first_column_left) : row * side(first_row_left);
    const double dy = held < 5 ? row * side(first_row_above) : column * side(first_column_above);
    return static_cast<int>(page.at(0.5 + dx * far, 0.5 + dy * far));
  };
  EXPECT_NEAR(at(1, 1), 0, 12);
  EXPECT_NEAR(at(1, -1), 100, 12);
  EXPECT_NEAR(at(-1, 1), 200, 12);
}

INSTANTIATE_TEST_SUITE_P(DossierTest, Turned, testing::Range(1u, 9u));

TEST(DossierTest, PassesPngsOnAndDecodesOnlyWhatAPdfCannotHold) {
  std::vector<File> files;
  const auto add = [&](const std::string& name, const std::string& bytes) {
    files.push_back({"A" + std::to_string(10 + files.size()), name, name + ".png", "png", bytes});
  };
  add("rgb", dossiers::real_png(200, 160, PNG_COLOR_TYPE_RGB));
  add("deep", dossiers::real_png(200, 160, PNG_COLOR_TYPE_RGB, 16));
  add("grey", dossiers::real_png(200, 160, PNG_COLOR_TYPE_GRAY));
  add("palette", dossiers::real_png(200, 160, PNG_COLOR_TYPE_PALETTE));
  add("bilevel", dossiers::real_png(200, 160, PNG_COLOR_TYPE_GRAY, 1));
  add("interlaced", dossiers::real_png(200, 160, PNG_COLOR_TYPE_RGB, 8, true));
  add("alpha", dossiers::real_png(200, 160, PNG_COLOR_TYPE_RGB_ALPHA));
  add("grey and alpha", dossiers::real_png(200, 160, PNG_COLOR_TYPE_GRAY_ALPHA, 16));
  const Case one(files);
  const std::string path = one.stored("pngs");
  EXPECT_EQ(papers::pages_of(path), 9);
  EXPECT_EQ(papers::text_of(path).find("未能"), std::string::npos);
  // What passes is in the file as it was.
  const std::string all = one.bytes();
  for (std::size_t i = 0; i < 5; ++i) {
    const std::string& png = files[i].bytes;
    const auto kind = png.find("IDAT");
    const auto length = static_cast<unsigned char>(png[kind - 1]) +
                        256u * static_cast<unsigned char>(png[kind - 2]);
    EXPECT_NE(all.find(png.substr(kind + 4, length)), std::string::npos) << files[i].name;
  }
  const auto rgb = dossiers::drawn(path, 2), clear = dossiers::drawn(path, 8);
  const dossiers::Drawn same[] = {dossiers::drawn(path, 3), dossiers::drawn(path, 4),
                                  dossiers::drawn(path, 7)};
  unsigned darkest = 255;
  for (double x = 0.46; x < 0.54; x += 0.01)
    for (double y = 0.45; y < 0.55; y += 0.01) {
      for (const auto& alike : same) EXPECT_NEAR(alike.at(x, y), rgb.at(x, y), 3);
      if (y < 0.49) darkest = std::min(darkest, clear.at(x, y));
      // Clear below the middle: white paper.
      if (y > 0.52) {
        EXPECT_GE(clear.at(x, y), 250u);
      }
    }
  EXPECT_LT(darkest, 80u);
}

TEST(DossierTest, HasAPageInPlaceOfWhatCannotBeShownThatSaysWhy) {
  const std::string good = text_pdf(1);
  const std::string locked = corpus::rewritten(good, [](QPDFWriter& to) {
    to.setR6EncryptionParameters("secret", "owner", true, true, true, true, true, true,
                                 qpdf_r3p_full, true);
  });
  const std::vector<std::pair<File, std::string>> all{
      {{"A01", "", "a.pdf", "pdf", locked}, "PDF设有打开密码"},
      {{"A02", "", "b.pdf", "pdf", "%PDF-1.4 and nothing more"}, "PDF结构损坏"},
      {{"A03", "", "c.pdf", "pdf",
        text_pdf(1, "", "/AcroForm << /XFA (x) /Fields [] >> /NeedsRendering true")},
       "动态表单（XFA）"},
      {{"A04", "", "d.pdf", "pdf",
        form_pdf::file_of({corpus::kCatalogue, "<< /Type /Pages /Count 0 /Kids [] >>"})},
       "PDF里没有页面"},
      {{"A05", "", "e.tif", "tiff", "II*" + std::string(200, '\0')}, "这是TIFF图片"},
      {{"A06", "", "f.png", "png", image_files::Png{60'000, 60'000}.bytes()}, "图片过大"},
      {{"A07", "", "g.jpg", "jpeg", picture().substr(0, 3000)}, "图片不完整"},
      {{"A08", "", "h.jpg", "jpeg", image_files::Jpeg{.frame = 0xC3}.bytes()}, "少见的JPEG编码"},
      {{"A09", "", "i.xls", "ole", "x"}, "旧版Office或WPS文档"}};
  std::vector<File> files;
  for (const auto& [file, why] : all) files.push_back(file);
  files.push_back({"A10", "", "good.pdf", "pdf", good});
  const Case one(files);
  const std::string path = one.stored("apologies");
  ASSERT_EQ(papers::pages_of(path), 11);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string text = page_text(path, static_cast<int>(i) + 2);
    EXPECT_NE(text.find("本件未能在卷宗中显示"), std::string::npos) << text;
    EXPECT_NE(text.find(all[i].second), std::string::npos) << all[i].second << "\n" << text;
    EXPECT_NE(text.find("怎么办"), std::string::npos) << text;
    EXPECT_NE(text.find(pipeline::sha256(all[i].first.bytes)), std::string::npos) << text;
  }
  EXPECT_NE(page_text(path, 11).find("Foreign1"), std::string::npos);
  EXPECT_NE(page_text(path, 1).find("未能显示，原因见该页"), std::string::npos);
}

TEST(DossierTest, ShowsNoPictureThatWasDamagedOnItsWay) {
  std::string png = dossiers::real_png(200, 160, PNG_COLOR_TYPE_RGB);
  const Case whole({{"A01", "", "a.png", "png", png}});
  EXPECT_EQ(page_text(whole.stored("whole"), 2).find("未能"), std::string::npos);
  png[png.find("IDAT") + 40] ^= 0x10;
  const Case one({{"A01", "", "a.png", "png", png}});
  EXPECT_NE(page_text(one.stored("flipped"), 2).find("图片内容残缺"), std::string::npos);
}

TEST(DossierTest, PassesOnAJpegWithMarkersThatHaveNoLength) {
  const std::string odd = with_segments(picture(), std::string("\xFF\x01\xFF\xD3\xFF\xFF\x01"));
  const Case one({{"A01", "", "a.jpg", "jpeg", odd}});
  const std::string path = one.stored("markers");
  EXPECT_EQ(page_text(path, 2).find("未能"), std::string::npos);
  EXPECT_LT(dossiers::drawn(path, 2).at(0.5, 0.5), 250u);
}

TEST(DossierTest, ShowsNoLayerThatWasSwitchedOff) {
  const auto layers = [](const std::string& off) {
    return text_pdf(1, "", "/OCProperties << /OCGs [6 0 R] /D << " + off + " >> >>",
                    {"<< /Type /OCG /Name (answers) >>"});
  };
  const Case one({{"A01", "", "a.pdf", "pdf", layers("/ON [6 0 R] /OFF []")},
                  {"A02", "", "b.pdf", "pdf", layers("/OFF [6 0 R]")},
                  {"A03", "", "c.pdf", "pdf", layers("/BaseState /OFF")}});
  const std::string path = one.stored("layers");
  EXPECT_NE(page_text(path, 2).find("Foreign1"), std::string::npos);
  for (const int page : {3, 4})
    EXPECT_NE(page_text(path, page).find("隐藏的图层"), std::string::npos) << page;
}

TEST(DossierTest, OutlivesHostilePdfs) {
  for (const corpus::Pdf& pdf : corpus::hostile_pdfs()) {
    SCOPED_TRACE(pdf.name);
    prepare::Limits limits;
    limits.dossier_cpu_seconds = 4;
    const Case one(
        {{"A01", "", "a.pdf", "pdf", pdf.bytes}, {"A02", "", "b.pdf", "pdf", text_pdf(1)}}, limits);
    const std::string path = one.stored("hostile");
    EXPECT_NE(page_text(path, papers::pages_of(path)).find("Foreign1"), std::string::npos);
  }
}

TEST(DossierTest, TakesNothingAlongThatActs) {
  const std::string act = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>";
  const std::string pdf = text_pdf(
      1, "/AA << /O " + act + " >> /Annots [6 0 R]",
      "/OpenAction " + act + " /Names << /JavaScript << /Names [(x) " + act +
          "] >> /EmbeddedFiles << /Names [(f) 7 0 R] >> >>",
      {"<< /Type /Annot /Subtype /Link /Rect [0 0 90 90] /A " + act + " /AP << /N 8 0 R >> >>",
       "<< /Type /Filespec /F (f) /EF << /F 8 0 R >> >>",
       form_pdf::stream("0 0 90 90 re f", "/Type /XObject /Subtype /Form /BBox [0 0 90 90]")});
  const Case one({{"A01", "", "a.pdf", "pdf", pdf}});
  const std::string plain = run("qpdf --qdf --object-streams=disable " + one.stored("acts") + " -");
  for (const char* word : {"JavaScript", "/JS", "/OpenAction", "/AA", "/EmbeddedFile", "/Filespec"})
    EXPECT_EQ(plain.find(word), std::string::npos) << word;
  // What the annotation looks like is part of the page.
  EXPECT_LT(dossiers::drawn(papers::stored(one.bytes(), "acts"), 2).at(0.08, 0.93), 100u);
}

TEST(DossierTest, BelievesNothingThatAReaderSays) {
  const std::string good =
      "<</A 1 0 R>>datanull\n{\"pages\":[[1,0,0,9,9]],\"objects\":[[12,4],[4,-1]]}";
  const pipeline::Shown read = prepare::read_pages(good, 9);
  ASSERT_EQ(read.why_not, "");
  ASSERT_EQ(read.objects.size(), 2u);
  EXPECT_EQ(read.objects[0].data, "data");
  for (const std::string& lie :
       {std::string(), std::string("{}"), std::string("\n{}"),
        corpus::replaced(good, "[12,4]", "[12,400]"), corpus::replaced(good, "[12,4]", "[12,3]"),
        corpus::replaced(good, "[12,4]", "[-12,4]"), corpus::replaced(good, "[12,4]", "[12,-4]"),
        corpus::replaced(good, "[[1,0", "[[0,0"), corpus::replaced(good, "[[1,0", "[[3,0"),
        corpus::replaced(good, "9,9]", "9,1e99]"), corpus::replaced(good, "9,9]", "9,-9]")})
    EXPECT_NE(prepare::read_pages(lie, 9).why_not, "") << lie;
  const std::string more = corpus::replaced(good, "[[1,0,0,9,9]]", "[[1,0,0,9,9],[1,0,0,9,9]]");
  EXPECT_NE(prepare::read_pages(more, 1).why_not.find("超过卷宗能收入的 1 页"), std::string::npos);
}

/// A reader that was taken over: one page, drawn by that object.
class Lies : public pipeline::Attachments {
 public:
  explicit Lies(std::string dictionary) : dictionary_(std::move(dictionary)) {}
  pipeline::Shown show(const pipeline::Value&) override {
    pipeline::Shown out;
    out.objects.push_back({dictionary_, "0 0 9 9 re f"});
    out.pages.push_back({1, 0, 0, 9, 9});
    return out;
  }
  std::size_t most_pages() const override { return 9; }

 private:
  std::string dictionary_;
};

TEST(DossierTest, HasNoStreamThatReachesOutOfItOrTellsItsLengthTwice) {
  const Case one({{"A01", "", "a.pdf", "pdf", text_pdf(1)}});
  const auto taken = [&](const std::string& dictionary) {
    std::string bytes;
    Lies lies(dictionary);
    produce::put_dossier(one.payload, papers::kit(), lies,
                         [&](std::string_view piece) { bytes += piece; });
    return bytes.find("0 0 9 9 re f") != bytes.npos;
  };
  const std::string form = "<</Type /XObject/Subtype /Form/BBox [0 0 9 9]";
  EXPECT_TRUE(taken(form + "/Resources <</F 1 0 R/Length 5>>/Name /F>>"));
  for (const char* lie : {"/Length 0", "/L#65ngth 0", "/F (//host/share)", "/#46 (//host/share)",
                          "/F <</Type/Filespec/F(a)>>", "/FFilter /FlateDecode",
                          "/FDecodeParms <<>>", "/Ref <</F (a)>>", "/OPI <<>>", "/AF []",
                          "/Subtype /PS", "/Subtype /#50S", "/Subtype 1 0 R", "/Subtype2 /PS"})
    EXPECT_FALSE(taken(form + lie + ">>")) << lie;
}

TEST(DossierTest, CopiesObjectsThatKeepToThemselves) {
  std::string out;
  EXPECT_TRUE(produce::copy_object("<</A[1 0 R 2 3]/B(x \\) 9 0 R)/C<41 42>/D -.5>>", 10, 1, out));
  EXPECT_EQ(out, "<</A [11 0 R 2 3 ]/B (x \\) 9 0 R)/C <41 42>/D -.5 >>");
  for (const char* wrong :
       {"<</A 2 0 R>>", "<</A 0 0 R>>", "<</A 99999999999999999999 0 R>>", "<</A 1", "<</A>>",
        "<<1 2>>", "[1", "(open", "<4G>", "endobj", "", "<</A 1 0 R>", "5 0 obj"})
    if (const auto end = produce::copy_object(wrong, 10, 1, out)) {
      EXPECT_LT(*end, std::string_view(wrong).size()) << wrong;
    }
}

TEST(DossierTest, TurnsAndCutsAPageAsItsProgramSays) {
  const Case one({{"A01", "", "a.pdf", "pdf", text_pdf(1, "/Rotate 90")},
                  {"A02", "", "b.pdf", "pdf", text_pdf(1, "/CropBox [0 600 595 842]")}});
  const std::string path = one.stored("boxes");
  const auto turned = dossiers::drawn(path, 2), cut = dossiers::drawn(path, 3);
  EXPECT_GT(turned.width, turned.height);
  EXPECT_GT(cut.width, cut.height);
  EXPECT_NE(page_text(path, 2).find("Foreign1"), std::string::npos);
  EXPECT_NE(page_text(path, 3).find("Foreign1"), std::string::npos);
}

TEST(DossierTest, StoresAFileOfTwoPlacesOnce) {
  const std::string scan = picture(1600, 1200);
  const Case twice(
      {{"A01", "身份证明", "a.jpg", "jpeg", scan}, {"A02", "学历", "b.jpg", "jpeg", scan}});
  EXPECT_LT(twice.bytes().size(), 2 * scan.size() + 60'000);
  const std::string path = twice.stored("twice");
  EXPECT_EQ(papers::pages_of(path), 3);
  EXPECT_NE(page_text(path, 1).find("与第1件是同一文件"), std::string::npos);
  const std::string list = run("pdfimages -list " + path);
  EXPECT_EQ(std::count(list.begin(), list.end(), '\n'), 4) << list;
}

TEST(DossierTest, HasNoMorePagesThanAreAllowedHoweverManyItsFilesHave) {
  prepare::Limits limits;
  limits.dossier_total_pages = 4500;
  std::vector<File> files;
  const std::string many = text_pdf(2000), others = text_pdf(1999);
  for (int i = 0; i < 20; ++i)
    files.push_back({"A" + std::to_string(10 + i), "", std::to_string(i) + ".pdf", "pdf",
                     i == 9 ? others : many});
  files.push_back({"A90", "", "last.pdf", "pdf", text_pdf(450)});
  const Case one(files, limits);
  std::size_t largest = 0;
  std::string bytes;
  const std::size_t before = resident();
  one.put([&](std::string_view piece) {
    bytes += piece;
    largest = std::max(largest, resident() - bytes.capacity());
  });
  EXPECT_LT(largest, before + 48'000'000u);
  const std::string path = papers::stored(bytes, "many");
  papers::expect_sound(path);
  EXPECT_EQ(papers::pages_of(path), 2 + 2 * 2000 + 18 + 450);
  EXPECT_NE(page_text(path, 2 + 2000 + 1).find("本件第1页，共2000页"), std::string::npos);
  for (const int page : {4003, 4010, 4020}) {
    const std::string text = page_text(path, page);
    EXPECT_NE(text.find("附件合计最多4500页"), std::string::npos) << page << text;
  }
  EXPECT_NE(page_text(path, 4470).find("Foreign450"), std::string::npos);
}

TEST(DossierTest, HasContentsOfSeveralPagesForFortyAttachments) {
  std::vector<File> files;
  for (int i = 0; i < 40; ++i)
    files.push_back({"A" + std::to_string(10 + i), "学历学位证书及其认证报告" + std::to_string(i),
                     papers::kLongName + "的扫描件（第" + std::to_string(i) + "份）.jpg", "jpeg",
                     picture(64 + static_cast<unsigned>(i), 64)});
  const Case one(files);
  const std::string path = one.stored("forty");
  const int pages = papers::pages_of(path), cover = pages - 40;
  EXPECT_GE(cover, 2);
  std::string contents;
  for (int page = 1; page <= cover; ++page) contents += page_text(path, page);
  for (int i = 0; i < 40; ++i) {
    const int page = cover + 1 + i;
    EXPECT_NE(page_text(path, page).find("A" + std::to_string(10 + i) + "学历"), std::string::npos);
    EXPECT_NE(contents.find("份）.jpg1" + std::to_string(page)), std::string::npos) << page;
  }
}

TEST(DossierTest, OfACaseWithoutAttachmentsIsItsCover) {
  const Case one({});
  const std::string path = one.stored("none");
  EXPECT_EQ(papers::pages_of(path), 1);
  EXPECT_NE(page_text(path, 1).find("未提供任何附件"), std::string::npos);
}

TEST(DossierTest, IsNotMadeOfABundleThatIsNotWhatWasReceived) {
  const Case one({{"A01", "", "a.jpg", "jpeg", picture()}});
  std::filesystem::remove(one.bundle_file());
  EXPECT_THROW(one.bytes(), std::exception);
  std::ofstream(one.bundle_file(), std::ios::binary) << zip_builder::Builder().add("x", "y").end();
  EXPECT_THROW(one.bytes(), std::exception);
}

TEST(DossierTest, NeedsNoMoreMemoryThanItsLargestFile) {
  std::vector<File> files;
  constexpr int kFiles = 20;
  for (int i = 0; i < kFiles; ++i)
    files.push_back({"A" + std::to_string(10 + i), "", "x.jpg", "jpeg",
                     image_files::Jpeg{.scan = 8'000'000 + static_cast<std::size_t>(i)}.bytes()});
  const Case one(files);
  files = {};
  std::size_t largest = 0, all = 0;
  const pipeline::Paper paper = one.paper();
  const std::size_t before = resident();
  const auto files_there = pipeline::make_files();
  const std::filesystem::path bundle = one.bundle_file();
  const pipeline::Vault vault(*files_there, bundle.parent_path().parent_path());
  paper.fill(vault, [&](std::string_view piece) {
    all += piece.size();
    largest = std::max(largest, resident());
  });
  EXPECT_GT(all, 160'000'000u);
  EXPECT_LT(largest, before + 48'000'000u);
}

}  // namespace
