// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/optimizer.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

using namespace pastiche;

namespace {

constexpr pastiche_optimizer kinds[] = {PASTICHE_ADAM, PASTICHE_LBFGS, PASTICHE_GRADIENT_DESCENT};

torch::Tensor row(std::vector<float> values) { return torch::tensor(values).view({1, 1, 1, -1}); }

// Σ c (x − goal)²
Evaluate quadratic(const torch::Tensor &goal, const torch::Tensor &curvature) {
  return [=](const torch::Tensor &image, const torch::Tensor &gradient) {
    const torch::Tensor difference = image - goal;
    gradient.copy_(2 * curvature * difference);
    return (curvature * difference.square()).sum().item<double>();
  };
}

torch::Tensor minimize(const Optimizer::Settings &settings, const torch::Tensor &start, const Evaluate &evaluate, int64_t steps) {
  const auto optimizer = Optimizer::make(settings, start.clone());
  for (int64_t step = 0; step < steps && optimizer->step(evaluate); ++step) {
    EXPECT_GE(optimizer->image().min().item<float>(), 0.f);
    EXPECT_LE(optimizer->image().max().item<float>(), 1.f);
  }
  return optimizer->result(evaluate);
}

} // namespace

TEST(Optimizer, EveryKindFindsTheNearestImageWithinTheBox) {
  // The squared distance to a goal that lies partly outside 0..1: the answer is the goal, clamped.
  const torch::Tensor goal = row({-0.5f, 0.1f, 0.6f, 0.9f, 1.7f, 0.3f}), start = torch::full_like(goal, 0.5);
  for (const pastiche_optimizer kind : kinds) {
    const torch::Tensor found =
        minimize({.kind = kind, .steps = 200, .first_rate = 0.03}, start, quadratic(goal, torch::ones_like(goal)), 200);
    EXPECT_LT((found - goal.clamp(0, 1)).abs().max().item<float>(), 0.01) << kind;
  }
}

TEST(Optimizer, LbfgsSolvesWhatIsIllConditionedInFewSteps) {
  // Curvatures from 1 to 1000 in eight dimensions: with eight pairs L-BFGS ends after a few dozen steps, steepest descent would need
  // thousands.
  const torch::Tensor curvature = row({1, 3, 10, 30, 100, 300, 600, 1000}), goal = row({.1f, .9f, .2f, .8f, .3f, .7f, .4f, .6f});
  const auto evaluate = quadratic(goal, curvature);
  const auto lbfgs =
      minimize({.kind = PASTICHE_LBFGS, .steps = 60, .first_rate = 0.03, .history = 8}, torch::full_like(goal, 0.5), evaluate, 60);
  EXPECT_LT((lbfgs - goal).abs().max().item<float>(), 1e-3);
  const auto descent =
      minimize({.kind = PASTICHE_GRADIENT_DESCENT, .steps = 60, .first_rate = 0.03}, torch::full_like(goal, 0.5), evaluate, 60);
  EXPECT_GT((descent - goal).abs().max().item<float>(), 1e-2);
}

TEST(Optimizer, LbfgsFollowsTheEdgeOfTheBox) {
  // Pairs of values, each with the loss c (x − a)ᵀ Q (x − a), Q = (1 0.9; 0.9 1). Where a₁ lies outside, x₁ is held at the edge e, since
  // the derivative there, 2c · 0.095, points out of the box; x₂ is where its own derivative is 0: a₂ − 0.9 (e − a₁).
  const torch::Tensor goal = torch::tensor({1.5, -0.5, 0.3, 0.5, 0.5, 0.6}).view({2, 3}), curvature = torch::tensor({1.0, 30.0, 1000.0});
  const torch::Tensor right = torch::tensor({1.0, 0.0, 0.3, 0.95, 0.05, 0.6}).view({2, 3});
  const Evaluate coupled = [&](const torch::Tensor &image, const torch::Tensor &gradient) {
    const torch::Tensor difference = image.view({2, 3}) - goal, other = difference.flip(0);
    gradient.view({2, 3}).copy_(2 * curvature * (difference + 0.9 * other));
    return (curvature * (difference.square() + 0.9 * difference * other)).sum().item<double>();
  };
  const auto optimizer =
      Optimizer::make({.kind = PASTICHE_LBFGS, .steps = 30, .first_rate = 0.03, .history = 8}, torch::full({1, 1, 2, 3}, 0.5));
  const auto distance = [&] { return (optimizer->image().view({2, 3}) - right).abs().max().item<float>(); };
  for (int64_t step = 0; step < 30 && distance() > 1e-4 && optimizer->step(coupled); ++step)
    ;
  EXPECT_LT(distance(), 1e-4);
  EXPECT_LT(optimizer->evaluations(), 40); // hardly a trial is refused
}

TEST(Optimizer, FirstStepsHaveTheSizeAskedFor) {
  const torch::Tensor goal = torch::rand({1, 3, 9, 7}), start = torch::full_like(goal, 0.5);
  for (const pastiche_optimizer kind : kinds) {
    const auto optimizer = Optimizer::make({.kind = kind, .steps = 10, .first_rate = 0.01}, start.clone());
    optimizer->step(quadratic(goal, torch::ones_like(goal)));
    const double moved = std::sqrt((optimizer->image() - start).square().mean().item<double>());
    EXPECT_NEAR(moved, 0.01, 1e-4) << kind; // Adam moves every value by it, the others in the mean
  }
}

TEST(Optimizer, AStepToNumbersThatAreNoneIsTakenBackAndTheRunGoesOn) {
  const torch::Tensor goal = row({0.9f, 0.2f, 0.6f}), start = torch::full_like(goal, 0.5);
  const auto plain = quadratic(goal, torch::ones_like(goal));
  for (const pastiche_optimizer kind : kinds)
    for (const double bad : {std::nan(""), HUGE_VAL, 1e9}) {
      int64_t calls = 0;
      const Evaluate spoilt = [&](const torch::Tensor &image, const torch::Tensor &gradient) {
        const double loss = plain(image, gradient);
        if (++calls != 3 && calls != 8)
          return loss;
        if (!std::isfinite(bad))
          gradient.fill_(std::numeric_limits<float>::quiet_NaN());
        return bad;
      };
      const torch::Tensor found = minimize({.kind = kind, .steps = 40, .first_rate = 0.1}, start, spoilt, 40);
      ASSERT_TRUE(found.defined());
      EXPECT_TRUE(found.isfinite().all().item<bool>());
      EXPECT_LT((found - goal).abs().max().item<float>(), 0.15) << kind << " " << bad; // the start is 0.4 away
    }
}

TEST(Optimizer, AGradientThatIsNoNumberIsTakenBackToo) {
  for (const pastiche_optimizer kind : kinds) {
    const torch::Tensor start = torch::full({1, 3, 4, 4}, 0.5f);
    const auto optimizer = Optimizer::make({.kind = kind, .steps = 4, .first_rate = 0.1}, start.clone());
    int64_t evaluations = 0;
    const Evaluate evaluate = [&](const torch::Tensor &image, const torch::Tensor &gradient) {
      gradient.fill_(++evaluations == 1 ? 1.0 : std::numeric_limits<double>::infinity());
      return image.sum().item<double>();
    };
    optimizer->step(evaluate);
    EXPECT_TRUE(torch::equal(optimizer->image(), start)) << kind;
  }
}

TEST(Optimizer, WithoutAGradientThereIsNothingToDo) {
  for (const pastiche_optimizer kind : kinds) {
    const torch::Tensor start = torch::full({1, 3, 4, 4}, 0.5f);
    const auto optimizer = Optimizer::make({.kind = kind, .steps = 4, .first_rate = 0.1}, start.clone());
    const Evaluate evaluate = [&](const torch::Tensor &, const torch::Tensor &gradient) {
      gradient.zero_();
      return 1.0;
    };
    for (int step = 0; step < 3; ++step)
      optimizer->step(evaluate);
    EXPECT_TRUE(torch::equal(optimizer->image(), start)) << kind;
  }
}

TEST(Optimizer, NothingButNaNGivesNoImage) {
  const Evaluate hopeless = [](const torch::Tensor &, const torch::Tensor &gradient) {
    gradient.fill_(std::numeric_limits<float>::quiet_NaN());
    return std::nan("");
  };
  for (const pastiche_optimizer kind : kinds) {
    const auto optimizer = Optimizer::make({.kind = kind, .steps = 10, .first_rate = 0.05}, torch::full({1, 3, 4, 4}, 0.5));
    EXPECT_FALSE(optimizer->step(hopeless));
    EXPECT_FALSE(optimizer->result(hopeless).defined());
  }
}

TEST(Optimizer, AveragingGivesTheMeanOfTheSteps) {
  // Gradient descent on (x − 1)² / 2 from 0 with a first step of 0.1: x is 0.1, 0.19, 0.271; the weights of the average are 0.25, 0.5, 1.
  const torch::Tensor goal = torch::ones({1, 1, 1, 1});
  const auto optimizer =
      Optimizer::make({.kind = PASTICHE_GRADIENT_DESCENT, .steps = 3, .first_rate = 0.1, .averaging = 0.5}, torch::zeros({1, 1, 1, 1}));
  const auto evaluate = quadratic(goal, torch::full({1, 1, 1, 1}, 0.5));
  for (int step = 0; step < 3; ++step)
    optimizer->step(evaluate);
  EXPECT_NEAR(optimizer->result(evaluate).item<float>(), (0.25 * 0.1 + 0.5 * 0.19 + 0.271) / 1.75, 1e-5);
}

TEST(Optimizer, ARestoredOptimizerGoesOnAsIfNothingHadHappened) {
  const torch::Tensor goal = torch::rand({1, 3, 8, 8}), curvature = torch::rand({1, 3, 8, 8}) * 10 + 0.1,
                      start = torch::full_like(goal, 0.5);
  const auto evaluate = quadratic(goal, curvature);
  for (const pastiche_optimizer kind : kinds) {
    const Optimizer::Settings settings{.kind = kind, .steps = 12, .first_rate = 0.03, .history = 3, .averaging = 0.9};
    const auto whole = Optimizer::make(settings, start.clone()), first = Optimizer::make(settings, start.clone()),
               second = Optimizer::make(settings, start.clone());
    for (int step = 0; step < 12; ++step)
      whole->step(evaluate);
    for (int step = 0; step < 5; ++step)
      first->step(evaluate);
    Optimizer::State state = first->state();
    for (auto &[name, tensor] : state.tensors)
      tensor = tensor.clone();
    second->restore(state);
    for (int step = 5; step < 12; ++step)
      second->step(evaluate);
    EXPECT_TRUE(torch::equal(whole->result(evaluate), second->result(evaluate))) << kind;
    EXPECT_EQ(whole->best_loss(), second->best_loss());
    EXPECT_EQ(whole->evaluations(), second->evaluations());
  }
}
