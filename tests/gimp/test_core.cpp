// SPDX-License-Identifier: GPL-3.0-or-later
// A core whose pictures can be worked out by hand, so that tests can say to the pixel what the plug-in must do around it.
// It is opened in place of libpastiche-core.so through PASTICHE_CORE. The option `model` says what it does:
//   invert   each colour c becomes 1 - c (also under any other name)
//   style    the style picture, enlarged or reduced to the content by nearest neighbour
//   regions  the sum of the styles' mean colours, each times the style's weight and its mask (nearest neighbour)
//   tell     fails, and the sentence lists what arrived
//   stray    calls libgimp, which no core may do: it is not on the main thread
//   endless  takes steps until its process is killed
//   a path   takes steps until a file is there, then inverts
#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/standin.h"

namespace {

constexpr int32_t scales = 2;

void take_step(const pastiche_job &job, int32_t scale, int32_t step, double progress) {
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
  if (job.on_step)
    job.on_step(&now, job.user);
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

float clamp(float value) { return std::clamp(value, 0.0f, 1.0f); }

} // namespace

pastiche_status pastiche_estimate_job(const pastiche_job *, pastiche_estimate *, pastiche_error *) { return PASTICHE_INTERNAL; }

pastiche_status pastiche_run(const pastiche_job *job, pastiche_result **result, pastiche_error *error) {
  *result = nullptr;
  const pastiche_options &options = job->options;
  const std::string model = options.model ? options.model : "";
  if (model == "tell") {
    std::snprintf(error->message, sizeof error->message,
                  "strength %g, style-scale %g, size %d, steps %d, color %d, seed %d, optimizer %d, content-weight %g, style-weight %g, "
                  "tv-weight %g, device %d, precision %d, style %dx%d",
                  options.strength, options.style_scale, options.size, options.steps, options.color, options.seed, options.optimizer,
                  options.content_weight, options.style_weight, options.tv_weight, options.device, options.precision,
                  job->styles[0].image.width, job->styles[0].image.height);
    return PASTICHE_INVALID_ARGUMENT;
  }
  if (model == "stray")
    reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "gimp_progress_pulse"))();
  while (model == "endless" || (model.starts_with("/") && !std::filesystem::exists(model)))
    take_step(*job, 1, 1, 0.37);
  for (int32_t scale = 1; scale <= scales; ++scale)
    for (int32_t step = 1; step <= options.steps; ++step)
      take_step(*job, scale, step, (scale - 1 + static_cast<double>(step) / options.steps) / scales);

  const pastiche_image &content = job->content;
  const pastiche_image &style = job->styles[0].image;
  auto *painted = new pastiche_result{content.width, content.height, {}, "{}"};
  painted->rgba.resize(static_cast<size_t>(content.width) * content.height * 4);
  for (int32_t y = 0; y < content.height; ++y) {
    for (int32_t x = 0; x < content.width; ++x) {
      const size_t at = (static_cast<size_t>(y) * content.width + x) * 4;
      const size_t style_y = static_cast<size_t>(y) * style.height / content.height;
      const size_t style_x = static_cast<size_t>(x) * style.width / content.width;
      const float *style_pixel = style.rgba + (style_y * style.width + style_x) * 4;
      for (size_t c = 0; c < 3 && model != "regions"; ++c)
        painted->rgba[at + c] = model == "style" ? clamp(style_pixel[c]) : 1.0f - clamp(content.rgba[at + c]);
      if (model == "regions")
        paint_regions(*job, x, y, &painted->rgba[at]);
      painted->rgba[at + 3] = content.rgba[at + 3];
    }
  }
  *result = painted;
  return PASTICHE_DONE;
}
