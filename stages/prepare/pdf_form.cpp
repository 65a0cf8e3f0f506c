#include "stages/prepare/pdf_form.hpp"

#include <qpdf/BufferInputSource.hh>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFTokenizer.hh>
#include <qpdf/QPDFWriter.hh>

#include <algorithm>
#include <exception>
#include <memory>
#include <set>
#include <stdexcept>
#include <vector>

#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"

namespace prepare {

namespace {

constexpr int kMostDepth = 16;
constexpr int kMostNodes = 5000;
constexpr std::size_t kMostName = 200, kMostText = 64u << 10;  ///< bytes
constexpr std::size_t kMostTotal = 1u << 20;                   ///< bytes of all values
constexpr std::size_t kMostPages = 500;
constexpr std::size_t kMostContent = 16u << 20;  ///< of all pages, inflated
constexpr int kPushButton = 1 << 16;             ///< /Ff bit 17

/// Gathers a stream, and lets it grow no further than that.
class Gathered : public Pipeline {
 public:
  explicit Gathered(std::size_t most) : Pipeline("gathered", nullptr), most_(most) {}
  void write(const unsigned char* data, std::size_t size) override {
    if (text.size() + size > most_) throw std::runtime_error("a stream is too long");
    text.append(reinterpret_cast<const char*>(data), size);
  }
  void finish() override {}
  std::string text;

 private:
  std::size_t most_;
};

/// The inflated stream; an exception if it cannot be had whole.
std::string stream_text(QPDFObjectHandle stream, std::size_t most) {
  Gathered gathered(most);
  bool inflated = false;
  if (!stream.pipeStreamData(&gathered, &inflated, 0, qpdf_dl_generalized, true) || !inflated)
    throw std::runtime_error("a stream cannot be read");
  return std::move(gathered.text);
}

/// Text as people typed it: line ends made one, language marks (ESC … ESC) left out, always UTF-8.
std::string plain_text(QPDFObjectHandle string, std::size_t most) {
  std::string text = string.getUTF8Value();
  if (!pipeline::is_utf8(text)) {
    // Some programs write the bytes of a Windows code page as they are.
    auto decoded = pipeline::from_gb18030(string.getStringValue());
    text = decoded ? std::move(*decoded) : std::string();
  }
  text = pipeline::replace_all(pipeline::replace_all(std::move(text), "\r\n", "\n"), "\r", "\n");
  constexpr std::size_t kLongestMark = 16;
  for (std::size_t at = text.find('\x1B'); at != text.npos; at = text.find('\x1B', at)) {
    const std::size_t end = text.find('\x1B', at + 1);
    const bool mark = end != text.npos && end - at <= kLongestMark;
    text.erase(at, mark ? end - at + 1 : 1);
  }
  return pipeline::shorten(std::move(text), most);
}

std::string value_text(QPDFObjectHandle value) {
  if (value.isString()) return plain_text(value, kMostText);
  if (value.isName()) {
    std::string name = value.getName().substr(1);
    return pipeline::is_utf8(name) ? pipeline::shorten(name, kMostText) : std::string();
  }
  if (value.isStream())
    return plain_text(QPDFObjectHandle::newString(stream_text(value, kMostText)), kMostText);
  if (value.isArray() && value.getArrayNItems() > 0) {
    QPDFObjectHandle first = value.getArrayItem(0);
    return first.isArray() ? std::string() : value_text(first);
  }
  if (value.isInteger()) return std::to_string(value.getIntValue());
  if (value.isReal()) return value.getRealValue();
  if (value.isBool()) return value.getBoolValue() ? "true" : "false";
  return {};
}

/// Walks the tree of fields.
class Fields {
 public:
  std::vector<PdfField> list;

  void walk(QPDFObjectHandle fields) {
    if (fields.isArray())
      for (int i = 0; i < fields.getArrayNItems(); ++i) field(fields.getArrayItem(i), {}, 0);
  }

 private:
  /// What a field hands down to those below it.
  struct Above {
    std::string name;
    QPDFObjectHandle type = QPDFObjectHandle::newNull(), value = QPDFObjectHandle::newNull(),
                     flags = QPDFObjectHandle::newNull(), options = QPDFObjectHandle::newNull();
  };

  void field(QPDFObjectHandle node, Above above, int depth) {
    if (!node.isDictionary()) return;
    count_node();
    if (depth > kMostDepth) throw std::runtime_error("fields lie too deep");
    if (node.isIndirect() && !seen_.insert(node.getObjGen()).second) return;
    if (auto name = node.getKey("/T"); name.isString()) {
      if (!above.name.empty()) above.name += '.';
      above.name = pipeline::shorten(above.name + plain_text(name, kMostName), kMostName);
    }
    const auto inherit = [&](const char* key, QPDFObjectHandle& to) {
      if (auto own = node.getKey(key); !own.isNull()) to = own;
    };
    inherit("/FT", above.type);
    inherit("/V", above.value);
    inherit("/Ff", above.flags);
    inherit("/Opt", above.options);
    std::vector<QPDFObjectHandle> widgets{node};
    bool terminal = true;
    if (auto kids = node.getKey("/Kids"); kids.isArray())
      for (int i = 0; i < kids.getArrayNItems(); ++i) {
        auto kid = kids.getArrayItem(i);
        if (kid.isDictionary() && kid.getKey("/T").isString()) {
          terminal = false;
          field(kid, above, depth + 1);
        } else if (kid.isDictionary()) {
          count_node();
          widgets.push_back(kid);
        }
      }
    if (terminal && !above.name.empty()) tell(above, widgets);
  }

  void count_node() {
    if (++nodes_ > kMostNodes) throw std::runtime_error("there are too many fields");
  }

  void tell(Above of, std::vector<QPDFObjectHandle> widgets) {
    const std::string type = of.type.isName() ? of.type.getName().substr(1) : "";
    const bool button = type == "Btn";
    if (type == "Sig") return;
    if (button && of.flags.isInteger() && (of.flags.getIntValue() & kPushButton) != 0) return;
    std::string value = value_text(of.value);
    if (of.value.isNull())
      for (QPDFObjectHandle& widget : widgets) {
        std::string shown = value_text(widget.getKey(button ? "/AS" : "/V"));
        if (!shown.empty() && (value.empty() || value == "Off")) value = std::move(shown);
      }
    if (type == "Ch") value = exported(of.options, value);
    text_ += value.size();
    if (text_ > kMostTotal) throw std::runtime_error("fields hold too much");
    list.push_back({of.name, pipeline::is_utf8(type) ? type : "", value});
  }

  /// Some viewers write the text that they show into /V, not the value that it stands for.
  static std::string exported(QPDFObjectHandle options, const std::string& value) {
    if (!options.isArray()) return value;
    const int most = std::min(options.getArrayNItems(), kMostNodes);
    std::string meant = value;
    for (int i = 0; i < most; ++i) {
      auto option = options.getArrayItem(i);
      if (!option.isArray() || option.getArrayNItems() != 2) continue;
      const std::string code = value_text(option.getArrayItem(0));
      if (code == value) return value;
      if (meant == value && value_text(option.getArrayItem(1)) == value) meant = code;
    }
    return meant;
  }

  std::set<QPDFObjGen> seen_;
  int nodes_ = 0;
  std::size_t text_ = 0;
};

/// The operands of all operators that show text, one after the other.
std::string shown_text(const std::string& content) {
  std::string shown;
  std::string operands;
  auto input = std::make_shared<BufferInputSource>("content", content);
  QPDFTokenizer tokenizer;
  tokenizer.allowEOF();
  for (;;) {
    const QPDFTokenizer::Token token = tokenizer.readToken(input, "content", true);
    if (token.getType() == QPDFTokenizer::tt_eof) return shown;
    if (token.getType() == QPDFTokenizer::tt_string) operands += token.getValue();
    if (token.getType() != QPDFTokenizer::tt_word) continue;
    const std::string& word = token.getValue();
    if (word == "Tj" || word == "TJ" || word == "'" || word == "\"") shown += operands;
    operands.clear();
    if (word == "ID") {
      char blank = 0;
      input->read(&blank, 1);
      tokenizer.expectInlineImage(input);
    }
  }
}

std::string page_content(QPDFObjectHandle page, std::size_t most) {
  auto contents = page.getKey("/Contents");
  if (contents.isStream()) return stream_text(contents, most);
  std::string all;
  if (contents.isArray())
    for (int i = 0; i < contents.getArrayNItems(); ++i) {
      auto part = contents.getArrayItem(i);
      if (part.isStream()) all += stream_text(part, most - all.size()) + "\n";
      if (all.size() >= most) throw std::runtime_error("a page is too long");
    }
  return all;
}

/// Of all pages; "" if one of them cannot be read.
std::string content_digest(const std::vector<QPDFObjectHandle>& pages) {
  if (pages.size() > kMostPages) return {};
  std::string shown;
  std::size_t left = kMostContent;
  try {
    for (QPDFObjectHandle page : pages) {
      const std::string content = page_content(page, left);
      left -= std::min(left, content.size());
      shown += shown_text(content) + '\f';
    }
  } catch (const std::exception&) {
    return {};
  }
  return pipeline::sha256(shown);
}

PdfForm read(std::string_view bytes) {
  QPDF pdf;
  pdf.setSuppressWarnings(true);
  pdf.processMemoryFile("form", bytes.data(), bytes.size());
  const std::vector<QPDFObjectHandle> pages = pdf.getAllPages();
  QPDFObjectHandle root = pdf.getRoot();
  QPDFObjectHandle form =
      root.isDictionary() ? root.getKey("/AcroForm") : QPDFObjectHandle::newNull();
  Fields fields;
  if (form.isDictionary()) fields.walk(form.getKey("/Fields"));
  PdfForm out;
  out.pages = static_cast<int>(pages.size());
  out.xfa = form.isDictionary() && form.hasKey("/XFA");
  out.content = content_digest(pages);
  out.fields = std::move(fields.list);
  return out;
}

}  // namespace

PdfForm read_pdf_form(std::string_view bytes) {
  PdfForm out;
  try {
    return read(bytes);
  } catch (const QPDFExc& e) {
    // A file that another key than a password opens is as closed to us.
    out.password = e.getErrorCode() == qpdf_e_password || e.getErrorCode() == qpdf_e_unsupported;
    out.damaged = !out.password;
  } catch (const std::exception&) {
    // Whatever the library makes of it: the file is at fault.
    out.damaged = true;
  }
  return out;
}

void warm_up_pdf_form() {
  // Each way of encrypting has libraries of its own that open their settings when first used.
  for (const bool modern : {false, true}) {
    QPDF pdf;
    pdf.emptyPDF();
    QPDFWriter writer(pdf);
    writer.setOutputMemory();
    if (modern)
      writer.setR6EncryptionParameters("", "x", true, true, true, true, true, true, qpdf_r3p_full,
                                       true);
    else
      writer.setR3EncryptionParametersInsecure("", "x", true, true, true, true, true, true,
                                               qpdf_r3p_full);
    writer.write();
    const std::shared_ptr<Buffer> bytes = writer.getBufferSharedPointer();
    read_pdf_form({reinterpret_cast<const char*>(bytes->getBuffer()), bytes->getSize()});
  }
}

}  // namespace prepare
