#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "pipeline/view.hpp"
#include "stages/produce/statistics.hpp"

// A ledger in memory, and cases and deliveries to fill it with, for the tests of the managers' statistics.

namespace statistics_samples {

using pipeline::Received;
using pipeline::Result;
using pipeline::Time;
using pipeline::Value;

inline Time at(const char* text) {
  return *pipeline::parse_time(text);
}

class MemoryView : public pipeline::View {
 public:
  std::map<std::string, std::map<std::string, Value>> spaces;
  std::vector<Received> received;

  std::optional<Value> document(std::string_view space, std::string_view key) const override {
    const auto documents = spaces.find(std::string(space));
    if (documents == spaces.end()) return std::nullopt;
    const auto found = documents->second.find(std::string(key));
    if (found == documents->second.end()) return std::nullopt;
    return found->second;
  }
  std::vector<std::string> find(std::string_view, std::string_view,
                                std::string_view) const override {
    return {};
  }
  void each(std::string_view space,
            const std::function<void(const std::string&, const Value&)>& visit) const override {
    const auto documents = spaces.find(std::string(space));
    if (documents == spaces.end()) return;
    for (const auto& [key, body] : documents->second) visit(key, body);
  }
  void each_ahead(std::string_view space, const std::vector<std::string_view>& members,
                  const DocumentWork& work) const override {
    const std::unordered_set<std::string_view> wanted(members.begin(), members.end());
    each(space, [&](const std::string& key, const Value& body) {
      const Value part = only(body, wanted);
      if (const pipeline::Turn turn = work(key, part)) turn();
    });
  }
  void each_received(const std::function<void(const Received&)>& visit) const override {
    for (const Received& each : received) visit(each);
  }

 private:
  /// At every depth, as the ledger does.
  static Value only(const Value& from, const std::unordered_set<std::string_view>& wanted) {
    if (from.is_array()) {
      Value items = Value::array();
      for (const Value& item : from.items()) items.push(only(item, wanted));
      return items;
    }
    if (!from.is_object()) return from;
    Value members = Value::object();
    for (const auto& [name, value] : from.members())
      if (wanted.contains(name)) members.set(name, only(value, wanted));
    return members;
  }
};

class Ledger : public testing::Test {
 protected:
  Ledger()
      : folder_(std::filesystem::temp_directory_path() / ("workbook-" + std::to_string(getpid()))),
        dictionary_(pipeline::Dictionary::load(common("dictionary.csv"))),
        regions_(pipeline::Regions::load(common("regions.csv"))),
        catalogue_(pipeline::Catalogue::load(common("findings.csv"))) {
    std::filesystem::create_directories(folder_);
  }
  ~Ledger() override { std::filesystem::remove_all(folder_); }

  static std::string common(const std::string& name) {
    return std::string(DOSSIER_SOURCE_DIR) + "/templates/common/" + name;
  }

  produce::Statistics count(const produce::Period& period = {}) {
    return produce::count(view_, terms(), now_, period);
  }
  produce::Terms terms() const { return {dictionary_, regions_, catalogue_}; }

  Value& application(const std::string& id) {
    Value& body = view_.spaces["case"][id];
    body = Value::object({{"case", id},
                          {"kind", "title_application"},
                          {"state", "at_base_unit"},
                          {"round", 1},
                          {"queue", "unit-12652901PDY0001249"},
                          {"uscc", "12652901PDY0001249"},
                          {"unit", "阿克苏市某中学"},
                          {"unit_nature", "public_institution"},
                          {"unit_level", "county"},
                          {"region", "652901"},
                          {"reviewer", "阿克苏市某中学"},
                          {"received_at", at("2026-11-20T09:00:00+08:00").us},
                          {"due", "2026-11-27"},
                          {"returns", 0},
                          {"applicant", "阿卜杜热合曼·阿卜杜拉"},
                          {"applicant_id", "652901198801200032"},
                          {"sex", "male"},
                          {"birth_date", "1988-01-20"},
                          {"ethnicity", "维吾尔"},
                          {"political_status", "群众"},
                          {"education", "本科"},
                          {"degree", "学士"},
                          {"series", "primary_secondary_teacher"},
                          {"specialty", "中学数学"},
                          {"level", "senior_associate"},
                          {"title", "高级教师"},
                          {"application_type", "NORMAL"},
                          {"year", 2026}});
    step(body, "2026-11-20T09:00:00+08:00", body["queue"].string());
    return body;
  }
  Value& registration(const std::string& id) {
    Value& body = view_.spaces["case"][id];
    body = Value::object({{"case", id},
                          {"kind", "unit_registration"},
                          {"state", "pending_review"},
                          {"round", 1},
                          {"queue", "agency-431382-pt"},
                          {"uscc", "12431382PDY0000364"},
                          {"unit", "涟源市某国有林场"},
                          {"unit_nature", "public_institution"},
                          {"unit_level", "county"},
                          {"region", "431382"},
                          {"pooling_region", "431382"},
                          {"handler", "李四"},
                          {"handler_id", "431382199007150021"},
                          {"business_types", Value::array({"pt"})},
                          {"requested_target", Value::object({{"kind", "competent_agency"}})},
                          {"reviewer_kind", "competent_agency"},
                          {"reviewer_label", "主管机构"},
                          {"reviewer", "涟源市人力资源和社会保障局专技股"},
                          {"hr_override", false},
                          {"received_at", at("2026-11-18T09:00:00+08:00").us},
                          {"due", "2026-11-25"},
                          {"rows", Value::array({"HN-R03"})},
                          {"returns", 0}});
    step(body, "2026-11-18T09:00:00+08:00", body["queue"].string());
    return body;
  }
  /// `queue` may be of the same body, whose members move.
  static void step(Value& body, const char* when, std::string queue) {
    body.member("history").push(Value::object(
        {{"at", at(when).us}, {"round", body["round"]}, {"queue", std::move(queue)}}));
  }
  Received& delivery(Result result, const char* kind, const char* when) {
    Received each;
    each.id = static_cast<std::int64_t>(view_.received.size()) + 1;
    each.drop = "public";
    each.bundle = "申报" + std::to_string(each.id) + ".zip";
    each.kind = kind;
    each.received_at = at(when);
    each.result = result;
    view_.received.push_back(each);
    return view_.received.back();
  }
  static Value finding(const char* code, const char* severity, const char* rule) {
    return Value::object(
        {{"code", code}, {"severity", severity}, {"rule", rule}, {"message", code}});
  }

  /// A bit of everything.
  void fill() {
    application("A-000000000001");
    Value& reported = application("A-000000000002");
    reported.set("state", "at_receiving_unit");
    reported.set("queue", "unit-11652901PDY000116H");
    reported.set("level", "intermediate");
    reported.set("series", "engineering");
    reported.set("sex", "female");
    step(reported, "2026-11-22T09:00:00+08:00", "unit-12652901PDY0001249");
    Value& returned = application("A-000000000003");
    returned.set("state", "returned");
    returned.set("queue", "");
    returned.set("returns", 2);
    returned.set("ethnicity", "汉族");
    returned.set("application_type", "EXCEPTIONAL");
    step(returned, "2026-11-21T21:00:00+08:00", "unit-12652901PDY0001249");
    Value& accepted = application("A-000000000004");
    accepted.set("state", "accepted");
    accepted.set("queue", "");
    accepted.set("series", "unheard_of");
    accepted.set("level", nullptr);
    accepted.set("region", "652900");
    accepted.set("birth_date", "1971-12");
    Value& elsewhere = application("A-000000000005");
    elsewhere.set("state", "not_accepted");
    elsewhere.set("queue", "");
    elsewhere.set("region", "999999");
    registration("R-000000000001");
    Value& override_case = registration("R-000000000002");
    override_case.set("hr_override", true);
    override_case.set("uscc", "12430102PDY000044C");
    override_case.set("unit", "芙蓉区某小学");
    override_case.set("region", "430102");
    override_case.set("requested_target", Value::object({{"kind", "supervising_unit"}}));
    override_case.set("state", "approved");
    override_case.set("queue", "");
    override_case.set("due", "2026-11-21");
    step(override_case, "2026-11-19T09:00:00+08:00", "agency-431382-pt");

    delivery(Result::Accepted, "title_application", "2026-11-20T09:00:00+08:00");
    delivery(Result::NotSubmitted, "unit_registration", "2026-11-20T09:01:00+08:00");
    Received& refused = delivery(Result::Refused, "unit_registration", "2026-11-21T00:00:00+08:00");
    refused.findings = Value::array({finding("SELF_SUPERVISION", "error", "H18"),
                                     finding("FIELD_REQUIRED", "error", "X20"),
                                     finding("FIELD_REQUIRED", "error", "X20")});
    delivery(Result::Quarantined, "", "2026-11-21T23:59:59+08:00");
    Received& twice = delivery(Result::Duplicate, "title_application", "2026-11-22T00:00:00+08:00");
    twice.findings = Value::array({finding("DUPLICATE_BUNDLE", "info", "§6.1")});
  }

  std::filesystem::path folder_;
  pipeline::Dictionary dictionary_;
  pipeline::Regions regions_;
  pipeline::Catalogue catalogue_;
  MemoryView view_;
  Time now_ = at("2026-11-25T10:00:00+08:00");
};

}  // namespace statistics_samples
