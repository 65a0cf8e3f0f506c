#include "app/sample_bundle.hpp"

#include "pipeline/text.hpp"

namespace app {

Packing packing(Random& random) {
  Packing out;
  const int draw = random.between(1, 100);
  out.maker = draw <= 40   ? Maker::Windows
              : draw <= 54 ? Maker::SevenZip
              : draw <= 68 ? Maker::Mac
              : draw <= 76 ? Maker::Bandizip
                           : Maker::Program;
  out.top_folder = out.maker == Maker::Mac || (out.maker != Maker::Program && random.chance(50));
  const int text = random.between(1, 100);
  if (text <= 6)
    out.text = FormText::ByteOrderMark;
  else if (text <= 14)
    out.text = FormText::Gb18030;
  return out;
}

std::string form_text(const pipeline::Value& form, FormText text) {
  std::string bytes = form.dump(true) + "\n";
  if (text == FormText::ByteOrderMark) return "\xEF\xBB\xBF" + bytes;
  if (text == FormText::Gb18030) return pipeline::to_gb18030(bytes).value_or(bytes);
  return bytes;
}

std::vector<ZipEntry> entries_of(const Submitted& submitted, const Packing& packing,
                                 const std::string& title) {
  const std::string top = packing.top_folder ? title + "/" : "";
  std::vector<ZipEntry> entries;
  if (packing.top_folder && packing.maker != Maker::Windows) entries.push_back({top, {}});
  entries.push_back({top + "form.json", own(form_text(submitted.form, packing.text))});
  for (const Attachment& attachment : submitted.attachments)
    entries.push_back({top + attachment.file, attachment.content});
  if (packing.maker == Maker::Mac) {
    const std::string finder("\0\0\0\1Bud1\0\0\x10\0\0\0\x08\0", 16),
        fork("\0\5\x16\7\0\2\0\0Mac OS X", 16);
    entries.push_back({top + ".DS_Store", own(finder)});
    entries.push_back({"__MACOSX/" + top + "._form.json", own(fork)});
  }
  // Explorer leaves it in folders whose pictures were looked at.
  if (packing.maker == Maker::Windows && packing.top_folder)
    entries.push_back(
        {top + "Thumbs.db", own("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(504, '\0'))});
  return entries;
}

std::string pack(const std::vector<ZipEntry>& entries, const Packing& packing, int minutes) {
  ZipStyle style;
  style.encrypted = packing.encrypted;
  switch (packing.maker) {
    case Maker::Windows:
      style.names = NameCoding::Gbk;
      break;
    case Maker::SevenZip:
      break;
    case Maker::Mac:
      style.names = NameCoding::Utf8Unflagged;
      style.descriptors = style.unix_host = true;
      break;
    case Maker::Bandizip:
      style.names = NameCoding::GbkUnicodeExtra;
      break;
    case Maker::Program:
      style.deflate = false;
      style.unix_host = true;
      break;
  }
  return zip_bytes(entries, style, minutes);
}

}  // namespace app
