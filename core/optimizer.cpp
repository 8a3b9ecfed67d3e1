// SPDX-License-Identifier: GPL-3.0-or-later
#include "optimizer.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <vector>

#include "descentvectors.h"
#include "sum.h"

namespace pastiche {
namespace {

// A loss this many times the best one is no loss but an explosion.
constexpr double exploded = 1000;
constexpr int64_t most_failures = 8;

double root_mean_square(const torch::Tensor &values) {
  return std::sqrt(total(values.square()).item<double>() / static_cast<double>(values.numel()));
}

// x ← x − η ∇L. η is chosen once, so that the first step has the size asked for, and halved by the base class when a step went wrong.
class GradientDescent : public Optimizer {
public:
  GradientDescent(const Settings &settings, torch::Tensor image) : Optimizer(settings, std::move(image)) {}

  State state() const override {
    State state = Optimizer::state();
    state.numbers["rate"] = rate_;
    return state;
  }
  void restore(const State &state) override {
    Optimizer::restore(state);
    rate_ = state.numbers.at("rate");
  }

private:
  bool advance(const Evaluate &evaluate) override {
    if (rate_ == 0) {
      const double slope = root_mean_square(gradient_);
      if (slope == 0)
        return false; // nothing to gain anywhere
      rate_ = settings_.first_rate / slope;
    }
    const double before = loss_;
    image_.sub_(gradient_, rate_ * rate_scale_).clamp_(0, 1);
    loss_ = evaluate_here(evaluate, image_, gradient_);
    if (loss_ > before)
      rate_ /= 2;
    return true;
  }
  void forget() override {}

  double rate_ = 0;
};

// Kingma, Ba 2015, algorithm 1. The rate falls to a fifteenth of the first along a half cosine.
class Adam : public Optimizer {
public:
  Adam(const Settings &settings, torch::Tensor image) : Optimizer(settings, std::move(image)) { forget(); }

  State state() const override {
    State state = Optimizer::state();
    state.tensors["mean"] = mean_;
    state.tensors["power"] = power_;
    state.numbers["learnt"] = static_cast<double>(learnt_);
    return state;
  }
  void restore(const State &state) override {
    Optimizer::restore(state);
    mean_.copy_(state.tensors.at("mean"));
    power_.copy_(state.tensors.at("power"));
    learnt_ = static_cast<int64_t>(state.numbers.at("learnt"));
  }

private:
  static constexpr double decay_mean = 0.9, decay_power = 0.99;

  bool advance(const Evaluate &evaluate) override {
    ++learnt_;
    mean_.mul_(decay_mean).add_(gradient_, 1 - decay_mean);
    power_.mul_(decay_power).addcmul_(gradient_, gradient_, 1 - decay_power);
    const double last_rate = settings_.first_rate / 15;
    const double done = static_cast<double>(taken_) / static_cast<double>(std::max<int64_t>(1, settings_.steps - 1));
    const double rate = last_rate + (settings_.first_rate - last_rate) * 0.5 * (1 + std::cos(M_PI * std::min(1.0, done)));
    const double mean_share = 1 - std::pow(decay_mean, static_cast<double>(learnt_)),
                 power_share = std::sqrt(1 - std::pow(decay_power, static_cast<double>(learnt_)));
    // Losses are means over the picture, so the gradient of a single value shrinks with its size.
    const double smallest = 1e-4 / static_cast<double>(image_.numel());
    image_.addcdiv_(mean_, power_.sqrt().add_(smallest * power_share), -rate * rate_scale_ * power_share / mean_share).clamp_(0, 1);
    loss_ = evaluate_here(evaluate, image_, gradient_);
    return true;
  }
  void forget() override {
    mean_ = torch::zeros_like(image_);
    power_ = torch::zeros_like(image_);
    learnt_ = 0;
  }

  torch::Tensor mean_, power_;
  int64_t learnt_ = 0;
};

// Nocedal, Wright 2006, algorithm 7.4 (two-loop recursion), within the box: values on its edge whose gradient points out of it stay there,
// and the curvature is that among the others (Bertsekas 1982, "Projected Newton methods for optimization problems with simple constraints",
// section 2; Byrd, Lu, Nocedal, Zhu 1995, "A limited memory algorithm for bound constrained optimization", section 5). What would leave the
// box is projected back, and the step is shortened until the loss falls enough for the way that is left (Armijo's condition along the
// projection). Nearly every step takes one evaluation.
class Lbfgs : public Optimizer {
public:
  Lbfgs(const Settings &settings, torch::Tensor image) : Optimizer(settings, std::move(image)) {}

  State state() const override {
    State state = Optimizer::state();
    state.tensors.erase("best"); // it is the image
    for (size_t i = 0; i < pairs_.size(); ++i) {
      state.tensors["moved " + std::to_string(i)] = pairs_[i].moved;
      state.tensors["turned " + std::to_string(i)] = pairs_[i].turned;
    }
    return state;
  }
  void restore(const State &state) override {
    Optimizer::restore(state);
    best_ = image_;
    pairs_.clear();
    for (size_t i = 0; state.tensors.contains("moved " + std::to_string(i)); ++i)
      pairs_.push_back({state.tensors.at("moved " + std::to_string(i)).to(image_.device()),
                        state.tensors.at("turned " + std::to_string(i)).to(image_.device())});
  }

private:
  struct Pair {
    torch::Tensor moved, turned; // s = x⁺ − x, y = ∇⁺ − ∇
  };

  // The pairs, and the gradient at the end.
  std::vector<torch::Tensor> vectors() const {
    std::vector<torch::Tensor> vectors;
    for (const Pair &pair : pairs_)
      vectors.insert(vectors.end(), {pair.moved, pair.turned});
    vectors.push_back(gradient_);
    return vectors;
  }

  // The direction, as the share that each of the vectors has in it. The two loops need no more than the vectors' inner products (Chen,
  // Wang, Zhou 2014, "Large-scale L-BFGS using MapReduce").
  std::vector<double> direction(const std::vector<torch::Tensor> &vectors) const {
    const Boxed box{image_, gradient_};
    const size_t count = vectors.size(), gradient = count - 1;
    const std::vector<double> table = inner_products(vectors, &box);
    const auto product = [&](size_t a, size_t b) { return table[a * count + b]; };
    std::vector<double> direction(count), shares(pairs_.size());
    direction[gradient] = -1;
    const auto along = [&](size_t vector) {
      double sum = 0;
      for (size_t i = 0; i < count; ++i)
        sum += direction[i] * product(i, vector);
      return sum;
    };
    const auto usable = [&](size_t moved) { // else it was learnt from values that are held now
      return curved(product(moved, moved + 1), product(moved, moved), product(moved + 1, moved + 1));
    };
    double scale = 0; // of the newest pair
    for (size_t i = pairs_.size(); i-- > 0;) {
      const size_t moved = 2 * i, turned = moved + 1;
      if (!usable(moved))
        continue;
      if (scale == 0)
        scale = product(moved, turned) / product(turned, turned);
      shares[i] = along(moved) / product(moved, turned);
      direction[turned] -= shares[i];
    }
    if (scale == 0) {
      const double size = std::sqrt(product(gradient, gradient) / static_cast<double>(image_.numel()));
      scale = settings_.first_rate * rate_scale_ / (size + std::numeric_limits<double>::min());
    }
    for (double &share : direction)
      share *= scale;
    for (size_t i = 0; i < pairs_.size(); ++i)
      if (const size_t moved = 2 * i; usable(moved))
        direction[moved] += shares[i] - along(moved + 1) / product(moved, moved + 1);
    return direction;
  }

  static bool curved(double product, double moved, double turned) { return product > 1e-10 * std::sqrt(moved * turned); }

  bool advance(const Evaluate &evaluate) override {
    constexpr double enough = 1e-4;
    constexpr int64_t most_tries = 10;
    double length = 1;
    torch::Tensor there, gradient;
    double loss = 0;
    const std::vector<double> way = direction(vectors());
    for (int64_t tries = 1;; ++tries) {
      std::vector<double> shares = way;
      for (double &share : shares)
        share *= length;
      double slope = 0;
      there = move({image_, gradient_}, vectors(), shares, slope);
      if (slope < 0) {
        if (!gradient.defined())
          gradient = torch::empty_like(gradient_);
        loss = evaluate_here(evaluate, there, gradient);
        if (!std::isfinite(loss) || !std::isfinite(gradient.sum().item<double>())) {
          // The base class takes it back, to the best image, whose memory must not be written over below.
          image_ = there;
          loss_ = std::numeric_limits<double>::quiet_NaN();
          return true;
        }
        if (loss <= loss_ + enough * slope)
          break;
      }
      if (tries == most_tries) {
        if (pairs_.empty())
          return false; // nothing to gain anywhere
        pairs_.clear(); // what was learnt misleads
        return true;
      }
      // The lowest point of the parabola through both losses and the slope.
      length *= slope < 0 ? std::clamp(-slope / (2 * (loss - loss_ - slope)), 0.1, 0.5) : 0.5;
    }
    at::sub_out(image_, there, image_);
    at::sub_out(gradient_, gradient, gradient_);
    if (const auto products = inner_products({image_, gradient_}, nullptr); curved(products[1], products[0], products[3])) {
      if (static_cast<int64_t>(pairs_.size()) >= settings_.history)
        pairs_.pop_front();
      pairs_.push_back({image_, gradient_});
    }
    image_ = there;
    gradient_ = gradient;
    loss_ = loss;
    return true;
  }
  void forget() override { pairs_.clear(); }

  // No step is taken that makes the loss higher, so the best needs no memory of its own.
  void keep_best() override {
    best_ = image_;
    best_loss_ = loss_;
  }

  std::deque<Pair> pairs_;
};

} // namespace

std::unique_ptr<Optimizer> Optimizer::make(const Settings &settings, torch::Tensor image) {
  switch (settings.kind) {
  case PASTICHE_GRADIENT_DESCENT:
    return std::make_unique<GradientDescent>(settings, std::move(image));
  case PASTICHE_ADAM:
    return std::make_unique<Adam>(settings, std::move(image));
  default:
    return std::make_unique<Lbfgs>(settings, std::move(image));
  }
}

Optimizer::Optimizer(const Settings &settings, torch::Tensor image)
    : settings_(settings), image_(image.contiguous()), gradient_(torch::zeros_like(image_)),
      best_loss_(std::numeric_limits<double>::infinity()) {
  if (settings_.averaging > 0)
    average_ = torch::zeros_like(image_);
}

double Optimizer::evaluate_here(const Evaluate &evaluate, const torch::Tensor &image, const torch::Tensor &gradient) {
  ++evaluations_;
  return evaluate(image, gradient);
}

void Optimizer::keep_best() {
  best_loss_ = loss_;
  if (best_.defined())
    best_.copy_(image_);
  else
    best_ = image_.clone();
}

bool Optimizer::step(const Evaluate &evaluate) {
  const torch::NoGradGuard no_grad;
  if (!evaluated_) {
    loss_ = evaluate_here(evaluate, image_, gradient_);
    if (!std::isfinite(loss_))
      return false;
    if (loss_ <= best_loss_)
      keep_best();
    evaluated_ = true;
  }
  const bool useful = advance(evaluate);
  ++taken_;
  if (!std::isfinite(loss_) || loss_ > exploded * best_loss_ || !std::isfinite(gradient_.sum().item<double>())) {
    image_ = best_.clone();
    loss_ = best_loss_;
    evaluated_ = false; // only the image of the best was kept, not its gradient
    rate_scale_ /= 2;
    forget();
    return ++failures_ < most_failures;
  }
  if (loss_ <= best_loss_)
    keep_best();
  if (average_.defined())
    average_.mul_(settings_.averaging).add_(image_, 1 - settings_.averaging);
  return useful;
}

torch::Tensor Optimizer::result(const Evaluate &evaluate) {
  const torch::NoGradGuard no_grad;
  if (average_.defined() && taken_ > failures_) {
    // The average begins with zeros (as Adam's means do).
    const torch::Tensor average = average_ / (1 - std::pow(settings_.averaging, static_cast<double>(taken_ - failures_)));
    const double loss = evaluate_here(evaluate, average, gradient_);
    evaluated_ = false;
    if (std::isfinite(loss)) {
      image_ = average;
      loss_ = loss;
      return average;
    }
  }
  if (best_.defined()) {
    image_ = best_;
    loss_ = best_loss_;
  }
  return best_;
}

Optimizer::State Optimizer::state() const {
  State state{{{"image", image_}, {"gradient", gradient_}},
              {{"loss", loss_},
               {"best loss", best_loss_},
               {"rate scale", rate_scale_},
               {"taken", static_cast<double>(taken_)},
               {"evaluations", static_cast<double>(evaluations_)},
               {"failures", static_cast<double>(failures_)},
               {"evaluated", evaluated_}}};
  if (best_.defined())
    state.tensors["best"] = best_;
  if (average_.defined())
    state.tensors["average"] = average_;
  return state;
}

void Optimizer::restore(const State &state) {
  image_.copy_(state.tensors.at("image"));
  gradient_.copy_(state.tensors.at("gradient"));
  if (const auto best = state.tensors.find("best"); best != state.tensors.end())
    best_ = best->second.to(image_.device(), image_.scalar_type(), false, true);
  if (average_.defined())
    average_.copy_(state.tensors.at("average"));
  loss_ = state.numbers.at("loss");
  best_loss_ = state.numbers.at("best loss");
  rate_scale_ = state.numbers.at("rate scale");
  taken_ = static_cast<int64_t>(state.numbers.at("taken"));
  evaluations_ = static_cast<int64_t>(state.numbers.at("evaluations"));
  failures_ = static_cast<int64_t>(state.numbers.at("failures"));
  evaluated_ = state.numbers.at("evaluated") != 0;
}

double Optimizer::bytes_per_value(pastiche_optimizer kind, int64_t history, bool averaging) {
  // The gradient; then per kind what it keeps and what a step takes for a while.
  const double common = 4 + (averaging ? 4 : 0);
  switch (kind) {
  case PASTICHE_GRADIENT_DESCENT:
    return common + 2 * 4; // the best, its copy
  case PASTICHE_ADAM:
    return common + 4 * 4; // the best, two moments, the root of one
  default:
    return common + 2 * 4 + 2 * 4 * static_cast<double>(history); // the new image and gradient, the pairs
  }
}

} // namespace pastiche
