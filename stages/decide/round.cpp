#include "stages/decide/round.hpp"

namespace decide {

using pipeline::Value;

namespace {

constexpr const char* kReceived[] = {"attachments", "findings", "changes", "attention"};

}  // namespace

pipeline::Reference round_reference(const Value& document) {
  return {"form", document["case"].string() + "-r" + document["round"].text()};
}

Value round_of(const pipeline::View& view, const Value& document) {
  const pipeline::Reference place = round_reference(document);
  Value round = view.document(place.space, place.key).value_or(Value());
  if (round.has("kind")) round = Value::object({{"form", std::move(round)}});
  add_what_came_since(round, document);
  return round;
}

Value form_of(const pipeline::View& view, const Value& document) {
  Value round = round_of(view, document);
  return std::move(round.member("form"));
}

pipeline::Put put_round(const Value& document, Value round) {
  const pipeline::Reference place = round_reference(document);
  return {place.space, place.key, std::move(round), {}, true};
}

void add_what_came_since(Value& payload, const Value& document) {
  for (const char* member : kReceived)
    if (document.has(member)) payload.set(member, document[member]);
}

void forget_what_came_since(Value& document) {
  for (const char* member : kReceived) document.erase(member);
}

}  // namespace decide
