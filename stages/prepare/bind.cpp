#include "stages/prepare/bind.hpp"

#include <map>

#include "pipeline/text.hpp"
#include "stages/prepare/attachment.hpp"
#include "stages/prepare/entry_name.hpp"
#include "stages/prepare/findings.hpp"

namespace prepare {

namespace {

using pipeline::Entry;
using pipeline::Role;
using pipeline::Value;

class Binder {
 public:
  Binder(pipeline::Submission& submission, std::string_view folder, const Rules& rules)
      : submission_(submission),
        folder_(name_key(folder)),
        rules_(rules),
        family_(slot_family(submission.kind)) {}

  void run() {
    if (family_.empty()) {
      set_aside();
      return;
    }
    for (std::size_t i = 0; i < submission_.entries.size(); ++i) {
      const std::string key = name_key(submission_.entries[i].name);
      by_name_.emplace(key, i);
      if (key.starts_with(folder_)) by_name_.emplace(key.substr(folder_.size()), i);
      by_base_[std::string(base_name(key))].push_back(i);
    }
    follow_list();
    for (Entry& entry : submission_.entries)
      if (entry.role == Role::Attachment && entry.slot.empty()) bind_by_name(entry);
    find_duplicates();
  }

 private:
  void add(std::string_view code, const std::string& where, const pipeline::Arguments& arguments) {
    submission_.findings.push_back(make_finding(rules_.catalogue, code, where, arguments));
  }

  void set_aside() {
    if (submission_.kind.empty()) return;
    for (Entry& entry : submission_.entries) {
      if (entry.role != Role::Attachment) continue;
      entry.role = Role::Ignored;
      entry.note = "这项业务不需要附件，未采用";
    }
  }

  Entry* named(std::string_view file) {
    std::string key = pipeline::replace_all(name_key(file), "\\", "/");
    while (key.starts_with("./")) key.erase(0, 2);
    if (const auto found = by_name_.find(key); found != by_name_.end())
      return &submission_.entries[found->second];
    const auto base = by_base_.find(std::string(base_name(key)));
    if (base != by_base_.end() && base->second.size() == 1)
      return &submission_.entries[base->second[0]];
    return nullptr;
  }

  void follow_list() {
    Value list = Value::array();
    for (const Value& line : submission_.form["attachments"].items()) {
      const std::string& file = line["file"].string();
      const std::string& slot = line["slot"].string();
      const std::string where = "attachments[" + line["at"].text() + "].file";
      Value kept = Value::object({{"file", file}});
      if (!slot.empty()) kept.set("slot", slot);
      list.push(std::move(kept));
      Entry* entry = named(file);
      if (!entry || entry->role == Role::Form || entry->role == Role::Ignored) {
        add("ATTACHMENT_MISSING", where,
            {{"file", file}, {"detail", "附件清单中列出了这个文件，但压缩包里没有。"}});
        continue;
      }
      if (slot.empty() || entry->slot == slot) continue;
      if (!entry->slot.empty()) {
        add("ATTACHMENT_DUPLICATE", entry->name,
            {{"file", file}, {"detail", entry->slot + "、" + slot}});
        continue;
      }
      entry->slot = slot;
    }
    if (!submission_.form["attachments"].is_null())
      submission_.form.set("attachments", std::move(list));
  }

  void bind_by_name(Entry& entry) {
    std::string_view name = entry.name;
    if (!folder_.empty() && name_key(name).starts_with(folder_))
      name.remove_prefix(name.find('/') + 1);
    const auto candidates = rules_.slots.candidates(name, family_);
    if (candidates.size() == 1) {
      entry.slot = candidates[0]->code;
      return;
    }
    // X61: a bundle of publicity photos needs no names.
    if (submission_.kind == "publicity_photo" && candidates.empty() && is_scan_type(entry.type)) {
      entry.slot = "A19";
      return;
    }
    std::vector<std::string> labels;
    for (const Slot* slot : candidates) labels.push_back(slot->code + " " + slot->name);
    add("ATTACHMENT_UNCLASSIFIED", entry.name,
        {{"file", entry.name}, {"candidate", pipeline::join(labels, "、")}});
  }

  void find_duplicates() {
    std::map<std::string_view, const Entry*> seen;
    for (const Entry& entry : submission_.entries) {
      if (entry.role != Role::Attachment || entry.size == 0 || entry.sha256.empty()) continue;
      const auto [same, added] = seen.emplace(entry.sha256, &entry);
      if (!added)
        add("ATTACHMENT_DUPLICATE", entry.name,
            {{"file", entry.name}, {"detail", same->second->name}});
    }
  }

  pipeline::Submission& submission_;
  std::string folder_;
  const Rules& rules_;
  std::string_view family_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_base_;
};

}  // namespace

void bind_attachments(pipeline::Submission& submission, std::string_view form_folder,
                      const Rules& rules) {
  Binder(submission, form_folder, rules).run();
}

}  // namespace prepare
