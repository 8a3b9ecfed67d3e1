// SPDX-License-Identifier: GPL-3.0-or-later
#include "help.h"

#include <glib.h>

#include <algorithm>
#include <string_view>

#include "commandline.h"
#include "core/i18n.h"
#include "core/options.h"
#include "explain.h"
#include "raster/sentence.h"

namespace cli {
namespace {

using raster::sentence;

constexpr int description_column = 26;

// Of UTF-8 text on a terminal.
int columns_of(const std::string &text) {
  int columns = 0;
  for (const char *at = text.c_str(); *at; at = g_utf8_next_char(at))
    columns += g_unichar_iswide(g_utf8_get_char(at)) ? 2 : 1;
  return columns;
}

// UTF-8 text in lines of at most `columns`, broken after spaces and between the wide characters of East Asian scripts, all but
// the first indented.
std::string wrapped(const std::string &text, int columns, int indent) {
  std::string result;
  int column = 0;
  const char *at = text.c_str();
  while (*at) {
    // A unit that is not broken: up to and with the spaces after a word, or one wide character.
    const char *end = at;
    int width = 0, spaces = 0;
    do {
      const gunichar letter = g_utf8_get_char(end);
      const bool space = letter == ' ';
      if (!space && spaces)
        break;
      width += g_unichar_iswide(letter) ? 2 : 1;
      spaces += space;
      end = g_utf8_next_char(end);
      // Punctuation stays with what stands before it.
      if (g_unichar_iswide(letter) && !g_unichar_ispunct(g_utf8_get_char(end)))
        break;
    } while (*end && (spaces || !g_unichar_iswide(g_utf8_get_char(end)) || g_unichar_ispunct(g_utf8_get_char(end))));
    if (column > 0 && indent + column + width - spaces > columns) {
      while (result.back() == ' ')
        result.pop_back();
      result += '\n' + std::string(static_cast<size_t>(indent), ' ');
      column = 0;
    }
    result.append(at, end);
    column += width;
    at = end;
  }
  return result;
}

std::string paragraph(const std::string &text, int columns) { return wrapped(text, columns, 0) + "\n"; }

std::string entry(const std::string &name, const std::string &description, int columns) {
  std::string text = "  " + name;
  // A description that would be a narrow strip starts a line of its own, as does one whose option is long.
  const int indent = columns >= 60 ? description_column : 6;
  const int room = indent - columns_of(text);
  text += room >= 2 ? std::string(static_cast<size_t>(room), ' ') : '\n' + std::string(static_cast<size_t>(indent), ' ');
  return text + wrapped(description, columns, indent) + "\n";
}

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
  const std::string standard = value_of(option, defaults);
  return std::visit(
      pastiche::Overloaded{
          [&](const pastiche::IntegerOption &kind) {
            return sentence(_("From %d to %d, by default %s."), kind.minimum, kind.maximum, standard.c_str());
          },
          [&](const pastiche::NumberOption &kind) {
            return sentence(_("From %g to %g, by default %s."), kind.minimum, kind.maximum, standard.c_str());
          },
          [&](const pastiche::ChoiceOption &kind) {
            return sentence(_("One of %s; by default %s."), names_of(kind).c_str(), standard.c_str());
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

std::string options(bool expert, int columns) {
  std::string text;
  for (const pastiche::Option &option : pastiche::option_table())
    if (option.expert == expert)
      text += entry(sentence("--%s %s", option.name, placeholder(option)), explanation(option), columns);
  return text;
}

std::string presets(int columns) {
  std::string text;
  for (const pastiche::Preset &preset : pastiche::presets())
    text += entry(preset.name, sentence(_("%s."), _(preset.description)), columns);
  return text;
}

} // namespace

std::string help(int columns) {
  return paragraph(_("Usage: pastiche stylize CONTENT --style STYLE --output OUT [OPTION…]"), columns) + "\n" +
         paragraph(_("Repaints a photograph in the style of one or more other pictures."), columns) + "\n" +
         entry("pastiche stylize", _("Paints a picture; “pastiche stylize --help” shows all its options."), columns) +
         entry("pastiche estimate", _("Tells beforehand what painting a picture will take; see “pastiche estimate --help”."), columns) +
         entry("pastiche info", _("Tells how the layers of a GIMP file were painted; see “pastiche info --help”."), columns) +
         entry("pastiche explain", _("Shows in pictures how a painting comes about; see “pastiche explain --help”."), columns) +
         entry("pastiche --version", _("Shows the versions of Pastiche and of its painting engine."), columns) +
         entry("pastiche --help", _("Shows this help."), columns);
}

std::string stylize_help(int columns) {
  return paragraph(_("Usage: pastiche stylize CONTENT --style STYLE [--weight NUMBER] [--mask MASK] [--style STYLE…] --output OUT "
                     "[OPTION…]"),
                   columns) +
         "\n" +
         paragraph(_("Repaints the photograph CONTENT in the style of the picture STYLE and writes the result to OUT. Pictures are read "
                     "from PNG, "
                     "JPEG, TIFF, WebP, OpenEXR, GIF, PGM and PPM files."),
                   columns) +
         "\n" + entry("CONTENT", _("The photograph; it is not changed unless OUT is the same file."), columns) +
         entry("-s, --style STYLE",
               sentence(_("The picture whose brush-work and colours are taken. Up to %d can be given; they are mixed, or each is painted "
                          "where its mask says."),
                        PASTICHE_STYLES),
               columns) +
         entry("--weight NUMBER",
               _("How much the style before it counts beside the others. From 0 to 1000, by default 1; only what they are to each other "
                 "counts."),
               columns) +
         entry("--mask MASK",
               _("A picture that says where the style before it is painted: white all of it, black and transparent nothing, gray in "
                 "between. It is fitted to CONTENT. By default everywhere."),
               columns) +
         entry("-o, --output OUT",
               _("Where the result goes; its ending tells the kind of file: .png, .jpg, .tif, .webp or .exr. Colour profile, depth, "
                 "transparency and EXIF data are those of CONTENT as far as that kind of file has them."),
               columns) +
         "\n" + paragraph(_("Options:"), columns) + options(false, columns) +
         entry("--preset NAME", _("A set of options, from the list below. Options that are given too override it, wherever they stand."),
               columns) +
         "\n" + paragraph(_("Presets:"), columns) + presets(columns) + "\n" + paragraph(_("Options for experts:"), columns) +
         options(true, columns) +
         entry("--start-image FILE", _("The picture that the painting grows from, instead of --start. It is fitted to CONTENT."), columns) +
         "\n" + paragraph(_("Long work:"), columns) +
         entry("--checkpoint FILE", _("Keeps the unfinished work in FILE, every minute and when it is stopped."), columns) +
         entry("--resume FILE",
               _("Goes on from the FILE that --checkpoint wrote. Everything else must be as it was; both may name the same file."),
               columns) +
         "\n" + paragraph(_("Messages:"), columns) +
         entry("--report FILE.json", _("Writes what was done: the options, the seconds, the memory, and the losses at each scale."),
               columns) +
         entry("--losses FILE.csv", _("Writes every loss at every step as a table."), columns) +
         entry("--plot FILE.svg", _("Draws the losses over the steps as a picture."), columns) +
         entry("-q, --quiet", _("Says nothing unless something goes wrong."), columns) +
         entry("-h, --help", _("Shows this help."), columns) + "\n" +
         paragraph(
             _("Ctrl-C stops after the step at hand and writes the best picture so far; a second Ctrl-C ends at once and writes nothing."),
             columns) +
         paragraph(_("Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped."), columns);
}

std::string estimate_help(int columns) {
  return paragraph(_("Usage: pastiche estimate CONTENT --style STYLE [--json] [OPTION…]"), columns) + "\n" +
         paragraph(_("Tells what “pastiche stylize” would take with the same options, after a second and without painting: the size that "
                     "is painted at, the seconds, the memory and its limit, and the tiles that the picture is worked on in. Nothing is "
                     "written. When the limit is too small for the picture, that is an error."),
                   columns) +
         "\n" + entry("--json", _("Prints one JSON object instead of sentences: sizes in pixels, memory in bytes."), columns) +
         entry("-h, --help", _("Shows this help."), columns) + "\n" +
         paragraph(_("All other options are those of “pastiche stylize --help”."), columns);
}

std::string info_help(int columns) {
  return paragraph(_("Usage: pastiche info FILE.xcf [--json]"), columns) + "\n" +
         paragraph(_("Tells how the layers of a file that GIMP saved were painted by Pastiche: the version, the date, the model and its "
                     "SHA-256, the styles, and every argument of the filter with its value."),
                   columns) +
         "\n" + entry("--json", _("Prints one JSON object instead of lines."), columns) +
         entry("-h, --help", _("Shows this help."), columns);
}

std::string explain_help(int columns) {
  return paragraph(_("Usage: pastiche explain CONTENT --style STYLE --output-dir DIR [OPTION…]"), columns) + "\n" +
         paragraph(_("Paints as “pastiche stylize” does and writes a page, index.html, that shows how the painting came about: what the "
                     "network sees in the photograph, in the style and in the painting at every layer, the Gram matrices, what each loss "
                     "alone makes of noise, and how the losses fell."),
                   columns) +
         "\n" +
         entry("--output-dir DIR", _("The folder that is made for the page and its pictures. It may be there already if it is empty."),
               columns) +
         entry("--size PIXELS", sentence(_("Longest side of the pictures. From 0 to %d, by default %d."), 32768, explained_size), columns) +
         entry("-h, --help", _("Shows this help."), columns) + "\n" +
         paragraph(
             _("One style can be explained, without --mask. The other options are those of “pastiche stylize --help”, but for the files "
               "that it reads and writes."),
             columns);
}

} // namespace cli
