// SPDX-License-Identifier: GPL-3.0-or-later
// All losses of one picture at one scale, and their gradient, worked out tile by tile: a first pass over the tiles collects the sums that
// style losses are functions of, a second one takes the gradients back through the encoder. With a single tile both share one pass.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <torch/types.h>

#include "encoder.h"
#include "losses.h"
#include "tiles.h"

namespace pastiche {

// A layer of the encoder and how much it counts beside the others of its list, which sum up to 1.
struct LayerWeight {
  std::string layer;
  double weight;
};

// From "relu4_2" or "relu4_2:0.7 relu5_1:0.3" (also separated by commas), or `standard`, all equal, when the text is empty. Error (with the
// option's name in its sentence) for layers that the encoder lacks, for weights that are no positive numbers.
std::vector<LayerWeight> parse_layers(const char *option, const std::string &text, const std::vector<std::string> &standard,
                                      const Encoder &encoder);

// One of the pictures whose style is taken.
struct Style {
  torch::Tensor color;  // 1×3×H×W
  torch::Tensor alpha;  // 1×1×H×W: what is transparent lends no style; undefined: opaque
  torch::Tensor region; // 1×1×H×W, of the painting's size: where the style is painted; undefined: everywhere
  double weight = 1;    // beside the other styles
};

struct Problem {
  torch::Tensor content; // 1×3×H×W
  torch::Tensor visible; // 1×1×H×W: how much each pixel counts for the styles; undefined: equally
  torch::Tensor match;   // 1×3×H×W: what feature and feature_gradient compare with
  std::vector<Style> styles;
  LossWeights weights;
  std::vector<LayerWeight> content_layers, style_layers, feature_layers;
  Normalization normalization = Normalization::target;
};

class Objective {
public:
  // `most_pixels` that a tile may see; the styles are looked at in tiles as well. All tensors of the problem are on the encoder's device.
  // std::bad_alloc when cut() finds no tiles.
  Objective(const Encoder &encoder, Problem problem, double most_pixels);

  // The losses of an image (1×3×H×W); their gradient is written to `gradient`, of the same shape.
  Losses evaluate(const torch::Tensor &image, const torch::Tensor &gradient) const;

  const std::vector<Tile> &tiles() const { return tiles_; }

  // Works in tiles of at most half the pixels from now on. False when they cannot be smaller.
  bool shrink_tiles();

  // The tiles of a picture for features at these layers; empty when even the smallest see more than `most_pixels`.
  static std::vector<Tile> cut(const Encoder &encoder, const std::vector<std::string> &layers, int64_t width, int64_t height,
                               double most_pixels);

  // How far a tile sees beyond its own part, before that is rounded up to the coarsest maps.
  static int64_t margin(const Encoder &encoder, const std::vector<std::string> &layers);

  // Layers that must be looked at for these weights.
  static std::vector<std::string> layers_of(const Problem &problem);

  // Bytes that stay for every pixel of the painting beside the problem's own pictures: targets and regions at every layer.
  static double kept_bytes_per_pixel(const Encoder &encoder, const Problem &problem);

private:
  // A style's loss at one layer.
  struct StyleTerm {
    double weight;
    std::unique_ptr<StyleLoss> loss;
  };
  // Part of the painting whose statistics are compared with those of the styles that belong there.
  struct Region {
    std::map<std::string, torch::Tensor> weights; // by layer, of the size of its maps; empty: every pixel counts equally
    std::map<std::string, std::vector<StyleTerm>> terms;
  };
  struct PlaceTerm {
    double weight;
    double Losses::*total;
    torch::Tensor target; // of the whole picture
    std::unique_ptr<PlaceLoss> loss;
  };
  struct ImageTerm {
    double weight;
    double Losses::*total;
    ImageLoss loss;
  };
  // What the second pass needs to know of a region's layer.
  struct Slope {
    Statistics gradient;
    double total;
  };
  using Slopes = std::map<std::string, Slope>;

  torch::Tensor maps_of(const torch::Tensor &image, const std::string &layer) const;
  std::map<std::string, Statistics> statistics_of(const torch::Tensor &image, const torch::Tensor &alpha, double most_pixels) const;
  void add_regions(double most_pixels);
  void add_other_losses();
  std::vector<Slopes> style_slopes(const std::vector<std::map<std::string, StatisticsSum>> &sums, Losses &losses) const;
  void collect(const Features &features, const Tile &tile, std::vector<std::map<std::string, StatisticsSum>> &sums) const;
  torch::Tensor gradient_at(const std::string &layer, const torch::Tensor &features, const Tile &tile, const std::vector<Slopes> &slopes,
                            Losses &losses) const;

  const Encoder &encoder_;
  Problem problem_;
  std::vector<std::string> layers_, style_names_;
  std::vector<Tile> tiles_;
  std::vector<Region> regions_;
  std::map<std::string, std::vector<PlaceTerm>> places_;
  std::vector<ImageTerm> image_terms_;
};

} // namespace pastiche
