#include <malloc.h>

#include <iostream>

#include "app/commands.hpp"
#include "app/statistics_terms.hpp"
#include "pipeline/books.hpp"
#include "pipeline/files.hpp"
#include "pipeline/sha256.hpp"
#include "stages/produce/workbook.hpp"

namespace app {

using pipeline::path_join;

namespace {

std::optional<pipeline::Day> day(const std::string& text) {
  return text.empty() ? std::nullopt : pipeline::parse_iso_date(text);
}

}  // namespace

int report(const Places& places, const std::string& out, const std::string& from,
           const std::string& to) {
  const produce::Period period{day(from), day(to)};
  if (period.from && period.to && *period.to < *period.from) {
    std::cerr << "--to: " << to << " is before --from: " << from << "\n";
    return kUsage;
  }
  // Documents come and go by the hundred thousand: with the C library's bins of small pieces, which each larger piece empties, it
  // takes an eighth longer. (`run` gains nothing by it.)
  mallopt(M_MXFAST, 0);
  const Installation in = open_installation(places, Access::Asks);
  const auto ledger = open_ledger(places, Access::Asks);
  const pipeline::Time now = in.now();
  const Present present(*ledger, *in.rules, now);
  const std::string file = out.empty() ? path_join(places.outbox, "reports/统计汇总.xlsx") : out;
  const auto files = pipeline::make_files();
  const std::string folder = pipeline::parent_folder(file);
  if (!folder.empty()) files->make_folders(folder);
  const std::string beside = file + ".part";
  produce::write_workbook(beside, present.view(), statistics_terms(*in.rules), now, period);
  files->sync(folder.empty() ? "." : folder);
  files->rename(beside, file);
  // In the place of the line's own workbook it is the one that the audit expects from now on.
  if (out.empty() && ledger->last_bundle() > 0) {
    pipeline::Transaction transaction(*ledger);
    ledger->keep_paper({"reports/统计汇总.xlsx", 0, pipeline::sha256_file(file),
                        static_cast<std::int64_t>(files->look(file)->size)});
    transaction.commit();
  }
  if (places.json)
    std::cout << pipeline::Value::object({{"report", file}}).dump(true) << "\n";
  else
    std::cout << "统计表：" << file << "\n";
  return kDone;
}

}  // namespace app
