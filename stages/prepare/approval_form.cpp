#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "pipeline/json.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/filled_form.hpp"
#include "stages/prepare/findings.hpp"
#include "stages/prepare/foreign.hpp"
#include "stages/prepare/read_form.hpp"

namespace prepare {

namespace {

using pipeline::Value;

const std::string kUseOriginal =
    "请取队列文件夹里的原审批单，用能填写表单的 PDF 阅读器填好并保存；不要打印成 "
    "PDF、扫描或转换格式。";
const std::string kDamaged =
    "这份 PDF 已损坏或不完整，无法读出。请确认它能正常打开；从 U 盘或网盘复制时，请等复制完成。";

/// What names the case; the program put it there, and reviewers do not see it.
constexpr std::array<std::string_view, 6> kHidden{"case",  "round",        "queue",
                                                  "token", "form_version", "content"};
constexpr std::array<std::string_view, 5> kTexts{"action", "target", "recommendation_opinion",
                                                 "modification_opinion", "reviewer.name"};
constexpr std::array<std::string_view, 4> kChecks{"confirmed", "checks.truthful", "checks.complete",
                                                  "checks.valid"};

bool is_among(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// "items.S1.passed": "S1" and "passed".
std::optional<std::pair<std::string, std::string>> item_field(std::string_view name) {
  const auto steps = pipeline::split(name, '.');
  constexpr std::size_t kLongestItem = 3;
  if (steps.size() != 3 || steps[0] != "items" || steps[1].size() < 2 ||
      steps[1].size() > kLongestItem || steps[1][0] != 'S' ||
      steps[1].find_first_not_of("0123456789", 1) != steps[1].npos ||
      (steps[2] != "passed" && steps[2] != "opinion"))
    return std::nullopt;
  return std::pair{std::string(steps[1]), std::string(steps[2])};
}

/// The reader's answer: fields by full name. It is as foreign as the file.
class Answer {
 public:
  explicit Answer(const std::optional<std::string>& text) {
    constexpr int kDepth = 4;
    if (text) answer_ = std::move(pipeline::parse_json(*text, kDepth).value);
    for (const Value& field : answer_["fields"].items()) {
      const std::string& name = field["name"].string();
      const std::string value(pipeline::trim(field["value"].string()));
      const auto [at, first] = values_.emplace(name, value);
      if (first) order_.push_back(name);
      if (field["type"].string() == "Btn") buttons_.insert(name);
      if (first || value.empty() || value == at->second) continue;
      if (!at->second.empty() && disagreeing_.empty()) disagreeing_ = name;
      at->second = value;
    }
  }

  std::string error() const {
    if (answer_["pages"].is_integer()) return {};
    return answer_["error"].string() == "password" ? "password" : "damaged";
  }
  bool is_xfa() const { return answer_["xfa"].boolean(); }
  const std::string& content() const { return answer_["content"].string(); }
  /// In the form's order.
  const std::vector<std::string>& names() const { return order_; }
  bool has(std::string_view name) const { return values_.contains(name); }
  bool is_button(std::string_view name) const { return buttons_.contains(name); }
  /// "" if there is none.
  std::string value(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string() : found->second;
  }
  /// A field that stands twice in the file, with two values.
  const std::string& disagreeing() const { return disagreeing_; }

 private:
  Value answer_;
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> order_;
  std::set<std::string, std::less<>> buttons_;
  std::string disagreeing_;
};

/// Why it is no approval form that can be read; "" if it is one.
std::string refusal_of(const Answer& answer) {
  if (answer.error() == "password")
    return "这份 PDF 设有打开密码或使用证书加密，系统不会询问密码。请去掉密码后投递。" +
           kUseOriginal;
  if (!answer.error().empty()) return kDamaged + kUseOriginal;
  std::vector<std::string> missing;
  for (const std::string_view name : kHidden)
    if (answer.value(name).empty()) missing.emplace_back(name);
  if (missing.empty()) {
    if (answer.disagreeing().empty()) return {};
    return "同一填写项“" + answer.disagreeing() + "”在文件里有两个不同的值。" + kUseOriginal;
  }
  if (missing.size() < kHidden.size())
    return "审批单缺少系统写入的标识（" + pipeline::join(missing, "、") +
           "），可能被其他程序改动过。" + kUseOriginal;
  if (answer.is_xfa()) return "这是 XFA 动态表单，不是本系统发出的审批单。" + kUseOriginal;
  if (answer.names().empty())
    return "这份 PDF 里没有填写项：它不是本系统发出的审批单，或者是打印、扫描、转换出来的副本。" +
           kUseOriginal;
  return "这份 PDF 不是本系统发出的审批单。" + kUseOriginal;
}

/// Its end is there, and no update of it has only begun: the file would still hold what was filled in before that.
bool is_whole(std::string_view pdf) {
  constexpr std::size_t kEnd = 1024;
  const std::string_view end = pdf.substr(pdf.size() - std::min(pdf.size(), kEnd));
  const auto mark = end.rfind("%%EOF");
  // An update begins with the number of an object; a copy that is not finished may hold zeros.
  constexpr std::string_view kBegun("0123456789\0", 11);
  return mark != end.npos && end.find_first_of(kBegun, mark) == end.npos;
}

class Decision {
 public:
  Decision(const Answer& answer, const Rules& rules) : answer_(answer), rules_(rules) {}

  FilledForm read() {
    for (const std::string& name : answer_.names()) take(name);
    if (!items_.empty()) {
      Value list = Value::array();
      for (const Value& item : items_) list.push(item);
      written_.set("items", std::move(list));
    }
    ReadForm read = read_form(written_, rules_);
    FilledForm out;
    out.kind = std::move(read.kind);
    out.form = std::move(read.form);
    out.findings = std::move(read.findings);
    for (pipeline::Finding& finding : out.findings) finding.where = field_at(finding.where);
    append_limited(out.findings, std::move(unknown_), unknown_count_, rules_.catalogue);
    return out;
  }

 private:
  void take(const std::string& name) {
    std::string value = answer_.value(name);
    if (name == "content") return;
    if (is_among(kHidden, name) || is_among(kTexts, name)) {
      if (!value.empty()) set(name, Value(std::move(value)));
    } else if (is_among(kChecks, name)) {
      // Whatever a viewer calls the state of a box that is ticked, it is not Off.
      if (answer_.is_button(name))
        set(name, Value(!value.empty() && value != "Off"));
      else if (!value.empty())
        set(name, Value(std::move(value)));
    } else if (const auto item = item_field(name)) {
      if (value.empty() || (item->second == "passed" && value == "Off")) return;
      item_of(item->first).set(item->second, Value(std::move(value)));
    } else if (++unknown_count_ <= kMostOfOneCode) {
      unknown_.push_back(make_finding(rules_.catalogue, "FIELD_UNKNOWN", name, {{"field", name}}));
    }
  }

  void set(const std::string& name, Value value) {
    const auto dot = name.find('.');
    if (dot == name.npos)
      written_.set(name, std::move(value));
    else
      written_.member(name.substr(0, dot)).set(name.substr(dot + 1), std::move(value));
  }

  Value& item_of(const std::string& code) {
    for (Value& item : items_)
      if (item["item"].string() == code) return item;
    items_.push_back(Value::object({{"item", code}}));
    return items_.back();
  }

  /// "items[0].opinion" is "items.S1.opinion" on the form.
  std::string field_at(const std::string& where) const {
    constexpr std::string_view kList = "items[";
    const auto close = where.find(']');
    if (!where.starts_with(kList) || close == where.npos) return where;
    const std::size_t index = std::stoul(where.substr(kList.size()));
    if (index >= items_.size()) return where;
    return "items." + items_[index]["item"].string() + where.substr(close + 1);
  }

  const Answer& answer_;
  const Rules& rules_;
  Value written_ = Value::object({{"kind", "review_decision"}});
  std::vector<Value> items_;
  std::vector<pipeline::Finding> unknown_;
  std::size_t unknown_count_ = 0;
};

}  // namespace

std::string refusal_in(std::string_view drop) {
  for (const std::string_view own : {"unit-", "agency-", "committee-"})
    if (drop.starts_with(own)) return {};
  return "填好的审批单和待审清单只能由审核单位投递到自己的文件夹（unit-、agency- 或 committee- "
         "开头），放在其他文件夹的不会打开；注册等材料请与表单一起放进压缩包投递。";
}

bool is_approval_form(std::string_view pdf, const std::string& sender, const Rules& rules) {
  return is_whole(pdf) &&
         refusal_of(
             Answer(rules.foreign->read(sender, ForeignTask::PdfForm, pdf, rules.limits).answer))
             .empty();
}

FilledForm read_approval_form(std::string_view pdf, const std::string& drop, const Rules& rules) {
  FilledForm out;
  if (!is_whole(pdf)) {
    out.incomplete = true;
    out.refusal = kDamaged + kUseOriginal;
    return out;
  }
  out.refusal = refusal_in(drop);
  if (!out.refusal.empty()) return out;
  const Answer answer(rules.foreign->read(drop, ForeignTask::PdfForm, pdf, rules.limits).answer);
  out.refusal = refusal_of(answer);
  if (!out.refusal.empty()) return out;
  out = Decision(answer, rules).read();
  // X53: notices an accident: a paper edited or printed anew by some program. Who means to can write the field `content` anew as
  // well, for the token does not cover it; so nothing is ever read from the pages, and the ledger says what was decided upon.
  if (answer.value("content") != answer.content())
    out.findings.push_back(make_finding(rules.catalogue, "REVIEW_MODIFIED_CONTENT", "content",
                                        {{"field", "审批单上印出的申请内容"}}));
  return out;
}

}  // namespace prepare
