#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/outcome.hpp"

// View: what the ledger knows, for those who only ask.

namespace pipeline {

/// What is left to do with a row when its turn has come; empty: nothing.
using Turn = std::function<void()>;

/// One delivery as the ledger keeps it: whatever became of it.
struct Received {
  std::int64_t id = 0;  ///< order of arrival, from 1
  std::string drop, bundle, sha256, kind, case_id, queue;
  std::uint64_t size = 0;
  int round = 0;
  Time received_at;
  Result result = Result::Refused;
  Value findings;  ///< array of {"code","severity","rule","message"}
};

class View {
 public:
  virtual ~View() = default;

  virtual std::optional<Value> document(std::string_view space, std::string_view key) const = 0;
  /// Keys of the documents of that space that carry the index entry, in order of key.
  virtual std::vector<std::string> find(std::string_view space, std::string_view index,
                                        std::string_view value) const = 0;
  /// All documents of a space in order of key.
  virtual void each(
      std::string_view space,
      const std::function<void(const std::string& key, const Value& body)>& visit) const = 0;
  /// Every delivery in order of arrival.
  virtual void each_received(const std::function<void(const Received&)>& visit) const = 0;

  // For those who read everything, and have to do with each row what other cores can do. `work` may be called on any thread, for
  // several rows at once; what it gives is done by the caller's, one after the other in order, and the row is there until then.

  using DocumentWork = std::function<Turn(const std::string& key, const Value& body)>;
  using DeliveryWork = std::function<Turn(const Received&)>;
  /// Of each document, and of the objects in it, at least those members: what is large and not asked for costs no time.
  virtual void each_ahead(std::string_view space, const std::vector<std::string_view>& members,
                          const DocumentWork& work) const;
  virtual void each_received_ahead(const DeliveryWork& work) const;
};

/// A view with changes laid over it that are not (or never) committed: for answers about "now" before `run` has fired its
/// timers, and for dry runs.
class Overlay : public View {
 public:
  explicit Overlay(const View& below) : below_(below) {}
  void apply(const std::vector<Event>& events);

  std::optional<Value> document(std::string_view space, std::string_view key) const override;
  std::vector<std::string> find(std::string_view space, std::string_view index,
                                std::string_view value) const override;
  void each(std::string_view space,
            const std::function<void(const std::string&, const Value&)>& visit) const override;
  void each_received(const std::function<void(const Received&)>& visit) const override;
  void each_ahead(std::string_view space, const std::vector<std::string_view>& members,
                  const DocumentWork& work) const override;
  void each_received_ahead(const DeliveryWork& work) const override;

 private:
  /// `below` goes through the documents of the view below.
  void lay_over(std::string_view space, const std::function<void(const DocumentWork&)>& below,
                const DocumentWork& work) const;
  const View& below_;
  std::map<std::pair<std::string, std::string>, Put, std::less<>> puts_;
};

/// The first submission with these bytes that had an effect, if there is one.
struct Earlier {
  std::string case_id, bundle, drop, state;
  int round = 0;
  std::string result;  ///< "accepted" or "not_submitted"
  Time received_at;
};

}  // namespace pipeline
