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
#include "host/job.h"
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
  Step &step = steps_.emplace_back(now);
  step.seconds = seconds;
  step.seconds_left = seconds_left;
  step.frame = {};
  if (now.frame.rgba)
    frame_ = raster::copy_of(now.frame);
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

    pastiche::Job work(order_.content.view(), order_.options->values());
    pastiche_job &job = work.job;
    std::vector<pastiche_image> overviews{order_.overview.view()};
    for (size_t i = 0; i < order_.styles->size(); ++i) {
      const Style &style = (*order_.styles)[i];
      work.add_style(style.picture.view(), style.weight,
                     i < order_.regions.size() ? raster::view(order_.regions[i]) : std::optional<pastiche_mask>(), style.cropped);
      // Every run of the plug-in reads a style in the same way, so that it is its own overview.
      overviews.push_back(style.picture.view());
    }
    if (!order_.overview.rgba.empty())
      work.set_overviews(std::move(overviews));
    if (order_.start)
      work.start_from(order_.start->view());
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
    painted.pixels = raster::copy_of(core->result_image(result));
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
