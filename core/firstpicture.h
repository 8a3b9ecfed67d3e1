// SPDX-License-Identifier: GPL-3.0-or-later
// The first picture: a painting without optimisation, in less than a second. At one layer of the encoder after the other, from coarse to
// fine, the picture's features are moved to the style's mean and covariance (core/transport.h) and decoded (core/decoders.h); the picture
// changes by what the decoded features do, so that what a decoder cannot hold of it stays. Works on the processor.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <torch/types.h>

#include "decoders.h"
#include "encoder.h"
#include "host/scales.h"
#include "objective.h"
#include "transport.h"

namespace pastiche {

class FirstPicture {
public:
  // With the decoders and the encoder that are built in. Error when they are missing or damaged.
  explicit FirstPicture(torch::ScalarType precision);
  FirstPicture(const std::filesystem::path &encoder, const std::filesystem::path &decoders, torch::ScalarType precision);

  struct Scene {
    torch::Tensor picture;     // 1×3×H×W: what is painted
    torch::Tensor visible;     // 1×1×H×W: how much each pixel counts; undefined: equally
    std::vector<Style> styles; // regions of the picture's size
    double strength;           // 0..1, as the option has it
    std::function<Size(Size style, Size painting)> style_size;
    double most_pixels; // that are looked at at a time
  };

  // Asked after every piece of work whether to go on; `done` of the whole: 0..1.
  using Progress = std::function<bool(double done)>;

  // The picture painted, clamped to 0..1; as far as it was when `progress` returned false. std::bad_alloc when so few pixels cannot be
  // worked with.
  torch::Tensor paint(const Scene &scene, const Progress &progress) const;

  // How many pixels are looked at for a picture of this size, all passes together: what it costs.
  double work(Size size, double strength) const;

  // In what a picture of this size is worked on at the last of the layers; empty when so few pixels cannot be worked with.
  std::vector<Tile> tiles(Size size, double most_pixels) const { return cut(decoders_.passes().back().layer, size, most_pixels); }

  // Bytes for every pixel that is looked at at a time; and for every pixel of the picture beside it, with so many styles in regions.
  double bytes_per_tile_pixel() const;
  static constexpr double bytes_per_pixel(int64_t regions) { return 2 * 3 * 4 + 4 + 8 * static_cast<double>(regions); }

  // More of them at a time save nothing.
  static constexpr double useful_pixels = 3 << 19;

  // The smallest `most_pixels` that suffice for any picture.
  double least_pixels() const;

private:
  struct Step;

  std::vector<Step> steps(Size size, double strength) const;
  std::vector<Tile> cut(const std::string &layer, Size size, double most_pixels) const;
  // Of a picture's features; none where nothing of it counts. `whole`: the features, if they are known.
  std::optional<Gaussian> gaussian_of(const torch::Tensor &picture, const torch::Tensor &weights, const std::string &layer,
                                      const std::vector<Tile> &tiles, const Features &whole) const;
  // Of a style at a size, found out once. `hash` stands for its pixels.
  std::optional<Gaussian> remembered_gaussian(const Style &style, const std::string &hash, Size size, const std::string &layer,
                                              double most_pixels) const;

  Encoder encoder_;
  Decoders decoders_;
};

} // namespace pastiche
