// SPDX-License-Identifier: GPL-3.0-or-later
#include "run.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>

#include "base/i18n.h"
#include "painter.h"
#include "plugin/arguments.h"
#include "plugin/callerror.h"
#include "plugin/dialog/dialog.h"
#include "plugin/layers/layers.h"
#include "plugin/layers/livefilter.h"
#include "plugin/layers/output.h"
#include "plugin/layers/regions.h"
#include "plugin/layers/source.h"
#include "plugin/message.h"
#include "plugin/styles/style.h"
#include "progress.h"
#include "runwindow.h"
#include "settings.h"

namespace plugin {
namespace {

constexpr double seconds_between_frames = 0.2;

// Paints one layer, and meanwhile runs the main loop. Nothing when the user cancelled. Throws what ended the painting otherwise.
std::optional<Painted> paint(Order order, const Layer &layer, size_t index, Progress &progress, RunWindow *window) {
  g_autoptr(GMainLoop) loop = g_main_loop_new(nullptr, FALSE);
  if (window) {
    order.frame_seconds = seconds_between_frames;
    window->begin_layer(index, layer, order.content);
  }
  std::exception_ptr failure; // of what is called from the main loop, which is C
  std::unique_ptr<Painter> painter;
  painter = std::make_unique<Painter>(std::move(order), [&] {
    const bool ended = painter->ended(); // asked first, so that the last step is shown
    try {
      progress.show(index, painter->last_step());
      if (window)
        window->show_news();
    } catch (...) {
      failure = std::current_exception();
      painter->stop();
    }
    if (ended)
      g_main_loop_quit(loop);
  });
  if (window)
    window->watch(*painter);
  g_main_loop_run(loop);
  if (window)
    window->end_layer();
  if (window && window->wish() == RunWindow::Wish::cancel)
    return {};
  if (failure)
    std::rethrow_exception(failure);
  return painter->take_result();
}

std::string names_of(const std::vector<Style> &styles) {
  std::string names;
  for (const Style &style : styles)
    names += (names.empty() ? "" : " + ") + style.name;
  return names;
}

bool is_unpainted(const Layer &layer) { return layer.painted.rgba.empty(); }

// Paints the layers one after the other; leaves those away that are not to be painted any more or cannot be. Returns false when the user
// cancelled.
bool paint_all(std::vector<Layer> &layers, GimpProcedureConfig *config, const std::shared_ptr<const std::vector<Style>> &styles,
               Progress &progress, RunWindow *window) {
  const auto options = std::make_shared<const Options>(config);
  std::vector<Regions> regions; // all of them first: a call is refused before it has worked for minutes
  for (const Layer &layer : layers)
    regions.push_back(read_regions(layer, *styles, region_longest_side));
  for (size_t i = 0; i < layers.size(); ++i) {
    if (!fits_painting(layers[i])) {
      if (i + 1 == layers.size() && std::ranges::all_of(layers, is_unpainted))
        fail_execution(_("“%s” was removed, resized or converted while it was being painted; nothing has been changed."),
                       layers[i].name.c_str());
      g_message(_("“%s” was removed, resized or converted before it was painted; it is left out."), layers[i].name.c_str());
      continue;
    }
    const gint64 start = g_get_monotonic_time();
    Order order{.content = read_content(layers[i]),
                .overview = read_overview(layers[i]),
                .styles = styles,
                .regions = std::move(regions[i]),
                .options = options};
    std::optional<Painted> painted = paint(std::move(order), layers[i], i, progress, window);
    if (!painted)
      return false;
    layers[i].settings = settings_as_json(config, *styles, *painted);
    layers[i].painted = std::move(painted->pixels);
    progress.show_painted(layers[i], static_cast<double>(g_get_monotonic_time() - start) / G_USEC_PER_SEC);
    if (window && window->wish() == RunWindow::Wish::keep)
      break;
  }
  std::erase_if(layers, is_unpainted);
  return true;
}

// Returns false when the user cancelled.
bool stylize(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables, GimpProcedureConfig *config) {
  std::vector<Layer> layers = find_layers(drawables, is_watched(run_mode));
  const bool convert = std::ranges::any_of(layers, &Layer::indexed);
  if (convert && !ask(_("This image has indexed colours, and a painting needs more of them. Shall the image be converted to RGB when it is "
                        "painted? Undo takes back both at once."),
                      _("Con_vert to RGB")))
    return false;
  if (run_mode == GIMP_RUN_INTERACTIVE) {
    const bool has_original = std::ranges::any_of(layers, &Layer::original);
    g_object_set(config, from_original_argument, static_cast<gboolean>(has_original), nullptr);
    choose_sources(layers, config);
    if (!show_dialog(procedure, config, layers))
      return false;
    layers = find_layers(drawables, convert); // the user could work on the image meanwhile
  }
  choose_sources(layers, config);

  if (read_output(config) == Output::live_filter) {
    add_live_filters(image, layers, config);
    if (run_mode != GIMP_RUN_NONINTERACTIVE)
      gimp_displays_flush();
    return true;
  }

  std::optional<RunWindow> window;
  {
    Progress progress(layers.size());
    const auto styles = std::make_shared<const std::vector<Style>>(load_styles(config, style_longest_side));
    for (const Style &style : *styles)
      for (const std::string &note : style.notes)
        g_message("%s", note.c_str());
    if (run_mode == GIMP_RUN_INTERACTIVE)
      window.emplace(layers);
    if (!paint_all(layers, config, styles, progress, window ? &*window : nullptr))
      return false;
    write_painted(image, layers, read_output(config), names_of(*styles));
  }
  if (run_mode != GIMP_RUN_NONINTERACTIVE)
    gimp_displays_flush();
  if (window)
    window->finish(layers.back());
  return true;
}

// Returns the paintings among the layers. The others are left, to be painted like these; all if all are paintings.
std::vector<GimpDrawable *> take_paintings(std::vector<GimpDrawable *> &layers) {
  const auto others = std::ranges::stable_partition(layers, [](GimpDrawable *layer) { return has_settings(GIMP_ITEM(layer)); });
  const std::vector<GimpDrawable *> paintings(layers.begin(), others.begin());
  if (!others.empty())
    layers.erase(layers.begin(), others.begin());
  return paintings;
}

void repeat_settings_of(const std::vector<GimpDrawable *> &paintings, GimpProcedureConfig *config) {
  if (paintings.empty())
    refuse_call(_("None of the selected layers was painted by Pastiche; select one that was, and with it the layers to paint like it."));
  GimpItem *first = GIMP_ITEM(paintings.front());
  for (GimpDrawable *each : paintings)
    if (!have_same_settings(first, GIMP_ITEM(each)))
      refuse_call(
          _("“%s” and “%s” were painted with different settings; select only one of them, and with it the layers to paint like it."),
          name_of(first).c_str(), name_of(GIMP_ITEM(each)).c_str());
  repeat_settings(first, config);
}

// Returns whether there was something to recall.
bool recall(GimpProcedureConfig *own, GimpProcedureConfig *config, GimpRunMode run_mode, GimpImage *image) {
  const std::optional<std::string> gone = recall_call(own, config, image);
  if (gone && !gone->empty()) {
    const std::string sentence = pastiche::sentence(
        _("“%s”, which the last painting was made with, is gone or belongs to another image; choose another one."), gone->c_str());
    if (run_mode != GIMP_RUN_INTERACTIVE)
      refuse_call("%s", sentence.c_str());
    if (is_first_time(own))
      show_message(sentence); // and then the dialog, without it
  }
  return gone.has_value();
}

} // namespace

GimpValueArray *run(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables, GimpProcedureConfig *config,
                    gpointer) {
  return guarded(procedure, run_mode, [&] {
    if (run_mode != GIMP_RUN_NONINTERACTIVE)
      recall(config, config, run_mode, image);
    if (!stylize(procedure, run_mode, image, drawables, config))
      return false;
    remember_call(config, config, image);
    return true;
  });
}

GimpValueArray *run_again(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables,
                          GimpProcedureConfig *own_config, gpointer pastiche) {
  return guarded(procedure, run_mode, [&] {
    if (!drawables || !*drawables)
      refuse_call(_("Select a layer to paint."));
    GimpDrawable *named = nullptr;
    g_object_get(own_config, settings_layer_argument, &named, nullptr);
    g_autoptr(GObject) owned = named ? G_OBJECT(named) : nullptr;
    auto *painting = static_cast<GimpProcedure *>(pastiche);
    g_autoptr(GimpProcedureConfig) config = gimp_procedure_create_config(painting);
    std::vector<GimpDrawable *> to_paint;
    for (; *drawables; ++drawables)
      to_paint.push_back(layer_of(*drawables));
    if (named) {
      repeat_settings(GIMP_ITEM(named), config);
    } else {
      const std::vector<GimpDrawable *> paintings = take_paintings(to_paint);
      if (run_mode != GIMP_RUN_WITH_LAST_VALS || !recall(own_config, config, run_mode, image))
        repeat_settings_of(paintings, config);
    }
    to_paint.push_back(nullptr);
    if (!stylize(painting, run_mode, image, to_paint.data(), config))
      return false;
    remember_call(own_config, config, image);
    return true;
  });
}

} // namespace plugin
