#pragma once

#include "app/sample_forms.hpp"

// Sample bundles: a form and its attachments zipped as somebody's machine zips them.

namespace app {

enum class Maker { Windows, SevenZip, Mac, Bandizip, Program };
enum class FormText { Utf8, ByteOrderMark, Gb18030 };

struct Packing {
  Maker maker = Maker::Program;
  FormText text = FormText::Utf8;
  bool top_folder = false;
  bool encrypted = false;
};
Packing packing(Random& random);

std::string form_text(const pipeline::Value& form, FormText text);
/// The form and the attachments as the entries of a ZIP; `title` is the name of the top folder.
std::vector<ZipEntry> entries_of(const Submitted& submitted, const Packing& packing,
                                 const std::string& title);
/// `minutes` since 2026-11-20T00:00.
std::string pack(const std::vector<ZipEntry>& entries, const Packing& packing, int minutes);

}  // namespace app
