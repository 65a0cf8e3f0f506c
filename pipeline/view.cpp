#include "pipeline/view.hpp"

#include <algorithm>

namespace pipeline {

void View::each_ahead(std::string_view space, const std::vector<std::string_view>& /*members*/,
                      const DocumentWork& work) const {
  each(space, [&](const std::string& key, const Value& body) {
    if (const Turn turn = work(key, body)) turn();
  });
}

void View::each_received_ahead(const DeliveryWork& work) const {
  each_received([&](const Received& delivery) {
    if (const Turn turn = work(delivery)) turn();
  });
}

void Overlay::apply(const std::vector<Event>& events) {
  for (const Event& event : events)
    for (const Put& put : event.puts) puts_[{put.space, put.key}] = put;
}

std::optional<Value> Overlay::document(std::string_view space, std::string_view key) const {
  const auto at = puts_.find(std::pair<std::string, std::string>(space, key));
  return at != puts_.end() ? at->second.body : below_.document(space, key);
}

std::vector<std::string> Overlay::find(std::string_view space, std::string_view index,
                                       std::string_view value) const {
  std::vector<std::string> keys = below_.find(space, index, value);
  std::erase_if(keys, [&](const std::string& key) {
    return puts_.contains(std::pair<std::string, std::string>(space, key));
  });
  for (const auto& [place, put] : puts_) {
    const bool fits = place.first == space && put.body &&
                      std::any_of(put.index.begin(), put.index.end(), [&](const auto& entry) {
                        return entry.first == index && entry.second == value;
                      });
    if (fits) keys.push_back(place.second);
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

void Overlay::each(std::string_view space,
                   const std::function<void(const std::string&, const Value&)>& visit) const {
  lay_over(
      space,
      [&](const DocumentWork& laid) {
        below_.each(space, [&](const std::string& key, const Value& body) { laid(key, body)(); });
      },
      [&](const std::string& key, const Value& body) { return [&] { visit(key, body); }; });
}

void Overlay::each_ahead(std::string_view space, const std::vector<std::string_view>& members,
                         const DocumentWork& work) const {
  lay_over(
      space, [&](const DocumentWork& laid) { below_.each_ahead(space, members, laid); }, work);
}

void Overlay::lay_over(std::string_view space,
                       const std::function<void(const DocumentWork&)>& below,
                       const DocumentWork& work) const {
  auto at = puts_.lower_bound(std::pair<std::string, std::string>(space, ""));
  const auto emit_until = [&](const std::string* key) {
    for (; at != puts_.end() && at->first.first == space && (!key || at->first.second <= *key);
         ++at) {
      const Turn turn = at->second.body ? work(at->first.second, *at->second.body) : Turn();
      if (turn) turn();
    }
  };
  below([&](const std::string& key, const Value& body) -> Turn {
    const bool replaced = puts_.contains(std::pair<std::string, std::string>(space, key));
    Turn turn = replaced ? Turn() : work(key, body);
    return [&, turn = std::move(turn)] {
      emit_until(&key);
      if (turn) turn();
    };
  });
  emit_until(nullptr);
}

void Overlay::each_received(const std::function<void(const Received&)>& visit) const {
  below_.each_received(visit);
}

void Overlay::each_received_ahead(const DeliveryWork& work) const {
  below_.each_received_ahead(work);
}

}  // namespace pipeline
