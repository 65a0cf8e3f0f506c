#pragma once

#include <memory>
#include <optional>
#include <string>

#include "pipeline/attachments.hpp"
#include "pipeline/vault.hpp"
#include "stages/prepare/kept_bundle.hpp"
#include "stages/prepare/rules.hpp"

// Kept attachments: shows what lies in the vault.
//
//   takes   the vault, the rules, whose attachments they are
//   gives   Attachments (pipeline/attachments.hpp)
//   faults  those of KeptBundle and of ForeignReaders
//
// What was inflated just now (recent_entries.hpp) is not inflated again. JPEG and PNG pass as they are, a JPEG that prepare has noted
// (packed_jpeg.hpp) even as it is packed; a PDF, and a PNG that has to be decoded, go to a reader (foreign.hpp), which serves `whose`
// only. A file that ends its reader has a page that says so: what a file may cost here is more than what it may cost when it is
// inspected, so that the same file has the same answer on a slow machine and on a fast one.

namespace prepare {

class KeptAttachments : public pipeline::Attachments {
 public:
  KeptAttachments(const pipeline::Vault& vault, const Rules& rules, std::string whose)
      : vault_(vault), rules_(rules), whose_(std::move(whose)) {}
  ~KeptAttachments() override;
  KeptAttachments(const KeptAttachments&) = delete;
  KeptAttachments& operator=(const KeptAttachments&) = delete;

  pipeline::Shown show(const pipeline::Value& attachment) override;
  std::size_t most_pages() const override { return rules_.limits.dossier_total_pages; }

 private:
  std::string_view kept(const std::string& bundle, std::uint64_t size, const std::string& sha256);
  pipeline::Shown show_picture(const std::string& type, std::string_view bytes);
  pipeline::Shown show_pages(std::string_view bytes);
  /// False: the file ended its reader.
  bool ask(ForeignTask task, std::string_view bytes);

  const pipeline::Vault& vault_;
  const Rules& rules_;
  const std::string whose_;
  std::optional<KeptBundle> bundle_;
  std::optional<std::string> recent_;
  std::string answer_;  ///< of the reader
};

}  // namespace prepare
