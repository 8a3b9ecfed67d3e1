// SPDX-License-Identifier: GPL-3.0-or-later
// Colour of whole images: 1×3×H×W, float32, sRGB with its transfer function, 0..1, on the CPU.
#pragma once

#include <torch/types.h>

namespace pastiche {

// Carries the colours of one picture over to those of another, so that the whole distribution fits and not only its mean and
// covariance: one-dimensional optimal transport along the axes of one rotation of RGB after another (Pitié, Kokaram, Dahyot 2007,
// "Automated colour grading using colour distribution transfer", section 3). Learnt from samples of both and kept as a table over RGB,
// so that it applies to a picture of any size in one look-up.
class ColorMap {
public:
  // Pixels whose alpha (1×1×H×W; undefined: opaque) is below one half lend no colour.
  ColorMap(const torch::Tensor &from, const torch::Tensor &from_alpha, const torch::Tensor &to, const torch::Tensor &to_alpha);

  // The image with its colours moved by `amount`: 0 leaves them, 1 moves them all the way.
  torch::Tensor operator()(const torch::Tensor &image, double amount = 1) const;

private:
  torch::Tensor table_; // (B·G·R)×4: the new colour of each of 33³ old ones, and a number that nobody reads
};

// `painted` with the colours' mean and covariance of `content`, in OkLab, by the linear map that moves them least (Pitié, Kokaram 2007,
// "The linear Monge-Kantorovitch linear colour mapping for example-based colour transfer", eq. 9); clamped to 0..1. Pixels whose alpha
// (undefined: opaque) is below one half count in neither.
torch::Tensor covariance_of(const torch::Tensor &painted, const torch::Tensor &content, const torch::Tensor &alpha);

// The lightness of `painted` with the hue and chroma of `content` (same size), in OkLab
// (Ottosson 2020, "A perceptual color space for image processing"), clamped to 0..1.
torch::Tensor lightness_of(const torch::Tensor &painted, const torch::Tensor &content);

} // namespace pastiche
