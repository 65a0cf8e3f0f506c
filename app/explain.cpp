#include "app/explain.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>

#include "app/commands.hpp"
#include "app/dry_run.hpp"

namespace app {

using pipeline::Value;

namespace {

const std::map<std::string, std::string>& paper_names() {
  static const std::map<std::string, std::string> kNames{{"receipt", "回执"},
                                                         {"registration_form", "审批单"},
                                                         {"application_form", "审批单"},
                                                         {"dossier", "卷宗"},
                                                         {"notice", "通知书"},
                                                         {"quarantine", "隔离区"},
                                                         {"remove", "收走"},
                                                         {"worklist", "待审清单"},
                                                         {"roster", "花名册"},
                                                         {"publicity_sheet", "公示情况"}};
  return kNames;
}

const std::string& paper_name(const std::string& maker) {
  const auto at = paper_names().find(maker);
  return at == paper_names().end() ? maker : at->second;
}

/// The row's note; without one, what it answers in words.
std::string row_words(const Value& row) {
  std::string words = row["note"].text();
  for (const Value& answer : row["then"].items()) {
    const std::string text = answer.text();
    const bool chinese = std::any_of(text.begin(), text.end(),
                                     [](char c) { return static_cast<unsigned char>(c) > 0x7F; });
    if (words.empty() && chinese) words = text;
  }
  return words;
}

void print_rows(const Value& rows, const std::string& indent) {
  for (const Value& row : rows.items()) {
    std::cout << indent << row["table"].text() << " " << row["row"].text();
    if (const std::string words = row_words(row); !words.empty()) std::cout << "  " << words;
    std::cout << "\n";
    for (const Value& rule : row["rules"].items()) {
      std::cout << indent << "    依据 " << rule["rule"].text();
      if (!rule["gist"].text().empty()) std::cout << "  " << rule["gist"].text();
      std::cout << "\n";
    }
  }
}

/// Of a worklist: what becomes of each filled line.
void print_lines(const Value& lines) {
  if (lines.is_null()) return;
  std::cout << "\n逐行结果\n";
  for (const Value& line : lines.items()) {
    std::cout << "  第 " << line["row"].text() << " 行  " << line["case"].text() << "  "
              << line["applicant"].text() << "  " << line["message"].text() << "\n";
    print_findings(line["findings"]);
  }
}

void print_bundle(const decide::Rules& rules, const Value& a) {
  std::cout << "只是试算，没有改动任何记录。\n\n读到了什么\n  " << a["bundle"].text()
            << "，投递文件夹 " << a["drop"].text() << "，SHA-256 "
            << a["sha256"].text().substr(0, 12) << "…\n";
  const std::string kind = a["kind"].text();
  std::cout << "  业务      "
            << (kind.empty() ? "没有读到表单" : a["kind_label"].text() + "（" + kind + "）")
            << "\n";
  if (a.has("unit"))
    std::cout << "  单位      " << a["unit"]["name"].text() << "  " << a["unit"]["uscc"].text()
              << "\n";
  for (const Value& field : a["fields"].items())
    std::cout << "  · " << field["label"].text() << "：" << field["value"].text() << "\n";
  std::cout << "\n包内文件\n";
  for (const Value& e : a["entries"].items()) {
    std::cout << "  " << e["name"].text() << "  "
              << rules.dictionary.label("role", e["role"].text());
    const std::string slot = e["slot"].text();
    if (!slot.empty()) std::cout << "  " << slot << " " << rules.slot_name(slot);
    if (!e["note"].text().empty()) std::cout << "  " << e["note"].text();
    std::cout << "\n";
  }
  std::cout << "\n发现的问题\n";
  if (a["findings"].size() == 0) std::cout << "  没有\n";
  print_findings(a["findings"]);
  std::cout << "\n用到的规则\n";
  if (a["rows"].size() == 0) std::cout << "  没有用到判定表\n";
  print_rows(a["rows"], "  ");
  print_lines(a["lines"]);
  const Value& review = a["review"];
  std::cout << "\n由谁审核\n";
  if (review.is_null()) {
    std::cout << "  " << a["nobody_because"].text() << "\n";
  } else {
    std::cout << "  " << review["reviewer_label"].text() << " " << review["reviewer"].text() << "（"
              << review["queue"].text() << "），应于 " << review["due"].text() << " 前办理\n";
    if (!review["contact"].is_null())
      std::cout << "  联系方式：" << review["contact"].text() << "\n";
    for (const Value& why : review["why"].items()) std::cout << "  因为：" << why.text() << "\n";
  }
  std::cout << "\n结果\n  " << rules.dictionary.label("result", a["result"].text()) << "："
            << a["message"].text() << "\n\n会产生的文书\n";
  for (const Value& paper : a["papers"].items())
    std::cout << "  " << paper_name(paper["maker"].text()) << "  " << paper["path"].text() << "\n";
}

void print_event(const Value& e) {
  constexpr std::size_t kDigits = 12;
  std::cout << "\n" << e["at"].text() << "  " << e["label"].text();
  if (!e["what"].text().empty()) std::cout << "：" << e["what"].text();
  std::cout << "\n";
  const auto line = [](const char* label, const std::string& text) {
    if (!text.empty()) std::cout << "  " << label << "  " << text << "\n";
  };
  const Value& delivery = e["delivery"];
  line("办理人  ", delivery.is_null() ? "系统到时自动办理" : e["by"].text());
  if (!delivery.is_null())
    line("投递    ", delivery["drop"].text() + "/" + delivery["bundle"].text());
  print_findings(delivery["findings"]);
  line("意见    ", e["opinion"].text());
  line("说明    ", e["note"].text());
  if (!e["queue"].is_null())
    line("现由    ", e["reviewer"].text() + "（" + e["queue"].text() + "）审核");
  if (e["rows"].size() > 0) {
    std::cout << "  规则\n";
    print_rows(e["rows"], "    ");
  }
  const bool same = e["tables_unchanged"].boolean();
  line("规则版本", e["rules_digest"].text().substr(0, kDigits) +
                       (same ? "（与现在相同）" : "（规则表或设置此后已修改，只列行号）"));
}

void print_case(const Value& a) {
  std::cout << a["case"].text() << "  " << a["kind_label"].text() << "  " << a["unit"].text()
            << "  " << a["uscc"].text() << "  " << a["state_label"].text() << "\n";
  for (const Value& event : a["events"].items()) print_event(event);
}

}  // namespace

int explain(const Places& places, const std::string& what, const std::string& drop) {
  const Installation in = open_installation(places, Access::Asks);
  const auto ledger = open_ledger(places, Access::Asks);
  const RuleBook book(places.templates, in.rules->catalogue);
  const Explaining with{in, *ledger, book, in.now()};
  const bool bundle = std::filesystem::is_regular_file(what);
  const Value answer = bundle ? explain_bundle(with, what, drop) : explain_case(with, what);
  const bool found = bundle || answer["found"].boolean();
  if (places.json)
    std::cout << answer.dump(true) << "\n";
  else if (bundle)
    print_bundle(*in.rules, answer);
  else if (found)
    print_case(answer);
  else
    std::cout << "没有这个文件，也没有这个案件编号：" << what << "\n";
  return found ? kDone : kUsage;
}

}  // namespace app
