// SPDX-License-Identifier: GPL-3.0-or-later
// VGG-16 and VGG-19 as they are imported give the features that torchvision's own give.
#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "base/mappedfile.h"
#include "core/encoder.h"
#include "models/encoderfile.h"

namespace {

namespace fs = std::filesystem;

torch::Tensor tensor(const models::Tensor &stored) {
  EXPECT_EQ(stored.type, "F32");
  const torch::Tensor copy = torch::empty(stored.shape);
  std::memcpy(copy.data_ptr(), stored.bytes.data(), stored.bytes.size());
  return copy;
}

// |a − b| relative to the largest |b|.
double difference(const torch::Tensor &a, const torch::Tensor &b) {
  return a.sizes() == b.sizes() ? ((a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max() / b.abs().max()).item<double>() : 1e9;
}

void expect_torchvisions_features(const std::string &name, size_t layer_count) {
  const fs::path folder(VGG_REFERENCE);
  const pastiche::MappedFile file(folder / (name + ".pth")), expected_file(folder / (name + "-expected.pth"));
  const models::StateDict weights = models::state_dict(file.bytes());
  models::StateDict expected = models::state_dict(expected_file.bytes());
  const std::vector<models::Model> catalogue = models::catalogue();
  const models::Model &model = models::model_of(weights, catalogue);
  ASSERT_EQ(model.name, name);
  ASSERT_NO_THROW(models::check(weights, model.network));
  const fs::path written = fs::temp_directory_path() / ("pastiche-test-" + std::to_string(getpid()) + "-" + name + ".safetensors");
  models::write_encoder(written, weights, model.network, models::Input::torchvision, {{"name", name}});

  const torch::Tensor image = tensor(expected.extract("image").mapped());
  ASSERT_EQ(expected.size(), layer_count);
  std::vector<std::string> layers;
  for (const auto &[layer, maps] : expected)
    layers.push_back(layer);
  for (const auto &[precision, allowed] : {std::pair(torch::kDouble, 1e-6), std::pair(torch::kFloat, 1e-5)}) {
    const pastiche::Encoder encoder(written, torch::kCPU, precision);
    const pastiche::Features features = encoder(image.to(precision), layers);
    for (const auto &[layer, maps] : expected)
      EXPECT_LT(difference(features.at(layer), tensor(maps)), allowed) << layer;
    EXPECT_EQ(encoder.style_layers(), (std::vector<std::string>{"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"}));
    EXPECT_EQ(encoder.content_layers(), std::vector<std::string>{"relu4_2"});
  }
  fs::remove(written);
}

} // namespace

TEST(Vgg, SixteenGivesTorchvisionsFeaturesAtEveryLayer) { expect_torchvisions_features("vgg16", 13 + 13 + 5); }

TEST(Vgg, NineteenGivesTorchvisionsFeaturesAtEveryLayer) { expect_torchvisions_features("vgg19", 16 + 16 + 5); }
