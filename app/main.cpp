#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <functional>
#include <iostream>

#include "app/commands.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/time.hpp"

namespace {

const CLI::Validator is_time(
    [](const std::string& text) {
      return pipeline::parse_time(text) ? std::string() : "not a time: " + text;
    },
    "TIME", "is_time");

const CLI::Validator is_day(
    [](const std::string& text) {
      return pipeline::parse_iso_date(text) ? std::string() : "not a day: " + text;
    },
    "YYYY-MM-DD", "is_day");

/// The options that every command accepts.
void add_places(CLI::App& command, app::Places& places) {
  command.add_option("--inbox", places.inbox, "folder that offices drop into")
      ->capture_default_str();
  command.add_option("--outbox", places.outbox, "folder for receipts, queues and reports")
      ->capture_default_str();
  command
      .add_option("--state", places.state,
                  "folder of ledger, vault and key; or postgresql://… for a ledger that several "
                  "machines share")
      ->capture_default_str();
  command.add_option("--vault", places.vault,
                     "with postgresql://…: folder of vault and key, the same for all machines");
  command.add_option("--templates", places.templates, "folder of rules and forms")
      ->capture_default_str();
  command.add_option("--settings", places.settings,
                     "settings file [dossier.toml in the state folder]");
  command.add_option("--now", places.now, "the time to go by, e.g. 2026-11-22T10:00:00+08:00")
      ->check(is_time);
  command.add_flag("--json", places.json, "one JSON document on standard output");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App cli{
      "Dossier (卷宗): takes in what offices submit and gets it, checked, to who must decide."};
  cli.require_subcommand(1);
  app::Places places;
  std::function<int()> chosen;

  const auto command = [&](CLI::App& parent, const char* name, const char* text,
                           std::function<int()> work) {
    CLI::App* sub = parent.add_subcommand(name, text);
    add_places(*sub, places);
    sub->callback([&chosen, work = std::move(work)] { chosen = work; });
    return sub;
  };

  app::RunOptions run;
  CLI::App* run_command =
      command(cli, "run", "take the inbox through the line", [&] { return app::run(places, run); });
  run_command
      ->add_option("--jobs", run.jobs,
                   "threads that prepare and produce; 0: all in one [one a core]")
      ->check(CLI::Range(0, 256));
  run_command->add_flag("--watch", run.watch, "keep running, and take what arrives");
  run_command->add_flag("--strict", run.strict, "exit 2 if something was refused or quarantined");

  std::string key;
  command(cli, "status", "who reviews it, where it is, what to do next",
          [&] { return key.empty() ? app::line_status(places) : app::status(places, key); })
      ->add_option("KEY", key,
                   "USCC, case number or username; without it, what the line does and what it "
                   "waits for");
  std::string username;
  command(cli, "login", "what the login page would say, and why",
          [&] { return app::login(places, username); })
      ->add_option("USERNAME", username)
      ->required();
  std::string queue_name;
  std::string category = "pt";
  CLI::App* queue_command = command(cli, "queue", "what a queue holds; without QUEUE, all queues",
                                    [&] { return app::queue(places, queue_name, category); });
  queue_command->add_option("QUEUE", queue_name, "e.g. agency-430102-pt");
  queue_command->add_option("--category", category, "business category of an agency's list")
      ->check(CLI::IsMember({"pt", "hr_market"}))
      ->capture_default_str();
  std::string out;
  std::string from;
  std::string to;
  CLI::App* report_command = command(cli, "report", "write the statistics workbook",
                                     [&] { return app::report(places, out, from, to); });
  report_command->add_option("--out", out, "file [reports/统计汇总.xlsx in the outbox]");
  report_command->add_option("--from", from, "first day")->check(is_day);
  report_command->add_option("--to", to, "last day")->check(is_day);

  CLI::App* rules = cli.add_subcommand("rules", "the decision tables");
  rules->require_subcommand(1);
  command(*rules, "check", "gaps, overlaps and rows that can never fire",
          [&] { return app::rules_check(places); });
  command(*rules, "list", "every rule of the sources, and the table rows and findings that name it",
          [&] { return app::rules_list(places); });
  std::string older;
  std::string newer;
  CLI::App* rules_diff =
      command(*rules, "diff", "past submissions again, under two sets of tables: what would differ",
              [&] { return app::rules_diff(places, older, newer); });
  rules_diff->add_option("OLD", older, "folder of templates")->required();
  rules_diff->add_option("NEW", newer, "folder of templates")->required();

  std::string what;
  std::string drop;
  CLI::App* explain =
      command(cli, "explain", "what would be, or was, decided, and by which rule rows",
              [&] { return app::explain(places, what, drop); });
  explain->add_option("BUNDLE|CASE", what, "a bundle's file, or a case number")->required();
  explain->add_option("--drop", drop,
                      "as if it lay in this drop folder [the one it lies in, else public]");

  app::CheckOptions checking;
  CLI::App* check_command =
      command(cli, "check", "what the line would say of bundles, before they are dropped",
              [&] { return app::check(places, checking); });
  check_command->add_option("BUNDLE", checking.bundles, "files")->required();
  check_command->add_option(
      "--drop", checking.drop,
      "as if they lay in this drop folder [the one they lie in, else public]");
  check_command->add_flag("--strict", checking.strict,
                          "exit 2 if one would be refused or quarantined");
  app::AuditCommand audit;
  CLI::App* audit_command = command(cli, "audit", "prove that nothing was lost, doubled or changed",
                                    [&] { return app::audit(places, audit); });
  const auto add_audit = [&](CLI::App& sub) {
    sub.add_flag("--deep", audit.deep, "read every byte of the vault, and open each bundle again");
    sub.add_option("--head", audit.heads, "a head written down earlier: it must still be there");
  };
  add_audit(*audit_command);
  audit_command->require_subcommand(0, 1);
  add_audit(
      *command(*audit_command, "verify", "the same", [&] { return app::audit(places, audit); }));

  bool projections = false;
  bool only_compare = false;
  CLI::App* rebuild_command =
      command(cli, "rebuild", "the whole outbox again, from ledger and vault", [&] {
        return projections ? app::rebuild_projections(places) : app::rebuild(places, only_compare);
      });
  CLI::Option* of_projections = rebuild_command->add_flag(
      "--projections", projections, "instead: documents and index from the events");
  rebuild_command->add_flag("--check", only_compare, "compare only, change nothing")
      ->excludes(of_projections);

  std::string set_aside;
  command(cli, "release", "put a quarantined file back into the inbox",
          [&] { return app::release(places, set_aside); })
      ->add_option("FILE", set_aside, "quarantine/<drop>/<12 digits>, as 原因.txt says")
      ->required();
  std::string backup_folder;
  command(cli, "backup",
          "a consistent copy of ledger, vault, key, settings and rules; a line may run",
          [&] { return app::backup(places, backup_folder); })
      ->add_option("DIR", backup_folder, "a folder that is not there yet")
      ->required();

  int count = 0;
  std::string folder;
  std::uint64_t seed = 1;
  int size_kb = 0;
  CLI::App* sample_command = command(cli, "sample", "make realistic bundles", [&] {
    return app::sample(places, count, folder, seed, size_kb);
  });
  sample_command->add_option("N", count, "how many")->required()->check(CLI::Range(0, 1'000'000));
  sample_command->add_option("DIR", folder, "an inbox to fill")->required();
  sample_command->add_option("--seed", seed, "same seed, same bundles")->capture_default_str();
  sample_command->add_option("--size-kb", size_kb, "only right registrations of this size");

  std::string forms_folder;
  command(cli, "forms", "write the sheets that offices and persons fill in", [&] {
    return app::forms(places, forms_folder);
  })->add_option("DIR", forms_folder, "where to [forms in the templates]");

  command(cli, "doctor", "what is missing on this machine, and how to get it",
          [&] { return app::doctor(places); });

  app::SelftestOptions test;
  bool quick = false;
  CLI::App* selftest =
      command(cli, "selftest",
              "let everything fail that can fail, on your own disk, and see what is lost", [&] {
                constexpr int kQuick = 50;
                if (quick) test.every = std::max(test.every, kQuick);
                return app::selftest(places, test);
              });
  selftest
      ->add_option("--crash", test.folder,
                   "fail, die and cut the power at every step of a run in a folder made below DIR")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory)
      ->required();
  selftest->add_option("--every", test.every, "every K-th trial only")
      ->type_name("K")
      ->check(CLI::Range(1, 1'000'000));
  selftest->add_flag("--quick", quick, "every 50th trial only");
  selftest->add_option("--jobs", test.jobs, "trials at the same time [one a core]")
      ->check(CLI::Range(1, 256));

  try {
    cli.parse(argc, argv);
    return chosen();
  } catch (const CLI::ParseError& e) {
    return cli.exit(e) == 0 ? app::kDone : app::kUsage;
  } catch (const pipeline::Fault& fault) {
    std::cerr << "dossier: " << fault.what() << "\n";
    return app::kFault;
  } catch (const std::exception& e) {
    std::cerr << "dossier: internal error: " << e.what() << "\n";
    return app::kFault;
  }
}
