#include "stages/produce/pdf_file.hpp"

#include <array>
#include <cassert>

namespace produce {

using Number = PdfFile::Number;

std::string reference(Number number) {
  return std::to_string(number) + " 0 R";
}

PdfFile::PdfFile(const pipeline::Sink* put) : put_(put) {
  constexpr std::size_t kUsualPaper = 120u << 10;
  waiting_.reserve(kUsualPaper);
  // Four bytes above 127 tell programs that move files that this is no text.
  write("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
}

void PdfFile::write(std::string_view bytes) {
  constexpr std::size_t kPiece = 256u << 10, kLarge = 64u << 10;
  written_ += bytes.size();
  if (!put_) {
    waiting_ += bytes;
    return;
  }
  if (bytes.size() >= kLarge || waiting_.size() + bytes.size() > kPiece) flush();
  // Copying it would cost more than one more call.
  if (bytes.size() >= kLarge)
    (*put_)(bytes);
  else
    waiting_ += bytes;
}

void PdfFile::flush() {
  if (!waiting_.empty()) (*put_)(waiting_);
  waiting_.clear();
}

Number PdfFile::reserve(std::size_t count) {
  const Number first = places_.size() + 1;
  places_.resize(places_.size() + count);
  return first;
}

void PdfFile::begin(Number number) {
  assert(places_.at(number - 1) == 0);
  places_[number - 1] = written_;
  write(std::to_string(number) + " 0 obj\n");
}

void PdfFile::object(Number number, std::string_view text) {
  begin(number);
  write(text);
  write("\nendobj\n");
}

void PdfFile::stream(Number number, std::string_view dictionary,
                     std::span<const std::string_view> data) {
  std::size_t length = 0;
  for (const std::string_view piece : data) length += piece.size();
  stream(number, dictionary, length, [&](const pipeline::Sink& put) {
    for (const std::string_view piece : data) put(piece);
  });
}

void PdfFile::stream(Number number, std::string_view dictionary, std::uint64_t length,
                     const std::function<void(const pipeline::Sink&)>& data) {
  begin(number);
  write("<<");
  write(dictionary);
  write("/Length ");
  write(std::to_string(length));
  write(">>\nstream\n");
  [[maybe_unused]] const std::uint64_t from = written_;
  data([this](std::string_view piece) { write(piece); });
  assert(written_ - from == length);
  write("\nendstream\nendobj\n");
}

void PdfFile::finish(Number root, Number information, const std::string& id) {
  const std::uint64_t table = written_;
  write("xref\n0 " + std::to_string(places_.size() + 1) + "\n0000000000 65535 f \n");
  for (std::uint64_t place : places_) {
    assert(place != 0);
    std::array<char, 10> digits;
    for (auto at = digits.rbegin(); at != digits.rend(); ++at, place /= 10)
      *at = static_cast<char>('0' + place % 10);
    assert(place == 0);  // ten digits are all that a place may have
    write({digits.data(), digits.size()});
    write(" 00000 n \n");
  }
  write("trailer\n<</Size " + std::to_string(places_.size() + 1) + "/Root " + reference(root) +
        "/Info " + reference(information) + "/ID[<" + id + "><" + id + ">]>>\nstartxref\n" +
        std::to_string(table) + "\n%%EOF\n");
  if (put_) flush();
}

}  // namespace produce
