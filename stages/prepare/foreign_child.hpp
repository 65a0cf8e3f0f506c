#pragma once

// Foreign child: the far end of foreign.hpp, in the process that has nothing to lose.
//
//   takes   `dossier read-foreign <memory MB> <largest file MB>`, requests on standard input: a letter, four bytes of length
//           (least first), the file
//   gives   on standard output: one greeting, then an answer for each request, with four bytes of length before it; JSON unless it says otherwise:
//           P  {"pages","xfa","content","fields":[{"name","type","value"}]} or {"error":"password"|"damaged"}
//           I  {"pages","promised","repaired","locked","signed","xfa"} or {"error":…}
//           B  {"blank"} or {"error":"damaged"}
//           S  the pages of a PDF, as pdf_inspect.hpp describes it
//           N  a plain PNG, or nothing
//   faults  none: it ends, with a status that says why it could not begin
//
// It gives up everything but memory and its socket before it reads the first foreign byte.

#include <optional>
#include <string>
#include <string_view>

namespace prepare {

/// What the reader says when it is ready; no other program does.
constexpr std::string_view kForeignGreeting = "dossier foreign reader 1";

/// The answer to one request; nothing if no such task is known.
std::optional<std::string> answer_foreign(char task, std::string_view bytes);

/// Serves until its input ends; gives the exit status.
int serve_foreign(int argc, char** argv);

}  // namespace prepare
