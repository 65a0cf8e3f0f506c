#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"

// Approval forms by hand, right and wrong: a PDF of plain objects, its fields a real tree.

namespace form_pdf {

/// Objects 1, 2, …; the first is the catalogue.
inline std::string file_of(const std::vector<std::string>& objects,
                           const std::string& trailer = {}) {
  std::string out = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
  std::string table = "0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const std::string at = std::to_string(out.size());
    table += std::string(10 - at.size(), '0') + at + " 00000 n \n";
    out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const std::string size = std::to_string(objects.size() + 1);
  return out + "xref\n0 " + size + "\n" + table + "trailer\n<< /Size " + size + " /Root 1 0 R " +
         trailer + " >>\nstartxref\n" + std::to_string(out.size()) + "\n%%EOF\n";
}

inline std::string stream(const std::string& bytes, const std::string& entries = {}) {
  return "<< /Length " + std::to_string(bytes.size()) + " " + entries + " >>\nstream\n" + bytes +
         "\nendstream";
}

/// As PDF programs write text that is not ASCII: UTF-16 with a mark.
inline std::string text_string(std::string_view utf8) {
  std::string bytes = "\xFE\xFF";
  const auto unit = [&](std::uint32_t u) {
    bytes += static_cast<char>(u >> 8);
    bytes += static_cast<char>(u);
  };
  for (const char32_t c : pipeline::code_points(utf8)) {
    if (c >= 0x10000) {
      unit(0xD800 + ((c - 0x10000) >> 10));
      unit(0xDC00 + ((c - 0x10000) & 0x3FF));
    } else {
      unit(c);
    }
  }
  return "<" + pipeline::hex(bytes) + ">";
}

struct Field {
  std::string name;     ///< full, with dots
  std::string entries;  ///< of its dictionary, without /T and /Parent
};

inline Field text(const std::string& name, const std::string& value) {
  return {name, "/FT /Tx" + (value.empty() ? "" : " /V " + text_string(value))};
}
inline Field choice(const std::string& name, const std::string& value,
                    const std::string& options = {}) {
  return {name, "/FT /Ch /Ff 131072 /Opt [" + options + "]" +
                    (value.empty() ? "" : " /V " + text_string(value))};
}
/// A check box or a group of radio buttons; `state` without its slash.
inline Field button(const std::string& name, const std::string& state) {
  return {name, "/FT /Btn /V /" + state + " /AS /" + state};
}

/// An approval form of one page.
struct Form {
  std::vector<Field> fields;
  std::string page = "BT /F1 12 Tf <00480065> Tj [(a\\)) -20 (b)] TJ (c) ' 1 2 (d) \" ET";
  std::string printed = std::string("\x00\x48\x00\x65", 4) + "a)bcd";  ///< what the page shows
  std::string form_entries;                                            ///< of /AcroForm
  std::string trailer;
  bool with_form = true;

  std::string content() const { return pipeline::sha256(printed + "\f"); }

  Form& set(Field field) {
    for (Field& each : fields)
      if (each.name == field.name) {
        each = std::move(field);
        return *this;
      }
    fields.push_back(std::move(field));
    return *this;
  }
  Form& drop(std::string_view name) {
    std::erase_if(fields, [&](const Field& each) { return each.name == name; });
    return *this;
  }

  std::string bytes() const {
    std::vector<std::string> objects(4);
    std::string roots;
    // Parents by full name; each field hangs below its own.
    std::map<std::string, std::size_t> places;
    std::map<std::size_t, std::string> kids;
    std::vector<std::pair<std::size_t, std::string>> bodies;
    const auto place = [&](auto&& self, const std::string& name) -> std::size_t {
      objects.emplace_back();
      const std::size_t number = objects.size();
      const auto dot = name.rfind('.');
      const std::string reference = " " + std::to_string(number) + " 0 R";
      std::string body = "/T " + text_string(dot == name.npos ? name : name.substr(dot + 1));
      if (dot == name.npos) {
        roots += reference;
      } else {
        const std::string parent = name.substr(0, dot);
        if (!places.contains(parent)) {
          const std::size_t made = self(self, parent);
          places[parent] = made;
        }
        kids[places[parent]] += reference;
        body += " /Parent " + std::to_string(places[parent]) + " 0 R";
      }
      bodies.emplace_back(number, body);
      return number;
    };
    std::map<std::size_t, std::string> entries;
    for (const Field& field : fields) entries[place(place, field.name)] = field.entries;
    for (const auto& [number, body] : bodies) {
      const auto below = kids.find(number);
      objects[number - 1] = "<< " + body + " " + entries[number] +
                            (below == kids.end() ? "" : " /Kids [" + below->second + " ]") + " >>";
    }
    objects[0] =
        "<< /Type /Catalog /Pages 2 0 R" +
        (with_form ? " /AcroForm << /Fields [" + roots + " ] " + form_entries + " >>" : "") + " >>";
    objects[1] = "<< /Type /Pages /Count 1 /Kids [3 0 R] >>";
    objects[2] =
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>";
    objects[3] = stream(page);
    return file_of(objects, trailer);
  }
};

/// As the program leaves it in a queue: named, and nothing filled in.
inline Form blank_form() {
  Form form;
  form.fields = {
      text("case", "A-3F9A2C1B77D0"),
      text("round", "1"),
      text("queue", "unit-12652901PDY0001249"),
      text("token", "0123456789abcdef"),
      text("form_version", "1.2"),
      text("content", ""),
      choice("action", "",
             "[" + text_string("return") + text_string("退回申请人") + "][" +
                 text_string("report_up") + text_string("上报") + "]"),
      choice("target", "",
             "[" + text_string("11652901PDY000116H") + text_string("阿克苏市人社局（默认）") + "]"),
      text("recommendation_opinion", ""),
      text("modification_opinion", ""),
      text("reviewer.name", ""),
      button("confirmed", "Off"),
      button("checks.truthful", "Off"),
      button("checks.complete", "Off"),
      button("checks.valid", "Off"),
      button("items.S1.passed", "Off"),
      text("items.S1.opinion", ""),
      button("items.S3.passed", "Off"),
      text("items.S3.opinion", "")};
  form.set(text("content", form.content()));
  return form;
}

/// The same, filled in as a reviewer does who returns it.
inline Form filled_form() {
  Form form = blank_form();
  form.set(
      choice("action", "return", "[" + text_string("return") + text_string("退回申请人") + "]"));
  form.set(text("modification_opinion", "学历证书不清晰，\r请𬭎重新扫描"));
  form.set(text("reviewer.name", "阿卜杜热合曼·买买提"));
  form.set(button("confirmed", "Yes"));
  form.set(button("checks.truthful", "Yes"));
  form.set(button("items.S1.passed", "yes"));
  form.set(button("items.S3.passed", "no"));
  form.set(text("items.S3.opinion", "毕业证扫描件不清晰"));
  return form;
}

/// One empty page, in a file that differs from others.
inline std::string scan(const std::string& unique) {
  return file_of({"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                  "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>", stream(unique)});
}

}  // namespace form_pdf
