#pragma once

#include "pipeline/text.hpp"
#include "stages/prepare/rules.hpp"
#include "tests/corpus_zips.hpp"
#include "tests/image_files.hpp"
#include "tests/sheet_filling.hpp"

namespace corpus {

using filling::Book;
using zip_builder::Builder;

inline std::string utf16(std::string_view utf8, bool big_endian, bool mark) {
  std::string out;
  const auto unit = [&](std::uint32_t u) {
    const char high = static_cast<char>(u >> 8), low = static_cast<char>(u);
    out += big_endian ? high : low;
    out += big_endian ? low : high;
  };
  if (mark) unit(0xFEFF);
  for (const char32_t c : pipeline::code_points(utf8)) {
    if (c >= 0x10000) {
      unit(0xD800 + ((c - 0x10000) >> 10));
      unit(0xDC00 + ((c - 0x10000) & 0x3FF));
    } else {
      unit(c);
    }
  }
  return out;
}

inline std::string times(std::size_t n, const std::string& what) {
  std::string out;
  while (n-- > 0) out += what;
  return out;
}

/// A document of OLE with one stream, as old Office, WPS and files with a password are.
inline std::string ole(const std::string& stream) {
  std::string out = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(22, '\0');
  zip_builder::put(out, 9, 2);
  out.resize(512);
  for (const char c : stream) out += std::string({c, '\0'});
  out.resize(4096);
  return out;
}

inline std::vector<Row> json_forms(Units& units) {
  const auto in_zip = [&](const std::string& json) {
    return Builder()
        .add("form.json", json)
        .add("U03.pdf", units.scan())
        .add("U05.pdf", units.scan())
        .add("U06.pdf", units.scan())
        .end();
  };
  const auto changed = [&](const std::string& from, const std::string& to) {
    const std::string form = units.form();
    if (form.find(from) == form.npos) throw std::logic_error("no " + from);
    return in_zip(pipeline::replace_all(form, from, to));
  };
  const auto plus = [&](const std::string& more) { return in_zip(units.form("," + more)); };
  const std::string unreadable = "FORM_UNREADABLE", invalid = "FIELD_INVALID", r = "refused",
                    a = "accepted";
  const std::string query = R"({"kind":"status_query","uscc":"12430102PDY000044C"})";
  return {
      {"UTF-8", in_zip(units.form()), a, "", 4},
      {"UTF-8 with a mark", in_zip("\xEF\xBB\xBF" + units.form()), a, "", 4},
      {"UTF-16, as Notepad saves it", in_zip(utf16(units.form(), false, true)), a, "", 4},
      {"UTF-16 of the other order", in_zip(utf16(units.form(), true, true)), a, "", 4},
      {"UTF-16 without a mark", in_zip(utf16(units.form(), false, false)), a, "", 4},
      {"UTF-16 of the other order without one", in_zip(utf16(units.form(), true, false)), a, "", 4},
      {"GB18030", in_zip(pipeline::to_gb18030(units.form()).value()), a, "", 4},
      {"GB18030 with a rare name",
       in_zip(pipeline::to_gb18030(pipeline::replace_all(units.form(), R"("legal_rep":")",
                                                         R"("legal_rep":"䶮𬭎)"))
                  .value()),
       a, "", 4},
      {"lines of Windows", in_zip(pipeline::replace_all(units.form(), ",", ",\r\n\t")), a, "", 4},
      {"numbers of full width", changed("\"430102\"", "\"４３０１０２\""), a, "", 4},
      {"a key twice", plus(R"("submit":true)"), a, "FORM_DUPLICATE_KEY", 4, "submit"},
      {"a key twice below", changed(R"("legal_rep":)", R"("legal_rep":"甲","legal_rep":)"), a,
       "FORM_DUPLICATE_KEY", 4},
      {"a key that nobody knows", plus(R"("wechat":"x")"), a, "FIELD_UNKNOWN", 4, "wechat"},
      {"a text for a unit", plus(R"("unit":"某单位")"), r,
       "FIELD_INVALID FORM_DUPLICATE_KEY +REGION_NOT_SERVED", 4},
      {"a list for a text", changed(R"("phone":")", R"("phone":["x"],"fax":")"), r,
       "FIELD_INVALID FIELD_UNKNOWN", 4},
      {"a number beyond all", plus(R"("year":1e400)"), r, unreadable, 4},
      {"half a character", plus(R"("note":"\ud800")"), r, unreadable, 4},
      {"NUL in a text", changed(R"("legal_rep":")", R"("legal_rep":"\u0000)"), r, invalid, 4},
      {"a terminal's command in a text", changed(R"("legal_rep":")", R"("legal_rep":"\u001b[2J)"),
       r, invalid, 4},
      {"no kind", changed(R"("kind":"unit_registration",)", ""), r, "KIND_UNKNOWN", 4},
      {"a kind that nobody knows", in_zip(R"({"kind":"查户口"})"), r, "KIND_UNKNOWN", 4,
       "unit_registration"},
      {"64 deep and more", plus("\"x\":" + times(64, "[") + times(64, "]")), r, unreadable, 4,
       "64层"},
      {"a million deep", in_zip("{\"x\":" + times(1'000'000, "[") + times(1'000'000, "]") + "}"), r,
       unreadable, 4, "64层"},
      {"a million brackets", in_zip(times(1'000'000, "[")), r, unreadable, 4},
      {"five megabytes", plus("\"x\":\"" + std::string(5u << 20, 'x') + "\""), r, unreadable, 4,
       "4 MB"},
      {"300,000 keys", in_zip([] {
         std::string keys = R"({"kind":"status_query","uscc":"12430102PDY000044C")";
         for (int i = 0; i < 300'000; ++i) keys += ",\"k" + std::to_string(i) + "\":0";
         return keys + "}";
       }()),
       a, "FIELD_UNKNOWN", 4, "另有"},
      {"100,000 attachments",
       plus("\"attachments\":[" + times(99'999, R"({"slot":"U07","file":"a"},)") +
            R"({"slot":"U07","file":"a"}])"),
       r, "ATTACHMENT_MISSING FIELD_INVALID", 4},
      {"half of it", in_zip(units.form().substr(0, 200)), r, unreadable, 4},
      {"something behind it", in_zip(units.form() + "x"), r, unreadable, 4},
      {"remarks in it", in_zip("// 注释\n" + units.form()), r, unreadable, 4},
      {"a comma too many", plus(R"("note":"x",)"), r, unreadable, 4},
      {"simple quotes", in_zip("{'kind':'status_query'}"), r, unreadable, 4},
      {"a list", in_zip("[" + query + "]"), r, unreadable, 4},
      {"a text", in_zip("\"status_query\""), r, unreadable, 4},
      {"nothing but a mark", in_zip("\xEF\xBB\xBF"), r, unreadable, 4},
      {"blanks", in_zip("  \r\n "), r, unreadable, 4},
      {"a page of the web", in_zip("<html>{}</html>"), r, unreadable, 4},
      {"bytes that are no text", in_zip("{\"kind\":\"\xFF\xFE\x80\"}"), r, unreadable, 4, "UTF-8"},
      {"a form alone.json", query, a, "", 1},
      {"a form alone, of another name.txt", " " + query, a, "", 1},
      {"an unfinished form alone.json", query.substr(0, 20), r, unreadable, 1},
      {"an empty form alone.json", "", r, unreadable, 1, "空的"},
  };
}

inline const std::string& blank_form(const std::string& name) {
  static const std::string kTemplates = std::string(DOSSIER_SOURCE_DIR) + "/templates";
  static const std::vector<app::BlankFile> kForms =
      app::blank_forms(kTemplates, prepare::load_rules(kTemplates, {}));
  for (const app::BlankFile& form : kForms)
    if (form.name == name + ".xlsx") return form.bytes;
  throw std::logic_error("no form " + name);
}

/// A workbook of one sheet, by its XML.
struct Workbook {
  std::string rows;
  std::string before = {};   ///< its element
  std::string strings = {};  ///< items of the shared texts
  std::string relations = {};
  std::string sheets = {};
  std::string prefix = {};

  std::string bytes() const {
    const std::string tail = "</" + prefix + "sheetData></" + prefix + "worksheet>";
    return Builder()
        .add("[Content_Types].xml", "<Types/>")
        .add(
            "_rels/.rels",
            R"(<Relationships><Relationship Id="a" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>)")
        .add("xl/workbook.xml",
             R"(<workbook xmlns:r="x"><sheets><sheet name="表" sheetId="1" r:id="r1"/>)" + sheets +
                 "</sheets></workbook>")
        .add(
            "xl/_rels/workbook.xml.rels",
            R"(<Relationships><Relationship Id="r1" Type="http://x/relationships/worksheet" Target="s1.xml"/><Relationship Id="t" Type="http://x/relationships/sharedStrings" Target="texts.xml"/>)" +
                relations + "</Relationships>")
        .add("xl/texts.xml", "<sst>" + strings + "</sst>")
        .add("xl/s1.xml", before + "<" + prefix + "worksheet xmlns:x=\"y\"><" + prefix +
                              "sheetData>" + rows + tail)
        .end();
  }
};

inline std::string text_cell(const std::string& at, const std::string& text) {
  return "<c r=\"" + at + "\" t=\"inlineStr\"><is><t>" + text + "</t></is></c>";
}
inline std::string row(const std::string& cells) {
  return "<row>" + cells + "</row>";
}

/// The sheet of a registration, as an office fills it in.
inline Book filled_registration(Units& units) {
  const app::Unit unit = units.next();
  Book book(blank_form("单位注册表（湖南）"));
  for (const auto& [path, text] : std::vector<std::pair<std::string, std::string>>{
           {"submit", "是"},
           {"unit.name", unit.name},
           {"unit.uscc", unit.uscc},
           {"unit.nature", "事业单位"},
           {"unit.level", "县市区级"},
           {"unit.region", unit.region},
           {"unit.legal_rep", unit.legal_rep},
           {"unit.phone", unit.phone},
           {"handler.name", unit.handler.name},
           {"handler.id_number", unit.handler.id_number},
           {"handler.phone", unit.handler.phone},
           {"account.username", unit.username},
           {"account.password_digest", pipeline::sha256(unit.username)},
           {"business_types", "专技"},
           {"pooling_region", unit.region},
           {"review_target.kind", "主管机构"}})
    book.fill(path, text);
  return book;
}

inline std::vector<Row> sheet_forms(Units& units) {
  const std::string code = "12430102PDY000044C";
  const std::string kind = row(text_cell("B6", "业务类别") + text_cell("C6", "审核信息查询"));
  const std::string label = text_cell("B7", "统一社会信用代码");
  const auto asked = [&](const std::string& cell) { return kind + row(label + cell); };
  const std::string good = asked(text_cell("C7", code));
  const auto sheet = [](const std::string& rows) { return Workbook{.rows = rows}.bytes(); };
  const auto filled = [&] { return filled_registration(units); };
  const auto in_zip = [&](const std::string& xlsx, const std::string& name = "表.xlsx") {
    return Builder()
        .add(name, xlsx)
        .add("U03.pdf", units.scan())
        .add("U05.pdf", units.scan())
        .add("U06.pdf", units.scan())
        .end();
  };
  const auto moved = [&](auto change) {
    Book book = filled();
    change(book.sheets[0]);
    return in_zip(book.bytes());
  };
  const auto dated = [](const std::string& date, const std::string& type) {
    Book book(blank_form("职称申请书"));
    book.fill("pledge.date", date, type);
    return book.bytes();
  };
  const auto beside = [&](const std::string& name, const std::string& bytes,
                          const std::string& more = {}) {
    return Builder()
        .add("form.json", units.form(more))
        .add("U03.pdf", units.scan())
        .add("U05.pdf", units.scan())
        .add("U06.pdf", units.scan())
        .add(name, bytes)
        .end();
  };
  const std::string paper = form_pdf::filled_form().bytes();
  const std::string entity = "<!DOCTYPE x [<!ENTITY a \"12430102PDY000044C\">]>";
  const std::string laughs = "<!DOCTYPE x [<!ENTITY a \"" + times(1000, "x") + "\"><!ENTITY b \"" +
                             times(1000, "&a;") + "\"><!ENTITY c \"" + times(1000, "&b;") + "\">]>";
  const auto part = [](const std::string& name, const Options& how) {
    return Builder()
        .add("[Content_Types].xml", "<Types/>")
        .add(
            "_rels/.rels",
            R"(<Relationships><Relationship Id="a" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>)")
        .add(name, "", how)
        .end();
  };
  const std::string long_list = [] {
    std::string rows;
    for (int i = 0; i < 100'000; ++i)
      rows += "<row><c><v>" + std::to_string(i) + "</v></c><c><v>1</v></c></row>";
    return rows;
  }();
  const std::string reviewer = "unit-12652901PDY0001249";
  const std::string unreadable = "FORM_UNREADABLE", ambiguous = "FORM_AMBIGUOUS", r = "refused",
                    a = "accepted";
  std::string broken = sheet(good);
  broken[broken.size() / 2] = static_cast<char>(broken[broken.size() / 2] ^ 1);
  return {
      {"a sheet by hand.xlsx", sheet(good), a, "", 1},
      {"shared texts.xlsx",
       Workbook{.rows = kind + row(label + R"(<c r="C7" t="s"><v>0</v></c>)"),
                .strings = "<si><t>" + code + "</t></si>"}
           .bytes(),
       a, "", 1},
      {"texts in runs.xlsx",
       Workbook{.rows = kind + row(label + R"(<c r="C7" t="s"><v>0</v></c>)"),
                .strings = "<si><r><t>12430102PDY</t></r><r><t>000044C</t></r></si>"}
           .bytes(),
       a, "", 1},
      {"a text that is not there.xlsx", sheet(asked(R"(<c r="C7" t="s"><v>7</v></c>)")), r,
       unreadable, 1},
      {"a formula.xlsx",
       sheet(asked("<c r=\"C7\" t=\"str\"><f>A1&amp;B1</f><v>" + code + "</v></c>")), a, "", 1},
      {"an error of a formula.xlsx", sheet(asked(R"(<c r="C7" t="e"><v>#REF!</v></c>)")), r,
       "FIELD_INVALID", 1},
      {"CDATA.xlsx",
       sheet(asked("<c r=\"C7\" t=\"inlineStr\"><is><t><![CDATA[" + code + "]]></t></is></c>")), a,
       "", 1},
      {"names with a prefix.xlsx",
       Workbook{.rows = pipeline::replace_all(
                    pipeline::replace_all(pipeline::replace_all(good, "<row", "<x:row"), "</row",
                                          "</x:row"),
                    "<c ", "<c "),
                .prefix = "x:"}
           .bytes(),
       a, "", 1},
      {"cells without their places.xlsx",
       sheet(row("<c/>" + text_cell("", "业务类别") + text_cell("", "审核信息查询")) +
             row("<c/>" + text_cell("", "统一社会信用代码") + text_cell("", code))),
       a, "", 1},
      {"a row that is none.xlsx", sheet(good + R"(<row r="0"/>)"), r, unreadable, 1},
      {"a row beyond all.xlsx", sheet(good + R"(<row r="99999999999999999999"/>)"), r, unreadable,
       1},
      {"a column beyond all.xlsx", sheet(good + row(text_cell("ZZZ9", "x"))), r, unreadable, 1},
      {"a DOCTYPE.xlsx", Workbook{.rows = asked(text_cell("C7", "&a;")), .before = entity}.bytes(),
       r, unreadable, 1, "DOCTYPE"},
      {"a thousand million laughs.xlsx",
       Workbook{.rows = asked(text_cell("C7", "&c;")), .before = laughs}.bytes(), r, unreadable, 1,
       "DOCTYPE"},
      {"a file from elsewhere.xlsx",
       Workbook{.rows = asked(text_cell("C7", "&a;")),
                .before = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"}
           .bytes(),
       r, unreadable, 1, "DOCTYPE"},
      {"a bomb as its book.xlsx", part("xl/workbook.xml", zeros(60)), r, unreadable, 1, "16 MB"},
      {"100,000 rows.xlsx", sheet(good + long_list), r, unreadable, 1, "单元格"},
      {"three million marks.xlsx", sheet(good + times(3'000'000, "<a/>")), r, unreadable, 1},
      {"a million deep.xlsx", sheet(times(1'000'000, "<a>")), r, unreadable, 1},
      {"a text of 10 MB.xlsx", sheet(asked(text_cell("C7", std::string(10u << 20, 'x')))), r,
       "FIELD_INVALID FIELD_REQUIRED", 1},
      {"one sheet twice.xlsx",
       Workbook{.rows = good, .sheets = R"(<sheet name="二" sheetId="2" r:id="r1"/>)"}.bytes(), r,
       unreadable, 1},
      {"a sheet that is not there.xlsx",
       Workbook{
           .rows = good,
           .relations =
               R"(<Relationship Id="r2" Type="http://x/relationships/worksheet" Target="none.xml"/>)",
           .sheets = R"(<sheet name="二" sheetId="2" r:id="r2"/>)"}
           .bytes(),
       r, unreadable, 1},
      {"a bit that flipped.xlsx", broken, r, unreadable, 1},
      {"half of it.xlsx", sheet(good).substr(0, 900), r, unreadable, 1, ".xlsx"},
      {"a blank sheet.xlsx", blank_form("申请书收回表"), r, "FIELD_REQUIRED +WRONG_FOLDER", 1},
      {"a sheet in a bundle", in_zip(filled().bytes()), a, "", 4},
      {"a sheet with shared texts in a bundle", in_zip(filled().bytes(Book::Texts::Shared)), a, "",
       4},
      {"a sheet in capitals in a bundle", in_zip(filled().bytes(), "注册表.XLSX"), a, "", 4},
      {"rows put in", moved([](auto& s) { s.insert_row(6), s.insert_row(9); }), a, "", 4},
      {"columns put in", moved([](auto& s) { s.insert_column(1), s.insert_column(3); }), a, "", 4},
      {"hidden rows and columns deleted",
       moved([](auto& s) { s.delete_row(0), s.delete_column(0); }), a, "", 4},
      {"a date as a serial number.xlsx", dated("46272", "n"), r,
       "FIELD_REQUIRED +PUBLICITY_MISSING +WRONG_FOLDER", 1},
      {"a date as text.xlsx", dated("2026年9月7日", "inlineStr"), r,
       "FIELD_REQUIRED +PUBLICITY_MISSING +WRONG_FOLDER", 1},
      {"a day that is none.xlsx", dated("2026-02-30", "inlineStr"), r,
       "DATE_INVALID FIELD_REQUIRED +PUBLICITY_MISSING +WRONG_FOLDER", 1},
      {"anybody's sheet.xlsx", sheet(row(text_cell("A1", "姓名") + text_cell("B1", "电话"))), r,
       unreadable, 1, "空白表"},
      {"no sheet at all.xlsx", part("xl/x", {}), r, unreadable, 1},
      {"a document of Word.docx",
       Builder().add("[Content_Types].xml", "<Types/>").add("word/document.xml", "<x/>").end(), r,
       unreadable, 1},
      {"old Excel.xls", ole("Workbook"), r, unreadable, 1, ".xlsx"},
      {"of WPS.et", ole("WpsDocument"), r, unreadable, 1, ".xlsx"},
      {"with a password.xlsx", ole("EncryptedPackage"), r, unreadable, 1, "密码"},
      {"of LibreOffice.ods",
       Builder()
           .add("mimetype", "application/vnd.oasis.opendocument.spreadsheet",
                with([](Options& o) { o.method = 0; }))
           .add("content.xml", "<x/>")
           .end(),
       r, unreadable, 1, ".xlsx"},
      {"a table of text.csv", gbk("业务类别,审核信息查询\r\n"), r, unreadable, 1, ".xlsx"},
      {"old Excel in a bundle", in_zip(ole("Workbook"), "单位注册表.xls"), r, "FORM_MISSING", 4,
       ".xlsx"},
      {"of LibreOffice in a bundle",
       beside("U07 表.ods", Builder()
                                .add("mimetype", "application/vnd.oasis.opendocument.spreadsheet",
                                     with([](Options& o) { o.method = 0; }))
                                .end()),
       a, "ATTACHMENT_TYPE", 5, "PDF"},
      {"JSON and a filled sheet", beside("单位注册表.xlsx", filled().bytes()), r, ambiguous, 5,
       "单位注册表.xlsx"},
      {"JSON and a filled paper", beside("审批单.pdf", paper), r, ambiguous, 5, "审批单.pdf"},
      {"JSON and a filled paper that is attached",
       beside("审批单.pdf", paper, R"(,"attachments":[{"slot":"U07","file":"审批单.pdf"}])"), a, "",
       5},
      {"JSON and anybody's sheet",
       beside("U07 花名册.xlsx", sheet(row(text_cell("A1", "姓名") + text_cell("B1", "电话")))), a,
       "ATTACHMENT_TYPE", 5},
      {"a filled paper.pdf", paper, r, "+CASE_UNKNOWN", 1, "", reviewer},
      {"a filled paper for everybody.pdf", paper, r, unreadable, 1, "只能由审核单位"},
      {"a paper that nobody filled in.pdf", form_pdf::blank_form().bytes(), r, "+CASE_UNKNOWN", 1,
       "", reviewer},
      {"a paper printed anew.pdf",
       [] {
         form_pdf::Form form = form_pdf::filled_form();
         form.with_form = false;
         return form.bytes();
       }(),
       r, unreadable, 1, "没有填写项", reviewer},
      {"a scanned paper.pdf", form_pdf::scan("paper"), r, unreadable, 1, "扫描", reviewer},
      {"half a paper.pdf", paper.substr(0, paper.size() / 2), r, unreadable, 1, "", reviewer},
      {"a paper in a bundle", Builder().add("审批单.pdf", paper).end(), r, "+CASE_UNKNOWN", 1, "",
       reviewer},
      {"two papers in a bundle", Builder().add("审批单.pdf", paper).add("审批单2.pdf", paper).end(),
       r, ambiguous, 2, "", reviewer},
  };
}

}  // namespace corpus
