#include <map>
#include <utility>

#include "pipeline/json.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/entry_name.hpp"
#include "stages/prepare/xlsx_cells.hpp"
#include "tests/form_pdf.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/image_files.hpp"
#include "tests/zip_builder.hpp"

namespace fuzz {

namespace {

using pipeline::Value;
using prepare::Field;
using prepare::FieldType;
using Inputs = std::vector<std::string>;

/// Something that the field takes.
std::string answer_of(const Field& field) {
  switch (field.type) {
    case FieldType::Name:
      return "阿卜杜热合曼·买买提";
    case FieldType::Uscc:
    case FieldType::UsccOrCommittee:
      return "12652901PDY0001249";
    case FieldType::IdNumber:
      return "110101198506150016";
    case FieldType::Date:
      return "2019年7月1日";
    case FieldType::Month:
      return "2019.07";
    case FieldType::Year:
      return "2025";
    case FieldType::Phone:
      return "0738-4400000";
    case FieldType::Email:
      return "a.b@example.com";
    case FieldType::Integer:
      return "3";
    case FieldType::Boolean:
      return "是";
    case FieldType::Region:
      return "652901";
    case FieldType::Case:
      return "R-3F9A2C1B77D0";
    case FieldType::Enum:
      return field.name;
    default:
      return "某某";
  }
}

Value form_value(const Field& form) {
  Value out = Value::object();
  for (const Field& member : form.members) {
    Value one = !member.members.empty() ? form_value(member) : Value(answer_of(member));
    if (member.type == FieldType::Attachments)
      one = Value::array({Value::object({{"slot", "A01"}, {"file", "身份证.jpg"}})});
    out.set(member.name, member.list ? Value::array({one, one}) : std::move(one));
  }
  return out;
}

/// The form of that kind with every field filled in.
Value filled(const std::string& kind) {
  Value out = form_value(*rules().fields.form(kind));
  out.set("kind", kind);
  return out;
}

/// Marks on one character, in the order that costs most to put right.
std::string heap() {
  constexpr int kMany = 20;
  std::string out;
  for (const char* mark : {"\u0301", "\u0323"})
    for (int i = 0; i < kMany; ++i) out += mark;
  return out;
}

Inputs json_seeds() {
  Inputs out{"{}",
             R"({"kind":"unit_registration","kind":1,"a":{"b":1,"b":2},"c":[{"d":1,"d":2}]})",
             R"({"n":[0,-1,9223372036854775807,-9223372036854775808,18446744073709551615]})",
             R"({"n":[0.5,-0.0,1e300,1.0,1e-7,123456789012345680000.0]})",
             R"({"s":"\u0000\u00e9\ud840\udc00\"\\\/\b\f\n\r\t","k\u0001":null,"t":[true,false]})",
             R"({"s":"\udc00"})",
             R"({"applicant":{"name":"张 三","id_number":"１１０１０１１９８５０６１５００１６"}})",
             "\xEF\xBB\xBF{\"kind\":\"查询\"}",
             "{\"a\":" + std::string(70, '[') + std::string(70, ']') + "}"};
  out.push_back(R"({"kind":"status_query","uscc":"a)" + heap() + "\"}");
  for (const std::string& kind : rules().fields.kinds()) out.push_back(filled(kind).dump());
  const std::string query = R"({"kind":"状态查询","uscc":"12652901PDY0001249"})";
  out.push_back(*pipeline::to_gb18030(query));
  for (const bool big : {false, true})
    for (const bool mark : {false, true}) {
      std::string wide = !mark ? "" : big ? "\xFE\xFF" : "\xFF\xFE";
      for (const char32_t c : pipeline::code_points(query)) {
        const char high = static_cast<char>(c >> 8), low = static_cast<char>(c);
        wide += big ? high : low;
        wide += big ? low : high;
      }
      out.push_back(wide);
    }
  return out;
}

Inputs zip_seeds() {
  using zip_builder::Builder;
  using zip_builder::Options;
  const auto one = [](const std::string& name, const std::string& data, const Options& o) {
    return Builder().add(name, data, o).end();
  };
  Inputs out{
      "",
      "PK\x03\x04",
      Builder().end(),
      Builder().end("a comment", true),
      Builder().add("form.json", "{}").add("扫描/a.jpg", "x").end(),
      one("a", "abc", {.method = 0}),
      one("a", "abc", {.descriptor = true}),
      one("a", "abc", {.descriptor = true, .descriptor_signature = false}),
      one("a", "abc", {.zip64 = true}),
      one("a", "abc", {.descriptor = true, .zip64 = true}),
      one("a", "abc", {.flags = 1}),
      one("a", "abc", {.method = 14, .packed = "abc"}),
      one("a", "abc", {.in_directory = false}),
      one("a", "abc", {.host = 3, .attributes = 0120777u << 16}),
      one("a", "abc", {.crc = 1}),
      one("a", "abc", {.central_size = 5}),
      one("a/", "", {}),
      one("../../etc/passwd", "abc", {}),
      one("C:\\a.jpg", "abc", {}),
      one(*pipeline::to_gb18030("身份证明.jpg"), "abc", {}),
      one("zeros", std::string(2'000'001, '\0'), {.packed = zip_builder::deflate_zeros(7752)}),
      Builder().add("A.jpg", "1").add("a.JPG", "2").end(),
      Builder().add("a", "1").add("a/b", "2").end(),
      Builder().add("a", "1").add("b", "2", {.offset = 0}).end(),
      Builder().add("a", "1").end() + Builder().add("a", "1").end(),
      "stub" + Builder().add("a", "1").end()};
  std::string extra;
  const std::string raw = *pipeline::to_gb18030("照片.jpg"), path = "照片.jpg";
  zip_builder::put(extra, 0x7075, 2), zip_builder::put(extra, path.size() + 5, 2);
  extra += '\x01';
  zip_builder::put(extra, zip_builder::crc(raw), 4);
  out.push_back(one(raw, "abc", {.extra = extra + path}));
  return out;
}

/// Rows of texts as a sheet: cells inline, or by their places in the table of texts.
std::string book(const std::vector<std::vector<std::string>>& rows, bool shared,
                 const std::string& mark) {
  std::string cells, texts;
  int count = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    cells += "<row r=\"" + std::to_string(r + 1) + "\">";
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      if (rows[r][c].empty()) continue;
      const std::string at = prepare::cell_name(static_cast<int>(r), static_cast<int>(c));
      cells += "<c r=\"" + at + "\" t=\"" + (shared ? "s" : "inlineStr") + "\">" +
               (shared ? "<v>" + std::to_string(count++) + "</v>"
                       : "<is><t>" + rows[r][c] + "</t></is>") +
               "</c>";
      if (shared) texts += "<si><t>" + rows[r][c] + "</t></si>";
    }
    cells += "</row>";
  }
  const auto part = [&](const std::string& name, const std::string& content) {
    return mark + name + '\n' + content + '\n';
  };
  return part("[Content_Types].xml", "<Types/>") +
         part("_rels/.rels",
              "<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"w.xml\"/>"
              "</Relationships>") +
         part(
             "_rels/w.xml.rels",
             "<Relationships><Relationship Id=\"r\" Type=\"x/worksheet\" Target=\"s.xml\"/>"
             "<Relationship Id=\"t\" Type=\"x/sharedStrings\" Target=\"t.xml\"/></Relationships>") +
         part("w.xml", "<workbook><sheets><sheet name=\"表\" r:id=\"r\"/></sheets></workbook>") +
         part("t.xml", "<sst>" + texts + "</sst>") +
         part("s.xml", "<worksheet><sheetData>" + cells + "</sheetData></worksheet>");
}

/// The questions of a form one below the other, then its lists side by side with their headers.
std::vector<std::vector<std::string>> sheet_of(const Field& form, const std::string& kind) {
  std::vector<std::vector<std::string>> rows{{"项目", "填写内容", "说明"}, {"业务类别", kind}};
  std::vector<std::vector<std::string>> lists;
  const auto ask = [&](auto&& self, const Field& field, const std::string& path) -> void {
    if (field.list && field.type == FieldType::Object) {
      std::vector<std::string> paths, headers, answers;
      for (const Field& member : field.members) {
        paths.push_back(path + "[]." + member.name);
        headers.push_back(member.label);
        answers.push_back(answer_of(member));
      }
      for (auto* row : {&paths, &headers, &answers, &answers}) lists.push_back(*row);
      return;
    }
    for (const Field& member : field.members) self(self, member, path + '.' + member.name);
    if (field.members.empty() && field.name != "kind")
      rows.push_back({field.label, answer_of(field), "", path});
  };
  for (const Field& member : form.members) ask(ask, member, member.name);
  rows.insert(rows.end(), lists.begin(), lists.end());
  return rows;
}

std::vector<std::vector<std::string>> worklist() {
  return {{"case", "round", "queue", "token", "form_version", "action", "target",
           "modification_opinion", "reviewer.name", "confirmed", "info.applicant"},
          {"业务编号", "轮次", "队列", "校验码", "版本", "办理结果"},
          {"A-3F9A2C1B77D0", "1", "unit-12652901PDY0001249", "0123456789abcdef", "1.2",
           "退回申请人", "", "学历证书不清晰", "王一", "是", "张三"},
          {"A-3F9A2C1B77D1", "2", "unit-12652901PDY0001249", "0123456789abcdef", "1.2"}};
}

Inputs xlsx_seeds() {
  Inputs out{book({{"a", "", "b"}, {}, {"c"}}, false, "=="), book(worklist(), false, "=="),
             book(worklist(), true, "=="), packed(book(worklist(), true, "=="))};
  for (const std::string& kind : rules().fields.kinds())
    out.push_back(book(sheet_of(*rules().fields.form(kind), kind), kind.size() % 2 == 0, "=="));
  out.push_back(
      "==_rels/.rels\n<x:Relationships><x:Relationship Id='a' Type='officeDocument' "
      "Target='/w.xml'/></x:Relationships>\n==w.xml\n<!DOCTYPE a><workbook/>\n");
  std::string odd = out[0];
  odd.replace(
      odd.find("<c r=\"A1\""), 0,
      "<c t=\"b\"><v>1</v></c><c r=\"XFD9\"><v>46272.5</v></c><c t=\"n\"><v>1e5</v></c>"
      "<c t=\"str\"><f>A1</f><v>_x0041_&#x4e00;</v></c><c t=\"e\"><v>#REF!</v></c>"
      "<c t=\"inlineStr\"><is><r><t>a</t></r><rPh><t>b</t></rPh><t><![CDATA[c]]></t></is></c>");
  out.push_back(odd);
  return out;
}

Inputs names_seeds() {
  Inputs out;
  for (const std::string text : {"身份证.jpg",
                                 "昞.jpg",
                                 "a\\b/./c.pdf",
                                 "../a",
                                 "A01 身份证/正面.JPG",
                                 "__MACOSX/._a",
                                 "阿卜杜·买买提",
                                 "阿卜杜•买买提",
                                 "张 三",
                                 "李-四",
                                 "王\xEE\xA0\x95",
                                 "⼀⼆",
                                 "𬭎□",
                                 "2026年9月7日",
                                 "二〇二六年十二月",
                                 "46272",
                                 "99999",
                                 "2026/9/7 12:00",
                                 "20260907",
                                 "1985.06",
                                 "13800000002",
                                 "0738-4400000转12",
                                 "+86 (010) 12345678",
                                 "４００－８００－１２３４",
                                 "a.b@Example.COM",
                                 "12652901PDY0001249",
                                 "12652901PDY0OO1249",
                                 "110101198506150016",
                                 "652901198506150O1X",
                                 "12652901PDY0001249-01",
                                 "r-3f9a2c1b77d0",
                                 "是",
                                 "至今",
                                 "\xE2\x80\x8B\xC2\xAD 张三",
                                 "e\xCC\x81\xE1\x84\x80\xE1\x85\xA1"}) {
    out.push_back("0" + text);
    out.push_back("1" + text + "\n照片.jpg");
    if (const auto old = pipeline::to_gb18030(text)) out.push_back("0" + *old);
  }
  out.push_back("1a" + heap());
  return out;
}

Inputs image_seeds() {
  using image_files::Jpeg;
  using image_files::Png;
  constexpr std::size_t kLittle = 40;
  const std::string little(kLittle, 'x');
  const auto shade = [](unsigned x, unsigned y) { return static_cast<unsigned char>(x * y); };
  Inputs out{
      Jpeg{.scan = kLittle}.bytes(),
      Jpeg{.width = 60'000, .height = 60'000, .scan = kLittle}.bytes(),
      Jpeg{.frame = 0xC2, .components = 4, .before = image_files::turned(6), .scan = kLittle}
          .bytes(),
      Jpeg{.before = image_files::segment(0xEE, std::string("Adobe\0\x64\0\0\0\0\2", 12)),
           .scan = kLittle}
          .bytes(),
      Jpeg{.before = image_files::exif(image_files::tiff(false, {{0x112, 8}}, true)),
           .scan = kLittle,
           .end = "\xFF\xD9tail"}
          .bytes(),
      Jpeg{.framed = false, .scan = kLittle}.bytes(),
      Jpeg{.scan = kLittle, .end = ""}.bytes(),
      image_files::real_jpeg(24, 16, shade),
      image_files::real_jpeg(24, 16, shade, 4, true),
      image_files::real_jpeg(
          160, 160, [](unsigned, unsigned) { return 255; }, 1),
      Png{.data = little}.bytes(),
      Png{.bits = 16, .colour = 6, .interlace = 1, .data = little}.bytes(),
      Png{.bits = 1, .colour = 3, .data = little}.bytes(),
      Png{.before = image_files::chunk("eXIf", image_files::tiff(true, {{0x112, 3}}, true)) +
                    image_files::chunk("tRNS", "ab"),
          .data = little}
          .bytes(),
      Png{.width = 64, .height = 64, .data = image_files::zeros(64 * 193)}.bytes(),
      Png{.width = 64, .height = 64, .interlace = 1, .data = image_files::zeros(64 * 193)}.bytes(),
      Png{.data = little, .ends = false}.bytes(),
      image_files::tiff(true, {{0x100, 600}, {0x101, 800}, {0x102, 8}, {0x112, 2}}, true),
      image_files::tiff(false, {{0x100, 600}, {0x101, 800}, {0x112, 5}}),
      "RIFF\1\1\1\1WEBPVP8 ",
      std::string("\0\0\0\x18"
                  "ftypheic",
                  12),
      "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(504, '\1'),
      "7z\xBC\xAF\x27\x1C",
      "Rar!\x1A\x07\1",
      "GIF89a",
      "text\n",
      "{\"a\":1}"};
  std::string bmp = "BM" + image_files::little(54, 4) + image_files::little(0, 4) +
                    image_files::little(54, 4) + image_files::little(40, 4) +
                    image_files::little(10, 4) + image_files::little(0xFFFFFFF6, 4) +
                    image_files::little(1, 2) + image_files::little(24, 2);
  out.push_back(bmp + std::string(24, '\0'));
  return out;
}

Inputs pdf_seeds() {
  using form_pdf::Form;
  using form_pdf::text;
  Inputs out{form_pdf::filled_form().bytes(), form_pdf::blank_form().bytes(), form_pdf::scan("a"),
             "%PDF-1.4\nnonsense"};
  Form small;
  small.fields = {
      text("case", "A-3F9A2C1B77D0"), text("token", "0123456789abcdef"),
      form_pdf::choice("action", "退回",
                       "[" + form_pdf::text_string("return") + form_pdf::text_string("退回") + "]"),
      form_pdf::button("checks.truthful", "Yes")};
  out.push_back(small.bytes());
  small.form_entries = "/XFA [(a) 4 0 R] /NeedAppearances true";
  out.push_back(small.bytes());
  small.page = "BT (a) Tj ID x EI [(b) <63>] TJ ET % (c) Tj";
  out.push_back(small.bytes());
  small.trailer = "/Encrypt << /Filter /Standard /V 1 /R 2 /O <00> /U <00> /P 4 >> /ID [<00> <00>]";
  out.push_back(small.bytes());
  const std::string catalogue = "<< /Type /Catalog /Pages 2 0 R /AcroForm 3 0 R >>";
  out.push_back(form_pdf::file_of(
      {catalogue, "<< /Type /Pages /Count 9 /Kids [2 0 R 4 0 R] >>",
       "<< /Fields [5 0 R 5 0 R 6 0 R] >>", "<< /Type /Page /Parent 2 0 R >>",
       "<< /T (a) /Kids [5 0 R 6 0 R] /V 7 0 R >>", "<< /FT /Sig /T (s) /V << /Type /Sig >> >>",
       form_pdf::stream("78da", "/Filter /ASCIIHexDecode")}));
  std::string cut = small.bytes();
  cut.resize(cut.size() / 2);
  out.push_back(cut);
  std::string moved = small.bytes();
  moved.insert(moved.find("xref"), "\n\n");
  out.push_back(moved);
  return out;
}

Inputs bundle_seeds() {
  Inputs out;
  const auto form = [](const std::string& kind) {
    return "==form.json\n" + filled(kind).dump() + '\n';
  };
  const std::string photo = image_seeds()[0], scan = form_pdf::scan("b");
  for (const std::string& kind : rules().fields.kinds()) out.push_back("0" + form(kind));
  out.push_back("0" + form("title_application") + "==A01 身份证.jpg\n" + photo +
                "\n==学历证书.pdf\n" + scan + "\n==同.jpg\n" + photo + "\n==a.tmp\nx\n");
  out.push_back(
      "0==x/form.json\n{\"kind\":\"status_query\"}\n==x/../a\nb\n==x/\n\n==form.json\n{}\n");
  out.push_back("0==审批单.pdf\n" + form_pdf::filled_form().bytes());
  out.push_back("8" + form_pdf::filled_form().bytes());
  out.push_back("4{\"kind\":\"status_query\",\"uscc\":\"12652901PDY0001249\"}");
  out.push_back("0==待审清单.xlsx\n" + book(worklist(), false, "--"));
  out.push_back("<" + book(worklist(), false, "=="));
  const std::string kind = "unit_registration";
  out.push_back("0==注册.xlsx\n" + book(sheet_of(*rules().fields.form(kind), kind), false, "--") +
                "==营业执照.png\n" + image_seeds()[10]);
  out.push_back("1==OFD.xml\n<x/>\n");
  out.push_back("1Rar!\x1A\x07\1");
  out.push_back("0" + zip_seeds()[5]);
  return out;
}

}  // namespace

std::vector<std::string> seeds(std::string_view target) {
  static const std::map<std::string_view, Inputs (*)()> kMakers{
      {"zip", zip_seeds},     {"json", json_seeds}, {"xlsx", xlsx_seeds},    {"names", names_seeds},
      {"image", image_seeds}, {"pdf", pdf_seeds},   {"bundle", bundle_seeds}};
  return kMakers.at(target)();
}

}  // namespace fuzz
