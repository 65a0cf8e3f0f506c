#pragma once

// Foreign child: the far end of foreign.hpp, in the processes that have nothing to lose.
//
//   takes   the nursery (foreign_nursery.hpp), which is one of two programs (picture_reader.cpp, pdf_reader.cpp): it greets on its
//           standard output, then takes on its standard input a NurseryRequest each, with one end of a socket, and answers with the
//           process id of the reader that it forked
//           a reader, on that socket: a letter, four bytes of length (least first), the file
//   gives   on that socket: one greeting, then an answer for each file, with four bytes of length before it; JSON unless it says otherwise:
//           P  {"pages","xfa","content","fields":[{"name","type","value"}]} or {"error":"password"|"damaged"}
//           I  {"pages","promised","repaired","locked","signed","xfa"} or {"error":…}
//           B  {"blank"} or {"error":"damaged"}
//           S  the pages of a PDF, as pdf_inspect.hpp describes it
//           N  a plain PNG, or nothing
//   faults  none: it ends, with a status that says why it could not begin
//
// The nursery gives up all system calls but those that it needs to bear readers; a reader everything but memory and its socket, before
// it reads the first foreign byte. Both ignore SIGTERM: who asked for them ends them, by closing its end.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace prepare {

/// What the nursery says when it is ready; no other program does.
constexpr std::string_view kNurseryGreeting = "dossier nursery 1";
/// And each reader.
constexpr std::string_view kForeignGreeting = "dossier foreign reader 1";

struct NurseryRequest {
  std::uint64_t memory_mb = 0;
  std::uint64_t largest_mb = 0;  ///< of the files
};

/// The answer to one request; nothing if no such task is known.
using ForeignAnswer = std::optional<std::string>(char task, std::string_view bytes);
ForeignAnswer answer_about_picture, answer_about_pdf;

/// Bears children until its input ends: each one has the socket it was born for as its standard input and output, and ends with what
/// `live` gives. Called by the only thread of a process; gives its exit status.
int serve_nursery(const std::function<int(const NurseryRequest&)>& live);

/// The nursery of readers that answer so; gives the exit status.
int serve_foreign(ForeignAnswer* answer_foreign);

}  // namespace prepare
