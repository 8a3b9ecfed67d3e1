// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <memory>

#include <nlohmann/json.hpp>

#include "base/i18n.h"
#include "base/sentence.h"
#include "batch/paint/estimate.h"
#include "batch/paint/pictures.h"
#include "cli/help/optionentries.h"
#include "commands.h"
#include "console/progress.h"
#include "paintingline.h"

namespace cli {
namespace {

using pastiche::shown;

// "1.5 GiB", in the user's language.
std::string readable(int64_t bytes) {
  const std::unique_ptr<char, decltype(&g_free)> text(g_format_size_full(static_cast<guint64>(bytes), G_FORMAT_SIZE_IEC_UNITS), g_free);
  return text.get();
}

void tell_as_json(const pastiche_estimate &estimate) {
  const nlohmann::ordered_json json{
      {"width", estimate.width},
      {"height", estimate.height},
      {"scales", estimate.scales},
      {"seconds", estimate.seconds},
      {"peak_bytes", estimate.peak_bytes},
      {"limit_bytes", estimate.limit_bytes},
      {"least_bytes", estimate.least_bytes},
      {"tiles", estimate.tiles},
      {"tile_width", estimate.tile_width},
      {"tile_height", estimate.tile_height},
  };
  std::printf("%s\n", json.dump(2).c_str());
}

void tell(const std::string &content, const pastiche_estimate &estimate) {
  std::printf(_("“%s” would be painted at %d × %d pixels.\n"), shown(content).c_str(), estimate.width, estimate.height);
  // Translators: minutes and seconds as on a clock, then all in seconds.
  std::printf(_("Time: about %s (%.0f seconds).\n"), clock_time(estimate.seconds).c_str(), estimate.seconds);
  std::printf(_("Memory: about %s of the %s that may be used; at least %s is needed.\n"), readable(estimate.peak_bytes).c_str(),
              readable(estimate.limit_bytes).c_str(), readable(estimate.least_bytes).c_str());
  if (estimate.tiles > 1)
    std::printf(_("Tiles: %d, the largest of %d × %d pixels.\n"), estimate.tiles, estimate.tile_width, estimate.tile_height);
  else
    std::printf("%s\n", _("Tiles: none, the picture is worked on whole."));
}

HelpPage page() {
  return {.command = "estimate",
          .usage = _("Usage: pastiche estimate CONTENT --style STYLE [--json] [OPTION…]"),
          .blocks =
              {
                  Paragraph{_(
                      "Tells what “pastiche stylize” would take with the same options, after one or two seconds and without painting: the "
                      "size that is painted at, the seconds, the memory and its limit, and the tiles that the picture is worked "
                      "on in. Nothing is written. When the limit is too small for the picture, that is an error.")},
                  Entry{"--json", _("Prints one JSON object instead of sentences: sizes in pixels, memory in bytes.")},
                  help_entry(),
                  Paragraph{_("All other options are those of “pastiche stylize --help”.")},
              },
          .options_of = "stylize"};
}

std::vector<Form> forms() {
  std::vector<Form> forms = painting_and_file_forms();
  forms.push_back({"--json", false});
  return forms;
}

int run(const Typed &typed) {
  PaintingLine line;
  set(line, typed);
  const batch::Gegl gegl;
  const pastiche_estimate estimate = batch::estimate_of(line, false);
  if (typed.has("json"))
    tell_as_json(estimate);
  else
    tell(line.content, estimate);
  return 0;
}

} // namespace

const Command estimate_command{
    .name = "estimate",
    .summary = N_("Tells beforehand what painting a picture will take; see “pastiche estimate --help”."),
    .page = page,
    .usage = {.words = Usage::Words::one, .word = "CONTENT", .forms = forms, .run = run},
};

} // namespace cli
