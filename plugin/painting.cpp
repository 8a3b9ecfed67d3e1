// SPDX-License-Identifier: GPL-3.0-or-later
#include "painting.h"

#include <sys/prctl.h>

#include <csignal>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "core/door.h"
#include "failure.h"

namespace plugin {
namespace {

constexpr unsigned watch_milliseconds = 100;

// The newest stage, handed from the painting thread to the watching one.
class SharedStage {
public:
  void set(const Stage &stage) {
    const std::scoped_lock lock(mutex_);
    stage_ = stage;
  }
  Stage get() const {
    const std::scoped_lock lock(mutex_);
    return stage_;
  }

private:
  mutable std::mutex mutex_;
  Stage stage_;
};

int note_step(const pastiche_step *step, void *shared_stage) {
  static_cast<SharedStage *>(shared_stage)
      ->set({step->scale, step->scales, step->step, step->steps, step->progress, step->seconds, step->seconds_left});
  return 0;
}

raster::Pixels run_core(const raster::Pixels &content, const raster::Pixels &style, const pastiche_options &options, SharedStage &stage) {
  std::string fault;
  const pastiche::Core *core = pastiche::open_core(fault);
  if (!core)
    throw Failure(GIMP_PDB_EXECUTION_ERROR, fault);

  const pastiche_style whole_style{style.view(), 1.0, nullptr};
  pastiche_job job{};
  job.struct_size = sizeof job;
  job.style_count = 1;
  job.content = content.view();
  job.styles = &whole_style;
  job.options = options;
  job.on_step = note_step;
  job.user = &stage;
  pastiche_result *result = nullptr;
  pastiche_error error{};
  if (core->run(&job, &result, &error) != PASTICHE_DONE)
    throw Failure(GIMP_PDB_EXECUTION_ERROR, error.message);

  const std::unique_ptr<pastiche_result, decltype(core->result_free)> owned(result, core->result_free);
  const pastiche_image image = core->result_image(result);
  return {image.width, image.height, {image.rgba, image.rgba + static_cast<size_t>(image.width) * image.height * 4}};
}

struct Watching {
  const std::function<void(const Stage &)> &watch;
  const SharedStage &stage;
};

gboolean watch_stage(gpointer watching) {
  const auto *self = static_cast<Watching *>(watching);
  self->watch(self->stage.get());
  return G_SOURCE_CONTINUE;
}

gboolean quit_loop(gpointer loop) {
  g_main_loop_quit(static_cast<GMainLoop *>(loop));
  return G_SOURCE_REMOVE;
}

} // namespace

raster::Pixels paint(const raster::Pixels &content, const raster::Pixels &style, const pastiche_options &options,
                     const std::function<void(const Stage &)> &watch) {
  raster::Pixels painted;
  std::exception_ptr failure;
  SharedStage stage;
  g_autoptr(GMainLoop) loop = g_main_loop_new(nullptr, FALSE);

  // When GIMP dies, libgimp would end this process with exit(), which takes the core apart while its thread still runs.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::thread painter([&] {
    try {
      painted = run_core(content, style, options, stage);
    } catch (...) {
      failure = std::current_exception();
    }
    // Quitting the loop directly would be lost if the work ended before the loop began.
    g_idle_add(quit_loop, loop);
  });
  Watching watching{watch, stage};
  const guint timer = g_timeout_add(watch_milliseconds, watch_stage, &watching);
  g_main_loop_run(loop);
  g_source_remove(timer);
  painter.join();

  if (failure)
    std::rethrow_exception(failure);
  watch(stage.get());
  return painted;
}

} // namespace plugin
