// SPDX-License-Identifier: GPL-3.0-or-later
// Writes safetensors files for tests, and any other bytes in their place.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include <nlohmann/json.hpp>
#include <torch/types.h>

class SafetensorsFile {
public:
  SafetensorsFile() : path_(std::filesystem::temp_directory_path() / ("pastiche-test-" + std::to_string(getpid()) + ".safetensors")) {}
  ~SafetensorsFile() { std::filesystem::remove(path_); }
  SafetensorsFile(const SafetensorsFile &) = delete;
  SafetensorsFile &operator=(const SafetensorsFile &) = delete;

  nlohmann::json metadata = nlohmann::json::object();

  void add(const std::string &name, const torch::Tensor &float32) {
    const torch::Tensor tensor = float32.contiguous();
    header[name] = {{"dtype", "F32"}, {"shape", tensor.sizes().vec()}, {"data_offsets", {data.size(), data.size() + tensor.nbytes()}}};
    data.append(static_cast<const char *>(tensor.const_data_ptr()), tensor.nbytes());
  }

  std::filesystem::path write() {
    nlohmann::json whole = header;
    if (!metadata.empty())
      whole["__metadata__"] = metadata;
    return write(whole.dump(), data);
  }

  std::filesystem::path write(const std::string &header_text, const std::string &data_bytes) {
    const uint64_t length = header_text.size();
    std::string bytes(sizeof length, '\0');
    std::memcpy(bytes.data(), &length, sizeof length);
    return write_bytes(bytes + header_text + data_bytes);
  }

  std::filesystem::path write_bytes(const std::string &bytes) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
    return path_;
  }

  const std::filesystem::path &path() const { return path_; }

  nlohmann::json header = nlohmann::json::object();
  std::string data;

private:
  std::filesystem::path path_;
};
