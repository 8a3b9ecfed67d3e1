// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/encoder.h"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "reference.h"
#include "safetensors_file.h"

namespace {

using namespace pastiche;
using nlohmann::json;

// A valid one-convolution network to be spoilt by the tests.
struct Description {
  json layers = {{{"op", "conv"}, {"name", "conv1"}, {"kernel", 3}, {"padding", "zeros"}}, {{"op", "relu"}, {"name", "relu1"}}};
  json input = {{"order", "RGB"}, {"range", {0, 1}}, {"mean", {0, 0, 0}}, {"std", {1, 1, 1}}};
  json metadata = {{"format", "pastiche-encoder-1"}, {"name", "x"}, {"style_layers", "relu1"}, {"content_layers", "relu1"}};
  std::vector<int64_t> weight_shape = {2, 3, 3, 3};
  std::vector<int64_t> bias_shape = {2};
  float value = 0.5f;

  void load() const {
    SafetensorsFile file;
    file.metadata = metadata;
    if (!layers.is_null())
      file.metadata["layers"] = layers.dump();
    if (!input.is_null())
      file.metadata["input"] = input.dump();
    file.add("conv1.weight", torch::full(weight_shape, value));
    file.add("conv1.bias", torch::full(bias_shape, value));
    Encoder(file.write(), torch::kCPU, torch::kFloat);
  }
};

void expect_refused(const Description &description) {
  try {
    description.load();
    ADD_FAILURE() << "was accepted";
  } catch (const Error &error) {
    EXPECT_EQ(error.status(), PASTICHE_BAD_MODEL);
    EXPECT_NE(std::string(error.what()).find(".safetensors"), std::string::npos) << "does not name the file: " << error.what();
  }
}

} // namespace

TEST(Encoder, FeaturesAreThoseOfPyTorchAtEveryLayer) {
  for (const std::string &network : reference::networks) {
    const Encoder encoder = reference::encoder(network);
    Safetensors expected = reference::expected(network);
    Safetensors file(reference::file(network));
    std::vector<std::string> layers;
    for (const json &layer : json::parse(file.metadata().at("layers")))
      layers.push_back(layer.at("name"));
    const Features features = encoder(expected.read("image"), layers);
    ASSERT_EQ(features.size(), layers.size());
    for (const std::string &layer : layers)
      EXPECT_LT(reference::difference(features.at(layer), expected.read("feature " + layer)), 1e-5) << network << " " << layer;
  }
}

TEST(Encoder, BuiltInModelLoadsAndSeesDifferencesBetweenPictures) {
  const Encoder encoder(COMPACT, torch::kCPU, torch::kFloat);
  EXPECT_EQ(encoder.name(), "compact");
  EXPECT_EQ(encoder.style_layers(), (std::vector<std::string>{"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"}));
  EXPECT_EQ(encoder.content_layers(), std::vector<std::string>{"relu4_2"});
  torch::NoGradGuard no_grad;
  const Features gray = encoder(torch::full({1, 3, 64, 48}, 0.5), {"relu5_1"});
  EXPECT_EQ(gray.at("relu5_1").sizes(), (std::vector<int64_t>{1, 128, 4, 3})); // four poolings: a sixteenth of each side
  const Features noise = encoder(torch::rand({1, 3, 64, 48}), {"relu5_1"});
  EXPECT_GT(reference::difference(gray.at("relu5_1"), noise.at("relu5_1")), 0.1);
}

TEST(Encoder, BFloat16FeaturesAreCloseToFloat32) {
  torch::NoGradGuard no_grad;
  const torch::Tensor image = torch::rand({1, 3, 96, 80});
  const std::vector<std::string> layers{"relu1_1", "relu5_1"};
  const Features full = Encoder(COMPACT, torch::kCPU, torch::kFloat)(image, layers);
  const Features half = Encoder(COMPACT, torch::kCPU, torch::kBFloat16)(image, layers);
  for (const std::string &layer : layers) {
    EXPECT_EQ(half.at(layer).scalar_type(), torch::kBFloat16);
    EXPECT_LT(reference::difference(half.at(layer), full.at(layer)), 0.05) << layer;
  }
}

TEST(Encoder, ADescriptionThatDoesNotFitIsRefused) {
  EXPECT_NO_THROW(Description().load());
  const auto spoilt = [](auto change) {
    Description description;
    change(description);
    expect_refused(description);
  };
  spoilt([](Description &d) { d.metadata["format"] = "pastiche-encoder-2"; });
  spoilt([](Description &d) { d.metadata.erase("format"); });
  spoilt([](Description &d) { d.layers = nullptr; });
  spoilt([](Description &d) { d.layers = "many"; });
  spoilt([](Description &d) { d.layers = json::array(); });
  spoilt([](Description &d) { d.layers[0]["op"] = "attention"; });
  spoilt([](Description &d) { d.layers[0]["kernel"] = 2; });
  spoilt([](Description &d) { d.layers[0]["kernel"] = -1; });
  spoilt([](Description &d) { d.layers[0]["kernel"] = 3.5; });
  spoilt([](Description &d) { d.layers[0]["padding"] = "mirror"; });
  spoilt([](Description &d) { d.layers[0]["name"] = "elsewhere"; });
  spoilt([](Description &d) { d.layers[1]["name"] = "conv1"; });
  spoilt([](Description &d) { d.layers[1] = 7; });
  spoilt([](Description &d) { d.layers.push_back({{"op", "maxpool"}, {"name", "pool1"}, {"size", 3}}); });
  spoilt([](Description &d) { d.input = nullptr; });
  spoilt([](Description &d) { d.input = json::array(); });
  spoilt([](Description &d) { d.input["order"] = "HSV"; });
  spoilt([](Description &d) { d.input["range"] = {0, 10}; });
  spoilt([](Description &d) { d.input["mean"] = {0, 0}; });
  spoilt([](Description &d) { d.input["std"] = {1, 0, 1}; });
  spoilt([](Description &d) { d.input["std"] = {1, "wide", 1}; });
  spoilt([](Description &d) { d.metadata["style_layers"] = "relu9_9"; });
  spoilt([](Description &d) { d.metadata["content_layers"] = ""; });
  spoilt([](Description &d) { d.weight_shape = {2, 4, 3, 3}; });
  spoilt([](Description &d) { d.weight_shape = {2, 3, 3}; });
  spoilt([](Description &d) { d.weight_shape = {0, 3, 3, 3}; });
  spoilt([](Description &d) { d.bias_shape = {3}; });
  spoilt([](Description &d) { d.value = std::numeric_limits<float>::quiet_NaN(); });
  spoilt([](Description &d) { d.value = std::numeric_limits<float>::infinity(); });
}

TEST(Encoder, ModelsAreFoundByNameAndPath) {
  EXPECT_EQ(find_model("some/where.bin"), "some/where.bin");
  EXPECT_EQ(find_model("mine.safetensors"), "mine.safetensors");
  EXPECT_THROW(find_model("no-such-model"), Error);

  const std::filesystem::path data = std::filesystem::temp_directory_path() / ("pastiche-data-" + std::to_string(getpid()));
  std::filesystem::create_directories(data / "pastiche/models");
  std::ofstream(data / "pastiche/models/mine.safetensors") << "x";
  setenv("XDG_DATA_HOME", data.c_str(), 1);
  EXPECT_EQ(find_model("mine"), data / "pastiche/models/mine.safetensors");
  unsetenv("XDG_DATA_HOME");
  std::filesystem::remove_all(data);
}
