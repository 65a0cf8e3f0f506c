#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/dictionary.hpp"
#include "pipeline/finding.hpp"
#include "pipeline/regions.hpp"
#include "pipeline/table.hpp"
#include "pipeline/time.hpp"
#include "stages/decide/notices.hpp"

// Rules: everything in templates/ that decides, loaded once and never changed while the program runs.
//
//   faults  Stop, with file and line: a file is missing or malformed
//
// To serve another province: a folder in templates/ with the files that load_province names, and its code in Regions::province.

namespace decide {

/// Switches of dossier.toml that change decisions.
struct Settings {
  int sync_delay_minutes = 30;  ///< H42: core decisions reach the portal this much later, 0–30
  bool hunan_organisation_code_strict = false;  ///< Q14
  std::string hunan_portal_url =
      "https://ggfw.rst.hunan.gov.cn/neaf-ui/#/login";  ///< H02; "" prints none
  bool xinjiang_organisation_code_strict = false;       ///< X21 to the letter
  std::string publicity_photo = "optional";             ///< X64: "optional", "required" or "off"
  int publicity_min_workdays = 5;
  bool statistics = true;   ///< X70
  bool dossier = true;      ///< 卷宗.pdf beside every approval form
  int review_workdays = 5;  ///< how long a queue has for one case
};

/// An institution of the demonstration directory (or of the deployment's own).
struct Institution {
  std::string uscc, name, region, level, nature, province;
  bool portal = false;      ///< has an active unit-portal account that can review (H14)
  bool receives = false;    ///< takes applications and registrations of base units (X23)
  bool assigns = false;     ///< issues credentials to its own units (X07, X09)
  bool creates = false;     ///< may create subordinate units (X12)
  bool itemised = false;    ///< X49
  std::string parent;       ///< USCC of the next stage above (X32, E37)
  std::string assigned_by;  ///< USCC; not empty: a registration-assigned unit (X07)
  std::string contact, phone;
  bool internal_scope = true;  ///< X13: what its created units submit ends here
};

/// The competent agency of a pooling region.
struct Agency {
  std::string region, uscc, name, pt_section, hr_section, contact, phone;
};

struct Committee {
  std::string id;  ///< also its queue and drop: "committee-xj-engineering"
  std::string name, organiser, series, region;
  std::vector<std::string> levels;
};

/// A portal account that existed before this ledger (H30).
struct KnownAccount {
  std::string province, username, uscc, handler, handler_id;
  std::vector<std::string> permissions;
};

/// An official title name (domain §2.2).
struct TitleName {
  std::string series, level, title;
  bool exam = false;  ///< the level is obtained by examination (domain §2.5)
};

/// What people write instead (domain §2.3); with a series, only there.
struct TitleAlias {
  std::string written, title, series;
};

/// A section of an application, as itemised approval passes or returns it (X49–X52).
struct Item {
  std::string code, name;  ///< "S3", "学历学位"
  bool reviewed = false;   ///< reviewers judge it; the others are what they write themselves
  std::vector<std::string> fields;  ///< top-level members of the form that it consists of
};

struct Window {
  std::string province, kind;
  pipeline::Time from, to;
};

struct Province {
  std::string name;                                          ///< "hunan", "xinjiang"
  std::optional<pipeline::Table> routing, supervising_unit;  ///< Hunan's way
  std::optional<pipeline::Table> receiving, provision;       ///< Xinjiang's way
  pipeline::Table attachments;
};

struct Rules {
  Settings settings;
  std::string token_key;  ///< secret; for the tokens on approval forms
  std::string digest;     ///< of all files that decide and of the settings; empty if it was left
  pipeline::Catalogue catalogue;
  Notices notices;
  pipeline::Dictionary dictionary;
  pipeline::Regions regions;
  std::map<std::string, std::string, std::less<>> slot_names;
  std::vector<Item> items;                                     ///< S0 to S17
  std::map<std::string, std::string, std::less<>> slot_items;  ///< slot -> first item it belongs to
  std::set<std::string, std::less<>> shared_slots;  ///< one scan may serve several applicants
  std::map<std::string, Institution, std::less<>> institutions;
  std::map<std::string, Agency, std::less<>> agencies;  ///< by region
  std::vector<Committee> committees;
  std::vector<KnownAccount> accounts;
  std::vector<TitleName> titles;
  std::vector<TitleAlias> title_aliases;
  std::vector<Window> windows;
  std::map<pipeline::Day, bool>
      calendar;  ///< true: works although a weekend; false: off although a weekday
  std::vector<int> calendar_years;
  std::map<std::string, Province, std::less<>> provinces;
  pipeline::Table folders, actions;
  pipeline::Table application_attachments, eligibility;

  const Institution* institution(std::string_view uscc) const;
  const std::string& slot_name(std::string_view slot) const;
  const Item* item(std::string_view code) const;
};

/// Left: Rules::digest is empty, for who only asks where a case is: hashing the tables takes a tenth of such a question.
enum class Digest { Taken, Left };
std::shared_ptr<const Rules> load_rules(const std::string& templates, const Settings& settings,
                                        std::string token_key, Digest digest = Digest::Taken);

/// Every decision table below `templates`, for `dossier rules check`.
std::vector<pipeline::Table> load_tables(const std::string& templates);

bool is_workday(const Rules& rules, pipeline::Day day);
/// The day on which `count` working days after `from` have passed.
pipeline::Day add_workdays(const Rules& rules, pipeline::Day from, int count);

/// HMAC over what a reviewer decides upon: case, round, queue, the content of the application, and the version of the form
/// (form_version).
std::string token(const Rules& rules, std::string_view case_id, int round, std::string_view queue,
                  std::string_view content_digest, std::string_view version);

}  // namespace decide
