// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of the losses are compared with PyTorch's in train_test.py.
#include "train/reconstruction.h"

#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "base/checksum.h"
#include "base/failure.h"
#include "core/decoders.h"
#include "core/encoder.h"

namespace {

namespace fs = std::filesystem;
using training::DecoderLosses;
using training::Network;
using training::Reconstruction;

struct ReconstructionTest : testing::Test {
  fs::path folder = fs::temp_directory_path() / ("pastiche-reconstruction-" + std::to_string(getpid()));
  fs::path encoder_file = folder / "encoder.safetensors";
  std::string sum;

  ReconstructionTest() {
    fs::create_directory(folder);
    Network({{4}, {6}, {8}, {10}}, "avgpool", 7)
        .save(encoder_file, {{"name", "small"}, {"style_layers", "relu1_1"}, {"content_layers", "relu1_1"}}, {});
    sum = pastiche::sha256_of_file(encoder_file);
  }
  ~ReconstructionTest() override { fs::remove_all(folder); }
  Reconstruction decoders() const { return {Network(encoder_file), sum, {.steps = 30, .rate = 0.01}, torch::kCPU}; }
};

double total(const std::vector<DecoderLosses> &losses) {
  double sum = 0;
  for (const DecoderLosses &one : losses)
    sum += (one.picture + one.features + one.moved).item<double>();
  return sum;
}

TEST_F(ReconstructionTest, WhatIsLearntIsWhatTheEngineOpens) {
  Reconstruction decoders = this->decoders();
  torch::manual_seed(5);
  const torch::Tensor pictures = torch::upsample_bilinear2d(torch::rand({3, 3, 4, 4}), {32, 32}, false);
  const double before = total(decoders.losses(pictures, 1));
  for (int i = 0; i < 30; ++i)
    decoders.step(pictures);
  EXPECT_LT(total(decoders.losses(pictures, 1)), 0.7 * before);

  const fs::path file = folder / "decoders.safetensors";
  decoders.write(file, "small", {{"name", "x"}});
  const pastiche::Encoder encoder(encoder_file, torch::kCPU, torch::kFloat);
  const pastiche::Decoders opened(file, encoder, sum);
  EXPECT_EQ(opened.passes().size(), 4u);
  EXPECT_EQ(opened.passes().back().layer, "relu2_1");
  for (const std::string layer : {"relu2_1", "relu3_1", "relu4_1"}) {
    const int64_t stride = encoder.stride(layer);
    const torch::Tensor one = torch::rand({1, encoder.channels(layer), 5, 7}), other = torch::rand_like(one);
    const torch::Tensor difference = opened.difference(layer, one, other);
    ASSERT_EQ(difference.sizes(), (std::vector<int64_t>{1, 3, 5 * stride, 7 * stride}));
    // Up to the 16 bits of the file.
    EXPECT_LT((difference - (decoders.decode(layer, one) - decoders.decode(layer, other))).abs().max().item<double>(), 5e-3) << layer;
  }
}

TEST_F(ReconstructionTest, OfAnotherEncoderIsRefused) {
  const fs::path file = folder / "run.pt";
  decoders().save(file, "about");
  Reconstruction same = decoders();
  EXPECT_EQ(same.load(file), "about");
  Reconstruction other(Network(encoder_file), "another", {}, torch::kCPU);
  EXPECT_THROW(other.load(file), pastiche::Failure);
  EXPECT_THROW(Reconstruction(Network({{4}, {6}, {8}}, "avgpool", 7), "", {}, torch::kCPU), pastiche::Failure); // has no relu4_1
}

} // namespace
