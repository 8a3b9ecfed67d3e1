// SPDX-License-Identifier: GPL-3.0-or-later
// Images as tensors: colour 1×3×H×W and opacity 1×1×H×W, float32, sRGB with its transfer function, 0..1, on the CPU.
#pragma once

#include <vector>

#include <torch/types.h>

#include "pastiche.h"

namespace pastiche {

struct Image {
  torch::Tensor color;
  torch::Tensor alpha;

  int64_t width() const { return color.size(3); }
  int64_t height() const { return color.size(2); }
  bool opaque() const;
};

// A copy of the host's pixels with everything out of 0..1 clamped and everything that is not a number made 0. Error when the width or
// height is impossible or the pixels are missing.
Image from_host(const pastiche_image &pixels);

// Interleaved R, G, B, A for the host.
std::vector<float> to_host(const torch::Tensor &color, const torch::Tensor &alpha);

// Bicubic, with a low-pass filter when it shrinks; clamped to 0..1. Any number of channels.
torch::Tensor resize(const torch::Tensor &image, int64_t width, int64_t height);

// The colour of an image with what is transparent filled smoothly from what is not, so that whatever colour an editor keeps there
// neither shows in the features nor darkens edges. Mid-gray where everything is transparent.
torch::Tensor fill_transparent(const Image &image);

} // namespace pastiche
