// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/encoder.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>

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
  std::vector<int64_t> lens_shape = {4, 2};
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
    file.add("conv1.lens", torch::full(lens_shape, value));
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

// A small network with what it must give, in one precision.
struct Network {
  Encoder encoder;
  Safetensors expected;
  std::vector<std::string> layers;
  torch::Tensor image;

  Network(const std::string &name, torch::ScalarType precision)
      : encoder(reference::encoder(name, precision)), expected(reference::expected(name)), image(expected.read("image")) {
    if (precision == torch::kDouble)
      image = image.to(torch::kDouble);
    Safetensors file(reference::file(name));
    for (const json &layer : json::parse(file.metadata().at("layers")))
      layers.push_back(layer.at("name"));
  }

  torch::Tensor backward(const std::vector<std::string> &wanted) {
    std::vector<std::string> asked;
    const torch::Tensor gradient =
        encoder.backward(encoder.trace(image, wanted), [&](const std::string &layer, const torch::Tensor &features) {
          asked.push_back(layer);
          EXPECT_LT(reference::difference(features, encoder(image, {layer}).at(layer)), 1e-12) << layer;
          return expected.read("gradient " + layer).to(features.scalar_type()).contiguous(torch::MemoryFormat::ChannelsLast);
        });
    EXPECT_EQ(asked, (std::vector<std::string>(wanted.rbegin(), wanted.rend()))) << "not once each, or not the deepest first";
    return gradient;
  }
};

struct Rounding {
  torch::ScalarType precision;
  double allowed; // as a part of the largest number
};

const Rounding roundings[] = {{torch::kDouble, 1e-6}, {torch::kFloat, 1e-5}};

template <class Check> void for_every_network(const Check &check) {
  for (const std::string &name : reference::networks)
    for (const Rounding &rounding : roundings) {
      SCOPED_TRACE(name + " in " + torch::toString(rounding.precision));
      Network network(name, rounding.precision);
      check(network, rounding);
    }
}

// How far from the place of the image that a layer's pixel covers, [i · stride, (i + 1) · stride), the pixel `at` lies.
int64_t distance(int64_t at, int64_t place, int64_t stride) {
  return std::max<int64_t>({0, place * stride - at, at - (place + 1) * stride + 1});
}

// The farthest that anything that is not zero in `maps` is from a pixel of the image, or from a pixel of the maps if `there` is one of
// those.
int64_t reach(const torch::Tensor &maps, int64_t y, int64_t x, int64_t stride, bool from_image) {
  int64_t farthest = 0;
  const torch::Tensor places = maps[0].abs().sum(0).nonzero();
  for (int64_t i = 0; i < places.size(0); ++i) {
    const int64_t row = places[i][0].item<int64_t>(), column = places[i][1].item<int64_t>();
    farthest = std::max({farthest, from_image ? distance(y, row, stride) : distance(row, y, stride),
                         from_image ? distance(x, column, stride) : distance(column, x, stride)});
  }
  return farthest;
}

} // namespace

TEST(Encoder, FeaturesAreThoseOfPyTorchAtEveryLayer) {
  for_every_network([](Network &network, const Rounding &rounding) {
    const Features all = network.encoder(network.image, network.layers);
    ASSERT_EQ(all.size(), network.layers.size());
    for (const std::string &layer : network.layers) {
      const torch::Tensor expected = network.expected.read("feature " + layer);
      EXPECT_EQ(all.at(layer).scalar_type(), rounding.precision);
      EXPECT_LT(reference::difference(all.at(layer), expected), rounding.allowed) << layer;
      // Alone, a pass may overwrite what nobody asked for.
      const Features alone = network.encoder(network.image, {layer});
      ASSERT_EQ(alone.size(), 1);
      EXPECT_LT(reference::difference(alone.at(layer), expected), rounding.allowed) << layer;
    }
  });
}

TEST(Encoder, GradientsOfEveryLayerAreThoseOfPyTorch) {
  for_every_network([](Network &network, const Rounding &rounding) {
    for (const std::string &layer : network.layers) {
      const torch::Tensor gradient = network.backward({layer});
      EXPECT_EQ(gradient.scalar_type(), torch::kFloat);
      EXPECT_LT(reference::difference(gradient, network.expected.read("backward " + layer)), rounding.allowed) << layer;
    }
  });
}

TEST(Encoder, GradientsOfSeveralLayersAddUp) {
  for_every_network([](Network &network, const Rounding &rounding) {
    torch::Tensor sum = torch::zeros_like(network.image);
    for (const std::string &layer : network.layers)
      sum += network.expected.read("backward " + layer);
    EXPECT_LT(reference::difference(network.backward(network.layers), sum), rounding.allowed);
  });
}

TEST(Encoder, BFloat16IsCloseToPyTorch) {
  for (const std::string &name : reference::networks) {
    Network network(name, torch::kBFloat16);
    for (const std::string &layer : network.layers) {
      SCOPED_TRACE(name + " " + layer);
      const torch::Tensor features = network.encoder(network.image, {layer}).at(layer);
      EXPECT_EQ(features.scalar_type(), torch::kBFloat16);
      EXPECT_LT(reference::difference(features, network.expected.read("feature " + layer)), 0.03);
      // Rounding switches a few ReLUs and maxima, and turns the gradient there into another: over all pixels these must be few.
      const torch::Tensor expected = network.expected.read("backward " + layer), gradient = network.backward({layer});
      EXPECT_EQ(gradient.scalar_type(), torch::kFloat);
      EXPECT_LT(((gradient - expected).norm() / expected.norm()).item<double>(), 0.2);
    }
  }
}

TEST(Encoder, LayersWithoutALossHaveNoGradient) {
  Network network("vgg-like", torch::kFloat);
  const auto only = [&](const std::string &wanted) {
    return network.encoder.backward(network.encoder.trace(network.image, {"relu1_2", "relu2_1", "relu3_1"}),
                                    [&](const std::string &layer, const torch::Tensor &) {
                                      return layer == wanted ? network.expected.read("gradient " + layer) : torch::Tensor();
                                    });
  };
  EXPECT_LT(reference::difference(only("relu2_1"), network.expected.read("backward relu2_1")), 1e-5);
  const torch::Tensor none = only("");
  EXPECT_EQ(none.sizes(), network.image.sizes());
  EXPECT_EQ(none.abs().max().item<float>(), 0);
}

TEST(Encoder, SmallPicturesHaveGradientsToo) {
  // One pixel of the deepest maps, so that every place is an edge; the sum of the features against finite differences.
  for (const auto &[name, layer] : {std::pair<std::string, std::string>{"smooth", "relu2_2"}, {"vgg-like", "relu3_1"}}) {
    SCOPED_TRACE(name);
    Network network(name, torch::kDouble);
    const torch::Tensor image = network.image.narrow(2, 0, 5).narrow(3, 20, 7);
    const torch::Tensor gradient =
        network.encoder.backward(network.encoder.trace(image, {layer}),
                                 [](const std::string &, const torch::Tensor &features) { return torch::ones_like(features); });
    const auto sum = [&](const torch::Tensor &at) { return network.encoder(at, {layer}).at(layer).sum().item<double>(); };
    for (const auto &[c, y, x] : {std::array{0, 0, 0}, std::array{1, 2, 3}, std::array{2, 4, 6}, std::array{1, 0, 5}}) {
      torch::Tensor up = image.clone(), down = image.clone();
      up[0][c][y][x] += 1e-6;
      down[0][c][y][x] -= 1e-6;
      EXPECT_NEAR(gradient[0][c][y][x].item<double>(), (sum(up) - sum(down)) / 2e-6, 1e-5 * gradient.abs().max().item<double>());
    }
  }
}

TEST(Encoder, FeaturesDependOnPixelsWithinTheRadiusOnly) {
  for (const std::string &name : reference::networks) {
    Network network(name, torch::kDouble);
    const int64_t height = network.image.size(2), width = network.image.size(3);
    for (const std::string &layer : network.layers) {
      SCOPED_TRACE(name + " " + layer);
      const int64_t stride = network.encoder.stride(layer), radius = network.encoder.radius({layer});
      const torch::Tensor before = network.encoder(network.image, {layer}).at(layer);
      EXPECT_EQ(before.size(2), height / stride);
      EXPECT_EQ(before.size(3), width / stride);
      int64_t farthest = 0;
      // Every place within a step of the maps, on a diagonal through the picture and at its corners.
      for (int64_t i = 0; i < 2 * stride + 2; ++i) {
        const int64_t y = i < 2 * stride    ? 28 + i
                          : i == 2 * stride ? 0
                                            : height - 1,
                      x = i < 2 * stride    ? 30 + i
                          : i == 2 * stride ? 0
                                            : width - 1;
        torch::Tensor image = network.image.clone();
        image[0].select(1, y).select(1, x).add_(torch::tensor({20.0, -30.0, 25.0}, torch::kDouble));
        farthest = std::max(farthest, reach(network.encoder(image, {layer}).at(layer) - before, y, x, stride, true));
      }
      EXPECT_LE(farthest, radius);
      EXPECT_LT(radius - farthest, stride) << "wider than needed";

      farthest = 0;
      for (const auto &[row, column] : {std::pair{before.size(2) / 2, before.size(3) / 2}, {int64_t{0}, before.size(3) - 1}}) {
        const torch::Tensor gradient = network.encoder.backward(network.encoder.trace(network.image, {layer}),
                                                                [&](const std::string &, const torch::Tensor &features) {
                                                                  torch::Tensor one = torch::zeros_like(features);
                                                                  one.select(2, row).select(2, column).fill_(1);
                                                                  return one;
                                                                });
        farthest = std::max(farthest, reach(gradient, row, column, stride, false));
      }
      EXPECT_LE(farthest, radius);
    }
  }
  const Encoder smooth = reference::encoder("smooth");
  EXPECT_EQ(smooth.radius({"relu1_1", "relu2_2"}), smooth.radius({"relu2_2", "relu1_1"}));
  EXPECT_EQ(smooth.radius({"relu1_1", "relu2_2"}), smooth.radius({"relu2_2"}));
}

TEST(Encoder, SaysWhatAPassTakes) {
  const Encoder encoder = reference::encoder("smooth", torch::kFloat);
  // 5 maps of the whole size, then 7 of a quarter, 4 bytes a number.
  EXPECT_EQ(encoder.map_bytes_per_pixel("relu1_1"), 20);
  EXPECT_EQ(encoder.map_bytes_per_pixel("conv2_1"), 7);
  // A multiplication and an addition, forward and back: 5 · 3 · 3² weights at every pixel; 7 · 5 · 5² and 6 · 7 at every fourth.
  EXPECT_EQ(encoder.operations_per_pixel({"relu1_1"}), 4 * 135);
  EXPECT_EQ(encoder.operations_per_pixel({"relu2_2"}), 4 * 135 + 875 + 42);

  for (const std::string &name : reference::networks) {
    Network network(name, torch::kFloat);
    const auto pixels = static_cast<double>(network.image.numel()) / 3;
    for (const std::vector<std::string> &wanted : {network.layers, {network.layers.back()}}) {
      double features = 0, kept = 0;
      const Encoder::Trace trace = network.encoder.trace(network.image, wanted);
      std::set<const void *> counted; // a ReLU's output may be both
      for (const auto &[layer, maps] : trace.features)
        if (counted.insert(maps.const_data_ptr()).second)
          features += static_cast<double>(maps.nbytes());
      for (const torch::Tensor &tensor : trace.kept)
        if (tensor.defined() && counted.insert(tensor.const_data_ptr()).second)
          kept += static_cast<double>(tensor.nbytes());
      EXPECT_GE(network.encoder.trace_bytes_per_pixel(wanted) * pixels, features + kept);
    }
  }
}

TEST(Encoder, BuiltInModelLoadsAndSeesDifferencesBetweenPictures) {
  const Encoder encoder(COMPACT, torch::kCPU, torch::kFloat);
  EXPECT_EQ(encoder.name(), "compact");
  EXPECT_EQ(encoder.style_layers(), (std::vector<std::string>{"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"}));
  EXPECT_EQ(encoder.content_layers(), (std::vector<std::string>{"relu3_2", "relu4_2"}));
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
  spoilt([](Description &d) { d.lens_shape = {4, 3}; });
  spoilt([](Description &d) { d.lens_shape = {0, 2}; });
  spoilt([](Description &d) { d.lens_shape = {4, 2, 1}; });
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
