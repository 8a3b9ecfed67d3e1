// SPDX-License-Identifier: GPL-3.0-or-later
#include "help.h"

#include <glib.h>

#include <algorithm>
#include <string_view>

#include "commandline.h"
#include "core/i18n.h"
#include "core/options.h"
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
  if (std::string_view(option.name) == "size")
    return _("PIXELS");
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
  return _(option.description);
}

std::string range(const pastiche::Option &option) {
  pastiche_options defaults;
  pastiche::set_defaults(defaults);
  const std::string standard = value_of(option, defaults);
  return std::visit(pastiche::Overloaded{
                        [&](const pastiche::IntegerOption &kind) {
                          return sentence(_("From %d to %d, by default %s."), kind.minimum, kind.maximum, standard.c_str());
                        },
                        [&](const pastiche::NumberOption &kind) {
                          return sentence(_("From %g to %g, by default %s."), kind.minimum, kind.maximum, standard.c_str());
                        },
                        [&](const pastiche::ChoiceOption &kind) {
                          return sentence(_("One of %s; by default %s."), names_of(kind).c_str(), standard.c_str());
                        },
                        [&](const pastiche::TextOption &) { return sentence(_("By default %s."), standard.c_str()); },
                    },
                    option.kind);
}

std::string options(bool expert, int columns) {
  std::string text;
  for (const pastiche::Option &option : pastiche::option_table())
    if (option.expert == expert)
      text += entry(sentence("--%s %s", option.name, placeholder(option)),
                    // Translators: what an option does, then its range and default, each a sentence of its own.
                    sentence(_("%s. %s"), description(option), range(option).c_str()), columns);
  return text;
}

} // namespace

std::string help(int columns) {
  return paragraph(_("Usage: pastiche stylize CONTENT --style STYLE --output OUT [OPTION…]"), columns) + "\n" +
         paragraph(_("Repaints a photograph in the style of another picture."), columns) + "\n" +
         entry("pastiche stylize", _("Paints a picture; “pastiche stylize --help” shows all its options."), columns) +
         entry("pastiche --version", _("Shows the versions of Pastiche and of its painting engine."), columns) +
         entry("pastiche --help", _("Shows this help."), columns);
}

std::string stylize_help(int columns) {
  return paragraph(_("Usage: pastiche stylize CONTENT --style STYLE --output OUT [OPTION…]"), columns) + "\n" +
         paragraph(_("Repaints the photograph CONTENT in the style of the picture STYLE and writes the result to OUT. Pictures are read "
                     "from PNG, "
                     "JPEG, TIFF, WebP, OpenEXR, GIF, PGM and PPM files."),
                   columns) +
         "\n" + entry("CONTENT", _("The photograph; it is not changed unless OUT is the same file."), columns) +
         entry("-s, --style STYLE", _("The picture whose brush-work and colours are taken."), columns) +
         entry("-o, --output OUT",
               _("Where the result goes; its ending tells the kind of file: .png, .jpg, .tif, .webp or .exr. Colour profile, depth, "
                 "transparency and EXIF data are those of CONTENT as far as that kind of file has them."),
               columns) +
         "\n" + paragraph(_("Options:"), columns) + options(false, columns) + "\n" + paragraph(_("Options for experts:"), columns) +
         options(true, columns) + "\n" + paragraph(_("Messages:"), columns) +
         entry("--report FILE.json", _("Writes what was done: the options, the seconds, the memory, and the losses at each scale."),
               columns) +
         entry("-q, --quiet", _("Says nothing unless something goes wrong."), columns) +
         entry("-h, --help", _("Shows this help."), columns) + "\n" +
         paragraph(
             _("Ctrl-C stops after the step at hand and writes the best picture so far; a second Ctrl-C ends at once and writes nothing."),
             columns) +
         paragraph(_("Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped."), columns);
}

} // namespace cli
