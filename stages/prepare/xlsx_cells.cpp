#include "stages/prepare/xlsx_cells.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <pugixml.hpp>
#include <set>
#include <utility>

#include "pipeline/text.hpp"
#include "stages/prepare/zip.hpp"

namespace prepare {

namespace {

constexpr int kMostRows = 1 << 20, kMostColumns = 1 << 14;  ///< of Excel
constexpr std::size_t kMostText = 32'767;                   ///< characters of a cell, of Excel
constexpr std::size_t kMostSheets = 64;

const std::string kDamaged = "文件损坏，无法读出，请确认它能正常打开。";

/// What makes the workbook unreadable; ends the reading of it.
struct Refusal {
  std::string why;
  bool not_a_book = false;
};

std::string_view local(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

bool is(const pugi::xml_node& node, std::string_view name) {
  return node.type() == pugi::node_element && local(node.name()) == name;
}

pugi::xml_node child(const pugi::xml_node& parent, std::string_view name) {
  for (const pugi::xml_node& node : parent.children())
    if (is(node, name)) return node;
  return {};
}

/// All text directly in it.
std::string own_text(const pugi::xml_node& node) {
  std::string out;
  for (const pugi::xml_node& part : node.children())
    if (part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata) out += part.value();
  return out;
}

/// Text of Excel: control characters stand in it as _x000D_.
std::string unescaped(std::string_view text) {
  constexpr std::size_t kLength = 7;
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    unsigned code = 0;
    const bool escape =
        text.substr(i, 2) == "_x" && i + kLength <= text.size() && text[i + kLength - 1] == '_' &&
        std::from_chars(text.data() + i + 2, text.data() + i + kLength - 1, code, 16).ptr ==
            text.data() + i + kLength - 1;
    if (!escape) {
      out += text[i++];
      continue;
    }
    i += kLength;
    if (code < 0xD800 || code > 0xDFFF) pipeline::append_utf8(out, code);
  }
  return out;
}

/// Of a string item: its text, or the texts of its runs; not how it is pronounced (rPh).
std::string rich_text(const pugi::xml_node& item) {
  std::string out;
  for (const pugi::xml_node& node : item.children()) {
    if (is(node, "t")) out += own_text(node);
    if (is(node, "r")) out += own_text(child(node, "t"));
  }
  return unescaped(out);
}

/// A number as Excel shows it in a cell of no particular format, but for its exponent.
std::string number_text(std::string_view written) {
  double n = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), n);
  if (error != std::errc() || end != written.data() + written.size() || !std::isfinite(n))
    return std::string(written);
  char digits[64];
  constexpr double kLargest = 1e21;
  const bool whole = n == std::floor(n) && std::abs(n) < kLargest;
  std::snprintf(digits, sizeof digits, whole ? "%.0f" : "%.15g", n == 0 ? 0.0 : n);
  return digits;
}

/// "xl/a" and "../b/c" to "b/c"; a target that begins with / begins at the root.
std::string resolved(const std::string& folder, std::string_view target) {
  std::vector<std::string_view> steps;
  if (!target.starts_with('/'))
    for (const std::string_view step : pipeline::split(folder, '/')) steps.push_back(step);
  for (const std::string_view step : pipeline::split(target, '/')) {
    if (step == ".." && !steps.empty()) steps.pop_back();
    if (step != ".." && step != ".") steps.push_back(step);
  }
  std::string out;
  for (const std::string_view step : steps) {
    if (step.empty()) continue;
    if (!out.empty()) out += '/';
    out += step;
  }
  return out;
}

std::string folder_of(const std::string& part) {
  const auto slash = part.rfind('/');
  return slash == part.npos ? std::string() : part.substr(0, slash);
}

struct Relation {
  std::string type;  ///< the last step of its address: "worksheet"
  std::string part;
};

class Book {
 public:
  Book(std::string_view bytes, const Limits& limits) : bytes_(bytes), limits_(limits) {
    const Zip zip = read_zip(bytes, limits);
    if (zip.verdict != ZipVerdict::Sound) throw Refusal{kDamaged, false};
    for (const ZipEntry& entry : zip.entries)
      parts_.emplace(pipeline::ascii_lower(entry.name), entry);
  }

  std::vector<Sheet> read() {
    const std::string workbook_part = main_part();
    pugi::xml_document workbook;
    parse(workbook, workbook_part);
    const pugi::xml_node root = workbook.document_element();
    if (!is(root, "workbook")) throw Refusal{kDamaged, true};
    const auto relations = relations_of(workbook_part);
    // A book has one table of texts, however many relations lead to it.
    const auto texts = std::find_if(relations.begin(), relations.end(), [](const auto& each) {
      return each.second.type == "sharedStrings";
    });
    if (texts != relations.end()) read_strings(texts->second.part);
    std::vector<Sheet> sheets;
    for (const pugi::xml_node& entry : child(root, "sheets").children()) {
      if (!is(entry, "sheet")) continue;
      if (sheets.size() == kMostSheets)
        throw Refusal{"表格过大（超过 " + std::to_string(kMostSheets) + " 张工作表）。", false};
      const auto found = relations.find(relation_id(entry));
      if (found == relations.end() || found->second.type != "worksheet") continue;
      sheets.emplace_back();
      sheets.back().name = valid(entry.attribute("name").value());
      read_sheet(found->second.part, sheets.back());
    }
    return sheets;
  }

 private:
  static std::string valid(std::string text) {
    if (!pipeline::is_utf8(text)) throw Refusal{kDamaged, false};
    return text;
  }

  Refusal too_many() const {
    return {"表格过大（超过 " + std::to_string(limits_.sheet_cells) + " 个单元格）。", false};
  }

  /// At most as many characters as a cell of Excel holds, without blanks around them.
  static std::string cell_text(const std::string& written) {
    std::string text = valid(std::string(pipeline::trim(written)));
    if (text.size() > kMostText && pipeline::count_code_points(text) > kMostText)
      text = pipeline::to_utf8(pipeline::code_points(text).substr(0, kMostText));
    return text;
  }

  bool has(const std::string& part) const { return parts_.contains(pipeline::ascii_lower(part)); }

  void parse(pugi::xml_document& document, const std::string& part) {
    const auto found = parts_.find(pipeline::ascii_lower(part));
    if (found == parts_.end()) throw Refusal{kDamaged, true};
    // Two sheets are never one part: a small file would be as much work as it has relations.
    if (!parsed_.insert(found->first).second) throw Refusal{kDamaged, false};
    const ZipEntry& entry = found->second;
    if (entry.size > limits_.sheet_mb << 20)
      throw Refusal{"表格过大（解压后超过 " + std::to_string(limits_.sheet_mb) + " MB）。", false};
    const auto content = can_inflate(entry.method) ? inflater_.read(bytes_, entry) : std::nullopt;
    if (!content) throw Refusal{kDamaged, false};
    // An element of four bytes takes sixty in memory.
    constexpr std::uint64_t kMarksOfCell = 12;
    marks_ += static_cast<std::uint64_t>(std::count_if(
        content->begin(), content->end(), [](char c) { return c == '<' || c == '='; }));
    if (marks_ > limits_.sheet_cells * kMarksOfCell) throw too_many();
    const auto result =
        document.load_buffer(content->data(), content->size(),
                             pugi::parse_default | pugi::parse_ws_pcdata | pugi::parse_doctype);
    if (!result) throw Refusal{kDamaged, false};
    for (const pugi::xml_node& node : document.children())
      if (node.type() == pugi::node_doctype)
        throw Refusal{"文件里有不应有的声明（DOCTYPE），未予打开。", false};
  }

  std::string main_part() {
    for (const auto& [id, relation] : relations_of(""))
      if (relation.type == "officeDocument") return relation.part;
    throw Refusal{kDamaged, true};
  }

  std::map<std::string, Relation> relations_of(const std::string& part) {
    const std::string folder = folder_of(part);
    const std::string name = part.substr(folder.empty() ? 0 : folder.size() + 1);
    const std::string place = (folder.empty() ? "" : folder + "/") + "_rels/" + name + ".rels";
    std::map<std::string, Relation> all;
    if (!has(place)) return all;
    pugi::xml_document document;
    parse(document, place);
    for (const pugi::xml_node& node : document.document_element().children()) {
      if (!is(node, "Relationship")) continue;
      const std::string_view type = node.attribute("Type").value();
      all[node.attribute("Id").value()] = {std::string(type.substr(type.rfind('/') + 1)),
                                           resolved(folder, node.attribute("Target").value())};
    }
    return all;
  }

  /// r:id, whatever the prefix is; sheetId is another thing.
  static std::string relation_id(const pugi::xml_node& sheet) {
    for (const pugi::xml_attribute& attribute : sheet.attributes()) {
      const std::string_view name = attribute.name();
      if (name.find(':') != name.npos && local(name) == "id") return attribute.value();
    }
    return {};
  }

  void read_strings(const std::string& part) {
    pugi::xml_document document;
    parse(document, part);
    for (const pugi::xml_node& item : document.document_element().children())
      if (is(item, "si")) strings_.push_back(cell_text(rich_text(item)));
  }

  void read_sheet(const std::string& part, Sheet& sheet) {
    pugi::xml_document document;
    parse(document, part);
    int row = -1;
    for (const pugi::xml_node& line : child(document.document_element(), "sheetData").children()) {
      if (!is(line, "row")) continue;
      const long long number = line.attribute("r").as_llong(row + 2);
      if (number < 1 || number > kMostRows) throw Refusal{kDamaged, false};
      row = static_cast<int>(number) - 1;
      int column = -1;
      for (const pugi::xml_node& node : line.children()) {
        if (!is(node, "c")) continue;
        Cell cell;
        cell.row = row;
        cell.column = column + 1;
        place(node.attribute("r").value(), cell);
        column = cell.column;
        if (cell.row < 0 || cell.row >= kMostRows || column < 0 || column >= kMostColumns)
          throw Refusal{kDamaged, false};
        cell.text = text_of(node);
        if (cell.text.empty()) continue;
        const std::string_view type = node.attribute("t").value();
        cell.number = type.empty() || type == "n";
        cell.error = type == "e";
        // One text of the table may stand in every cell.
        text_ += cell.text.size();
        if (text_ > limits_.sheet_text_mb << 20)
          throw Refusal{"表格过大（文字超过 " + std::to_string(limits_.sheet_text_mb) + " MB）。",
                        false};
        if (++cells_ > limits_.sheet_cells) throw too_many();
        sheet.cells.push_back(std::move(cell));
      }
    }
    const auto place_of = [](const Cell& cell) { return std::pair(cell.row, cell.column); };
    std::stable_sort(sheet.cells.begin(), sheet.cells.end(),
                     [&](const Cell& a, const Cell& b) { return place_of(a) < place_of(b); });
    const auto end =
        std::unique(sheet.cells.begin(), sheet.cells.end(),
                    [&](const Cell& a, const Cell& b) { return place_of(a) == place_of(b); });
    sheet.cells.erase(end, sheet.cells.end());
  }

  /// "F5"; what is no reference leaves the cell where it is.
  static void place(std::string_view reference, Cell& cell) {
    int column = 0;
    std::size_t i = 0;
    for (; i < reference.size() && reference[i] >= 'A' && reference[i] <= 'Z' && i < 4; ++i)
      column = column * 26 + (reference[i] - 'A' + 1);
    int row = 0;
    const char* const end = reference.data() + reference.size();
    const auto parsed = std::from_chars(reference.data() + i, end, row);
    if (i == 0 || parsed.ec != std::errc() || parsed.ptr != end || row < 1) return;
    cell.row = row - 1;
    cell.column = column - 1;
  }

  std::string text_of(const pugi::xml_node& cell) const {
    const std::string_view type = cell.attribute("t").value();
    if (type == "inlineStr") return cell_text(rich_text(child(cell, "is")));
    const std::string value = own_text(child(cell, "v"));
    const std::string_view trimmed = pipeline::trim(value);
    if (trimmed.empty()) return {};
    if (type == "s") {
      std::size_t index = 0;
      const char* const end = trimmed.data() + trimmed.size();
      const auto parsed = std::from_chars(trimmed.data(), end, index);
      if (parsed.ec != std::errc() || parsed.ptr != end || index >= strings_.size())
        throw Refusal{kDamaged, false};
      return strings_[index];
    }
    if (type == "b") return trimmed == "1" || trimmed == "true" ? "TRUE" : "FALSE";
    if (type.empty() || type == "n") return cell_text(number_text(trimmed));
    return cell_text(unescaped(value));
  }

  std::string_view bytes_;
  const Limits& limits_;
  Inflater inflater_;
  std::map<std::string, ZipEntry> parts_;
  std::set<std::string> parsed_;  ///< parts
  std::vector<std::string> strings_;
  std::uint64_t cells_ = 0, marks_ = 0, text_ = 0;  ///< of all parts read so far
};

}  // namespace

const Cell* Sheet::find(int row, int column) const {
  const auto found = std::lower_bound(
      cells.begin(), cells.end(), std::pair(row, column),
      [](const Cell& cell, const auto& place) { return std::pair(cell.row, cell.column) < place; });
  const bool there = found != cells.end() && found->row == row && found->column == column;
  return there ? &*found : nullptr;
}

const std::string& Sheet::at(int row, int column) const {
  static const std::string kEmpty;
  const Cell* cell = find(row, column);
  return cell ? cell->text : kEmpty;
}

Workbook read_workbook(std::string_view xlsx, const Limits& limits) {
  Workbook out;
  try {
    out.sheets = Book(xlsx, limits).read();
  } catch (const Refusal& refusal) {
    out.refusal = refusal.why;
    out.not_a_book = refusal.not_a_book;
  }
  return out;
}

std::string cell_name(int row, int column) {
  std::string letters;
  for (int rest = column + 1; rest > 0; rest = (rest - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  return letters + std::to_string(row + 1);
}

}  // namespace prepare
