#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/outcome.hpp"
#include "pipeline/submission.hpp"
#include "pipeline/view.hpp"
#include "stages/decide/rules.hpp"

// Matter: one submission on the decider's desk, and the outcome as it grows. What all deciders share.

namespace decide {

struct Matter {
  const pipeline::Submission& submission;
  const pipeline::Delivery& delivery;
  const pipeline::View& view;
  const Rules& rules;
  pipeline::Time now;
  pipeline::Outcome out;

  const pipeline::Value& form() const { return submission.form; }
  /// The text at that path of the form; "" if absent or null.
  std::string text(std::string_view path) const { return submission.form.at_path(path).text(); }
  /// What a table answers to these facts; the row is kept in Outcome::rows, so that the answer can be explained.
  const pipeline::TableRow* ask(const pipeline::Table& table,
                                std::initializer_list<pipeline::Table::Input> facts);
  /// The same for tables that collect.
  std::vector<const pipeline::TableRow*> ask_all(
      const pipeline::Table& table, std::initializer_list<pipeline::Table::Input> facts);
  void find(std::string_view code, std::string where = {},
            const pipeline::Arguments& arguments = {});
  void find(std::string_view code, pipeline::Severity severity, std::string where,
            const pipeline::Arguments& arguments = {});
  /// What is told up to now: prepare's findings that are not settled, then decide's.
  std::vector<pipeline::Finding> findings() const;
  /// prepare or decide found an error: nothing takes effect.
  bool refused() const;
  /// By when whoever gets a case now has to decide it: YYYY-MM-DD.
  std::string due_day() const;
  /// Ends as Refused, with that message.
  void refuse(std::string message);
};

/// What the ledger or the directory knows of a unit; the ledger first. Null if neither does.
///   {uscc,name,nature,level,region,province,state,mode,receiving_units:[{uscc,default}],parent,portal,receives,…}
pipeline::Value unit_of(const pipeline::View& view, const Rules& rules, std::string_view uscc);
std::string unit_name(const pipeline::View& view, const Rules& rules, std::string_view uscc);

/// Whom a queue id names, for people: "长沙市芙蓉区人力资源和社会保障局专技科".
std::string queue_label(const pipeline::View& view, const Rules& rules, std::string_view queue);
/// The tables, or the ledger, know who that is. They may have changed since a case came into it.
bool is_queue_known(const pipeline::View& view, const Rules& rules, std::string_view queue);
/// Whom to call about it: "王主任 0731-…"; "" if not configured.
std::string queue_contact(const pipeline::View& view, const Rules& rules, std::string_view queue);

/// "unit" and the USCC of "unit-<USCC>"; {"agency","430102-pt"}; {"public",""}; {"unknown",…}.
std::pair<std::string, std::string> split_drop(std::string_view drop);

/// H17: a case is decided from the folder of its queue; H11: the PT section also decides what lies with the HR section.
bool may_decide(const std::string& drop, const std::string& queue);
/// The number of the case that this submission opens: that of its bytes, longer if another case has it already.
std::string new_case_number(const Matter& matter, char kind);
/// Numbers of the unit's cases of that kind (R, A, C: as above): who asks for its registration need not read its people's thousands
/// of applications.
std::vector<std::string> cases_of_unit(const pipeline::View& view, std::string_view uscc,
                                       char kind);

/// Who reviews the case now, in the words of common/actions.csv.
std::string review_stage(const pipeline::Value& case_document);

/// H41: what two usernames have in common that differ only in case or width.
std::string fold_username(std::string_view username);
/// H42: a decision on the core platform is visible from `effective_at` on; everything else at once.
bool is_effective(const pipeline::Value& case_document, pipeline::Time now);

/// The case's document with its indexes, as every change of it is put.
pipeline::Put put_case(pipeline::Value case_document);
/// "unit-12652901PDY0001249/2026": the rosters in which an application stands (X67), those of its year of every drop that it has
/// lain with, its unit's own included.
std::set<std::string> rosters_of(const pipeline::Value& case_document);
/// `bundle` is the SHA-256 of the delivery that brought it.
void add_history(pipeline::Value& case_document, pipeline::Time at, std::string what,
                 std::string by, std::string bundle);

/// The queue that holds the case, or, when it is decided, held it last.
std::string reviewing_queue(const pipeline::Value& case_document);

/// "审核通过" for "approved".
std::string state_label(const Rules& rules, std::string_view state);

std::int64_t count_warnings(const std::vector<pipeline::Finding>& findings);
/// The findings as papers show them.
pipeline::Value findings_for_paper(const std::vector<pipeline::Finding>& findings);
/// The bundle's attachments as papers show them: slot, name, item, file, type, pages, size.
pipeline::Value attachments_for_paper(const Rules& rules, const pipeline::Submission& submission);

/// Of attachments that an earlier release kept: names the item that each belongs to.
void name_items(const Rules& rules, pipeline::Value& attachments);

/// "queues/<queue>/<case>-r<round>"
std::string case_folder(std::string_view queue, std::string_view case_id, int round);

/// A letter of common/notices.csv, with what the table cannot know.
struct Letter {
  std::string_view notice;        ///< "returned"
  pipeline::Arguments arguments;  ///< beside case, round, unit, applicant, title, from, contact
  std::vector<std::string> details{};  ///< one a line, below the body: what was changed
  pipeline::Value reasons = pipeline::Value::array();  ///< {text,rule,item}
  std::string from;                                    ///< who decided
  std::string queue;                                   ///< whom to ask about it
};

/// Into the folder of the unit's own notices.
pipeline::Effect notice(const pipeline::View& view, const Rules& rules,
                        const pipeline::Value& case_document, Letter letter, pipeline::Time at);

}  // namespace decide
