#include <gtest/gtest.h>

#include "pipeline/arrivals.hpp"
#include "pipeline/text.hpp"

namespace {

using pipeline::Arrivals;
using pipeline::Listed;

Listed file(const std::string& name, std::int64_t modified_ns) {
  return {name, false, 7, modified_ns, 9};
}

std::vector<std::string> paths(const Arrivals& arrivals) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < arrivals.size(); ++i) all.push_back(arrivals[i].path);
  return all;
}

TEST(Arrivals, AreInOrderOfTimeThenOfDropThenOfName) {
  Arrivals arrivals;
  arrivals.enter("unit-2", "in/unit-2");
  arrivals.add(file("b.zip", 20));
  arrivals.add(file("a.zip", 20));
  arrivals.add(file("z.zip", 10));
  arrivals.enter("unit-1", "in/unit-1");
  arrivals.add(file("y.zip", 20));
  arrivals.sort();
  EXPECT_EQ(paths(arrivals), (std::vector<std::string>{"in/unit-2/z.zip", "in/unit-1/y.zip",
                                                       "in/unit-2/a.zip", "in/unit-2/b.zip"}));
}

TEST(Arrivals, AreFoundByTheNameOnDiskAndSortedByTheOnePeopleRead) {
  const std::string on_disk = *pipeline::to_gb18030("张.zip");
  Arrivals arrivals;
  arrivals.enter("public", "in");
  arrivals.add(file(on_disk, 5));
  arrivals.add(file("丁.zip", 5));
  arrivals.sort();
  ASSERT_LT(on_disk, "丁.zip") << "the bytes on disk would sort otherwise";
  EXPECT_EQ(arrivals[0].name, "丁.zip");
  EXPECT_EQ(arrivals[1].name, "张.zip");
  EXPECT_EQ(arrivals[1].path, "in/" + on_disk);
  EXPECT_EQ(arrivals[1].drop, "public");
  EXPECT_EQ(arrivals[1].size, 7U);
  EXPECT_EQ(arrivals[1].modified_ns, 5);
  EXPECT_EQ(arrivals[1].inode, 9U);
}

TEST(Arrivals, KeepTheirOrderWhenSomeAreLeftOut) {
  Arrivals arrivals;
  arrivals.enter("public", "in");
  for (const char* name : {"a", "b", "c", "d"}) arrivals.add(file(name, 0));
  arrivals.erase_if([](const pipeline::Delivery& d) { return d.name == "a" || d.name == "c"; });
  EXPECT_EQ(paths(arrivals), (std::vector<std::string>{"in/b", "in/d"}));
}

}  // namespace
