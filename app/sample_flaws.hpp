#pragma once

#include <string_view>

#include "app/sample_bundle.hpp"

// Sample flaws: what goes wrong in life, done to a submission that was right.
//
// To add one: a name here, and a case in the function whose kind of thing it spoils.

namespace app {

enum class Flaw {
  None,
  // the form of a registration
  UsccCheck,
  IdCheck,
  SelfSupervision,
  NoPortalAccount,
  NoBusinessType,
  ReceivingLevel,
  NotSubmitted,
  // the form of an application
  UnapprovedUnit,
  BirthMismatch,
  SexMismatch,
  ShortPublicity,
  TitleLevel,
  // a decision
  WrongFolder,
  Unconfirmed,
  // attachments
  MissingAttachment,
  DamagedImage,
  // the bundle
  FormMissing,
  TwoForms,
  UnknownKind,
  PathTraversal,
  Truncated,
  Encrypted,
  DisguisedRar,
  Duplicate,
};
inline constexpr int kFlaws = static_cast<int>(Flaw::Duplicate);  ///< without None

/// "uscc_check" …; "" for None.
std::string_view name(Flaw flaw);

/// Which kind of submission it can be done to.
enum class Spoils { Registration, Application, Decision, Anything };
Spoils spoils(Flaw flaw);

/// What the flaw changes in the form and its attachments.
void spoil(Submitted& submitted, Flaw flaw);
/// What it changes in the archive that is made of them.
void spoil(std::vector<ZipEntry>& entries, Packing& packing, Flaw flaw);
void spoil(std::string& archive, Flaw flaw);

}  // namespace app
