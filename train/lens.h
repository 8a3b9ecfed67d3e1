// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

namespace training {

// The matrix through which style losses look at a layer's features (core/encoder.h, NAME.lens).
//
// A few mixtures of a layer's channels hold most of its power: those that tell light from dark. A Gram loss is little but a comparison of
// these, and what makes a style's strokes and hues is lost beside them. The lens
//   A = c · V Λ^(−p/2) Vᵀ   with M = V Λ Vᵀ, c so that tr A M Aᵀ = tr M
// takes part of that away: p = 0 leaves the features as they are, p = 1 makes all mixtures equally strong on the average (whitening).
// `gram`: M, C×C, the mean Gram matrix of many pictures, not all 0; mixtures weaker than a thousandth of the mean count as that strong.
// Returns C×C in float32.
torch::Tensor lens_of(const torch::Tensor &gram, double power);

} // namespace training
