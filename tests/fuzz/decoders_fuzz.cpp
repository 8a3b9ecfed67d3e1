// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes are decoders that make pictures of the features of a small encoder, or are refused with a sentence; and the same for an
// encoder.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <ATen/Parallel.h>
#include <nlohmann/json.hpp>
#include <torch/types.h>

#include "core/decoders.h"
#include "core/encoder.h"
#include "core/error.h"
#include "core/safetensors.h"

using pastiche::Encoder;

namespace {

const std::filesystem::path path = "/tmp/pastiche-fuzz-decoders-" + std::to_string(getpid());

// The layers relu1_1 of 2 channels and, at half the size, relu2_1 of 3.
Encoder small_encoder() {
  const auto conv = [](const char *name) {
    return nlohmann::json{{"op", "conv"}, {"name", name}, {"kernel", 3}, {"padding", "replicate"}};
  };
  const nlohmann::json layers{conv("conv1_1"),
                              {{"op", "relu"}, {"name", "relu1_1"}},
                              {{"op", "avgpool"}, {"name", "pool1"}, {"size", 2}},
                              conv("conv2_1"),
                              {{"op", "relu"}, {"name", "relu2_1"}}};
  const nlohmann::json input{{"order", "RGB"}, {"range", {0, 1}}, {"mean", {0.5, 0.5, 0.5}}, {"std", {0.25, 0.25, 0.25}}};
  pastiche::write_safetensors(path,
                              {{"conv1_1.weight", torch::ones({2, 3, 3, 3})},
                               {"conv1_1.bias", torch::zeros({2})},
                               {"conv2_1.weight", torch::ones({3, 2, 3, 3})},
                               {"conv2_1.bias", torch::zeros({3})}},
                              {{"format", "pastiche-encoder-1"},
                               {"name", "small"},
                               {"layers", layers.dump()},
                               {"input", input.dump()},
                               {"style_layers", "relu1_1"},
                               {"content_layers", "relu1_1"}});
  return {path, torch::kCPU, torch::kFloat};
}

template <class Read> void read(const Read &read) {
  try {
    read();
  } catch (const pastiche::Error &error) {
    if (!*error.what())
      std::abort();
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const Encoder encoder = [] {
    at::set_num_threads(1);
    std::atexit([] { std::remove(path.c_str()); });
    return small_encoder();
  }();
  std::FILE *file = std::fopen(path.c_str(), "wb");
  if (!file || std::fwrite(data, 1, size, file) != size || std::fclose(file) != 0)
    std::abort();
  read([] {
    const pastiche::Decoders decoders(path, encoder, "sum");
    for (const pastiche::Decoders::Pass &pass : decoders.passes()) {
      const torch::Tensor features = torch::ones({1, encoder.channels(pass.layer), 3, 4});
      const int64_t stride = encoder.stride(pass.layer);
      if (decoders.difference(pass.layer, features, features).sizes() != std::vector<int64_t>{1, 3, 3 * stride, 4 * stride} ||
          decoders.radius(pass.layer) < 0 || !(decoders.bytes_per_pixel(pass.layer) > 0))
        std::abort();
    }
  });
  read([] {
    const Encoder other(path, torch::kCPU, torch::kFloat);
    for (const std::string &layer : other.style_layers())
      other(torch::ones({1, 3, 64, 64}), {layer});
  });
  return 0;
}
