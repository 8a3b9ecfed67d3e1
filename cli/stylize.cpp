// SPDX-License-Identifier: GPL-3.0-or-later
#include "stylize.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "base/i18n.h"
#include "base/modelsfolder.h"
#include "base/sentence.h"
#include "base/workspace.h"
#include "batch/paint/paint.h"
#include "batch/paint/pictures.h"
#include "console/files.h"
#include "console/progress.h"
#include "console/stop.h"
#include "host/door.h"
#include "plot/losses.h"
#include "plot/svg.h"

namespace cli {
namespace {

using pastiche::sentence;
using pastiche::shown;

// As it can be typed in a shell.
std::string quoted(const std::string &path) {
  const std::unique_ptr<char, decltype(&g_free)> text(g_shell_quote(shown(path).c_str()), g_free);
  return text.get();
}

// “a.png”, “b.png”
std::string names_of(const std::vector<batch::Style> &styles) {
  std::vector<std::string> names;
  for (const batch::Style &style : styles)
    names.push_back(sentence(_("“%s”"), shown(style.picture).c_str()));
  return pastiche::listed(names);
}

// Tells people on standard error, and keeps the losses.
class Narrator : public batch::Onlooker {
public:
  explicit Narrator(const CommandLine &line) : line(line), progress(line.quiet) {}

  void note(const std::vector<std::string> &sentences) override {
    if (!line.quiet)
      for (const std::string &sentence : sentences)
        std::fprintf(stderr, "pastiche: %s\n", sentence.c_str());
  }

  void begin(int width, int height) override {
    stop.emplace();
    if (line.quiet)
      return;
    std::fprintf(stderr,
                 line.styles.size() == 1 ? _("Painting “%s”, %d × %d pixels, in the style of %s.\n")
                                         : _("Painting “%s”, %d × %d pixels, in the styles of %s.\n"),
                 shown(line.content).c_str(), width, height, names_of(line.styles).c_str());
  }

  bool step(const pastiche_step &step) override {
    if (step.scale >= 1 && step.scale <= step.scales) // the first picture and brush-work have none
      losses.push_back(plot::losses_of(step));
    progress.show(step);
    return !stop->stop_asked();
  }

  bool finish(bool) override {
    progress.clear();
    stop->hold();
    return true;
  }

  std::vector<plot::StepLosses> losses;

private:
  const CommandLine &line;
  Progress progress;
  std::optional<StopRequests> stop;
};

// Files that are written besides the picture; empty where none was asked for.
struct Targets {
  std::string report, losses, plot;
};

// Tries whether everything can be written, and that nothing is written over something else: nobody should wait for a picture only to find
// that out.
Targets find_targets(const CommandLine &line) {
  Files files;
  files.read("CONTENT", line.content);
  files.read("--start-image", line.start_image);
  files.read("--start-content", line.start_content);
  files.read("--resume", line.resume);
  files.read("--model", pastiche::model_file(line.options.model, pastiche::core_file().parent_path()));
  for (const batch::Style &style : line.styles) {
    files.read("--style", style.picture);
    files.read("--mask", style.mask);
  }
  const auto find = [&](const char *option, const std::string &path, std::string_view replaceable = "") {
    return path.empty() ? "" : files.write(option, path, replaceable);
  };
  // The photograph may be replaced by its painting, and work that is gone on with is kept where it was.
  find("--output", line.output, "CONTENT");
  find("--checkpoint", line.checkpoint, "--resume");
  if (!line.checkpoint.empty())
    find("--checkpoint", line.checkpoint + ".unfinished", "--resume"); // the name that it has while it is written
  Targets targets;
  targets.report = find("--report", line.report);
  targets.losses = find("--losses", line.losses);
  targets.plot = find("--plot", line.plot);
  return targets;
}

} // namespace

int stylize(const CommandLine &line) {
  const Targets targets = find_targets(line);
  const batch::Gegl gegl;
  Narrator narrator(line);
  const batch::Painted painted = paint(line, narrator);

  if (!targets.report.empty())
    pastiche::write_text(targets.report, painted.report.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  if (!targets.losses.empty())
    pastiche::write_text(targets.losses, plot::losses_as_csv(narrator.losses));
  if (!targets.plot.empty())
    pastiche::write_text(targets.plot, plot::losses_as_svg(narrator.losses));

  if (painted.stopped) {
    std::fprintf(stderr, _("Stopped; “%s” is the best picture so far: %d × %d pixels, %.1f seconds.\n"), shown(line.output).c_str(),
                 painted.width, painted.height, painted.seconds);
    // Stopped during the first picture, there is none yet: it is painted anew in no time.
    if (std::error_code ignored; !line.checkpoint.empty() && std::filesystem::exists(line.checkpoint, ignored))
      // Translators: %s is a file's name in quotes.
      std::fprintf(stderr, _("To finish it, give the same command and go on with --resume %s\n"), quoted(line.checkpoint).c_str());
    return 130;
  }
  if (!line.quiet)
    std::printf(_("“%s” is painted: %d × %d pixels, %.1f seconds.\n"), shown(line.output).c_str(), painted.width, painted.height,
                painted.seconds);
  return 0;
}

} // namespace cli
