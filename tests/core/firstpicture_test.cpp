// SPDX-License-Identifier: GPL-3.0-or-later
// The first picture and what it is made of. Expected numbers come from PyTorch, worked out by first_reference.py.
#include "core/firstpicture.h"

#include <cmath>
#include <new>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/safetensors.h"
#include "safetensors_file.h"

namespace {

using namespace pastiche;
using nlohmann::json;
namespace fs = std::filesystem;

const fs::path folder = FIRST_REFERENCE;
const fs::path encoder_file = folder / "first-encoder.safetensors", decoders_file = folder / "first-decoders.safetensors";

torch::Tensor expected(const std::string &name) { return Safetensors(folder / "first-expected.safetensors").read(name); }

double difference(const torch::Tensor &a, const torch::Tensor &b) {
  return a.sizes() == b.sizes() ? (a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max().item<double>() : 1e9;
}

Encoder encoder(torch::ScalarType precision = torch::kFloat) { return {encoder_file, torch::kCPU, precision}; }

// The files' own metadata, to be spoilt.
struct Described {
  json encoder = json::parse(Safetensors(decoders_file).metadata().at("encoder"));
  json decoders = json::parse(Safetensors(decoders_file).metadata().at("decoders"));
  json passes = json::parse(Safetensors(decoders_file).metadata().at("passes"));
  std::string format = "pastiche-decoders-1";
  std::map<std::string, torch::Tensor> tensors;

  Described() {
    const Safetensors file(decoders_file);
    for (const std::string &name : file.names())
      tensors[name] = file.read(name);
  }

  fs::path write(SafetensorsFile &file) const {
    file.metadata = {{"format", format}, {"name", "x"}, {"encoder", encoder.dump()}, {"passes", passes.dump()}};
    if (!decoders.is_null())
      file.metadata["decoders"] = decoders.dump();
    for (const auto &[name, tensor] : tensors)
      file.add(name, tensor);
    return file.write();
  }

  void load() const {
    SafetensorsFile file;
    Decoders(write(file), ::encoder(), json::parse(Safetensors(decoders_file).metadata().at("encoder")).at("sha256"));
  }
};

TEST(Decoders, TurnADifferenceOfFeaturesIntoOneOfPictures) {
  const Encoder of = encoder();
  const Decoders decoders(decoders_file, of, Described().encoder.at("sha256"));
  EXPECT_LT(difference(decoders.difference("relu3_1", expected("moved"), expected("features")), expected("difference")), 1e-5);
  // Changed features at one place change the picture no further away than the radius says, which is no wider than it must be by far.
  torch::Tensor moved = torch::zeros({1, 9, 31, 31});
  moved[0][4][15][15] = 1;
  const torch::Tensor changed = decoders.difference("relu3_1", moved, torch::zeros({1, 9, 31, 31})).abs().sum(1)[0].nonzero();
  const int64_t radius = decoders.radius("relu3_1"), least = changed.min().item<int64_t>(), most = changed.max().item<int64_t>();
  EXPECT_GE(least, 4 * 15 - radius);
  EXPECT_LT(most, 4 * 16 + radius);
  EXPECT_GT(most - least, radius);
}

TEST(Decoders, AFileThatDoesNotFitIsRefusedWithASentence) {
  Described().load(); // is one that fits
  const auto refused = [](const char *what, const std::function<void(Described &)> &spoil) {
    Described described;
    spoil(described);
    try {
      described.load();
      ADD_FAILURE() << "was accepted: " << what;
    } catch (const Error &error) {
      EXPECT_EQ(error.status(), PASTICHE_BAD_MODEL) << what;
      EXPECT_NE(std::string(error.what()).find(".safetensors"), std::string::npos) << error.what();
    }
  };
  refused("format", [](auto &d) { d.format = "pastiche-encoder-1"; });
  refused("another encoder", [](auto &d) { d.encoder["sha256"] = "0"; });
  refused("no encoder", [](auto &d) { d.encoder = json::array(); });
  refused("no decoders", [](auto &d) { d.decoders = nullptr; });
  refused("an empty one", [](auto &d) { d.decoders = json::object(); });
  refused("a list of them", [](auto &d) { d.decoders = json::array({1}); });
  refused("a layer that the encoder lacks", [](auto &d) { d.decoders["relu9_1"] = d.decoders["relu1_1"]; });
  refused("no layers", [](auto &d) { d.decoders["relu1_1"] = json::array(); });
  refused("a number for a layer", [](auto &d) { d.decoders["relu1_1"] = json::array({7}); });
  refused("an unknown layer", [](auto &d) { d.decoders["relu1_1"][0]["op"] = "dream"; });
  refused("an even kernel", [](auto &d) { d.decoders["relu1_1"][0]["kernel"] = 2; });
  refused("another kernel", [](auto &d) { d.decoders["relu1_1"][0]["kernel"] = 5; });
  refused("a tensor that is not there", [](auto &d) { d.decoders["relu1_1"][0]["name"] = "d9"; });
  refused("too large a picture", [](auto &d) { d.decoders["relu3_1"].insert(d.decoders["relu3_1"].begin(), json{{"op", "enlarge"}}); });
  refused("too small a picture", [](auto &d) { d.decoders["relu3_1"].erase(2); });
  refused("three channels to shuffle", [](auto &d) { d.decoders["relu1_1"].push_back({{"op", "shuffle"}}); });
  refused("features at the end", [](auto &d) { d.decoders["relu1_1"].push_back({{"op", "relu"}}); });
  refused("no colours", [](auto &d) {
    d.tensors["d1.weight"] = torch::zeros({4, 5, 3, 3});
    d.tensors["d1.bias"] = torch::zeros({4});
  });
  refused("weights of another shape", [](auto &d) { d.tensors["d1.weight"] = torch::zeros({3, 4, 3, 3}); });
  refused("no numbers", [](auto &d) { d.tensors["d1.weight"][0][0][0][0] = NAN; });
  refused("no passes", [](auto &d) { d.passes = json::array(); });
  refused("a pass without a decoder", [](auto &d) { d.passes[0]["layer"] = "relu2_1"; });
  refused("a pass at no size", [](auto &d) { d.passes[0]["side"] = -1; });
}

TEST(Transport, IsTheOptimalMap) {
  const auto number = [](const char *name) { return expected(name).to(torch::kDouble); };
  const Gaussian from{number("from mean"), number("from covariance")}, to{number("to mean"), number("to covariance")};
  const AffineMap map = transport(from, to);
  EXPECT_LT(difference(map.matrix, number("matrix")), 1e-4); // the expected numbers are read in float32
  EXPECT_LT(difference(map.shift, number("shift")), 1e-4);
  // Half of the way to it.
  EXPECT_LT(difference(map.partly(0.5).matrix, number("matrix") / 2 + torch::eye(6, torch::kDouble) / 2), 1e-4);
  EXPECT_LT(difference(map.partly(0.5).shift, number("shift") / 2), 1e-4);
}

TEST(Transport, FlatDistributionsMoveByFiniteNumbersAndEqualOnesNotAtAll) {
  const auto constant = [](double value) {
    return Gaussian{torch::full({4}, value, torch::kDouble), torch::zeros({4, 4}, torch::kDouble)};
  };
  Gaussian lively = constant(1);
  lively.covariance = torch::diag(torch::tensor({4.0, 1.0, 0.0, -1e-9}, torch::kDouble));
  for (const Gaussian &from : {constant(0), constant(0.5), lively})
    for (const Gaussian &to : {constant(0), constant(0.5), lively}) {
      const AffineMap map = transport(from, to);
      EXPECT_TRUE(map.matrix.isfinite().all().item<bool>() && map.shift.isfinite().all().item<bool>());
      EXPECT_LT(difference(map.matrix.mv(from.mean) + map.shift, to.mean), 1e-9);
      EXPECT_LT(map.matrix.abs().max().item<double>(), 100); // what is flat is not torn apart
    }
  EXPECT_LT(difference(transport(lively, lively).matrix, torch::eye(4, torch::kDouble)), 1e-6);
}

struct FirstPictureTest : testing::Test {
  FirstPicture first{encoder_file, decoders_file, torch::kFloat};
  Style style{.color = expected("style"), .alpha = {}, .region = {}, .weight = 1},
      other{.color = expected("other"), .alpha = {}, .region = {}, .weight = 1};
  FirstPicture::Scene scene{.picture = expected("picture"),
                            .visible = {},
                            .styles = {style},
                            .strength = 0.5,
                            .style_size = [](Size own, Size) { return own; },
                            .most_pixels = 1e6};

  void mix() {
    style.alpha = expected("alpha");
    style.weight = 2;
    scene.styles = {style, other};
    scene.visible = expected("visible");
  }
};

TEST_F(FirstPictureTest, IsPyTorchs) {
  EXPECT_LT(difference(first.paint(scene, {}), expected("plain")), 1e-3);
  EXPECT_GT(difference(scene.picture, expected("plain")), 0.2);
}

TEST_F(FirstPictureTest, SeveralStylesHaveTheirSharesAndTransparentPixelsDoNotCount) {
  mix();
  scene.strength = 0.3;
  EXPECT_LT(difference(first.paint(scene, {}), expected("mixed")), 1e-3);
}

TEST_F(FirstPictureTest, StylesStayInTheirRegions) {
  mix();
  scene.styles[0].region = expected("region");
  EXPECT_LT(difference(first.paint(scene, {}), expected("guided")), 1e-3);
}

TEST_F(FirstPictureTest, GoesFurtherWithMoreStrength) {
  scene.strength = 0.8;
  EXPECT_LT(difference(first.paint(scene, {}), expected("strong")), 1e-3);
}

TEST_F(FirstPictureTest, TilesGiveTheSameAsTheWhole) {
  Described described;
  described.passes = {{{"layer", "relu1_1"}}, {{"layer", "relu3_1"}}};
  SafetensorsFile file;
  const FirstPicture large(encoder_file, described.write(file), torch::kFloat);
  mix();
  const auto repeated = [](const torch::Tensor &image) { return image.repeat({1, 1, 3, 3}); };
  scene.picture = repeated(scene.picture);
  scene.visible = repeated(scene.visible);
  scene.styles[0].region = repeated(expected("region"));
  scene.styles[0].color = repeated(style.color);
  scene.styles[0].alpha = repeated(style.alpha);
  const torch::Tensor whole = large.paint(scene, {});
  scene.most_pixels = large.least_pixels();
  ASSERT_GT(large.tiles({249, 183}, scene.most_pixels).size(), 4u);
  // What is remembered of the style was found out in one piece.
  scene.styles[0].color[0][0][0][0] += 1e-5;
  EXPECT_LT(difference(large.paint(scene, {}), whole), 1e-4);
  scene.most_pixels = 100;
  EXPECT_THROW(large.paint(scene, {}), std::bad_alloc);
}

TEST_F(FirstPictureTest, TellsHowFarItIsAndStops) {
  std::vector<double> told;
  first.paint(scene, [&](double done) { return told.push_back(done), true; });
  ASSERT_EQ(told.size(), 3u);
  EXPECT_NEAR(told[0], 1600.0 / (1600 + 3136 + 61 * 83), 0.01); // the coarse passes are at 40² and 56² pixels
  EXPECT_NEAR(told[2], 1, 1e-9);
  const torch::Tensor stopped = first.paint(scene, [](double) { return false; });
  EXPECT_LT(difference(stopped, scene.picture), 1e-9);
}

// With the built-in decoders: neither pictures without any features nor tiny ones give what is no colour.
TEST(FirstPicture, OfFlatAndTinyPicturesIsAPicture) {
  for (const torch::ScalarType precision : {torch::kFloat, torch::kBFloat16}) {
    const FirstPicture first(fs::path(MODELS) / "compact.safetensors", fs::path(MODELS) / "decoders.safetensors", precision);
    const auto gray = [](double value, int64_t side) { return torch::full({1, 3, side, side}, value); };
    const torch::Tensor pictures[] = {gray(0, 40), gray(0.5, 33), gray(1, 40), torch::rand({1, 3, 32, 37}), gray(0.3, 1)};
    for (const torch::Tensor &picture : pictures)
      for (const torch::Tensor &style : pictures) {
        const torch::Tensor painted = first.paint({.picture = picture,
                                                   .visible = {},
                                                   .styles = {{.color = style, .alpha = {}, .region = {}, .weight = 1}},
                                                   .strength = 1,
                                                   .style_size = [](Size own, Size) { return own; },
                                                   .most_pixels = 1e6},
                                                  {});
        EXPECT_TRUE(painted.isfinite().all().item<bool>());
        EXPECT_TRUE((painted >= 0).all().item<bool>() && (painted <= 1).all().item<bool>());
        EXPECT_EQ(painted.sizes(), picture.sizes());
      }
  }
}

} // namespace
