// SPDX-License-Identifier: GPL-3.0-or-later
// The networks and expected numbers that reference.py made with PyTorch.
#pragma once

#include <filesystem>
#include <string>

#include "core/encoder.h"
#include "core/safetensors.h"

namespace reference {

inline const std::string networks[] = {"smooth", "vgg-like", "blurred"};

inline std::filesystem::path file(const std::string &network) { return std::filesystem::path(REFERENCE) / (network + ".safetensors"); }

// In float64 unless told, so that what differs from PyTorch's float64 is a mistake and not rounding.
inline pastiche::Encoder encoder(const std::string &network, torch::ScalarType precision = torch::kDouble) {
  return {file(network), torch::kCPU, precision};
}

inline pastiche::Safetensors expected(const std::string &network) { return pastiche::Safetensors(file(network + "-expected")); }

// |a − b| relative to the largest |b|.
inline double difference(const torch::Tensor &a, const torch::Tensor &b) {
  if (a.sizes() != b.sizes())
    return 1e9;
  return ((a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max() / b.abs().max().to(torch::kDouble)).item<double>();
}

} // namespace reference
