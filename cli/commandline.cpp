// SPDX-License-Identifier: GPL-3.0-or-later
#include "commandline.h"

#include <charconv>
#include <optional>

#include <CLI/CLI.hpp>

#include "core/i18n.h"
#include "raster/sentence.h"

namespace cli {
namespace {

using pastiche::ChoiceOption;
using pastiche::IntegerOption;
using pastiche::NumberOption;
using pastiche::Option;
using pastiche::TextOption;
using raster::sentence;

// The whole text as a number; the same in every locale, which CLI11's own conversion is not.
template <class Number> std::optional<Number> number_in(const std::string &text) {
  Number number{};
  const char *end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

void set(const Option &option, const std::string &text, CommandLine &line) {
  std::visit(pastiche::Overloaded{
                 [&](const IntegerOption &kind) {
                   const auto number = number_in<int32_t>(text);
                   if (!number || *number < kind.minimum || *number > kind.maximum)
                     throw UsageError(sentence(_("--%s takes a whole number from %d to %d, not “%s”."), option.name, kind.minimum,
                                               kind.maximum, text.c_str()));
                   line.options.*kind.field = *number;
                 },
                 [&](const NumberOption &kind) {
                   const auto number = number_in<double>(text);
                   // Written so that a NaN does not pass.
                   if (!number || !(*number >= kind.minimum && *number <= kind.maximum))
                     throw UsageError(sentence(_("--%s takes a number from %g to %g, not “%s”."), option.name, kind.minimum, kind.maximum,
                                               text.c_str()));
                   line.options.*kind.field = *number;
                 },
                 [&](const ChoiceOption &kind) {
                   for (size_t i = 0; i < kind.choices.size(); i++)
                     if (text == kind.choices[i].name) {
                       line.options.*kind.field = static_cast<int32_t>(i);
                       return;
                     }
                   throw UsageError(sentence(_("--%s takes one of %s, not “%s”."), option.name, names_of(kind).c_str(), text.c_str()));
                 },
                 [&](const TextOption &kind) {
                   if (text.empty())
                     throw UsageError(sentence(_("--%s needs a value."), option.name));
                   line.options.*kind.field = (line.texts[option.name] = text).c_str();
                 },
             },
             option.kind);
}

void require(const std::string &path, const char *what) {
  if (path.empty())
    throw UsageError(sentence(_("%s is missing; see “pastiche stylize --help”."), what));
  if (path == "-")
    throw UsageError(sentence(_("%s must be a file; “-” is not supported."), what));
}

} // namespace

CommandLine parse(int argc, const char *const *argv) {
  CommandLine line;
  pastiche::set_defaults(line.options);

  // Help, missing and surplus words are dealt with below, in translated sentences; CLI11 takes the command line apart.
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  bool help = false, version = false;
  app.add_flag("-h,--help", help);
  app.add_flag("--version", version);

  CLI::App *stylize = app.add_subcommand("stylize");
  stylize->set_help_flag();
  stylize->allow_extras();
  bool stylize_help = false;
  const auto last_wins = CLI::MultiOptionPolicy::TakeLast;
  stylize->add_flag("-h,--help", stylize_help);
  stylize->add_option("content", line.content);
  stylize->add_option("-s,--style", line.style)->multi_option_policy(last_wins);
  stylize->add_option("-o,--output", line.output)->multi_option_policy(last_wins);
  stylize->add_option("--report", line.report)->multi_option_policy(last_wins);
  stylize->add_flag("-q,--quiet", line.quiet);
  std::map<std::string, std::string> typed;
  std::map<std::string, CLI::Option *> seen;
  for (const Option &option : pastiche::option_table())
    seen[option.name] = stylize->add_option("--" + std::string(option.name), typed[option.name])->multi_option_policy(last_wins);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ArgumentMismatch &error) {
    const std::string text = error.what(); // "--style: 1 required TEXT missing"
    throw UsageError(sentence(_("%s needs a value."), text.substr(0, text.find(':')).c_str()));
  } catch (const CLI::ParseError &error) {
    throw UsageError(sentence(_("The command line cannot be understood: %s."), error.what()));
  }

  if (help || stylize_help) {
    line.action = stylize->parsed() ? Action::stylize_help : Action::help;
    return line;
  }
  if (version) {
    line.action = Action::version;
    return line;
  }
  for (const std::string &word : app.remaining(true))
    if (!stylize->parsed())
      throw UsageError(sentence(_("“%s” is nothing Pastiche can do; see “pastiche --help”."), word.c_str()));
    else if (word.size() > 1 && word.front() == '-')
      throw UsageError(sentence(_("There is no option “%s”; see “pastiche stylize --help”."), word.c_str()));
    else
      throw UsageError(sentence(_("“%s” is one word too many; only one CONTENT can be given."), word.c_str()));
  if (!stylize->parsed())
    throw UsageError(_("Say what to do; see “pastiche --help”."));

  line.action = Action::stylize;
  require(line.content, "CONTENT");
  require(line.style, "--style");
  require(line.output, "--output");
  if (stylize->get_option("--report")->count())
    require(line.report, "--report");
  for (const Option &option : pastiche::option_table())
    if (seen[option.name]->count())
      set(option, typed[option.name], line);
  return line;
}

std::string names_of(const ChoiceOption &kind) {
  std::string names;
  for (const pastiche::Choice &choice : kind.choices)
    names += (names.empty() ? "" : ", ") + std::string(choice.name);
  return names;
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

} // namespace cli
