// SPDX-License-Identifier: GPL-3.0-or-later
#include "painter.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "host/door.h"
#include "plugin/callerror.h"
#include "settings.h"

namespace plugin {
namespace {

std::atomic<int> painters_at_work = 0;

// libgimp calls exit() when it finds the wire to GIMP broken, which may be before the signal of GIMP's death arrives. Of the functions that
// exit() calls, the one named last comes first: before what was loaded and made until now is taken apart.
void end_at_once_while_painting() {
  std::atexit([] {
    if (painters_at_work > 0)
      _exit(EXIT_FAILURE);
  });
}

} // namespace

Painter::Painter(Order order, std::function<void()> changed) : order_(std::move(order)), changed_(std::move(changed)) {
  // When GIMP dies, libgimp would end this process with exit(), which takes the core apart while its thread still runs.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  thread_ = std::thread([this] { work(); });
}

Painter::~Painter() {
  stop();
  thread_.join();
  if (pending_)
    g_source_remove(pending_);
}

void Painter::stop() {
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  resumed_.notify_all();
}

void Painter::pause(bool paused) {
  const std::scoped_lock lock(mutex_);
  paused_ = paused;
  resumed_.notify_all();
}

std::vector<Step> Painter::steps_from(size_t first) const {
  const std::scoped_lock lock(mutex_);
  return {steps_.begin() + static_cast<ptrdiff_t>(std::min(first, steps_.size())), steps_.end()};
}

Step Painter::last_step() const {
  const std::scoped_lock lock(mutex_);
  return steps_.empty() ? Step{} : steps_.back();
}

std::optional<raster::Pixels> Painter::take_frame() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(frame_, std::nullopt);
}

bool Painter::ended() const {
  const std::scoped_lock lock(mutex_);
  return ended_;
}

Painted Painter::take_result() {
  const std::scoped_lock lock(mutex_);
  if (failure_)
    std::rethrow_exception(failure_);
  return std::move(painted_);
}

// Under the lock. At most one call is on its way at a time.
void Painter::notify() {
  if (pending_)
    return;
  pending_ = g_idle_add(
      [](gpointer data) -> gboolean {
        auto *self = static_cast<Painter *>(data);
        {
          const std::scoped_lock lock(self->mutex_);
          self->pending_ = 0;
        }
        // A copy, since the call may destroy the painter.
        const std::function<void()> changed = self->changed_;
        changed();
        return G_SOURCE_REMOVE;
      },
      this);
}

int Painter::note(const pastiche_step &now) {
  static std::once_flag once;
  std::call_once(once, end_at_once_while_painting); // again, since the core has made more at its first step
  std::unique_lock lock(mutex_);
  // The core does not know of pauses and takes them for work.
  const double seconds = now.seconds - paused_seconds_;
  const double seconds_left = now.seconds > 0 ? now.seconds_left * seconds / now.seconds : now.seconds_left;
  steps_.push_back({now.scale, now.scales, now.step, now.steps, now.width, now.height, now.progress, seconds, seconds_left,
                    now.content_loss, now.style_loss, now.feature_loss, now.laplacian_loss, now.tv_loss, now.total_loss});
  if (now.frame.rgba) {
    const size_t values = static_cast<size_t>(now.frame.width) * static_cast<size_t>(now.frame.height) * 4;
    frame_ = raster::Pixels{now.frame.width, now.frame.height, {now.frame.rgba, now.frame.rgba + values}};
  }
  notify();
  const gint64 paused_at = g_get_monotonic_time();
  resumed_.wait(lock, [&] { return !paused_ || stopping_; });
  paused_seconds_ += static_cast<double>(g_get_monotonic_time() - paused_at) / G_USEC_PER_SEC;
  return stopping_;
}

void Painter::work() {
  ++painters_at_work;
  Painted painted;
  std::exception_ptr failure;
  try {
    std::string fault;
    const pastiche::Core *core = pastiche::open_core(fault);
    if (!core)
      throw CallError(GIMP_PDB_EXECUTION_ERROR, fault);
    static std::once_flag once;
    std::call_once(once, end_at_once_while_painting);

    std::vector<pastiche_mask> masks(order_.styles->size());
    std::vector<pastiche_style> styles;
    for (size_t i = 0; i < order_.styles->size(); ++i) {
      const Style &style = (*order_.styles)[i];
      const bool everywhere = i >= order_.regions.size() || !order_.regions[i];
      if (!everywhere)
        masks[i] = order_.regions[i]->view();
      styles.push_back({style.picture.view(), style.weight, everywhere ? nullptr : &masks[i], style.cropped});
    }
    // Every run of the plug-in reads a style in the same way, so that it is its own overview.
    std::vector<pastiche_image> overviews{order_.overview.view()};
    for (const pastiche_style &style : styles)
      overviews.push_back(style.image);
    pastiche_image start{};
    if (order_.start)
      start = order_.start->view();

    pastiche_job job{};
    job.struct_size = sizeof job;
    job.style_count = static_cast<int32_t>(styles.size());
    job.content = order_.content.view();
    job.styles = styles.data();
    job.start = order_.start ? &start : nullptr;
    job.overviews = order_.overview.rgba.empty() ? nullptr : overviews.data();
    job.options = order_.options->values();
    if (order_.size)
      job.options.size = order_.size;
    job.on_step = [](const pastiche_step *step, void *self) { return static_cast<Painter *>(self)->note(*step); };
    job.user = this;
    job.frame_seconds = order_.frame_seconds;
    pastiche_result *result = nullptr;
    pastiche_error error{};
    const pastiche_status status = core->run(&job, &result, &error);
    if (status != PASTICHE_DONE && status != PASTICHE_STOPPED)
      throw CallError(GIMP_PDB_EXECUTION_ERROR, error.message);

    const std::unique_ptr<pastiche_result, decltype(core->result_free)> owned(result, core->result_free);
    const pastiche_image image = core->result_image(result);
    const size_t values = static_cast<size_t>(image.width) * static_cast<size_t>(image.height) * 4;
    painted.pixels = {image.width, image.height, {image.rgba, image.rgba + values}};
    painted.report = core->result_report(result);
    painted.model_hash = hash_of_model(painted.report);
    painted.stopped = status == PASTICHE_STOPPED;
  } catch (...) {
    failure = std::current_exception();
  }
  --painters_at_work;
  const std::scoped_lock lock(mutex_);
  painted_ = std::move(painted);
  failure_ = failure;
  ended_ = true;
  notify();
}

} // namespace plugin
