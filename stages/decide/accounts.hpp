#pragma once

#include <string>

#include "stages/decide/matter.hpp"

// Accounts: who may use which username (H29–H35, Q7–Q9). A person is an ID number; person and username belong together
// one to one, and one username may serve several units. Each province is a system of its own.

namespace decide {

/// {username,handler,handler_id,credential,units:[{uscc,permissions}]}; null if nobody has it.
pipeline::Value account_of(const pipeline::View& view, const Rules& rules,
                           const std::string& province, const std::string& username);
/// {username,name}; null if the person has no account.
pipeline::Value person_of(const pipeline::View& view, const Rules& rules,
                          const std::string& province, const std::string& id_number);

/// Reports every conflict of the form's account and handler, not only the first (Q9).
void check_account(Matter& matter, const std::string& province);

/// What to keep of a password digest: keyed, so that the ledger does not give it away. "" for "".
std::string credential(const Rules& rules, std::string_view username, std::string_view digest);

/// Gives the account these permissions for that unit; adds what it changes to `event`.
void grant(const pipeline::View& view, const Rules& rules, pipeline::Event& event,
           const pipeline::Value& case_document, const std::vector<std::string>& permissions);

}  // namespace decide
