// SPDX-License-Identifier: GPL-3.0-or-later
// Features moved from one distribution to another, in closed form: the optimal transport map between normal distributions, which changes
// what it moves the least (Dowson, Landau 1982, "The Fréchet distance between multivariate normal distributions"; Peyré, Cuturi 2019,
// "Computational optimal transport", eq. 2.40). Whitening and colouring (Li et al. 2017, "Universal style transfer via feature transforms")
// reaches the same mean and covariance, but turns features about on the way.
#pragma once

#include <torch/types.h>

#include "losses.h"

namespace pastiche {

// A normal distribution of C features, in float64 on the CPU.
struct Gaussian {
  torch::Tensor mean, covariance; // C, C×C

  // The one with these statistics, which have a mean.
  static Gaussian of(const Statistics &statistics);
};

// x ↦ A x + b, in float64.
struct AffineMap {
  torch::Tensor matrix, shift; // C×C, C

  static AffineMap identity(int64_t channels);

  // The map that goes a share of the way: 0 is the identity.
  AffineMap partly(double share) const;
};

// The map that gives `from` the mean and covariance of `to`:
//   A = S^−½ (S^½ T S^½)^½ S^−½ and b = mean_to − A mean_from, with S and T the covariances.
// Both distributions are taken to be a little wider in every direction, by the same: what is flat in `from` is then not torn apart for want
// of an inverse, a gray, constant or tiny picture moves by finite numbers, and where the two agree nothing moves.
AffineMap transport(const Gaussian &from, const Gaussian &to);

} // namespace pastiche
