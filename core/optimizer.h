// SPDX-License-Identifier: GPL-3.0-or-later
// Ways to minimise a loss of an image whose values must stay within 0..1. A step that leads to numbers that are none, or to a loss beyond
// all reason, is taken back and tried smaller. Without averaging none of them ends worse than the best image it has seen.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <torch/types.h>

#include "pastiche.h"

namespace pastiche {

// The loss of an image; its gradient is written to `gradient`.
using Evaluate = std::function<double(const torch::Tensor &image, const torch::Tensor &gradient)>;

class Optimizer {
public:
  struct Settings {
    pastiche_optimizer kind;
    int64_t steps;       // that will be taken
    double first_rate;   // what the first step changes values by, in units of the image's range
    int64_t history = 5; // pairs of L-BFGS
    double averaging = 0;
  };

  // Starts from `image` (float32), which is used up.
  static std::unique_ptr<Optimizer> make(const Settings &settings, torch::Tensor image);
  virtual ~Optimizer() = default;

  // One step. Evaluates once; before the first step and after one that was taken back once more, and again whenever L-BFGS shortens a step.
  // Returns whether there is any use in another one.
  bool step(const Evaluate &evaluate);

  const torch::Tensor &image() const { return image_; }
  double loss() const { return loss_; } // of image()
  int64_t evaluations() const { return evaluations_; }

  // The best image seen or, with averaging, the average if its loss is finite. Undefined when no loss was a number.
  torch::Tensor result(const Evaluate &evaluate);
  double best_loss() const { return best_loss_; }

  // Everything that the next step depends on, to go on later as if nothing had happened.
  struct State {
    std::map<std::string, torch::Tensor> tensors;
    std::map<std::string, double> numbers;
  };
  virtual State state() const;
  virtual void restore(const State &state);

  // Bytes for every value of the image beside the image itself.
  static double bytes_per_value(pastiche_optimizer kind, int64_t history, bool averaging);

protected:
  Optimizer(const Settings &settings, torch::Tensor image);

  // Moves image_, from which gradient_ was taken, and evaluates there. Returns false when no smaller step would help either.
  virtual bool advance(const Evaluate &evaluate) = 0;
  virtual void forget() = 0; // what was learnt from steps that went wrong
  virtual void keep_best();  // when loss_ is the lowest so far

  double evaluate_here(const Evaluate &evaluate, const torch::Tensor &image, const torch::Tensor &gradient);

  Settings settings_;
  torch::Tensor image_, gradient_, best_;
  double loss_ = 0, best_loss_, rate_scale_ = 1; // rate_scale_ halves with every step that went wrong
  int64_t taken_ = 0;

private:
  torch::Tensor average_;
  int64_t evaluations_ = 0, failures_ = 0;
  bool evaluated_ = false; // loss_ and gradient_ are those of image_
};

} // namespace pastiche
