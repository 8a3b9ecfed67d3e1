// SPDX-License-Identifier: GPL-3.0-or-later
// What a job asks for, worked out: the network, the losses and their weights, the scales, the pictures at every scale, and how the memory
// is used. Painting (stylize.cpp) and foretelling what it takes (estimate.cpp) share it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <torch/types.h>

#include "encoder.h"
#include "firstpicture.h"
#include "host/scales.h"
#include "image.h"
#include "objective.h"
#include "optimizer.h"
#include "pastiche.h"

namespace pastiche {

// The pictures of a job, or its overviews, on the CPU.
struct Pictures {
  torch::Tensor target;      // the content at the finest size that it is painted at, in the colours that it is to have
  torch::Tensor visible;     // its alpha; undefined: opaque
  torch::Tensor start;       // where the painting starts, of the target's size; undefined: from the target or from noise
  std::vector<Style> styles; // regions of the target's size
};

// How the memory that is left is used at one scale.
struct Share {
  int64_t history;    // pairs of L-BFGS
  double most_pixels; // that a tile sees
  double optimizer_bytes, kept_bytes;
};

// Error for a job that cannot be done. `with_pixels`: the pictures' pixels must be there.
void check(const pastiche_job &job, bool with_pixels);

// The device of an option (pastiche_device). Error when it is not there.
torch::Device choose_device(int32_t wanted);

class Recipe {
public:
  // Error for whatever in the job cannot be done. The job must outlive the recipe.
  Recipe(const pastiche_job &job, torch::Device device);

  // The same work on another device.
  void move_to(torch::Device device);

  // Whether a scale is painted from the job's overviews.
  bool from_overviews(size_t index) const { return index < overview_scales_; }

  // Reads the job's pictures or its overviews, content and styles brought to each other's colours as the options want.
  Pictures read(bool overviews) const;

  // The losses at one scale, on the device.
  Problem problem(const Pictures &pictures, const Scale &scale) const;

  // How much of the painting brush-work makes up; 0: there is none, and all scales are optimised.
  double brush_amount() const;

  // What brush-work paints over: the content at a size of this area at most, in the colours that it was painted in, and its alpha.
  Image photograph(const std::vector<Style> &styles, double most_pixels) const;
  // The picture that the painting starts from, as the host gives it; without colour: there is none.
  Image given_start() const;
  // The same at the size of that photograph; undefined: there is none.
  torch::Tensor start(const Image &given, const Image &photograph, double most_pixels) const;

  // Whether it starts from the first picture, which is all there is without steps.
  bool paints_first() const;
  const FirstPicture &first_picture() const;
  FirstPicture::Scene scene(const Pictures &pictures, double most_pixels) const;

  // Where the painting starts at scale number `index`: from the content, the start or noise, or from what the scale before left.
  torch::Tensor begin(const Pictures &pictures, size_t index, const torch::Tensor &before) const;

  // What a scale left, its colours brought back to where they belong.
  torch::Tensor settle(const Pictures &pictures, const torch::Tensor &image) const;
  bool settles_by_target() const { return style_colors() && color_amount() < 1 && !scales_.empty(); } // else it needs the styles alone

  // How much of each place of the content is painted over: the masks added up, 0..1, 1×1×H×W of any size; undefined: all of it. The size
  // is that of the largest mask, but no larger than the content.
  torch::Tensor coverage() const;
  double coverage_pixels() const; // 0: undefined

  // The painting at the content's own size, in the colours asked for. `content` is the job's own, `counted` (1×1×H×W; undefined: all) tells
  // where their colours are compared.
  torch::Tensor finish(const torch::Tensor &image, const torch::Tensor &content, const torch::Tensor &counted) const;

  // What the optimiser does in so many steps at scale number `index`.
  Optimizer::Settings settings(size_t index, int64_t steps, int64_t history) const;

  // The size and the steps with which the network goes over what brush-work has painted at a size; no steps: it does not.
  Scale retouching(Size brushed) const;
  // The losses there, of pictures of any size.
  Problem retouching_problem(const Pictures &pictures, const Scale &scale) const;

  LossWeights weights() const;

  // Divides free memory at a scale of the given size. Of what is taken already, `passing_bytes` are given back when the
  // targets of the losses are known.
  // `most_pixels` is 0 when there is too little.
  Share share_memory(double free_bytes, double passing_bytes, const Problem &problem, Size size) const;
  double bytes_per_tile_pixel(const Problem &problem) const;
  // The smallest `most_pixels` with which a scale of this size is worked at.
  double least_tile_pixels(const Problem &problem, Size size) const;

  const pastiche_job &job() const { return job_; }
  const Encoder &encoder() const { return encoder_; }
  const std::filesystem::path &model_file() const { return model_file_; }
  const std::vector<Scale> &scales() const { return scales_; }
  const std::vector<LayerWeight> &content_layers() const { return content_layers_; }
  const std::vector<LayerWeight> &style_layers() const { return style_layers_; }
  const std::vector<LayerWeight> &feature_layers() const { return feature_layers_; }
  Size working() const { return working_; } // the size that the content is painted at
  Size finest() const;                      // of the finest scale
  Size padded() const { return padded_; }   // what brush-work is done at: the working size and what is added to very small pictures

  // The style as it is shown to the network when the painting has the given size.
  Size style_size(Size style, Size painting) const;

private:
  bool style_colors() const { return options_.color == PASTICHE_COLOR_STYLE; }
  bool content_colors() const { return !style_colors() && options_.color != PASTICHE_COLOR_FREE; }
  double color_amount() const;
  Image fitted_to_brushes(const Image &image, double most_pixels) const;
  Size coverage_size() const;
  Encoder open_encoder(torch::Device device) const;

  const pastiche_job &job_;
  const pastiche_options &options_;
  std::filesystem::path model_file_; // found once: it may be gone when the painting is done
  Encoder encoder_;
  Size content_size_, working_, padded_; // padded: with what is added to very small ones
  Size optimized_;                       // no larger than brush-work needs for a guide
  size_t overview_scales_ = 0;
  std::vector<LayerWeight> content_layers_, style_layers_, feature_layers_;
  std::vector<Scale> scales_;
};

} // namespace pastiche
