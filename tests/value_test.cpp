#include <gtest/gtest.h>

#include "pipeline/json.hpp"

// A document that was written is read as it was.

namespace {

using pipeline::parse_json;
using pipeline::Value;

TEST(Value, NumbersOfEverySizeAreReadAsTheyWereWritten) {
  for (const char* written :
       {"0", "-9223372036854775808", "9223372036854775807", "9223372036854775808",
        "18446744073709551615", "123456789012345680000.0", "-1e19", "1e300", "5e-324", "1.0",
        "-0.0", "0.1"}) {
    const Value value = parse_json("[" + std::string(written) + "]").value;
    const pipeline::Json again = parse_json(value.dump());
    EXPECT_EQ(again.error, "") << written << " became " << value.dump();
    EXPECT_EQ(again.value, value) << written << " became " << value.dump();
  }
}

TEST(Value, AWholeNumberReadsAsPeopleWriteIt) {
  EXPECT_EQ(parse_json("[13800000002.0]").value[0].text(), "13800000002");
  EXPECT_EQ(parse_json("[0.5]").value[0].text(), "0.5");
  EXPECT_EQ(parse_json("[-3]").value[0].text(), "-3");
}

}  // namespace
