#pragma once

#include <array>
#include <fstream>

#include "pipeline/ledger.hpp"
#include "tests/season_play.hpp"

// The numbers of the season, counted once more: what became of each application is taken from the ledger's events, what it
// was for from its case document. Nothing of the statistics' code takes part.

namespace season {

struct Life {
  std::string uscc, series, level, type;
  std::string end;  ///< "accepted", "not_accepted", "recalled", or where it is
  int rounds = 0, returns = 0, reports = 0;
  std::set<std::string> lain_with;
};

struct Ledger {
  std::map<std::string, Life> applications;          ///< by case
  std::map<std::string, std::string> registrations;  ///< case to state

  explicit Ledger(const std::string& file) {
    const auto ledger = pipeline::Ledger::open(file);
    ledger->each("case", [&](const std::string& id, const Value& body) {
      const std::string& kind = body["kind"].string();
      if (kind == "unit_registration") registrations[id] = body["state"].string();
      if (kind != "title_application") return;
      Life& life = applications[id];
      life.uscc = body["uscc"].string();
      life.series = body["series"].string();
      life.level = body["level"].string();
      life.type = body["application_type"].string();
    });
    ledger->each_event([&](const pipeline::StoredEvent& event) {
      if (!applications.contains(event.case_id)) return;
      follow(applications[event.case_id], event.name,
             pipeline::parse_json(event.body).value["what"]);
    });
  }

  template <class Counts>
  int count(const Counts& counts) const {
    return static_cast<int>(std::count_if(applications.begin(), applications.end(),
                                          [&](const auto& entry) { return counts(entry.second); }));
  }

 private:
  static void follow(Life& life, const std::string& event, const Value& body) {
    const std::string action = body["action"].text();
    if (event == "application_received" || event == "application_resubmitted") {
      ++life.rounds;
      life.end = "at_base_unit";
      life.lain_with.insert("unit-" + life.uscc);
    } else if (event == "application_recalled") {
      life.end = "recalled";
    } else if (event == "application_moved") {
      life.returns += action == "return";
      life.reports += action == "report_up";
      if (action == "accept")
        life.end = "accepted";
      else if (action == "not_accept")
        life.end = "not_accepted";
      else
        life.end = action == "return" ? "returned" : "under way";
      if (!body["queue"].text().empty()) life.lain_with.insert(body["queue"].string());
    }
  }
};

/// A dictionary of the shipped table: code to label.
inline std::map<std::string, std::string> labels_of(const std::string& name) {
  std::ifstream in(std::string(DOSSIER_SOURCE_DIR) + "/templates/common/dictionary.csv");
  std::map<std::string, std::string> labels;
  for (std::string line; std::getline(in, line);) {
    const auto cells = pipeline::split(line, ',');
    if (cells.size() >= 3 && cells[0] == name)
      labels[std::string(cells[1])] = std::string(cells[2]);
  }
  EXPECT_FALSE(labels.empty()) << name;
  return labels;
}

inline bool is_reported(const Life& life) {
  return life.end == "accepted" || life.end == "not_accepted";
}
inline bool is_returned(const Life& life) {
  return life.returns > 0;
}

/// 统计汇总.xlsx against the ledger.
class StatisticsCheck {
 public:
  StatisticsCheck(const std::string& file, const Ledger& ledger) : book_(file), ledger_(ledger) {}

  void overview(const std::map<std::string, int>& results) {
    const std::string sheet = "总体情况";
    for (const auto& [state, label] : labels_of("state")) {
      const bool of_registrations =
          book_.row_of(sheet, 0, label, book_.row_of(sheet, 0, "二、单位注册（按现在的状态）")) >=
          0;
      const auto registered =
          std::count_if(ledger_.registrations.begin(), ledger_.registrations.end(),
                        [&](const auto& r) { return r.second == state; });
      if (of_registrations)
        equal(book_.number(sheet, "二、单位注册（按现在的状态）", label, "件数"), registered,
              label);
      if (book_.row_of(sheet, 4, label) >= 0)
        equal(book_.number(sheet, "", label, "件数", 4),
              ledger_.count([&](const Life& l) { return l.end == state; }), label);
    }
    for (const auto& [result, label] : labels_of("result")) {
      const auto at = results.find(result);
      equal(book_.number(sheet, "一、收到的投递", "合计", label),
            at == results.end() ? 0 : at->second, label);
    }
  }

  void series() {
    const std::string sheet = "系列×级别";
    using Counts = std::function<bool(const Life&)>;
    const std::array<std::pair<const char*, Counts>, 4> blocks{
        {{"申报", [](const Life&) { return true; }},
         {"上报", is_reported},
         {"退回", is_returned},
         {"办结", is_reported}}};
    const auto all_series = labels_of("series");
    for (const auto& [name, counts] : blocks) {
      int heads = 0;
      while (book_.column_of(sheet, heads, name) < 0) ++heads;
      const int from = book_.column_of(sheet, heads, name);
      for (const auto& [code, label] : all_series)
        for (const auto& [level, level_label] : labels_of("title_level")) {
          const int column = book_.column_of(sheet, heads + 1, level_label, from);
          const int row = book_.row_of(sheet, 1, label, heads);
          equal(book_.cell(sheet, row, column).number(), ledger_.count([&](const Life& l) {
            return l.series == code && l.level == level && counts(l);
          }),
                label + level_label + name);
        }
      const int sum = book_.column_of(sheet, heads + 1, "合计", from);
      equal(book_.cell(sheet, book_.row_of(sheet, 1, "合计", heads), sum).number(),
            ledger_.count(counts), name);
    }
  }

  void types() {
    const std::string sheet = "申报类型";
    for (const auto& [code, label] : labels_of("application_type")) {
      const auto of_type = [&](const std::function<bool(const Life&)>& counts) {
        return ledger_.count([&](const Life& l) { return l.type == code && counts(l); });
      };
      for (const auto& [level, level_label] : labels_of("title_level"))
        equal(book_.number(sheet, "", label, level_label),
              of_type([&](const Life& l) { return l.level == level; }), label + level_label);
      const auto ended = [](const char* end) {
        return [end](const Life& l) { return l.end == end; };
      };
      equal(book_.number(sheet, "", label, "上报"), of_type(is_reported), label);
      equal(book_.number(sheet, "", label, "退回"), of_type(is_returned), label);
      equal(book_.number(sheet, "", label, "受理"), of_type(ended("accepted")), label);
      equal(book_.number(sheet, "", label, "不予受理"), of_type(ended("not_accepted")), label);
      equal(book_.number(sheet, "", label, "收回"), of_type(ended("recalled")), label);
    }
  }
  int compared() const { return compared_; }

 private:
  void equal(double shown, std::int64_t counted, const std::string& what) {
    ++compared_;
    EXPECT_EQ(shown, static_cast<double>(counted)) << "统计汇总: " << what;
  }

  xlsx::Book book_;
  const Ledger& ledger_;
  int compared_ = 0;
};

/// 汇总表 of the roster of one drop against the ledger; gives how many numbers were compared.
inline int check_roster(const std::string& file, const std::string& drop, const Ledger& ledger) {
  xlsx::Book book(file);
  int compared = 0;
  const auto equal = [&](double shown, int counted, const std::string& what) {
    ++compared;
    EXPECT_EQ(shown, counted) << drop << ": " << what;
  };
  const auto here = [&](const std::function<bool(const Life&)>& counts) {
    return ledger.count([&](const Life& l) { return l.lain_with.contains(drop) && counts(l); });
  };
  const std::string sheet = "汇总表", by_unit = "一、按单位", by_series = "二、按系列和级别";
  std::set<std::string> units, series;
  for (const auto& [id, life] : ledger.applications)
    if (life.lain_with.contains(drop)) units.insert(life.uscc), series.insert(life.series);
  using Counts = std::function<bool(const Life&)>;
  const std::vector<std::pair<const char*, Counts>> columns{
      {"申报", [](const Life&) { return true; }},
      {"上报", [](const Life& l) { return l.reports > 0; }},
      {"退回", is_returned},
      {"受理", [](const Life& l) { return l.end == "accepted"; }},
      {"不予受理", [](const Life& l) { return l.end == "not_accepted"; }},
      {"在办", [](const Life& l) { return l.end == "under way" || l.end == "at_base_unit"; }}};
  for (const auto& [header, counts] : columns) {
    for (const std::string& uscc : units)
      equal(book.number(sheet, by_unit, uscc, header, 2),
            here([&](const Life& l) { return l.uscc == uscc && counts(l); }), uscc + header);
    equal(book.number(sheet, by_unit, "合计", header), here(counts), header);
  }
  const auto names = labels_of("series");
  for (const auto& [level, label] : labels_of("title_level")) {
    for (const std::string& code : series)
      equal(book.number(sheet, by_series, names.at(code), label, 1),
            here([&](const Life& l) { return l.series == code && l.level == level; }),
            names.at(code) + label);
    equal(book.number(sheet, by_series, "合计", label),
          here([&](const Life& l) { return l.level == level; }), label);
  }
  return compared;
}

}  // namespace season
