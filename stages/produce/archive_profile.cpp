#include "stages/produce/archive_profile.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace produce {

namespace {

void big_endian(std::string& to, std::uint32_t value, int bytes = 4) {
  for (int i = bytes - 1; i >= 0; i--) to += static_cast<char>((value >> (8 * i)) & 0xFF);
}

void fixed(std::string& to, double value) {
  constexpr double kOne = 65536;
  big_endian(to, static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(value * kOne))));
}

std::string values(const char* type, std::initializer_list<double> list) {
  std::string out(type);
  big_endian(out, 0);
  for (const double v : list) fixed(out, v);
  return out;
}

std::string words(std::string_view ascii) {
  std::string out = "mluc";
  for (const std::uint32_t v : {0U, 1U, 12U}) big_endian(out, v);
  out += "enUS";
  big_endian(out, static_cast<std::uint32_t>(2 * ascii.size()));
  big_endian(out, 28);
  for (const char c : ascii) big_endian(out, static_cast<unsigned char>(c), 2);
  return out;
}

/// A curve of type 3: ((x + 0.055) / 1.055) ^ 2.4, and x / 12.92 below 0.04045.
std::string curve() {
  std::string out = "para";
  big_endian(out, 0);
  big_endian(out, 3, 2);
  big_endian(out, 0, 2);
  for (const double v : {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045}) fixed(out, v);
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

}  // namespace

std::string srgb_profile() {
  // D65 adapted to D50 by Bradford, as the ICC's own sRGB profile has it.
  const std::string transfer = curve();
  const std::vector<std::pair<const char*, std::string>> tags{
      {"desc", words("sRGB IEC61966-2.1")},
      {"cprt", words("No copyright, use freely")},
      {"wtpt", values("XYZ ", {0.9642, 1.0, 0.8249})},
      {"chad", values("sf32", {1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925,
                               0.01508, 0.75168})},
      {"rXYZ", values("XYZ ", {0.43607, 0.22249, 0.01392})},
      {"gXYZ", values("XYZ ", {0.38515, 0.71687, 0.09708})},
      {"bXYZ", values("XYZ ", {0.14307, 0.06061, 0.71410})},
      {"rTRC", transfer},
      {"gTRC", transfer},
      {"bTRC", transfer}};
  constexpr std::size_t kHeader = 128;
  std::string table, data;
  big_endian(table, static_cast<std::uint32_t>(tags.size()));
  const std::size_t first = kHeader + 4 + 12 * tags.size();
  std::size_t curve_at = 0;
  for (const auto& [name, content] : tags) {
    const bool again = curve_at > 0 && content == transfer;
    const std::size_t at = again ? curve_at : first + data.size();
    if (content == transfer) curve_at = at;
    table += name;
    big_endian(table, static_cast<std::uint32_t>(at));
    big_endian(table, static_cast<std::uint32_t>(content.size()));
    if (again) continue;
    data += content;
    data.append((4 - data.size() % 4) % 4, '\0');
  }
  std::string header;
  big_endian(header, static_cast<std::uint32_t>(first + data.size()));
  big_endian(header, 0);
  big_endian(header, 0x04200000);
  header += "mntrRGB XYZ ";
  // The date of the standard: a profile that knew the day would not have the same bytes on the next.
  for (const std::uint32_t v : {1999U, 10U, 18U, 0U, 0U, 0U}) big_endian(header, v, 2);
  header += "acsp";
  header.append(4 + 4 + 4 + 4 + 8 + 4, '\0');
  for (const double v : {0.9642, 1.0, 0.8249}) fixed(header, v);
  header.resize(kHeader, '\0');
  return header + table + data;
}

std::string xmp_date(pipeline::Time at) {
  return pipeline::iso_time(at).substr(0, 19) + "+08:00";
}

std::string pdf_date(pipeline::Time at) {
  std::string digits = pipeline::iso_time(at).substr(0, 19);
  std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
  return "D:" + digits + "+08'00'";
}

std::string xmp_packet(const Metadata& about, const std::string& producer) {
  const auto simple = [](const std::string& name, const std::string& text) {
    return "<" + name + ">" + escaped(text) + "</" + name + ">\n";
  };
  const auto listed = [](const std::string& name, const char* kind, const char* language,
                         const std::string& text) {
    return "<" + name + "><rdf:" + kind + "><rdf:li" + language + ">" + escaped(text) +
           "</rdf:li></rdf:" + kind + "></" + name + ">\n";
  };
  constexpr const char* kDefault = " xml:lang=\"x-default\"";
  const std::string date = xmp_date(about.at);
  return "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
         "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
         "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
         "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
         "xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" "
         "xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n" +
         simple("dc:format", "application/pdf") + listed("dc:title", "Alt", kDefault, about.title) +
         listed("dc:creator", "Seq", "", about.author) +
         listed("dc:description", "Alt", kDefault, about.subject) +
         simple("pdf:Keywords", about.keywords) + simple("pdf:Producer", producer) +
         simple("xmp:CreateDate", date) + simple("xmp:ModifyDate", date) +
         simple("pdfaid:part", "2") + simple("pdfaid:conformance", "B") +
         "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>";
}

}  // namespace produce
