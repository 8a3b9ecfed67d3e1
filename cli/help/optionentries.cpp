// SPDX-License-Identifier: GPL-3.0-or-later
#include "optionentries.h"

#include "base/i18n.h"
#include "base/sentence.h"
#include "batch/painting.h"

namespace cli {
namespace {

using pastiche::Meaning, pastiche::sentence;

// What stands for the value.
const char *placeholder(const pastiche::Option &option) {
  if (option.meaning == Meaning::side)
    return _("PIXELS");
  if (option.meaning == Meaning::memory)
    return _("MEMORY");
  if (option.meaning == Meaning::layers)
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
  if (option.meaning == Meaning::side)
    return _("Longest side of the result in pixels: a larger photograph is reduced to it before it is painted, a smaller one keeps "
             "its size. 0 paints every pixel of any photograph. Time and memory grow with the square of it");
  if (option.meaning == Meaning::memory)
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
  if (option.meaning == Meaning::model)
    return files();
  Values values;
  if (const auto *kind = std::get_if<pastiche::ChoiceOption>(&option.kind)) {
    values.kind = Values::Kind::words;
    for (const pastiche::Choice &choice : kind->choices)
      values.words.emplace_back(choice.name);
  }
  return values;
}

} // namespace

void add_options(bool expert, HelpPage &page) {
  for (const pastiche::Option &option : pastiche::option_table())
    if (option.expert() == expert)
      page.blocks.push_back(Entry{sentence("--%s %s", option.name, placeholder(option)), explanation(option), values(option)});
}

Entry preset_entry() {
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

Entry help_entry() { return {"-h, --help", _("Shows this help.")}; }

Entry quiet_entry() { return {"-q, --quiet", _("Says nothing unless something goes wrong.")}; }

} // namespace cli
