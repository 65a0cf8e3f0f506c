#include "stages/prepare/filled_form.hpp"

namespace prepare {
FilledForm read_worklist(std::string_view, const Rules&) {
  FilledForm out;
  out.refusal = "这份表格不是本系统发出的待审清单。";
  return out;
}
}  // namespace prepare
