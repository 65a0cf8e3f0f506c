#include "stages/prepare/scalar.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "pipeline/identifiers.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/findings.hpp"
#include "stages/prepare/person_name.hpp"
#include "stages/prepare/written.hpp"

namespace prepare {

namespace {

using pipeline::Value;

constexpr std::size_t kMaxText = 500, kMaxLongText = 50'000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_digits(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), is_digit);
}

std::string clean(std::string_view written, bool lines) {
  std::string out;
  for (const char32_t c : pipeline::code_points(pipeline::trim(written))) {
    if (c == U'\n' && lines)
      out += '\n';
    else if (c == U'\n' || c == U'\t')
      out += ' ';
    else if (c >= 0x20 && c != 0x7F && c != 0xFEFF && !(c >= 0x80 && c < 0xA0))
      pipeline::append_utf8(out, c);
  }
  return out;
}

/// Full-width brackets in Chinese names: certificates print （）, keyboards give ().
std::string with_chinese_brackets(std::string text) {
  const bool chinese = std::any_of(text.begin(), text.end(),
                                   [](char c) { return static_cast<unsigned char>(c) >= 0xE4; });
  if (!chinese) return text;
  return pipeline::replace_all(pipeline::replace_all(std::move(text), "(", "（"), ")", "）");
}

/// As long as a USCC, perhaps with the number of a created unit, and of its letters and digits.
bool is_uscc_like(std::string_view code) {
  constexpr std::size_t kLength = 18, kLongest = 22;
  const auto is_character = [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); };
  return code.size() >= kLength && code.size() <= kLongest &&
         std::all_of(code.begin(), code.begin() + kLength, is_character) &&
         (code.size() == kLength || code[kLength] == '-');
}

/// What is kept is read again with events around it: no depth of its own.
bool is_flat(const Value& value) {
  const auto holds_more = [](const Value& v) { return v.is_array() || v.is_object(); };
  return std::none_of(value.items().begin(), value.items().end(), holds_more) &&
         std::none_of(value.members().begin(), value.members().end(),
                      [&](const auto& member) { return holds_more(member.second); });
}

class Scalar {
 public:
  Scalar(const Field& field, const Value& written, const std::string& where, const Rules& rules,
         std::vector<pipeline::Finding>& findings)
      : field_(field), written_(written), where_(where), rules_(rules), findings_(findings) {}

  std::optional<Value> read() {
    if (field_.type == FieldType::Any)
      return is_flat(written_) ? std::optional(written_)
                               : refuse("这里应填一个值或一列值，不能层层嵌套。");
    if (written_.is_null()) return Value();
    if (written_.is_array() || written_.is_object()) return refuse("这里应填一个值，不是一组。");
    if (field_.type == FieldType::Boolean && written_.is_bool()) return written_;
    text_ = std::string(pipeline::trim(written_.text()));
    if (text_.empty()) return Value();
    // One character may become eighteen in its normal form: megabytes of them would cost seconds.
    constexpr std::size_t kLongest = 4096;
    const bool prose = field_.type == FieldType::Text || field_.type == FieldType::LongText;
    if (!prose && text_.size() > kLongest) return refuse("内容过长。");
    if (const auto all = pipeline::code_points(text_);
        field_.type != FieldType::LongText &&
        std::any_of(all.begin(), all.end(), pipeline::is_invisible)) {
      findings_.push_back(invalid(field_, Value(pipeline::visible(text_)), where_, rules_,
                                  "含有控制字符或不可见字符（换行、方向标记等），请重新输入。"));
      return std::nullopt;
    }
    switch (field_.type) {
      case FieldType::Text:
        return text();
      case FieldType::LongText:
        return long_text();
      case FieldType::Name:
        return name();
      case FieldType::Uscc:
        return canonical_uscc(text_);
      case FieldType::UsccOrCommittee:
        return uscc_or_committee();
      case FieldType::IdNumber:
        return pipeline::normalise_code(text_);
      case FieldType::Date:
      case FieldType::Month:
        return date();
      case FieldType::Year:
        return year();
      case FieldType::Phone:
        return either(canonical_phone(text_), "应为11位手机号，或带区号的座机。");
      case FieldType::Email:
        return either(canonical_email(text_), {});
      case FieldType::Username:
        return username();
      case FieldType::Digest:
        return digest();
      case FieldType::Integer:
        return integer();
      case FieldType::Boolean:
        return boolean();
      case FieldType::Enum:
        return word();
      case FieldType::Region:
        return region();
      case FieldType::Case:
        return canonical_case(text_);
      case FieldType::Object:
      case FieldType::Attachments:
      case FieldType::Any:
        break;
    }
    return written_;
  }

 private:
  std::nullopt_t refuse(const std::string& detail = {}, const std::string& allowed = {}) {
    findings_.push_back(invalid(field_, written_, where_, rules_, detail, allowed));
    return std::nullopt;
  }

  void note(std::string_view code, const pipeline::Arguments& arguments) {
    findings_.push_back(make_finding(rules_.catalogue, code, where_, arguments));
  }

  std::optional<Value> either(const std::optional<std::string>& canonical,
                              const std::string& detail) {
    if (!canonical) return refuse(detail);
    return Value(*canonical);
  }

  bool short_enough(const std::string& value, std::size_t otherwise) {
    const std::size_t most = field_.max > 0 ? field_.max : otherwise;
    const std::size_t length = pipeline::count_code_points(value);
    if (length <= most) return true;
    refuse("最多" + std::to_string(most) + "字，现为" + std::to_string(length) + "字。");
    return false;
  }

  std::optional<Value> text() {
    std::string value = clean(text_, false);
    if (field_.name == "name") value = with_chinese_brackets(std::move(value));
    if (!short_enough(value, kMaxText)) return std::nullopt;
    return Value(std::move(value));
  }

  std::optional<Value> long_text() {
    std::string value = clean(text_, true);
    if (!short_enough(value, kMaxLongText)) return std::nullopt;
    return Value(std::move(value));
  }

  std::optional<Value> name() {
    PersonName person = normalise_person_name(text_);
    if (person.separator_normalised) note("NAME_SEPARATOR_NORMALISED", {{"value", person.text}});
    if (!person.uncertain.empty())
      note("NAME_UNCERTAIN_CHARACTER", {{"value", person.text}});
    else if (!person.suggestion.empty())
      note("NAME_UNCERTAIN_CHARACTER", {{"value", person.text + "，是否为 " + person.suggestion}});
    if (person.private_use) note("NAME_PUA", {{"value", person.text}});
    if (!short_enough(person.text, kMaxText)) return std::nullopt;
    return Value(std::move(person.text));
  }

  // Choices show "名称（代码）" or only the name; which name is meant, decide knows.
  std::optional<Value> uscc_or_committee() {
    const std::string text = pipeline::nfkc(text_);
    const auto open = text.rfind('(');
    if (open != text.npos && text.ends_with(')'))
      if (auto code = code_of_target(text.substr(open + 1, text.size() - open - 2)))
        return Value(std::move(*code));
    if (auto code = code_of_target(text)) return Value(std::move(*code));
    std::string name = with_chinese_brackets(clean(text_, false));
    if (!short_enough(name, kMaxText)) return std::nullopt;
    return Value(std::move(name));
  }

  static std::optional<std::string> code_of_target(const std::string& text) {
    std::string code = canonical_uscc(text);
    if (is_uscc_like(code)) return code;
    // "xj-school", "committee-xj-school"
    const std::string committee = pipeline::ascii_lower(pipeline::trim(text));
    const bool is_committee =
        committee.find('-') != committee.npos &&
        committee.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == committee.npos;
    return is_committee ? std::optional(committee) : std::nullopt;
  }

  std::optional<Value> date() {
    if (is_until_now(text_)) return Value();
    if (auto day = canonical_date(text_)) return Value(std::move(*day));
    note("DATE_INVALID", {{"field", field_.label}, {"value", text_}});
    return std::nullopt;
  }

  std::optional<Value> year() {
    if (const auto value = canonical_year(text_)) return Value(*value);
    return refuse("应为4位年份，如 2026。");
  }

  std::optional<Value> username() {
    const std::string value = pipeline::nfkc(text_);
    for (const char32_t c : pipeline::code_points(value))
      if (c <= 0x20 || c == 0x7F || c == U'"' || c == U'\'' || c == U'<' || c == U'>' ||
          c == U'\\' || c == U'/')
        return refuse("用户名不能含空格、引号和斜线。");
    if (!short_enough(value, 50)) return std::nullopt;
    return Value(value);
  }

  std::optional<Value> digest() {
    const std::string value = pipeline::ascii_lower(text_);
    if (value.size() < 32 || value.size() > 128 ||
        value.find_first_not_of("0123456789abcdef") != value.npos)
      return refuse("应为密码的摘要（64位十六进制数），不要填写密码本身。");
    return Value(value);
  }

  std::optional<Value> integer() {
    std::int64_t n = 0;
    if (written_.is_integer()) {
      n = written_.integer();
    } else {
      std::string digits = pipeline::nfkc(text_);
      // Spreadsheets write 30 as 30.0.
      if (const auto dot = digits.find('.'); dot != digits.npos && dot + 1 < digits.size() &&
                                             digits.find_first_not_of('0', dot + 1) == digits.npos)
        digits.resize(dot);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
      if (error != std::errc() || end != digits.data() + digits.size()) return refuse("应为整数。");
    }
    const auto most = field_.max > 0 ? static_cast<std::int64_t>(field_.max) : 1'000'000'000;
    if (n < 0 || n > most) return refuse("应为0至" + std::to_string(most) + "的整数。");
    return Value(n);
  }

  std::optional<Value> boolean() {
    if (const auto value = canonical_boolean(text_)) return Value(*value);
    return refuse({}, "是、否");
  }

  std::optional<Value> word() {
    if (auto code = rules_.dictionary.code(field_.dictionary, text_))
      return Value(std::move(*code));
    std::vector<std::string> labels;
    for (const auto& [code, label] : rules_.dictionary.words(field_.dictionary))
      labels.push_back(label);
    return refuse({}, pipeline::join(labels, "、"));
  }

  std::vector<std::string> regions_named(const std::string& name) const {
    std::vector<std::string> codes;
    for (const auto& [code, region] : rules_.regions.all())
      if (region.current && (region.name == name || rules_.regions.full_name(code) == name))
        codes.push_back(code);
    return codes;
  }

  std::optional<Value> region() {
    const std::string text = pipeline::nfkc(text_);
    const std::string digits = text.substr(0, text.find_first_not_of("0123456789"));
    if (digits.empty()) {
      const auto codes = regions_named(text_);
      if (codes.size() == 1) return Value(codes[0]);
      return refuse(codes.empty() ? "没有这个地区。" : "有不止一个地区叫这个名字，请填写区划代码。",
                    pipeline::join(codes, "、"));
    }
    // Nine and twelve digits name a township or village of the county.
    if (digits.size() != 6 && digits.size() != 9 && digits.size() != 12)
      return refuse("应为6位行政区划代码。");
    const std::string code = digits.substr(0, 6);
    const pipeline::Region* known = rules_.regions.find(code);
    if (!known && !rules_.regions.known_prefix(code)) return refuse("没有这个行政区划代码。");
    if (!known)
      note("REGION_UNKNOWN", {{"field", field_.label}, {"value", code}});
    else if (!known->current)
      note("REGION_UNKNOWN", {{"field", field_.label},
                              {"value", code},
                              {"detail", "这是" + known->name + "的旧代码，已停用。"}});
    return Value(code);
  }

  const Field& field_;
  const Value& written_;
  const std::string& where_;
  const Rules& rules_;
  std::vector<pipeline::Finding>& findings_;
  std::string text_;
};

}  // namespace

std::optional<Value> read_scalar(const Field& field, const Value& written, const std::string& where,
                                 const Rules& rules, std::vector<pipeline::Finding>& findings) {
  return Scalar(field, written, where, rules, findings).read();
}

pipeline::Finding invalid(const Field& field, const Value& written, const std::string& where,
                          const Rules& rules, const std::string& detail,
                          const std::string& allowed) {
  constexpr std::size_t kShown = 60;
  const std::string value = clean(written.is_string() ? written.string() : written.dump(), false);
  return make_finding(rules.catalogue, "FIELD_INVALID", where,
                      {{"field", field.label.empty() ? field.name : field.label},
                       {"value", cut(value, kShown)},
                       {"detail", detail},
                       {"allowed", allowed}});
}

std::string canonical_uscc(std::string_view written) {
  std::string code = pipeline::normalise_code(written);
  // normalise_code drops the hyphen before the number of a unit that its parent created.
  if (code.size() > 18 && code.size() <= 22 && all_digits(std::string_view(code).substr(18)))
    return code.substr(0, 18) + '-' + code.substr(18);
  return code;
}

}  // namespace prepare
