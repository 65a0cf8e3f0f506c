#include "stages/produce/kit.hpp"

#include <algorithm>
#include <cctype>

#include "pipeline/csv.hpp"
#include "pipeline/files.hpp"
#include "pipeline/text.hpp"

namespace produce {

using pipeline::path_join;

FieldNames load_fields(const std::string& templates_folder) {
  const pipeline::CsvFile table(path_join(templates_folder, "common/fields.csv"),
                                {"kind", "path", "label", "type", "dictionary"});
  FieldNames out;
  for (std::size_t i = 0; i < table.size(); i++) {
    out[table.cell(i, "kind")].push_back({table.cell(i, "path"), table.cell(i, "label"),
                                          table.cell(i, "dictionary"), table.cell(i, "type")});
  }
  return out;
}

Layouts load_layouts(const std::string& templates_folder, const FieldNames& fields_of_kind,
                     std::vector<LayoutProblem>& problems) {
  const auto read = [&](const char* file, FormKind kind, std::string_view form_kind) {
    std::vector<std::string> paths;
    if (const auto fields = fields_of_kind.find(form_kind); fields != fields_of_kind.end())
      for (const FieldName& field : fields->second) paths.push_back(field.path);
    return FormLayout::read(path_join(templates_folder, file), kind, paths, problems);
  };
  return {read("papers/registration_form.csv", FormKind::Registration, "unit_registration"),
          read("papers/application_form.csv", FormKind::Application, "title_application")};
}

Kit::Kit(const std::string& templates_folder, const Fonts& fonts)
    : typefaces(fonts),
      dictionary(pipeline::Dictionary::load(path_join(templates_folder, "common/dictionary.csv"))),
      regions(pipeline::Regions::load(path_join(templates_folder, "common/regions.csv"))),
      fields_of_kind(load_fields(templates_folder)) {
  const pipeline::CsvFile sources(path_join(templates_folder, "common/rules.csv"),
                                  {"rule", "gist"});
  for (std::size_t i = 0; i < sources.size(); i++)
    rules[sources.cell(i, "rule")] = sources.cell(i, "gist");
  std::vector<LayoutProblem> problems;
  layouts = load_layouts(templates_folder, fields_of_kind, problems);
  stop_at(problems);
}

std::string Kit::label(std::string_view dictionary_name, const pipeline::Value& code) const {
  return dictionary.label(dictionary_name, code.text());
}

std::string Kit::rule(const std::string& ids) const {
  std::vector<std::string> out;
  for (const std::string_view id : pipeline::split(ids, '|')) {
    const auto found = rules.find(id);
    out.push_back(found == rules.end() ? std::string(id) : found->first + " " + found->second);
  }
  return pipeline::join(out, "；");
}

namespace {

/// "F5", or "学历学位!C5": of a form or a list that is a sheet.
bool is_cell(std::string_view where) {
  if (const auto sheet = where.rfind('!'); sheet != where.npos) where.remove_prefix(sheet + 1);
  const auto digits = where.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  constexpr std::size_t kMostLetters = 3;
  return digits != where.npos && digits > 0 && digits <= kMostLetters &&
         where.find_first_not_of("0123456789", digits) == where.npos;
}

}  // namespace

std::string Kit::place(std::string_view kind, const std::string& where) const {
  if (is_cell(where)) return "单元格 " + where;
  std::string path, digits;
  bool inside = false;
  for (const char c : where) {
    if (inside && std::isdigit(static_cast<unsigned char>(c))) {
      digits += c;
      continue;
    }
    if (c == '[') digits.clear();
    inside = c == '[';
    path += c;
  }
  const auto& all = fields(kind);
  const auto field = [&](std::string_view wanted) {
    return std::find_if(all.begin(), all.end(),
                        [&](const FieldName& f) { return f.path == wanted; });
  };
  auto found = field(path);
  if (found == all.end() && path.ends_with("[]"))
    found = field(std::string_view(path).substr(0, path.size() - 2));
  if (found == all.end()) found = field(path + "[]");
  // What holds fields but is none itself, such as review_target, goes by its first field.
  const std::string held = path + '.';
  if (found == all.end())
    found = std::find_if(all.begin(), all.end(),
                         [&](const FieldName& f) { return f.path.starts_with(held); });
  if (found == all.end()) return where;
  if (digits.empty() || digits.size() > 6) return found->label;
  return found->label + "（第 " + std::to_string(std::stoul(digits) + 1) + " 项）";
}

const std::vector<FieldName>& Kit::fields(std::string_view kind) const {
  static const std::vector<FieldName> kNothing;
  const auto found = fields_of_kind.find(kind);
  return found == fields_of_kind.end() ? kNothing : found->second;
}

}  // namespace produce
