#include "app/sample_forms.hpp"

#include <algorithm>

#include "app/sample_pdf.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/time.hpp"

namespace app {

using pipeline::Value;

namespace {

std::string_view nature_label(std::string_view nature) {
  if (nature == "public_institution") return "事业单位";
  if (nature == "enterprise") return "企业";
  return "社会组织";
}

std::string_view level_label(std::string_view level) {
  if (level == "province") return "省/自治区级";
  if (level == "prefecture") return "地州市级";
  return "县市区级";
}

struct Certificate {
  std::string_view slot, name;
};

Certificate certificate_of(const Unit& unit) {
  if (unit.nature == "enterprise") return {"U02", "营业执照"};
  if (unit.nature == "social_organisation") return {"U04", "民办非企业单位登记证书"};
  return {"U03", "事业单位法人证书"};
}

std::string_view extension(const Content& content) {
  const std::string& head = content.front().own;
  if (head.starts_with("%PDF")) return ".pdf";
  return head.starts_with("\x89PNG") ? ".png" : ".jpg";
}

Attachment named(std::string_view slot, const std::string& name, Content content) {
  std::string file = name + std::string(extension(content));
  return {std::string(slot), std::move(file), std::move(content)};
}

Content paper(Random& random, Scanner& scanner) {
  return random.chance(20) ? scanner.pdf(random, 1) : scanner.photo(random);
}

Value person_value(Random& random, const Person& person, std::size_t number) {
  Value value = Value::object(
      {{"name", person.name}, {"id_number", person.id_number}, {"phone", person.phone}});
  if (random.chance(60)) value.set("email", "jbr" + std::to_string(number) + "@example.org");
  return value;
}

Value unit_form(Random& random, const Unit& unit) {
  const bool labels = random.chance(20);
  Value form = Value::object({{"kind", "unit_registration"}, {"submit", true}});
  form.set("unit", Value::object({{"name", unit.name},
                                  {"uscc", unit.uscc},
                                  {"nature", labels ? nature_label(unit.nature) : unit.nature},
                                  {"level", labels ? level_label(unit.level) : unit.level},
                                  {"region", unit.region},
                                  {"address", unit.address},
                                  {"legal_rep", unit.legal_rep},
                                  {"phone", unit.phone}}));
  form.set("handler", person_value(random, unit.handler, random.next() % 100000));
  form.set("account",
           Value::object({{"username", unit.username},
                          {"password_digest", pipeline::sha256(unit.username + unit.uscc)}}));
  return form;
}

void add_target(Value& form, const Unit& unit, Ticks ticks, const Institution& supervising) {
  if (unit.province == Province::Xinjiang) {
    const Institution receiver = bureau(unit.region);
    form.set("receiving_units",
             Value::array({Value::object({{"uscc", receiver.uscc}, {"default", true}})}));
    return;
  }
  Value types = Value::array();
  if (ticks != Ticks::Market) types.push("pt");
  if (ticks != Ticks::Professional) types.push("hr_market");
  form.set("business_types", std::move(types));
  form.set("pooling_region", unit.region);
  if (supervising.name.empty()) {
    form.set("review_target", Value::object({{"kind", "competent_agency"}}));
  } else {
    form.set("review_target", Value::object({{"kind", "supervising_unit"},
                                             {"uscc", supervising.uscc},
                                             {"name", supervising.name}}));
  }
}

}  // namespace

std::string Scanner::unique() {
  return "scan " + std::to_string(seed_) + "-" + std::to_string(++made_);
}

Content Scanner::photo(Random& random) {
  const Held held = random.chance(10) ? Held::Sideways : Held::Upright;
  const Scan& sheet =
      held == Held::Sideways ? images_.light_sheet(random, held) : images_.sheet(random);
  return jpeg_file(sheet, unique(), held);
}

Content Scanner::pdf(Random& random, int pages) {
  std::vector<const Scan*> sheets;
  for (int i = 0; i < pages; ++i) sheets.push_back(&images_.light_sheet(random));
  return pdf_file(sheets, unique());
}

Content Scanner::screenshot(Random& random) {
  return png_file(images_.screenshot(random), unique());
}

Content Scanner::portrait(Random& random) {
  return jpeg_file(images_.portrait(random), unique());
}

std::string spelled(Random& random, const std::string& iso) {
  if (random.chance(80)) return iso;
  const std::string year = iso.substr(0, 4), month = iso.substr(5, 2);
  const std::string day = iso.size() > 7 ? iso.substr(8, 2) : "";
  const auto plain = [](const std::string& n) { return n[0] == '0' ? n.substr(1) : n; };
  switch (random.between(0, 2)) {
    case 0:
      return year + "年" + plain(month) + "月" + (day.empty() ? "" : plain(day) + "日");
    case 1:
      return year + "/" + plain(month) + (day.empty() ? "" : "/" + plain(day));
    default:
      return year + "." + month + (day.empty() ? "" : "." + day);
  }
}

void list_attachments(Submitted& submitted) {
  Value list = Value::array();
  for (const Attachment& attachment : submitted.attachments)
    list.push(Value::object({{"slot", attachment.slot}, {"file", attachment.file}}));
  submitted.form.set("attachments", std::move(list));
}

Submitted registration(Random& random, Scanner& scanner, const Unit& unit, Ticks ticks,
                       const Institution& supervising) {
  Submitted out{unit_form(random, unit), {}};
  add_target(out.form, unit, ticks, supervising);
  const Certificate certificate = certificate_of(unit);
  auto& files = out.attachments;
  files.push_back(named(certificate.slot, std::string(certificate.name), paper(random, scanner)));
  if (unit.province == Province::Xinjiang && random.chance(40))
    files.push_back(named("U01", "组织机构代码证", scanner.photo(random)));
  files.push_back(named("U05", "授权书", paper(random, scanner)));
  const std::string whose = "经办人（" + unit.handler.name + "）身份证";
  files.push_back(named("U06", whose, scanner.photo(random)));
  // A social organisation's certificate has no keyword by which it could be recognised (domain
  // §8.5).
  if (certificate.slot == "U04" || random.chance(65)) list_attachments(out);
  return out;
}

Submitted uniform_registration(Random& random, Scanner& scanner, const Unit& unit) {
  Submitted out{unit_form(random, unit), {}};
  add_target(out.form, unit, Ticks::Professional, {});
  const Certificate certificate = certificate_of(unit);
  auto& files = out.attachments;
  files.push_back(named("U01", "组织机构代码证", scanner.photo(random)));
  files.push_back(named(certificate.slot, std::string(certificate.name), scanner.photo(random)));
  files.push_back(named("U05", "授权书", scanner.photo(random)));
  files.push_back(named("U06", "经办人身份证", scanner.photo(random)));
  files.push_back(named("U07", "其他材料", scanner.photo(random)));
  list_attachments(out);
  return out;
}

std::string queue_of(const Unit& unit, Ticks ticks, const Institution& supervising) {
  if (unit.province == Province::Xinjiang) return "unit-" + bureau(unit.region).uscc;
  if (ticks != Ticks::Professional) return "agency-" + unit.region + "-hr";  // H06, H07
  return supervising.name.empty() ? "agency-" + unit.region + "-pt" : "unit-" + supervising.uscc;
}

Value decision(const std::string& case_id, int round, const std::string& queue,
               const std::string& reviewer, const Judgement& judgement, int minutes) {
  const auto opinion = [](const std::string& text) { return text.empty() ? Value() : Value(text); };
  const pipeline::Time start = *pipeline::parse_time("2026-11-20T09:00:00+08:00");
  const pipeline::Time at = start + std::chrono::minutes(minutes);
  return Value::object({{"kind", "review_decision"},
                        {"case", case_id},
                        {"round", round},
                        {"queue", queue},
                        {"reviewer", Value::object({{"name", reviewer}})},
                        {"action", judgement.action},
                        {"target", Value()},
                        {"confirmed", true},
                        {"recommendation_opinion", opinion(judgement.recommendation)},
                        {"modification_opinion", opinion(judgement.modification)},
                        {"decided_at", pipeline::iso_time(at)}});
}

}  // namespace app
