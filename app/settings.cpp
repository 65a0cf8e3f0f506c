#include "app/settings.hpp"

#include <toml++/toml.h>

#include <filesystem>
#include <functional>
#include <map>

#include "pipeline/fault.hpp"

namespace app {

using pipeline::Fault;
using pipeline::FaultKind;

namespace {

using Node = const toml::node&;

[[noreturn]] void bad(const std::string& file, Node node, const std::string& why) {
  throw Fault(FaultKind::Stop, "read " + file + ":" + std::to_string(node.source().begin.line),
              why);
}

struct Reader {
  std::string file;
  std::map<std::string, std::function<void(Node, const std::string&)>> keys;

  template <class Number>
  void number(const std::string& key, Number& into, double least, double most) {
    keys[key] = [this, &into, least, most](Node node, const std::string& name) {
      const auto value = node.value<double>();
      if (!value || !node.is_number() || *value < least || *value > most)
        bad(file, node,
            name + " must be a number from " + std::to_string(static_cast<long>(least)) + " to " +
                std::to_string(static_cast<long>(most)));
      into = static_cast<Number>(*value);
    };
  }
  void flag(const std::string& key, bool& into) {
    keys[key] = [this, &into](Node node, const std::string& name) {
      if (!node.is_boolean()) bad(file, node, name + " must be true or false");
      into = *node.value<bool>();
    };
  }
  void text(const std::string& key, std::string& into) {
    keys[key] = [this, &into](Node node, const std::string& name) {
      if (!node.is_string()) bad(file, node, name + " must be a text");
      into = *node.value<std::string>();
    };
  }
  /// ["FILE", "COLLECTION:FACE", …], FACE counted from 0.
  void fonts(const std::string& key, std::vector<produce::FontFile>& into) {
    keys[key] = [this, &into](Node node, const std::string& name) {
      const toml::array* list = node.as_array();
      if (!list || list->empty()) bad(file, node, name + " must be a list of font files");
      into.clear();
      for (const toml::node& each : *list) {
        produce::FontFile font;
        font.file = each.value<std::string>().value_or("");
        const auto colon = font.file.rfind(':');
        const std::string face = colon == font.file.npos ? "" : font.file.substr(colon + 1);
        constexpr std::size_t kMostDigits = 3;
        if (!face.empty() && face.size() <= kMostDigits &&
            face.find_first_not_of("0123456789") == face.npos) {
          font.index = static_cast<unsigned>(std::stoul(face));
          font.file.resize(colon);
        }
        if (font.file.empty()) bad(file, each, name + " must be a list of font files");
        font.setting = file + ":" + std::to_string(each.source().begin.line) + " " + name;
        into.push_back(std::move(font));
      }
    };
  }
  void word(const std::string& key, std::string& into, const std::vector<std::string>& allowed) {
    keys[key] = [this, &into, allowed](Node node, const std::string& name) {
      const auto value = node.value<std::string>();
      for (const std::string& word : allowed)
        if (value && *value == word) {
          into = word;
          return;
        }
      std::string list;
      for (const std::string& word : allowed) list += (list.empty() ? "\"" : ", \"") + word + "\"";
      bad(file, node, name + " must be one of " + list);
    };
  }

  void read(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      if (const toml::table* inner = node.as_table()) {
        read(*inner, name + ".");
        continue;
      }
      const auto known = keys.find(name);
      if (known == keys.end()) bad(file, node, "no such setting: " + name);
      known->second(node, name);
    }
  }
};

}  // namespace

Settings load_settings(const std::string& file) {
  Settings s;
  if (!std::filesystem::exists(file)) return s;
  constexpr double kMany = 1e9;
  Reader reader{file, {}};
  reader.number("hunan.sync_delay_minutes", s.decide.sync_delay_minutes, 0, 30);
  reader.text("hunan.portal_url", s.decide.hunan_portal_url);
  reader.flag("hunan.organisation_code_strict", s.decide.hunan_organisation_code_strict);
  reader.flag("xinjiang.organisation_code_strict", s.decide.xinjiang_organisation_code_strict);
  reader.word("xinjiang.publicity_photo", s.decide.publicity_photo,
              {"optional", "required", "off"});
  reader.number("publicity.min_workdays", s.decide.publicity_min_workdays, 0, 60);
  reader.flag("statistics.enabled", s.decide.statistics);
  reader.flag("papers.dossier", s.decide.dossier);
  reader.number("review.workdays", s.decide.review_workdays, 1, 250);
  reader.number("line.settle_seconds", s.settle_seconds, 0, 3600);
  reader.number("line.incomplete_minutes", s.incomplete_minutes, 0, 10'000);
  reader.number("line.min_free_mb", s.min_free_mb, 0, kMany);
  reader.number("line.attempts", s.attempts, 1, 100);
  reader.number("line.lease_seconds", s.lease_seconds, 1, 3600);
  reader.number("line.retry_seconds", s.retry_seconds, 0, 86'400);
  reader.number("line.longest_retry_seconds", s.longest_retry_seconds, 0, 86'400);
  reader.number("line.memory_mb", s.memory_mb, 16, kMany);
  reader.number("limits.bundle_mb", s.limits.bundle_mb, 1, 4000);
  reader.number("limits.entries", s.limits.entries, 1, 60'000);
  reader.number("limits.entry_mb", s.limits.entry_mb, 1, 4000);
  reader.number("limits.total_mb", s.limits.total_mb, 1, 16'000);
  reader.number("limits.ratio", s.limits.ratio, 1, 1032);
  reader.number("limits.json_depth", s.limits.json_depth, 4, 200);
  reader.number("limits.name_length", s.limits.name_length, 16, 255);
  reader.number("limits.depth", s.limits.depth, 1, 64);
  reader.number("limits.image_megapixels", s.limits.image_megapixels, 1, 4000);
  // A reader holds the program, its libraries and one file: with less it does not start.
  reader.number("limits.reader_memory_mb", s.limits.reader_memory_mb, 128, 8000);
  reader.number("limits.reader_cpu_seconds", s.limits.reader_cpu_seconds, 1, 600);
  reader.number("limits.reader_seconds", s.limits.reader_seconds, 1, 600);
  reader.number("limits.bundle_cpu_seconds", s.limits.bundle_cpu_seconds, 1, 600);
  reader.number("limits.dossier_cpu_seconds", s.limits.dossier_cpu_seconds, 1, 600);
  reader.number("limits.dossier_pages", s.limits.dossier_pages, 1, 20'000);
  reader.number("limits.dossier_total_pages", s.limits.dossier_total_pages, 1, 200'000);
  reader.number("limits.sheet_mb", s.limits.sheet_mb, 1, 256);
  reader.number("limits.sheet_cells", s.limits.sheet_cells, 1000, 10'000'000);
  reader.number("limits.worklist_rows", s.limits.worklist_rows, 1, 100'000);
  reader.fonts("fonts.song", s.fonts.song);
  reader.fonts("fonts.title", s.fonts.title);
  reader.fonts("fonts.hei", s.fonts.hei);
  reader.fonts("fonts.kai", s.fonts.kai);
  reader.fonts("fonts.fang", s.fonts.fang);
  reader.fonts("fonts.fallback", s.fonts.fallback);
  try {
    reader.read(toml::parse_file(file), "");
  } catch (const toml::parse_error& e) {
    throw Fault(FaultKind::Stop, "read " + file + ":" + std::to_string(e.source().begin.line),
                std::string(e.description()));
  }
  return s;
}

}  // namespace app
