// SPDX-License-Identifier: GPL-3.0-or-later
#include "help.h"

#include <algorithm>
#include <string_view>

#include "base/i18n.h"
#include "base/sentence.h"
#include "cli/commandline.h"
#include "cli/explain/explain.h"
#include "host/options.h"

namespace cli {
namespace {

using pastiche::sentence;

// What stands for the value.
const char *placeholder(const pastiche::Option &option) {
  const std::string_view name = option.name;
  if (name == "size")
    return _("PIXELS");
  if (name == "memory")
    return _("MEMORY");
  if (name.ends_with("-layers"))
    return _("LAYERS");
  return std::visit(pastiche::Overloaded{
                        [](const pastiche::IntegerOption &) { return _("NUMBER"); },
                        [](const pastiche::NumberOption &) { return _("NUMBER"); },
                        [](const pastiche::ChoiceOption &) { return _("WORD"); },
                        [](const pastiche::TextOption &) { return _("NAME"); },
                    },
                    option.kind);
}

const char *description(const pastiche::Option &option) {
  // The command line reads pictures itself, so that here the size is also that of the result.
  if (std::string_view(option.name) == "size")
    return _("Longest side of the result in pixels: a larger photograph is reduced to it before it is painted, a smaller one keeps "
             "its size. 0 paints every pixel of any photograph. Time and memory grow with the square of it");
  if (std::string_view(option.name) == "memory")
    return _("Memory that may be used in all, in MiB or with a unit, such as 900M or 4G; where it is short, the picture is worked on in "
             "tiles. 0 "
             "uses what is free");
  return _(option.description);
}

std::string range(const pastiche::Option &option) {
  pastiche_options defaults;
  pastiche::set_defaults(defaults);
  const std::string standard = batch::value_of(option, defaults);
  return std::visit(
      pastiche::Overloaded{
          [&](const pastiche::IntegerOption &kind) {
            return sentence(_("From %d to %d, by default %s."), kind.minimum, kind.maximum, standard.c_str());
          },
          [&](const pastiche::NumberOption &kind) {
            return sentence(_("From %g to %g, by default %s."), kind.minimum, kind.maximum, standard.c_str());
          },
          [&](const pastiche::ChoiceOption &kind) {
            return sentence(_("One of %s; by default %s."), batch::names_of(kind).c_str(), standard.c_str());
          },
          [&](const pastiche::TextOption &) { return standard.empty() ? std::string() : sentence(_("By default %s."), standard.c_str()); },
      },
      option.kind);
}

std::string explanation(const pastiche::Option &option) {
  const std::string values = range(option);
  // Translators: what an option does, as a sentence, and its range and default as another.
  return values.empty() ? sentence(_("%s."), description(option)) : sentence(_("%s. %s"), description(option), values.c_str());
}

Values values(const pastiche::Option &option) {
  if (std::string_view(option.name) == "model")
    return files();
  Values values;
  if (const auto *kind = std::get_if<pastiche::ChoiceOption>(&option.kind)) {
    values.kind = Values::Kind::words;
    for (const pastiche::Choice &choice : kind->choices)
      values.words.emplace_back(choice.name);
  }
  return values;
}

void add_options(bool expert, HelpPage &page) {
  for (const pastiche::Option &option : pastiche::option_table())
    if (option.expert == expert)
      page.blocks.push_back(Entry{sentence("--%s %s", option.name, placeholder(option)), explanation(option), values(option)});
}

Entry preset_option() {
  Values values{.kind = Values::Kind::words, .words = {}};
  for (const pastiche::Preset &preset : pastiche::presets())
    values.words.emplace_back(preset.name);
  return {"--preset NAME", _("A set of options, from the list below. Options that are given too override it, wherever they stand."),
          values};
}

void add_presets(HelpPage &page) {
  for (const pastiche::Preset &preset : pastiche::presets())
    page.blocks.push_back(Entry{preset.name, sentence(_("%s."), _(preset.description))});
}

Entry help_option() { return {"-h, --help", _("Shows this help.")}; }

} // namespace

HelpPage general_page() {
  return {
      .command = "",
      .usage = _("Usage: pastiche stylize CONTENT --style STYLE --output OUT [OPTION…]"),
      .blocks = {
          Paragraph{_("Repaints a photograph in the style of one or more other pictures.")},
          Entry{"pastiche stylize", _("Paints a picture; “pastiche stylize --help” shows all its options.")},
          Entry{"pastiche batch", _("Paints many pictures, or a video's frames; see “pastiche batch --help”.")},
          Entry{"pastiche estimate", _("Tells beforehand what painting a picture will take; see “pastiche estimate --help”.")},
          Entry{"pastiche info", _("Tells how the layers of a GIMP file were painted; see “pastiche info --help”.")},
          Entry{"pastiche explain", _("Shows in pictures how a painting comes about; see “pastiche explain --help”.")},
          Entry{"pastiche models", _("Lists, fetches, imports, checks and removes networks such as VGG-19; see “pastiche models --help”.")},
          Entry{"pastiche styles", _("Searches museums for styles, fetches, lists and removes them; see “pastiche styles --help”.")},
          Entry{"pastiche doctor", _("Tells what is missing or slow on this machine, and what to type; see “pastiche doctor --help”.")},
          Entry{"--version", _("Shows the versions of Pastiche and of its painting engine, and what the engine runs on.")},
          Entry{"-h, --help", _("Shows this help.")},
      }};
}

HelpPage stylize_page() {
  HelpPage page{
      .command = "stylize",
      .usage = _("Usage: pastiche stylize CONTENT --style STYLE [--weight NUMBER] [--mask MASK] [--style STYLE…] --output OUT "
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
          Entry{"-o, --output OUT",
                _("Where the result goes; its ending tells the kind of file: .png, .jpg, .tif, .webp or .exr. Colour profile, depth, "
                  "transparency and EXIF data are those of CONTENT as far as that kind of file has them."),
                files()},
          Heading{_("Options:")},
      }};
  add_options(false, page);
  page.blocks.insert(page.blocks.end(), {preset_option(), Heading{_("Presets:")}});
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
          Entry{"-q, --quiet", _("Says nothing unless something goes wrong.")},
          help_option(),
          Paragraph{_("Ctrl-C stops after the step at hand and writes the best picture so far; a second Ctrl-C ends at once and writes "
                      "nothing.")},
          Paragraph{_("Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped.")},
      });
  return page;
}

HelpPage batch_page() {
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
              Entry{"-s, --style STYLE", _("As in “pastiche stylize”: several are mixed, with --weight and --mask."), files()},
              Entry{"--each", _("Paints every picture once in each of the styles instead.")},
              Entry{"--manifest FILE",
                    _("A list of the pictures: a CSV file whose first line names the columns, a JSON list of objects, or a JSONL file. "
                      "Each may "
                      "have "
                      "content, output, style, weight, mask, preset, start-image, start-content and every option from the list of "
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
              Entry{"-q, --quiet", _("Says nothing unless something goes wrong.")},
              help_option(),
              Paragraph{_("All options of “pastiche stylize --help” from its lists, --preset, --start-image and --start-content can be "
                          "given and count for every "
                          "picture.")},
              Paragraph{_("Ctrl-C ends it after the step at hand; pictures that are not finished are not written. A second Ctrl-C ends it "
                          "at once.")},
              Paragraph{_("Exit status: 0 all are painted, 1 some failed, 2 wrong usage, 130 stopped.")},
          },
      .options_of = "stylize"};
}

HelpPage estimate_page() {
  return {.command = "estimate",
          .usage = _("Usage: pastiche estimate CONTENT --style STYLE [--json] [OPTION…]"),
          .blocks =
              {
                  Paragraph{_("Tells what “pastiche stylize” would take with the same options, after a second and without painting: the "
                              "size that is painted at, the seconds, the memory and its limit, and the tiles that the picture is worked "
                              "on in. Nothing is written. When the limit is too small for the picture, that is an error.")},
                  Entry{"--json", _("Prints one JSON object instead of sentences: sizes in pixels, memory in bytes.")},
                  help_option(),
                  Paragraph{_("All other options are those of “pastiche stylize --help”.")},
              },
          .options_of = "stylize"};
}

HelpPage info_page() {
  return {.command = "info",
          .usage = _("Usage: pastiche info FILE.xcf [--json]"),
          .blocks = {
              Paragraph{_("Tells how the layers of a file that GIMP saved were painted by Pastiche: the version, the date, the model and "
                          "its SHA-256, the styles, and every argument of the filter with its value.")},
              Entry{"FILE.xcf", _("The file that GIMP saved."), files()},
              Entry{"--json", _("Prints one JSON object instead of lines.")},
              help_option(),
          }};
}

HelpPage models_page() {
  return {
      .command = "models",
      .usage = _("Usage: pastiche models list | fetch NAME | import FILE | verify [NAME] | remove NAME"),
      .blocks = {
          Paragraph{_("Looks after the networks that --model can name beside the built-in one. They are kept in "
                      "$XDG_DATA_HOME/pastiche/models, by default ~/.local/share/pastiche/models.")},
          Entry{"list", _("Shows the models that are installed, and those that can be fetched."), words({"list"})},
          Entry{"fetch NAME",
                _("Fetches vgg16 or vgg19, as published by torchvision, from huggingface.co: only the parts that are needed, 59 or 80 MB. "
                  "A fetch that was stopped or cut off goes on where it was. Proxies are taken from the environment (https_proxy), and "
                  "so are certificates to trust in place of the system's (CURL_CA_BUNDLE)."),
                words({"fetch"})},
          Entry{"  --whole", _("Fetches the whole file, 553 or 575 MB, and compares its SHA-256 with the published one.")},
          Entry{"  --url URL", _("Fetches from a copy of the file elsewhere; https:// only, except from this computer.")},
          Entry{"  --timeout SECONDS", _("Gives up a server that is silent for so long, after some tries. From 1 to 3600, by default 30.")},
          Entry{
              "import FILE",
              _("Installs a VGG-16 or VGG-19 from a file: safetensors, or what PyTorch saves (.pth), with torchvision's names. Nothing in "
                "the "
                "file is executed."),
              Values{.kind = Values::Kind::files, .words = {"import"}}},
          Entry{"  --name NAME", _("What the model will be called; by default vgg16 or vgg19.")},
          Entry{"verify [NAME]", _("Compares a model, or all of them, with the SHA-256 that was noted when it was installed."),
                words({"verify"})},
          Entry{"remove NAME", _("Takes a model away."), words({"remove"})},
          Entry{"-q, --quiet", _("Says nothing unless something goes wrong.")},
          help_option(),
          Paragraph{_("Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped.")},
      }};
}

HelpPage styles_page() {
  return {
      .command = "styles",
      .usage = _("Usage: pastiche styles search WORDS | fetch ID | list | remove ID"),
      .blocks = {
          Paragraph{_("Looks for works in the public domain in the collections of museums, and keeps those that you choose in "
                      "$XDG_DATA_HOME/pastiche/styles, by default ~/.local/share/pastiche/styles, where GIMP's dialog shows them too. Only "
                      "“search” and “fetch” ask anything of a network, and say whom.")},
          Entry{"search WORDS",
                _("Asks the Art Institute of Chicago (api.artic.edu) and The Metropolitan Museum of Art (collectionapi.metmuseum.org) for "
                  "works, and shows their IDs. Proxies are taken from the environment (https_proxy)."),
                words({"search"})},
          Entry{"  --limit NUMBER", _("How many works of each museum are shown at most. From 1 to 100, by default 10.")},
          Entry{"fetch ID",
                _("Fetches the picture of a work, such as artic:27992 or met:436532, and writes beside it in a JSON file whose work it is. "
                  "What the museum does not mark as being in the public domain is not fetched."),
                words({"fetch"})},
          Entry{"list", _("Shows the works that were fetched, and where they are."), words({"list"})},
          Entry{"remove ID", _("Takes a work away."), words({"remove"})},
          Entry{"--timeout SECONDS", _("Gives up a server that is silent for so long, after some tries. From 1 to 3600, by default 30.")},
          Entry{"-q, --quiet", _("Says nothing unless something goes wrong.")},
          help_option(),
          Paragraph{_("Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped.")},
      }};
}

HelpPage doctor_page() {
  return {.command = "doctor",
          .usage = _("Usage: pastiche doctor"),
          .blocks = {
              Paragraph{_("Looks at everything that Pastiche needs, says in a line each what is well, what is missing and what is slow, "
                          "and under it what to type. Nothing is changed.")},
              help_option(),
              Paragraph{_("Exit status: 0 all is well, 1 something is missing or slow, 2 wrong usage.")},
          }};
}

HelpPage explain_page() {
  return {
      .command = "explain",
      .usage = _("Usage: pastiche explain CONTENT --style STYLE --output-dir FOLDER [OPTION…]"),
      .blocks =
          {
              Paragraph{
                  _("Paints as “pastiche stylize” does and writes a page, index.html, that shows how the painting came about: what the "
                    "network sees in the photograph, in the style and in the painting at every layer, the Gram matrices, what each loss "
                    "alone makes of noise, and how the losses fell.")},
              Entry{"--output-dir FOLDER",
                    _("The folder that is made for the page and its pictures. It may be there already if it is empty."), folders()},
              Entry{"--size PIXELS", sentence(_("Longest side of the pictures. From 0 to %d, by default %d."), 32768, explained_size)},
              help_option(),
              Paragraph{_(
                  "One style can be explained, without --mask. The other options are those of “pastiche stylize --help”, but for the files "
                  "that it reads and writes.")},
          },
      .options_of = "stylize"};
}

std::vector<HelpPage> pages() {
  return {general_page(), stylize_page(), batch_page(),  estimate_page(), info_page(),
          explain_page(), models_page(),  styles_page(), doctor_page()};
}

} // namespace cli
