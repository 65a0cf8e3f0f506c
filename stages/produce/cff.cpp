#include "stages/produce/cff.hpp"

#include <algorithm>
#include <stdexcept>

#include "pipeline/fault.hpp"
#include "stages/produce/charstring.hpp"

namespace produce {
namespace {

constexpr int kEncoding = 16, kCharset = 15, kCharStrings = 17, kPrivate = 18, kSubrs = 19,
              kFontBBox = 5, kCharstringType = 1206, kFontMatrix = 1207, kRos = 1230,
              kCidCount = 1234, kFdArray = 1236, kFdSelect = 1237;
/// Strings of the table's own are numbered after the 391 that every font has.
constexpr std::size_t kFirstString = 391;
// The offsets at the end of our top DICT, in this order, each five bytes and its operator.
constexpr std::size_t kCharsetAt = 0, kCharStringsAt = 6, kFdSelectAt = 12, kFdArrayAt = 19;

[[noreturn]] void refuse(const std::string& why) {
  throw pipeline::Fault(pipeline::FaultKind::Stop, "read a font's CFF table", why);
}

void put_number(std::string& to, std::size_t value, std::size_t width) {
  while (width-- > 0) to += static_cast<char>(value >> (8 * width));
}

void put_operator(std::string& to, std::string_view operands, int code) {
  to += operands;
  if (code >= 1200) {
    to += '\x0c';
    to += static_cast<char>(code - 1200);
  } else {
    to += static_cast<char>(code);
  }
}

std::string five_bytes(std::size_t value) {
  std::string out(1, '\x1d');
  put_number(out, value, 4);
  return out;
}

void set_offset(std::string& in, std::size_t at, std::size_t value) {
  in.replace(at, 5, five_bytes(value));
}

void put_index(std::string& to, const std::vector<std::string_view>& items) {
  std::size_t total = 1;
  for (const auto& item : items) total += item.size();
  const std::size_t width = total < 0x10000 ? 2 : 4;
  put_number(to, items.size(), 2);
  to += static_cast<char>(width);
  const std::size_t offsets = to.size(), places = (items.size() + 1) * width;
  to.reserve(offsets + places + total - 1);
  to.resize(offsets + places);
  char* at = to.data() + offsets;
  std::size_t offset = 1;
  const auto put_offset = [&] {
    for (std::size_t i = width; i > 0; i--) *at++ = static_cast<char>(offset >> (8 * (i - 1)));
  };
  put_offset();
  for (const auto& item : items) {
    offset += item.size();
    put_offset();
  }
  for (const auto& item : items) to += item;
}

}  // namespace

std::uint32_t Cff::number(std::size_t at, std::size_t width) const {
  std::uint32_t value = 0;
  for (const char c : table_.substr(at, width)) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

Cff::Index Cff::index(std::size_t at) const {
  Index in;
  in.count = number(at, 2);
  in.end = at + 2;
  if (in.count == 0) return in;
  in.offset_width = number(at + 2, 1);
  in.offsets = at + 3;
  in.data = in.offsets + (in.count + 1) * in.offset_width - 1;
  in.end = in.data + number(in.offsets + in.count * in.offset_width, in.offset_width);
  if (in.end > table_.size()) refuse("an INDEX leads out of the table");
  return in;
}

std::string_view Cff::item(const Index& in, std::size_t i) const {
  const std::size_t from = number(in.offsets + i * in.offset_width, in.offset_width);
  const std::size_t to = number(in.offsets + (i + 1) * in.offset_width, in.offset_width);
  if (from > to || in.data + to > table_.size()) refuse("an item leads out of the table");
  return table_.substr(in.data + from, to - from);
}

std::vector<Cff::Operator> Cff::operators(std::string_view dict) {
  std::vector<Operator> out;
  std::vector<int> values;
  const auto byte = [&](std::size_t at) {
    return static_cast<int>(static_cast<std::uint8_t>(dict.at(at)));
  };
  for (std::size_t at = 0, operands = 0; at < dict.size();) {
    const int first = byte(at);
    if (first <= 21) {
      const int code = first == 12 ? 1200 + byte(at + 1) : first;
      out.push_back({code, dict.substr(operands, at - operands), std::move(values)});
      values.clear();
      at += first == 12 ? 2 : 1;
      operands = at;
    } else if (first == 28) {
      values.push_back(static_cast<std::int16_t>(byte(at + 1) << 8 | byte(at + 2)));
      at += 3;
    } else if (first == 29) {
      values.push_back(static_cast<int>(static_cast<unsigned>(byte(at + 1)) << 24 |
                                        byte(at + 2) << 16 | byte(at + 3) << 8 | byte(at + 4)));
      at += 5;
    } else if (first == 30) {  // a real number: nibbles up to 0xF
      do at++;
      while ((byte(at) & 15) != 15 && byte(at) >> 4 != 15);
      at++;
      values.push_back(0);
    } else if (first <= 246) {
      values.push_back(first - 139);
      at++;
    } else if (first <= 250) {
      values.push_back((first - 247) * 256 + byte(at + 1) + 108);
      at += 2;
    } else {
      values.push_back(-(first - 251) * 256 - byte(at + 1) - 108);
      at += 2;
    }
  }
  return out;
}

void Cff::read_font_of_glyph(std::size_t at) {
  font_of_glyph_.resize(charstrings_.count);
  const std::uint32_t format = number(at, 1);
  if (format == 0) {
    const auto fonts = table_.substr(at + 1, charstrings_.count);
    if (fonts.size() < charstrings_.count) refuse("its FDSelect is cut short");
    font_of_glyph_.assign(fonts.begin(), fonts.end());
  } else if (format == 3) {
    const std::size_t ranges = number(at + 1, 2);
    std::size_t glyph = 0;
    for (std::size_t r = 0, range = at + 3; r < ranges; r++, range += 3) {
      if (number(range, 2) != glyph) refuse("the ranges of its FDSelect do not follow each other");
      const std::size_t end = std::min<std::size_t>(number(range + 3, 2), charstrings_.count);
      for (; glyph < end; glyph++) {
        font_of_glyph_[glyph] = static_cast<std::uint8_t>(number(range + 2, 1));
      }
    }
    if (glyph < charstrings_.count) refuse("its FDSelect does not cover all glyphs");
  } else {
    refuse("unknown FDSelect format");
  }
}

std::string Cff::take_private(const Operator& pointer) {
  std::string hints;
  const std::size_t size = pointer.values.at(0), at = pointer.values.at(1);
  for (const auto& p : operators(table_.substr(at, size))) {
    if (p.code == kSubrs) {
      local_.back() = index(at + p.values.at(0));
    } else {
      put_operator(hints, p.operands, p.code);
    }
  }
  std::string out;
  put_operator(out, five_bytes(hints.size()) + five_bytes(prefix_.size()), kPrivate);
  prefix_ += hints;
  return out;
}

void Cff::make_prefix(const Index& names, std::string_view strings, std::string top,
                      const std::vector<std::string_view>& font_dicts) {
  const std::size_t kept = top.size();
  for (const int code : {kCharset, kCharStrings, kFdSelect, kFdArray}) {
    put_operator(top, five_bytes(0), code);
  }
  prefix_.assign("\1\0\4\4", 4);
  put_index(prefix_, {item(names, 0)});
  put_index(prefix_, {top});
  top_offsets_ = prefix_.size() - top.size() + kept;
  prefix_ += strings;
  prefix_.append(2, '\0');  // no global subroutines
  std::vector<std::string> fonts;
  for (const std::string_view from : font_dicts) {
    local_.emplace_back();
    std::string font;
    for (const auto& o : operators(from)) {
      if (o.code == kPrivate) {
        font += take_private(o);
      } else {
        put_operator(font, o.operands, o.code);
      }
    }
    fonts.push_back(std::move(font));
  }
  set_offset(prefix_, top_offsets_ + kFdArrayAt, prefix_.size());
  put_index(prefix_, {fonts.begin(), fonts.end()});
}

Cff::Cff(std::string_view table) : table_(table) {
  try {
    const Index names = index(number(2, 1)), tops = index(names.end), strings = index(tops.end);
    global_ = index(strings.end);
    std::size_t font_dicts = 0, font_select = 0;
    bool cid_keyed = false;
    std::string top, matrix_and_box, only_private;
    for (const auto& o : operators(item(tops, 0))) {
      if (o.code == kCharStrings) charstrings_ = index(o.values.at(0));
      if (o.code == kFdArray) font_dicts = o.values.at(0);
      if (o.code == kFdSelect) font_select = o.values.at(0);
      if (o.code == kRos) cid_keyed = true;
      if (o.code == kCharstringType && o.values.at(0) != 2) refuse("its glyphs are of Type 1");
      if (o.code == kPrivate) put_operator(only_private, o.operands, o.code);
      if (o.code == kFontMatrix || o.code == kFontBBox)
        put_operator(matrix_and_box, o.operands, o.code);
      if (o.code != kCharset && o.code != kCharStrings && o.code != kFdArray &&
          o.code != kFdSelect && o.code != kEncoding) {
        put_operator(top, o.operands, o.code);
      }
    }
    if (charstrings_.count == 0) refuse("it has no glyphs");
    if (cid_keyed) {
      read_font_of_glyph(font_select);
      const Index dicts = index(font_dicts);
      std::vector<std::string_view> fonts;
      for (std::size_t i = 0; i < dicts.count; i++) fonts.push_back(item(dicts, i));
      make_prefix(names, table_.substr(tops.end, strings.end - tops.end), std::move(top), fonts);
    } else {  // the glyphs have names: one font dictionary for all
      font_of_glyph_.assign(charstrings_.count, 0);
      std::string adobe_identity, ros;
      put_index(adobe_identity, {"Adobe", "Identity"});
      put_operator(ros, five_bytes(kFirstString) + five_bytes(kFirstString + 1) + five_bytes(0),
                   kRos);
      put_operator(matrix_and_box, five_bytes(charstrings_.count), kCidCount);
      make_prefix(names, adobe_identity, ros + matrix_and_box, {only_private});
    }
    for (const std::uint8_t font : font_of_glyph_)
      if (font >= local_.size()) refuse("a glyph has no font dictionary");
  } catch (const std::out_of_range&) {
    refuse("an offset leads out of the table");
  }
}

Cff::~Cff() {
  for (auto& page : flat_) {
    const std::unique_ptr<Page> strings(page.load());
    if (strings)
      for (auto& string : *strings) delete string.load();
  }
}

const std::string& Cff::charstring(std::uint16_t glyph) const {
  auto& slot = flat_[glyph >> 8];
  Page* page = slot.load();
  if (!page) {
    auto made = std::make_unique<Page>();
    if (slot.compare_exchange_strong(page, made.get())) page = made.release();
  }
  auto& place = (*page)[glyph & 0xFF];
  const std::string* known = place.load();
  if (known) return *known;
  const Index& local = local_[font_of_glyph_[glyph]];
  auto made = std::make_unique<const std::string>(
      flattened(item(charstrings_, glyph), [&](bool global, int called) {
        const Index& in = global ? global_ : local;
        const int bias = in.count < 1240 ? 107 : in.count < 33900 ? 1131 : 32768;
        const auto i = static_cast<std::size_t>(called + bias);
        if (called + bias < 0 || i >= in.count) refuse("a subroutine is not there");
        return item(in, i);
      }));
  if (place.compare_exchange_strong(known, made.get())) known = made.release();
  return *known;
}

std::string Cff::subset(const std::vector<std::uint16_t>& glyphs) const {
  std::string out = prefix_;
  set_offset(out, top_offsets_ + kCharsetAt, out.size());
  if (glyphs.empty()) {
    out += '\0';
  } else {  // one range: CID = glyph index
    out += '\2';
    put_number(out, 1, 2);
    put_number(out, glyphs.size() - 1, 2);
  }
  set_offset(out, top_offsets_ + kFdSelectAt, out.size());
  for (const auto glyph : glyphs)
    if (glyph >= glyph_count()) refuse("a glyph is not there");
  out += '\0';
  out += static_cast<char>(font_of_glyph_[0]);
  std::vector<std::string_view> charstrings{charstring(0)};
  std::size_t length = 0;
  charstrings.reserve(glyphs.size() + 1);
  for (const auto glyph : glyphs) {
    out += static_cast<char>(font_of_glyph_[glyph]);
    charstrings.push_back(charstring(glyph));
    length += charstrings.back().size();
  }
  constexpr std::size_t kOffset = 4;
  out.reserve(out.size() + length + kOffset * (charstrings.size() + 2) + charstrings[0].size());
  set_offset(out, top_offsets_ + kCharStringsAt, out.size());
  put_index(out, charstrings);
  return out;
}

}  // namespace produce
