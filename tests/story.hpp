#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "pipeline/ledger.hpp"
#include "pipeline/line.hpp"
#include "stages/decide/lists.hpp"
#include "stages/decide/round.hpp"
#include "stages/decide/rules.hpp"
#include "tests/story_reading.hpp"

// Story: tells the steps of one story of tests/cases, and what is answered, as text.
//
//   takes   its steps; from whoever derives from it, the answers to a bundle, a clock that goes on, a question
//   gives   the text that stands below ---- in the file
//   faults  a failed expectation
//
// To add a step: a branch in tell_step, a line in tests/cases/README.md.

namespace tests {

class Story {
 public:
  Story() { load_rules(); }
  virtual ~Story() = default;
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  std::string run(const std::vector<std::string>& lines) {
    for (const Step& step : steps_of(lines)) tell_step(step);
    return out_;
  }

 protected:
  /// What became of one bundle: the members of its receipt, and the papers that it led to, "maker path".
  struct Answer {
    pipeline::Value receipt;
    std::vector<std::string> papers;
  };
  struct Fired {
    std::string timer;
    std::vector<std::string> papers;
  };

  virtual Answer deliver(const std::string& drop, const std::string& bundle,
                         const std::string& bytes) = 0;
  /// The clock was set: what was due is done.
  virtual std::vector<Fired> go_on() = 0;
  virtual pipeline::Value status(const std::string& key) = 0;
  virtual pipeline::Value login(const std::string& username) = 0;
  virtual pipeline::Value queue(const std::string& queue, const std::string& category) = 0;
  virtual const pipeline::View& view() = 0;
  /// What the latest approval form of a case shows.
  virtual pipeline::Value form(const std::string& case_id) = 0;
  /// What the latest notice with that in its path shows; null if there is none.
  virtual pipeline::Value notice(const std::string& fragment) = 0;
  virtual void setting_changed(const std::string&, const std::string&) {}

  const decide::Rules& rules() const { return *rules_; }
  pipeline::Time now() const { return now_; }

 private:
  void tell_step(const Step& step) {
    const auto& words = step.arguments;
    if (step.verb == "at") {
      const auto time = pipeline::parse_time(words.at(0));
      ASSERT_TRUE(time) << words[0];
      now_ = *time;
      for (const Fired& fired : go_on()) {
        out_ += "timer: " + fired.timer + "\n";
        tell_papers(fired.papers);
      }
    } else if (step.verb == "put") {
      put(step);
    } else if (step.verb == "status") {
      out_ += "status: " + status(expand(words.at(0)))["message"].string() + "\n";
    } else if (step.verb == "login") {
      tell_login(login(words.at(0)), words.size() > 1 && words[1] == "why");
    } else if (step.verb == "queue") {
      const pipeline::Value answer = queue(words.at(0), words.size() > 1 ? words[1] : "pt");
      out_ += "queue " + answer["queue"].string() + ":";
      for (const pipeline::Value& c : answer["cases"].items())
        out_ += " " + fold(c["case"].string());
      out_ += "\n";
    } else if (step.verb == "show") {
      show(words);
    } else if (step.verb == "letter") {
      letter(expand(words.at(0)));
    } else if (step.verb == "worklist") {
      worklist(words.at(0));
    } else if (step.verb == "roster") {
      roster(words.at(0));
    } else if (step.verb == "form") {
      tell_form(expand(words.at(0)), words.at(1));
    } else if (step.verb == "set") {
      set(words.at(0), words.at(1));
    } else {
      FAIL() << "no such step: " << step.verb;
    }
  }

  void put(const Step& step) {
    const auto& words = step.arguments;
    const std::string name = words.size() > 3 ? words[3] : std::to_string(++unnamed_);
    const std::string bytes =
        bundle_of(step, name, [&](std::string text) { return expand(std::move(text)); });
    const Answer answer = deliver(words.at(0), name + ".zip", bytes);
    const pipeline::Value& receipt = answer.receipt;
    const std::string case_id = receipt["case"].text();
    if (!case_id.empty() && !folded_.contains(case_id)) {
      names_[name] = case_id;
      folded_[case_id] = "$" + name;
    }
    out_ += name + ": " + receipt["result"].string();
    if (const std::string state = receipt["state"].text(); !state.empty()) out_ += " " + state;
    if (const std::string queue = receipt["queue"].text(); !queue.empty()) out_ += " → " + queue;
    out_ += "\n";
    for (const pipeline::Value& f : receipt["findings"].items()) {
      const std::string where = f["where"].text(), hint = f["hint"].text();
      const std::string& severity = f["severity"].string();
      out_ += "  " + severity + " " + f["code"].string() + (where.empty() ? "" : " " + where) +
              "  " + fold(f["message"].string()) +
              (severity == "error" && !hint.empty() ? " ⇒ " + fold(hint) : "") + "\n";
    }
    tell_papers(answer.papers);
    if (receipt.has("answer")) out_ += "  " + fold(receipt["message"].string()) + "\n";
  }

  void tell_papers(const std::vector<std::string>& papers) {
    for (const std::string& paper : papers) out_ += "  " + fold(paper) + "\n";
  }

  void tell_login(const pipeline::Value& answer, bool why) {
    out_ += "login: " + answer["state"].string() + " " + answer["message"].string();
    for (const pipeline::Value& p : answer["permissions"].items()) out_ += " " + p.string();
    out_ += "\n";
    if (!why) return;
    for (const pipeline::Value& line : answer["diagnosis"].items())
      out_ += "  " + line.string() + "\n";
  }

  /// Beside what is there already: what the case received in its present round.
  void add_round(pipeline::Value& to, const pipeline::Value& case_document) {
    const pipeline::Value round = decide::round_of(view(), case_document);
    for (const auto& [member, value] : round.members())
      if (!to.has(member)) to.set(member, value);
  }

  void show(const std::vector<std::string>& words) {
    auto document = view().document(words.at(0), expand(words.at(1)));
    if (document && words[0] == "case") add_round(*document, *document);
    if (document && words[0] == "form") document = pipeline::Value((*document)["form"]);
    out_ += words[0] + " " + words[1] + ":";
    if (!document) out_ += " none";
    for (std::size_t i = 2; document && i < words.size(); ++i)
      out_ += " " + words[i] + "=" + fold(document->at_path(words[i]).dump());
    out_ += "\n";
  }

  void letter(const std::string& fragment) {
    const pipeline::Value payload = notice(fragment);
    if (payload.is_null()) {
      out_ += "letter: none\n";
      return;
    }
    out_ += "letter to " + payload["to"].string() + "\n";
    for (const pipeline::Value& p : payload["paragraphs"].items())
      out_ += "  " + fold(p.string()) + "\n";
    for (const pipeline::Value& d : payload["details"].items())
      out_ += "  · " + fold(d.string()) + "\n";
    for (const pipeline::Value& r : payload["reasons"].items())
      out_ += "  - " + r["text"].string() + "\n";
    for (const pipeline::Value& c : payload["closing"].items())
      out_ += "  " + fold(c.string()) + "\n";
    out_ += "  —— " + payload["from"].string() + "\n";
  }

  /// The rows of a queue's list: case, business, applicant, deadline, what may be done.
  void worklist(const std::string& queue) {
    const pipeline::Value list = decide::worklist_payload(view(), *rules_, queue, now_);
    out_ += "worklist " + list["label"].string() + ":\n";
    if (const std::string note = list["calendar_note"].text(); !note.empty())
      out_ += "  （" + note + "）\n";
    for (const pipeline::Value& row : list["cases"].items()) {
      out_ += "  " + fold(row["case"].string()) + " " + row["kind_label"].string() + " " +
              row["applicant"].text() + " " + row["due"].string() + " " +
              row["overdue_state"].string();
      for (const pipeline::Value& action : row["actions"].items())
        out_ += " " + action["label"].string();
      for (const pipeline::Value& target : row["targets"].items())
        out_ += " →" + target["name"].string();
      out_ += "\n";
    }
  }

  /// The people of a drop's roster, and what is counted of each unit.
  void roster(const std::string& drop) {
    const pipeline::Value list = decide::roster_payload(view(), *rules_, drop, now_);
    out_ += "roster " + list["label"].string() + ":\n";
    for (const pipeline::Value& p : list["people"].items()) {
      out_ += "  " + fold(p["case"].string()) + " " + p["name"].string() + " " +
              p["title"].string() + " " + p["state_label"].string() + "：";
      for (const pipeline::Value& step : p["history"].items()) out_ += " " + step["what"].string();
      out_ += "\n";
    }
    for (const pipeline::Value& u : list["units"].items())
      out_ += "  " + u["name"].string() + " 申报" + u["submitted"].text() + " 上报" +
              u["reported"].text() + " 退回" + u["returned"].text() + " 受理" +
              u["accepted"].text() + " 在办" + u["in_progress"].text() + "\n";
  }

  /// The items or the changes that the latest approval form of a case shows.
  void tell_form(const std::string& case_id, const std::string& member) {
    pipeline::Value payload = form(case_id);
    add_round(payload, view().document("case", case_id).value_or(pipeline::Value()));
    out_ += "form " + fold(case_id) + " " + member + ":";
    if (member == "attention" && !payload["due_note"].text().empty())
      out_ += "\n  " + payload["due_note"].text();
    for (const pipeline::Value& line : payload[std::string_view(member)].items())
      if (member == "items")
        out_ += " " + line["item"].string() +
                (line["locked"].boolean() ? "=" + line["passed_round"].text() : "");
      else if (member == "changes")
        out_ += "\n  " + line["item"].string() + " " + line["where"].string() + ": " +
                line["before"].string() + " → " + line["after"].string();
      else
        out_ += "\n  " + line.string();
    out_ += "\n";
  }

  void set(const std::string& name, const std::string& value) {
    if (name == "xinjiang.organisation_code_strict")
      settings_.xinjiang_organisation_code_strict = value == "true";
    else if (name == "hunan.organisation_code_strict")
      settings_.hunan_organisation_code_strict = value == "true";
    else if (name == "hunan.sync_delay_minutes")
      settings_.sync_delay_minutes = std::stoi(value);
    else if (name == "hunan.portal_url")
      settings_.hunan_portal_url = value == "none" ? "" : value;
    else if (name == "statistics.enabled")
      settings_.statistics = value == "true";
    else if (name == "xinjiang.publicity_photo")
      settings_.publicity_photo = value;
    else if (name == "publicity.min_workdays")
      settings_.publicity_min_workdays = std::stoi(value);
    else
      FAIL() << "no such setting: " << name;
    load_rules();
    setting_changed(name, value);
  }

  void load_rules() {
    rules_ = decide::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", settings_,
                                std::string(32, 'k'));
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

  decide::Settings settings_;
  std::shared_ptr<const decide::Rules> rules_;
  pipeline::Time now_;
  int unnamed_ = 0;
  std::string out_;
  std::map<std::string, std::string, std::greater<>> names_;
  std::map<std::string, std::string> folded_;
};

}  // namespace tests
