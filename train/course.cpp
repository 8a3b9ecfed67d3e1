// SPDX-License-Identifier: GPL-3.0-or-later
#include "course.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "base/i18n.h"
#include "console/stop.h"

namespace training {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr int64_t told_steps = 20;
constexpr double checkpoint_seconds = 120;

} // namespace

Learnt run(const Course &course, int64_t steps, const std::string &checkpoint) {
  json history = json::array();
  std::vector<double> sums; // of the losses since the history's last line
  double seconds_before = 0;
  if (!checkpoint.empty() && std::filesystem::exists(checkpoint)) {
    const json about = json::parse(course.load(checkpoint));
    history = about.at("history");
    sums = about.at("sums").get<std::vector<double>>();
    seconds_before = about.at("seconds");
    std::fprintf(stderr, _("Going on after step %lld.\n"), static_cast<long long>(course.steps_done()));
  } else {
    course.prepare();
  }

  const cli::StopRequests stop;
  const auto start = Clock::now();
  const auto seconds_since = [](Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); };
  auto last_checkpoint = start;
  const int64_t first = course.steps_done();
  const auto seconds = [&] { return seconds_before + seconds_since(start); };
  const auto keep = [&] {
    if (!checkpoint.empty())
      course.save(checkpoint, json{{"history", history}, {"sums", sums}, {"seconds", seconds()}}.dump());
    last_checkpoint = Clock::now();
  };
  while (course.steps_done() < steps) {
    const std::vector<double> losses = course.step();
    sums.resize(losses.size());
    std::ranges::transform(sums, losses, sums.begin(), std::plus());
    const int64_t done = course.steps_done();
    if (done % told_steps == 0) {
      json line{done};
      double error = 0;
      for (size_t i = 0; i < sums.size(); ++i) {
        line.push_back(sums[i] / told_steps);
        if (i < course.errors)
          error += sums[i] / static_cast<double>(told_steps * static_cast<int64_t>(course.errors));
      }
      history.push_back(line);
      sums.clear();
      const double each = seconds_since(start) / static_cast<double>(done - first);
      std::fprintf(stderr, _("Step %lld of %lld: error %.4f, %.2f s a step, %.0f minutes left.\n"), static_cast<long long>(done),
                   static_cast<long long>(steps), error, each, each * static_cast<double>(steps - done) / 60);
    }
    if (stop.stop_asked()) {
      keep();
      std::fprintf(stderr, "%s\n",
                   checkpoint.empty() ? _("Stopped; without --checkpoint nothing was kept.")
                                      : _("Stopped; the same command goes on from here."));
      return {true, seconds(), std::move(history)};
    }
    if (seconds_since(last_checkpoint) >= checkpoint_seconds)
      keep();
  }
  keep();
  return {false, seconds(), std::move(history)};
}

} // namespace training
