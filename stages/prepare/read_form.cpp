#include "stages/prepare/read_form.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "pipeline/identifiers.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/findings.hpp"
#include "stages/prepare/identity.hpp"
#include "stages/prepare/scalar.hpp"

namespace prepare {

namespace {

using pipeline::Value;

constexpr std::size_t kMaxItems = 1000;

/// Case and separators do not tell two names of fields apart; nor does one wrong letter.
bool resembles(std::string_view a, std::string_view b) {
  const auto plain = [](std::string_view s) {
    std::string out = pipeline::ascii_lower(s);
    std::erase_if(out, [](char c) { return c == '_' || c == '-' || c == ' '; });
    return out;
  };
  const std::string x = plain(a);
  const std::string y = plain(b);
  if (x == y) return true;
  if (x.size() < 4 || y.size() < 4 || x.size() > y.size() + 1 || y.size() > x.size() + 1)
    return false;
  std::size_t same = 0;
  while (same < x.size() && same < y.size() && x[same] == y[same]) ++same;
  const std::string_view rest_x = std::string_view(x).substr(same);
  const std::string_view rest_y = std::string_view(y).substr(same);
  const auto after = [](std::string_view s) { return s.empty() ? s : s.substr(1); };
  return after(rest_x) == after(rest_y) || after(rest_x) == rest_y || rest_x == after(rest_y);
}

/// "U+20050"
std::string code_point(char32_t c) {
  std::string digits;
  for (; c != 0 || digits.size() < 4; c >>= 4) digits.insert(0, 1, "0123456789ABCDEF"[c & 15]);
  return "U+" + digits;
}

class Reader {
 public:
  Reader(const Value& written, const Rules& rules) : written_(written), rules_(rules) {}

  ReadForm run() {
    const Field* form = nullptr;
    const Value& kind = written_["kind"];
    const std::string wanted(pipeline::trim(kind.text()));
    if (const auto code = rules_.dictionary.code("kind", wanted); code && rules_.fields.form(*code))
      out_.kind = *code;
    else if (rules_.fields.form(wanted))
      out_.kind = wanted;
    if (!out_.kind.empty()) {
      form = rules_.fields.form(out_.kind);
    } else {
      add("KIND_UNKNOWN", "kind",
          {{"value", wanted.empty() ? "（未填写）" : wanted}, {"kinds", known_kinds()}});
      form = resembling_kind();
      lenient_ = true;
    }
    resubmission_ = out_.kind == "title_application" && !written_["resubmits"].text().empty();
    province_ = province();
    if (form) out_.form = object(*form, written_, {});
    if (!out_.kind.empty()) out_.form.set("kind", out_.kind);
    append_limited(out_.findings, std::move(unknown_), unknown_count_, rules_.catalogue);
    return std::move(out_);
  }

 private:
  void add(std::string_view code, const std::string& where,
           const pipeline::Arguments& arguments = {}) {
    out_.findings.push_back(make_finding(rules_.catalogue, code, where, arguments));
  }

  std::string known_kinds() const {
    std::vector<std::string> labels;
    for (const std::string& kind : rules_.fields.kinds()) {
      const std::string label = rules_.dictionary.label("kind", kind);
      labels.push_back(label == kind ? kind : label + " " + kind);
    }
    return pipeline::join(labels, "、");
  }

  /// The kind that knows most of the form's members, if it knows two at least.
  const Field* resembling_kind() const {
    const Field* best = nullptr;
    std::size_t most = 1;
    for (const std::string& kind : rules_.fields.kinds()) {
      const Field* form = rules_.fields.form(kind);
      std::size_t known = 0;
      for (const auto& [name, value] : written_.members())
        known += name != "kind" && form->member(name) != nullptr;
      if (known > most) most = known, best = form;
    }
    return best;
  }

  std::string province() const {
    for (const char* path : {"unit.region", "units[0].unit.region"}) {
      const std::string region = pipeline::normalise_code(written_.at_path(path).text());
      const std::string found = pipeline::Regions::province(region);
      if (!found.empty()) return found;
    }
    for (const char* path : {"unit.uscc", "unit_uscc", "uscc", "by_uscc"}) {
      const std::string code = pipeline::normalise_code(written_.at_path(path).text());
      if (code.size() >= 8) return pipeline::Regions::province(std::string_view(code).substr(2));
    }
    return {};
  }

  bool is_required(const Field& field) const {
    // What a resubmission leaves out stays as it was; a row of a list that it sends is new, and whole.
    if (lenient_ || (resubmission_ && !in_row_)) return false;
    switch (field.required) {
      case Required::No:
        return false;
      case Required::Yes:
        return true;
      case Required::Hunan:
        return province_ == "hunan";
      case Required::Xinjiang:
        return province_ == "xinjiang";
    }
    return false;
  }

  // A decision with the content of an application in it is not a slip of the pen (X53).
  bool is_application_content(std::string_view name) const {
    if (out_.kind != "review_decision") return false;
    static constexpr std::array<std::string_view, 3> kContent{
        "title_application", "unit_registration", "unit_info_correction"};
    return std::any_of(kContent.begin(), kContent.end(), [&](std::string_view kind) {
      const Field* form = rules_.fields.form(kind);
      return name != "submit" && form && form->member(name);
    });
  }

  static bool holds_nothing(const Value& value) {
    return value.is_null() || (value.is_string() && pipeline::trim(value.string()).empty()) ||
           ((value.is_array() || value.is_object()) && value.size() == 0);
  }

  void unknown(const Field& parent, const std::string& name, const Value& value,
               const std::string& where) {
    if (lenient_) return;
    if (is_application_content(name) && where == name) {
      if (!holds_nothing(value))
        add("REVIEW_MODIFIED_CONTENT", where, {{"field", content_label(name)}});
      return;
    }
    if (++unknown_count_ > kMostOfOneCode) return;
    std::string meant;
    for (const Field& field : parent.members)
      if (meant.empty() && resembles(field.name, name)) meant = field.name;
    unknown_.push_back(make_finding(rules_.catalogue, "FIELD_UNKNOWN", where,
                                    {{"field", where}, {"candidate", meant}}));
  }

  std::string content_label(const std::string& name) const {
    static const std::vector<std::pair<std::string_view, const char*>> kLabels{
        {"applicant", "基本信息"},
        {"target", "申报资格"},
        {"current", "现任职务"},
        {"education", "学历学位"},
        {"career", "工作经历"},
        {"appraisals", "年度考核"},
        {"continuing_education", "继续教育"},
        {"achievements", "业绩成果"},
        {"publications", "论文著作"},
        {"awards", "获奖"},
        {"licences", "执业资格"},
        {"summary", "业务工作总结"},
        {"publicity", "公示"},
        {"attachments", "附件"},
        {"unit", "单位信息"},
        {"handler", "经办人"}};
    for (const auto& [key, label] : kLabels)
      if (key == name) return label + ("（" + name + "）");
    return name;
  }

  Value object(const Field& field, const Value& written, const std::string& path) {
    Value out = Value::object();
    const auto inside = [&](const std::string& name) {
      return path.empty() ? name : path + "." + name;
    };
    for (const auto& [name, value] : written.members())
      if (!field.member(name)) unknown(field, name, value, inside(name));
    for (const Field& member : field.members) {
      if (path.empty() && member.name == "kind") continue;
      Value value = any(member, written[member.name], inside(member.name));
      if (!value.is_null()) out.set(member.name, std::move(value));
    }
    check_identities(field, out, path);
    return out;
  }

  Value any(const Field& field, const Value& written, const std::string& where) {
    const std::size_t before = out_.findings.size();
    Value value = field.type == FieldType::Attachments ? attachments(field, written, where)
                  : field.list                         ? list(field, written, where)
                                                       : single(field, written, where);
    const bool empty = value.is_null() || (value.is_array() && value.size() == 0);
    // What is wrong has been told already; that it is missing as well would confuse.
    if (empty && !field.label.empty() && is_required(field) && out_.findings.size() == before)
      add("FIELD_REQUIRED", where, {{"field", field.label}});
    return value;
  }

  Value single(const Field& field, const Value& written, const std::string& where) {
    if (field.type != FieldType::Object) {
      if (out_.kind == "review_decision" && where == "target" && written.is_object()) {
        add("REVIEW_MODIFIED_CONTENT", where, {{"field", content_label(where)}});
        return {};
      }
      auto value = read_scalar(field, written, where, rules_, out_.findings);
      if (!value) return {};
      tell_unknown_characters(field, *value, where);
      return std::move(*value);
    }
    if (!written.is_null() && !written.is_object()) {
      out_.findings.push_back(invalid(field, written, where, rules_, "这里应是一组项目。"));
      return {};
    }
    Value out = object(field, written, where);
    return out.size() == 0 ? Value() : out;
  }

  /// domain §8.3: what no font has stands on the papers as 〓, which nobody may find out from the paper only.
  void tell_unknown_characters(const Field& field, const Value& value, const std::string& where) {
    constexpr char32_t kFirstRare = 0x100;
    if (!rules_.can_be_set || !value.is_string()) return;
    std::u32string unknown;
    for (const char32_t c : pipeline::code_points(value.string()))
      if (c >= kFirstRare && unknown.find(c) == unknown.npos && !rules_.can_be_set(c)) unknown += c;
    if (unknown.empty()) return;
    std::vector<std::string> named;
    for (const char32_t c : unknown)
      named.push_back(pipeline::to_utf8(std::u32string(1, c)) + "（" + code_point(c) + "）");
    add("CHARACTER_NOT_IN_FONTS", where,
        {{"field", field.label}, {"value", pipeline::join(named, "、")}});
  }

  Value list(const Field& field, const Value& written, const std::string& where) {
    Value out = Value::array();
    const Value items = as_list(field, written);
    const std::size_t looked_at = few_enough(field, items.size(), where);
    for (std::size_t i = 0; i < looked_at; ++i) {
      if (holds_nothing(items[i])) continue;
      in_row_ = true;
      Value value = single(field, items[i], where + "[" + std::to_string(i) + "]");
      in_row_ = false;
      const auto& known = out.items();
      const bool twice = field.type == FieldType::Enum &&
                         std::find(known.begin(), known.end(), value) != known.end();
      if (!value.is_null() && !twice) out.push(std::move(value));
    }
    return written.is_null() ? Value() : out;
  }

  /// How many items of a list are looked at; a finding if not all.
  std::size_t few_enough(const Field& field, std::size_t items, const std::string& where) {
    if (items <= kMaxItems) return items;
    out_.findings.push_back(invalid(field, Value("共 " + std::to_string(items) + " 项"), where,
                                    rules_,
                                    "最多 " + std::to_string(kMaxItems) + " 项，其余未查看。"));
    return kMaxItems;
  }

  /// People write one item, or several in one text ("专技、人力资源市场"), where a list is asked for.
  Value as_list(const Field& field, const Value& written) const {
    if (written.is_array() || written.is_null()) return written;
    Value out = Value::array();
    if (field.type == FieldType::Object || !written.is_string()) {
      out.push(written);
      return out;
    }
    std::string text = written.string();
    for (const char* separator : {"、", "，", ",", "；", ";", "\n"})
      text = pipeline::replace_all(std::move(text), separator, "|");
    for (const std::string_view part : pipeline::split(text, '|'))
      out.push(Value(pipeline::trim(part)));
    return out;
  }

  Value attachments(const Field& field, const Value& written, const std::string& where) {
    if (written.is_null()) return {};
    if (!written.is_array()) {
      out_.findings.push_back(invalid(field, written, where, rules_, "这里应是一个列表。"));
      return {};
    }
    Value out = Value::array();
    const std::size_t looked_at = few_enough(field, written.size(), where);
    for (std::size_t i = 0; i < looked_at; ++i) {
      const Value& item = written[i];
      const std::string at = where + "[" + std::to_string(i) + "]";
      Value line = Value::object();
      if (item.is_string())
        line.set("file", item.string());
      else if (!item.is_object()) {
        out_.findings.push_back(invalid(field, item, at, rules_));
        continue;
      }
      for (const auto& [name, value] : item.members()) {
        if (name == "file") {
          line.set("file", pipeline::trim(value.text()));
        } else if (name == "slot") {
          const std::string code = slot(value, at + ".slot");
          if (!code.empty()) line.set("slot", code);
        } else {
          unknown(field, name, value, at + "." + name);
        }
      }
      // Its place in the form's list: findings about the file point there.
      if (!line["file"].text().empty()) {
        line.set("at", static_cast<std::int64_t>(i));
        out.push(std::move(line));
      } else if (!lenient_) {
        add("FIELD_REQUIRED", at + ".file", {{"field", "附件文件名"}});
      }
    }
    return out;
  }

  std::string slot(const Value& written, const std::string& where) {
    const std::string text(pipeline::trim(written.text()));
    if (text.empty()) return {};
    const std::string_view family = slot_family(out_.kind);
    if (const Slot* found = rules_.slots.named(text, family)) return found->code;
    std::vector<std::string> allowed;
    for (const Slot& each : rules_.slots.slots())
      if (family.empty() || each.family == family) allowed.push_back(each.code + " " + each.name);
    Field field;
    field.label = "附件位置";
    out_.findings.push_back(
        invalid(field, written, where, rules_, {}, pipeline::join(allowed, "、")));
    return {};
  }

  void check_identities(const Field& field, const Value& read, const std::string& path) {
    const IdentityRules identity{rules_.catalogue, rules_.regions, rules_.dictionary};
    const auto take = [&](std::vector<pipeline::Finding> findings) {
      std::move(findings.begin(), findings.end(), std::back_inserter(out_.findings));
    };
    for (const Field& member : field.members) {
      const std::string& code = read[member.name].string();
      if (code.empty() || member.list) continue;
      const std::string where = path.empty() ? member.name : path + "." + member.name;
      const bool target = member.type == FieldType::UsccOrCommittee && code.size() >= 18 &&
                          pipeline::is_uscc_alphabet(std::string_view(code).substr(0, 18));
      if (member.type == FieldType::Uscc || target) {
        // A created unit's id carries its parent's USCC.
        const bool created = code.size() > 19 && code[18] == '-';
        take(check_uscc(created ? std::string_view(code).substr(0, 18) : std::string_view(code),
                        where, member.name == "uscc" ? read["nature"].string() : std::string_view{},
                        identity));
      } else if (member.type == FieldType::IdNumber && is_resident_id(read["id_type"].string())) {
        take(check_id_number(code, where, {read["sex"].string(), read["birth_date"].string(), path},
                             identity));
      }
    }
  }

  /// Codes of the dictionary id_type (domain §9): the cards that bear a number of GB 11643.
  static bool is_resident_id(std::string_view id_type) {
    return id_type.empty() || id_type == "111" || id_type == "112" || id_type == "810" ||
           id_type == "553";
  }

  const Value& written_;
  const Rules& rules_;
  ReadForm out_;
  std::string province_;
  bool lenient_ = false;
  bool resubmission_ = false;
  bool in_row_ = false;  ///< no list of objects lies within another
  std::vector<pipeline::Finding> unknown_;
  std::size_t unknown_count_ = 0;
};

}  // namespace

ReadForm read_form(const Value& written, const Rules& rules) {
  return Reader(written, rules).run();
}

}  // namespace prepare
