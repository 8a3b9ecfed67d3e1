// SPDX-License-Identifier: GPL-3.0-or-later
// A convolutional network that gradients can flow through: the teachers, and the student while it learns.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <torch/types.h>

namespace training {

// Maps by layer name, N×C×H×W.
using Maps = std::map<std::string, torch::Tensor>;

class Network {
public:
  // Reads a file of the format pastiche-encoder-1 (core/encoder.h). A teacher may be more than a stack, with the format
  // "pastiche-teacher-1": there a layer may have
  //   from      names of the layers (or "input") that it works on; by default the one before
  //   conv      "stride"; "padding" may also be "reflect"
  //   maxpool   "size", "stride", "padding" (pixels), "ceil" (whether a window that is not full counts)
  //   lrn       "size", "alpha", "beta" (Krizhevsky et al. 2012, section 3.3, with alpha / size as Caffe has it)
  //   concat    joins the channels of several
  // Throws pastiche::Error.
  explicit Network(const std::filesystem::path &file);

  // A student that has learnt nothing: stages such as {{16, 16}, {32, 32}}, each ending with a pooling but the last, 3×3 convolutions
  // with replicated edges called conv1_1, … He's initialisation (He et al. 2015).
  Network(const std::vector<std::vector<int64_t>> &stages, const std::string &pooling, uint64_t seed);

  // Every pooling becomes "avgpool", "maxpool" or "blurpool".
  void set_pooling(const std::string &pooling);

  void to(torch::Device device);

  // Maps of `images` (N×3×H×W, RGB, 0..1) at the layers wanted.
  Maps operator()(const torch::Tensor &images, const std::set<std::string> &wanted) const;

  bool has(const std::string &layer) const;
  std::vector<std::string> relus() const; // in order

  std::map<std::string, torch::Tensor> &weights() { return weights_; }
  const std::map<std::string, torch::Tensor> &weights() const { return weights_; }
  std::string metadata(const std::string &key) const; // empty when it is not there

  // As a pastiche-encoder-1 file in 16-bit floats, with lenses (lens.h) for some layers. Only for stacks.
  void save(const std::filesystem::path &file, const std::map<std::string, std::string> &metadata, const Maps &lenses) const;

private:
  std::vector<nlohmann::json> layers_;
  nlohmann::json input_;
  std::map<std::string, torch::Tensor> weights_; // "conv1_1.weight", "conv1_1.bias"
  std::map<std::string, std::string> metadata_;
};

} // namespace training
