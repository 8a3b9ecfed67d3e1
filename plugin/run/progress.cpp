// SPDX-License-Identifier: GPL-3.0-or-later
#include "progress.h"

#include <libgimp/gimp.h>

#include <cmath>
#include <cstring>

#include "base/i18n.h"

namespace plugin {

Progress::Progress(size_t layer_count) : layer_count_(layer_count), printed_at_(g_get_monotonic_time()) {
  const char *wish = g_getenv("PASTICHE_PROGRESS");
  prints_ = wish && std::strcmp(wish, "1") == 0;
  gimp_progress_init(_("Pastiche: looking at the pictures"));
}

Progress::~Progress() { gimp_progress_end(); }

void Progress::show(size_t layer_index, const Step &step) {
  if (step.steps == 0) // no step has been taken yet
    return;
  const double whole = (static_cast<double>(layer_index) + step.progress) / static_cast<double>(layer_count_);
  // The layers still to come are taken to be like this one.
  const size_t to_come = layer_count_ - layer_index - 1;
  const bool known = step.seconds_left >= 0.0;
  const double seconds_left =
      known ? step.seconds_left + static_cast<double>(to_come) * (step.seconds + step.seconds_left) : step.seconds_left;
  const int seconds = static_cast<int>(std::ceil(seconds_left));
  const int layer = static_cast<int>(layer_index) + 1;
  const int layers = static_cast<int>(layer_count_);

  g_autofree char *text = nullptr;
  if (step.scale == 0 || step.scale > step.scales) // the first picture, brush-work
    text = known ? g_strdup_printf(_("Pastiche: about %d s left"), seconds) : g_strdup(_("Pastiche"));
  else if (layers == 1 && known)
    text = g_strdup_printf(_("Pastiche: scale %d of %d, about %d s left"), step.scale, step.scales, seconds);
  else if (layers == 1)
    text = g_strdup_printf(_("Pastiche: scale %d of %d"), step.scale, step.scales);
  else if (known)
    text = g_strdup_printf(_("Pastiche: layer %d of %d, scale %d of %d, about %d s left"), layer, layers, step.scale, step.scales, seconds);
  else
    text = g_strdup_printf(_("Pastiche: layer %d of %d, scale %d of %d"), layer, layers, step.scale, step.scales);
  gimp_progress_set_text(text);
  gimp_progress_update(whole);
  if (prints_)
    print(step, whole, seconds_left);
}

void Progress::print(const Step &step, double whole, double seconds_left) {
  const gint64 now = g_get_monotonic_time();
  if (whole <= printed_whole_ || (now - printed_at_ < G_USEC_PER_SEC && whole - printed_whole_ < 0.1))
    return;
  printed_at_ = now;
  printed_whole_ = whole;
  const int percent = static_cast<int>(std::floor(whole * 100.0));
  if (step.scale == 0 || step.scale > step.scales) // they have no steps
    g_printerr(step.scale == 0 ? _("First picture, %d × %d pixels: %d %%") : _("Brush-work, %d × %d pixels: %d %%"), step.width,
               step.height, 100 * step.step / step.steps);
  else if (seconds_left < 0.0)
    g_printerr(_("pastiche: %d %% scale %d/%d step %d/%d"), percent, step.scale, step.scales, step.step, step.steps);
  else
    g_printerr(_("pastiche: %d %% scale %d/%d step %d/%d about %d s left"), percent, step.scale, step.scales, step.step, step.steps,
               static_cast<int>(std::ceil(seconds_left)));
  g_printerr("\n");
}

void Progress::show_painted(const Layer &layer, double seconds) {
  if (!prints_)
    return;
  g_printerr(_("pastiche: painted %s, %dx%d pixels, in %.1f s"), layer.name.c_str(), layer.area.width, layer.area.height, seconds);
  g_printerr("\n");
}

} // namespace plugin
