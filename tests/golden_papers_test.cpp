#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "pipeline/ledger.hpp"
#include "stages/decide/matter.hpp"
#include "tests/form_reading.hpp"
#include "tests/papers_making.hpp"

// Every paper as text, compared with tests/golden/: what stands where, the fonts, the fields and their boxes.
// UPDATE=1 writes the files anew; the difference is for people to read. Needs poppler-utils and qpdf.

namespace {

using namespace papers;

const std::string kGolden = DOSSIER_SOURCE_DIR "/tests/golden/";

std::string without_trailing_blanks(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    while (!line.empty() && line.back() == ' ') line.pop_back();
    if (!line.empty()) out += line + "\n";
  }
  return out;
}

/// The names without the tags of their subsets.
std::string fonts_of(const std::string& path) {
  std::set<std::string> names;
  std::istringstream in(run("pdffonts " + path));
  for (std::string line; std::getline(in, line);) {
    const std::string name = line.substr(0, line.find(' '));
    if (const auto plus = name.find('+'); plus != name.npos) names.insert(name.substr(plus + 1));
  }
  std::string out;
  for (const std::string& name : names) out += " " + name;
  return out;
}

std::string fields_of(const std::string& path) {
  if (!qpdf_json(path)["acroform"]["hasacroform"].boolean()) return {};
  std::string out = "---- fields\n";
  for (const auto& [name, field] : form_of(path)) {
    out += name + " " + field.kind;
    for (std::size_t i = 0; i < field.codes.size(); i++)
      out += " " + field.codes[i] + (field.kind == "choice" ? "=" + field.labels[i] : "");
    if (field.kind != "hidden")
      for (const double corner : field.corners) out += " " + std::to_string(std::lround(corner));
    out += "\n";
  }
  return out;
}

std::string dump_of(const std::string& path) {
  std::string out = "pages: " + std::to_string(pages_of(path)) + "\nfonts:" + fonts_of(path) + "\n";
  for (int page = 1; page <= pages_of(path); page++) {
    const std::string number = std::to_string(page);
    out += "---- page " + number + "\n" +
           without_trailing_blanks(run("pdftotext -layout -enc UTF-8 -nopgbrk -f " + number +
                                       " -l " + number + " " + path + " -"));
  }
  return out + fields_of(path);
}

void expect_as_before(const std::string& name, const std::string& pdf) {
  const auto path = stored(pdf, "golden_" + name);
  expect_sound(path);
  const std::string actual = dump_of(path), file = kGolden + name + ".txt";
  if (std::getenv("UPDATE")) {
    std::filesystem::create_directories(kGolden);
    std::ofstream(file, std::ios::binary) << actual;
    return;
  }
  std::ifstream in(file, std::ios::binary);
  const std::string expected{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(actual, expected) << name << ": UPDATE=1 writes it anew";
}

const decide::Rules& rules() {
  static const auto loaded =
      decide::load_rules(DOSSIER_SOURCE_DIR "/templates", {}, std::string(32, 'k'));
  return *loaded;
}

Value application_case() {
  Value out = json(
      R"({"case":"A-7D3E00AA11BC","round":2,"uscc":"12652901PDY0001249","unit":"阿克苏市某中学","title":"高级教师","province":"xinjiang"})");
  out.set("applicant", kLongName);
  out.set("sha256", kDigest);
  return out;
}

std::string letter(const Value& document, decide::Letter letter) {
  static const auto ledger = pipeline::Ledger::open(":memory:");
  const auto effect =
      decide::notice(*ledger, rules(), document, std::move(letter), pipeline::Time{kAt});
  return pdf_of(produce::make(effect, nullptr, kit()));
}

TEST(GoldenPapers, RegistrationForm) {
  const Value form = registration();
  expect_as_before("registration_form",
                   make_pdf("registration_form", registration_payload(), &form));
}

TEST(GoldenPapers, CorrectionForm) {
  Value form = registration(), payload = registration_payload();
  form.set("kind", "unit_info_correction");
  payload.set(
      "changes",
      json(R"([{"field":"unit.phone","label":"单位电话","old":"0738-4400000","new":"0738-4411111"},
    {"field":"unit.region","label":"所在地区","old":"431321","new":"431382"},
    {"field":"unit.nature","label":"单位性质","old":"other","new":"public_institution"}])"));
  expect_as_before("correction_form", make_pdf("registration_form", payload, &form));
}

TEST(GoldenPapers, ApplicationForm) {
  const Value form = application("任现职以来，本人爱岗敬业。");
  expect_as_before("application_form", make_pdf("application_form", second_round_payload(), &form));
}

TEST(GoldenPapers, CommitteeForm) {
  const Value form = application("任现职以来，本人爱岗敬业。");
  expect_as_before("committee_form", make_pdf("application_form", committee_payload(), &form));
}

TEST(GoldenPapers, NoticeOfReturn) {
  const Value reasons = json(
      R"([{"text":"材料总体齐全，个别证明需要补充。","rule":"X45","item":""},
          {"text":"学历学位：毕业证扫描件不清晰，无法辨认证书编号","rule":"X50","item":"学历学位"},
          {"text":"论文著作：缺检索证明","rule":"X50","item":"论文著作"}])");
  expect_as_before("notice_returned",
                   letter(application_case(),
                          {"returned",
                           {{"locked", "基本信息、现任岗位"}, {"until", "2026年12月15日 18:00"}},
                           {},
                           reasons,
                           "阿克苏市某中学",
                           "unit-12652901PDY0001249"}));
}

TEST(GoldenPapers, NoticeOfRefusal) {
  const Value reasons = json(
      R"([{"text":"任现职年限 3 年，不满足正常申报须满 5 年的条件，且未提交破格申报的材料。","rule":"X45","item":""}])");
  expect_as_before("notice_not_accepted",
                   letter(application_case(), {"not_accepted",
                                               {},
                                               {},
                                               reasons,
                                               "自治区中小学教师系列职称评审委员会",
                                               "committee-xj-school"}));
}

TEST(GoldenPapers, NoticeOfApproval) {
  const Value document = json(
      R"({"case":"R-3F9A2C1B77D0","round":1,"uscc":"12431382PDY0000364","unit":"涟源市某国有林场","province":"hunan","sha256":"3f9a2c1b77d0"})");
  expect_as_before("notice_approved", letter(document, {"registration_approved",
                                                        {{"url", "https://example.org/login"}},
                                                        {},
                                                        Value::array(),
                                                        "涟源市人力资源和社会保障局专技股",
                                                        "agency-431382-pt"}));
}

TEST(GoldenPapers, ReceiptOfARefusedBundle) {
  expect_as_before("receipt_refused", make_pdf("receipt", receipt_payload("refused", 3, 4)));
}

TEST(GoldenPapers, AnswerToAQuery) {
  expect_as_before("status_sheet", make_pdf("receipt", query_payload()));
}

TEST(GoldenPapers, PublicitySheet) {
  Value payload = json(
      R"({"unit":"阿克苏市某中学","uscc":"12652901PDY0001249","to":"阿克苏市教育局","year":2026,"period":{"start":"2026-10-12","end":"2026-10-16","workdays":5},
    "people":[{"applicant":")" +
      kLongName +
      R"(","title":"高级教师","case":"A-7D3E00AA11BC"},{"applicant":"张三","title":"一级教师","case":"A-7D3E00AA11BD"}],
    "photos":[{"file":"公示照片1.jpg","size":1234567,"sha256":"3f9a2c1b77d0aa"}]})");
  payload.set("at", kAt);
  payload.set("sha256", kDigest);
  expect_as_before("publicity_sheet", make_pdf("publicity_sheet", payload));
}

}  // namespace
