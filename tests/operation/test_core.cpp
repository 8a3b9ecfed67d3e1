// SPDX-License-Identifier: GPL-3.0-or-later
// A core that paints the negative, tells on standard error of what and with which options, and counts. Tests open it too, and look at what
// it has counted.
#include <csignal>
#include <cstdio>
#include <string_view>

#include "tests/standin.h"

int paintings = 0;
pastiche_options last_options;
int32_t last_width = 0, last_height = 0;

// As a library does that LibTorch brings.
[[maybe_unused]] const auto taken = std::signal(SIGHUP, [](int) {});

static size_t sum_of(const pastiche_image &image) {
  return std::hash<std::string_view>()({reinterpret_cast<const char *>(image.rgba), sizeof(float) * 4 * image.width * image.height});
}

pastiche_status pastiche_estimate_job(const pastiche_job *, pastiche_estimate *, pastiche_error *) { return PASTICHE_INTERNAL; }

// It refuses the smallest strengths.
pastiche_status pastiche_run(const pastiche_job *job, pastiche_result **result, pastiche_error *error) {
  ++paintings;
  std::fprintf(stderr, "counting core: strength %g, color %d, content %zx, style %zx\n", job->options.strength, job->options.color,
               sum_of(job->content), sum_of(job->styles[0].image));
  last_options = job->options;
  last_width = job->content.width;
  last_height = job->content.height;
  if (job->options.strength < 0.01) {
    std::snprintf(error->message, sizeof error->message, "This is too little.");
    return PASTICHE_INVALID_ARGUMENT;
  }
  auto *painted = new pastiche_result{last_width, last_height, {}, "{}"};
  for (int i = 0; i < 4 * last_width * last_height; ++i)
    painted->rgba.push_back(i % 4 < 3 ? 1 - job->content.rgba[i] : job->content.rgba[i]);
  *result = painted;
  return PASTICHE_DONE;
}
