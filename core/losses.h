// SPDX-License-Identifier: GPL-3.0-or-later
// What is minimised. Every loss is divided by a measure of its target, so that a weight of 1 means the same at every
// picture size, for every layer and for every style.
#pragma once

#include <vector>

#include <torch/types.h>

#include "encoder.h"

namespace pastiche {

// Gram matrix of feature maps (1×C×H×W), averaged over the pixels p and summed in float32 (Gatys, Ecker, Bethge 2016, eq. 3):
//   G_ij = Σ_p w_p F_ip F_jp / Σ_p w_p                                    C×C, float32
// `weights` (1×1×H×W, ≥ 0, not all 0) tells how much each pixel counts; undefined means equally.
torch::Tensor gram_matrix(const torch::Tensor &features, const torch::Tensor &weights = {});

// How far the features F are from those of the content P, as a mean over the layers l (Gatys et al. 2016, eq. 1, normalised):
//   L = 1/|l| Σ_l  Σ (F_l − P_l)² / Σ P_l²
class ContentLoss {
public:
  ContentLoss(Features target, std::vector<std::string> layers);
  torch::Tensor operator()(const Features &features) const;

private:
  Features target_;
  std::map<std::string, double> norm_; // Σ P²
  std::vector<std::string> layers_;
};

// How far the Gram matrices G are from those of the style S, as a mean over the layers l (Gatys et al. 2016, eq. 4 and 5, normalised):
//   L = 1/|l| Σ_l  Σ_ij (G_l − S_l)²_ij / Σ_ij (S_l)²_ij
class GramLoss {
public:
  // `alpha` (1×1×H×W, 0..1) is the style's opacity: what is transparent lends no style. Undefined: opaque.
  GramLoss(const Features &style, std::vector<std::string> layers, const torch::Tensor &alpha = {});
  torch::Tensor operator()(const Features &features) const;

private:
  std::map<std::string, torch::Tensor> target_; // S
  std::map<std::string, double> norm_;          // Σ S²
  std::vector<std::string> layers_;
};

// Total variation of an image x (1×3×H×W), squared differences of neighbours, mean over channels and pixels
// (Mahendran, Vedaldi 2015, eq. 5 with β = 2):
//   L = 1/(3HW) Σ (x_{r,c+1} − x_{r,c})² + (x_{r+1,c} − x_{r,c})²
torch::Tensor total_variation(const torch::Tensor &image);

} // namespace pastiche
