#pragma once

#include <string>
#include <vector>

#include "app/installation.hpp"

// Commands: one function, one file each. They print, and return the exit status of DESIGN.md §3:
// 0 done, 1 usage, 2 done with something quarantined or refused (--strict), 3 stopped by a fault, 4 the machine lacks something.

namespace app {

enum Exit { kDone = 0, kUsage = 1, kNotAllAccepted = 2, kFault = 3, kLacking = 4 };

struct RunOptions {
  /// Threads beside the deciding one; 0: none, every step in the same order each time; negative: one a core.
  int jobs = -1;
  bool watch = false, strict = false;
};
int run(const Places& places, const RunOptions& options);

int status(const Places& places, const std::string& key);
/// The line itself: who runs it, what waits, what keeps it from its work.
int line_status(const Places& places);
int login(const Places& places, const std::string& username);
/// `queue` empty: all queues that hold something.
int queue(const Places& places, const std::string& queue, const std::string& category);
/// `out` empty: reports/统计汇总.xlsx in the outbox. Days as YYYY-MM-DD, "" for open.
int report(const Places& places, const std::string& out, const std::string& from,
           const std::string& to);
int rules_check(const Places& places);
int rules_list(const Places& places);
/// Folders of templates: whose outcome would change if the second had been in force instead of the first.
int rules_diff(const Places& places, const std::string& older, const std::string& newer);
/// `what` is a bundle's file or a case number; `drop` "": the folder in which the file lies, if that is below the inbox.
int explain(const Places& places, const std::string& what, const std::string& drop);

struct CheckOptions {
  std::vector<std::string> bundles;
  std::string drop;  ///< as of explain
  bool strict = false;
};
/// What the line would say of each, decisions included if the state folder holds a ledger.
int check(const Places& places, const CheckOptions& options);

struct AuditCommand {
  bool deep = false;
  std::vector<std::string> heads;  ///< "D120:<hex>": written down at an earlier audit
};
int audit(const Places& places, const AuditCommand& command);
int rebuild(const Places& places, bool only_compare);
int rebuild_projections(const Places& places);
/// `what`: a file or folder of the outbox's quarantine, or the first digits of a SHA-256.
int release(const Places& places, const std::string& what);
int backup(const Places& places, const std::string& folder);
int sample(const Places& places, int count, const std::string& folder, std::uint64_t seed,
           int size_kb);
/// `folder` empty: forms/ in the templates.
int forms(const Places& places, const std::string& folder);
int doctor(const Places& places);

struct SelftestOptions {
  std::string folder;  ///< on the disk to be tested; what is made in it is taken away again
  int every = 1;       ///< every n-th trial only
  int jobs = 0;        ///< trials at the same time; 0: one a core
};
int selftest(const Places& places, const SelftestOptions& options);

}  // namespace app
