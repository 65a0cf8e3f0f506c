#include "stages/prepare/prepare.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/bind.hpp"
#include "stages/prepare/entry_name.hpp"
#include "stages/prepare/examine.hpp"
#include "stages/prepare/filled_form.hpp"
#include "stages/prepare/find_form.hpp"
#include "stages/prepare/findings.hpp"
#include "stages/prepare/judge.hpp"
#include "stages/prepare/packed_jpeg.hpp"
#include "stages/prepare/read_form.hpp"
#include "stages/prepare/zip.hpp"

namespace prepare {

namespace {

using pipeline::Entry;
using pipeline::Role;
using pipeline::Severity;

/// A hole that a copying program has not filled yet.
bool has_hole(std::string_view bytes) {
  constexpr std::size_t kPage = 4096;
  static const std::string kZeros(kPage, '\0');
  return bytes.find(kZeros) != bytes.npos;
}

bool has_extension(std::string_view name, std::string_view extension) {
  return pipeline::ascii_lower(name).ends_with(extension);
}

/// Of an archive that is not sound.
const char* code_of(ZipVerdict verdict) {
  return verdict == ZipVerdict::NotAZip     ? "NOT_A_ZIP"
         : verdict == ZipVerdict::Corrupt   ? "ZIP_CORRUPT"
         : verdict == ZipVerdict::Encrypted ? "ZIP_ENCRYPTED"
                                            : "ZIP_UNSAFE";
}

/// Strangers in the public folder share no reader.
std::string who_sent(const pipeline::Delivery& delivery) {
  return delivery.drop == "public" ? "public/" + delivery.name : delivery.drop;
}

class Preparation {
 public:
  Preparation(const pipeline::Delivery& delivery, const pipeline::Bytes& bytes, const Rules& rules)
      : delivery_(delivery), source_(bytes), rules_(rules), examiner_(rules, who_sent(delivery)) {}

  /// A stranger's reader need not wait: nothing more will come from there.
  ~Preparation() {
    if (delivery_.drop == "public") rules_.foreign->dismiss(who_sent(delivery_));
  }
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;

  pipeline::Submission run() {
    out_.sha256 = digest_of(source_);
    open();
    return std::move(out_);
  }

 private:
  void open() {
    out_.size = bytes_.size();
    // The line does not read what is larger: then only the delivery knows the size.
    if (std::max<std::uint64_t>(bytes_.size(), delivery_.size) > rules_.limits.bundle_mb << 20) {
      quarantine("ZIP_UNSAFE", "文件超过 " + std::to_string(rules_.limits.bundle_mb) + " MB");
      return;
    }
    const std::string type = sniff_type(bytes_);
    if (type == "json" || (has_extension(delivery_.name, ".json") && !bytes_.starts_with("PK")))
      open_bare("json");
    else if (type == "pdf")
      open_bare(type);
    else if (std::string why = unreadable_sheet(type, delivery_.name, bytes_); !why.empty())
      open_bare(type, why);
    else if (type == "zip" || type == "ooxml" || type == "ofd" || type == "unknown" ||
             type == "empty")
      open_zip(type);
    else
      quarantine("NOT_A_ZIP", "这是" + type_label(type));
  }

  void add(std::string_view code, const std::string& where,
           const pipeline::Arguments& arguments = {}) {
    out_.findings.push_back(make_finding(rules_.catalogue, code, where, arguments));
  }

  void warn(std::string_view code, const std::string& where, const pipeline::Arguments& arguments) {
    add(code, where, arguments);
    out_.findings.back().severity = Severity::Warning;
  }

  void quarantine(std::string_view code, const std::string& why, const std::string& where = {}) {
    constexpr std::size_t kShownOfPlace = 100;
    out_.opened = false;
    add(code, where, {{"detail", where.empty() ? why : cut(where, kShownOfPlace) + "：" + why}});
    for (Entry& entry : out_.entries) {
      entry.role = Role::Rejected;
      if (entry.note.empty()) entry.note = "压缩包未予打开";
    }
  }

  Entry& bare_entry(const std::string& type) {
    out_.opened = true;
    bare_ = true;
    Entry entry;
    entry.name = delivery_.name;
    entry.sha256 = out_.sha256;
    entry.size = out_.size;
    entry.type = type;
    entry.encoding = "utf8";
    out_.entries.push_back(std::move(entry));
    return out_.entries.back();
  }

  /// A form dropped as it is; `refusal`: why it cannot be read.
  void open_bare(const std::string& type, const std::string& refusal = {}) {
    bare_entry(type);
    form_ = 0;
    form_bytes_ = bytes_;
    if (refusal.empty())
      take_form();
    else
      refuse_form(0, refusal);
    bind_attachments(out_, {}, rules_);
  }

  void refuse_form(std::size_t place, const std::string& why) {
    Entry& entry = out_.entries[place];
    entry.role = Role::Rejected;
    entry.note = "表单无法读取";
    add("FORM_UNREADABLE", entry.name, {{"entry", entry.name}, {"detail", why}});
  }

  void open_zip(const std::string& sniffed) {
    const Zip zip = read_zip(bytes_, rules_.limits);
    // A document in a bundle shows its own names to who only sniffs.
    const auto holds = [&](std::string_view name) {
      return std::any_of(zip.entries.begin(), zip.entries.end(),
                         [&](const ZipEntry& entry) { return entry.name == name; });
    };
    const bool sound = zip.verdict == ZipVerdict::Sound;
    if (sound && holds("[Content_Types].xml")) {
      open_bare("ooxml");
      return;
    }
    if (!sound && has_extension(delivery_.name, ".xlsx") && !bytes_.empty()) {
      open_bare("ooxml", "这份表格的文件损坏（" + zip.why + "），" + kSaveAgain);
      out_.incomplete = zip.incomplete;
      return;
    }
    const bool ofd = sound ? holds("OFD.xml") : sniffed == "ofd";
    list(zip);
    if (ofd) {
      quarantine("NOT_A_ZIP", "这是 OFD 文件");
      return;
    }
    out_.incomplete = zip.incomplete;
    if (!sound) return quarantine(code_of(zip.verdict), zip.why, zip.where);
    out_.opened = true;
    read_entries(zip);
    if (out_.opened) {
      tell_recoded_names();
      take_form();
    }
    inflater().rest();
    if (!out_.opened) return;
    bind_attachments(out_, form_folder(), rules_);
    judge_attachments(out_, seen_, rules_);
  }

  void list(const Zip& zip) {
    for (const ZipEntry& from : zip.entries) {
      if (from.folder && from.size == 0) continue;
      Entry entry;
      entry.name = from.name;
      entry.size = from.size;
      entry.encoding = from.encoding;
      out_.entries.push_back(std::move(entry));
    }
  }

  void read_entries(const Zip& zip) {
    seen_.resize(out_.entries.size());
    for (const ZipEntry& from : zip.entries)
      if (!from.folder) sources_.push_back(&from);
    std::size_t place = 0;
    std::string broken;
    for (const ZipEntry& from : zip.entries) {
      if (from.folder) continue;
      Entry& entry = out_.entries[place];
      const bool candidate = from.problem.empty() && is_form_name(entry.name);
      if (!can_inflate(from.method)) {
        reject(entry, "压缩方法 " + method_name(from.method) + " 不受支持");
        add(candidate ? "FORM_UNREADABLE" : "ATTACHMENT_UNREADABLE", entry.name,
            {{"entry", entry.name},
             {"file", entry.name},
             {"detail", "压缩方法 " + method_name(from.method) +
                            " 不受支持，请用标准的 ZIP（Deflate）压缩。"}});
        unreadable_form_ = unreadable_form_ || candidate;
      } else if (from.too_large) {
        reject(entry, "文件过大");
        warn("ATTACHMENT_SIZE", entry.name,
             {{"file", entry.name},
              {"detail", "解压后超过 " + std::to_string(rules_.limits.entry_mb) + " MB"}});
      } else if (const auto content = inflater().read(bytes_, from)) {
        look_at(entry, place, *content, from);
      } else {
        reject(entry, "解压出错或校验不符");
        if (broken.empty()) broken = entry.name;
        out_.incomplete = out_.incomplete || has_hole(bytes_.substr(from.data, from.compressed));
      }
      source_.let_go(bytes_.substr(from.data, from.compressed));
      ++place;
    }
    if (!broken.empty()) quarantine("ZIP_CORRUPT", "解压出错或校验不符", broken);
  }

  static void reject(Entry& entry, std::string why) {
    entry.role = Role::Rejected;
    entry.note = std::move(why);
  }

  void look_at(Entry& entry, std::size_t place, std::string_view content, const ZipEntry& from) {
    const std::string& problem = from.problem;
    entry.sha256 = pipeline::sha256(content);
    if (!problem.empty()) {
      entry.type = sniff_type(content);
      reject(entry, problem);
      add("ENTRY_NAME_UNSAFE", entry.name, {{"entry", entry.name}, {"detail", problem + "。"}});
      return;
    }
    if (std::string junk = junk_note(entry.name); !junk.empty()) {
      entry.type = sniff_type(content);
      entry.role = Role::Ignored;
      entry.note = std::move(junk);
      return;
    }
    if (is_form_name(entry.name)) {
      entry.type = "json";
      candidates_.push_back(place);
      if (candidates_.size() == 1) form_bytes_kept_ = content;
      return;
    }
    Inspection& seen = seen_[place] = examiner_.examine(content);
    entry.type = seen.type;
    entry.pages = seen.pages;
    entry.width = seen.image.width;
    entry.height = seen.image.height;
    entry.orientation = seen.image.orientation;
    entry.located = seen.image.located;
    if (seen.flaw != Flaw::None) return;
    entry.packed = note_of(bytes_, from, content, seen.image, seen.jpeg);
    if (entry.packed.empty() && rules_.recent) rules_.recent->keep(entry.sha256, content);
  }

  void tell_recoded_names() {
    constexpr std::size_t kShownOfName = 30, kShown = 3;
    std::vector<std::string> names;
    for (const Entry& entry : out_.entries)
      if (entry.encoding == "gb18030") names.push_back(cut(entry.name, kShownOfName));
    if (names.empty()) return;
    const std::size_t count = names.size();
    names.resize(std::min(count, kShown));
    std::string shown = pipeline::join(names, "、");
    if (count > kShown) shown += "等" + std::to_string(count) + "个文件";
    add("ZIP_NAME_RECODED", {}, {{"detail", "GB18030"}, {"entry", shown}});
  }

  std::string form_folder() const {
    if (!form_) return {};
    const std::string& name = out_.entries[*form_].name;
    return name.substr(0, name.size() - base_name(name).size());
  }

  void take_form() {
    if (!form_ && !choose_form()) return;
    Entry& entry = out_.entries[*form_];
    entry.role = Role::Form;
    out_.form_name = entry.name;
    if (entry.type != "json") {
      take_paper(entry.type == "pdf");
      return;
    }
    DecodedForm decoded = decode_form(form_bytes_, rules_.limits);
    if (!decoded.error.empty()) {
      out_.incomplete = out_.incomplete || (bare_ && decoded.incomplete);
      refuse_form(*form_, decoded.error);
      return;
    }
    std::vector<pipeline::Finding> twice;
    for (const std::string& path : decoded.duplicates)
      twice.push_back(
          make_finding(rules_.catalogue, "FORM_DUPLICATE_KEY", path, {{"field", path}}));
    append_limited(out_.findings, std::move(twice), decoded.duplicate_count, rules_.catalogue);
    ReadForm read = read_form(decoded.value, rules_);
    out_.kind = std::move(read.kind);
    out_.form = std::move(read.form);
    std::move(read.findings.begin(), read.findings.end(), std::back_inserter(out_.findings));
  }

  void take_paper(bool pdf) {
    FilledForm filled = pdf ? read_approval_form(form_bytes_, delivery_.drop, rules_)
                            : read_filled_workbook(form_bytes_, rules_);
    if (std::string refusal = refusal_in(delivery_.drop);
        filled.kind == "review_decision" && !refusal.empty()) {
      filled = {};
      filled.refusal = std::move(refusal);
    }
    take_filled(std::move(filled));
  }

  void take_filled(FilledForm filled) {
    if (!filled.refusal.empty()) {
      out_.incomplete = bare_ && (filled.incomplete || has_hole(bytes_));
      refuse_form(*form_, filled.refusal);
    }
    out_.kind = std::move(filled.kind);
    out_.form = std::move(filled.form);
    out_.parts = std::move(filled.parts);
    out_.cells = std::move(filled.cells);
    std::move(filled.findings.begin(), filled.findings.end(), std::back_inserter(out_.findings));
  }

  bool holds_form(std::size_t place) {
    const auto bytes = inflater().read(bytes_, *sources_[place]);
    if (!bytes) return false;
    return out_.entries[place].type == "pdf" ? is_approval_form(*bytes, who_sent(delivery_), rules_)
                                             : is_filled_workbook(*bytes, rules_);
  }

  bool choose_form() {
    const auto holds = [this](std::size_t place) { return holds_form(place); };
    if (candidates_.size() == 1) {
      const auto more = forms_beside(out_.entries, form_bytes_kept_, rules_.limits, holds);
      candidates_.insert(candidates_.end(), more.begin(), more.end());
    }
    if (candidates_.empty() && !unreadable_form_) {
      candidates_ = filled_form_candidates(out_.entries, holds);
      // Inflated a second time: it was not known to be the form when it was looked at.
      if (candidates_.size() == 1)
        form_bytes_kept_ =
            inflater().read(bytes_, *sources_[candidates_[0]]).value_or(std::string_view());
    }
    if (candidates_.size() == 1) {
      form_ = candidates_[0];
      form_bytes_ = form_bytes_kept_;
      return true;
    }
    if (candidates_.size() > 1) {
      std::vector<std::string> names;
      for (const std::size_t place : candidates_) {
        names.push_back(out_.entries[place].name);
        reject(out_.entries[place], "一个压缩包只能有一份表单");
      }
      add("FORM_AMBIGUOUS", names[1], {{"entry", pipeline::join(names, "、")}});
      return false;
    }
    if (unreadable_form_) return false;
    const auto [place, why] = meant_as_form(out_.entries);
    if (!why.empty()) reject(out_.entries[place], "可能是表单，但不能采用");
    add("FORM_MISSING", why.empty() ? std::string() : out_.entries[place].name, {{"detail", why}});
    return false;
  }

  const pipeline::Delivery& delivery_;
  const pipeline::Bytes& source_;
  const std::string_view bytes_ = source_;
  const Rules& rules_;
  Examiner examiner_;
  pipeline::Submission out_;
  std::optional<std::size_t> form_;
  std::string_view form_bytes_;
  std::string form_bytes_kept_;
  std::vector<std::size_t> candidates_;
  std::vector<const ZipEntry*> sources_;  ///< of each entry
  bool unreadable_form_ = false;
  bool bare_ = false;             ///< the delivery is a form alone, in no archive
  std::vector<Inspection> seen_;  ///< of each entry
};

}  // namespace

pipeline::Submission prepare(const pipeline::Delivery& delivery, const pipeline::Bytes& bytes,
                             const Rules& rules) {
  pipeline::Submission submission = Preparation(delivery, bytes, rules).run();
  limit_findings(submission.findings);
  return submission;
}

}  // namespace prepare
