// SPDX-License-Identifier: GPL-3.0-or-later
#include "painting.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/i18n.h"
#include "base/number.h"
#include "base/sentence.h"
#include "console/usageerror.h"

namespace batch {
namespace {

using cli::UsageError;
using pastiche::ChoiceOption;
using pastiche::IntegerOption;
using pastiche::number_in;
using pastiche::NumberOption;
using pastiche::Option;
using pastiche::sentence;
using pastiche::TextOption;

constexpr double largest_weight = 1000; // of a style, as of the losses in the option table

constexpr std::array files{
    FileOption{"output", &Painting::output},
    FileOption{"start-image", &Painting::start_image},
    FileOption{"start-content", &Painting::start_content},
    FileOption{"checkpoint", &Painting::checkpoint},
    FileOption{"resume", &Painting::resume},
    FileOption{"report", &Painting::report},
    FileOption{"losses", &Painting::losses},
    FileOption{"plot", &Painting::plot},
};

// "900M", "4G", "1.5GiB": so many MiB, rounded up so that a little is not taken for the 0 that means something else.
std::optional<int32_t> mebibytes_in(const std::string &text) {
  const size_t unit_at = text.find_first_not_of("0123456789.");
  if (unit_at == std::string::npos)
    return number_in<int32_t>(text);
  std::string unit = text.substr(unit_at);
  for (char &letter : unit)
    letter = g_ascii_tolower(letter);
  const double factor = unit == "m" || unit == "mib" ? 1 : unit == "g" || unit == "gib" ? 1024 : 0;
  const auto number = number_in<double>(text.substr(0, unit_at));
  if (!number || factor == 0 || *number * factor > INT32_MAX)
    return {};
  return static_cast<int32_t>(std::ceil(*number * factor));
}

void set(const Option &option, const std::string &text, Painting &painting) {
  std::visit(
      pastiche::Overloaded{
          [&](const IntegerOption &kind) {
            const bool memory = kind.field == &pastiche_options::memory;
            const auto number = memory ? mebibytes_in(text) : number_in<int32_t>(text);
            if (!number || *number < kind.minimum || *number > kind.maximum)
              throw UsageError(memory ? sentence(_("--%s takes a number of MiB, or a number with a unit such as 900M or 4G, not “%s”."),
                                                 option.name, text.c_str())
                                      : sentence(_("--%s takes a whole number from %d to %d, not “%s”."), option.name, kind.minimum,
                                                 kind.maximum, text.c_str()));
            painting.options.*kind.field = *number;
          },
          [&](const NumberOption &kind) { painting.options.*kind.field = number_within(option.name, text, kind.minimum, kind.maximum); },
          [&](const ChoiceOption &kind) {
            for (size_t i = 0; i < kind.choices.size(); i++)
              if (text == kind.choices[i].name) {
                painting.options.*kind.field = static_cast<int32_t>(i);
                return;
              }
            throw UsageError(sentence(_("--%s takes one of %s, not “%s”."), option.name, names_of(kind).c_str(), text.c_str()));
          },
          [&](const TextOption &kind) {
            // Where nothing is the default, nothing can be asked for.
            if (text.empty() && *kind.standard)
              throw UsageError(sentence(_("--%s needs a value."), option.name));
            painting.options.*kind.field = painting.texts->emplace_back(text).c_str();
          },
      },
      option.kind);
}

void apply_preset(const std::string &name, pastiche_options &options) {
  std::vector<std::string> names;
  for (const pastiche::Preset &preset : pastiche::presets()) {
    if (name == preset.name)
      return preset.apply(options);
    names.emplace_back(preset.name);
  }
  throw UsageError(sentence(_("--%s takes one of %s, not “%s”."), "preset", pastiche::listed(names).c_str(), name.c_str()));
}

// --style begins a style; --weight, --mask and --style-crop say more about it, once each.
void set_styles(const std::vector<Argument> &arguments, Painting &painting) {
  bool weighted = false, masked = false, cropped = false;
  const auto last = [&](const Argument &argument, bool &has_one) -> Style & {
    if (painting.styles.empty())
      throw UsageError(sentence(_("--%s must come after the --style that it is for."), argument.name.c_str()));
    if (has_one)
      throw UsageError(
          sentence(_("The style “%s” has --%s twice."), pastiche::shown(painting.styles.back().picture).c_str(), argument.name.c_str()));
    has_one = true;
    return painting.styles.back();
  };
  for (const Argument &argument : arguments)
    if (argument.name == "style") {
      require_file(argument.value, "--style");
      painting.styles.push_back({.picture = argument.value, .weight = 1, .mask = {}, .crop = {}});
      weighted = masked = cropped = false;
    } else if (argument.name == "weight") {
      last(argument, weighted).weight = number_within("weight", argument.value, 0, largest_weight);
    } else if (argument.name == "mask") {
      require_file(argument.value, "--mask");
      last(argument, masked).mask = argument.value;
    } else if (argument.name == "style-crop") {
      const auto crop = raster::crop_in(argument.value);
      if (!crop)
        throw UsageError(sentence(_("--%s takes a rectangle X,Y,WIDTH,HEIGHT in pixels of the style picture, such as 40,30,800,600, not "
                                    "“%s”."),
                                  argument.name.c_str(), argument.value.c_str()));
      last(argument, cropped).crop = crop;
    }
}

} // namespace

bool paint_alike(const Painting &one, const Painting &other) {
  return one.styles == other.styles && one.start_image == other.start_image && one.start_content == other.start_content &&
         one.others == other.others && std::ranges::all_of(pastiche::option_table(), [&](const Option &option) {
           return std::visit(
               pastiche::Overloaded{
                   [&](const TextOption &kind) { return std::string_view(one.options.*kind.field) == other.options.*kind.field; },
                   [&](const auto &kind) { return one.options.*kind.field == other.options.*kind.field; },
               },
               option.kind);
         });
}

std::span<const FileOption> file_options() { return files; }

void require_file(const std::string &path, const std::string &what) {
  if (path.empty())
    throw UsageError(sentence(_("%s is missing; see “pastiche stylize --help”."), what.c_str()));
  if (path == "-")
    throw UsageError(sentence(_("%s must be a file; “-” is not supported."), what.c_str()));
}

void check_styles(const std::vector<Style> &styles) {
  if (styles.empty())
    require_file("", "--style");
  if (styles.size() > PASTICHE_STYLES)
    throw UsageError(sentence(dngettext(GETTEXT_PACKAGE, "%zu style is too many; at most %d can be given.",
                                        "%zu styles are too many; at most %d can be given.", styles.size()),
                              styles.size(), PASTICHE_STYLES));
  if (std::ranges::all_of(styles, [](const Style &style) { return style.weight == 0; }))
    throw UsageError(_("At least one style must have a --weight above 0."));
}

double number_within(const char *option, const std::string &text, double minimum, double maximum) {
  const auto number = number_in<double>(text);
  // Written so that a NaN does not pass.
  if (!number || !(*number >= minimum && *number <= maximum))
    throw UsageError(sentence(_("--%s takes a number from %g to %g, not “%s”."), option, minimum, maximum, text.c_str()));
  return *number;
}

void set(Painting &painting, const std::vector<Argument> &arguments) {
  for (const Argument &argument : arguments)
    if (argument.name == "content")
      painting.content = argument.value;
    else if (argument.name == "preset")
      apply_preset(argument.value, painting.options);
  require_file(painting.content, "CONTENT");
  set_styles(arguments, painting);
  check_styles(painting.styles);
  for (const Argument &argument : arguments) {
    const auto file = std::ranges::find(files, argument.name, &FileOption::name);
    const auto option = std::ranges::find(pastiche::option_table(), argument.name, &Option::name);
    if (file != files.end())
      require_file(painting.*file->path = argument.value, "--" + argument.name);
    else if (option != pastiche::option_table().end())
      set(*option, argument.value, painting);
    else if (!is_of_a_picture(argument.name)) {
      std::erase_if(painting.others, [&](const Argument &other) { return other.name == argument.name; });
      painting.others.push_back(argument);
    }
  }
  if (!painting.start_content.empty() && painting.start_image.empty())
    throw UsageError(_("--start-content says what --start-image was painted from; give both."));
}

bool is_of_a_picture(const std::string &name) {
  constexpr const char *others[] = {"content", "style", "weight", "mask", "style-crop", "preset", "output", "start-image", "start-content"};
  return std::ranges::find(others, name) != std::end(others) ||
         std::ranges::any_of(pastiche::option_table(), [&](const Option &option) { return name == option.name; });
}

std::string names_of(const ChoiceOption &kind) {
  std::vector<std::string> names;
  for (const pastiche::Choice &choice : kind.choices)
    names.emplace_back(choice.name);
  return pastiche::listed(names);
}

std::string value_of(const Option &option, const pastiche_options &options) {
  return std::visit(pastiche::Overloaded{
                        [&](const IntegerOption &kind) { return sentence("%d", options.*kind.field); },
                        [&](const NumberOption &kind) { return sentence("%g", options.*kind.field); },
                        [&](const ChoiceOption &kind) { return std::string(kind.choices[static_cast<size_t>(options.*kind.field)].name); },
                        [&](const TextOption &kind) { return std::string(options.*kind.field); },
                    },
                    option.kind);
}

} // namespace batch
