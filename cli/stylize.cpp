// SPDX-License-Identifier: GPL-3.0-or-later
#include "stylize.h"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>

#include <nlohmann/json.hpp>

#include "core/door.h"
#include "core/i18n.h"
#include "failure.h"
#include "job.h"
#include "pictures.h"
#include "plot/losses.h"
#include "plot/svg.h"
#include "progress.h"
#include "raster/destination.h"
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

// As it can be typed in a shell.
std::string quoted(const std::string &path) {
  const std::unique_ptr<char, decltype(&g_free)> text(g_shell_quote(shown(path).c_str()), g_free);
  return text.get();
}

struct Painting {
  const StopRequests &stop;
  Progress &progress;
  Pictures &pictures;
  std::vector<plot::StepLosses> losses;
};

int on_step(const pastiche_step *step, void *user) {
  auto *painting = static_cast<Painting *>(user);
  painting->pictures.drop_others(); // the core has copied them by now
  painting->losses.push_back({step->scale, step->step, step->width, step->height, step->seconds, step->content_loss, step->style_loss,
                              step->feature_loss, step->laplacian_loss, step->tv_loss, step->total_loss});
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

Json styles_as_json(const std::vector<Style> &styles) {
  Json list = Json::array();
  for (const Style &style : styles) {
    Json json{{"file", style.picture}, {"weight", style.weight}};
    if (!style.mask.empty())
      json["mask"] = style.mask;
    list.push_back(json);
  }
  return list;
}

// “a.png”, “b.png”
std::string names_of(const std::vector<Style> &styles) {
  std::string names;
  for (const Style &style : styles)
    names += (names.empty() ? "" : ", ") + sentence(_("“%s”"), shown(style.picture).c_str());
  return names;
}

// Files that are written besides the picture; empty where none was asked for.
struct Targets {
  std::string report, losses, plot;
};

// Tries whether everything can be written, and that nothing is written over something else: nobody should wait for a picture only to
// find that out.
Targets find_targets(const CommandLine &line) {
  struct File {
    const char *option;
    std::string target;
  };
  std::vector<File> files;
  const auto find = [&](const char *option, const std::string &path) -> std::string {
    if (path.empty())
      return {};
    const std::string target = raster::target_of(path);
    for (const File &file : files)
      if (file.target == target)
        throw UsageError(sentence(_("%s and %s are the same file."), option, file.option));
    files.push_back({option, target});
    const raster::Workspace probe(target);
    return target;
  };
  find("--output", line.output);
  find("--checkpoint", line.checkpoint);
  Targets targets;
  targets.report = find("--report", line.report);
  targets.losses = find("--losses", line.losses);
  targets.plot = find("--plot", line.plot);
  return targets;
}

void write_text(const std::string &target, const std::string &text) {
  raster::Workspace workspace(target);
  errno = 0;
  std::ofstream file(workspace.file());
  file << text;
  file.close();
  if (file.fail())
    throw Failure(sentence(_("“%s” cannot be written: %s."), shown(target).c_str(), std::strerror(errno)));
  workspace.publish();
}

} // namespace

int stylize(const CommandLine &line) {
  const auto start = std::chrono::steady_clock::now();
  const raster::Destination destination(line.output);
  const Targets targets = find_targets(line);

  const Gegl gegl;
  Pictures pictures(line, Pictures::Extent::whole);
  raster::Picture &content = pictures.content;
  destination.check_size(content.pixels.width, content.pixels.height);
  warn(pictures.notes, line.quiet);

  std::string fault;
  const pastiche::Core *core = pastiche::open_core(fault);
  if (!core)
    throw Failure(fault);

  if (!line.quiet) {
    const std::string names = names_of(line.styles);
    std::fprintf(stderr,
                 line.styles.size() == 1 ? _("Painting “%s”, %d × %d pixels, in the style of %s.\n")
                                         : _("Painting “%s”, %d × %d pixels, in the styles of %s.\n"),
                 shown(line.content).c_str(), content.pixels.width, content.pixels.height, names.c_str());
  }

  StopRequests stop;
  Progress progress(line.quiet);
  Painting painting{stop, progress, pictures, {}};
  Job work(line, pictures);
  work.job.on_step = on_step;
  work.job.user = &painting;

  pastiche_error error{};
  pastiche_result *result = nullptr;
  const pastiche_status status = core->run(&work.job, &result, &error);
  const std::unique_ptr<pastiche_result, decltype(core->result_free)> owner(result, core->result_free);
  progress.clear();
  if (status < 0)
    throw Failure(error.message);

  stop.hold();
  pictures.drop_content();
  const Json told = Json::parse(core->result_report(result));
  warn(told.value("notes", std::vector<std::string>()), line.quiet);
  const pastiche_image painted = core->result_image(result);
  // A gray photograph painted in its own colours is gray; in the style's it has become a colour picture.
  const bool gray = line.options.color == PASTICHE_COLOR_CONTENT && babl_format_get_n_components(content.format) <= 2;
  warn(destination.save(painted, content, gray), line.quiet);

  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!targets.report.empty()) {
    Json report{{"pastiche", PASTICHE_VERSION}, {"content", line.content}, {"styles", styles_as_json(line.styles)}};
    if (!line.start_image.empty())
      report["start_image"] = line.start_image;
    if (!line.resume.empty())
      report["resume"] = line.resume;
    report.update(Json{{"output", line.output},
                       {"width", painted.width},
                       {"height", painted.height},
                       {"total_seconds", seconds},
                       {"options", options_as_json(line.options)}});
    report.update(told);
    write_text(targets.report, report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  }
  if (!targets.losses.empty())
    write_text(targets.losses, plot::losses_as_csv(painting.losses));
  if (!targets.plot.empty())
    write_text(targets.plot, plot::losses_as_svg(painting.losses));

  if (status == PASTICHE_STOPPED) {
    std::fprintf(stderr, _("Stopped; “%s” is the best picture so far: %d × %d pixels, %.1f seconds.\n"), shown(line.output).c_str(),
                 painted.width, painted.height, seconds);
    if (!line.checkpoint.empty())
      // Translators: %s is a file's name in quotes.
      std::fprintf(stderr, _("To finish it, give the same command and go on with --resume %s\n"), quoted(line.checkpoint).c_str());
    return 130;
  }
  if (!line.quiet)
    std::printf(_("“%s” is painted: %d × %d pixels, %.1f seconds.\n"), shown(line.output).c_str(), painted.width, painted.height, seconds);
  return 0;
}

} // namespace cli
