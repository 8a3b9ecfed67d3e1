// SPDX-License-Identifier: GPL-3.0-or-later
// Whole runs through the C door, with the built-in model and small pictures.
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <unordered_map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/cuda.h>
#include <torch/types.h>

#include "core/memory.h"
#include "core/pastiche.h"

namespace {

using nlohmann::json;
using pastiche::resident_bytes;

struct Picture {
  int32_t width, height;
  std::vector<float> rgba;

  Picture(int32_t w, int32_t h, const std::function<std::array<float, 4>(float x, float y)> &paint) : width(w), height(h) {
    for (int32_t y = 0; y < h; ++y)
      for (int32_t x = 0; x < w; ++x)
        for (float value : paint(static_cast<float>(x) / static_cast<float>(w), static_cast<float>(y) / static_cast<float>(h)))
          rgba.push_back(value);
  }
  pastiche_image view() const { return {width, height, rgba.data()}; }
};

// A bright disc on a slanted dark ground.
Picture disc(int32_t w, int32_t h) {
  return {w, h, [](float x, float y) -> std::array<float, 4> {
            const bool inside = std::hypot(x - 0.5f, y - 0.5f) < 0.3f;
            return inside ? std::array{0.9f, 0.8f, 0.6f, 1.f} : std::array{0.1f + 0.3f * x, 0.2f, 0.2f + 0.3f * y, 1.f};
          }};
}

// Slanted stripes of orange and teal.
Picture stripes(int32_t w, int32_t h) {
  return {w, h, [](float x, float y) -> std::array<float, 4> {
            return std::sin(40 * x + 25 * y) > 0 ? std::array{0.9f, 0.5f, 0.1f, 1.f} : std::array{0.0f, 0.4f, 0.4f, 1.f};
          }};
}

struct Painted {
  pastiche_status status;
  std::string error;
  std::vector<float> rgba;
  json report;
};

using Change = std::function<void(pastiche_job &)>;

Painted run(const Picture &content, const Picture &style, const Change &change = {}) {
  pastiche_job job{};
  job.struct_size = sizeof job;
  pastiche_options_init(&job.options);
  job.options.model = COMPACT;
  job.options.steps = 6;
  job.options.brush_work = 0; // tests that are about it say so
  job.options.device = PASTICHE_DEVICE_CPU;
  job.style_count = 1;
  const pastiche_style style_view{style.view(), 1, nullptr, 0};
  job.content = content.view();
  job.styles = &style_view;
  if (change)
    change(job);
  pastiche_result *result = nullptr;
  pastiche_error error{};
  Painted outcome{pastiche_run(&job, &result, &error), error.message, {}, {}};
  EXPECT_EQ(result != nullptr, outcome.status >= 0);
  if (result) {
    const pastiche_image image = pastiche_result_image(result);
    EXPECT_EQ(image.width, content.width);
    EXPECT_EQ(image.height, content.height);
    outcome.rgba.assign(image.rgba, image.rgba + static_cast<size_t>(image.width) * image.height * 4);
    outcome.report = json::parse(pastiche_result_report(result));
    pastiche_result_free(result);
  }
  return outcome;
}

std::array<double, 4> means(const std::vector<float> &rgba) {
  std::array<double, 4> sums{};
  for (size_t i = 0; i < rgba.size(); ++i)
    sums[i % 4] += rgba[i];
  for (double &sum : sums)
    sum /= static_cast<double>(rgba.size()) / 4;
  return sums;
}

double distance(const std::vector<float> &a, const std::vector<float> &b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += std::abs(a[i] - b[i]);
  return sum / static_cast<double>(a.size());
}

void expect_colors(const std::vector<float> &rgba) {
  for (float value : rgba)
    ASSERT_TRUE(value >= 0 && value <= 1) << value;
}

// While one lives, LibTorch gets no more than so many bytes on the CPU at a time, as on a machine where other programs have taken the
// memory since the run was planned. One at a time.
class ScarceMemory : public c10::Allocator {
public:
  explicit ScarceMemory(size_t most) : given_(c10::GetAllocator(c10::kCPU)) {
    most_ = most;
    peak_ = used_.load();
    lender_ = given_;
    c10::SetAllocator(c10::kCPU, this, above_others);
  }
  ~ScarceMemory() override { c10::SetAllocator(c10::kCPU, given_, above_others); }

  static size_t peak() { return peak_; }

  c10::DataPtr allocate(size_t bytes) override {
    if (used_ + bytes > most_)
      throw std::bad_alloc();
    void *block = given_->raw_allocate(bytes);
    if (!block)
      return {nullptr, nullptr, &give_back, c10::kCPU};
    const std::scoped_lock lock(mutex_);
    lent_[block] = bytes;
    used_ += bytes;
    peak_ = std::max<size_t>(peak_, used_);
    return {block, block, &give_back, c10::kCPU};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &give_back; }
  void copy_data(void *to, const void *from, size_t bytes) const override { default_copy_data(to, from, bytes); }

private:
  static constexpr uint8_t above_others = 10;

  // A few blocks, of constants, outlive their lender.
  static void give_back(void *block) {
    if (!block)
      return;
    {
      const std::scoped_lock lock(mutex_);
      used_ -= lent_.extract(block).mapped();
    }
    lender_->raw_deallocate(block);
  }

  c10::Allocator *given_;
  static inline c10::Allocator *lender_ = nullptr;
  static inline std::mutex mutex_;
  static inline std::unordered_map<void *, size_t> lent_;
  static inline std::atomic<size_t> most_ = 0, used_ = 0, peak_ = 0;
};

} // namespace

TEST(Stylize, TheResultHasTheStylesColoursAndLowerLosses) {
  const Picture content = disc(150, 130), style = stripes(160, 120);
  const Painted painted = run(content, style, [](auto &job) { job.options.steps = 40; });
  ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error;
  expect_colors(painted.rgba);
  const auto got = means(painted.rgba), wanted = means(style.rgba);
  for (size_t channel = 0; channel < 3; ++channel)
    EXPECT_NEAR(got[channel], wanted[channel], 0.03);
  // The disc is still to be seen: inside it is lighter or darker than outside by a good part of what it was.
  const Painted one = run(content, style, [](auto &job) { job.options.steps = 1; });
  EXPECT_LT(painted.report["scales"].back()["style_loss"].get<double>(), 0.5 * one.report["scales"].back()["style_loss"].get<double>());
}

TEST(Stylize, SameSeedAndOptionsGiveTheSameBytes) {
  const Picture content = disc(170, 140), style = stripes(90, 100);
  for (const int32_t optimizer : {PASTICHE_ADAM, PASTICHE_LBFGS}) {
    const Change change = [optimizer](auto &job) { job.options.optimizer = optimizer; };
    const Painted first = run(content, style, change);
    EXPECT_EQ(first.rgba, run(content, style, change).rgba);
    const Painted other = run(content, style, [&](auto &job) { change(job), job.options.seed = 1; });
    EXPECT_GT(distance(first.rgba, other.rgba), 1e-4);
  }
}

TEST(Stylize, TheLastDigitsOfAConversionDoNotShow) {
  // The same 8-bit pictures, as two conversions to float that differ by a few millionths would give them.
  const auto eight_bit = [](float error) {
    return Picture(120, 100, [error](float x, float y) -> std::array<float, 4> {
      const auto level = [error](float value) { return std::round(value * 255) / 255 + error; };
      return {level(x), level(0.5f + 0.5f * std::sin(30 * y)), level(x * y), 1.f};
    });
  };
  const Painted exact = run(eight_bit(0), eight_bit(0));
  for (const float error : {3e-6f, -3e-6f}) {
    EXPECT_EQ(run(eight_bit(error), eight_bit(0)).rgba, exact.rgba);
    EXPECT_EQ(run(eight_bit(0), eight_bit(error)).rgba, exact.rgba);
  }
}

TEST(Stylize, StrengthZeroIsTheContentAndMoreIsFurtherFromIt) {
  const Picture content = disc(120, 120), style = stripes(120, 120);
  double last = -1;
  for (const double strength : {0.0, 0.2, 0.5, 1.0}) {
    const Painted painted = run(content, style, [strength](auto &job) { job.options.strength = strength, job.options.steps = 20; });
    ASSERT_EQ(painted.status, PASTICHE_DONE);
    const double moved = distance(painted.rgba, content.rgba);
    if (strength == 0) {
      EXPECT_EQ(moved, 0);
    }
    EXPECT_GT(moved, last) << strength;
    last = moved;
  }
}

TEST(Stylize, StrengthZeroChangesNoValue) {
  const Picture content(60, 50, [](float x, float y) -> std::array<float, 4> { return {2 * x, y, -0.1f, x}; });
  const Painted painted = run(content, stripes(60, 60), [](auto &job) { job.options.strength = 0; });
  EXPECT_EQ(painted.rgba, content.rgba);
}

TEST(Stylize, TheContentsColoursCanBeKept) {
  const Picture content = disc(120, 120), style = stripes(120, 120);
  const Painted painted = run(content, style, [](auto &job) { job.options.color = PASTICHE_COLOR_CONTENT, job.options.steps = 20; });
  const auto got = means(painted.rgba), wanted = means(content.rgba);
  for (size_t channel = 0; channel < 3; ++channel)
    EXPECT_NEAR(got[channel], wanted[channel], 0.08); // the style may make it lighter or darker
  EXPECT_GT(distance(painted.rgba, content.rgba), 0.005);
}

TEST(Stylize, AlphaStaysAndHiddenColoursDoNotShow) {
  const auto with_hidden = [](float hidden) {
    return Picture(110, 100, [hidden](float x, float y) -> std::array<float, 4> {
      if (x > 0.6f)
        return {hidden, hidden, hidden, 0.f};
      return {x, y, 0.5f, x > 0.4f ? 0.5f : 1.f};
    });
  };
  const Picture style = stripes(100, 100);
  const Painted dark = run(with_hidden(0), style), light = run(with_hidden(1), style);
  ASSERT_EQ(dark.status, PASTICHE_DONE);
  EXPECT_EQ(dark.rgba, light.rgba);
  const Picture content = with_hidden(0);
  for (size_t i = 3; i < content.rgba.size(); i += 4)
    ASSERT_EQ(dark.rgba[i], content.rgba[i]);
}

TEST(Stylize, TheStylesHiddenColoursDoNotShowEither) {
  const auto half = [](float hidden) {
    return Picture(120, 100, [hidden](float x, float y) -> std::array<float, 4> {
      return x < 0.5f ? std::array{0.2f, y, 0.9f, 1.f} : std::array{hidden, hidden, 0.f, 0.f};
    });
  };
  EXPECT_EQ(run(disc(100, 100), half(0)).rgba, run(disc(100, 100), half(1)).rgba);
}

TEST(Stylize, AStyleOfWhichNothingIsSeenIsRefused) {
  const Picture empty(40, 40, [](float, float) -> std::array<float, 4> { return {0.3f, 0.6f, 0.9f, 0}; });
  const Painted painted = run(disc(64, 64), empty);
  EXPECT_EQ(painted.status, PASTICHE_INVALID_ARGUMENT);
  EXPECT_NE(painted.error.find("transparent"), std::string::npos) << painted.error;
}

TEST(Stylize, EverySizeAndShapeOfPictureCanBePainted) {
  const std::pair<int32_t, int32_t> sizes[] = {{1, 1}, {1, 90}, {90, 1}, {2, 3}, {31, 33}, {400, 20}, {97, 203}};
  for (const auto &[w, h] : sizes) {
    SCOPED_TRACE(std::to_string(w) + "x" + std::to_string(h));
    const Painted as_content = run(disc(w, h), stripes(64, 64), [](auto &job) { job.options.steps = 2; });
    EXPECT_EQ(as_content.status, PASTICHE_DONE) << as_content.error;
    expect_colors(as_content.rgba);
    const Painted as_style = run(disc(64, 64), stripes(w, h), [](auto &job) { job.options.steps = 2; });
    EXPECT_EQ(as_style.status, PASTICHE_DONE) << as_style.error;
    expect_colors(as_style.rgba);
  }
}

TEST(Stylize, ConstantPicturesGiveColoursAndNoBlack) {
  const auto flat = [](float r, float g, float b) {
    return Picture(80, 70, [=](float, float) -> std::array<float, 4> { return {r, g, b, 1.f}; });
  };
  const Painted black_style = run(disc(80, 70), flat(0, 0, 0));
  EXPECT_EQ(black_style.status, PASTICHE_DONE) << black_style.error;
  const Painted flat_content = run(flat(0.5f, 0.5f, 0.5f), stripes(80, 70));
  EXPECT_EQ(flat_content.status, PASTICHE_DONE);
  expect_colors(flat_content.rgba);
  EXPECT_GT(means(flat_content.rgba)[0], 0.2);
  const Painted both = run(flat(0, 0, 0), flat(0.2f, 0.4f, 0.8f));
  EXPECT_NEAR(means(both.rgba)[2], 0.8, 0.05);
}

TEST(Stylize, LargePicturesAreWorkedAtTheDetailSizeAndEnlarged) {
  const Picture content = disc(600, 300);
  const Painted painted = run(content, stripes(100, 100), [](auto &job) { job.options.size = 200, job.options.steps = 2; });
  ASSERT_EQ(painted.status, PASTICHE_DONE);
  EXPECT_EQ(painted.report["scales"].back()["width"], 200);
  EXPECT_EQ(painted.report["scales"].back()["height"], 100);
  const Painted all = run(content, stripes(100, 100), [](auto &job) { job.options.size = 0, job.options.steps = 1; });
  EXPECT_EQ(all.report["scales"].back()["width"], 600);
}

namespace {

struct Seen {
  std::vector<pastiche_step> steps;
  int frames = 0;
  int stop_after = 1 << 30;
};

int note(const pastiche_step *step, void *user) {
  auto *seen = static_cast<Seen *>(user);
  seen->steps.push_back(*step);
  if (step->frame.rgba) {
    ++seen->frames;
    EXPECT_EQ(step->frame.width, step->width);
    EXPECT_EQ(step->frame.height, step->height);
    for (int i = 0; i < step->frame.width * step->frame.height * 4; ++i)
      if (!(step->frame.rgba[i] >= 0 && step->frame.rgba[i] <= 1))
        ADD_FAILURE() << "not a colour";
  }
  return static_cast<int>(seen->steps.size()) >= seen->stop_after;
}

} // namespace

TEST(Stylize, EveryStepIsReported) {
  Seen seen;
  const Painted painted =
      run(disc(208, 208), stripes(100, 100), [&](auto &job) { job.on_step = note, job.user = &seen, job.frame_seconds = 1e-9; });
  ASSERT_EQ(painted.status, PASTICHE_DONE);
  EXPECT_EQ(seen.frames, static_cast<int>(seen.steps.size()));
  ASSERT_EQ(seen.steps.size(), 6u + 4u); // two scales: 6 steps and 70 % of 6
  double progress = 0;
  for (const pastiche_step &step : seen.steps) {
    EXPECT_GE(step.progress, progress);
    progress = step.progress;
    EXPECT_EQ(step.scales, 2);
    EXPECT_NEAR(step.total_loss, step.content_loss + step.style_loss + step.feature_loss + step.laplacian_loss + step.tv_loss, 1e-9);
    EXPECT_GT(step.style_loss, 0);
  }
  EXPECT_DOUBLE_EQ(progress, 1);
  EXPECT_EQ(seen.steps[5].scale, 1);
  EXPECT_EQ(seen.steps[5].step, 6);
  EXPECT_EQ(seen.steps[6].scale, 2);
  EXPECT_EQ(seen.steps[6].step, 1);

  EXPECT_EQ(painted.report["stopped"], false);
  EXPECT_EQ(painted.report["scales"].size(), 2u);
  EXPECT_EQ(painted.report["scales"][1]["steps"], 4);
  for (const char *key : {"model", "device", "precision", "optimizer", "seed", "seconds", "peak_bytes"})
    EXPECT_TRUE(painted.report.contains(key)) << key;
  EXPECT_GT(painted.report["peak_bytes"].get<int64_t>(), 1 << 20);
}

TEST(Stylize, LossesAreThoseOfTheImageThatIsKept) {
  // Steps so large that they are taken back, shortened or make the picture worse than it was.
  for (const pastiche_optimizer optimizer : {PASTICHE_ADAM, PASTICHE_LBFGS, PASTICHE_GRADIENT_DESCENT})
    for (const double averaging : {0.0, 0.5}) {
      Seen seen;
      const Painted painted = run(disc(100, 100), stripes(100, 100), [&](auto &job) {
        job.options.optimizer = optimizer;
        job.options.averaging = averaging;
        job.options.rate = 100;
        job.options.tolerance = 0;
        job.options.scales = 1;
        job.on_step = note;
        job.user = &seen;
      });
      ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error;
      const json scale = painted.report["scales"].back();
      const auto history = scale["history"].get<std::vector<double>>();
      ASSERT_EQ(history.size(), seen.steps.size());
      for (size_t i = 0; i < history.size(); ++i)
        EXPECT_EQ(seen.steps[i].total_loss, history[i]) << optimizer << " " << i;
      if (averaging == 0) {
        EXPECT_LE(scale["total_loss"], *std::ranges::min_element(history)) << optimizer;
      }
    }
}

TEST(Stylize, StopComesAtOnceAndKeepsWhatThereIs) {
  const Picture content = disc(200, 180), style = stripes(100, 100);
  for (const int after : {1, 6, 8}) {
    Seen seen;
    seen.stop_after = after;
    const Painted stopped = run(content, style, [&](auto &job) { job.on_step = note, job.user = &seen; });
    EXPECT_EQ(stopped.status, PASTICHE_STOPPED);
    EXPECT_EQ(static_cast<int>(seen.steps.size()), after);
    EXPECT_EQ(stopped.report["stopped"], true);
    expect_colors(stopped.rgba);
    EXPECT_GT(distance(stopped.rgba, content.rgba), 0.01);
  }
}

TEST(Stylize, WhatIsWrongIsSaid) {
  const Picture content = disc(40, 40), style = stripes(40, 40);
  const auto expect = [&](pastiche_status status, const char *word, const Change &change) {
    const Painted failed = run(content, style, change);
    EXPECT_EQ(failed.status, status);
    EXPECT_NE(failed.error.find(word), std::string::npos) << failed.error;
  };
  expect(PASTICHE_INVALID_ARGUMENT, "strength", [](auto &job) { job.options.strength = 2; });
  expect(PASTICHE_INVALID_ARGUMENT, "style", [](auto &job) { job.style_count = 0; });
  expect(PASTICHE_INVALID_ARGUMENT, "style", [](auto &job) { job.styles = nullptr; });
  expect(PASTICHE_INVALID_ARGUMENT, "picture", [](auto &job) { job.content.width = 0; });
  expect(PASTICHE_INVALID_ARGUMENT, "picture", [](auto &job) { job.content.rgba = nullptr; });
  pastiche_style odd{style.view(), -1, nullptr, 0};
  expect(PASTICHE_INVALID_ARGUMENT, "weight", [&](auto &job) { job.styles = &odd; });
  odd.weight = 0;
  expect(PASTICHE_INVALID_ARGUMENT, "weight", [&](auto &job) { job.styles = &odd; });
  const pastiche_mask no_mask{4, 4, nullptr};
  const pastiche_style maskless{style.view(), 1, &no_mask, 0};
  expect(PASTICHE_INVALID_ARGUMENT, "picture", [&](auto &job) { job.styles = &maskless; });
  expect(PASTICHE_INVALID_ARGUMENT, "relu9_9", [](auto &job) { job.options.style_layers = "relu9_9"; });
  expect(PASTICHE_INVALID_ARGUMENT, "version", [](auto &job) { job.struct_size = 4; });
  expect(PASTICHE_INVALID_ARGUMENT, "version", [](auto &job) { job.options.struct_size = 4; });
  expect(PASTICHE_BAD_MODEL, "nonesuch", [](auto &job) { job.options.model = "nonesuch"; });
  expect(PASTICHE_BAD_MODEL, "/dev/null", [](auto &job) { job.options.model = "/dev/null"; });
  if (!torch::cuda::is_available())
    expect(PASTICHE_NO_DEVICE, "CUDA", [](auto &job) { job.options.device = PASTICHE_DEVICE_CUDA; });
}

namespace {

// The run of several styles; masks where given (of the content's size).
Painted run_styles(const Picture &content, const std::vector<pastiche_style> &styles, const Change &change = {}) {
  return run(content, Picture(8, 8, [](float, float) -> std::array<float, 4> { return {0, 0, 0, 1}; }), [&](pastiche_job &job) {
    job.styles = styles.data();
    job.style_count = static_cast<int32_t>(styles.size());
    if (change)
      change(job);
  });
}

Picture flat(float r, float g, float b) {
  return Picture(90, 80, [=](float, float) -> std::array<float, 4> { return {r, g, b, 1.f}; });
}

// Mean colour of a part of a picture, from x = left to right, as shares of its width.
std::array<double, 3> mean_of_columns(const std::vector<float> &rgba, int32_t width, double left, double right) {
  std::array<double, 3> sum{};
  int64_t count = 0;
  for (size_t i = 0; i < rgba.size() / 4; ++i) {
    const double x = static_cast<double>(i % static_cast<size_t>(width)) / width;
    if (x < left || x >= right)
      continue;
    ++count;
    for (size_t c = 0; c < 3; ++c)
      sum[c] += rgba[4 * i + c];
  }
  for (double &value : sum)
    value /= static_cast<double>(count);
  return sum;
}

} // namespace

TEST(Stylize, MasksSayWhichStyleIsPaintedWhere) {
  const Picture content = disc(160, 120), red = flat(0.8f, 0.2f, 0.1f), blue = flat(0.1f, 0.2f, 0.8f);
  std::vector<float> left(160 * 120), right(160 * 120);
  for (size_t i = 0; i < left.size(); ++i) {
    left[i] = i % 160 < 80 ? 1.f : 0.f;
    right[i] = 1 - left[i];
  }
  const pastiche_mask left_mask{160, 120, left.data()}, right_mask{160, 120, right.data()};
  const Painted painted = run_styles(content, {{red.view(), 1, &left_mask, 0}, {blue.view(), 1, &right_mask, 0}});
  ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error;
  const auto at_left = mean_of_columns(painted.rgba, 160, 0, 0.4), at_right = mean_of_columns(painted.rgba, 160, 0.6, 1);
  EXPECT_GT(at_left[0], at_left[2] + 0.3);
  EXPECT_GT(at_right[2], at_right[0] + 0.3);
}

// In the colours of a style that has only one, the painting is that colour everywhere, and what is left of it the share of the masks.
TEST(Stylize, ThePaintingFadesByTheSumOfItsMasks) {
  constexpr int32_t width = 160, height = 120;
  // Finer than the detail size can hold, brighter than white and with colours under what is transparent.
  const Picture content(width, height, [](float x, float y) -> std::array<float, 4> {
    const bool odd = (std::lround(x * width) + std::lround(y * height)) % 2 != 0;
    return {odd ? 0.1f : 0.7f, 0.4f, y < 0.25f ? 1.5f : 0.6f, y > 0.75f ? 0.f : 1.f};
  });
  const Picture red = flat(0.8f, 0.2f, 0.1f);
  // From 0 through a ramp to 1, in two masks: one of them ends at a half and is too much where the other is 1.
  const auto sum = [](size_t column) { return std::clamp((static_cast<float>(column) - 50) / 60, 0.f, 1.f); };
  std::vector<float> one(width * height), other(one.size());
  for (size_t i = 0; i < one.size(); ++i) {
    const float wanted = sum(i % width);
    one[i] = std::min(wanted, 0.5f);
    other[i] = wanted < 1 ? wanted - one[i] : 1;
  }
  const pastiche_mask first{width, height, one.data()}, second{width, height, other.data()};
  const Painted painted = run_styles(content, {{red.view(), 1, &first, 0}, {red.view(), 3, &second, 0}}, [](auto &job) {
    job.options.size = 80;
    job.options.steps = 3;
  });
  ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error;
  for (size_t i = 0; i < painted.rgba.size(); ++i) {
    const float share = sum(i / 4 % width), own = content.rgba[i], paint = std::array{0.8f, 0.2f, 0.1f, own}[i % 4];
    if (share == 0) {
      ASSERT_EQ(painted.rgba[i], own) << i;
    } else {
      ASSERT_NEAR(painted.rgba[i], own + share * (paint - own), 0.02) << i;
    }
  }
}

TEST(Stylize, MasksOfAnotherSizeLeaveTheContentToo) {
  const Picture content = disc(160, 120), style = stripes(100, 100);
  const std::array<float, 2> halves{0, 1};
  const pastiche_mask mask{2, 1, halves.data()};
  const Painted painted = run_styles(content, {{style.view(), 1, &mask, 0}}, [](auto &job) { job.options.steps = 2; });
  ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error;
  for (size_t i = 0; i < painted.rgba.size(); ++i)
    if (i / 4 % 160 < 40) {
      ASSERT_EQ(painted.rgba[i], content.rgba[i]) << i;
    }
  EXPECT_NE(mean_of_columns(painted.rgba, 160, 0.75, 1), mean_of_columns(content.rgba, 160, 0.75, 1));
}

// All that a style of one colour has to paint with is that colour, whatever the network makes of it; its last steps move that a little.
TEST(Stylize, BrushWorkTakesThePaintFromTheStyle) {
  const Picture content = disc(120, 90), style = flat(0.8f, 0.2f, 0.1f);
  const auto painted_with = [&](double brush_work) {
    const Painted painted = run(content, style, [&](auto &job) {
      job.options.color = PASTICHE_COLOR_FREE;
      job.options.steps = 2;
      job.options.brush_work = brush_work;
    });
    EXPECT_EQ(painted.status, PASTICHE_DONE) << painted.error;
    EXPECT_EQ(painted.report.contains("brush_work"), brush_work > 0);
    return painted.rgba;
  };
  const std::vector<float> without = painted_with(0), half = painted_with(0.5), whole = painted_with(1);
  EXPECT_GT(distance(without, whole), 0.05);
  for (size_t i = 0; i < whole.size(); ++i) {
    const float paint = std::array{0.8f, 0.2f, 0.1f, 1.f}[i % 4];
    ASSERT_NEAR(whole[i], paint, 0.03) << i;
  }
  for (size_t c = 0; c < 3; ++c)
    EXPECT_NEAR(means(half)[c], (means(without)[c] + means(whole)[c]) / 2, 0.02) << c;
}

TEST(Stylize, BrushWorkPaintsEveryStyleInItsRegionAndNothingOutside) {
  constexpr int32_t width = 120, height = 90;
  const Picture content(width, height, [](float x, float y) -> std::array<float, 4> { return {x, 0.4f, y, y > 0.75f ? 0.f : 1.f}; });
  const Picture red = flat(0.8f, 0.2f, 0.1f), blue = flat(0.1f, 0.2f, 0.8f);
  std::vector<float> first(width * height), second(first.size());
  for (size_t i = 0; i < first.size(); ++i) {
    const auto column = static_cast<float>(i % width);
    first[i] = std::clamp((80 - column) / 40, 0.f, 1.f);              // all until column 40, fading until 80
    second[i] = column < 90 ? 1 - first[i] : column < 100 ? 0.5f : 0; // half of it from column 90 on, nothing from 100 on
  }
  const pastiche_mask left{width, height, first.data()}, right{width, height, second.data()};
  const Painted painted = run_styles(content, {{red.view(), 1, &left, 0}, {blue.view(), 1, &right, 0}}, [](auto &job) {
    job.options.steps = 2;
    job.options.brush_work = 1;
  });
  ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error;
  for (size_t i = 0; i < painted.rgba.size(); ++i) {
    const size_t pixel = i / 4, channel = i % 4;
    const float own = content.rgba[i];
    if (channel == 3 || first[pixel] + second[pixel] == 0) {
      ASSERT_EQ(painted.rgba[i], own) << i;
    } else if (content.rgba[pixel * 4 + 3] > 0) {
      ASSERT_NEAR(painted.rgba[i],
                  (1 - first[pixel] - second[pixel]) * own + first[pixel] * red.rgba[channel] + second[pixel] * blue.rgba[channel],
                  0.5 / 255 + 1e-4)
          << i;
    }
  }
}

// A scan's black frame, and what is left of the picture without it, with the two pixels that core/plainborder.h cuts off.
TEST(Stylize, NoStageLooksAtTheFrameOfAStyle) {
  const Picture content = disc(120, 90), inside = stripes(100, 80);
  const auto framed = [&](int32_t width, int32_t height, int32_t left, int32_t top) {
    Picture picture(width, height, [](float, float) -> std::array<float, 4> { return {0, 0, 0, 1}; });
    for (int32_t y = 0; y < inside.height; ++y)
      std::copy_n(&inside.rgba[static_cast<size_t>(4 * y * inside.width)], 4 * inside.width,
                  &picture.rgba[static_cast<size_t>(4 * ((y + top) * width + left))]);
    return picture;
  };
  const Picture scan = framed(124, 100, 12, 10);
  Picture rest(96, 76, [](float, float) -> std::array<float, 4> { return {}; });
  for (int32_t y = 0; y < rest.height; ++y)
    std::copy_n(&inside.rgba[static_cast<size_t>(4 * ((y + 2) * inside.width + 2))], 4 * rest.width,
                &rest.rgba[static_cast<size_t>(4 * y * rest.width)]);
  struct Stages {
    const char *what;
    int32_t steps;
    double brush_work;
    int32_t color;
  };
  for (const Stages &stages : {Stages{"first picture", 0, 0, PASTICHE_COLOR_FREE},
                               {"its colours", 0, 0, PASTICHE_COLOR_STYLE},
                               {"optimisation", 2, 0, PASTICHE_COLOR_FREE},
                               {"brush-work", 0, 1, PASTICHE_COLOR_FREE}}) {
    SCOPED_TRACE(stages.what);
    const auto painted = [&](const Picture &style, int32_t whole, bool overviews) {
      const pastiche_image reduced[] = {content.view(), style.view()};
      return run_styles(content, {{style.view(), 1, nullptr, whole}},
                        [&](auto &job) {
                          job.options.steps = stages.steps;
                          job.options.brush_work = stages.brush_work;
                          job.options.color = stages.color;
                          job.overviews = overviews ? reduced : nullptr;
                        })
          .rgba;
    };
    const std::vector<float> without = painted(rest, 0, false);
    EXPECT_EQ(painted(scan, 0, false), without);
    EXPECT_EQ(painted(scan, 0, true), painted(rest, 0, true));
    EXPECT_NE(painted(scan, 1, false), without);
  }
}

TEST(Stylize, NoMoreIsOptimisedThanBrushWorkNeedsForAGuide) {
  const Picture content = disc(900, 700), style = stripes(200, 200);
  const Painted painted = run(content, style, [](auto &job) {
    job.options.steps = job.options.scales = 1;
    job.options.brush_work = 1;
  });
  ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error;
  const json &scale = painted.report["scales"].back();
  EXPECT_NEAR(scale["width"].get<double>() * scale["height"].get<double>(), 416 * 416, 1000);
  const json &brushed = painted.report["brush_work"];
  EXPECT_EQ(brushed["width"], 900);
  EXPECT_EQ(brushed["height"], 700);
  EXPECT_EQ(brushed["retouching"]["width"], 900);
  EXPECT_EQ(brushed["retouching"]["steps"], 1); // of the ten no more than were asked for
}

TEST(Stylize, WeightsBlendStyles) {
  const Picture content = disc(120, 100), red = flat(0.8f, 0.2f, 0.2f), blue = flat(0.2f, 0.2f, 0.8f);
  const auto redness = [&](double of_red, double of_blue) {
    const Painted painted = run_styles(content, {{red.view(), of_red, nullptr, 0}, {blue.view(), of_blue, nullptr, 0}});
    EXPECT_EQ(painted.status, PASTICHE_DONE) << painted.error;
    const auto mean = means(painted.rgba);
    return mean[0] - mean[2];
  };
  EXPECT_GT(redness(1, 0), 0.4);
  EXPECT_NEAR(redness(1, 1), 0, 0.1);
  EXPECT_LT(redness(0, 1), -0.4);
  EXPECT_GT(redness(3, 1), 0.1);
}

TEST(Stylize, OneStyleWithAnEmptyMaskLeavesTheContent) {
  const Picture content = disc(100, 90), style = stripes(100, 90);
  const float nothing = 0;
  const pastiche_mask empty{1, 1, &nothing};
  const Painted painted = run_styles(content, {{style.view(), 1, &empty, 0}}, [](auto &job) { job.options.steps = 10; });
  ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error;
  EXPECT_EQ(painted.rgba, content.rgba);
  EXPECT_EQ(painted.report["scales"].back()["style_loss"], 0);
  EXPECT_EQ(painted.report["notes"].size(), 1u);
}

TEST(Stylize, TilesPaintTheSamePicture) {
  const Picture content = disc(800, 650), style = stripes(200, 200);
  const auto paint = [&](int32_t memory, int32_t optimizer, pastiche_estimate *estimate = nullptr) {
    return run(content, style, [=](auto &job) {
      job.options.memory = memory;
      job.options.optimizer = optimizer;
      job.options.steps = 1;
      job.options.scales = 1;
      job.options.precision = PASTICHE_FLOAT32;
      job.options.laplacian_weight = 1;
      job.options.gradient_weight = 1;
      if (estimate) {
        estimate->struct_size = sizeof *estimate;
        EXPECT_EQ(pastiche_estimate_job(&job, estimate, nullptr), PASTICHE_DONE);
        job.options.strength = 0; // nothing to paint
      }
    });
  };
  for (const int32_t optimizer : {PASTICHE_ADAM, PASTICHE_LBFGS}) {
    const Painted whole = paint(0, optimizer);
    ASSERT_EQ(whole.status, PASTICHE_DONE) << whole.error;
    EXPECT_EQ(whole.report["scales"].back()["tiles"], 1);
    // Little more than the estimate names: what this process holds differs by some megabytes from run to run.
    pastiche_estimate least{};
    paint(0, optimizer, &least);
    const Painted tiled = paint(static_cast<int32_t>(least.least_bytes >> 20) + 20, optimizer);
    ASSERT_EQ(tiled.status, PASTICHE_DONE) << tiled.error;
    EXPECT_GT(tiled.report["scales"].back()["tiles"], 1);
    EXPECT_LT(distance(tiled.rgba, whole.rgba), 1e-4);
  }
}

TEST(Stylize, WhenMemoryIsShorterThanPlannedTheRunGoesOnInSmallerTiles) {
  const Picture content = disc(1100, 260), style = stripes(120, 120);
  const auto paint = [&] {
    return run(content, style, [](auto &job) {
      job.options.steps = 2;
      job.options.scales = 1;
      job.options.history = 1;
      job.options.precision = PASTICHE_FLOAT32;
    });
  };
  paint(); // LibTorch's own first allocations
  size_t peak = 0;
  Painted whole;
  {
    const ScarceMemory counted(SIZE_MAX);
    whole = paint();
    peak = ScarceMemory::peak();
  }
  ASSERT_EQ(whole.status, PASTICHE_DONE) << whole.error;
  EXPECT_EQ(whole.report["notes"].size(), 0);
  ASSERT_EQ(whole.report["scales"].back()["tiles"], 1);

  const ScarceMemory scarce(peak * 8 / 10);
  const Painted tiled = paint();
  ASSERT_EQ(tiled.status, PASTICHE_DONE) << tiled.error;
  EXPECT_EQ(tiled.report["notes"].size(), 1);
  EXPECT_GT(tiled.report["scales"].back()["tiles"], 1);
  EXPECT_LT(distance(tiled.rgba, whole.rgba), 1e-4);
}

// A run that is stopped after so many steps and leaves its checkpoint in a file.
Painted stop(int after, const std::string &file, const Picture &content, const Picture &style, const Change &change = {}) {
  Seen seen;
  seen.stop_after = after;
  return run(content, style, [&](auto &job) {
    if (change)
      change(job);
    job.on_step = note;
    job.user = &seen;
    job.checkpoint = file.c_str();
  });
}

TEST(Stylize, AStoppedRunGoesOnToTheSameBytes) {
  const Picture content = disc(208, 208), style = stripes(100, 100);
  const std::string file = std::filesystem::temp_directory_path() / ("pastiche-run-" + std::to_string(getpid()));
  for (const int32_t optimizer : {PASTICHE_ADAM, PASTICHE_LBFGS, PASTICHE_GRADIENT_DESCENT}) {
    const auto options = [=](auto &job) {
      job.options.optimizer = optimizer;
      job.options.averaging = 0.5;
      job.options.tolerance = 0;
    };
    const Painted whole = run(content, style, options);
    for (const int after : {2, 8}) { // within the first scale and within the second
      const Painted stopped = stop(after, file, content, style, options);
      ASSERT_EQ(stopped.status, PASTICHE_STOPPED);
      ASSERT_TRUE(std::filesystem::exists(file));
      Seen rest;
      const Painted resumed = run(content, style, [&](auto &job) {
        options(job);
        job.on_step = note;
        job.user = &rest;
        job.resume = file.c_str();
      });
      ASSERT_EQ(resumed.status, PASTICHE_DONE) << resumed.error;
      EXPECT_EQ(resumed.rgba, whole.rgba) << optimizer << " " << after;
      EXPECT_EQ(rest.steps.size(), 10u - static_cast<size_t>(after)); // 6 + 4 steps in all
      EXPECT_EQ(resumed.report["scales"].size(), 2u);
      EXPECT_EQ(resumed.report["scales"][0]["history"].size(), 6u);

      const Painted other = run(content, style, [&](auto &job) {
        options(job);
        job.options.strength = 0.6;
        job.resume = file.c_str();
      });
      EXPECT_EQ(other.status, PASTICHE_INVALID_ARGUMENT);
      EXPECT_NE(other.error.find(file), std::string::npos) << other.error;
    }
  }
  std::ofstream(file, std::ios::trunc) << "nonsense";
  const Painted broken = run(content, style, [&](auto &job) { job.resume = file.c_str(); });
  EXPECT_EQ(broken.status, PASTICHE_INVALID_ARGUMENT);
  std::filesystem::remove(file);
  const Painted unwritable = stop(2, "/nonexistent/run", content, style);
  EXPECT_EQ(unwritable.status, PASTICHE_STOPPED); // what was painted is not lost
  ASSERT_EQ(unwritable.report["notes"].size(), 1u);
  EXPECT_NE(unwritable.report["notes"][0].get<std::string>().find("/nonexistent/run"), std::string::npos);
}

TEST(Stylize, ARunStoppedWhereAScaleEndsGoesOnToTheSameBytes) {
  const Picture content = disc(208, 208), style = stripes(100, 100);
  const std::string file = std::filesystem::temp_directory_path() / ("pastiche-end-" + std::to_string(getpid()));
  // No step lowers the loss by so much, so the first scale of up to 40 steps ends with its 11th.
  const auto options = [](auto &job) {
    job.options.steps = 40;
    job.options.tolerance = 0.9;
  };
  const Painted whole = run(content, style, options);
  ASSERT_EQ(whole.status, PASTICHE_DONE) << whole.error;
  const size_t taken = whole.report["scales"][0]["history"].size();
  ASSERT_LT(taken, 40u);
  const auto stopped_and_resumed = [&](int after) {
    const Painted stopped = stop(after, file, content, style, options);
    EXPECT_EQ(stopped.status, PASTICHE_STOPPED) << stopped.error;
    const Painted resumed = run(content, style, [&](auto &job) {
      options(job);
      job.resume = file.c_str();
    });
    EXPECT_EQ(resumed.status, PASTICHE_DONE) << resumed.error;
    EXPECT_EQ(resumed.rgba, whole.rgba) << after;
    for (size_t scale = 0; scale < whole.report["scales"].size(); ++scale)
      for (const char *loss : {"steps", "content_loss", "style_loss", "tv_loss", "total_loss"})
        EXPECT_EQ(resumed.report["scales"][scale][loss], whole.report["scales"][scale][loss]) << after << ' ' << scale << ' ' << loss;
  };
  stopped_and_resumed(static_cast<int>(taken));
  const size_t last = whole.report["scales"].back()["history"].size();
  stopped_and_resumed(static_cast<int>(taken + last));
  std::filesystem::remove(file);
}

TEST(Stylize, BrushWorkIsReportedCanBeStoppedAndBegunAgain) {
  const Picture content = disc(208, 160), style = stripes(100, 100);
  const std::string file = std::filesystem::temp_directory_path() / ("pastiche-brush-" + std::to_string(getpid()));
  Seen seen;
  const auto options = [](auto &job) {
    job.options.steps = 3;
    job.options.brush_work = 1;
    job.options.tolerance = 0;
  };
  const Painted whole = run(content, style, [&](auto &job) { options(job), job.on_step = note, job.user = &seen; });
  ASSERT_EQ(whole.status, PASTICHE_DONE) << whole.error;
  EXPECT_EQ(whole.report["brush_work"]["device"], "cpu");
  EXPECT_EQ(whole.report["brush_work"]["width"], 208);
  EXPECT_EQ(whole.report["brush_work"]["height"], 160);
  int optimised = 0;
  for (const json &scale : whole.report["scales"])
    optimised += static_cast<int>(scale["history"].size());
  ASSERT_GT(static_cast<int>(seen.steps.size()), optimised + 2);
  for (size_t i = 0; i < seen.steps.size(); ++i) {
    EXPECT_EQ(seen.steps[i].scale > seen.steps[i].scales, static_cast<int>(i) >= optimised) << i;
    EXPECT_GE(seen.steps[i].progress, i > 0 ? seen.steps[i - 1].progress : 0) << i;
  }
  EXPECT_NEAR(seen.steps.back().progress, 1, 1e-9);
  EXPECT_EQ(seen.frames, 0);
  const std::vector<double> losses = whole.report["brush_work"]["retouching"]["history"];
  ASSERT_EQ(losses.size(), 3u);
  EXPECT_LT(losses.back(), losses.front());

  // One after each of 6, 3 and 3 rounds at a quarter of 160 pixels, of which 40 are the least, a half and all of them, but the last; and
  // one after each of the network's last steps.
  Seen with_frames;
  const Painted watched =
      run(content, style, [&](auto &job) { options(job), job.on_step = note, job.user = &with_frames, job.frame_seconds = 1e-9; });
  EXPECT_EQ(watched.rgba, whole.rgba);
  EXPECT_EQ(with_frames.frames, optimised + 11 + 3);

  for (const int after : {optimised, optimised + 2, static_cast<int>(seen.steps.size()) - 1}) {
    std::filesystem::remove(file);
    const Painted stopped = stop(after, file, content, style, options);
    EXPECT_EQ(stopped.status, PASTICHE_STOPPED) << stopped.error;
    expect_colors(stopped.rgba);
    const Painted resumed = run(content, style, [&](auto &job) { options(job), job.resume = file.c_str(); });
    EXPECT_EQ(resumed.status, PASTICHE_DONE) << resumed.error;
    EXPECT_EQ(resumed.rgba, whole.rgba) << after;
  }
  std::filesystem::remove(file);
}

// A frame of a film that is the one before, and has been gone over then, is not gone over once more.
TEST(Stylize, WhatAFilmKeepsIsNotGoneOverAgain) {
  const Picture content = disc(120, 90), style = stripes(80, 80);
  const auto options = [](auto &job) {
    job.options.steps = 10;
    job.options.brush_work = 1;
  };
  const Painted first = run(content, style, options);
  ASSERT_EQ(first.status, PASTICHE_DONE) << first.error;
  Picture before = content;
  before.rgba = first.rgba;
  const pastiche_image start = before.view();
  const Painted next = run(content, style, [&](auto &job) { options(job), job.start = &start; });
  ASSERT_EQ(next.status, PASTICHE_DONE) << next.error;
  EXPECT_LT(distance(next.rgba, first.rgba), 1e-4);
}

TEST(Stylize, WithoutStepsTheFirstPictureIsPainted) {
  const Picture content = disc(208, 160), style = stripes(100, 100);
  Seen seen;
  const auto options = [&](auto &job) { job.options.steps = 0, job.on_step = note, job.user = &seen; };
  const Painted painted = run(content, style, options);
  ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error;
  EXPECT_EQ(painted.report["scales"].size(), 0u);
  EXPECT_EQ(painted.report["evaluations"], 0);
  EXPECT_EQ(painted.report["first_picture"]["width"], 208);
  EXPECT_EQ(painted.report["first_picture"]["height"], 160);
  EXPECT_FALSE(painted.report.contains("brush_work"));
  expect_colors(painted.rgba);
  EXPECT_GT(distance(painted.rgba, content.rgba), 0.05);
  for (size_t channel = 0; channel < 4; ++channel)
    EXPECT_NEAR(means(painted.rgba)[channel], means(style.rgba)[channel], 0.03) << channel;
  ASSERT_GT(seen.steps.size(), 2u);
  for (const pastiche_step &step : seen.steps)
    EXPECT_EQ(step.scale, 0);
  EXPECT_NEAR(seen.steps.back().progress, 1, 1e-9);
  // Whatever there is to start from.
  EXPECT_EQ(run(content, style, [&](auto &job) { options(job), job.options.start = PASTICHE_START_NOISE; }).rgba, painted.rgba);

  seen.steps.clear();
  seen.stop_after = 2;
  const Painted stopped = run(content, style, options);
  EXPECT_EQ(stopped.status, PASTICHE_STOPPED);
  EXPECT_EQ(seen.steps.size(), 2u);
  expect_colors(stopped.rgba);
  EXPECT_EQ(run(content, style, [&](auto &job) { job.options.steps = 0, job.options.strength = 0; }).rgba, content.rgba);
  const Painted small = run(content, style, [&](auto &job) { job.options.steps = 0, job.options.memory = 10; });
  EXPECT_EQ(small.status, PASTICHE_OUT_OF_MEMORY) << small.error;
}

// As pastiche.h promises.
TEST(Stylize, TheHostMayFreeWhereItStartedFromAtTheFirstStep) {
  const Picture content = disc(96, 80), style = stripes(96, 80);
  const auto paint = [&](bool frees) {
    Picture start = flat(0.9f, 0.9f, 0.1f);
    const pastiche_image start_view = start.view();
    Picture *const freed = frees ? &start : nullptr;
    return run(content, style, [&](auto &job) {
      job.options.brush_work = 1;
      job.start = &start_view;
      job.on_step = [](const pastiche_step *, void *user) {
        if (user)
          std::ranges::fill(static_cast<Picture *>(user)->rgba, 0.0f);
        return 0;
      };
      job.user = freed;
    });
  };
  EXPECT_EQ(paint(true).rgba, paint(false).rgba);
}

TEST(Stylize, BrushWorkGoesOverTheFirstPicture) {
  Seen seen;
  const Painted painted = run(disc(208, 160), stripes(100, 100), [&](auto &job) {
    job.options.steps = 0, job.options.brush_work = 1;
    job.on_step = note, job.user = &seen;
  });
  ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error;
  EXPECT_EQ(painted.report["brush_work"]["width"], 208);
  EXPECT_EQ(painted.report["first_picture"]["width"], 208);
  expect_colors(painted.rgba);
  EXPECT_EQ(seen.steps.front().scale, 0);
  EXPECT_EQ(seen.steps.back().scale, 1);
  EXPECT_NEAR(seen.steps.back().progress, 1, 1e-9);
}

TEST(Stylize, ThePaintingCanStartFromTheFirstPicture) {
  const Picture content = disc(208, 208), style = stripes(100, 100);
  const auto losses_from = [&](pastiche_start start) {
    const Painted painted = run(content, style, [&](auto &job) { job.options.start = start; });
    EXPECT_EQ(painted.status, PASTICHE_DONE) << painted.error;
    EXPECT_EQ(painted.report.contains("first_picture"), start == PASTICHE_START_FIRST);
    return painted.report["scales"][0]["history"].get<std::vector<double>>();
  };
  // It begins nearer to where the painting goes.
  EXPECT_LT(losses_from(PASTICHE_START_FIRST).front(), losses_from(PASTICHE_START_CONTENT).front());
}

TEST(Stylize, ARunDoesNotGoOnWithAnotherModel) {
  const Picture content = disc(64, 64), style = stripes(64, 64);
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / ("pastiche-model-" + std::to_string(getpid()));
  fs::create_directories(folder);
  const std::string model = folder / "mine.safetensors", file = folder / "run";
  fs::copy_file(COMPACT, model);
  const auto resume = [&] {
    return run(content, style, [&](auto &job) {
      job.options.model = model.c_str();
      job.resume = file.c_str();
    });
  };
  stop(2, file, content, style, [&](auto &job) { job.options.model = model.c_str(); });
  EXPECT_EQ(resume().status, PASTICHE_DONE);
  {
    std::fstream changed(model, std::ios::in | std::ios::out | std::ios::binary);
    changed.seekp(-1, std::ios::end);
    changed.put('\x11');
  }
  EXPECT_EQ(resume().status, PASTICHE_INVALID_ARGUMENT);
  fs::remove_all(folder);
}

TEST(Stylize, ColoursOfTheContentAreKeptInEveryWay) {
  const Picture content = Picture(120, 100, [](float x, float y) -> std::array<float, 4> { return {0.7f * x, 0.4f + 0.2f * y, 0.2f, 1}; });
  const Picture style =
      Picture(100, 100, [](float x, float y) -> std::array<float, 4> { return {0.1f, 0.3f, 0.5f + 0.5f * std::sin(40 * (x + y)), 1}; });
  const auto wanted = means(content.rgba);
  for (const int32_t color : {PASTICHE_COLOR_CONTENT, PASTICHE_COLOR_CONTENT_COVARIANCE, PASTICHE_COLOR_CONTENT_HISTOGRAM}) {
    const Painted painted = run(content, style, [=](auto &job) { job.options.color = color; });
    ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error;
    const auto got = means(painted.rgba);
    for (size_t channel = 0; channel < 3; ++channel)
      EXPECT_NEAR(got[channel], wanted[channel], 0.06) << color;
  }
  const Painted free =
      run(content, style, [](auto &job) { job.options.color = PASTICHE_COLOR_FREE, job.options.strength = 1, job.options.steps = 30; });
  EXPECT_GT(means(free.rgba)[2], wanted[2] + 0.1); // nothing holds the style's blue back
}

TEST(Stylize, NoiseAndAGivenPictureAreStartsOfTheirOwn) {
  const Picture content = disc(100, 90), style = stripes(100, 90), start = flat(0.9f, 0.9f, 0.1f);
  const auto one_step = [&](const Change &change) {
    const Painted painted = run(content, style, [&](auto &job) {
      job.options.steps = 1, job.options.scales = 1, job.options.color = PASTICHE_COLOR_FREE, job.options.rate = 0.01;
      change(job);
    });
    EXPECT_EQ(painted.status, PASTICHE_DONE) << painted.error;
    return painted.rgba;
  };
  EXPECT_LT(distance(one_step([](auto &) {}), content.rgba), 0.02);
  EXPECT_GT(distance(one_step([](auto &job) { job.options.start = PASTICHE_START_NOISE; }), content.rgba), 0.15);
  const pastiche_image start_view = start.view(); // of another size
  EXPECT_NEAR(means(one_step([&](auto &job) { job.start = &start_view; }))[2], 0.1, 0.03);
  // Nothing of the seed is laid over it, as it is over the content.
  const auto with_seed = [&](int32_t seed, const pastiche_image *from) {
    return one_step([=](auto &job) { job.start = from, job.options.seed = seed; });
  };
  EXPECT_EQ(with_seed(1, &start_view), with_seed(2, &start_view));
  EXPECT_NE(with_seed(1, nullptr), with_seed(2, nullptr));
}

TEST(Stylize, EveryLossCanBeTheOnlyOne) {
  const Picture content = disc(120, 100), style = stripes(90, 90);
  double pastiche_options::*const weights[] = {&pastiche_options::content_weight,   &pastiche_options::style_weight,
                                               &pastiche_options::mean_std_weight,  &pastiche_options::wasserstein_weight,
                                               &pastiche_options::feature_weight,   &pastiche_options::gradient_weight,
                                               &pastiche_options::laplacian_weight, &pastiche_options::tv_weight};
  for (const int32_t normalization : {PASTICHE_NORMALIZE_TARGET, PASTICHE_NORMALIZE_NONE})
    for (size_t i = 0; i < std::size(weights); ++i) {
      const Painted painted = run(content, style, [&](auto &job) {
        for (const auto weight : weights)
          job.options.*weight = 0;
        job.options.*weights[i] = 1;
        job.options.normalization = normalization;
        job.options.start = PASTICHE_START_NOISE;
        job.options.color = PASTICHE_COLOR_FREE;
        job.options.scales = 1;
      });
      ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error << " " << i;
      const auto history = painted.report["scales"][0]["history"].get<std::vector<double>>();
      EXPECT_LT(history.back(), history.front()) << i << " " << normalization;
      const auto &scale = painted.report["scales"][0];
      int terms = 0;
      for (const char *term : {"content_loss", "style_loss", "feature_loss", "laplacian_loss", "tv_loss"})
        terms += scale[term].get<double>() > 0;
      EXPECT_EQ(terms, 1) << i;
    }
}

TEST(Stylize, NoLossAtAllLeavesTheStart) {
  const Picture content = disc(80, 70);
  const Painted painted = run(content, stripes(60, 60), [](auto &job) {
    job.options.content_weight = job.options.style_weight = job.options.tv_weight = 0;
    job.options.color = PASTICHE_COLOR_FREE;
  });
  ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error;
  EXPECT_LT(distance(painted.rgba, content.rgba), 0.03); // but for its grain
}

TEST(Stylize, WhereTheStartIsTransparentItIsTheContent) {
  const Picture content = disc(80, 70),
                start(80, 70, [](float x, float) -> std::array<float, 4> { return {0, 1, 0, x < 0.5f ? 1.f : 0.f}; });
  const pastiche_image start_view = start.view();
  const Painted painted = run(content, stripes(60, 60), [&](auto &job) {
    job.options.content_weight = job.options.style_weight = job.options.tv_weight = 0;
    job.options.color = PASTICHE_COLOR_FREE;
    job.options.scales = 1;
    job.start = &start_view;
  });
  ASSERT_EQ(painted.status, PASTICHE_DONE) << painted.error;
  for (size_t pixel = 0; pixel < size_t{80} * 70; ++pixel)
    for (size_t channel = 0; channel < 3; ++channel)
      ASSERT_NEAR(painted.rgba[4 * pixel + channel], pixel % 80 < 40 ? start.rgba[4 * pixel + channel] : content.rgba[4 * pixel + channel],
                  1e-4);
}

TEST(Stylize, APlateauEndsAScale) {
  const Painted all =
      run(disc(100, 90), stripes(100, 90), [](auto &job) { job.options.steps = 40, job.options.tolerance = 0, job.options.scales = 1; });
  const Painted early =
      run(disc(100, 90), stripes(100, 90), [](auto &job) { job.options.steps = 40, job.options.tolerance = 0.5, job.options.scales = 1; });
  EXPECT_EQ(all.report["scales"][0]["steps"], 40);
  EXPECT_LT(early.report["scales"][0]["steps"], 40);
}

TEST(Stylize, ManyRunsTakeNoMoreMemoryThanAFew) {
  const Picture content = disc(300, 260), style = stripes(100, 100);
  const Change few = [](auto &job) { job.options.steps = 2; };
  for (int i = 0; i < 3; ++i)
    run(content, style, few);
  const int64_t before = resident_bytes();
  for (int i = 0; i < 12; ++i)
    run(content, style, few);
  EXPECT_LT(resident_bytes() - before, 10 << 20); // a leaked image or trace would be megabytes every time
}

TEST(Stylize, ASmallRunIsTheBeginningOfALargeOne) {
  const Picture small_content = disc(441, 392), large_content = disc(900, 800); // 441 · 392 is 415.8²
  const Picture small_style = stripes(300, 250), large_style = stripes(600, 500);
  const pastiche_image overviews[] = {small_content.view(), small_style.view()};
  const auto three_steps = [](auto &job) { job.options.steps = 3; };
  const Painted small = run(small_content, small_style, three_steps);
  const Painted large = run(large_content, large_style, [&](auto &job) { three_steps(job), job.overviews = overviews; });
  ASSERT_EQ(small.status, PASTICHE_DONE) << small.error;
  ASSERT_EQ(large.status, PASTICHE_DONE) << large.error;
  ASSERT_EQ(small.report["scales"].size(), 3u);
  ASSERT_GT(large.report["scales"].size(), 3u);
  for (size_t scale = 0; scale < 3; ++scale)
    EXPECT_EQ(small.report["scales"][scale]["history"], large.report["scales"][scale]["history"]) << scale;
}

TEST(Stylize, ASizeALittleBelowASharedOneHasTheSameBeginning) {
  const Picture overview = disc(416, 416), content = disc(384, 384), style = stripes(300, 250);
  const pastiche_image overviews[] = {overview.view(), style.view()};
  const auto three_steps = [](auto &job) { job.options.steps = 3; };
  const Painted shared = run(overview, style, three_steps);
  const Painted below = run(content, style, [&](auto &job) { three_steps(job), job.overviews = overviews; });
  ASSERT_EQ(below.status, PASTICHE_DONE) << below.error;
  ASSERT_EQ(shared.report["scales"].size(), 3u);
  ASSERT_EQ(below.report["scales"].size(), 4u); // and its own at last
  EXPECT_EQ(below.report["scales"].back()["width"], 384);
  for (size_t scale = 0; scale < 3; ++scale)
    EXPECT_EQ(shared.report["scales"][scale]["history"], below.report["scales"][scale]["history"]) << scale;
}

TEST(Stylize, TheEstimateLooksAtSizesAlone) {
  pastiche_job job{};
  job.struct_size = sizeof job;
  pastiche_options_init(&job.options);
  job.options.model = COMPACT;
  job.options.device = PASTICHE_DEVICE_CPU;
  job.options.size = 0;
  job.options.brush_work = 0; // else no scale is larger than its guide
  const pastiche_style style{{800, 600, nullptr}, 1, nullptr, 0};
  job.styles = &style;
  job.style_count = 1;
  const auto estimate = [&](int32_t width, int32_t height, int32_t memory) {
    job.content = {width, height, nullptr};
    job.options.memory = memory;
    pastiche_estimate result{};
    result.struct_size = sizeof result;
    pastiche_error error{};
    EXPECT_EQ(pastiche_estimate_job(&job, &result, &error), PASTICHE_DONE) << error.message;
    return result;
  };
  const pastiche_estimate small = estimate(256, 200, 100000), large = estimate(4000, 3000, 100000);
  // Between the two, since both hold what this process holds already: a good deal under the address sanitizer.
  const auto between = static_cast<int32_t>((small.peak_bytes + large.peak_bytes) / 2 >> 20);
  const pastiche_estimate tight = estimate(4000, 3000, between);
  EXPECT_EQ(small.width, 256);
  EXPECT_EQ(small.tiles, 1);
  EXPECT_GT(small.seconds, 0);
  EXPECT_GT(large.seconds, 5 * small.seconds);
  EXPECT_GT(large.peak_bytes, small.peak_bytes + 4000ll * 3000 * 100);
  EXPECT_EQ(tight.limit_bytes, int64_t{between} << 20);
  EXPECT_LE(tight.peak_bytes, tight.limit_bytes);
  EXPECT_GT(tight.tiles, 1);
  EXPECT_LE(tight.least_bytes, tight.limit_bytes);

  // Less is refused.
  const auto least = static_cast<int32_t>(tight.least_bytes >> 20);
  job.options.memory = least - 20; // what this process holds differs by some megabytes from time to time
  pastiche_estimate refused{};
  refused.struct_size = sizeof refused;
  EXPECT_EQ(pastiche_estimate_job(&job, &refused, nullptr), PASTICHE_OUT_OF_MEMORY);

  // 24 megapixels can be painted in 4 GiB, whatever the number format; a program needs some 400 MiB before it starts.
  job.options.precision = PASTICHE_FLOAT32;
  const auto beside_this_process =
      estimate(6000, 4000, 100000).least_bytes - static_cast<int64_t>(1.14 * static_cast<double>(resident_bytes()));
  EXPECT_LE(beside_this_process, (4096ll - 460) << 20);
  job.options.precision = PASTICHE_PRECISION_AUTO;

  // Without steps there is only the first picture, in far less.
  const int64_t with_steps = estimate(6000, 4000, 100000).least_bytes;
  job.options.steps = 0;
  const pastiche_estimate instant = estimate(6000, 4000, 100000);
  EXPECT_EQ(instant.scales, 0);
  EXPECT_GT(instant.tiles, 1);
  EXPECT_GT(instant.seconds, 0);
  EXPECT_LT(instant.least_bytes, with_steps);

  job.options.memory = 10;
  pastiche_estimate none{};
  none.struct_size = sizeof none;
  pastiche_error error{};
  EXPECT_EQ(pastiche_estimate_job(&job, &none, &error), PASTICHE_OUT_OF_MEMORY);
  EXPECT_NE(std::string(error.message).find("10 MiB"), std::string::npos) << error.message;
}
