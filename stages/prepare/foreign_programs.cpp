#include "stages/prepare/foreign_programs.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "stages/prepare/foreign_nursery.hpp"

// What the build made of picture_reader.cpp and pdf_reader.cpp.
#define DOSSIER_CARRY(name, file)                                         \
  asm(".pushsection .rodata\n" name "_begin: .incbin \"" file "\"\n" name \
      "_end: .byte 0\n"                                                   \
      ".global " name "_begin, " name "_end\n.popsection")
DOSSIER_CARRY("dossier_picture_reader", DOSSIER_PICTURE_READER);
DOSSIER_CARRY("dossier_pdf_reader", DOSSIER_PDF_READER);
extern "C" const char dossier_picture_reader_begin[], dossier_picture_reader_end[];
extern "C" const char dossier_pdf_reader_begin[], dossier_pdf_reader_end[];

namespace prepare {

namespace {

std::string_view carried(ForeignKind kind) {
  return kind == ForeignKind::Picture
             ? std::string_view(dossier_picture_reader_begin, dossier_picture_reader_end)
             : std::string_view(dossier_pdf_reader_begin, dossier_pdf_reader_end);
}

int file_in_memory() {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  // Where the machine's default is that nothing is executed from memory, it has to be said; systems before Linux 6.3 do not know it.
  constexpr unsigned kExecutable = 0x10;
  const int file = memfd_create("dossier-reader", kFlags | kExecutable);
  return file >= 0 || errno != EINVAL ? file : memfd_create("dossier-reader", kFlags);
}

bool fill(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(file, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0;
}

}  // namespace

CarriedProgram::CarriedProgram(ForeignKind kind) : file_(file_in_memory()) {
  if (file_ >= 0 && fill(file_, carried(kind))) return;
  const std::string why = std::strerror(errno);
  if (file_ >= 0) close(file_);
  throw cannot_start_reader(why);
}

CarriedProgram::~CarriedProgram() {
  close(file_);
}

std::string CarriedProgram::path() const {
  return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(file_);
}

}  // namespace prepare
