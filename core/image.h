// SPDX-License-Identifier: GPL-3.0-or-later
// Images as tensors: colour 1×3×H×W and opacity 1×1×H×W, float32, sRGB with its transfer function, 0..1, on the CPU.
#pragma once

#include <vector>

#include <torch/types.h>

#include "pastiche.h"

namespace pastiche {

struct Image {
  torch::Tensor color;
  torch::Tensor alpha; // undefined: opaque

  int64_t width() const { return color.size(3); }
  int64_t height() const { return color.size(2); }
};

// A copy of the host's pixels with everything out of 0..1 clamped and everything that is not a number made 0. Error when the width or
// height is impossible or the pixels are missing.
Image from_host(const pastiche_image &pixels);
torch::Tensor from_host(const pastiche_mask &mask); // 1×1×H×W

// The same error, for pictures that are not looked at yet. `values` may point to anything but NULL.
void check_size(int32_t width, int32_t height, const float *values);

// Interleaved R, G, B, A for the host; an undefined alpha is opaque.
std::vector<float> to_host(const torch::Tensor &color, const torch::Tensor &alpha);

// Bicubic, with a low-pass filter when it shrinks; clamped to 0..1. Any number of channels.
torch::Tensor resize(const torch::Tensor &image, int64_t width, int64_t height);

// The colour of an image with what is transparent filled smoothly from what is not, so that whatever colour an editor keeps there
// neither shows in the features nor darkens edges. Mid-gray where everything is transparent.
torch::Tensor fill_transparent(const Image &image);

} // namespace pastiche
