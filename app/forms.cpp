#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "app/blank_forms.hpp"
#include "app/commands.hpp"
#include "pipeline/csv.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/files.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/rules.hpp"
#include "stages/produce/blank_forms.hpp"

namespace app {

using pipeline::path_join;
using prepare::Field;
using prepare::FieldType;

namespace {

struct Section {
  std::string title, note;
  int rows = 10;
};

/// By the first step of its fields' paths.
std::map<std::string, Section> load_sections(const std::string& file) {
  const pipeline::CsvFile csv(file, {"path", "title", "rows", "note"});
  std::map<std::string, Section> sections;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    Section section{csv.cell(i, "title"), csv.cell(i, "note")};
    const std::string& rows = csv.cell(i, "rows");
    if (!rows.empty()) {
      if (rows.size() > 3 || rows.find_first_not_of("0123456789") != rows.npos)
        throw pipeline::Fault(pipeline::FaultKind::Stop,
                              "read " + file + ":" + std::to_string(csv.line(i)),
                              "rows is a number below 1000");
      section.rows = std::stoi(rows);
    }
    sections[csv.cell(i, "path")] = std::move(section);
  }
  return sections;
}

std::set<std::string> listed(const std::string& cell) {
  std::set<std::string> out;
  for (const std::string_view each : pipeline::split(cell, '|'))
    if (!pipeline::trim(each).empty()) out.emplace(pipeline::trim(each));
  return out;
}

std::string usual_hint(const Field& field) {
  switch (field.type) {
    case FieldType::Uscc:
      return "18位";
    case FieldType::Date:
      return "如 2026-09-07";
    case FieldType::Month:
      return "如 2010-07";
    case FieldType::Year:
      return "4位年份，如 2026";
    case FieldType::Phone:
      return "11位手机号，或带区号的座机";
    case FieldType::Case:
      return field.list ? "一行一个，或用“、”分开" : "回执上的案件编号";
    case FieldType::Integer:
      return "整数";
    case FieldType::Enum:
    case FieldType::Boolean:
      return "从列表中选择";
    case FieldType::Digest:
      return "64位十六进制数，由系统管理人员提供；不要填写密码本身";
    default:
      return {};
  }
}

double width_of(const Field& field) {
  constexpr double kNarrow = 10, kShort = 13, kCode = 22, kMedium = 20, kWide = 28, kWidest = 38;
  switch (field.type) {
    case FieldType::Integer:
    case FieldType::Boolean:
    case FieldType::Year:
      return kNarrow;
    case FieldType::Uscc:
    case FieldType::IdNumber:
      return kCode;
    case FieldType::LongText:
      return kWidest;
    case FieldType::Text:
    case FieldType::Email:
    case FieldType::Digest:
      return field.max >= 200 ? kWide : field.max >= 100 ? kMedium : kShort;
    case FieldType::Phone:
      return kMedium - 4;
    default:
      return kShort;
  }
}

/// What an enumeration offers; of a short list, where several may be chosen, also all together.
std::vector<std::string> choices_of(const Field& field, const pipeline::Dictionary& dictionary) {
  std::vector<std::string> labels;
  if (field.type != FieldType::Enum && field.type != FieldType::Boolean) return labels;
  for (const auto& [code, label] : dictionary.words(field.dictionary)) labels.push_back(label);
  if (field.list) labels.push_back(pipeline::join(labels, "、"));
  return labels;
}

/// One row of forms.csv turned into what it asks.
class Drafting {
 public:
  Drafting(const prepare::Rules& rules, const std::map<std::string, Section>& sections,
           const std::string& kind, std::set<std::string> omit, std::set<std::string> required)
      : rules_(rules),
        sections_(sections),
        kind_(kind),
        omit_(std::move(omit)),
        required_(std::move(required)) {}

  void write(produce::BlankForm& form) const {
    for (const Field& field : rules_.fields.form(kind_)->members) {
      if (omit_.contains(field.name)) continue;
      const auto found = sections_.find(field.name);
      if (field.type == FieldType::Attachments) {
        form.attachments = true;
        form.tables.push_back(attachments(titled(field)));
      } else if (field.list && field.type == FieldType::Object) {
        produce::BlankTable table;
        const Section section = titled(field);
        table.sheet = section.title;
        table.note = section.note;
        table.rows = section.rows;
        Field one = field;
        one.list = false;
        gather(one, field.name + "[]", table.columns);
        form.tables.push_back(std::move(table));
      } else {
        // What has no heading of its own goes with what stands before it.
        if (found != sections_.end() || field.type == FieldType::Object || form.sections.empty()) {
          const Section section = titled(field);
          form.sections.push_back({section.title, section.note, {}});
        }
        gather(field, field.name, form.sections.back().fields);
      }
    }
  }

 private:
  Section titled(const Field& field) const {
    const auto found = sections_.find(field.name);
    return found == sections_.end() ? Section{field.name, ""} : found->second;
  }

  void gather(const Field& field, const std::string& path,
              std::vector<produce::BlankField>& to) const {
    if (omit_.contains(path)) return;
    for (const Field& member : field.members) gather(member, path + '.' + member.name, to);
    if (field.type == FieldType::Object) return;
    produce::BlankField asked;
    asked.path = path;
    asked.label = field.label;
    asked.hint = field.hint.empty() ? usual_hint(field) : field.hint;
    asked.required = field.required == prepare::Required::Yes || required_.contains(path);
    asked.tall = field.type == FieldType::LongText || (field.list && field.type == FieldType::Case);
    asked.choices = choices_of(field, rules_.dictionary);
    asked.width = width_of(field);
    if (path == "kind") {
      asked.filled = rules_.dictionary.label("kind", kind_);
      asked.choices.clear();
      asked.required = false;
      asked.hint = "请不要改动";
    }
    to.push_back(std::move(asked));
  }

  produce::BlankTable attachments(const Section& section) const {
    constexpr double kName = 42, kFile = 44;
    produce::BlankTable table{section.title, section.note, {}, section.rows};
    produce::BlankField slot;
    slot.path = "attachments[].slot";
    slot.label = prepare::kSlotLabel;
    slot.hint = "从列表中选择";
    slot.width = kName;
    const std::string_view family = prepare::slot_family(kind_);
    for (const prepare::Slot& each : rules_.slots.slots())
      if (each.family == family) slot.choices.push_back(each.code + " " + each.name);
    produce::BlankField file;
    file.path = "attachments[].file";
    file.label = prepare::kFileLabel;
    file.hint = "含扩展名，如 身份证.jpg";
    file.width = kFile;
    table.columns = {std::move(slot), std::move(file)};
    return table;
  }

  const prepare::Rules& rules_;
  const std::map<std::string, Section>& sections_;
  const std::string& kind_;
  std::set<std::string> omit_, required_;
};

}  // namespace

std::vector<BlankFile> blank_forms(const std::string& templates, const prepare::Rules& rules) {
  const std::string folder = path_join(templates, "forms");
  const auto sections = load_sections(path_join(folder, "sections.csv"));
  const std::string file = path_join(folder, "forms.csv");
  const pipeline::CsvFile csv(file, {"file", "kind", "omit", "required", "drop", "note"});
  std::vector<BlankFile> out;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const std::string& kind = csv.cell(i, "kind");
    if (!rules.fields.form(kind))
      throw pipeline::Fault(pipeline::FaultKind::Stop,
                            "read " + file + ":" + std::to_string(csv.line(i)),
                            "unknown kind " + kind);
    produce::BlankForm form;
    form.title = csv.cell(i, "file");
    form.drop = csv.cell(i, "drop");
    form.note = csv.cell(i, "note");
    Drafting(rules, sections, kind, listed(csv.cell(i, "omit")), listed(csv.cell(i, "required")))
        .write(form);
    out.push_back({form.title + ".xlsx", kind, produce::blank_form(form)});
  }
  return out;
}

int forms(const Places& places, const std::string& folder) {
  const std::string to = folder.empty() ? path_join(places.templates, "forms") : folder;
  const auto files = pipeline::make_files();
  files->make_folders(to);
  pipeline::Value list = pipeline::Value::array();
  for (const BlankFile& form :
       blank_forms(places.templates, prepare::load_rules(places.templates, {}))) {
    const std::string path = path_join(to, form.name);
    files->write(path + ".part", form.bytes);
    files->rename(path + ".part", path);
    list.push(pipeline::Value::object({{"file", path}, {"kind", form.kind}}));
  }
  files->sync(to);
  if (places.json)
    std::cout << pipeline::Value::object({{"forms", std::move(list)}}).dump(true) << "\n";
  else
    std::cout << "空白表 " << list.size() << " 份，写入 " << to << "\n";
  return kDone;
}

}  // namespace app
