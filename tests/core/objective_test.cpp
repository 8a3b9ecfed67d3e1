// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/objective.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/image.h"
#include "core/recipe.h"
#include "host/options.h"
#include "reference.h"

namespace {

using namespace pastiche;

constexpr double everything = 1e9; // pixels: a single tile

struct Result {
  Losses losses;
  torch::Tensor gradient;
};

Result evaluate(const Objective &objective, const torch::Tensor &image) {
  Result result = {{}, torch::full_like(image, 7)}; // what was there must not matter
  result.losses = objective.evaluate(image, result.gradient);
  return result;
}

struct Loss {
  std::string name;
  double LossWeights::*weight;
  double Losses::*value;
};

const Loss all_losses[] = {
    {"content", &LossWeights::content, &Losses::content},       {"gram", &LossWeights::gram, &Losses::style},
    {"mean_std", &LossWeights::mean_std, &Losses::style},       {"wasserstein", &LossWeights::wasserstein, &Losses::style},
    {"feature", &LossWeights::feature, &Losses::feature},       {"feature_gradient", &LossWeights::feature_gradient, &Losses::feature},
    {"laplacian", &LossWeights::laplacian, &Losses::laplacian}, {"tv", &LossWeights::tv, &Losses::tv},
};

// The pictures of reference.py, and the problems that it solved.
class Case {
public:
  Encoder encoder;
  torch::Tensor image;

  explicit Case(const std::string &network, torch::ScalarType precision = torch::kDouble)
      : encoder(reference::encoder(network, precision)), type_(precision == torch::kDouble ? torch::kDouble : torch::kFloat),
        expected_(reference::expected(network)) {
    image = picture("image");
  }

  torch::Tensor picture(const std::string &name) { return expected_.read(name).to(type_); }
  torch::Tensor expected(const std::string &name) { return expected_.read(name); }

  // One style; no loss counts yet.
  Problem plain() {
    Problem problem;
    problem.content = picture("content");
    problem.match = picture("match");
    problem.styles = {{.color = picture("style"), .alpha = {}, .region = {}}};
    const auto layers = [&](const char *use) { return parse_layers(use, expected_.metadata().at(use), {}, encoder); };
    problem.content_layers = layers("content");
    problem.style_layers = layers("style");
    problem.feature_layers = layers("feature");
    return problem;
  }

  // Several styles with regions and transparency.
  Problem guided() {
    Problem problem = plain();
    const torch::Tensor region = picture("region");
    problem.visible = picture("visible");
    problem.styles = {{.color = picture("style"), .alpha = picture("alpha"), .region = {}, .weight = 2},
                      {.color = picture("other style"), .alpha = {}, .region = region, .weight = 1},
                      {.color = picture("style"), .alpha = {}, .region = 1 - region, .weight = 0.5}};
    return problem;
  }

  // Every loss at once, of about the same influence.
  Problem everything_at_once() {
    Problem problem = guided();
    problem.weights = {
        .content = 1, .gram = 2, .mean_std = 3, .wasserstein = 3, .feature = 0.5, .feature_gradient = 0.5, .laplacian = 0.1, .tv = 1};
    return problem;
  }

private:
  torch::ScalarType type_;
  Safetensors expected_;
};

// The pixels that the tiles see when the longer of a grid's parts are as given.
double most_pixels_of_grid(const Encoder &encoder, const Problem &problem, int64_t across, int64_t down) {
  const std::vector<std::string> layers = Objective::layers_of(problem);
  int64_t stride = 1;
  for (const std::string &layer : layers)
    stride = std::max(stride, encoder.stride(layer));
  const auto rounded_up = [&](int64_t pixels) { return (pixels + stride - 1) / stride * stride; };
  const int64_t margin = rounded_up(encoder.radius(layers) + stride);
  const auto seen = [&](int64_t side, int64_t count) {
    return std::min(side, rounded_up((side + count - 1) / count) + std::min<int64_t>(count - 1, 2) * margin);
  };
  return static_cast<double>(seen(problem.content.size(3), across) * seen(problem.content.size(2), down));
}

std::pair<size_t, size_t> grid(const std::vector<Tile> &tiles) {
  std::set<int64_t> lefts, tops;
  for (const Tile &tile : tiles) {
    lefts.insert(tile.own.left);
    tops.insert(tile.own.top);
  }
  return {lefts.size(), tops.size()};
}

void expect_same(const Result &tiles, const Result &whole, double allowed) {
  for (const auto value : {&Losses::content, &Losses::style, &Losses::feature, &Losses::laplacian, &Losses::tv})
    EXPECT_NEAR(tiles.losses.*value, whole.losses.*value, allowed * (whole.losses.*value + 1e-3));
  EXPECT_LT(reference::difference(tiles.gradient, whole.gradient), allowed);
}

void expect_finite(const Result &result) {
  EXPECT_TRUE(std::isfinite(result.losses.total()));
  EXPECT_TRUE(result.gradient.isfinite().all().item<bool>());
}

// At corners, edges and the places given, in every channel in turn.
void expect_finite_differences(const Objective &objective, const torch::Tensor &image, std::vector<std::pair<int64_t, int64_t>> places) {
  const int64_t height = image.size(2), width = image.size(3);
  places.insert(places.end(), {{0, 0}, {0, width - 1}, {height - 1, 0}, {height - 1, width - 1}});
  const torch::Tensor gradient = evaluate(objective, image).gradient;
  const double largest = gradient.abs().max().item<double>(), h = 1e-6;
  int64_t channel = 0;
  for (const auto &[y, x] : places) {
    channel = (channel + 1) % 3;
    const auto total = [&](double change) {
      const torch::Tensor changed = image.clone();
      changed[0][channel][y][x] += change;
      return evaluate(objective, changed).losses.total();
    };
    EXPECT_NEAR(gradient[0][channel][y][x].item<double>(), (total(h) - total(-h)) / (2 * h), 1e-4 * largest) << y << ", " << x;
  }
}

std::string sentence_of(const std::string &text, const Encoder &encoder) {
  try {
    parse_layers("style-layers", text, {}, encoder);
  } catch (const Error &error) {
    EXPECT_EQ(error.status(), PASTICHE_INVALID_ARGUMENT);
    return error.what();
  }
  ADD_FAILURE() << text << " was accepted";
  return {};
}

} // namespace

TEST(Objective, LossesAndGradientsAreThoseOfPyTorch) {
  for (const std::string &network : reference::networks)
    for (const auto &[precision, allowed] : {std::pair{torch::kDouble, 2e-6}, {torch::kFloat, 1e-4}}) {
      Case pictures(network, precision);
      for (const Normalization normalization : {Normalization::target, Normalization::none})
        for (const bool guided : {false, true})
          for (const Loss &loss : all_losses) {
            if (guided && loss.value != &Losses::style)
              continue;
            const std::string name =
                std::string(normalization == Normalization::target ? "target " : "none ") + (guided ? "guided " : "") + loss.name;
            SCOPED_TRACE(network + " " + name + " in " + torch::toString(precision));
            Problem problem = guided ? pictures.guided() : pictures.plain();
            problem.normalization = normalization;
            problem.weights.*loss.weight = 3;
            const Result result = evaluate(Objective(pictures.encoder, problem, everything), pictures.image);
            const double expected = 3 * pictures.expected(name + " loss").item<double>();
            EXPECT_NEAR(result.losses.*loss.value, expected, allowed * expected);
            EXPECT_EQ(result.losses.total(), result.losses.*loss.value);
            EXPECT_LT(reference::difference(result.gradient, 3 * pictures.expected(name + " gradient")), allowed);
          }
    }
}

TEST(Objective, ThePresetGatysIsThePaper) {
  Safetensors expected = reference::expected("paper");
  const auto pixels = [&](const char *role) { return to_host(expected.read(role).to(torch::kFloat), {}); };
  const auto view = [](const std::vector<float> &rgba) { return pastiche_image{64, 72, rgba.data()}; };
  const std::vector<float> content = pixels("content"), painted_like = pixels("style");
  const pastiche_style style{view(painted_like), 1, nullptr, 0};
  const std::string model = reference::file("paper");
  pastiche_job job{};
  job.content = view(content);
  job.styles = &style;
  job.style_count = 1;
  set_defaults(job.options);
  std::ranges::find(presets(), std::string_view("gatys"), [](const Preset &preset) {
    return std::string_view(preset.name);
  })->apply(job.options);
  job.options.model = model.c_str();
  const Recipe recipe(job, torch::kCPU);
  ASSERT_EQ(recipe.scales().size(), 1u);
  const Problem problem = recipe.problem(recipe.read(false), recipe.scales().front());
  const Result result = evaluate(Objective(recipe.encoder(), problem, everything), expected.read("image").to(torch::kFloat));
  EXPECT_NEAR(result.losses.content / expected.read("content loss").item<double>(), 1, 1e-4);
  EXPECT_NEAR(result.losses.style / expected.read("style loss").item<double>(), 1000, 0.1);
  EXPECT_EQ(result.losses.total(), result.losses.content + result.losses.style);
  EXPECT_LT(reference::difference(result.gradient, 1000 * expected.read("gradient")), 1e-4);
}

TEST(Objective, TilesOwnAFairPartOfWhatTheyLookAtOrThereIsTooLittleMemory) {
  pastiche_job job{};
  set_defaults(job.options);
  job.options.model = COMPACT;
  job.options.size = 0;
  job.options.brush_work = 0;
  const pastiche_style style{{200, 200, nullptr}, 1, nullptr, 0};
  job.content = {3000, 2000, nullptr};
  job.styles = &style;
  job.style_count = 1;
  const Recipe recipe(job, torch::kCPU);
  const auto noise = [] { return torch::zeros({1, 3, 8, 8}); };
  const Problem problem{.content = noise(),
                        .visible = {},
                        .match = noise(),
                        .styles = {{noise(), {}, {}, 1}},
                        .weights = recipe.weights(),
                        .content_layers = recipe.content_layers(),
                        .style_layers = recipe.style_layers(),
                        .feature_layers = recipe.feature_layers(),
                        .normalization = Normalization::target};
  int tried = 0, refused = 0;
  for (double megabytes = 300; megabytes < 1400; megabytes += 20) {
    const Share share = recipe.share_memory(megabytes * 1e6, 0, problem, {3000, 2000});
    double seen = 0;
    for (const Tile &tile : Objective::cut(recipe.encoder(), Objective::layers_of(problem), 3000, 2000, share.most_pixels))
      seen += static_cast<double>(tile.seen.area());
    EXPECT_LE(seen, 5 * 3000 * 2000) << megabytes; // a quarter, and what rounding up to the coarsest maps takes
    EXPECT_EQ(share.most_pixels >= recipe.least_tile_pixels(problem, {3000, 2000}), seen > 0);
    tried++;
    refused += seen == 0;
  }
  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, tried);
}

TEST(Objective, LossesAddUp) {
  for (const std::string &network : reference::networks) {
    Case pictures(network);
    const Problem problem = pictures.everything_at_once();
    torch::Tensor gradient = torch::zeros_like(pictures.image);
    double total = 0;
    for (const Loss &loss : all_losses) {
      const double weight = problem.weights.*loss.weight;
      const std::string name = std::string("target ") + (loss.value == &Losses::style ? "guided " : "") + loss.name;
      total += weight * pictures.expected(name + " loss").item<double>();
      gradient += weight * pictures.expected(name + " gradient");
    }
    const Result result = evaluate(Objective(pictures.encoder, problem, everything), pictures.image);
    EXPECT_NEAR(result.losses.total(), total, 2e-6 * total);
    EXPECT_LT(reference::difference(result.gradient, gradient), 2e-6);
  }
}

TEST(Objective, TilesGiveTheWholePicture) {
  for (const std::string &network : reference::networks)
    for (const auto &[precision, allowed] : {std::pair{torch::kDouble, 1e-6}, {torch::kFloat, 1e-4}}) {
      Case pictures(network, precision);
      for (const Loss &loss : all_losses) {
        SCOPED_TRACE(network + " " + loss.name + " in " + torch::toString(precision));
        Problem problem = pictures.guided();
        problem.weights.*loss.weight = 1;
        const Objective at_once(pictures.encoder, problem, everything);
        EXPECT_EQ(at_once.tiles().size(), 1);
        const Result whole = evaluate(at_once, pictures.image);
        std::set<std::pair<size_t, size_t>> grids;
        for (const auto &[across, down] : {std::pair{2, 1}, {1, 2}, {2, 2}, {4, 5}}) {
          const Objective in_tiles(pictures.encoder, problem, most_pixels_of_grid(pictures.encoder, problem, across, down));
          if (!grids.insert(grid(in_tiles.tiles())).second)
            continue;
          SCOPED_TRACE(std::to_string(in_tiles.tiles().size()) + " tiles");
          expect_same(evaluate(in_tiles, pictures.image), whole, allowed);
        }
        const bool needs_layers = loss.value != &Losses::laplacian && loss.value != &Losses::tv;
        EXPECT_GE(grids.size(), needs_layers ? 3 : 1);
      }
    }
}

TEST(Objective, ShrinkingTilesKeepTheResult) {
  for (const std::string &network : reference::networks) {
    SCOPED_TRACE(network);
    Case pictures(network);
    Objective objective(pictures.encoder, pictures.everything_at_once(), everything);
    const Result whole = evaluate(objective, pictures.image);
    size_t most = 1;
    std::set<std::pair<size_t, size_t>> grids;
    for (bool smaller = true; smaller;) {
      const std::vector<Tile> before = objective.tiles();
      const auto largest = [](const std::vector<Tile> &tiles) {
        return std::ranges::max(tiles, {}, [](const Tile &tile) { return tile.seen.area(); }).seen.area();
      };
      smaller = objective.shrink_tiles();
      if (smaller) {
        EXPECT_LE(largest(objective.tiles()), largest(before) / 2);
      } else {
        EXPECT_EQ(objective.tiles().size(), before.size()) << "changed although it says that it did not";
      }
      expect_same(evaluate(objective, pictures.image), whole, 1e-6);
      grids.insert(grid(objective.tiles()));
      most = std::max(most, objective.tiles().size());
    }
    EXPECT_GE(most, 10);
    EXPECT_TRUE(std::ranges::any_of(grids, [](const auto &g) { return g.first > 1 && g.second > 1; }));
    EXPECT_FALSE(objective.shrink_tiles());
  }
}

TEST(Objective, WithoutLayersThereIsNothingToShrink) {
  Case pictures("smooth");
  Problem problem = pictures.plain();
  problem.weights.tv = 1;
  EXPECT_TRUE(Objective::layers_of(problem).empty());
  Objective objective(pictures.encoder, problem, 1);
  EXPECT_EQ(objective.tiles().size(), 1);
  EXPECT_FALSE(objective.shrink_tiles());
}

TEST(Objective, TooLittleMemoryIsSaid) {
  Case pictures("vgg-like");
  Problem problem = pictures.plain();
  problem.weights.content = 1;
  EXPECT_THROW(Objective(pictures.encoder, problem, 100), std::bad_alloc);
}

TEST(Objective, GradientsAreThoseOfFiniteDifferencesAtTheEdgesOfTiles) {
  for (const std::string &network : reference::networks) {
    SCOPED_TRACE(network);
    Case pictures(network);
    const Problem problem = pictures.everything_at_once();
    const Objective objective(pictures.encoder, problem, most_pixels_of_grid(pictures.encoder, problem, 2, 2));
    ASSERT_GT(objective.tiles().size(), 1);
    std::vector<std::pair<int64_t, int64_t>> places;
    for (const Tile &tile : objective.tiles()) {
      places.emplace_back(tile.own.top, tile.own.left);
      places.emplace_back(tile.own.bottom() - 1, tile.own.right() - 1);
      places.emplace_back(tile.seen.bottom() - 1, tile.seen.left);
    }
    expect_finite_differences(objective, pictures.image, places);
  }
}

TEST(Objective, GradientsAreThoseOfFiniteDifferencesWithTheBuiltInModel) {
  const Encoder encoder(COMPACT, torch::kCPU, torch::kDouble);
  torch::manual_seed(4);
  const auto picture = [](int64_t height, int64_t width) { return torch::rand({1, 3, height, width}, torch::kDouble); };
  const torch::Tensor region = torch::rand({1, 1, 53, 38}, torch::kDouble);
  Problem problem;
  problem.content = picture(53, 38);
  problem.match = picture(53, 38);
  problem.styles = {{.color = picture(48, 80), .alpha = {}, .region = region},
                    {.color = picture(50, 50), .alpha = {}, .region = {}, .weight = 2}};
  problem.weights = {
      .content = 1, .gram = 1, .mean_std = 1, .wasserstein = 1, .feature = 1, .feature_gradient = 1, .laplacian = 0.1, .tv = 0.1};
  problem.style_layers = parse_layers("", "", encoder.style_layers(), encoder);
  problem.content_layers = problem.feature_layers = parse_layers("", "", encoder.content_layers(), encoder);
  expect_finite_differences(Objective(encoder, problem, everything), picture(53, 38), {{20, 30}, {31, 17}, {52, 20}});
}

TEST(Objective, InBFloat16IsCloseToPyTorch) {
  for (const std::string &network : reference::networks) {
    Case pictures(network, torch::kBFloat16);
    for (const Loss &loss : all_losses) {
      SCOPED_TRACE(network + " " + loss.name);
      Problem problem = pictures.plain();
      problem.weights.*loss.weight = 1;
      for (const double most_pixels : {everything, most_pixels_of_grid(pictures.encoder, problem, 2, 2)}) {
        const Result result = evaluate(Objective(pictures.encoder, problem, most_pixels), pictures.image);
        const double expected = pictures.expected("target " + loss.name + " loss").item<double>();
        EXPECT_NEAR(result.losses.total(), expected, 0.05 * expected);
        const torch::Tensor gradient = pictures.expected("target " + loss.name + " gradient");
        EXPECT_LT(((result.gradient - gradient).norm() / gradient.norm()).item<double>(), 0.2);
      }
    }
  }
}

TEST(Objective, AnEmptyRegionHasNoStyle) {
  Case pictures("vgg-like");
  Problem problem = pictures.plain();
  problem.weights = {.gram = 1, .mean_std = 1, .wasserstein = 1};
  const Result alone = evaluate(Objective(pictures.encoder, problem, everything), pictures.image);

  const torch::Tensor nowhere = torch::zeros_like(pictures.picture("region"));
  problem.styles.push_back({.color = pictures.picture("other style"), .alpha = {}, .region = nowhere, .weight = 3});
  for (const double most_pixels : {everything, most_pixels_of_grid(pictures.encoder, problem, 2, 2)}) {
    const Result both = evaluate(Objective(pictures.encoder, problem, most_pixels), pictures.image);
    EXPECT_NEAR(both.losses.style, alone.losses.style / 4, 1e-9); // the first style's share
    EXPECT_LT(reference::difference(both.gradient * 4, alone.gradient), 1e-6);
  }

  problem.styles.erase(problem.styles.begin());
  const Result none = evaluate(Objective(pictures.encoder, problem, everything), pictures.image);
  EXPECT_EQ(none.losses.total(), 0);
  EXPECT_EQ(none.gradient.abs().max().item<double>(), 0);
}

TEST(Objective, ATransparentStyleHasNoStyle) {
  Case pictures("vgg-like");
  Problem problem = pictures.plain();
  problem.weights = {.gram = 1, .mean_std = 1, .wasserstein = 1};
  problem.styles[0].alpha = torch::zeros_like(pictures.picture("alpha"));
  for (const double most_pixels : {everything, most_pixels_of_grid(pictures.encoder, problem, 2, 2)}) {
    const Result none = evaluate(Objective(pictures.encoder, problem, most_pixels), pictures.image);
    EXPECT_EQ(none.losses.total(), 0);
    EXPECT_EQ(none.gradient.abs().max().item<double>(), 0);
  }
}

TEST(Objective, AnInvisiblePaintingHasNoStyle) {
  Case pictures("smooth");
  Problem problem = pictures.plain();
  problem.weights.gram = 1;
  problem.visible = torch::zeros_like(pictures.picture("visible"));
  const Result none = evaluate(Objective(pictures.encoder, problem, everything), pictures.image);
  EXPECT_EQ(none.losses.total(), 0);
  EXPECT_EQ(none.gradient.abs().max().item<double>(), 0);
}

TEST(Objective, StylesOfOneRegionMayShareIt) {
  Case pictures("smooth");
  Problem problem = pictures.guided();
  problem.weights = {.gram = 1, .mean_std = 1};
  problem.styles[2].region = problem.styles[1].region; // one tensor for both
  const Result shared = evaluate(Objective(pictures.encoder, problem, everything), pictures.image);
  problem.styles[2].region = problem.styles[1].region.clone();
  expect_same(shared, evaluate(Objective(pictures.encoder, problem, everything), pictures.image), 1e-6);
}

TEST(Objective, AStyleWithoutWeightIsLeftOut) {
  Case pictures("smooth");
  Problem problem = pictures.plain();
  problem.weights.gram = 1;
  const Result alone = evaluate(Objective(pictures.encoder, problem, everything), pictures.image);
  problem.styles.push_back({.color = pictures.picture("other style"), .alpha = {}, .region = {}, .weight = 0});
  expect_same(evaluate(Objective(pictures.encoder, problem, everything), pictures.image), alone, 1e-9);
}

TEST(Objective, IsZeroWhereNothingIsLeftToDo) {
  Case pictures("vgg-like");
  Problem problem = pictures.plain();
  problem.content = problem.match = problem.styles[0].color = pictures.image;
  problem.weights = {.content = 1, .gram = 1, .mean_std = 1, .wasserstein = 1, .feature = 1, .feature_gradient = 1, .laplacian = 1};
  for (const double most_pixels : {everything, most_pixels_of_grid(pictures.encoder, problem, 2, 2)}) {
    const Result result = evaluate(Objective(pictures.encoder, problem, most_pixels), pictures.image);
    EXPECT_NEAR(result.losses.total(), 0, 1e-9);
    EXPECT_LT(result.gradient.abs().max().item<double>(), 1e-9);
  }
}

TEST(Objective, ConstantPicturesGiveFiniteNumbers) {
  for (const std::string &network : reference::networks)
    for (const torch::ScalarType precision : {torch::kFloat, torch::kBFloat16}) {
      Case pictures(network, precision);
      for (const Normalization normalization : {Normalization::target, Normalization::none})
        for (const double level : {0.0, 0.5, 1.0}) {
          SCOPED_TRACE(network + " " + std::to_string(level) + " in " + torch::toString(precision));
          Problem problem = pictures.everything_at_once();
          problem.normalization = normalization;
          problem.content = problem.match = torch::full_like(problem.content, level);
          for (Style &style : problem.styles)
            style.color = torch::full_like(style.color, level);
          const Objective objective(pictures.encoder, problem, everything);
          expect_finite(evaluate(objective, pictures.image));
          expect_finite(evaluate(objective, problem.content));
        }
    }
}

TEST(Objective, LooksAtTheLayersOfTheLossesThatCount) {
  Case pictures("vgg-like");
  Problem problem = pictures.plain();
  const auto layers = [&](double LossWeights::*weight) {
    problem.weights = {};
    problem.weights.*weight = 1;
    return Objective::layers_of(problem);
  };
  EXPECT_EQ(layers(&LossWeights::content), (std::vector<std::string>{"relu2_1", "relu3_1"}));
  for (const auto weight : {&LossWeights::gram, &LossWeights::mean_std, &LossWeights::wasserstein})
    EXPECT_EQ(layers(weight), (std::vector<std::string>{"relu1_1", "relu2_1", "relu3_1"}));
  for (const auto weight : {&LossWeights::feature, &LossWeights::feature_gradient})
    EXPECT_EQ(layers(weight), (std::vector<std::string>{"pool2", "relu1_2"}));
  for (const auto weight : {&LossWeights::laplacian, &LossWeights::tv})
    EXPECT_TRUE(layers(weight).empty());
}

TEST(Objective, SaysWhatItKeeps) {
  Case pictures("smooth", torch::kFloat);
  Problem problem = pictures.plain();
  const auto kept = [&](const LossWeights &weights) {
    problem.weights = weights;
    return Objective::kept_bytes_per_pixel(pictures.encoder, problem);
  };
  // Numbers of 4 bytes: 6 maps of relu2_2 at a quarter of the pixels; 5 of relu1_1, and 7 of conv2_1 at a quarter.
  EXPECT_EQ(kept({.content = 1}), 6);
  EXPECT_EQ(kept({.feature = 1}), 20 + 7);
  EXPECT_EQ(kept({.feature = 1, .feature_gradient = 1}), 2 * (20 + 7));
  EXPECT_EQ(kept({.gram = 1, .tv = 1}), 0);
  problem.styles[0].region = pictures.picture("region"); // at relu1_1 and relu2_1
  EXPECT_EQ(kept({.gram = 1}), 4 + 1);
}

TEST(Layers, AreParsed) {
  const Encoder encoder = reference::encoder("vgg-like");
  const auto parsed = [&](const std::string &text) {
    std::string result;
    for (const LayerWeight &layer : parse_layers("style-layers", text, {"relu3_1", "relu1_1"}, encoder))
      result += layer.layer + "=" + std::to_string(layer.weight) + " ";
    return result;
  };
  EXPECT_EQ(parsed(""), "relu3_1=0.500000 relu1_1=0.500000 ");
  EXPECT_EQ(parsed(" , "), "relu3_1=0.500000 relu1_1=0.500000 ");
  EXPECT_EQ(parsed("relu2_1"), "relu2_1=1.000000 ");
  EXPECT_EQ(parsed("relu2_1:0.25"), "relu2_1=1.000000 ");
  EXPECT_EQ(parsed("relu2_1:3 conv1_1"), "relu2_1=0.750000 conv1_1=0.250000 ");
  EXPECT_EQ(parsed("relu2_1 relu1_1:2 relu2_1"), "relu2_1=0.500000 relu1_1=0.500000 "); // looked at once
  EXPECT_EQ(parsed(",relu2_1:0.2,  relu1_1:0.6 , pool1:2e-1,"), "relu2_1=0.200000 relu1_1=0.600000 pool1=0.200000 ");
}

TEST(Layers, WhatIsNoneIsSaid) {
  const Encoder encoder = reference::encoder("vgg-like");
  for (const std::string text : {"relu2_1 relu9_1:2", ":2 relu9_1", "relu9_1:-1"}) {
    const std::string sentence = sentence_of(text, encoder);
    EXPECT_NE(sentence.find("style-layers"), std::string::npos) << sentence;
  }
  EXPECT_NE(sentence_of("relu2_1 relu9_1:2", encoder).find("relu9_1"), std::string::npos);
  for (const std::string weight : {"0", "-1", "", "x", "1x", "nan", "inf", "1e9", "0,5"}) {
    const std::string sentence = sentence_of("relu2_1:" + weight, encoder);
    EXPECT_NE(sentence.find("style-layers"), std::string::npos) << sentence;
  }
}
