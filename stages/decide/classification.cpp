#include "stages/decide/classification.hpp"

#include <algorithm>
#include <set>

#include "pipeline/text.hpp"

namespace decide {

using pipeline::Value;

namespace {

std::string listed(const std::set<std::string>& words) {
  return pipeline::join({words.begin(), words.end()}, "、");
}

}  // namespace

void classify(Matter& m, Value& form) {
  const std::string series = form["target"]["series"].text();
  const std::string level = form["target"]["level"].text();
  std::string title = form["target"]["title"].text();
  if (series.empty() || series == "other" || level.empty() || title.empty()) return;

  for (const TitleAlias& alias : m.rules.title_aliases) {
    if (alias.written != title || (!alias.series.empty() && alias.series != series)) continue;
    m.find("TITLE_NAME_NORMALISED", "target.title", {{"value", title}, {"expected", alias.title}});
    title = alias.title;
    form.member("target").set("title", title);
    break;
  }
  const auto label = [&](const std::string& code) {
    return m.rules.dictionary.label("title_level", code);
  };
  std::set<std::string> levels;       // of the series
  std::set<std::string> titles_here;  // of the series at that level
  std::set<std::string> levels_of_title;
  bool exam = false;
  bool fits = false;
  for (const TitleName& name : m.rules.titles) {
    if (name.series != series) continue;
    levels.insert(label(name.level));
    if (name.level == level) titles_here.insert(name.title);
    if (name.title == title) levels_of_title.insert(label(name.level));
    if (name.level != level || name.title != title) continue;
    fits = true;
    exam = name.exam;
  }
  if (titles_here.empty())
    m.find("LEVEL_NOT_IN_SERIES", "target.level",
           {{"value", label(level)}, {"allowed", listed(levels)}});
  if (levels_of_title.empty())
    m.find("TITLE_UNKNOWN", "target.title",
           {{"value", title},
            {"detail", m.rules.dictionary.label("series", series)},
            {"allowed", listed(titles_here)}});
  else if (!fits)
    m.find("TITLE_LEVEL_MISMATCH", "target.title",
           {{"value", title}, {"expected", listed(levels_of_title)}});
  if (exam) m.find("EXAM_ONLY_LEVEL", "target.level", {{"value", label(level)}});
}

}  // namespace decide
