#include "stages/prepare/find_form.hpp"

#include <algorithm>
#include <optional>

#include "pipeline/json.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/entry_name.hpp"

namespace prepare {

namespace {

constexpr std::size_t kMaxForm = 4u << 20;

std::optional<std::string> decode(std::string_view bytes) {
  // RFC 8259 asks for UTF-8; old Windows programs write UTF-16 without a mark.
  if (bytes.size() >= 2 && bytes[0] == '{' && bytes[1] == '\0')
    return pipeline::from_utf16(bytes, false);
  if (bytes.size() >= 2 && bytes[0] == '\0' && bytes[1] == '{')
    return pipeline::from_utf16(bytes, true);
  return pipeline::decode_text(bytes);
}

/// At the root or in one folder below it.
bool lies_outside(std::string_view entry_name) {
  return std::count(entry_name.begin(), entry_name.end(), '/') <= 1;
}

}  // namespace

bool is_form_name(std::string_view entry_name) {
  return pipeline::ascii_lower(base_name(entry_name)) == "form.json" && lies_outside(entry_name);
}

std::vector<std::size_t> filled_form_candidates(
    const std::vector<pipeline::Entry>& entries,
    const std::function<bool(std::size_t)>& holds_form) {
  const auto is_there = [](const pipeline::Entry& entry) {
    return entry.role == pipeline::Role::Attachment;
  };
  const bool alone = std::count_if(entries.begin(), entries.end(), is_there) == 1;
  constexpr std::size_t kMostAsked = 8;
  std::vector<std::size_t> places, sheets;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const pipeline::Entry& entry = entries[i];
    if (!is_there(entry) || !lies_outside(entry.name)) continue;
    const std::string_view name = base_name(entry.name);
    const bool sheet = entry.type == "ooxml" && pipeline::ascii_lower(name).ends_with(".xlsx");
    if (sheet) sheets.push_back(i);
    // Rosters and tables of papers are attached as sheets too.
    const bool form = sheet && (alone || name.find("待审清单") != name.npos ||
                                (sheets.size() <= kMostAsked && holds_form(i)));
    const bool paper = entry.type == "pdf" && (alone || name.find("审批单") != name.npos);
    if (form || paper) places.push_back(i);
  }
  if (places.empty() && sheets.size() == 1) return sheets;
  return places;
}

DecodedForm decode_form(std::string_view bytes, const Limits& limits) {
  DecodedForm out;
  if (bytes.empty()) {
    out.error = "文件是空的。";
    out.incomplete = true;
    return out;
  }
  if (bytes.size() > kMaxForm) {
    out.error = "表单超过 " + std::to_string(kMaxForm >> 20) + " MB。";
    return out;
  }
  const auto text = decode(bytes);
  if (!text) {
    out.error = "文字编码无法识别，请存为 UTF-8。";
    out.incomplete = true;  // it may end within a character
    return out;
  }
  pipeline::Json json = pipeline::parse_json(*text, limits.json_depth);
  if (!json.error.empty()) {
    const bool deep = json.error.find("deep") != json.error.npos;
    out.error = deep ? "嵌套超过" + std::to_string(limits.json_depth) + "层。"
                     : "JSON 格式有误（" + json.error + "）。";
    out.incomplete = !deep;
    return out;
  }
  if (!json.value.is_object()) {
    out.error = "内容不是一份表单（应以 { 开头）。";
    return out;
  }
  out.value = std::move(json.value);
  out.duplicates = std::move(json.duplicates);
  out.duplicate_count = json.duplicate_count;
  return out;
}

}  // namespace prepare
