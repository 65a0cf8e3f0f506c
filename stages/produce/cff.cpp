#include "stages/produce/cff.hpp"

#include <stdexcept>

#include "pipeline/fault.hpp"

namespace produce {
namespace {

constexpr int kCharset = 15, kCharStrings = 17, kPrivate = 18, kSubrs = 19, kRos = 1230,
              kFdArray = 1236, kFdSelect = 1237;
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
  std::size_t offset = 1;
  put_number(to, offset, width);
  for (const auto& item : items) put_number(to, offset += item.size(), width);
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
    font_of_glyph_.assign(fonts.begin(), fonts.end());
  } else if (format == 3) {
    const std::size_t ranges = number(at + 1, 2);
    for (std::size_t r = 0, range = at + 3; r < ranges; r++, range += 3) {
      const std::size_t end = std::min<std::size_t>(number(range + 3, 2), charstrings_.count);
      for (std::size_t glyph = number(range, 2); glyph < end; glyph++) {
        font_of_glyph_[glyph] = static_cast<std::uint8_t>(number(range + 2, 1));
      }
    }
  } else {
    refuse("unknown FDSelect format");
  }
}

void Cff::make_prefix(const Index& names, std::string_view strings, std::string top,
                      const Index& font_dicts) {
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
  for (std::size_t i = 0; i < font_dicts.count; i++) {
    std::string font, hints;
    for (const auto& o : operators(item(font_dicts, i))) {
      if (o.code != kPrivate) {
        put_operator(font, o.operands, o.code);
        continue;
      }
      for (const auto& p : operators(table_.substr(o.values.at(1), o.values.at(0)))) {
        if (p.code == kSubrs) refuse("the font has local subroutines");
        put_operator(hints, p.operands, p.code);
      }
      put_operator(font, five_bytes(hints.size()) + five_bytes(prefix_.size()), kPrivate);
      prefix_ += hints;
    }
    fonts.push_back(std::move(font));
  }
  set_offset(prefix_, top_offsets_ + kFdArrayAt, prefix_.size());
  put_index(prefix_, {fonts.begin(), fonts.end()});
}

Cff::Cff(std::string_view table) : table_(table) {
  try {
    const Index names = index(number(2, 1)), tops = index(names.end), strings = index(tops.end);
    if (index(strings.end).count != 0) refuse("the font has global subroutines");
    std::size_t font_dicts = 0, font_select = 0;
    bool cid_keyed = false;
    std::string top;
    for (const auto& o : operators(item(tops, 0))) {
      if (o.code == kCharStrings) charstrings_ = index(o.values.at(0));
      if (o.code == kFdArray) font_dicts = o.values.at(0);
      if (o.code == kFdSelect) font_select = o.values.at(0);
      if (o.code == kRos) cid_keyed = true;
      if (o.code != kCharset && o.code != kCharStrings && o.code != kFdArray &&
          o.code != kFdSelect) {
        put_operator(top, o.operands, o.code);
      }
    }
    if (!cid_keyed || charstrings_.count == 0) refuse("the font is not CID-keyed");
    read_font_of_glyph(font_select);
    make_prefix(names, table_.substr(tops.end, strings.end - tops.end), std::move(top),
                index(font_dicts));
  } catch (const std::out_of_range&) {
    refuse("an offset leads out of the table");
  }
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
  out += '\0';
  out += static_cast<char>(font_of_glyph_[0]);
  std::vector<std::string_view> charstrings{item(charstrings_, 0)};
  charstrings.reserve(glyphs.size() + 1);
  for (const auto glyph : glyphs) {
    out += static_cast<char>(font_of_glyph_[glyph]);
    charstrings.push_back(item(charstrings_, glyph));
  }
  set_offset(out, top_offsets_ + kCharStringsAt, out.size());
  put_index(out, charstrings);
  return out;
}

}  // namespace produce
