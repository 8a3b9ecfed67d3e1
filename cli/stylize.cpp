// SPDX-License-Identifier: GPL-3.0-or-later
#include "stylize.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

#include "core/door.h"
#include "core/i18n.h"
#include "progress.h"
#include "raster/destination.h"
#include "raster/error.h"
#include "raster/picture.h"
#include "raster/sentence.h"
#include "raster/workspace.h"
#include "stop.h"

namespace cli {
namespace {

using Json = nlohmann::ordered_json;
using raster::sentence;
using raster::shown;

void warn(const std::vector<std::string> &notes, bool quiet) {
  if (!quiet)
    for (const std::string &note : notes)
      std::fprintf(stderr, "pastiche: %s\n", note.c_str());
}

// The core shows the network a style of the content's area, times the style scale; twice that side leaves its filter enough to
// work with, and a style straight from a camera does not fill the memory.
int longest_style_side(const raster::Pixels &content, double style_scale) {
  const int side = std::max({content.width, content.height, 256});
  return static_cast<int>(std::lround(2 * side * std::max(1.0, style_scale)));
}

// GEGL, from its start to its end, which removes what it may have swapped to disk.
struct Gegl {
  Gegl() { gegl_init(nullptr, nullptr); }
  ~Gegl() { gegl_exit(); }
};

struct Painting {
  const StopRequests &stop;
  Progress &progress;
};

int on_step(const pastiche_step *step, void *user) {
  const auto *painting = static_cast<const Painting *>(user);
  painting->progress.show(*step);
  return painting->stop.stop_asked();
}

Json options_as_json(const pastiche_options &options) {
  Json json;
  for (const pastiche::Option &option : pastiche::option_table())
    std::visit(pastiche::Overloaded{
                   [&](const pastiche::ChoiceOption &) { json[option.name] = value_of(option, options); },
                   [&](const auto &kind) { json[option.name] = options.*kind.field; },
               },
               option.kind);
  return json;
}

void write_report(const std::string &target, const Json &report) {
  raster::Workspace workspace(target);
  errno = 0;
  std::ofstream file(workspace.file());
  file << report.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  file.close();
  if (file.fail())
    throw Failure(sentence(_("“%s” cannot be written: %s."), shown(target).c_str(), std::strerror(errno)));
  workspace.publish();
}

} // namespace

int stylize(CommandLine line) {
  const auto start = std::chrono::steady_clock::now();

  // What can go wrong at the end is tried first: nobody should wait for a picture that cannot be written.
  const raster::Destination destination(line.output);
  std::string report_target;
  if (!line.report.empty()) {
    report_target = raster::target_of(line.report);
    if (report_target == raster::target_of(line.output))
      throw UsageError(_("--report and --output are the same file."));
    const raster::Workspace probe(report_target);
  }

  const Gegl gegl;
  raster::Picture content = raster::load(line.content, line.options.size);
  destination.check_size(content.pixels.width, content.pixels.height);
  const raster::Picture style = raster::load(line.style, longest_style_side(content.pixels, line.options.style_scale));
  warn(content.notes, line.quiet);
  warn(style.notes, line.quiet);

  std::string fault;
  const pastiche::Core *core = pastiche::open_core(fault);
  if (!core)
    throw Failure(fault);

  if (!line.quiet)
    std::fprintf(stderr, _("Painting “%s”, %d × %d pixels, in the style of “%s”.\n"), shown(line.content).c_str(), content.pixels.width,
                 content.pixels.height, shown(line.style).c_str());

  StopRequests stop;
  Progress progress(line.quiet);
  Painting painting{stop, progress};
  const pastiche_image style_view = style.pixels.view();
  pastiche_job job{};
  job.struct_size = sizeof job;
  job.content = content.pixels.view();
  job.styles = &style_view;
  job.style_count = 1;
  job.options = line.options;
  job.options.size = 0; // the content was read at the size it is painted at
  job.on_step = on_step;
  job.user = &painting;

  pastiche_error error{};
  pastiche_result *result = nullptr;
  const pastiche_status status = core->run(&job, &result, &error);
  const std::unique_ptr<pastiche_result, decltype(core->result_free)> owner(result, core->result_free);
  progress.clear();
  if (status < 0)
    throw Failure(error.message);

  stop.hold();
  const pastiche_image painted = core->result_image(result);
  raster::Pixels pixels{painted.width, painted.height, {painted.rgba, painted.rgba + size_t{4} * painted.width * painted.height}};
  // A gray photograph painted in its own colours is gray; in the style's it has become a colour picture.
  const bool gray = line.options.color == PASTICHE_COLOR_CONTENT && babl_format_get_n_components(content.format) <= 2;
  warn(destination.save(pixels, content, gray), line.quiet);

  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!report_target.empty()) {
    Json report{
        {"pastiche", PASTICHE_VERSION}, {"content", line.content},  {"style", line.style},      {"output", line.output},
        {"width", painted.width},       {"height", painted.height}, {"total_seconds", seconds}, {"options", options_as_json(line.options)}};
    report.update(Json::parse(core->result_report(result)));
    write_report(report_target, report);
  }

  if (status == PASTICHE_STOPPED) {
    std::fprintf(stderr, _("Stopped; “%s” is the best picture so far: %d × %d pixels, %.1f seconds.\n"), shown(line.output).c_str(),
                 painted.width, painted.height, seconds);
    return 130;
  }
  if (!line.quiet)
    std::printf(_("“%s” is painted: %d × %d pixels, %.1f seconds.\n"), shown(line.output).c_str(), painted.width, painted.height, seconds);
  return 0;
}

} // namespace cli
