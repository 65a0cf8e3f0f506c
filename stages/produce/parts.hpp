#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/value.hpp"
#include "stages/produce/kit.hpp"
#include "stages/produce/sheet.hpp"

// Parts: what several papers have in common: cells by role, lists, dates, the footer.

namespace produce {

inline constexpr Style kText{Role::Song, 10.5, Align::Left, 1.4, 0};
/// What people filled in.
inline constexpr Style kFilled{Role::Kai, 10.5, Align::Left, 1.4, 0};
inline constexpr Style kSmall{Role::Song, 9, Align::Left, 1.35, 0};

/// What stands where nothing was given.
inline constexpr std::string_view kNone = "—";

Cell label(double width, std::string text);
Cell value(double width, std::string text);
Cell small(double width, std::string text, Align align = Align::Left);
/// One shaded row over the whole width, kept with what follows.
Row heading(std::string text);
Row list_header(std::vector<Cell> cells);
/// The row of values of a list.
Row list_row(std::vector<Cell> cells, int header);
/// The first rows of a list, and the last, stay on one page: none stands alone under a header.
void keep_ends_together(std::vector<Row>& rows, int header);
/// A label and its value, twice: 30/48/30/48 of domain §5.2.
Row pair(std::string label1, std::string value1, std::string label2, std::string value2);
/// A label and one value over the rest of the width.
Row single(std::string label1, std::string value1);
/// A box to write in, at least `height`: text, then signature, seal and date at its lower right.
/// Never a seal.
Row opinion_box(const std::string& label1, std::string text, std::string foot, double height);

/// 序号, 材料, 是否提供, 文件, 页数; appended with their heading.
void append_attachments(std::vector<Row>& rows, const pipeline::Value& attachments,
                        const std::string& title = "附件清单");
/// 序号, 级别, 位置, 问题, 怎么办, 依据; errors first. `kind` of the form in which they lie.
void append_findings(std::vector<Row>& rows, const pipeline::Value& findings, std::string_view kind,
                     const Kit& kit, const std::string& title = "系统检查");
/// 请注意: further lines for the reviewer, if there are any.
void append_attention(std::vector<Row>& rows, const pipeline::Value& lines);
/// 时间, 事项, 经办.
void append_history(std::vector<Row>& rows, const pipeline::Value& history,
                    const std::string& title = "办理记录");

std::string or_none(std::string text);
/// The time of a payload: microseconds, or ISO as receipts have it.
pipeline::Time time_of(const pipeline::Value& at);
std::string time_text(const pipeline::Value& at);
/// "2026年9月7日" of "2026-09-07", "2026年9月" of "2026-09", anything else as it is.
std::string day_text(const pipeline::Value& day);
std::string size_text(std::int64_t bytes);
std::string round_text(const pipeline::Value& payload);
/// "案件 R-… 第1轮 · SHA-256 3f9a2c1b77d0 · 生成 2026年11月22日 10:00"
std::string footer(std::string_view what, const pipeline::Value& payload,
                   const pipeline::Value& at);
/// What the QR code of a paper says: "DOSSIER:<case>;r<round>;<queue>", what is not known left empty; without a case
/// "DOSSIER:<first 12 of the bundle's SHA-256>".
std::string paper_code(const pipeline::Value& payload);
Metadata metadata(std::string title, std::string subject, const pipeline::Value& payload,
                  const pipeline::Value& at);

}  // namespace produce
