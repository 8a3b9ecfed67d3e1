// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the decoders of an encoder (core/decoders.h), which lead from its features back to a picture.
//
// For a decoder d of a layer, a picture x, its features f(x), and features m that were moved a part of the way to the mean and covariance
// of another picture's (core/transport.h), as the first picture does it:
//   picture   20 · mean (d(f(x)) − x)²
//   features  half of r(f(d(f(x))), f(x)) at the layer, and half of the same at relu1_1
//   moved     half of r(f(d(m)), m), and 5 · the mean square of what is outside of 0..1 in d(f(x)) and d(m)
// with r(a, b) = ‖a − b‖² / ‖b‖². Their sum is minimised, over all decoders.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "descent.h"
#include "network.h"

namespace training {

struct DecoderLosses {
  std::string layer;
  torch::Tensor picture, features, moved; // numbers
};

class Reconstruction {
public:
  // The encoder must have the layers relu1_1, relu2_1, relu3_1 and relu4_1, the next half the size of the one before; Failure when it has
  // not. Its weights stay. `encoder_sha256`: of its file.
  Reconstruction(Network encoder, std::string encoder_sha256, const Settings &settings, torch::Device device);

  // Of pictures N×3×S×S, S a multiple of 8. Features are moved to those of the next picture; how far, `turn` says at random.
  std::vector<DecoderLosses> losses(const torch::Tensor &pictures, int64_t turn) const;

  // Learns from the pictures; returns the losses before.
  std::vector<DecoderLosses> step(const torch::Tensor &pictures);

  // N×C×H×W at a layer to N×3×sH×sW, s the layer's stride.
  torch::Tensor decode(const std::string &layer, const torch::Tensor &features) const;

  int64_t steps_done() const { return done_; }
  std::vector<std::string> layers() const; // that there are decoders of, in the order of losses()

  // Writes the file that core/decoders.h describes, in 16-bit floats, for an encoder of this name.
  void write(const std::filesystem::path &file, const std::string &encoder_name, std::map<std::string, std::string> metadata) const;

  // As Distillation's: the whole state. load() throws Failure when the file is not one of decoders of this encoder.
  void save(const std::filesystem::path &file, const std::string &about) const;
  std::string load(const std::filesystem::path &file);

private:
  void start();

  Network encoder_;
  std::string encoder_sha256_;
  Settings settings_;
  torch::Device device_;
  std::map<std::string, std::vector<nlohmann::json>> decoders_; // by layer, as the file describes them
  std::map<std::string, torch::Tensor> weights_;                // "decoder3_1_1.weight"
  std::unique_ptr<torch::optim::Adam> optimizer_;
  int64_t done_ = 0;
};

} // namespace training
