// SPDX-License-Identifier: GPL-3.0-or-later
// A core whose pictures can be worked out by hand, so that tests can say to the pixel what the plug-in must do around it.
// It is opened in place of libpastiche-core.so through PASTICHE_CORE. The option `model` says what it does:
//   invert   each colour c becomes 1 - c (also under any other name)
//   style    the style picture, enlarged or reduced to the content by nearest neighbour
//   blend    between the content and the mean of the style pictures by their weights, as far as strength says
//   regions  the sum of the styles' mean colours, each times the style's weight and its mask (nearest neighbour)
//   color    black to white, as the option color says
//   tell     fails, and the sentence lists what arrived
//   stray    calls libgimp, which no core may do: it is not on the main thread
//   huge     says that its result is larger than any memory
//   endless  takes steps until its process is killed
//   die      its process dies
//   a path   takes steps until a file is there, then inverts; every step adds a byte to the file of that name and ".steps"
//   later    inverts, but has no first picture
//   slow     inverts, and says that its first picture of 480 × 360 pixels took 0.24 s, smaller ones less
// Without steps, it paints a first picture, at once: under a path the style's, else what it would paint with steps. Its report names the
// model as the model file. Where it is stopped, each colour (r, g, b) becomes (g, b, r). Frames, where they are asked for, come with every
// step and are as the whole will be; under a path those before the file are of half the width and height. The weighted losses fall with the
// steps: style 8 / step, content always 1.
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/standin.h"

namespace {

constexpr int32_t scales = 2;

using Pixel = void (*)(const float *from, float *to);

float clamp(float value) { return std::clamp(value, 0.0f, 1.0f); }

void invert(const float *from, float *to) {
  for (size_t c = 0; c < 3; ++c)
    to[c] = 1.0f - clamp(from[c]);
}

void rotate(const float *from, float *to) {
  for (size_t c = 0; c < 3; ++c)
    to[c] = clamp(from[(c + 1) % 3]);
}

std::vector<float> changed(const pastiche_image &image, Pixel change) {
  std::vector<float> rgba(image.rgba, image.rgba + static_cast<size_t>(image.width) * image.height * 4);
  for (size_t at = 0; at < rgba.size(); at += 4)
    change(image.rgba + at, &rgba[at]);
  return rgba;
}

// The style's pixel at a place of the content.
const float *find_pixel(const pastiche_image &style, const pastiche_image &content, int32_t x, int32_t y) {
  const size_t style_y = static_cast<size_t>(y) * style.height / content.height;
  const size_t style_x = static_cast<size_t>(x) * style.width / content.width;
  return style.rgba + (style_y * style.width + style_x) * 4;
}

float blend(const pastiche_job &job, float color, int32_t x, int32_t y, size_t c) {
  double sum = 0, weights = 0;
  for (int32_t i = 0; i < job.style_count; ++i) {
    sum += job.styles[i].weight * clamp(find_pixel(job.styles[i].image, job.content, x, y)[c]);
    weights += job.styles[i].weight;
  }
  return static_cast<float>((1 - job.options.strength) * color + job.options.strength * sum / weights);
}

// One pixel of the model `regions`.
void paint_regions(const pastiche_job &job, int32_t x, int32_t y, float *pixel) {
  for (int32_t i = 0; i < job.style_count; ++i) {
    const pastiche_style &style = job.styles[i];
    double amount = style.weight;
    if (const pastiche_mask *mask = style.mask) {
      const int64_t row = int64_t{y} * mask->height / job.content.height, column = int64_t{x} * mask->width / job.content.width;
      amount *= mask->values[row * mask->width + column];
    }
    const int64_t count = int64_t{style.image.width} * style.image.height;
    for (int64_t p = 0; p < count; ++p)
      for (int c = 0; c < 3; ++c)
        pixel[c] += static_cast<float>(amount * style.image.rgba[4 * p + c] / static_cast<double>(count));
  }
}

std::vector<float> paint(const pastiche_job &job) {
  const std::string model = job.options.model ? job.options.model : "";
  const pastiche_image &content = job.content;
  const bool first = model.starts_with("/") && job.options.steps == 0;
  if (!first && model != "style" && model != "blend" && model != "regions" && model != "color")
    return changed(content, invert);
  std::vector<float> painted(content.rgba, content.rgba + static_cast<size_t>(content.width) * content.height * 4);
  for (int32_t y = 0; y < content.height; ++y)
    for (int32_t x = 0; x < content.width; ++x) {
      float *pixel = &painted[(static_cast<size_t>(y) * content.width + x) * 4];
      if (model == "color") {
        std::fill_n(pixel, 3, static_cast<float>(job.options.color) / static_cast<float>(PASTICHE_COLOR_FREE));
        continue;
      }
      if (model == "regions") {
        std::fill_n(pixel, 3, 0.0f);
        paint_regions(job, x, y, pixel);
        continue;
      }
      for (size_t c = 0; c < 3; ++c)
        pixel[c] =
            first || model == "style" ? clamp(find_pixel(job.styles[0].image, content, x, y)[c]) : blend(job, clamp(pixel[c]), x, y, c);
    }
  return painted;
}

// Every second pixel of every second row.
std::vector<float> halve(const std::vector<float> &rgba, int32_t width, int32_t height) {
  std::vector<float> half;
  for (int32_t y = 0; y + 1 < height; y += 2)
    for (int32_t x = 0; x + 1 < width; x += 2) {
      const float *pixel = &rgba[(static_cast<size_t>(y) * width + x) * 4];
      half.insert(half.end(), pixel, pixel + 4);
    }
  return half;
}

// Whether to stop.
bool take_step(const pastiche_job &job, int32_t scale, int32_t step, double progress, bool coarse = false) {
  pastiche_step now{};
  now.struct_size = sizeof now;
  now.scale = scale;
  now.scales = scales;
  now.step = step;
  now.steps = job.options.steps;
  now.width = job.content.width;
  now.height = job.content.height;
  now.progress = progress;
  now.seconds = progress * 2.0;
  now.seconds_left = (1.0 - progress) * 2.0;
  now.style_loss = 8.0 / step;
  now.content_loss = 1.0;
  now.total_loss = now.style_loss + now.content_loss;
  std::vector<float> frame;
  if (job.frame_seconds > 0) {
    frame = paint(job);
    now.frame = {job.content.width, job.content.height, frame.data()};
  }
  if (coarse && now.frame.rgba) {
    frame = halve(frame, now.width, now.height);
    now.frame = {now.width / 2, now.height / 2, frame.data()};
  }
  return job.on_step && job.on_step(&now, job.user) != 0;
}

// Says how long the first picture took.
void tell_slowness(const pastiche_job &job) {
  const double scale = std::min(1.0, static_cast<double>(job.options.size) / std::max(job.content.width, job.content.height));
  pastiche_step now{};
  now.struct_size = sizeof now;
  now.step = now.steps = 100;
  now.width = static_cast<int32_t>(std::lround(job.content.width * scale));
  now.height = static_cast<int32_t>(std::lround(job.content.height * scale));
  now.progress = 1;
  now.seconds = 0.24 * (now.width * now.height + 20000) / (480 * 360 + 20000);
  job.on_step(&now, job.user);
}

} // namespace

// 10 s and 1 GB for every style; not for every pixel.
pastiche_status pastiche_estimate_job(const pastiche_job *job, pastiche_estimate *estimate, pastiche_error *error) {
  std::fprintf(stderr, "test core: estimate %dx%d, %d styles, size %d\n", job->content.width, job->content.height, job->style_count,
               job->options.size);
  if (job->options.size == 0) {
    std::snprintf(error->message, sizeof error->message, "This is too much.");
    return PASTICHE_OUT_OF_MEMORY;
  }
  estimate->seconds = 10.0 * job->style_count;
  estimate->peak_bytes = int64_t{1000000000} * job->style_count;
  return PASTICHE_DONE;
}

pastiche_status pastiche_run(const pastiche_job *job, pastiche_result **result, pastiche_error *error) {
  *result = nullptr;
  const pastiche_options &options = job->options;
  const std::string model = options.model ? options.model : "";
  std::fprintf(stderr, "test core: paint %dx%d, steps %d, strength %g, size %d\n", job->content.width, job->content.height, options.steps,
               options.strength, options.size);
  if (model == "slow" && options.steps == 0)
    tell_slowness(*job);
  if (model == "later" && options.steps == 0) {
    std::snprintf(error->message, sizeof error->message, "There is no first picture.");
    return PASTICHE_BAD_MODEL;
  }
  if (model == "tell") {
    std::snprintf(error->message, sizeof error->message,
                  "strength %g, style-scale %g, size %d, steps %d, color %d, seed %d, optimizer %d, content-weight %g, style-weight %g, "
                  "tv-weight %g, device %d, precision %d, style %dx%d, overview %dx%d",
                  options.strength, options.style_scale, options.size, options.steps, options.color, options.seed, options.optimizer,
                  options.content_weight, options.style_weight, options.tv_weight, options.device, options.precision,
                  job->styles[0].image.width, job->styles[0].image.height, job->overviews ? job->overviews->width : 0,
                  job->overviews ? job->overviews->height : 0);
    return PASTICHE_INVALID_ARGUMENT;
  }
  if (model == "huge") {
    constexpr int32_t side = 1000000;
    *result = new pastiche_result{side, side, {0}, "{}"};
    return PASTICHE_DONE;
  }
  if (model == "die")
    std::raise(SIGKILL);
  if (model == "stray")
    reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "gimp_progress_pulse"))();
  const bool waits = model.starts_with("/");
  bool stopped = false;
  for (int32_t step = 1; !stopped && options.steps > 0 && (model == "endless" || (waits && !std::filesystem::exists(model))); ++step) {
    stopped = take_step(*job, 1, std::min(step, options.steps), 0.37, waits);
    if (waits)
      std::ofstream(model + ".steps", std::ios::app) << '.';
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  for (int32_t scale = 1; scale <= scales; ++scale)
    for (int32_t step = 1; !stopped && step <= options.steps; ++step)
      stopped = take_step(*job, scale, step, (scale - 1 + static_cast<double>(step) / options.steps) / scales);

  const std::string report = "{\"model\": \"stand-in\", \"model_file\": \"" + model + "\"}";
  *result = new pastiche_result{job->content.width, job->content.height, stopped ? changed(job->content, rotate) : paint(*job), report};
  return stopped ? PASTICHE_STOPPED : PASTICHE_DONE;
}
