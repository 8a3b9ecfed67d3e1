// SPDX-License-Identifier: GPL-3.0-or-later
#include "surroundings.h"

#include <nlohmann/json.hpp>

namespace cli {

Surroundings surroundings(const pastiche::Core &core) {
  using Json = nlohmann::json;
  const char *text = core.about();
  const Json json = Json::parse(text ? text : "", nullptr, false);
  Surroundings all;
  if (!json.is_object())
    return all;
  const Json blas = json.value("blas", Json::object());
  all.blas = blas.value("name", "");
  all.blas_file = blas.value("file", "");
  all.blas_threads = blas.value("threads", "");
  all.cpu_features = json.value("cpu_features", all.cpu_features);
  all.threads = json.value("threads", 0);
  for (const Json &device : json.value("devices", Json::array()))
    all.devices.push_back({device.value("name", ""), device.value("description", "")});
  all.memory_bytes = json.value("memory_bytes", int64_t{0});
  all.model_file = json.value("model_file", "");
  return all;
}

} // namespace cli
