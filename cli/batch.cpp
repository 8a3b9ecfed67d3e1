// SPDX-License-Identifier: GPL-3.0-or-later
#include "batch/batch.h"

#include <algorithm>

#include "base/i18n.h"
#include "base/number.h"
#include "base/sentence.h"
#include "cli/help/optionentries.h"
#include "commands.h"
#include "console/usageerror.h"
#include "paintingline.h"

namespace cli {
namespace {

using pastiche::sentence;

HelpPage page() {
  return {
      .command = "batch",
      .usage = _("Usage: pastiche batch PICTURE… | --manifest FILE --style STYLE… --output-dir FOLDER [OPTION…]"),
      .blocks =
          {
              Paragraph{_(
                  "Repaints many pictures, several at a time. One that fails is told, and the others go on. The same command again paints "
                  "only what is not there yet, failed, or has other pictures or options now: so a batch goes on after it was interrupted, "
                  "however that was. A result replaces a file of its name that was there before, but never a picture that the batch "
                  "reads.")},
              Entry{"PICTURE", _("A file, a folder, or a pattern in quotes such as 'photos/*.jpg'."), files()},
              Entry{"-s, --style STYLE", _("As in “pastiche stylize”: several are mixed, with --weight, --mask and --style-crop."),
                    files()},
              Entry{"--each", _("Paints every picture once in each of the styles instead.")},
              Entry{"--manifest FILE",
                    _("A list of the pictures: a CSV file whose first line names the columns, a JSON list of objects, or a JSONL file. "
                      "Each may "
                      "have "
                      "content, output, style, weight, mask, style-crop, preset, start-image, start-content and every option from the list "
                      "of "
                      "“pastiche stylize "
                      "--help” by "
                      "its "
                      "name; what it does not have is as on the command line. Several styles are several columns of that name, or a JSON "
                      "list."),
                    files()},
              Entry{"-r, --recursive", _("Also takes the pictures in the folders below, and makes the same folders for the results.")},
              Entry{"-o, --output-dir FOLDER", _("Where the results go; it is made when it is missing."), folders()},
              Entry{"--name PATTERN",
                    _("The results' names without their ending; {picture} and {style} stand for the names of the two files without theirs, "
                      "{ending} for the picture's, {folder} for the name of the folder that the picture lies in. A / makes folders. By "
                      "default {picture}, with --each {picture}-{style}.")},
              Entry{"--format WORD", _("The results' ending, which tells the kind of file: png, jpg, tif, webp or exr. By default that of "
                                       "the picture, or png.")},
              Entry{"--report FILE.jsonl",
                    _("Gets a JSON object in a line for every picture. By default pastiche-batch.jsonl among the results. It is what tells "
                      "the "
                      "next batch "
                      "what is done."),
                    files()},
              Entry{"--sequence", _("The pictures of each folder are the frames of a video, in the order of their names: every one starts "
                                    "from the result of "
                                    "the one "
                                    "before, so that what stands still does not flicker.")},
              Entry{"--jobs NUMBER", _("How many are painted at a time. By default as many as there are cores and memory for.")},
              Entry{"--shard I/N", _("Paints only part I of N, for several machines that have the same command and folders. “slurm” stands "
                                     "for the numbers of a "
                                     "Slurm job array.")},
              quiet_entry(),
              help_entry(),
              Paragraph{_("All options of “pastiche stylize --help” from its lists, --preset, --start-image and --start-content can be "
                          "given and count for every "
                          "picture.")},
              Paragraph{_("Ctrl-C ends it after the step at hand; pictures that are not finished are not written. A second Ctrl-C ends it "
                          "at once.")},
              Paragraph{_("Exit status: 0 all are painted, 1 some failed, 2 wrong usage, 130 stopped.")},
          },
      .options_of = "stylize"};
}

std::vector<Form> forms() {
  std::vector<Form> forms = painting_forms();
  forms.insert(forms.end(), {{"-r,--recursive", false},
                             {"--each", false},
                             {"--sequence", false},
                             {"--manifest"},
                             {"-o,--output-dir"},
                             {"--name"},
                             {"--format"},
                             {"--report"},
                             {"--jobs"},
                             {"--shard"},
                             {"--start-image"},
                             {"--start-content"}});
  return forms;
}

batch::Settings settings_of(const Typed &typed) {
  constexpr int most_jobs = 1024;
  batch::Settings batch;
  batch.inputs = typed.words;
  batch.recursive = typed.has("recursive");
  batch.each = typed.has("each");
  batch.sequence = typed.has("sequence");
  const auto value_of = [&](const char *option) {
    const auto value = typed.value_of(option);
    if (value && value->empty())
      throw UsageError(sentence(_("--%s needs a value."), option));
    return value.value_or("");
  };
  batch.manifest = value_of("manifest");
  batch.folder = value_of("output-dir");
  batch.name = value_of("name");
  batch.format = value_of("format");
  batch.report = value_of("report");
  if (const std::string jobs = value_of("jobs"); !jobs.empty()) {
    const auto number = pastiche::number_in<int>(jobs);
    if (!number || *number < 1 || *number > most_jobs)
      throw UsageError(sentence(_("--%s takes a whole number from %d to %d, not “%s”."), "jobs", 1, most_jobs, jobs.c_str()));
    batch.jobs = *number;
  }
  if (const std::string shard = value_of("shard"); !shard.empty())
    batch::set_shard(shard, batch);
  std::ranges::copy_if(typed.arguments, std::back_inserter(batch.arguments),
                       [](const batch::Argument &argument) { return batch::is_of_a_picture(argument.name); });
  if (batch.each && batch.name.empty())
    batch.name = "{picture}-{style}";
  if (batch.inputs.empty() == batch.manifest.empty())
    throw UsageError(batch.inputs.empty() ? _("Give the pictures to paint, or --manifest; see “pastiche batch --help”.")
                                          : _("Give either pictures or --manifest, not both."));
  if (batch.folder.empty())
    throw UsageError(sentence(_("%s is missing; see “pastiche %s --help”."), "--output-dir", batch_command.name));
  if (batch.sequence && !batch.manifest.empty())
    throw UsageError(_("--sequence takes the folder of the frames, not a --manifest."));
  if (batch.sequence && (typed.has("start-image") || typed.has("start-content")))
    throw UsageError(_("--sequence starts every frame from the one before, so that --start-image and --start-content cannot be given."));
  return batch;
}

int run(const Typed &typed) { return batch::paint_all(settings_of(typed), typed.has("quiet")); }

} // namespace

const Command batch_command{
    .name = "batch",
    .summary = N_("Paints many pictures, or a video's frames; see “pastiche batch --help”."),
    .page = page,
    .usage = {.words = Usage::Words::any, .word = "PICTURE", .forms = forms, .run = run},
};

} // namespace cli
