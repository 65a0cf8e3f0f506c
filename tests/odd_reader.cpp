#include <unistd.h>

#include <string>
#include <string_view>

#include "stages/prepare/foreign_child.hpp"

// Odd reader: readers of foreign files that say that they are ready and then do as a line of shell says, for the tests of who asks them;
// without such a line they end before they are ready.

int main(int argc, char** argv) {
  constexpr int kWords = 2;
  if (argc != kWords) return 1;
  return prepare::serve_nursery([&](const prepare::NurseryRequest&) {
    if (*argv[1] == '\0') return 1;
    std::string greeting{static_cast<char>(prepare::kForeignGreeting.size()), '\0', '\0', '\0'};
    greeting += prepare::kForeignGreeting;
    if (write(STDOUT_FILENO, greeting.data(), greeting.size()) < 0) return 1;
    execl("/bin/sh", "sh", "-c", argv[1], nullptr);
    return 1;
  });
}
