// SPDX-License-Identifier: GPL-3.0-or-later
#include "run.h"

#include <gegl.h>

#include <functional>
#include <memory>
#include <new>

#include "arguments.h"
#include "core/i18n.h"
#include "dialog.h"
#include "failure.h"
#include "layers.h"
#include "painter.h"
#include "progress.h"
#include "regions.h"
#include "style.h"

namespace plugin {
namespace {

// A style picture is looked at about as large as the content; more pixels only cost memory.
constexpr int style_longest_side = 2048;

// Paints, and meanwhile runs the main loop and calls `watch` after every few steps. Throws what ended the painting.
raster::Pixels paint(Order order, const std::function<void(const Step &)> &watch) {
  g_autoptr(GMainLoop) loop = g_main_loop_new(nullptr, FALSE);
  std::unique_ptr<Painter> painter;
  painter = std::make_unique<Painter>(std::move(order), [&] {
    watch(painter->last_step());
    if (painter->ended())
      g_main_loop_quit(loop);
  });
  g_main_loop_run(loop);
  return painter->take_result().pixels;
}

// Returns false when the user cancelled the dialog.
bool stylize(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables, GimpProcedureConfig *config) {
  std::vector<Layer> layers = find_layers(drawables);
  if (run_mode == GIMP_RUN_INTERACTIVE && !show_dialog(procedure, config))
    return false;

  const auto options = std::make_shared<const Options>(config);
  Progress progress(layers.size());
  const auto styles = std::make_shared<const std::vector<Style>>(load_styles(config, style_longest_side));
  std::vector<Regions> regions; // all of them first: a call is refused before it has worked for minutes
  for (const Layer &layer : layers)
    regions.push_back(read_regions(layer, *styles, options->values().size));
  for (size_t i = 0; i < layers.size(); ++i) {
    const gint64 start = g_get_monotonic_time();
    layers[i].painted = paint({.content = read_content(layers[i]), .styles = styles, .regions = std::move(regions[i]), .options = options},
                              [&](const Step &step) { progress.show(i, step); });
    progress.show_painted(layers[i], static_cast<double>(g_get_monotonic_time() - start) / G_USEC_PER_SEC);
  }
  write_painted(image, layers);
  if (run_mode != GIMP_RUN_NONINTERACTIVE)
    gimp_displays_flush();
  return true;
}

} // namespace

GimpValueArray *run(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables, GimpProcedureConfig *config,
                    gpointer) {
  gegl_init(nullptr, nullptr);
  // What GIMP has to say about a file is part of our own sentence; it need not show it as well.
  gimp_plug_in_set_pdb_error_handler(gimp_procedure_get_plug_in(procedure), GIMP_PDB_ERROR_HANDLER_PLUGIN);

  // No C++ exception may reach libgimp.
  GimpPDBStatusType status;
  GError *error = nullptr;
  try {
    status = stylize(procedure, run_mode, image, drawables, config) ? GIMP_PDB_SUCCESS : GIMP_PDB_CANCEL;
  } catch (const Failure &failure) {
    status = failure.status();
    error = g_error_new_literal(GIMP_PLUG_IN_ERROR, 0, failure.what());
  } catch (const std::bad_alloc &) {
    status = GIMP_PDB_EXECUTION_ERROR;
    error = g_error_new_literal(GIMP_PLUG_IN_ERROR, 0, _("There is not enough memory for this picture; paint a smaller selection of it."));
  } catch (const std::exception &exception) {
    status = GIMP_PDB_EXECUTION_ERROR;
    error = g_error_new_literal(GIMP_PLUG_IN_ERROR, 0, exception.what());
  }
  return gimp_procedure_new_return_values(procedure, status, error);
}

} // namespace plugin
