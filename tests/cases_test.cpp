#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "app/sample_zip.hpp"
#include "pipeline/json.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/line.hpp"
#include "pipeline/text.hpp"
#include "stages/decide/decide.hpp"
#include "stages/decide/lists.hpp"
#include "stages/decide/status.hpp"
#include "stages/prepare/prepare.hpp"
#include "tests/form_pdf.hpp"

namespace {

using pipeline::Time;
using pipeline::Value;

const std::string kSource = DOSSIER_SOURCE_DIR;
const std::string kCases = kSource + "/tests/cases/";

std::string read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  EXPECT_TRUE(in) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

const prepare::Rules& prepare_rules() {
  static const prepare::Rules rules =
      prepare::load_rules(kSource + "/templates", {}, DOSSIER_PROGRAM);
  return rules;
}

/// A one-page PDF that differs from file to file.
std::string small_pdf(const std::string& name) {
  return form_pdf::file_of(
      {"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
       "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>", form_pdf::stream(name)});
}

/// Sets "a.b[0].c" in a form; the empty value takes the member away.
void set_path(Value& form, const std::string& path, const std::optional<Value>& value) {
  Value* at = &form;
  std::string rest = path;
  for (;;) {
    const auto dot = rest.find('.');
    std::string step = rest.substr(0, dot);
    const auto bracket = step.find('[');
    const std::string name = step.substr(0, bracket);
    if (dot == rest.npos && bracket == step.npos) {
      if (value)
        at->set(name, *value);
      else
        at->erase(name);
      return;
    }
    at = &at->member(name);
    if (bracket != step.npos) at = &at->items_mutable().at(std::stoul(step.substr(bracket + 1)));
    rest = dot == rest.npos ? "" : rest.substr(dot + 1);
    if (rest.empty()) {
      *at = value.value_or(Value());
      return;
    }
  }
}

/// One story: a clock that is set, a ledger, and the answers as text.
class Story {
 public:
  Story()
      : ledger_(pipeline::Ledger::open(":memory:")),
        rules_(decide::load_rules(kSource + "/templates", {}, std::string(32, 'k'))) {}

  std::string run(const std::vector<std::string>& lines) {
    for (std::size_t i = 0; i < lines.size();) {
      std::istringstream words(lines[i]);
      std::string verb;
      words >> verb;
      std::vector<std::string> arguments{std::istream_iterator<std::string>(words), {}};
      std::vector<std::string> details;
      for (++i; i < lines.size() && lines[i].starts_with("  "); ++i) details.push_back(lines[i]);
      step(verb, arguments, details);
    }
    return out_;
  }

 private:
  void step(const std::string& verb, const std::vector<std::string>& arguments,
            const std::vector<std::string>& details) {
    if (verb == "at") {
      const auto time = pipeline::parse_time(arguments.at(0));
      ASSERT_TRUE(time) << arguments[0];
      now_ = *time;
      fire_timers();
    } else if (verb == "put") {
      put(arguments, details);
    } else if (verb == "status") {
      const Value answer = decide::status(*ledger_, *rules_, expand(arguments.at(0)), now_);
      out_ += "status: " + answer["message"].string() + "\n";
    } else if (verb == "login") {
      const Value answer = decide::login(*ledger_, *rules_, arguments.at(0), now_);
      out_ += "login: " + answer["state"].string() + " " + answer["message"].string();
      for (const Value& p : answer["permissions"].items()) out_ += " " + p.string();
      out_ += "\n";
      if (arguments.size() > 1 && arguments[1] == "why")
        for (const Value& line : answer["diagnosis"].items()) out_ += "  " + line.string() + "\n";
    } else if (verb == "queue") {
      const Value answer = decide::queue(*ledger_, *rules_, arguments.at(0),
                                         arguments.size() > 1 ? arguments[1] : "pt", now_);
      out_ += "queue " + answer["queue"].string() + ":";
      for (const Value& c : answer["cases"].items()) out_ += " " + fold(c["case"].string());
      out_ += "\n";
    } else if (verb == "show") {
      show(arguments);
    } else if (verb == "letter") {
      letter(expand(arguments.at(0)));
    } else if (verb == "worklist") {
      worklist(arguments.at(0));
    } else if (verb == "roster") {
      roster(arguments.at(0));
    } else if (verb == "form") {
      form(expand(arguments.at(0)), arguments.at(1));
    } else if (verb == "set") {
      set(arguments.at(0), arguments.at(1));
    } else {
      FAIL() << "no such step: " << verb;
    }
  }

  /// Members of a document of the ledger.
  void show(const std::vector<std::string>& arguments) {
    const auto document = ledger_->document(arguments.at(0), expand(arguments.at(1)));
    out_ += arguments[0] + " " + arguments[1] + ":";
    if (!document) out_ += " none";
    for (std::size_t i = 2; document && i < arguments.size(); ++i)
      out_ += " " + arguments[i] + "=" + fold(document->at_path(arguments[i]).dump());
    out_ += "\n";
  }

  /// What the latest notice with that in its path says.
  void letter(const std::string& fragment) {
    for (const auto& [path, payload] : notices_) {
      if (path.find(fragment) == path.npos) continue;
      out_ += "letter to " + payload["to"].string() + "\n";
      for (const Value& p : payload["paragraphs"].items()) out_ += "  " + fold(p.string()) + "\n";
      for (const Value& r : payload["reasons"].items()) out_ += "  - " + r["text"].string() + "\n";
      out_ += "  —— " + payload["from"].string() + "\n";
      return;
    }
    out_ += "letter: none\n";
  }

  /// The rows of a queue's list: case, business, applicant, deadline, what may be done.
  void worklist(const std::string& queue) {
    const Value list = decide::worklist_payload(*ledger_, *rules_, queue, now_);
    out_ += "worklist " + list["label"].string() + ":\n";
    for (const Value& row : list["cases"].items()) {
      out_ += "  " + fold(row["case"].string()) + " " + row["kind_label"].string() + " " +
              row["applicant"].text() + " " + row["due"].string() + " " +
              row["overdue_state"].string();
      for (const Value& action : row["actions"].items()) out_ += " " + action["label"].string();
      for (const Value& target : row["targets"].items()) out_ += " →" + target["name"].string();
      out_ += "\n";
    }
  }

  /// The people of a drop's roster, and what is counted of each unit.
  void roster(const std::string& drop) {
    const Value list = decide::roster_payload(*ledger_, *rules_, drop, now_);
    out_ += "roster " + list["label"].string() + ":\n";
    for (const Value& p : list["people"].items()) {
      out_ += "  " + fold(p["case"].string()) + " " + p["name"].string() + " " +
              p["title"].string() + " " + p["state_label"].string() + "：";
      for (const Value& step : p["history"].items()) out_ += " " + step["what"].string();
      out_ += "\n";
    }
    for (const Value& u : list["units"].items())
      out_ += "  " + u["name"].string() + " 申报" + u["submitted"].text() + " 上报" +
              u["reported"].text() + " 退回" + u["returned"].text() + " 受理" +
              u["accepted"].text() + " 在办" + u["in_progress"].text() + "\n";
  }

  /// The items or the changes that the latest approval form of a case shows.
  void form(const std::string& case_id, const std::string& member) {
    const Value& payload = forms_[case_id];
    out_ += "form " + fold(case_id) + " " + member + ":";
    for (const Value& line : payload[std::string_view(member)].items())
      out_ += member == "items"
                  ? " " + line["item"].string() +
                        (line["locked"].boolean() ? "=" + line["passed_round"].text() : "")
                  : "\n  " + line["item"].string() + " " + line["where"].string() + ": " +
                        line["before"].string() + " → " + line["after"].string();
    out_ += "\n";
  }

  void set(const std::string& name, const std::string& value) {
    decide::Settings settings = rules_->settings;
    if (name == "xinjiang.organisation_code_strict")
      settings.xinjiang_organisation_code_strict = value == "true";
    else if (name == "hunan.organisation_code_strict")
      settings.hunan_organisation_code_strict = value == "true";
    else if (name == "hunan.sync_delay_minutes")
      settings.sync_delay_minutes = std::stoi(value);
    else if (name == "hunan.portal_url")
      settings.hunan_portal_url = value == "none" ? "" : value;
    else if (name == "statistics.enabled")
      settings.statistics = value == "true";
    else if (name == "xinjiang.publicity_photo")
      settings.publicity_photo = value;
    else if (name == "publicity.min_workdays")
      settings.publicity_min_workdays = std::stoi(value);
    else
      FAIL() << "no such setting: " << name;
    rules_ = decide::load_rules(kSource + "/templates", settings, std::string(32, 'k'));
  }

  void put(const std::vector<std::string>& arguments, const std::vector<std::string>& details) {
    const std::string name = arguments.size() > 3 ? arguments[3] : std::to_string(++unnamed_);
    pipeline::Json form = pipeline::parse_json(read(kCases + "forms/" + arguments.at(1) + ".json"));
    ASSERT_EQ(form.error, "") << arguments[1];
    std::vector<std::string> slots;
    std::string scans_of = name;
    bool listed = false;  // by "files", in place of what the form's file names
    for (const Value& line : form.value["attachments"].items())
      slots.push_back(line["slot"].string());
    for (const std::string& detail : details) {
      const std::string line(pipeline::trim(detail));
      if (line.starts_with("files")) {
        slots.clear();
        listed = true;
        for (const auto slot : pipeline::split(line.substr(5), ' '))
          if (!slot.empty()) slots.emplace_back(slot);
        continue;
      }
      if (line.starts_with("scans ")) {
        scans_of = line.substr(6);
        continue;
      }
      const auto equals = line.find('=');
      ASSERT_NE(equals, line.npos) << line;
      const std::string path(pipeline::trim(line.substr(0, equals)));
      const std::string text = expand(std::string(pipeline::trim(line.substr(equals + 1))));
      const pipeline::Json value = pipeline::parse_json(text);
      ASSERT_TRUE(text.empty() || value.error.empty()) << line;
      set_path(form.value, path, text.empty() ? std::nullopt : std::optional(value.value));
    }
    std::vector<app::ZipEntry> entries;
    if (listed) form.value.set("attachments", Value::array());
    for (const std::string& slot : slots) {
      if (listed)
        form.value.member("attachments")
            .push(Value::object({{"slot", slot}, {"file", slot + ".pdf"}}));
      entries.push_back({slot + ".pdf", app::own(small_pdf(scans_of + slot))});
    }
    entries.push_back({"form.json", app::own(form.value.dump())});
    deliver(name, arguments[0], app::zip_bytes(entries, {}, 0));
  }

  void deliver(const std::string& name, const std::string& drop, const std::string& bytes) {
    const pipeline::Delivery delivery{drop, name + ".zip", name + ".zip", bytes.size(), 0, 0};
    pipeline::Submission submission = prepare::prepare(delivery, bytes, prepare_rules());
    pipeline::Transaction transaction(*ledger_);
    pipeline::Outcome outcome = decide::decide(
        submission, delivery, ledger_->earlier(submission.sha256), *ledger_, now_, *rules_);
    pipeline::join_findings(outcome, submission);
    ledger_->commit_outcome(delivery, submission, outcome, name, "rules", now_);
    transaction.commit();
    if (!outcome.case_id.empty() && !folded_.contains(outcome.case_id)) {
      names_[name] = outcome.case_id;
      folded_[outcome.case_id] = "$" + name;
    }
    out_ += name + ": " + std::string(pipeline::name(outcome.result));
    if (!outcome.state.empty()) out_ += " " + outcome.state;
    if (!outcome.queue.empty()) out_ += " → " + outcome.queue;
    out_ += "\n";
    tell(outcome);
    if (outcome.extra.has("answer")) out_ += "  " + fold(outcome.message) + "\n";
  }

  void tell(const pipeline::Outcome& outcome) {
    for (const pipeline::Finding& f : outcome.findings)
      out_ +=
          "  " + std::string(pipeline::name(f.severity)) + " " + f.code +
          (f.where.empty() ? "" : " " + f.where) + "  " + fold(f.message) +
          (f.severity == pipeline::Severity::Error && !f.hint.empty() ? " ⇒ " + fold(f.hint) : "") +
          "\n";
    for (const pipeline::Effect& e : outcome.effects) {
      // Lists follow from every change of a case; lists_test looks at them.
      if (e.maker == "worklist" || e.maker == "roster") continue;
      out_ += "  " + e.maker + " " + fold(e.path) + "\n";
      if (e.maker == "application_form") forms_[e.payload["case"].string()] = e.payload;
      if (e.maker == "notice") notices_.emplace(notices_.begin(), e.path, e.payload);
    }
  }

  void fire_timers() {
    for (const pipeline::PendingTimer& due : ledger_->due_timers(now_, 100)) {
      pipeline::Transaction transaction(*ledger_);
      const pipeline::Outcome outcome = decide::fire(due.timer, *ledger_, now_, *rules_);
      ledger_->commit_timer(due.id, outcome, "rules", now_);
      transaction.commit();
      out_ += "timer: " + due.timer.name + "\n";
      tell(outcome);
    }
  }

  /// "$first" to the number of the case that the step of that name opened.
  std::string expand(std::string text) const {
    for (const auto& [name, id] : names_) text = pipeline::replace_all(text, "$" + name, id);
    return text;
  }
  std::string fold(std::string text) const {
    for (const auto& [id, name] : folded_) text = pipeline::replace_all(text, id, name);
    return text;
  }

  std::unique_ptr<pipeline::Ledger> ledger_;
  std::shared_ptr<const decide::Rules> rules_;
  Time now_;
  int unnamed_ = 0;
  std::string out_;
  std::map<std::string, std::string, std::greater<>> names_;
  std::map<std::string, std::string> folded_;
  std::map<std::string, Value> forms_;                  ///< of applications, the latest of each
  std::vector<std::pair<std::string, Value>> notices_;  ///< the latest first
};

std::vector<std::string> case_files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kCases))
    if (entry.path().extension() == ".cases") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

class Cases : public testing::TestWithParam<std::string> {};

TEST_P(Cases, AnswerAsWritten) {
  const std::string file = kCases + GetParam() + ".cases";
  const bool update = std::getenv("UPDATE") != nullptr;
  std::string rewritten;
  std::string title;
  std::vector<std::string> steps;
  std::string expected;
  bool answers = false;
  int stories = 0;
  const auto finish = [&] {
    if (title.empty()) return;
    const std::string actual = Story().run(steps);
    rewritten += title + "\n";
    for (const std::string& line : steps) rewritten += line + "\n";
    rewritten += "----\n" + actual + "\n";
    if (!update) {
      EXPECT_EQ(actual, expected) << title;
    }
    ++stories;
  };
  std::istringstream in(read(file));
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("== ")) {
      finish();
      title = line;
      steps.clear();
      expected.clear();
      answers = false;
    } else if (line == "----") {
      answers = true;
    } else if (title.empty()) {
      rewritten += line + "\n";
    } else if (answers) {
      if (!line.empty()) expected += line + "\n";
    } else if (!line.empty()) {
      steps.push_back(line);
    }
  }
  finish();
  EXPECT_GT(stories, 0) << file;
  if (update) std::ofstream(file, std::ios::binary) << rewritten;
}

INSTANTIATE_TEST_SUITE_P(All, Cases, testing::ValuesIn(case_files()),
                         [](const auto& instance) { return instance.param; });

}  // namespace
