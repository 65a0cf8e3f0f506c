#include <algorithm>

#include "pipeline/text.hpp"
#include "stages/prepare/entry_name.hpp"
#include "stages/prepare/identity.hpp"
#include "stages/prepare/person_name.hpp"
#include "stages/prepare/scalar.hpp"
#include "stages/prepare/slots.hpp"
#include "stages/prepare/written.hpp"
#include "tests/fuzz/targets.hpp"

namespace fuzz {

namespace {

void check_entry_name(std::string_view raw, bool flag, std::string_view unicode) {
  const prepare::Limits limits;
  const prepare::EntryName name = prepare::decode_entry_name(raw, flag, unicode, limits);
  require(pipeline::is_utf8(name.name) && pipeline::is_utf8(name.problem), "a name is UTF-8");
  require(name.encoding.empty() == (name.problem == "文件名的编码无法识别"),
          "a name without an encoding is not used");
  for (const char32_t c : pipeline::code_points(name.name))
    require(name.encoding.empty() || !pipeline::is_invisible(c), "a name can be seen");
  require(pipeline::is_utf8(prepare::name_key(name.name)), "a key is UTF-8");
  prepare::junk_note(name.name);
  for (const char* family : {"application", "unit"}) {
    rules().slots.candidates(name.name, family);
    rules().slots.named(name.name, family);
  }
  if (!name.problem.empty()) return;
  const prepare::EntryName again = prepare::decode_entry_name(name.name, true, {}, limits);
  require(again.name == name.name && again.problem.empty() == !name.name.empty(),
          "a name that was decoded stays as it is");
}

void check_person(std::string_view written) {
  const prepare::PersonName name = prepare::normalise_person_name(written);
  for (const std::string& text : {name.text, name.uncertain, name.suggestion})
    require(pipeline::is_utf8(text), "a person's name is UTF-8");
  const prepare::PersonName again = prepare::normalise_person_name(name.text);
  require(again.text == name.text && !again.separator_normalised,
          "a name that was normalised stays as it is");
  require(again.uncertain == name.uncertain && again.private_use == name.private_use &&
              again.suggestion == name.suggestion,
          "what is uncertain about a name stays uncertain");
}

void check_written(std::string_view written) {
  for (const auto canonical :
       {prepare::canonical_date, prepare::canonical_phone, prepare::canonical_email}) {
    const auto once = canonical(written);
    if (once) require(canonical(*once) == once, "a canonical writing stays as it is");
  }
  if (const auto year = prepare::canonical_year(written)) {
    require(*year >= 1900 && *year <= 2100, "a year is of these times");
    require(prepare::canonical_year(std::to_string(*year)) == year, "a year stays as it is");
  }
  prepare::canonical_boolean(written);
  prepare::is_until_now(written);
  require(pipeline::is_utf8(prepare::canonical_case(written)), "a case is UTF-8");
  const std::string uscc = prepare::canonical_uscc(written);
  require(pipeline::is_utf8(uscc), "a code is UTF-8");
  const prepare::IdentityRules identity{rules().catalogue, rules().regions, rules().dictionary};
  check(prepare::check_uscc(uscc, "unit.uscc", "", identity));
  for (const char* sex : {"male", "female", ""})
    check(prepare::check_id_number(uscc, "applicant.id_number", {sex, "1985-06", "applicant"},
                                   identity));
  require(prepare::uscc_candidates(uscc).size() <= 64, "candidates are few");
  require(prepare::slip_candidates(uscc).size() <= 3, "slips are fewer");
}

}  // namespace

/// The first byte says how the rest is taken; up to the first line break it is the name, then the Unicode path.
void names(std::string_view input) {
  if (input.empty()) return;
  const bool flag = (input[0] & 1) != 0;
  input.remove_prefix(1);
  const std::size_t line = std::min(input.find('\n'), input.size());
  check_entry_name(input.substr(0, line), flag, input.substr(std::min(line + 1, input.size())));
  const auto text = pipeline::decode_text(input);
  if (!text) return;
  require(pipeline::is_utf8(*text), "decoded text is UTF-8");
  require(pipeline::is_utf8(pipeline::visible(*text)), "visible text is UTF-8");
  require(pipeline::nfc(pipeline::nfc(*text)) == pipeline::nfc(*text), "NFC stays as it is");
  require(pipeline::nfkc(pipeline::nfkc(*text)) == pipeline::nfkc(*text), "NFKC stays as it is");
  require(pipeline::to_utf8(pipeline::code_points(*text)) == *text, "code points are the text");
  require(pipeline::is_utf8(pipeline::shorten(*text, 7)), "shortened text is UTF-8");
  check_person(*text);
  check_written(*text);
}

}  // namespace fuzz
