// SPDX-License-Identifier: GPL-3.0-or-later
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
#include "cli/help/optionentries.h"
#include "commands.h"
#include "console/files.h"
#include "console/progress.h"
#include "console/stop.h"
#include "host/door.h"
#include "paintingline.h"
#include "plot/losses.h"
#include "plot/svg.h"

namespace cli {
namespace {

using pastiche::sentence;
using pastiche::shown;

// As it can be typed in a shell.
std::string typable(const std::string &path) {
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
  explicit Narrator(const PaintingLine &line) : line(line), progress(line.quiet) {}

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
  const PaintingLine &line;
  Progress progress;
  std::optional<StopRequests> stop;
};

// Files that are written besides the picture; empty where none was asked for.
struct Targets {
  std::string report, losses, plot;
};

// Tries whether everything can be written, and that nothing is written over something else: nobody should wait for a picture only to find
// that out.
Targets find_targets(const PaintingLine &line) {
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

HelpPage page() {
  HelpPage page{
      .command = "stylize",
      .usage = _("Usage: pastiche stylize CONTENT --style STYLE [--weight NUMBER] [--mask MASK] [--style-crop X,Y,WIDTH,HEIGHT] [--style "
                 "STYLE…] --output OUT "
                 "[OPTION…]"),
      .blocks = {
          Paragraph{_("Repaints the photograph CONTENT in the style of the picture STYLE and writes the result to OUT. Pictures are read "
                      "from PNG, "
                      "JPEG, TIFF, WebP, OpenEXR, GIF, PGM and PPM files.")},
          Entry{"CONTENT", _("The photograph; it is not changed unless OUT is the same file."), files()},
          Entry{"-s, --style STYLE",
                sentence(_("The picture whose brush-work and colours are taken. Up to %d can be given; they are mixed, or each is painted "
                           "where its mask says."),
                         PASTICHE_STYLES),
                files()},
          Entry{"--weight NUMBER",
                _("How much the style before it counts beside the others. From 0 to 1000, by default 1; only what they are to each other "
                  "counts.")},
          Entry{"--mask MASK",
                _("A picture that says where the style before it is painted: white all of it, black and transparent nothing, gray in "
                  "between. It is fitted to CONTENT. By default everywhere."),
                files()},
          Entry{"--style-crop X,Y,WIDTH,HEIGHT",
                _("The part of the style before it that is used, in pixels of the picture as it is seen, from its upper left corner. By "
                  "default all of it but for the plain border that a scan may have.")},
          Entry{"-o, --output OUT",
                _("Where the result goes; its ending tells the kind of file: .png, .jpg, .tif, .webp or .exr. Colour profile, depth, "
                  "transparency and EXIF data are those of CONTENT as far as that kind of file has them."),
                files()},
          Heading{_("Options:")},
      }};
  add_options(false, page);
  page.blocks.insert(page.blocks.end(), {preset_entry(), Heading{_("Presets:")}});
  add_presets(page);
  page.blocks.push_back(Heading{_("Options for experts:")});
  add_options(true, page);
  page.blocks.insert(
      page.blocks.end(),
      {
          Entry{"--start-image FILE",
                _("The picture that the painting grows from, instead of --start. It is fitted to CONTENT. Where it is "
                  "transparent, the painting grows from CONTENT."),
                files()},
          Entry{"--start-content FILE",
                _("What the start image was painted from, such as the frame of a video before CONTENT: the start image is "
                  "moved along with what has moved since."),
                files()},
          Heading{_("Long work:")},
          Entry{"--checkpoint FILE", _("Keeps the unfinished work in FILE, every minute and when it is stopped."), files()},
          Entry{"--resume FILE",
                _("Goes on from the FILE that --checkpoint wrote. Everything else must be as it was; both may name the same file."),
                files()},
          Heading{_("Messages:")},
          Entry{"--report FILE.json", _("Writes what was done: the options, the seconds, the memory, and the losses at each scale."),
                files()},
          Entry{"--losses FILE.csv", _("Writes every loss at every step as a table."), files()},
          Entry{"--plot FILE.svg", _("Draws the losses over the steps as a picture."), files()},
          quiet_entry(),
          help_entry(),
          Paragraph{_("Ctrl-C stops after the step at hand and writes the best picture so far; a second Ctrl-C ends at once and writes "
                      "nothing.")},
          Paragraph{_("Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped.")},
      });
  return page;
}

int run(const Typed &typed) {
  PaintingLine line;
  set(line, typed);
  batch::require_file(line.output, "--output");
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
      std::fprintf(stderr, _("To finish it, give the same command and go on with --resume %s\n"), typable(line.checkpoint).c_str());
    return 130;
  }
  if (!line.quiet)
    std::printf(_("“%s” is painted: %d × %d pixels, %.1f seconds.\n"), shown(line.output).c_str(), painted.width, painted.height,
                painted.seconds);
  return 0;
}

} // namespace

const Command stylize_command{
    .name = "stylize",
    .summary = N_("Paints a picture; “pastiche stylize --help” shows all its options."),
    .page = page,
    .usage = {.words = Usage::Words::one, .word = "CONTENT", .forms = painting_and_file_forms, .run = run},
};

} // namespace cli
