// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <mutex>
#include <sstream>

#include "allocator.h"
#include "brushstage.h"
#include "error.h"
#include "memory.h"
#include "objective.h"
#include "optimizer.h"
#include "recipe.h"
#include "stylize.h"

namespace pastiche {
namespace {

using Clock = std::chrono::steady_clock;

// Of the squares whose steps are timed: a size and half of it give what a step costs and what each pixel adds. No larger than the painting.
constexpr int64_t least_side = 64, most_side = 256;

constexpr double seconds_to_measure = 0.3; // at each of them, and what the step at hand still takes

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// What costs what the job's problem costs, in small and of noise.
Problem sample_problem(const Recipe &recipe, int64_t side) {
  const auto noise = [&](int64_t channels) { return torch::rand({1, channels, side, side}).to(recipe.encoder().device()); };
  Problem problem{.content = noise(3),
                  .visible = {},
                  .match = noise(3),
                  .styles = {},
                  .weights = recipe.weights(),
                  .content_layers = recipe.content_layers(),
                  .style_layers = recipe.style_layers(),
                  .feature_layers = recipe.feature_layers(),
                  .normalization = Normalization::target};
  for (int32_t i = 0; i < recipe.job().style_count; ++i)
    problem.styles.push_back({noise(3), {}, recipe.job().styles[i].mask ? noise(1) : torch::Tensor(), recipe.job().styles[i].weight});
  return problem;
}

double seconds_per_step(const Recipe &recipe, int64_t side) {
  const Objective objective(recipe.encoder(), sample_problem(recipe, side), static_cast<double>(side * side));
  const auto optimizer = Optimizer::make(recipe.settings(0, recipe.scales().front().steps, recipe.job().options.history),
                                         torch::rand({1, 3, side, side}).to(recipe.encoder().device()));
  const Evaluate evaluate = [&](const torch::Tensor &image, const torch::Tensor &gradient) {
    return objective.evaluate(image, gradient).total();
  };
  const auto begin = Clock::now();
  optimizer->step(evaluate); // also sets up oneDNN
  constexpr int64_t most_steps = 5;
  double least = std::numeric_limits<double>::infinity();
  for (int64_t i = 0; i < most_steps && (i == 0 || seconds_since(begin) < seconds_to_measure); ++i) {
    const auto start = Clock::now();
    const int64_t before = optimizer->evaluations();
    optimizer->step(evaluate);
    least = std::min(least, seconds_since(start) / static_cast<double>(std::max<int64_t>(1, optimizer->evaluations() - before)));
  }
  return least;
}

double seconds_per_brush_pixel() {
  constexpr int64_t side = 128;
  const auto noise = [] { return torch::rand({1, 3, side, side}); };
  const BrushStage stage{.painting = noise(),
                         .before = {},
                         .photograph = {noise(), {}},
                         .styles = {{.color = noise(), .alpha = {}, .region = {}, .weight = 1}},
                         .style_scale = 1,
                         .amount = 1,
                         .seed = 0,
                         .tells_places = false};
  const auto start = Clock::now();
  stage.paint({});
  return seconds_since(start) / static_cast<double>(side * side);
}

double seconds_per_first_pixel(const Recipe &recipe) {
  constexpr int64_t side = 256;
  const auto noise = [] { return torch::rand({1, 3, side, side}); };
  const FirstPicture &first = recipe.first_picture();
  Pictures pictures{.target = noise(), .visible = {}, .start = {}, .styles = {}};
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 2; ++i) { // the first one also sets up oneDNN
    pictures.styles.assign(1, {.color = noise(), .alpha = {}, .region = {}, .weight = 1});
    const auto start = Clock::now();
    first.paint(recipe.scene(pictures, FirstPicture::useful_pixels), {});
    least = std::min(least, seconds_since(start));
  }
  return least / first.work({side, side}, recipe.job().options.strength);
}

// Seconds of a step, and more for every pixel; and of the first picture and of brush-work for every pixel.
struct Cost {
  double per_step, per_pixel, per_first_pixel, per_brush_pixel;
};

Cost measure_cost(const Recipe &recipe, int64_t large_side) {
  const double per_first_pixel = recipe.paints_first() ? seconds_per_first_pixel(recipe) : 0,
               per_brush_pixel = recipe.brush_amount() > 0 ? seconds_per_brush_pixel() : 0;
  if (recipe.scales().empty())
    return {0, 0, per_first_pixel, per_brush_pixel};
  const int64_t small_side = large_side / 2;
  const double small = seconds_per_step(recipe, small_side), large = seconds_per_step(recipe, large_side);
  const double per_pixel = std::max(0.0, large - small) / static_cast<double>(large_side * large_side - small_side * small_side);
  return {std::max(0.0, small - per_pixel * static_cast<double>(small_side * small_side)), per_pixel, per_first_pixel, per_brush_pixel};
}

// Hosts ask again whenever the user changes something; only what makes a step another step is measured anew.
Cost remembered_cost(const Recipe &recipe) {
  static std::mutex mutex;
  static std::map<std::string, Cost> known;
  int64_t side = least_side;
  while (side < most_side && static_cast<double>(side * side) < recipe.finest().area())
    side *= 2;
  std::ostringstream key;
  const LossWeights weights = recipe.weights();
  const pastiche_options &options = recipe.job().options;
  key << recipe.encoder().name() << recipe.encoder().device() << recipe.encoder().precision() << options.pooling << options.optimizer
      << (recipe.brush_amount() > 0) << recipe.paints_first() << recipe.scales().empty() << ' ' << options.history << ' ' << side;
  for (const LossRow &row : loss_table())
    key << (weights.*row.weight > 0);
  for (const auto *layers : {&recipe.content_layers(), &recipe.style_layers(), &recipe.feature_layers()}) {
    for (const LayerWeight &layer : *layers)
      key << ' ' << layer.layer;
    key << ';';
  }
  for (int32_t i = 0; i < recipe.job().style_count; ++i)
    key << (recipe.job().styles[i].mask != nullptr);
  const std::scoped_lock lock(mutex);
  const auto found = known.find(key.str());
  return found != known.end() ? found->second : known[key.str()] = measure_cost(recipe, side);
}

// What a job holds beside the work itself, in bytes and pixels.
struct Held {
  double bytes, passing; // all the time, and not to the end
  double picture_pixels, content_pixels, style_pixels, largest_style;
};

Held held_by(const Recipe &recipe) {
  // What is held all the time. Colours: four channels of the host, whose pictures may not be loaded yet, and three of ours.
  release_kept_blocks();
  const pastiche_job &job = recipe.job();
  const Size finest = recipe.finest();
  Held held{};
  held.bytes = static_cast<double>(resident_bytes());
  const auto add_picture = [&](const pastiche_image &image) {
    const double pixels = Size{image.width, image.height}.area();
    held.picture_pixels += pixels;
    held.bytes += (image.rgba ? 0 : 16) * pixels;
    return pixels;
  };
  held.content_pixels = add_picture(job.content);
  if (job.start)
    add_picture(*job.start);
  for (int32_t i = 0; i < job.style_count; ++i) {
    const Size here = recipe.style_size({job.styles[i].image.width, job.styles[i].image.height}, finest);
    const double pixels = add_picture(job.styles[i].image);
    held.bytes += 12 * pixels;
    held.largest_style = std::max(held.largest_style, pixels);
    held.bytes += (job.styles[i].mask ? 4 : 0) * finest.area();
    held.style_pixels += here.area();
  }
  held.bytes += 4 * recipe.coverage_pixels();
  // The painting; the target and a picture to start from, which may not be needed to the end; what only the losses' targets are made of.
  const double target_bytes = (job.start ? 24 : 12) * finest.area();
  const bool matches_style = job.options.match == PASTICHE_MATCH_STYLE && recipe.weights().match();
  held.passing = 12 * held.style_pixels + (matches_style ? 12 * finest.area() : 0);
  (recipe.settles_by_target() ? held.bytes : held.passing) += target_bytes;
  held.bytes += 12 * finest.area();
  return held;
}

// Forward passes take two fifths of a step; tiles take one more than whole pictures do.
constexpr double forward_share = 0.4;

// `seen_pixels`: of its tiles altogether; `style_pixels`: of the styles there.
double seconds_of(const Scale &scale, const Cost &cost, double seen_pixels, double style_pixels) {
  const double pixels = scale.size().area();
  return static_cast<double>(scale.steps + 1) * (cost.per_step + cost.per_pixel * seen_pixels) +
         cost.per_pixel * forward_share * (pixels + style_pixels) + 0.3 * pixels / (1 << 20);
}

// `seen_pixels`: of the tiles at the finest scale, altogether.
double seconds_of_scales(const Recipe &recipe, const Cost &cost, double most_pixels, double seen_pixels, double style_pixels) {
  double seconds = 0;
  for (const Scale &scale : recipe.scales()) {
    const double pixels = scale.size().area();
    seconds += seconds_of(scale, cost, pixels <= most_pixels ? pixels : seen_pixels * (1 + forward_share),
                          style_pixels * pixels / recipe.finest().area());
  }
  return seconds;
}

} // namespace

void estimate(const pastiche_job &job, pastiche_estimate &estimate) {
  check(job, false);
  const Recipe recipe(job, choose_device(job.options.device));
  const Encoder &encoder = recipe.encoder();
  const auto limit = static_cast<double>(memory_limit(job.options.memory));
  estimate.seconds = 0;
  estimate.limit_bytes = static_cast<int64_t>(limit);
  estimate.width = static_cast<int32_t>(recipe.working().width);
  estimate.height = static_cast<int32_t>(recipe.working().height);
  estimate.scales = static_cast<int32_t>(recipe.scales().size());
  const Size finest = recipe.finest();

  // At strength 0 nothing is painted.
  const Cost cost = estimate.memory_only || job.options.strength <= 0 ? Cost{} : remembered_cost(recipe);
  const auto [bytes, passing, picture_pixels, content_pixels, style_pixels, largest_style] = held_by(recipe);
  const Problem sample = sample_problem(recipe, least_side);
  const Share share = recipe.share_memory(plannable_share * limit - bytes - passing, passing, sample, finest);
  const Share least = recipe.share_memory(0, 0, sample, finest); // history of 1
  const double tile_bytes = recipe.bytes_per_tile_pixel(sample);
  // What the work takes beside the pictures, but for its tiles; and the work in the smallest tiles.
  const double work_bytes = std::max(share.optimizer_bytes, passing) + share.kept_bytes;
  double least_bytes = std::max(least.optimizer_bytes, passing) + least.kept_bytes + tile_bytes * recipe.least_tile_pixels(sample, finest);
  std::vector<Tile> tiles = Objective::cut(encoder, Objective::layers_of(sample), finest.width, finest.height, share.most_pixels);
  double first_bytes = 0;
  if (recipe.paints_first()) {
    const FirstPicture &first = recipe.first_picture();
    const auto regions = std::count_if(job.styles, job.styles + job.style_count, [](const pastiche_style &style) { return style.mask; });
    const double kept = FirstPicture::bytes_per_pixel(regions) * finest.area(), each = first.bytes_per_tile_pixel(),
                 smallest = first.least_pixels(),
                 most = std::min(FirstPicture::useful_pixels, (plannable_share * limit - bytes - kept) / each);
    first_bytes = kept + each * std::min(finest.area(), std::max(most, smallest));
    least_bytes = std::max(recipe.scales().empty() ? 0 : least_bytes, kept + each * smallest);
    if (recipe.scales().empty())
      tiles = most < smallest ? std::vector<Tile>() : first.tiles(finest, most);
    estimate.seconds += cost.per_first_pixel * first.work(finest, job.options.strength);
  }
  constexpr double held_besides = 1.06; // by the time of the finest scale, as measured at 2 megapixels: of the scales before it
  estimate.least_bytes = static_cast<int64_t>(held_besides * (bytes + least_bytes) / plannable_share);
  if (tiles.empty() || estimate.limit_bytes < estimate.least_bytes)
    throw too_little_memory(estimate.limit_bytes, estimate.least_bytes);

  estimate.tiles = static_cast<int32_t>(tiles.size());
  double seen = 0, most = 0;
  for (const Tile &tile : tiles) {
    seen += static_cast<double>(tile.seen.area());
    if (static_cast<double>(tile.seen.area()) > most) {
      most = static_cast<double>(tile.seen.area());
      estimate.tile_width = static_cast<int32_t>(tile.seen.width);
      estimate.tile_height = static_cast<int32_t>(tile.seen.height);
    }
  }
  const double painting =
      bytes + std::max(first_bytes, recipe.scales().empty() && recipe.paints_first() ? 0 : work_bytes + tile_bytes * most);
  const double at_end = bytes + (16 + 12 + 12 + (recipe.coverage_pixels() > 0 ? 4 : 0)) * content_pixels; // on its way to the host
  estimate.peak_bytes = static_cast<int64_t>(std::max(painting, at_end));
  if (recipe.brush_amount() > 0) {
    const double brush_pixels = recipe.padded().area();
    // The content, twice while it is reduced, and its alpha. Where there is too little memory, brush-work is done at a smaller size.
    const double start_pixels = job.start ? static_cast<double>(job.start->width) * job.start->height : 0; // 16 bytes each, until then
    const double with_brushes =
        bytes + 40 * content_pixels + 16 * start_pixels + brush_work_bytes(brush_pixels, largest_style) + 16 * brush_pixels;
    estimate.peak_bytes = std::max(estimate.peak_bytes, static_cast<int64_t>(std::min(with_brushes, plannable_share * limit)));
    estimate.seconds += cost.per_brush_pixel * brush_pixels;
    if (const Scale retouching = recipe.retouching(recipe.padded()); retouching.steps > 0) {
      const double pixels = retouching.size().area();
      const Share then = recipe.share_memory(plannable_share * limit - bytes - 12 * brush_pixels, 0, sample, retouching.size());
      // The painting, what is changed and from what, and the content.
      const double with_retouching = bytes + 12 * brush_pixels + 36 * pixels + then.kept_bytes + then.optimizer_bytes +
                                     tile_bytes * std::min(then.most_pixels, pixels);
      estimate.peak_bytes = std::max(estimate.peak_bytes, static_cast<int64_t>(std::min(with_retouching, plannable_share * limit)));
      estimate.seconds += seconds_of(retouching, cost, pixels, style_pixels * pixels / finest.area());
    }
  }

  estimate.seconds += 0.15 * picture_pixels / (1 << 20) + seconds_of_scales(recipe, cost, share.most_pixels, seen, style_pixels);
}

} // namespace pastiche
