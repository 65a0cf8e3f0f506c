#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/paper.hpp"

// PDF file: objects written one after the other, as they come; nothing but their places is kept.
//
//   takes   what puts bytes into the file; objects as text, in any order, each number once
//   gives   the file
//   faults  none of its own
//
// What fits into memory is drawn as a Document (pdf.hpp) first.

namespace produce {

class PdfFile {
 public:
  using Number = std::uint64_t;
  explicit PdfFile(const pipeline::Sink& put) : PdfFile(&put) {}
  /// Into memory, from where it is taken when it is finished.
  PdfFile() : PdfFile(nullptr) {}
  std::string take() { return std::move(waiting_); }

  /// The first of so many numbers that follow one another.
  Number reserve(std::size_t count = 1);
  void object(Number number, std::string_view text);
  /// `dictionary` without its brackets and /Length.
  void stream(Number number, std::string_view dictionary, std::span<const std::string_view> data);
  /// The same of data that are put while it is written: exactly so many bytes.
  void stream(Number number, std::string_view dictionary, std::uint64_t length,
              const std::function<void(const pipeline::Sink&)>& data);
  /// Once, at the end.
  void finish(Number root, Number information, const std::string& id);

 private:
  explicit PdfFile(const pipeline::Sink* put);
  void begin(Number number);
  void write(std::string_view bytes);
  void flush();

  const pipeline::Sink* put_;  ///< null: none
  std::string waiting_;
  std::uint64_t written_ = 0;
  std::vector<std::uint64_t> places_;  ///< of number 1, 2, …; 0: not written
};

/// "7 0 R".
std::string reference(PdfFile::Number number);

}  // namespace produce
