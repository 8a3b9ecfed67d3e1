// SPDX-License-Identifier: GPL-3.0-or-later
// A core that tells what came through the door: its report lists it under "received". It is opened in place of libpastiche-core.so
// through PASTICHE_CORE, and paints the negative. Its losses can be worked out by hand: see take_step. The option `model` says what else
// it does:
//   idle     takes no step
//   endless  takes steps until it is told to stop
//   noted    has something to say
//   crash    ends the process
//   hungry   needs 3000 MiB
//   unsure   never knows what it needs
//   stuck    paints the start image once more, where there is one: its loss is the higher the further the red in its first pixel is from
//            that of the negative, and the more green the content has there
//   whole    estimates that no tiles are needed; with any other name there are six
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/standin.h"

using Json = nlohmann::ordered_json;

namespace {

constexpr int32_t scales = 2;

// As a library does that LibTorch brings.
[[maybe_unused]] const auto taken = std::signal(SIGHUP, [](int) {});

Json text_or_null(const char *text) { return text ? Json(text) : Json(); }

Json image(const pastiche_image &image) {
  Json json{{"width", image.width}, {"height", image.height}};
  json["first_pixel"] = image.rgba ? Json(std::vector<float>(image.rgba, image.rgba + 4)) : Json();
  return json;
}

Json received(const pastiche_job &job) {
  Json styles = Json::array();
  for (int32_t i = 0; i < job.style_count; i++) {
    const pastiche_style &style = job.styles[i];
    Json json = image(style.image);
    json["weight"] = style.weight;
    json["whole"] = style.whole != 0;
    json["mask"] = Json();
    if (const pastiche_mask *mask = style.mask) {
      json["mask"] = {{"width", mask->width}, {"height", mask->height}};
      if (mask->values)
        json["mask"]["values"] = std::vector<float>(mask->values, mask->values + size_t{1} * mask->width * mask->height);
    }
    styles.push_back(json);
  }
  return {{"content", image(job.content)},
          {"styles", styles},
          {"start_image", job.start ? image(*job.start) : Json()},
          {"checkpoint", text_or_null(job.checkpoint)},
          {"resume", text_or_null(job.resume)},
          {"size", job.options.size},
          {"steps", job.options.steps},
          {"memory", job.options.memory},
          {"start", job.options.start},
          {"cards", text_or_null(std::getenv("CUDA_VISIBLE_DEVICES"))},
          {"model", text_or_null(job.options.model)},
          {"style_layers", text_or_null(job.options.style_layers)}};
}

int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  int64_t pages = 0;
  file >> pages >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

// Each scale is twice as wide as the one before; the losses fall from step to step, and a start image is worth four times as many steps.
// Returns whether to stop.
bool take_step(const pastiche_job &job, double stuck_loss, int32_t scale, int32_t step) {
  pastiche_step now{};
  now.struct_size = sizeof now;
  now.scale = scale;
  now.scales = scales;
  now.step = step;
  now.steps = job.options.steps;
  now.width = job.content.width >> (scales - scale);
  now.height = job.content.height >> (scales - scale);
  now.progress = 0.5;
  now.seconds = step + 0.25;
  now.seconds_left = 4;
  const int32_t taken = step + (job.start ? 4 * job.options.steps : 0);
  now.content_loss = 1.0 / taken;
  now.style_loss = 64.0 / taken;
  if (std::string(job.options.model) == "stuck")
    now.style_loss = stuck_loss;
  now.feature_loss = 0.5;
  now.laplacian_loss = 0.25;
  now.tv_loss = 0.125;
  now.total_loss = now.content_loss + now.style_loss + now.feature_loss + now.laplacian_loss + now.tv_loss;
  return job.on_step && job.on_step(&now, job.user) != 0;
}

} // namespace

pastiche_status pastiche_estimate_job(const pastiche_job *job, pastiche_estimate *estimate, pastiche_error *error) {
  if (std::string(job->options.model) == "unsure") {
    std::fputs("There is no knowing.\n", stderr);
    for (;;)
      pause();
  }
  if (job->options.memory == 1) {
    std::snprintf(error->message, sizeof error->message, "The limit is too small.");
    return PASTICHE_OUT_OF_MEMORY;
  }
  if (job->content.rgba || job->styles[0].image.rgba) {
    std::snprintf(error->message, sizeof error->message, "Pixels were read that nobody needs.");
    return PASTICHE_INTERNAL;
  }
  const bool whole = std::string(job->options.model) == "whole";
  estimate->scales = scales;
  estimate->width = job->content.width;
  estimate->height = job->content.height;
  estimate->tiles = whole ? 1 : 6;
  estimate->tile_width = whole ? job->content.width : 64;
  estimate->tile_height = whole ? job->content.height : 48;
  estimate->seconds = estimate->memory_only ? 0 : 100.0 * job->style_count;
  estimate->peak_bytes = 3LL << 29; // 1.5 GiB
  estimate->limit_bytes = int64_t{job->options.memory} << 20;
  estimate->least_bytes = 300 << 20;
  return PASTICHE_DONE;
}

pastiche_status pastiche_run(const pastiche_job *job, pastiche_result **result, pastiche_error *error) {
  const std::string model = job->options.model;
  if (model == "hungry" && job->options.memory < 3000) {
    std::snprintf(error->message, sizeof error->message, "3000 MiB are needed.");
    return PASTICHE_OUT_OF_MEMORY;
  }
  if (model == "crash")
    _exit(3);
  Json told = received(*job);
  told["resident_before"] = resident_bytes();
  const size_t count = size_t{4} * job->content.width * job->content.height;
  std::vector<float> stuck;
  double stuck_loss = 0;
  if (model == "stuck") {
    stuck_loss = 64 * (1 + job->content.rgba[1]);
    if (job->start) {
      stuck.assign(job->start->rgba, job->start->rgba + count);
      stuck_loss += 64 * std::abs(stuck[0] - (1 - job->content.rgba[0]));
    }
  }
  bool stopped = false;
  for (int32_t scale = 1; scale <= scales && model != "idle"; scale++)
    for (int32_t step = 1; (step <= job->options.steps || model == "endless") && !stopped; step++)
      stopped = take_step(*job, stuck_loss, scale, step);
  told["resident_after"] = resident_bytes();
  if (stopped && job->checkpoint)
    std::ofstream(job->checkpoint) << "how far it has come";

  // The content is looked at until the end, the other pictures only before the first step.
  auto *painted = new pastiche_result{job->content.width, job->content.height, {job->content.rgba, job->content.rgba + count}, {}};
  for (size_t i = 0; i < count; i++)
    if (i % 4 != 3)
      painted->rgba[i] = 1 - painted->rgba[i];
  if (!stuck.empty())
    painted->rgba = stuck;

  Json report{{"received", told}, {"notes", Json::array()}};
  if (model == "noted")
    report["notes"] = {"The tiles are smaller than wanted.", "There is no second note."};
  painted->report = report.dump();
  *result = painted;
  return stopped ? PASTICHE_STOPPED : PASTICHE_DONE;
}
