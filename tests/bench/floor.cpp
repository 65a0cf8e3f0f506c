// Floor: what emptying an inbox costs at the least on this machine, with nothing understood and nothing decided.
//
//   usage   floor INBOX PLACE JOBS [FONT]
//   does    for every bundle: read, SHA-256, inflate with CRC, bytes to a vault, a small PDF to an outbox; for every sixteen: sync,
//           one transaction, inbox files gone
//           with a font (TrueType) also what everyone who answers an office must: the SHA-256 of each entry (the receipt tells it), the
//           entries once more where a reviewer can read them (in one file, as they are), and a form that is legible: the words of form.json
//           in that font, embedded
//   writes  below PLACE, which is made anew
//   gives   one line: bundles, seconds, CPU seconds, largest resident memory in MB

#include <sqlite3.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <mutex>
#include <optional>
#include <vector>

#include "pipeline/files.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/workers.hpp"
#include "stages/prepare/zip.hpp"
#include "stages/produce/pdf_file.hpp"
#include "tests/bench/least_form.hpp"

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kGroup = 16;

std::string small_pdf(const std::string& text) {
  produce::PdfFile file;
  file.reserve(5);
  const std::string content = "BT /F1 12 Tf 72 720 Td (" + text + ") Tj ET";
  const std::string_view drawn = content;
  file.object(1, "<</Type/Catalog/Pages 2 0 R>>");
  file.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
  file.object(3,
              "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
              "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>");
  file.stream(4, "", {&drawn, 1});
  file.object(5, "<<>>");
  file.finish(1, 5, text.substr(0, 32));
  return file.take();
}

class Floor {
 public:
  Floor(fs::path inbox, fs::path place, int jobs, const char* font)
      : inbox_(std::move(inbox)),
        place_(std::move(place)),
        files_(pipeline::make_files()),
        workers_(jobs) {
    if (font) form_.emplace(font);
    fs::remove_all(place_);
    for (int i = 0; i < 256; ++i) {
      char name[3];
      std::snprintf(name, sizeof name, "%02x", static_cast<unsigned>(i));
      fs::create_directories(place_ / "vault" / name);
    }
    fs::create_directories(place_ / "outbox");
    if (sqlite3_open((place_ / "ledger.sqlite").c_str(), &ledger_) != SQLITE_OK)
      throw std::runtime_error("the ledger cannot be opened");
    execute("PRAGMA journal_mode=WAL");
    execute("PRAGMA synchronous=FULL");
    execute("CREATE TABLE bundle (id INTEGER PRIMARY KEY, sha256 TEXT)");
  }
  ~Floor() { sqlite3_close(ledger_); }

  std::size_t run() {
    std::vector<pipeline::Listed> all = files_->list(inbox_);
    std::erase_if(all, [](const pipeline::Listed& one) { return one.folder; });
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.modified_ns < b.modified_ns; });
    std::vector<Done> done(all.size());
    std::condition_variable ready;
    std::mutex mutex;
    for (std::size_t i = 0; i < all.size(); ++i)
      workers_.run([&, i] {
        Done one = take(all[i].name);
        const std::lock_guard lock(mutex);
        done[i] = std::move(one);
        ready.notify_one();
      });
    for (std::size_t i = 0; i < all.size(); i += kGroup) {
      const std::size_t end = std::min(i + kGroup, all.size());
      {
        std::unique_lock lock(mutex);
        ready.wait(lock, [&] {
          return std::all_of(done.begin() + static_cast<std::ptrdiff_t>(i),
                             done.begin() + static_cast<std::ptrdiff_t>(end),
                             [](const Done& one) { return !one.sha256.empty(); });
        });
      }
      commit(std::vector<Done>(done.begin() + static_cast<std::ptrdiff_t>(i),
                               done.begin() + static_cast<std::ptrdiff_t>(end)));
    }
    return all.size();
  }

 private:
  struct Done {
    std::string name, sha256;
  };

  Done take(const std::string& name) {
    thread_local std::string bytes;
    thread_local prepare::Inflater inflater;
    if (!files_->read(inbox_ / name, bytes)) throw std::runtime_error("a bundle is gone");
    Done done{name, pipeline::sha256(bytes)};
    std::string told, entries, words;
    for (const prepare::ZipEntry& entry : prepare::read_zip(bytes, {}).entries) {
      if (entry.folder) continue;
      const auto inflated = inflater.read(bytes, entry);
      if (!inflated) throw std::runtime_error(name + " is no sound ZIP");
      if (!form_) continue;
      told += pipeline::sha256(*inflated);
      (entry.name == "form.json" ? words : entries) += *inflated;
    }
    files_->write(place_ / "vault" / done.sha256.substr(0, 2) / done.sha256, bytes);
    const fs::path answer = place_ / "outbox" / done.sha256;
    if (form_) {
      files_->write(answer.string() + ".entries", entries);
      files_->write(answer.string() + ".json", told);
    }
    files_->write(answer.string() + ".pdf", form_ ? form_->of(words) : small_pdf(done.sha256));
    return done;
  }

  void commit(const std::vector<Done>& group) {
    files_->sync(place_);
    execute("BEGIN IMMEDIATE");
    for (const Done& one : group)
      execute("INSERT INTO bundle (sha256) VALUES ('" + one.sha256 + "')");
    execute("COMMIT");
    for (const Done& one : group) files_->remove(inbox_ / one.name);
  }

  void execute(const std::string& sql) {
    if (sqlite3_exec(ledger_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(ledger_));
  }

  fs::path inbox_, place_;
  std::unique_ptr<pipeline::Files> files_;
  std::optional<least::Form> form_;
  pipeline::Workers workers_;
  sqlite3* ledger_ = nullptr;
};

}  // namespace

int main(int count, char** words) {
  if (count != 4 && count != 5) {
    std::fprintf(stderr, "usage: floor INBOX PLACE JOBS [FONT]\n");
    return 1;
  }
  try {
    const auto start = std::chrono::steady_clock::now();
    std::size_t bundles = 0;
    {
      Floor floor(words[1], words[2], std::max(1, std::atoi(words[3])), words[4]);
      bundles = floor.run();
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    std::printf("%zu %.3f %.3f %.0f\n", bundles, took.count(),
                seconds(used.ru_utime) + seconds(used.ru_stime),
                static_cast<double>(used.ru_maxrss) / 1024);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "floor: %s\n", e.what());
    return 3;
  }
  return 0;
}
