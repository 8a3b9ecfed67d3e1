// SPDX-License-Identifier: GPL-3.0-or-later
#include "losses.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <torch/autograd.h>

#include "kernels.h"
#include "sum.h"
#include "threads.h"

namespace pastiche {
namespace {

// What a target's measure is taken to be at least, for each of its elements: a target without any features (black, constant) would
// otherwise divide by zero, or by so little that its loss drowns the others.
constexpr double least_feature = 1e-4, least_product = 1e-6;

// Keeps the slope of a square root finite.
constexpr double smallest_norm = 1e-12;

// The same for the slope of a square root, relative to the largest value under it: of a float32 difference, of a float64 eigenvalue.
constexpr double smallest_share = 1e-6, smallest_eigenvalue = 1e-12;

// Sums are taken in float32 at least.
torch::Tensor widened(const torch::Tensor &tensor) { return tensor.scalar_type() == torch::kBFloat16 ? tensor.to(torch::kFloat) : tensor; }

double square_sum(const torch::Tensor &tensor) { return total(widened(tensor).square()).item<double>(); }

double scale_by(Normalization normalization, double target_measure, double least_measure, double papers) {
  return normalization == Normalization::target ? 1 / std::max(target_measure, least_measure) : papers;
}

// Feature maps as a matrix with one row per pixel. Whole channels-last maps need no copy.
torch::Tensor pixel_rows(const torch::Tensor &features) { return features.permute({0, 2, 3, 1}).reshape({-1, features.size(1)}); }

torch::Tensor row_sum(const torch::Tensor &rows) {
  return rows.sum(0, false, rows.scalar_type() == torch::kBFloat16 ? torch::kFloat : rows.scalar_type());
}

torch::Tensor covariance(const Statistics &statistics) { return statistics.gram - statistics.mean.outer(statistics.mean); }

torch::Tensor deviation(const Statistics &statistics) {
  const torch::Tensor power = statistics.gram.diagonal();
  return (power - statistics.mean.square()).clamp_min(smallest_share * power.detach().max().item<double>() + smallest_norm).sqrt();
}

torch::Tensor inside(const torch::Tensor &maps, const Rectangle &own) {
  return maps.narrow(2, own.top, own.height).narrow(3, own.left, own.width);
}

// Whether the numbers of a row lie side by side, place after place.
bool has_whole_rows(const torch::Tensor &maps) {
  return (maps.stride(1) == 1 || maps.size(1) == 1) && (maps.stride(3) == maps.size(1) || maps.size(3) == 1);
}

} // namespace

void StatisticsSum::add(const torch::Tensor &features, const torch::Tensor &weights) {
  torch::Tensor rows = pixel_rows(features), sum;
  if (weights.defined()) {
    const torch::Tensor w = pixel_rows(weights).to(rows.scalar_type());
    total_ += pastiche::total(w.view({-1, weights.size(3)}).to(torch::kDouble)).item<double>();
    if (with_mean_)
      sum = row_sum(rows * w);
    rows = rows * w.sqrt();
  } else {
    total_ += static_cast<double>(rows.size(0));
    if (with_mean_)
      sum = row_sum(rows);
  }
  const torch::Tensor products = product_sum(rows);
  products_ = products_.defined() ? products_ + products : products;
  if (with_mean_)
    sum_ = sum_.defined() ? sum_ + sum : sum;
}

Statistics StatisticsSum::mean() const { return {products_ / total_, with_mean_ ? sum_ / total_ : sum_}; }

Statistics through(const torch::Tensor &matrix, const Statistics &statistics) {
  if (!matrix.defined())
    return statistics;
  const OneThread one;
  const torch::Tensor a = matrix.to(statistics.gram.scalar_type());
  return {a.mm(statistics.gram).mm(a.t()), statistics.mean.defined() ? a.mv(statistics.mean) : statistics.mean};
}

Statistics back_through(const torch::Tensor &matrix, const Statistics &gradient) {
  if (!matrix.defined())
    return gradient;
  const OneThread one;
  const torch::Tensor a = matrix.to(gradient.gram.scalar_type());
  return {a.t().mm(gradient.gram).mm(a), gradient.mean.defined() ? a.t().mv(gradient.mean) : gradient.mean};
}

torch::Tensor statistics_gradient(const torch::Tensor &features, const torch::Tensor &weights, double total, const Statistics &gradient) {
  const torch::Tensor rows = pixel_rows(features);
  const auto type = rows.scalar_type();
  const torch::Tensor symmetric = ((gradient.gram + gradient.gram.t()) / total).to(type);
  torch::Tensor result = times(rows, symmetric, gradient.mean.defined() ? (gradient.mean / total).to(type) : torch::Tensor());
  if (weights.defined())
    result *= pixel_rows(weights).to(type);
  return result.view({1, features.size(2), features.size(3), features.size(1)}).permute({0, 3, 1, 2});
}

StyleLoss::Slope StyleLoss::slope(const Statistics &painting) const {
  const OneThread one; // which is the one that goes back, too
  const torch::AutoGradMode with_gradient(true);
  const Statistics at{painting.gram.detach().requires_grad_(),
                      painting.mean.defined() ? painting.mean.detach().requires_grad_() : painting.mean};
  std::vector<torch::Tensor> variables{at.gram};
  if (at.mean.defined())
    variables.push_back(at.mean);
  const torch::Tensor loss = (*this)(at);
  const auto gradients = torch::autograd::grad({loss}, variables, {}, {}, false, true);
  return {loss.item<double>(), {gradients.front(), at.mean.defined() ? gradients.back() : at.mean}};
}

GramLoss::GramLoss(const Statistics &style, Normalization normalization)
    : target_(style.gram), scale_(scale_by(normalization, square_sum(style.gram), least_product * static_cast<double>(style.gram.numel()),
                                           0.25 / static_cast<double>(style.gram.numel()))) {}

torch::Tensor GramLoss::operator()(const Statistics &painting) const { return total((painting.gram - target_).square()) * scale_; }

StyleLoss::Slope GramLoss::slope(const Statistics &painting) const {
  const torch::Tensor difference = painting.gram - target_;
  return {square_sum(difference) * scale_, {difference * (2 * scale_), {}}};
}

MeanStdLoss::MeanStdLoss(const Statistics &style, Normalization normalization)
    : mean_(style.mean), deviation_(deviation(style)),
      scale_(scale_by(normalization, square_sum(mean_) + square_sum(deviation_), least_feature * static_cast<double>(mean_.numel()),
                      1 / static_cast<double>(mean_.numel()))) {}

torch::Tensor MeanStdLoss::operator()(const Statistics &painting) const {
  return ((painting.mean - mean_).square().sum() + (deviation(painting) - deviation_).square().sum()) * scale_;
}

WassersteinLoss::WassersteinLoss(const Statistics &style, Normalization normalization)
    : mean_(style.mean), trace_(covariance(style).trace().item<double>()),
      scale_(scale_by(normalization, style.gram.trace().item<double>(), least_feature * static_cast<double>(mean_.numel()), 1)) {
  const OneThread one;
  const auto [values, vectors] = at::linalg_eigh(covariance(style).to(torch::kDouble), "L");
  root_ = (vectors * values.clamp_min(0).sqrt()).mm(vectors.t());
}

torch::Tensor WassersteinLoss::operator()(const Statistics &painting) const {
  // In float64: covariances span many orders of magnitude, the eigenvalues here their squares.
  const torch::Tensor sigma = covariance(painting).to(torch::kDouble), inner = root_.mm(sigma).mm(root_);
  const torch::Tensor values = at::linalg_eigvalsh((inner + inner.t()) / 2, "L");
  const torch::Tensor roots = values.clamp_min(smallest_eigenvalue * values.detach().max().item<double>() + smallest_norm).sqrt();
  return ((painting.mean - mean_).square().sum() + sigma.trace() + trace_ - 2 * roots.sum()) * scale_;
}

ContentLoss::ContentLoss(const torch::Tensor &target, Normalization normalization)
    : scale_(scale_by(normalization, square_sum(target), least_feature * static_cast<double>(target.numel()),
                      1 / static_cast<double>(target.numel()))) {}

double ContentLoss::operator()(const torch::Tensor &features, const torch::Tensor &target, const Rectangle &own, double factor,
                               const torch::Tensor &gradient) const {
  const double scale = factor * scale_;
  const torch::Tensor maps = inside(features, own), wanted = inside(target, own), slope = inside(gradient, own);
  if (have_kernels(maps) && has_whole_rows(maps) && has_whole_rows(wanted) && has_whole_rows(slope)) {
    std::vector<double> losses(static_cast<size_t>(own.height));
    in_blocks({own.height, 1, 0}, [&](const Blocks &, int64_t y, float *) {
      const auto row = [y](const torch::Tensor &of) { return y * of.stride(2); };
      losses[static_cast<size_t>(y)] = map_kernels()->add_difference(
          maps.const_data_ptr<float>() + row(maps), wanted.const_data_ptr<float>() + row(wanted), maps.size(1) * own.width,
          static_cast<float>(2 * scale), slope.mutable_data_ptr<float>() + row(slope));
    });
    return std::accumulate(losses.begin(), losses.end(), 0.0) * scale;
  }
  const torch::Tensor difference = widened(maps - wanted);
  slope.add_(difference, 2 * scale);
  return total(difference.square()).item<double>() * scale;
}

FeatureLoss::FeatureLoss(const torch::Tensor &target, Normalization normalization)
    : ContentLoss(scale_by(normalization, square_sum(target), least_feature * static_cast<double>(target.numel()), 1)) {}

FeatureGradientLoss::FeatureGradientLoss(const torch::Tensor &target, Normalization normalization)
    : scale_(scale_by(normalization, square_sum(target.diff(1, 2)) + square_sum(target.diff(1, 3)),
                      least_feature * static_cast<double>(target.numel()), 1)) {}

double FeatureGradientLoss::operator()(const torch::Tensor &features, const torch::Tensor &target, const Rectangle &own, double factor,
                                       const torch::Tensor &gradient) const {
  double loss = 0;
  for (const int64_t dimension : {2, 3}) {
    // A place owns the difference to the neighbour after it, which may lie in the tile's margin.
    Rectangle pairs = own;
    int64_t &length = dimension == 2 ? pairs.height : pairs.width;
    const int64_t begin = dimension == 2 ? own.top : own.left;
    length = std::min(length, features.size(dimension) - 1 - begin);
    if (length <= 0)
      continue;
    Rectangle both = pairs;
    ++(dimension == 2 ? both.height : both.width);
    const torch::Tensor difference = widened((inside(features, both) - inside(target, both))).diff(1, dimension);
    const torch::Tensor there = inside(gradient, both);
    there.narrow(dimension, 1, length).add_(difference, 2 * factor * scale_);
    there.narrow(dimension, 0, length).sub_(difference, 2 * factor * scale_);
    loss += total(difference.square()).item<double>();
  }
  return loss * factor * scale_;
}

double total_variation(const torch::Tensor &image, double factor, const torch::Tensor &gradient) {
  // In strips, so that what is needed beside the image stays small.
  constexpr int64_t strip = 256;
  const double scale = factor / static_cast<double>(image.numel());
  double loss = 0;
  for (const int64_t dimension : {2, 3})
    for (int64_t top = 0; top < image.size(2); top += strip) {
      const int64_t rows = std::min(strip + (dimension == 2 ? 1 : 0), image.size(2) - top);
      const torch::Tensor difference = image.narrow(2, top, rows).diff(1, dimension), there = gradient.narrow(2, top, rows);
      const int64_t length = difference.size(dimension);
      if (length == 0)
        continue;
      there.narrow(dimension, 1, length).add_(difference, 2 * scale);
      there.narrow(dimension, 0, length).sub_(difference, 2 * scale);
      loss += total(difference.square()).item<double>();
    }
  return loss * scale;
}

namespace {

constexpr int64_t laplacian_pool = 4;

// The Laplacian of each channel where all four neighbours are; undefined when there is no such place.
torch::Tensor laplacian(const torch::Tensor &image) {
  if (image.size(2) < 3 * laplacian_pool || image.size(3) < 3 * laplacian_pool)
    return {};
  const torch::Tensor x = torch::avg_pool2d(image, laplacian_pool);
  const int64_t h = x.size(2) - 2, w = x.size(3) - 2;
  const auto at = [&](int64_t row, int64_t column) { return x.narrow(2, row, h).narrow(3, column, w); };
  return at(0, 1) + at(2, 1) + at(1, 0) + at(1, 2) - 4 * at(1, 1);
}

} // namespace

LaplacianLoss::LaplacianLoss(const torch::Tensor &content, Normalization normalization)
    : target_(laplacian(content)),
      scale_(target_.defined() ? scale_by(normalization, square_sum(target_), least_feature * static_cast<double>(target_.numel()), 1)
                               : 0) {}

double LaplacianLoss::operator()(const torch::Tensor &image, double factor, const torch::Tensor &gradient) const {
  if (!target_.defined())
    return 0;
  const torch::Tensor difference = laplacian(image) - target_;
  // Back through the kernel, which is its own transpose, and through the average.
  const int64_t h = image.size(2) / laplacian_pool, w = image.size(3) / laplacian_pool;
  const torch::Tensor back = torch::zeros({1, 3, h, w}, image.options());
  const auto at = [&](int64_t row, int64_t column) { return back.narrow(2, row, h - 2).narrow(3, column, w - 2); };
  for (const auto &[row, column] : {std::pair{0, 1}, {2, 1}, {1, 0}, {1, 2}})
    at(row, column).add_(difference);
  at(1, 1).sub_(difference, 4);
  const torch::Tensor squares = gradient.narrow(2, 0, h * laplacian_pool).narrow(3, 0, w * laplacian_pool);
  squares.unflatten(2, {h, laplacian_pool})
      .unflatten(4, {w, laplacian_pool})
      .add_(back.view({1, 3, h, 1, w, 1}), 2 * factor * scale_ / static_cast<double>(laplacian_pool * laplacian_pool));
  return total(difference.square()).item<double>() * factor * scale_;
}

namespace {

template <class Loss> std::unique_ptr<StyleLoss> make_style_loss(const Statistics &style, Normalization normalization) {
  return std::make_unique<Loss>(style, normalization);
}

template <class Loss> std::unique_ptr<PlaceLoss> make_place_loss(const torch::Tensor &target, Normalization normalization) {
  return std::make_unique<Loss>(target, normalization);
}

ImageLoss make_laplacian_loss(const torch::Tensor &content, Normalization normalization) { return LaplacianLoss(content, normalization); }

ImageLoss make_total_variation(const torch::Tensor &, Normalization) { return total_variation; }

using O = pastiche_options;
using W = LossWeights;

// The units were chosen by looking at paintings: at strength 0.5 the terms then pull about equally on a photograph.
constexpr LossRow table[] = {
    {&W::content, &O::content_weight, 0.3, Towards::content, &Losses::content, PlaceKind{make_place_loss<ContentLoss>}},
    {&W::gram, &O::style_weight, 1, Towards::style, &Losses::style, StyleKind{false, make_style_loss<GramLoss>}},
    {&W::mean_std, &O::mean_std_weight, 1, Towards::style, &Losses::style, StyleKind{true, make_style_loss<MeanStdLoss>}},
    {&W::wasserstein, &O::wasserstein_weight, 1, Towards::style, &Losses::style, StyleKind{true, make_style_loss<WassersteinLoss>}},
    {&W::feature, &O::feature_weight, 0.3, Towards::match, &Losses::feature, PlaceKind{make_place_loss<FeatureLoss>}},
    {&W::feature_gradient, &O::gradient_weight, 0.1, Towards::match, &Losses::feature, PlaceKind{make_place_loss<FeatureGradientLoss>}},
    {&W::laplacian, &O::laplacian_weight, 0.03, Towards::content, &Losses::laplacian, ImageKind{make_laplacian_loss}},
    {&W::tv, &O::tv_weight, 3, Towards::style, &Losses::tv, ImageKind{make_total_variation}},
};

} // namespace

std::span<const LossRow> loss_table() { return table; }

bool LossWeights::match() const {
  return std::ranges::any_of(table, [this](const LossRow &row) { return row.towards == Towards::match && this->*row.weight > 0; });
}

} // namespace pastiche
