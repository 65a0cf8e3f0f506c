#pragma once

#include <cstdint>

namespace prepare {

/// What a bundle may cost; names as in dossier.toml [limits].
struct Limits {
  std::uint64_t bundle_mb = 500;
  std::uint64_t entries = 256;
  std::uint64_t entry_mb = 64;   ///< one entry, inflated
  std::uint64_t total_mb = 256;  ///< all entries, inflated
  std::uint64_t ratio = 200;     ///< inflated to deflated; only entries above 1 MB
  int json_depth = 64;
  std::uint64_t name_length = 255;       ///< code points of one step of an entry's path
  std::uint64_t depth = 6;               ///< steps of an entry's path
  std::uint64_t image_megapixels = 200;  ///< of one picture, in millions
  // A foreign PDF or picture, in a process of its own.
  std::uint64_t reader_memory_mb = 384;  ///< address space, the program itself included
  int reader_cpu_seconds = 5;            ///< a file
  int reader_seconds = 30;               ///< a file, by the clock on the wall: for a busy machine
  int bundle_cpu_seconds = 8;            ///< all attachments of a bundle together
  // An attachment in the dossier, over what it took to inspect it.
  int dossier_cpu_seconds = 20;                ///< of a reader, a file: its pages or its picture
  std::uint64_t dossier_pages = 2000;          ///< of one PDF
  std::uint64_t dossier_total_pages = 10'000;  ///< of all attachments of a case
  // A sheet.
  std::uint64_t sheet_mb = 16;          ///< one part of a workbook, inflated
  std::uint64_t sheet_cells = 200'000;  ///< of a workbook
  std::uint64_t sheet_text_mb = 8;      ///< of a workbook: what stands in its cells, each counted
  std::uint64_t worklist_rows = 2000;   ///< decisions in one worklist
};

}  // namespace prepare
