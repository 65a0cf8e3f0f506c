#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace app {

/// Does the work 0 … count-1 in that many forked processes, and gives what each piece answers (less than 4 KB, no line end) to
/// `collect`, in any order. Faults (Stop): a process did not come to its end.
void share_out(std::int64_t count, int workers,
               const std::function<std::string(std::int64_t piece, int worker)>& work,
               const std::function<void(const std::string&)>& collect);

}  // namespace app
