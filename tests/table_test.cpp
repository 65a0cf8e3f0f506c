#include "pipeline/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "pipeline/fault.hpp"
#include "pipeline/sha256.hpp"

namespace {

using pipeline::Fault;
using pipeline::Hit;
using pipeline::Table;
using pipeline::TableProblem;
using pipeline::TableRow;
using Kind = pipeline::TableProblem::Kind;

const std::string kRouting =
    "\xEF\xBB\xBF# who reviews, \"in short\n"
    "table,routing,hit,unique,,\n"
    "id,rule,when pt,when target,then queue,note\n"
    ",,yes|no,agency|unit|none,pt|none|HR,\n"
    "R1,H05|H06,yes,agency,pt,\n"
    "\n"
    "R2,H13,yes,!agency,pt|HR,\"a comma, here\"\n"
    "R3,Q3,no,-,,\n";

/// What a fault says, or "" if there is none.
std::string fault_of(const std::string& csv) {
  try {
    Table::parse(csv, "t.csv");
  } catch (const Fault& fault) {
    return fault.what();
  }
  return {};
}

std::string with_rows(const std::string& hit, const std::string& rows) {
  return "table,t,hit," + hit + "\nid,rule,when a,when b,then x\n,,p|q,u|v|w,\n" + rows;
}

std::vector<TableProblem> problems(const std::string& hit, const std::string& rows) {
  return Table::parse(with_rows(hit, rows), "t.csv").check();
}

TEST(Table, ReadsNameColumnsWordsAndRows) {
  const Table table = Table::parse(kRouting, "routing.csv");
  EXPECT_EQ(table.name(), "routing");
  EXPECT_EQ(table.file(), "routing.csv");
  EXPECT_EQ(table.hit(), Hit::Unique);
  EXPECT_EQ(table.digest(), pipeline::sha256(kRouting));
  ASSERT_EQ(table.rows().size(), 3u);
  EXPECT_EQ(table.rows()[0].rules, (std::vector<std::string>{"H05", "H06"}));
  EXPECT_EQ(table.rows()[0].line, 5);
  EXPECT_EQ(table.rows()[1].line, 7);
  EXPECT_EQ(table.rows()[1].note, "a comma, here");
  EXPECT_EQ(table.output(table.rows()[2], "queue"), "");
  EXPECT_TRUE(table.check().empty());
}

TEST(Table, DecidesByTheRowThatCoversTheCase) {
  const Table table = Table::parse(kRouting, "routing.csv");
  EXPECT_EQ(table.decide({{"pt", "yes"}, {"target", "agency"}})->id, "R1");
  EXPECT_EQ(table.decide({{"target", "none"}, {"pt", "yes"}})->id, "R2");
  EXPECT_EQ(table.decide({{"pt", "no"}, {"target", "agency"}})->id, "R3");
  EXPECT_EQ(table.output(*table.decide({{"pt", "yes"}, {"target", "unit"}}), "queue"), "pt|HR");
}

TEST(Table, CollectGivesEveryMatchingRowInFileOrder) {
  const Table table = Table::parse(with_rows("collect", "2,,p,-,x\n1,,-,u,y\n3,,q,-,z\n"), "t.csv");
  std::string ids;
  for (const TableRow* row : table.decide_all({{"a", "p"}, {"b", "u"}})) ids += row->id;
  EXPECT_EQ(ids, "21");
  EXPECT_TRUE(table.decide_all({{"a", "p"}, {"b", "u"}}).size() == 2);
  EXPECT_TRUE(table.check().empty());
}

TEST(Table, FirstTakesTheEarliestRow) {
  const Table table = Table::parse(with_rows("first", "1,,p,u,x\n2,,-,-,y\n"), "t.csv");
  EXPECT_EQ(table.decide({{"a", "p"}, {"b", "u"}})->id, "1");
  EXPECT_EQ(table.decide({{"a", "q"}, {"b", "u"}})->id, "2");
  EXPECT_TRUE(table.check().empty());
}

TEST(Table, FaultsNameFileAndLine) {
  EXPECT_NE(fault_of(with_rows("unique", "1,,p,nonsense,x\n")).find("t.csv:4"), std::string::npos);
  EXPECT_NE(fault_of(with_rows("unique", "1,,p,nonsense,x\n")).find("nonsense"), std::string::npos);
  EXPECT_NE(fault_of(with_rows("unique", "1,,p,u,x\n1,,q,u,x\n")).find("t.csv:5"),
            std::string::npos);
  EXPECT_NE(fault_of(with_rows("unique", "1,,p,,x\n")).find("write -"), std::string::npos);
  EXPECT_NE(fault_of(with_rows("unique", ",,p,u,x\n")).find("no id"), std::string::npos);
  EXPECT_NE(fault_of(with_rows("unique", "1,,p,u,x,y\n")).find("more cells"), std::string::npos);
  EXPECT_NE(fault_of(with_rows("sometimes", "1,,p,u,x\n")).find("t.csv:1"), std::string::npos);
  EXPECT_NE(fault_of("table,t,hit,unique\nid,rule,what a\n,,p\n").find("t.csv:2"),
            std::string::npos);
  EXPECT_NE(fault_of("table,t,hit,unique\nid,rule,when a\n,,p|p\n").find("t.csv:3"),
            std::string::npos);
  EXPECT_NE(
      fault_of("table,t,hit,unique\nid,rule,when a,then x\n,,p,y|z\n1,,p,oops\n").find("oops"),
      std::string::npos);
  EXPECT_THROW(Table::load("/nowhere/at/all.csv"), Fault);
}

TEST(Table, TellsAGapAsAnImaginaryCaseAtTheHeader) {
  const auto found = problems("unique", "1,,p,-,x\n2,,q,u|w,x\n");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, Kind::Gap);
  EXPECT_EQ(found[0].example, "a=q b=v");
  EXPECT_EQ(found[0].file, "t.csv");
  EXPECT_EQ(found[0].line, 2);
}

TEST(Table, TellsAnOverlapAtTheLaterRowAndNamesBoth) {
  const auto found = problems("unique", "one,,p,-,x\ntwo,,-,v,x\nthree,,q,!v,x\n");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, Kind::Overlap);
  EXPECT_EQ(found[0].line, 5);
  EXPECT_EQ(found[0].example, "a=p b=v");
  EXPECT_EQ(found[0].message, "rows one and two both cover this case");
}

TEST(Table, TellsARowThatTwoEarlierOnesHideTogether) {
  const auto found = problems("first", "1,,p,-,x\n2,,q,-,x\n3,,-,v,x\n");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, Kind::NeverFires);
  EXPECT_EQ(found[0].line, 6);
  EXPECT_EQ(found[0].message, "row 3 can never fire: 1, 2 take all its cases");
  EXPECT_EQ(found[0].example, "a=p b=v");
}

TEST(Table, TellsARowWhoseConditionNoWordMeets) {
  const Table table = Table::parse("table,t,hit,collect\nid,rule,when a\n,,p\n1,,!p\n", "t.csv");
  ASSERT_EQ(table.check().size(), 1u);
  EXPECT_EQ(table.check()[0].kind, Kind::NeverFires);
}

TEST(Table, ChecksAHugeSpaceWithoutEnumeratingIt) {
  std::string words = "w0";
  for (int i = 1; i < 64; ++i) words += "|w" + std::to_string(i);
  std::string csv = "table,huge,hit,first\nid,rule";
  for (int i = 0; i < 10; ++i) csv += ",when c" + std::to_string(i);
  csv += "\n,";
  for (int i = 0; i < 10; ++i) csv += "," + words;
  csv += "\n";
  for (int r = 0; r < 10; ++r) {  // 64^10 cases; all but the one corner w63, w63, … are covered
    csv += "r" + std::to_string(r) + ",";
    for (int i = 0; i < 10; ++i) csv += i == r ? ",!w63" : ",-";
    csv += "\n";
  }
  const auto found = Table::parse(csv, "huge.csv").check();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, Kind::Gap);
  EXPECT_EQ(found[0].message, "no row covers this case");
  EXPECT_TRUE(found[0].example.starts_with("c0=w63 c1=w63"));
}

/// A random table, and by enumeration of all its cases what check() must find.
struct Sample {
  std::vector<std::vector<std::string>> words;
  std::vector<std::vector<std::set<std::string>>> rows;  ///< row, input -> words covered
  std::string csv;
  std::vector<std::vector<std::string>> cases;

  Sample(std::mt19937& random, const std::string& hit) {
    const auto upto = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    words.resize(1 + static_cast<std::size_t>(upto(4)));
    csv = "table,s,hit," + hit + "\nid,rule";
    std::string vocabulary;
    for (std::size_t i = 0; i < words.size(); ++i) {
      csv += ",when i" + std::to_string(i);
      vocabulary += ',';
      for (int w = upto(4); w >= 0; --w) {
        words[i].push_back("v" + std::to_string(w));
        vocabulary += words[i].back() + (w == 0 ? "" : "|");
      }
    }
    csv += "\n," + vocabulary + "\n";
    for (int r = upto(7); r >= 0; --r) {
      csv += "r" + std::to_string(rows.size()) + ",";
      std::vector<std::set<std::string>> row;
      for (const auto& of : words) {
        std::set<std::string> covered;
        std::string cell;
        const std::string& one = of[static_cast<std::size_t>(upto(static_cast<int>(of.size())))];
        switch (upto(4)) {
          case 0:
            cell = "-", covered.insert(of.begin(), of.end());
            break;
          case 1:
            cell = "!" + one, covered.insert(of.begin(), of.end()), covered.erase(one);
            break;
          case 2:
            cell = one, covered.insert(one);
            break;
          default:
            for (const auto& word : of) {
              if (upto(2) == 0 && !(covered.empty() && word == of.back())) continue;
              cell += (cell.empty() ? "" : "|") + word;
              covered.insert(word);
            }
        }
        csv += "," + cell;
        row.push_back(covered);
      }
      csv += "\n";
      rows.push_back(row);
    }
    std::vector<std::string> one;
    enumerate(one);
  }

  void enumerate(std::vector<std::string>& one) {
    if (one.size() == words.size()) {
      cases.push_back(one);
      return;
    }
    for (const auto& word : words[one.size()]) {
      one.push_back(word);
      enumerate(one);
      one.pop_back();
    }
  }

  bool covers(std::size_t row, const std::vector<std::string>& one) const {
    for (std::size_t i = 0; i < one.size(); ++i) {
      if (!rows[row][i].contains(one[i])) return false;
    }
    return true;
  }

  std::vector<std::size_t> covering(const std::vector<std::string>& one) const {
    std::vector<std::size_t> found;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (covers(r, one)) found.push_back(r);
    }
    return found;
  }

  static std::string text(const std::vector<std::string>& one) {
    std::string out;
    for (std::size_t i = 0; i < one.size(); ++i)
      out += (i > 0 ? " i" : "i") + std::to_string(i) + "=" + one[i];
    return out;
  }

  std::vector<std::string> parse(const std::string& example) const {
    for (const auto& one : cases) {
      if (text(one) == example) return one;
    }
    return {};
  }
};

class Random : public testing::TestWithParam<std::string> {};

TEST_P(Random, TablesAreJudgedAsEnumerationJudgesThem) {
  std::mt19937 random(20261122);
  int clean = 0, gaps = 0, overlaps = 0, never = 0;
  for (int n = 0; n < 1000; ++n) {
    const Sample sample(random, GetParam());
    SCOPED_TRACE(sample.csv);
    std::set<std::string> uncovered;
    std::set<std::pair<std::size_t, std::size_t>> pairs;
    std::set<std::size_t> fires, matches;
    for (const auto& one : sample.cases) {
      const auto rows = sample.covering(one);
      if (rows.empty()) uncovered.insert(Sample::text(one));
      if (!rows.empty()) fires.insert(rows.front());
      for (std::size_t a = 0; a < rows.size(); ++a) {
        matches.insert(rows[a]);
        for (std::size_t b = a + 1; b < rows.size(); ++b) pairs.insert({rows[a], rows[b]});
      }
    }
    const Table table = Table::parse(sample.csv, "s.csv");
    const auto row_at = [&](int line) {
      for (std::size_t r = 0; r < table.rows().size(); ++r) {
        if (table.rows()[r].line == line) return r;
      }
      return table.rows().size();
    };
    std::size_t gap_cases = 0, overlaps_told = 0;
    bool more_gaps = false;
    std::set<std::size_t> never_told;
    for (const TableProblem& problem : table.check()) {
      const auto one = sample.parse(problem.example);
      const std::size_t row = row_at(problem.line);
      if (problem.kind == Kind::Gap) {
        EXPECT_TRUE(uncovered.contains(problem.example)) << problem.example;
        const std::size_t more = problem.message.find(" and ");
        gap_cases +=
            1 + (more == std::string::npos
                     ? 0
                     : static_cast<std::size_t>(std::stoi(problem.message.substr(more + 5))));
        more_gaps = more_gaps || problem.message.ends_with("there are more gaps");
        ++gaps;
      } else if (problem.kind == Kind::Overlap) {
        const auto rows = sample.covering(one);
        EXPECT_GE(rows.size(), 2u);
        EXPECT_TRUE(std::count(rows.begin(), rows.end(), row) == 1) << problem.message;
        ++overlaps_told;
        ++overlaps;
      } else {
        never_told.insert(row);
        if (!problem.example.empty()) {
          EXPECT_TRUE(sample.covers(row, one));
          EXPECT_LT(sample.covering(one).front(), row);
        }
        ++never;
      }
    }
    if (more_gaps) {
      EXPECT_LT(gap_cases, uncovered.size());
    } else {
      EXPECT_EQ(gap_cases, GetParam() == "collect" ? 0u : uncovered.size());
    }
    EXPECT_EQ(overlaps_told, GetParam() == "unique" ? pairs.size() : 0u);
    const std::set<std::size_t>& alive = GetParam() == "first" ? fires : matches;
    for (std::size_t r = 0; r < sample.rows.size(); ++r)
      EXPECT_EQ(never_told.contains(r), !alive.contains(r)) << "row " << r;
    clean += table.check().empty() ? 1 : 0;
  }
  EXPECT_GT(clean, 0);
  EXPECT_GT(never, 0);
  EXPECT_EQ(gaps > 0, GetParam() != "collect");
  EXPECT_EQ(overlaps > 0, GetParam() == "unique");
}

INSTANTIATE_TEST_SUITE_P(Table, Random, testing::Values("unique", "first", "collect"),
                         [](const auto& suite) { return suite.param; });

}  // namespace
