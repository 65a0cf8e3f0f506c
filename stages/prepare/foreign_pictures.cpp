#include "stages/prepare/blank_image.hpp"
#include "stages/prepare/foreign.hpp"
#include "stages/prepare/foreign_child.hpp"

namespace prepare {

namespace {

const char* describe(Showing showing) {
  if (showing == Showing::Damaged) return R"({"error":"damaged"})";
  return showing == Showing::Nothing ? R"({"blank":true})" : R"({"blank":false})";
}

}  // namespace

std::optional<std::string> answer_about_picture(char task, std::string_view bytes) {
  switch (static_cast<ForeignTask>(task)) {
    case ForeignTask::ImageBlank:
      return describe(what_shows(bytes));
    case ForeignTask::ImagePlain:
      return plain_png(bytes);
    default:
      return std::nullopt;
  }
}

}  // namespace prepare
