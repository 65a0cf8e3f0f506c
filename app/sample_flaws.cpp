#include "app/sample_flaws.hpp"

#include <algorithm>
#include <cassert>

namespace app {

using pipeline::Value;

namespace {

bool is_registration(const Value& form) {
  return form["kind"].string() == "unit_registration";
}

void replace_check(Value& object, std::string_view key) {
  object.set(key, with_wrong_check(object[key].string()));
}

}  // namespace

std::string_view name(Flaw flaw) {
  static constexpr std::string_view kNames[] = {"",
                                                "uscc_check",
                                                "id_check",
                                                "self_supervision",
                                                "no_portal_account",
                                                "no_business_type",
                                                "receiving_level",
                                                "not_submitted",
                                                "unapproved_unit",
                                                "birth_mismatch",
                                                "sex_mismatch",
                                                "short_publicity",
                                                "title_level",
                                                "wrong_folder",
                                                "unconfirmed",
                                                "missing_attachment",
                                                "damaged_image",
                                                "form_missing",
                                                "two_forms",
                                                "unknown_kind",
                                                "path_traversal",
                                                "truncated",
                                                "encrypted",
                                                "disguised_rar",
                                                "duplicate"};
  static_assert(std::size(kNames) == kFlaws + 1);
  return kNames[static_cast<std::size_t>(flaw)];
}

Spoils spoils(Flaw flaw) {
  if (flaw <= Flaw::NotSubmitted) return Spoils::Registration;
  if (flaw <= Flaw::TitleLevel) return Spoils::Application;
  if (flaw <= Flaw::Unconfirmed) return Spoils::Decision;
  return Spoils::Anything;
}

void spoil(Submitted& submitted, Flaw flaw) {
  Value& form = submitted.form;
  Value& unit = is_registration(form) ? form.member("unit") : form;
  switch (flaw) {
    case Flaw::UsccCheck:
      replace_check(unit, "uscc");
      break;
    case Flaw::IdCheck:
      replace_check(form.member("handler"), "id_number");
      break;
    case Flaw::SelfSupervision:
      form.set("business_types", Value::array({"pt"}));
      form.set("review_target",
               Value::object(
                   {{"kind", "supervising_unit"}, {"uscc", unit["uscc"]}, {"name", unit["name"]}}));
      break;
    case Flaw::NoPortalAccount:  // H16: the bureau of 芙蓉区 is the one without a portal account.
      form.set("business_types", Value::array({"pt"}));
      form.set("review_target", Value::object({{"kind", "supervising_unit"},
                                               {"uscc", bureau("430102").uscc},
                                               {"name", bureau("430102").name}}));
      break;
    case Flaw::NoBusinessType:
      form.set("business_types", Value::array());
      break;
    case Flaw::ReceivingLevel:
      // X24–X26: a county's unit asks the prefecture, everybody else a county.
      form.set(
          "receiving_units",
          Value::array({Value::object(
              {{"uscc", bureau(unit["region"].string() == "652901" ? "652900" : "652901").uscc},
               {"default", true}})}));
      break;
    case Flaw::NotSubmitted:
      form.set("submit", false);
      break;
    case Flaw::BirthMismatch: {
      Value& applicant = form.member("applicant");
      const std::string id = applicant["id_number"].string();
      const int year = std::stoi(id.substr(6, 4)) + 1;
      applicant.set("birth_date",
                    std::to_string(year) + "-" + id.substr(10, 2) + "-" + id.substr(12, 2));
      break;
    }
    case Flaw::SexMismatch: {
      Value& applicant = form.member("applicant");
      applicant.set("sex", applicant["sex"].string() == "男" ? "女" : "男");
      break;
    }
    case Flaw::ShortPublicity:  // Four working days across a week-end.
      form.member("publicity").set("start", "2026-10-22");
      form.member("publicity").set("end", "2026-10-27");
      break;
    case Flaw::TitleLevel:
      form.member("target").set("level", form["target"]["level"].string() == "intermediate"
                                             ? "senior_associate"
                                             : "intermediate");
      break;
    case Flaw::Unconfirmed:
      form.set("confirmed", false);
      break;
    case Flaw::MissingAttachment:
      // The file stays named in the form, if the form names files.
      submitted.attachments.erase(submitted.attachments.begin());
      break;
    case Flaw::DamagedImage: {
      Content& content = submitted.attachments.front().content;
      std::string bytes;
      for (const Piece& piece : content) bytes += piece.shared ? piece.shared->bytes : piece.own;
      content = own(bytes.substr(0, bytes.size() / 3));
      break;
    }
    case Flaw::UnknownKind:
      form.set("kind", "salary_statement");
      break;
    default:
      break;
  }
}

void spoil(std::vector<ZipEntry>& entries, Packing& packing, Flaw flaw) {
  const auto form = std::find_if(entries.begin(), entries.end(), [](const ZipEntry& entry) {
    return entry.name.ends_with("form.json");
  });
  assert(form != entries.end());
  switch (flaw) {
    case Flaw::FormMissing:
      entries.erase(form);
      break;
    case Flaw::TwoForms: {
      ZipEntry second = *form;
      second.name = form->name == "form.json" ? "旧版/form.json" : "form.json";
      entries.push_back(std::move(second));
      break;
    }
    case Flaw::PathTraversal:
      entries.back().name = "../../" + entries.back().name;
      break;
    case Flaw::Encrypted:
      packing.encrypted = true;
      break;
    default:
      break;
  }
}

void spoil(std::string& archive, Flaw flaw) {
  // A copy that was broken off, and the archive of another program under a name that deceives.
  if (flaw == Flaw::Truncated) archive.resize(archive.size() * 2 / 3);
  if (flaw == Flaw::DisguisedRar) archive.replace(0, 8, std::string("Rar!\x1A\x07\x01\0", 8));
}

}  // namespace app
