#include <iostream>

#include "app/commands.hpp"
#include "app/sample.hpp"

namespace app {

int sample(const Places& places, int count, const std::string& folder, std::uint64_t seed,
           int size_kb) {
  SampleOptions options;
  options.seed = seed;
  options.uniform_kb = size_kb;
  const auto written = write_samples(count, folder, options);
  pipeline::Value list = pipeline::Value::array();
  for (const Sample& s : written)
    list.push(pipeline::Value::object({{"path", s.path}, {"kind", s.kind}, {"flaw", s.flaw}}));
  if (places.json)
    std::cout << pipeline::Value::object({{"bundles", std::move(list)}}).dump(true) << "\n";
  else
    std::cout << "样例 " << written.size() << " 件，写入 " << folder << "\n";
  return kDone;
}

}  // namespace app
