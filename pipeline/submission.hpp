#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pipeline/finding.hpp"
#include "pipeline/value.hpp"

// Submission: what prepare made of one bundle; all that decide and produce ever learn of it.

namespace pipeline {

/// One file that lies in the inbox.
struct Delivery {
  std::string
      drop;  ///< the folder it lies in: "unit-…", "agency-…", "committee-…"; "public" for the inbox itself
  std::string name;  ///< file name as dropped
  std::string path;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::uint64_t inode = 0;
};

enum class Role { Form, Attachment, Ignored, Rejected };

/// "form", "attachment", "ignored" or "rejected".
std::string_view name(Role role);

/// One entry of a bundle (a bundle that is a form alone has one). Each has exactly one fate: its role.
struct Entry {
  std::string name;  ///< decoded, "/" between folders, the single top folder kept
  Role role = Role::Attachment;
  std::string slot;        ///< "A01", "U03"; "" if not bound
  std::string sha256;      ///< of the inflated bytes; "" for what was not read
  std::uint64_t size = 0;  ///< inflated, bytes
  std::string
      type;  ///< by content: jpeg png pdf tiff bmp gif webp heic avif ofd ole ooxml json zip rar 7z text empty unknown
  int pages = 0;              ///< PDF only, 0 if not counted
  int width = 0, height = 0;  ///< pixels as stored, images only
  int orientation = 1;        ///< images: EXIF's 1–8, how it must be turned to stand upright
  bool located = false;       ///< images: it says where it was taken, which is for nobody else
  std::string encoding;       ///< what decided its name: ascii utf8 unicode-extra gb18030
  std::string packed;         ///< JPEG: how a paper can show it as it is packed; "" if it cannot
  std::string note;           ///< Chinese: why ignored or rejected; what is odd about an attachment
};

struct Submission {
  std::string sha256;  ///< of the bundle's bytes
  std::uint64_t size = 0;
  bool opened =
      false;  ///< false: it could not be opened at all and goes to quarantine; findings say why
  bool incomplete = false;  ///< it looks like a copy that is not finished
  std::string kind;         ///< "unit_registration"…; "" if there is no readable form
  Value
      form;  ///< normalised: codes, ID numbers, dates (YYYY-MM-DD or YYYY-MM) and enumerations in their canonical writing
  std::string form_name;
  std::map<std::string, std::string>
      cells;  ///< of a form that is a sheet, where it has each place of the form: "unit.name" -> "C7"
  std::vector<Entry> entries;
  std::vector<Finding> findings;
  std::vector<Submission>
      parts;  ///< of a worklist: one decision a filled row, each with its own form, findings and form_name ("第 5 行")
};

}  // namespace pipeline
