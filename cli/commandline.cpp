// SPDX-License-Identifier: GPL-3.0-or-later
#include "commandline.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <CLI/CLI.hpp>

#include "core/i18n.h"
#include "explain.h"
#include "raster/sentence.h"

namespace cli {
namespace {

using pastiche::ChoiceOption;
using pastiche::IntegerOption;
using pastiche::NumberOption;
using pastiche::Option;
using pastiche::TextOption;
using raster::sentence;

constexpr double largest_weight = 1000; // of a style, as of the losses in the option table

// The whole text as a number; the same in every locale, which CLI11's own conversion is not.
template <class Number> std::optional<Number> number_in(const std::string &text) {
  Number number{};
  const char *end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

double number_within(const char *option, const std::string &text, double minimum, double maximum) {
  const auto number = number_in<double>(text);
  // Written so that a NaN does not pass.
  if (!number || !(*number >= minimum && *number <= maximum))
    throw UsageError(sentence(_("--%s takes a number from %g to %g, not “%s”."), option, minimum, maximum, text.c_str()));
  return *number;
}

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

void set(const Option &option, const std::string &text, CommandLine &line) {
  std::visit(pastiche::Overloaded{
                 [&](const IntegerOption &kind) {
                   const bool memory = kind.field == &pastiche_options::memory;
                   const auto number = memory ? mebibytes_in(text) : number_in<int32_t>(text);
                   if (!number || *number < kind.minimum || *number > kind.maximum)
                     throw UsageError(memory
                                          ? sentence(_("--%s takes a number of MiB, or a number with a unit such as 900M or 4G, not “%s”."),
                                                     option.name, text.c_str())
                                          : sentence(_("--%s takes a whole number from %d to %d, not “%s”."), option.name, kind.minimum,
                                                     kind.maximum, text.c_str()));
                   line.options.*kind.field = *number;
                 },
                 [&](const NumberOption &kind) { line.options.*kind.field = number_within(option.name, text, kind.minimum, kind.maximum); },
                 [&](const ChoiceOption &kind) {
                   for (size_t i = 0; i < kind.choices.size(); i++)
                     if (text == kind.choices[i].name) {
                       line.options.*kind.field = static_cast<int32_t>(i);
                       return;
                     }
                   throw UsageError(sentence(_("--%s takes one of %s, not “%s”."), option.name, names_of(kind).c_str(), text.c_str()));
                 },
                 [&](const TextOption &kind) {
                   // Where nothing is the default, nothing can be asked for.
                   if (text.empty() && *kind.standard)
                     throw UsageError(sentence(_("--%s needs a value."), option.name));
                   line.options.*kind.field = (line.texts[option.name] = text).c_str();
                 },
             },
             option.kind);
}

void apply_preset(const std::string &name, pastiche_options &options) {
  std::string names;
  for (const pastiche::Preset &preset : pastiche::presets()) {
    if (name == preset.name)
      return preset.apply(options);
    names += (names.empty() ? "" : ", ") + std::string(preset.name);
  }
  throw UsageError(sentence(_("--%s takes one of %s, not “%s”."), "preset", names.c_str(), name.c_str()));
}

// Options that are the path of a file, and where it goes.
struct FileOption {
  const char *name;
  std::string CommandLine::*path;
};
constexpr std::array file_options{
    FileOption{"output", &CommandLine::output},
    FileOption{"start-image", &CommandLine::start_image},
    FileOption{"checkpoint", &CommandLine::checkpoint},
    FileOption{"resume", &CommandLine::resume},
    FileOption{"report", &CommandLine::report},
    FileOption{"losses", &CommandLine::losses},
    FileOption{"plot", &CommandLine::plot},
};

void require_file(const std::string &path, const std::string &what) {
  if (path.empty())
    throw UsageError(sentence(_("%s is missing; see “pastiche stylize --help”."), what.c_str()));
  if (path == "-")
    throw UsageError(sentence(_("%s must be a file; “-” is not supported."), what.c_str()));
}

// One option with its value, or CONTENT.
struct Argument {
  std::string name; // without dashes
  std::string value;
};

// What stands behind the command's name, in its order.
std::vector<Argument> arguments_of(const CLI::App &command) {
  std::vector<Argument> arguments;
  std::map<const CLI::Option *, size_t> taken;
  for (const CLI::Option *option : command.parse_order())
    arguments.push_back({option->get_single_name(), option->results()[taken[option]++]});
  return arguments;
}

// --style begins a style; --weight and --mask say more about it, once each.
void set_styles(const std::vector<Argument> &arguments, CommandLine &line) {
  bool weighted = false, masked = false;
  const auto last = [&](const Argument &argument, bool &has_one) -> Style & {
    if (line.styles.empty())
      throw UsageError(sentence(_("--%s must come after the --style that it is for."), argument.name.c_str()));
    if (has_one)
      throw UsageError(
          sentence(_("The style “%s” has --%s twice."), raster::shown(line.styles.back().picture).c_str(), argument.name.c_str()));
    has_one = true;
    return line.styles.back();
  };
  for (const Argument &argument : arguments)
    if (argument.name == "style") {
      require_file(argument.value, "--style");
      line.styles.push_back({.picture = argument.value, .weight = 1, .mask = {}});
      weighted = masked = false;
    } else if (argument.name == "weight") {
      last(argument, weighted).weight = number_within("weight", argument.value, 0, largest_weight);
    } else if (argument.name == "mask") {
      require_file(argument.value, "--mask");
      last(argument, masked).mask = argument.value;
    }
}

void check_styles(const std::vector<Style> &styles) {
  if (styles.empty())
    require_file("", "--style");
  if (styles.size() > PASTICHE_STYLES)
    throw UsageError(sentence(_("%zu styles are too many; at most %d can be given."), styles.size(), PASTICHE_STYLES));
  if (std::ranges::all_of(styles, [](const Style &style) { return style.weight == 0; }))
    throw UsageError(_("At least one style must have a --weight above 0."));
}

// What every command has that paints, or would.
void add_painting_arguments(CLI::App &command) {
  command.set_help_flag();
  command.allow_extras();
  // Nothing is bound to variables: the order counts, and only parse_order() tells it.
  command.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_flag("-h,--help");
  command.add_flag("-q,--quiet");
  command.add_option("content");
  command.add_option("-s,--style");
  command.add_option("--weight");
  command.add_option("--mask");
  command.add_option("--preset");
  for (const Option &option : pastiche::option_table())
    command.add_option("--" + std::string(option.name));
}

void add_arguments(CLI::App &command) {
  add_painting_arguments(command);
  for (const FileOption &option : file_options)
    command.add_option((option.path == &CommandLine::output ? "-o,--" : "--") + std::string(option.name));
}

void add_info_arguments(CLI::App &command) {
  command.set_help_flag();
  command.allow_extras();
  command.add_flag("-h,--help");
  command.add_flag("--json");
  command.add_option("file");
}

// As CLI11 wants them.
std::vector<std::string> words_backwards(int argc, const char *const *argv) {
  std::vector<std::string> words;
  for (int i = 1; i < argc; i++) {
    std::string word = argv[i];
    // CLI11 would take the next word for the value of “--name=”.
    const bool empty = word.starts_with("--") && word.find('=') == word.size() - 1;
    if (empty)
      word.pop_back();
    words.push_back(word);
    if (empty)
      words.emplace_back();
  }
  std::ranges::reverse(words);
  return words;
}

// What is not the command's and not its options'.
void refuse(const std::string &word, const CLI::App *command) {
  if (!command)
    throw UsageError(sentence(_("“%s” is nothing Pastiche can do; see “pastiche --help”."), word.c_str()));
  if (word.size() > 1 && word.front() == '-')
    throw UsageError(sentence(_("There is no option “%s”; see “pastiche %s --help”."), word.c_str(), command->get_name().c_str()));
  if (command->get_name() == "info")
    throw UsageError(sentence(_("“%s” is one word too many; only one FILE can be given."), word.c_str()));
  throw UsageError(sentence(_("“%s” is one word too many; only one CONTENT can be given."), word.c_str()));
}

void fill_in(CommandLine &line, const std::vector<Argument> &arguments) {
  for (const Argument &argument : arguments)
    if (argument.name == "content")
      line.content = argument.value;
    else if (argument.name == "preset")
      apply_preset(argument.value, line.options);
  require_file(line.content, "CONTENT");
  set_styles(arguments, line);
  check_styles(line.styles);
  for (const Argument &argument : arguments) {
    for (const FileOption &file : file_options)
      if (argument.name == file.name)
        require_file(line.*file.path = argument.value, "--" + argument.name);
    for (const Option &option : pastiche::option_table())
      if (argument.name == option.name)
        set(option, argument.value, line);
  }
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
  add_arguments(*stylize);
  CLI::App *estimate = app.add_subcommand("estimate");
  add_arguments(*estimate);
  estimate->add_flag("--json");
  CLI::App *info = app.add_subcommand("info");
  add_info_arguments(*info);
  CLI::App *explain = app.add_subcommand("explain");
  add_painting_arguments(*explain);
  explain->add_option("--output-dir");
  app.require_subcommand(0, 1);

  try {
    app.parse(words_backwards(argc, argv));
  } catch (const CLI::ArgumentMismatch &error) {
    const std::string text = error.what(); // "--style: 1 required TEXT missing"
    throw UsageError(sentence(_("%s needs a value."), text.substr(0, text.find(':')).c_str()));
  } catch (const CLI::ParseError &error) {
    throw UsageError(sentence(_("The command line cannot be understood: %s."), error.what()));
  }

  const CLI::App *command = stylize->parsed()    ? stylize
                            : estimate->parsed() ? estimate
                            : info->parsed()     ? info
                            : explain->parsed()  ? explain
                                                 : nullptr;
  if (help || (command && command->count("--help"))) {
    line.action = !command              ? Action::help
                  : command == stylize  ? Action::stylize_help
                  : command == estimate ? Action::estimate_help
                  : command == explain  ? Action::explain_help
                                        : Action::info_help;
    return line;
  }
  if (version) {
    line.action = Action::version;
    return line;
  }
  for (const std::string &word : app.remaining(true))
    if (word != "--") // what stands behind it is no option, even with a dash in front
      refuse(word, command);
  if (!command)
    throw UsageError(_("Say what to do; see “pastiche --help”."));

  if (command == info) {
    line.action = Action::info;
    line.json = command->count("--json");
    if (!command->count("file"))
      throw UsageError(_("FILE is missing; see “pastiche info --help”."));
    line.content = command->get_option("file")->as<std::string>();
    return line;
  }

  if (command == explain)
    line.options.size = explained_size;
  fill_in(line, arguments_of(*command));
  line.quiet = command->count("--quiet");
  if (command == explain) {
    line.action = Action::explain;
    if (line.styles.size() > 1 || !line.styles.front().mask.empty())
      throw UsageError(_("Only one --style can be explained, and without --mask."));
    if (explain->count("--output-dir"))
      line.output_dir = explain->get_option("--output-dir")->results().back();
    if (line.output_dir.empty())
      throw UsageError(_("--output-dir is missing; see “pastiche explain --help”."));
  } else if (command == stylize) {
    line.action = Action::stylize;
    require_file(line.output, "--output");
  } else {
    line.action = Action::estimate;
    line.json = command->count("--json");
  }
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
