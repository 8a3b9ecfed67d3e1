// SPDX-License-Identifier: GPL-3.0-or-later
#include "stylize.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include <ATen/CPUGeneratorImpl.h>
#include <nlohmann/json.hpp>
#include <torch/cuda.h>
#include <torch/nn/functional.h>

#include "color.h"
#include "encoder.h"
#include "error.h"
#include "image.h"
#include "losses.h"
#include "optimizer.h"
#include "options.h"
#include "scales.h"

namespace pastiche {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// What a weight of 1 stands for, chosen by looking at paintings: at strength 0.5 the three terms then pull about equally on a photograph.
constexpr double content_unit = 0.3, style_unit = 1.0, tv_unit = 3.0;

// Smaller pictures are continued at their edges up to this side: four poolings must leave something to look at.
constexpr int64_t smallest_side = 32;

// Standard deviation of the grain that the seed adds to the start. It gives flat areas something to grow strokes from.
constexpr double start_grain = 0.02;

// Adam's first step at the coarsest scale, and by what it shrinks from scale to scale. Finer scales begin near their goal: steps as large
// as at first would shake the picture up, and the few steps there leave that behind as grain.
constexpr double coarsest_rate = 0.03, rate_ratio = 0.7;

torch::Device choose_device(int32_t wanted) {
  const bool cuda = wanted != PASTICHE_DEVICE_CPU && torch::cuda::is_available();
  if (wanted == PASTICHE_DEVICE_CUDA && !cuda)
    throw Error(PASTICHE_NO_DEVICE, _("There is no CUDA graphics card that this LibTorch can use; choose the processor as device."));
  return cuda ? torch::kCUDA : torch::kCPU;
}

torch::ScalarType choose_precision(int32_t wanted, torch::Device device) {
  if (wanted == PASTICHE_FLOAT32)
    return torch::kFloat;
  if (wanted == PASTICHE_BFLOAT16)
    return torch::kBFloat16;
#ifdef __x86_64__
  if (device.is_cpu() && (__builtin_cpu_supports("avx512bf16") || __builtin_cpu_supports("amx-bf16")))
    return torch::kBFloat16;
#endif
  return torch::kFloat;
}

struct Size {
  int64_t width, height;
};

// A size of the same shape with the given factor between sides.
Size scaled(Size size, double factor) {
  const auto side = [factor](int64_t pixels) { return std::max<int64_t>(1, std::llround(static_cast<double>(pixels) * factor)); };
  return {side(size.width), side(size.height)};
}

// To the nearest 16-bit value. A host's colour conversion may differ in the last digits from one process to the next (babl chooses the one
// that it measures to be fastest), and optimisation makes that grow until it is seen. 8- and 16-bit pictures become the same again.
torch::Tensor rounded(const torch::Tensor &image) { return (image * 65535).round() / 65535; }

// Continues a small image beyond its right and lower edge.
torch::Tensor pad_to_smallest(const torch::Tensor &image) {
  const int64_t right = std::max<int64_t>(0, smallest_side - image.size(3)), below = std::max<int64_t>(0, smallest_side - image.size(2));
  return right + below == 0 ? image : torch::replication_pad2d(image, {0, right, 0, below});
}

struct Losses {
  double content = 0, style = 0, tv = 0;
  double total() const { return content + style + tv; }
};

// The lowest loss seen at a scale and its image, so that a step that went wrong is never what the user gets.
class Best {
public:
  void offer(double loss, const torch::Tensor &image) {
    if (std::isfinite(loss) && loss < loss_) {
      loss_ = loss;
      image_ = image.detach().clone();
    }
  }
  const torch::Tensor &image() const { return image_; }

private:
  double loss_ = std::numeric_limits<double>::infinity();
  torch::Tensor image_;
};

// Tells the host how far the run is and asks it whether to go on.
class Progress {
public:
  Progress(const pastiche_job &job, const std::vector<Scale> &scales) : job_(job), scales_(scales) {
    for (const Scale &scale : scales)
      work_ += work(scale);
  }

  // After step `step` (from 1) of scale number `index`. Returns whether to stop. `frame` makes the picture to show, when it is time for
  // one.
  template <class Frame> bool report(size_t index, int64_t step, const Losses &losses, const Frame &frame) {
    if (!job_.on_step)
      return false;
    const Scale &scale = scales_[index];
    const double here = work(scale) * static_cast<double>(step) / static_cast<double>(scale.steps);
    pastiche_step now{};
    now.struct_size = sizeof now;
    now.scale = static_cast<int32_t>(index + 1);
    now.scales = static_cast<int32_t>(scales_.size());
    now.step = static_cast<int32_t>(step);
    now.steps = static_cast<int32_t>(scale.steps);
    now.width = static_cast<int32_t>(scale.width);
    now.height = static_cast<int32_t>(scale.height);
    now.progress = std::min(1.0, (done_ + here) / work_);
    now.seconds = seconds_since(start_);
    now.seconds_left = now.progress > 0.01 ? now.seconds * (1 - now.progress) / now.progress : -1;
    now.content_loss = losses.content;
    now.style_loss = losses.style;
    now.tv_loss = losses.tv;
    now.total_loss = losses.total();
    std::vector<float> pixels;
    if (job_.frame_seconds > 0 && seconds_since(last_frame_) >= job_.frame_seconds) {
      pixels = frame();
      now.frame = {now.width, now.height, pixels.data()};
      last_frame_ = Clock::now();
    }
    return job_.on_step(&now, job_.user) != 0;
  }

  void finish_scale(size_t index) { done_ += work(scales_[index]); }
  double seconds() const { return seconds_since(start_); }

private:
  // A step costs its pixels and a little that does not depend on them.
  static double work(const Scale &scale) {
    return static_cast<double>(scale.steps) * (static_cast<double>(scale.width * scale.height) + 20000);
  }

  const pastiche_job &job_;
  const std::vector<Scale> &scales_;
  double work_ = 0, done_ = 0;
  Clock::time_point start_ = Clock::now(), last_frame_{};
};

int64_t peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<int64_t>(usage.ru_maxrss) * 1024;
}

} // namespace

Outcome stylize(const pastiche_job &job) {
  const pastiche_options &options = job.options;
  if (const auto fault = find_fault(options))
    throw Error(PASTICHE_INVALID_ARGUMENT, *fault);
  if (job.style_count != 1 || !job.styles)
    throw Error(PASTICHE_INVALID_ARGUMENT, _("Exactly one style picture is needed."));

  const torch::Device device = choose_device(options.device);
  const torch::ScalarType precision = choose_precision(options.precision, device);
  const Encoder encoder(find_model(options.model ? options.model : "compact"), device, precision);
  const Image content = from_host(job.content), style = from_host(job.styles[0]);
  const torch::Tensor content_filled = fill_transparent(content);

  Size working{content.width(), content.height()};
  const int64_t longest = std::max(working.width, working.height);
  if (options.size > 0 && longest > options.size)
    working = scaled(working, static_cast<double>(options.size) / static_cast<double>(longest));
  torch::Tensor target = pad_to_smallest(resize(rounded(content_filled), working.width, working.height));
  torch::Tensor style_color = pad_to_smallest(rounded(fill_transparent(style)));
  const torch::Tensor style_alpha = style.opaque() ? torch::Tensor() : pad_to_smallest(style.alpha);
  const torch::Tensor target_alpha = pad_to_smallest(resize(content.alpha, working.width, working.height));

  // Gram matrices know colours only by their second moments, so the colours are brought together before the run (content and style then do
  // not pull apart) and whatever strayed is brought back after every scale.
  const double color_amount = std::min(1.0, 2 * options.strength);
  const bool style_colors = options.color == PASTICHE_COLOR_STYLE;
  if (style_colors)
    target = ColorMap(target, target_alpha, style_color, style_alpha)(target, color_amount);
  else
    style_color = ColorMap(style_color, style_alpha, target, target_alpha)(style_color);

  // Strength 0 promises the content itself, so nothing is worked at.
  const std::vector<Scale> scales =
      options.strength > 0 ? plan_scales(target.size(3), target.size(2), options.steps) : std::vector<Scale>();
  const double content_factor = 2 * (1 - options.strength) * options.content_weight * content_unit;
  const double style_factor = 2 * options.strength * options.style_weight * style_unit;
  const double tv_factor = 2 * options.strength * options.tv_weight * tv_unit;

  std::vector<std::string> layers = encoder.style_layers();
  layers.insert(layers.end(), encoder.content_layers().begin(), encoder.content_layers().end());

  nlohmann::ordered_json scale_reports = nlohmann::json::array();
  Progress progress(job, scales);
  torch::Tensor image;
  bool stopped = false;
  for (size_t index = 0; index < scales.size() && !stopped; ++index) {
    const Scale &scale = scales[index];
    const auto start = Clock::now();
    const torch::Tensor content_here = resize(target, scale.width, scale.height).to(device);
    const torch::Tensor alpha_here = resize(target_alpha, scale.width, scale.height);
    if (image.defined()) {
      image = resize(image, scale.width, scale.height).to(device);
    } else {
      auto generator = at::make_generator<at::CPUGeneratorImpl>(static_cast<uint64_t>(options.seed));
      const torch::Tensor grain = torch::randn(content_here.sizes(), generator, torch::kFloat);
      image = (content_here + start_grain * grain.to(device)).clamp(0, 1);
    }
    image = image.contiguous().detach().requires_grad_(true);

    // The style's strokes keep their size relative to the content: both pictures have the same area when style-scale is 1.
    const double style_side = std::sqrt(static_cast<double>(style_color.size(2) * style_color.size(3)));
    const double side = std::sqrt(static_cast<double>(scale.width * scale.height));
    const Size style_size =
        scaled({style_color.size(3), style_color.size(2)},
               std::max(side * options.style_scale / style_side,
                        static_cast<double>(smallest_side) / static_cast<double>(std::min(style_color.size(2), style_color.size(3)))));
    torch::NoGradGuard no_grad;
    const ContentLoss content_loss(encoder(content_here, encoder.content_layers()), encoder.content_layers());
    const GramLoss style_loss(
        encoder(resize(style_color, style_size.width, style_size.height).to(device), encoder.style_layers()), encoder.style_layers(),
        style_alpha.defined() ? resize(style_alpha, style_size.width, style_size.height).to(device) : torch::Tensor());

    Losses losses;
    Best best;
    const auto evaluate = [&](bool with_gradient) {
      torch::AutoGradMode mode(with_gradient);
      const Features features = encoder(image, layers);
      const torch::Tensor content_term = content_factor * content_loss(features), style_term = style_factor * style_loss(features),
                          tv_term = tv_factor * total_variation(image);
      torch::Tensor total = content_term + style_term + tv_term;
      losses = {content_term.item<double>(), style_term.item<double>(), tv_term.item<double>()};
      best.offer(losses.total(), image);
      if (with_gradient) {
        image.mutable_grad() = torch::Tensor();
        total.backward();
      }
      return total;
    };

    Optimizer optimizer(static_cast<pastiche_optimizer>(options.optimizer), image, scale.steps,
                        coarsest_rate * std::pow(rate_ratio, static_cast<double>(index)));
    int64_t step = 0;
    while (step < scale.steps && !stopped) {
      optimizer.step([&] { return evaluate(true); });
      stopped = progress.report(index, ++step, losses, [&] { return to_host(image.detach().to(torch::kCPU), alpha_here); });
      if (!std::isfinite(losses.total()))
        break;
    }
    evaluate(false);
    if (!best.image().defined())
      throw Error(PASTICHE_BAD_MODEL, _("The model gives no usable numbers for this picture; use another model or 32-bit float."));
    image = best.image().to(torch::kCPU).contiguous();
    if (style_colors) {
      const ColorMap back =
          color_amount < 1 ? ColorMap(image, alpha_here, target, target_alpha) : ColorMap(image, alpha_here, style_color, style_alpha);
      image = back(image);
    }
    progress.finish_scale(index);
    scale_reports.push_back({{"width", scale.width},
                             {"height", scale.height},
                             {"steps", step},
                             {"seconds", seconds_since(start)},
                             {"content_loss", losses.content},
                             {"style_loss", losses.style},
                             {"tv_loss", losses.tv},
                             {"total_loss", losses.total()}});
  }

  torch::Tensor painted = content_filled;
  if (image.defined()) {
    painted = resize(image, target.size(3), target.size(2)).narrow(3, 0, working.width).narrow(2, 0, working.height);
    painted = resize(painted, content.width(), content.height());
    if (!style_colors)
      painted = lightness_of(painted, content_filled);
  }

  const nlohmann::ordered_json report{{"model", encoder.name()},
                                      {"device", device.str()},
                                      {"precision", precision == torch::kFloat ? "float32" : "bfloat16"},
                                      {"optimizer", options.optimizer == PASTICHE_ADAM ? "adam" : "lbfgs"},
                                      {"seed", options.seed},
                                      {"seconds", progress.seconds()},
                                      {"peak_bytes", peak_bytes()},
                                      {"stopped", stopped},
                                      {"scales", scale_reports}};
  return {job.content.width, job.content.height, to_host(painted, content.alpha),
          report.dump(2, ' ', false, nlohmann::json::error_handler_t::replace), stopped};
}

} // namespace pastiche
