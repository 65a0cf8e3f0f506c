#include "pipeline/json.hpp"

#include "pipeline/text.hpp"
#include "stages/prepare/find_form.hpp"
#include "stages/prepare/read_form.hpp"
#include "tests/fuzz/targets.hpp"

namespace fuzz {

void json(std::string_view input) {
  const prepare::DecodedForm decoded = prepare::decode_form(input, rules().limits);
  require(pipeline::is_utf8(decoded.error), "an error is UTF-8");
  if (!decoded.error.empty()) return;
  require(decoded.value.is_object(), "a form is an object");
  require(decoded.duplicates.size() <= 20 && decoded.duplicates.size() <= decoded.duplicate_count,
          "keys that stand twice are counted");
  check(decoded.value);
  const prepare::ReadForm read = prepare::read_form(decoded.value, rules());
  check(read.findings);
  check(read.form);
  // What is in its canonical writing is read as it stands; of no kind, it is read by the kind that it resembles, for findings only.
  if (read.kind.empty()) return;
  const prepare::ReadForm again = prepare::read_form(read.form, rules());
  require(again.kind == read.kind, "a form keeps its kind");
  require(again.form == read.form, "a form in canonical writing stays as it is");
}

}  // namespace fuzz
