#include "stages/produce/pdf_file.hpp"

#include <array>
#include <cassert>
#include <charconv>

#include "stages/produce/object_text.hpp"

namespace produce {

namespace {

using Number = PdfFile::Number;

Number number_at(std::string_view text, std::size_t at) {
  Number number = 0;
  while (at < text.size() && text[at] == ' ') ++at;
  const auto read = std::from_chars(text.data() + at, text.data() + text.size(), number);
  assert(read.ec == std::errc());
  return number;
}

/// The number that stands after a key of a dictionary of ours, which may be the first of a reference.
Number after(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  assert(at != text.npos);
  return number_at(text, at + key.size());
}

std::string reference(Number number) {
  return std::to_string(number) + " 0 R";
}

/// The objects of a PDF that PoDoFo wrote, by the table at its end.
class Objects {
 public:
  explicit Objects(std::string_view pdf) : pdf_(pdf) {
    std::size_t at = number_at(pdf, pdf.rfind("startxref") + 10);
    trailer_ = pdf.substr(pdf.find("trailer", at));
    count_ = after(trailer_, "/Size") - 1;
    constexpr std::size_t kEntry = 20;
    at = pdf.find('\n', pdf.find('\n', at) + 1) + 1;
    for (Number i = 0; i <= count_; ++i) places_.push_back(number_at(pdf, at + i * kEntry));
  }

  Number count() const { return count_; }
  Number information() const { return after(trailer_, "/Info"); }
  Number root() const { return after(trailer_, "/Root"); }
  /// From its text on, to the end of the file.
  std::string_view object(Number number) const {
    const auto head = pdf_.find("obj", places_[number]);
    return pdf_.substr(head + 3);
  }
  /// The text as it is, without what it refers to; `data` of a stream.
  std::string text(Number number, std::string_view& data) const {
    const std::string_view object = this->object(number);
    std::string text;
    const auto end = copy_object(object, 0, count_, text);
    assert(end);
    data = {};
    std::size_t at = *end;
    while (object[at] == '\n' || object[at] == '\r' || object[at] == ' ') ++at;
    if (!object.substr(at).starts_with("stream")) return text;
    at += 6;
    if (object[at] == '\r') ++at;
    data = object.substr(at + 1, after(text, "/Length "));
    return text;
  }

 private:
  std::string_view pdf_, trailer_;
  Number count_ = 0;
  std::vector<std::size_t> places_;
};

}  // namespace

PdfFile::PdfFile(const pipeline::Sink& put) : put_(put) {
  // Four bytes above 127 tell programs that move files that this is no text.
  write("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
}

void PdfFile::write(std::string_view bytes) {
  constexpr std::size_t kPiece = 256u << 10, kLarge = 64u << 10;
  written_ += bytes.size();
  if (bytes.size() >= kLarge || waiting_.size() + bytes.size() > kPiece) flush();
  // Copying it would cost more than one more call.
  if (bytes.size() >= kLarge)
    put_(bytes);
  else
    waiting_ += bytes;
}

void PdfFile::flush() {
  if (!waiting_.empty()) put_(waiting_);
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
  write("/Length " + std::to_string(length) + ">>\nstream\n");
  [[maybe_unused]] const std::uint64_t from = written_;
  data([this](std::string_view piece) { write(piece); });
  assert(written_ - from == length);
  write("\nendstream\nendobj\n");
}

std::vector<PdfFile::Drawn> PdfFile::take_document(std::string_view pdf, Number& information) {
  const Objects objects(pdf);
  const Number base = reserve(objects.count()) - 1;
  information = base + objects.information();
  std::string_view data;
  std::vector<Drawn> pages;
  const std::string tree = objects.text(after(objects.text(objects.root(), data), "/Pages"), data);
  std::vector<bool> left_out(objects.count() + 1);
  left_out[objects.root()] = left_out[after(objects.text(objects.root(), data), "/Pages")] = true;
  const auto kids = tree.find("/Kids");
  for (std::size_t at = tree.find('[', kids) + 1; tree[at] != ']';) {
    const Number page = number_at(tree, at);
    at = tree.find('R', at) + 1;
    while (tree[at] == ' ') ++at;
    const std::string text = objects.text(page, data);
    const Number content = after(text, "/Contents");
    left_out[page] = left_out[content] = true;
    const std::string about = objects.text(content, data);
    pages.push_back({std::string(data),
                     about.find("/FlateDecode") == about.npos ? "" : "/Filter/FlateDecode",
                     base + after(text, "/Resources")});
  }
  for (Number number = 1; number <= objects.count(); ++number) {
    if (left_out[number]) {
      object(base + number, "null");
      continue;
    }
    objects.text(number, data);
    std::string text;
    copy_object(objects.object(number), base, objects.count(), text);
    if (data.data() == nullptr) {
      object(base + number, text);
      continue;
    }
    begin(base + number);
    write(text + "\nstream\n");
    write(data);
    write("\nendstream\nendobj\n");
  }
  return pages;
}

void PdfFile::finish(Number root, Number information, const std::string& id) {
  const std::uint64_t table = written_;
  write("xref\n0 " + std::to_string(places_.size() + 1) + "\n0000000000 65535 f \n");
  for (const std::uint64_t place : places_) {
    assert(place != 0);
    constexpr std::size_t kDigits = 10;
    const std::string digits = std::to_string(place);
    write(std::string(kDigits - digits.size(), '0') + digits + " 00000 n \n");
  }
  write("trailer\n<</Size " + std::to_string(places_.size() + 1) + "/Root " + reference(root) +
        "/Info " + reference(information) + "/ID[<" + id + "><" + id + ">]>>\nstartxref\n" +
        std::to_string(table) + "\n%%EOF\n");
  flush();
}

}  // namespace produce
