// SPDX-License-Identifier: GPL-3.0-or-later
// What is minimised. Under Normalization::target every loss is divided by a measure of its target, so that a weight of 1 means the same at
// every picture size, for every layer and for every style; under none it is not. Total variation has no target and is the same under both.
//
// There are three kinds. Style losses are functions of sums over pixels, place losses compare feature maps pixel by pixel, image losses
// need no features. All of them give their gradient in closed form, so that a picture can be worked on in tiles: the sums of its tiles
// add up to those of the picture, and a place loss counts at the places that its tile owns.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <variant>

#include <torch/types.h>

#include "pastiche.h"
#include "tiles.h"

namespace pastiche {

enum class Normalization { target, none };

// --- Style losses ---

// Means over the pixels p of the feature maps F, in float32: M_ij = Σ_p w_p F_ip F_jp / Σ_p w_p (the Gram matrix of Gatys, Ecker, Bethge
// 2016, eq. 3, averaged) and μ_i = Σ_p w_p F_ip / Σ_p w_p.
struct Statistics {
  torch::Tensor gram; // C×C
  torch::Tensor mean; // C
};

// The statistics of A·F, for a matrix A of C'×C: A M Aᵀ and A μ. An undefined A leaves them as they are.
Statistics through(const torch::Tensor &matrix, const Statistics &statistics);
// The way back: from a loss's gradient to those statistics to its gradient to the ones before A.
Statistics back_through(const torch::Tensor &matrix, const Statistics &gradient);

// Collects them from maps of 1×C×H×W, or from one tile after the other; the mean only when it is asked for, otherwise it is undefined.
// `weights` (1×1×H×W, ≥ 0) tells how much each pixel counts; undefined means equally.
class StatisticsSum {
public:
  explicit StatisticsSum(bool with_mean = true) : with_mean_(with_mean) {}
  void add(const torch::Tensor &features, const torch::Tensor &weights = {});
  double total() const { return total_; } // Σ w_p
  Statistics mean() const;                // total() must not be 0

private:
  bool with_mean_;
  torch::Tensor products_, sum_;
  double total_ = 0;
};

// The gradient to the feature maps of a loss with the given gradients to the statistics (gram: dL/dM, mean: dL/dμ or undefined):
//   dL/dF_p = w_p / Σ w · ((dL/dM + dL/dMᵀ) F_p + dL/dμ)
torch::Tensor statistics_gradient(const torch::Tensor &features, const torch::Tensor &weights, double total, const Statistics &gradient);

// How far the statistics of the painting are from those of a style, at one layer. LibTorch can differentiate it.
class StyleLoss {
public:
  virtual ~StyleLoss() = default;
  virtual torch::Tensor operator()(const Statistics &painting) const = 0;

  // The loss and its gradient to the statistics. LibTorch differentiates it unless a loss knows better; for a few small matrices that takes
  // several times as long as the matrices do.
  struct Slope {
    double loss;
    Statistics gradient;
  };
  virtual Slope slope(const Statistics &painting) const;
};

// Gatys et al. 2016, eq. 4, with S the style's matrix:   none: Σ_ij (M − S)²_ij / 4C²      target: Σ_ij (M − S)²_ij / Σ_ij S²_ij
class GramLoss : public StyleLoss {
public:
  GramLoss(const Statistics &style, Normalization normalization);
  torch::Tensor operator()(const Statistics &painting) const override;
  Slope slope(const Statistics &painting) const override;

private:
  torch::Tensor target_;
  double scale_;
};

// Means and standard deviations σ_i = √(M_ii − μ_i²) (Li, Wang, Liu, Hou 2017, "Demystifying neural style transfer", eq. 11), s for the
// style's:    none: Σ_i (μ − μˢ)²_i + (σ − σˢ)²_i, over C      target: the same sum over Σ_i (μˢ_i)² + (σˢ_i)²
class MeanStdLoss : public StyleLoss {
public:
  MeanStdLoss(const Statistics &style, Normalization normalization);
  torch::Tensor operator()(const Statistics &painting) const override;

private:
  torch::Tensor mean_, deviation_;
  double scale_;
};

// The squared 2-Wasserstein distance of normal distributions with the same means and covariances Σ = M − μμᵀ (Olkin, Pukelsheim 1982):
//   none: |μ − μˢ|² + tr(Σ + Σˢ − 2 (Σˢ^½ Σ Σˢ^½)^½)      target: that over tr Sˢ = |μˢ|² + tr Σˢ
class WassersteinLoss : public StyleLoss {
public:
  WassersteinLoss(const Statistics &style, Normalization normalization);
  torch::Tensor operator()(const Statistics &painting) const override;

private:
  torch::Tensor mean_, root_; // Σˢ^½
  double trace_, scale_;
};

// --- Place losses ---

// How far feature maps F (1×C×H×W) are from those of another picture, P, at one layer.
class PlaceLoss {
public:
  virtual ~PlaceLoss() = default;

  // The loss of what `own` covers of the maps, times `factor`; its gradient is added to `gradient` (of the maps' size). The target is that
  // of the same tile.
  virtual double operator()(const torch::Tensor &features, const torch::Tensor &target, const Rectangle &own, double factor,
                            const torch::Tensor &gradient) const = 0;
};

// Squared error (Gatys et al. 2016, eq. 1; its mean, as in the authors' programs, where the paper has half the sum, so that a weight does
// not depend on the picture's size):   none: Σ (F − P)² / CHW      target: Σ (F − P)² / Σ P²
class ContentLoss : public PlaceLoss {
public:
  ContentLoss(const torch::Tensor &target, Normalization normalization);
  double operator()(const torch::Tensor &features, const torch::Tensor &target, const Rectangle &own, double factor,
                    const torch::Tensor &gradient) const override;

protected:
  explicit ContentLoss(double scale) : scale_(scale) {}

private:
  double scale_;
};

// Sum of squared differences over the K maps of I×J pixels:   none: Σ_kij (F − P)²_kij      target: that over Σ P²
class FeatureLoss : public ContentLoss {
public:
  FeatureLoss(const torch::Tensor &target, Normalization normalization);
};

// Squared norm of the difference of the spatial gradients, ∂ the difference of neighbours:
//   none: Σ |∂F − ∂P|²      target: that over Σ |∂P|²
class FeatureGradientLoss : public PlaceLoss {
public:
  FeatureGradientLoss(const torch::Tensor &target, Normalization normalization);
  double operator()(const torch::Tensor &features, const torch::Tensor &target, const Rectangle &own, double factor,
                    const torch::Tensor &gradient) const override;

private:
  double scale_;
};

// --- Image losses: their gradient is added to `gradient`, of the image's size ---

// Total variation of an image x (1×3×H×W), squared differences of neighbours, mean over channels and pixels (Mahendran, Vedaldi 2015,
// eq. 5 with β = 2):   Σ (x_{r,c+1} − x_{r,c})² + (x_{r+1,c} − x_{r,c})², over 3HW
double total_variation(const torch::Tensor &image, double factor, const torch::Tensor &gradient);

// Keeps lines where they are: the Laplacian D of the image, averaged over squares of 4 × 4 pixels, against that of the content c
// (Li, Xu, Nie, Chua 2017, "Laplacian-steered neural style transfer", eq. 6):   none: Σ (Dx − Dc)²      target: that over Σ (Dc)²
class LaplacianLoss {
public:
  LaplacianLoss(const torch::Tensor &content, Normalization normalization);
  double operator()(const torch::Tensor &image, double factor, const torch::Tensor &gradient) const;

private:
  torch::Tensor target_;
  double scale_;
};

// --- All of them: one row for each loss, which all that is done with every loss goes through ---

// What each loss counts; 0 leaves it out.
struct LossWeights {
  double content = 0, gram = 0, mean_std = 0, wasserstein = 0, feature = 0, feature_gradient = 0, laplacian = 0, tv = 0;

  // Whether any loss compares features with those of the picture that options.match names.
  bool match() const;
};

// Weighted terms, as steps and reports tell them.
struct Losses {
  double content = 0, style = 0, feature = 0, laplacian = 0, tv = 0;
  double total() const { return content + style + feature + laplacian + tv; }
};

// The picture that a loss pulls the painting towards; strength weighs content and style against each other. Place losses look at the
// content layers for the content, at the feature layers for what options.match names.
enum class Towards { content, style, match };

struct StyleKind {
  bool looks_at_means;
  std::unique_ptr<StyleLoss> (*make)(const Statistics &style, Normalization normalization);
};
struct PlaceKind {
  std::unique_ptr<PlaceLoss> (*make)(const torch::Tensor &target, Normalization normalization);
};
// The loss of an image, times `factor`; its gradient is added to `gradient`.
using ImageLoss = std::function<double(const torch::Tensor &image, double factor, const torch::Tensor &gradient)>;
struct ImageKind {
  ImageLoss (*make)(const torch::Tensor &content, Normalization normalization);
};

struct LossRow {
  double LossWeights::*weight;
  double pastiche_options::*option;
  double unit; // what an option of 1 stands for when losses are normalised
  Towards towards;
  double Losses::*term; // that it is told in
  std::variant<StyleKind, PlaceKind, ImageKind> kind;
};

std::span<const LossRow> loss_table();

} // namespace pastiche
