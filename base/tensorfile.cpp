// SPDX-License-Identifier: GPL-3.0-or-later
#include "tensorfile.h"

#include <nlohmann/json.hpp>

namespace pastiche {

void write_tensors(std::ostream &file, const std::map<std::string, std::string> &metadata, const std::vector<NewTensor> &tensors) {
  nlohmann::json header{{"__metadata__", metadata}};
  uint64_t end = 0;
  for (const NewTensor &tensor : tensors) {
    const uint64_t begin = end;
    end += tensor.bytes;
    header[tensor.name] = {{"dtype", tensor.type}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' '); // so that numbers stand where numbers of their type can
  const uint64_t length = text.size();
  file.write(reinterpret_cast<const char *>(&length), sizeof length);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  for (const NewTensor &tensor : tensors)
    tensor.write(file);
}

} // namespace pastiche
