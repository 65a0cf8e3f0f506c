#include <sys/resource.h>
#include <time.h>

#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <iostream>

#include "stages/produce/make.hpp"
#include "tests/papers_samples.hpp"

// How many papers of each kind one thread makes in a second of CPU. `papers_bench [SECONDS [FOLDER
// [PAPER]]]`; FOLDER, if it is none of "", gets one of each.

namespace {

using pipeline::Value;

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

int main(int count, char** words) {
  const double seconds = count > 1 ? std::atof(words[1]) : 2;
  const std::string folder = count > 2 ? words[2] : "";
  const double start = cpu_seconds();
  const auto kit = produce::load_kit(DOSSIER_SOURCE_DIR "/templates");
  std::cout << std::fixed << std::setprecision(1)
            << "fonts and tables: " << 1000 * (cpu_seconds() - start) << " ms, " << peak_mb()
            << " MB\n"
            << std::left << std::setw(24) << "paper" << std::right << std::setw(10) << "a second"
            << std::setw(10) << "KB"
            << "\n";
  struct Sample {
    const char* name;
    const char* maker;
    Value payload, form;
  };
  const Value registration = papers::registration(),
              application = papers::application("任现职以来，本人爱岗敬业。"),
              long_application =
                  papers::application(papers::times("任现职以来，本人坚持党的教育方针，", 180));
  for (const Sample& sample :
       {Sample{"registration", "registration_form", papers::registration_payload(), registration},
        {"application", "application_form", papers::application_payload(true), application},
        {"application, whole", "application_form", papers::application_payload(false), application},
        {"application, 3000", "application_form", papers::application_payload(true),
         long_application},
        {"second round", "application_form", papers::second_round_payload(), application},
        {"committee", "application_form", papers::committee_payload(), application},
        {"notice", "notice", papers::notice_payload(3), Value()},
        {"receipt", "receipt", papers::receipt_payload("refused", 5, 8), Value()}}) {
    if (count > 3 && std::string(words[3]) != sample.name) continue;
    const pipeline::Effect effect{sample.maker, "paper", sample.payload, std::nullopt};
    const Value* form = sample.form.is_null() ? nullptr : &sample.form;
    const std::string bytes = produce::make(effect, form, *kit).back().bytes;
    if (!folder.empty()) {
      std::string name = sample.name;
      std::erase(name, ',');
      std::ofstream(folder + "/" + name + ".pdf", std::ios::binary) << bytes;
    }
    int made = 0;
    const double from = cpu_seconds();
    double until = from;
    for (; until < from + seconds; until = cpu_seconds(), made++) produce::make(effect, form, *kit);
    std::cout << std::left << std::setw(24) << sample.name << std::right << std::setw(10)
              << made / (until - from) << std::setw(10) << static_cast<double>(bytes.size()) / 1024
              << "\n";
  }
  std::cout << "peak " << peak_mb() << " MB\n";
}
