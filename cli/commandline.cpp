// SPDX-License-Identifier: GPL-3.0-or-later
#include "commandline.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <map>

#include <CLI/CLI.hpp>

#include "base/i18n.h"
#include "base/number.h"
#include "base/sentence.h"
#include "cli/explain/explain.h"
#include "console/usageerror.h"

namespace cli {
namespace {

using batch::Argument;
using batch::FileOption;
using batch::Painting;
using pastiche::number_in;
using pastiche::Option;
using pastiche::sentence;

constexpr double longest_timeout = 3600; // seconds

// What stands behind the command's name, in its order.
std::vector<Argument> arguments_of(const CLI::App &command) {
  std::vector<Argument> arguments;
  std::map<const CLI::Option *, size_t> taken;
  for (const CLI::Option *option : command.parse_order())
    arguments.push_back({option->get_single_name(), option->results()[taken[option]++]});
  return arguments;
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
  for (const FileOption &option : batch::file_options())
    command.add_option((option.path == &Painting::output ? "-o,--" : "--") + std::string(option.name));
}

constexpr const char *batch_names[] = {"manifest", "output-dir", "name", "format", "report", "jobs", "shard"};

void add_batch_arguments(CLI::App &command) {
  command.set_help_flag();
  command.allow_extras();
  command.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  for (const char *flag : {"-h,--help", "-q,--quiet", "-r,--recursive", "--each", "--sequence"})
    command.add_flag(flag);
  for (const char *name : batch_names)
    command.add_option((std::string_view(name) == "output-dir" ? "-o,--" : "--") + std::string(name));
  command.add_option("-s,--style");
  for (const char *name : {"--weight", "--mask", "--preset", "--start-image", "--start-content"})
    command.add_option(name);
  for (const Option &option : pastiche::option_table())
    command.add_option("--" + std::string(option.name));
}

void fill_in_batch(const CLI::App &command, CommandLine &line) {
  constexpr int most_jobs = 1024;
  batch::Settings &batch = line.batch;
  line.action = Action::batch;
  line.quiet = command.count("--quiet");
  batch.recursive = command.count("--recursive");
  batch.each = command.count("--each");
  batch.sequence = command.count("--sequence");
  for (const Argument &argument : arguments_of(command)) {
    const std::string &value = argument.value;
    const bool own = std::ranges::find(batch_names, argument.name) != std::end(batch_names);
    if (own && value.empty())
      throw UsageError(sentence(_("--%s needs a value."), argument.name.c_str()));
    if (argument.name == "manifest")
      batch.manifest = value;
    else if (argument.name == "output-dir")
      batch.folder = value;
    else if (argument.name == "name")
      batch.name = value;
    else if (argument.name == "format")
      batch.format = value;
    else if (argument.name == "report")
      batch.report = value;
    else if (argument.name == "jobs") {
      const auto jobs = number_in<int>(value);
      if (!jobs || *jobs < 1 || *jobs > most_jobs)
        throw UsageError(sentence(_("--%s takes a whole number from %d to %d, not “%s”."), "jobs", 1, most_jobs, value.c_str()));
      batch.jobs = *jobs;
    } else if (argument.name == "shard")
      batch::set_shard(value, batch);
    else if (batch::is_of_a_picture(argument.name))
      batch.arguments.push_back(argument);
  }
  if (batch.each && batch.name.empty())
    batch.name = "{picture}-{style}";
  if (batch.inputs.empty() == batch.manifest.empty())
    throw UsageError(batch.inputs.empty() ? _("Give the pictures to paint, or --manifest; see “pastiche batch --help”.")
                                          : _("Give either pictures or --manifest, not both."));
  if (batch.folder.empty())
    throw UsageError(_("--output-dir is missing; see “pastiche batch --help”."));
  if (batch.sequence && !batch.manifest.empty())
    throw UsageError(_("--sequence takes the folder of the frames, not a --manifest."));
  if (batch.sequence && std::ranges::any_of(batch.arguments, [](const Argument &argument) { return argument.name.starts_with("start-"); }))
    throw UsageError(_("--sequence starts every frame from the one before, so that --start-image and --start-content cannot be given."));
}

void add_info_arguments(CLI::App &command) {
  command.set_help_flag();
  command.allow_extras();
  command.add_flag("-h,--help");
  command.add_flag("--json");
  command.add_option("file");
}

struct ModelsCommand {
  const char *name;
  ModelsAction action;
  std::string ModelsLine::*argument; // what the word behind it is; null: there is none
  const char *argument_name;
  bool needed;
};
constexpr std::array models_commands{
    ModelsCommand{"list", ModelsAction::list, nullptr, nullptr, false},
    ModelsCommand{"fetch", ModelsAction::fetch, &ModelsLine::name, "NAME", true},
    ModelsCommand{"import", ModelsAction::import, &ModelsLine::file, "FILE", true},
    ModelsCommand{"verify", ModelsAction::verify, &ModelsLine::name, "NAME", false},
    ModelsCommand{"remove", ModelsAction::remove, &ModelsLine::name, "NAME", true},
};

// A command of a command: “fetch” of “pastiche models”.
CLI::App *add_part(CLI::App &command, const char *name) {
  CLI::App *part = command.add_subcommand(name);
  part->set_help_flag();
  part->allow_extras();
  part->add_flag("-h,--help");
  part->add_flag("-q,--quiet");
  return part;
}

void add_models_arguments(CLI::App &models) {
  models.set_help_flag();
  models.allow_extras();
  models.add_flag("-h,--help");
  models.require_subcommand(0, 1);
  for (const ModelsCommand &command : models_commands) {
    CLI::App *sub = add_part(models, command.name);
    if (command.argument)
      sub->add_option("argument");
    if (command.action == ModelsAction::fetch) {
      sub->add_option("--url");
      sub->add_flag("--whole");
      sub->add_option("--timeout");
    } else if (command.action == ModelsAction::import) {
      sub->add_option("--name");
    }
  }
}

void fill_in_models(CommandLine &line, const CLI::App &models) {
  const auto chosen =
      std::ranges::find_if(models_commands, [&](const ModelsCommand &command) { return models.got_subcommand(command.name); });
  if (chosen == models_commands.end())
    throw UsageError(_("Say what to do with models: list, fetch, import, verify or remove; see “pastiche models --help”."));
  const CLI::App *command = models.get_subcommand(chosen->name);
  line.models.action = chosen->action;
  line.quiet = command->count("--quiet");
  if (chosen->argument && command->count("argument"))
    line.models.*chosen->argument = command->get_option("argument")->as<std::string>();
  if (chosen->needed && (line.models.*chosen->argument).empty())
    throw UsageError(sentence(_("%s is missing; see “pastiche models --help”."), chosen->argument_name));
  if (chosen->action == ModelsAction::import && command->count("--name"))
    line.models.name = command->get_option("--name")->as<std::string>();
  if (chosen->action == ModelsAction::fetch) {
    line.models.whole = command->count("--whole");
    if (command->count("--url"))
      line.models.url = command->get_option("--url")->as<std::string>();
    if (command->count("--timeout"))
      line.models.stall_seconds =
          static_cast<int32_t>(batch::number_within("timeout", command->get_option("--timeout")->as<std::string>(), 1, longest_timeout));
  }
}

struct StylesCommand {
  const char *name;
  StylesAction action;
  const char *argument_name; // of what stands behind it; null: there is nothing
};
constexpr std::array styles_commands{
    StylesCommand{"search", StylesAction::search, "WORDS"},
    StylesCommand{"fetch", StylesAction::fetch, "ID"},
    StylesCommand{"list", StylesAction::list, nullptr},
    StylesCommand{"remove", StylesAction::remove, "ID"},
};

void add_styles_arguments(CLI::App &styles) {
  styles.set_help_flag();
  styles.allow_extras();
  styles.add_flag("-h,--help");
  styles.require_subcommand(0, 1);
  for (const StylesCommand &command : styles_commands) {
    CLI::App *sub = add_part(styles, command.name);
    sub->option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (command.argument_name)
      sub->add_option("argument")->expected(command.action == StylesAction::search ? -1 : 1); // below 0: or more
    if (command.action == StylesAction::search)
      sub->add_option("--limit");
    if (command.action == StylesAction::search || command.action == StylesAction::fetch)
      sub->add_option("--timeout");
  }
}

void fill_in_styles(CommandLine &line, const CLI::App &styles) {
  constexpr int most_works = 100;
  const auto chosen =
      std::ranges::find_if(styles_commands, [&](const StylesCommand &command) { return styles.got_subcommand(command.name); });
  if (chosen == styles_commands.end())
    throw UsageError(_("Say what to do with styles: search, fetch, list or remove; see “pastiche styles --help”."));
  const CLI::App *command = styles.get_subcommand(chosen->name);
  line.styles_line.action = chosen->action;
  line.quiet = command->count("--quiet");
  for (const Argument &argument : arguments_of(*command))
    if (argument.name == "argument")
      line.styles_line.argument += (line.styles_line.argument.empty() ? "" : " ") + argument.value;
    else if (argument.name == "limit") {
      const auto limit = number_in<int>(argument.value);
      if (!limit || *limit < 1 || *limit > most_works)
        throw UsageError(sentence(_("--%s takes a whole number from %d to %d, not “%s”."), "limit", 1, most_works, argument.value.c_str()));
      line.styles_line.limit = *limit;
    } else if (argument.name == "timeout")
      line.styles_line.stall_seconds = static_cast<int32_t>(batch::number_within("timeout", argument.value, 1, longest_timeout));
  if (chosen->argument_name && line.styles_line.argument.empty())
    throw UsageError(sentence(_("%s is missing; see “pastiche %s --help”."), chosen->argument_name, "styles"));
}

void add_doctor_arguments(CLI::App &command) {
  command.set_help_flag();
  command.allow_extras();
  command.add_flag("-h,--help");
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

bool asks_for_help(const CLI::App &command) {
  return command.count("--help") ||
         std::ranges::any_of(command.get_subcommands(), [](const CLI::App *sub) { return sub->count("--help") > 0; });
}

// What is not the command's and not its options'.
void refuse(const std::string &word, const CLI::App *command) {
  if (!command)
    throw UsageError(sentence(_("“%s” is nothing Pastiche can do; see “pastiche --help”."), word.c_str()));
  const bool is_of_stylize = std::ranges::any_of(batch::file_options(), [option = word.substr(0, word.find('='))](const FileOption &file) {
    return option == "--" + std::string(file.name);
  });
  if (is_of_stylize)
    throw UsageError(sentence(_("“%s” is an option of “pastiche stylize”, not of “pastiche %s”; see “pastiche %s --help”."), word.c_str(),
                              command->get_name().c_str(), command->get_name().c_str()));
  if (word.size() > 1 && word.front() == '-')
    throw UsageError(sentence(_("There is no option “%s”; see “pastiche %s --help”."), word.c_str(), command->get_name().c_str()));
  if (command->get_name() == "models")
    throw UsageError(sentence(_("“%s” is one word too many; see “pastiche models --help”."), word.c_str()));
  if (command->get_name() == "info")
    throw UsageError(sentence(_("“%s” is one word too many; only one FILE can be given."), word.c_str()));
  if (command->get_name() == "doctor" || command->get_name() == "styles")
    throw UsageError(sentence(_("“%s” is one word too many; see “pastiche %s --help”."), word.c_str(), command->get_name().c_str()));
  throw UsageError(sentence(_("“%s” is one word too many; only one CONTENT can be given."), word.c_str()));
}

} // namespace

CommandLine parse(int argc, const char *const *argv) {
  CommandLine line;

  // Help, missing and surplus words are dealt with below, in translated sentences; CLI11 takes the command line apart.
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  bool help = false, version = false;
  app.add_flag("-h,--help", help);
  app.add_flag("--version", version);
  CLI::App *stylize = app.add_subcommand("stylize");
  add_arguments(*stylize);
  CLI::App *batch = app.add_subcommand("batch");
  add_batch_arguments(*batch);
  CLI::App *estimate = app.add_subcommand("estimate");
  add_arguments(*estimate);
  estimate->add_flag("--json");
  CLI::App *info = app.add_subcommand("info");
  add_info_arguments(*info);
  CLI::App *models = app.add_subcommand("models");
  add_models_arguments(*models);
  CLI::App *styles = app.add_subcommand("styles");
  add_styles_arguments(*styles);
  CLI::App *doctor = app.add_subcommand("doctor");
  add_doctor_arguments(*doctor);
  CLI::App *explain = app.add_subcommand("explain");
  add_painting_arguments(*explain);
  explain->add_option("--output-dir");
  app.require_subcommand(0, 1);

  // The pictures of a batch are not left to CLI11, which would take “[a,b]” for two of them.
  const bool is_batch = argc > 1 && std::string_view(argv[1]) == "batch";
  const auto is_mark = [](const char *word) { return std::string_view(word) == "--"; };
  const char *const *const mark = is_batch ? std::find_if(argv, argv + argc, is_mark) : argv + argc;
  const char *const *const behind = mark == argv + argc ? mark : mark + 1;
  try {
    app.parse(words_backwards(static_cast<int>(mark - argv), argv));
  } catch (const CLI::ArgumentMismatch &error) {
    const std::string text = error.what(); // "--style: 1 required TEXT missing"
    throw UsageError(sentence(_("%s needs a value."), text.substr(0, text.find(':')).c_str()));
  } catch (const CLI::ParseError &error) {
    throw UsageError(sentence(_("The command line cannot be understood: %s."), error.what()));
  }

  // In the order of the list, so that one more command is one more line.
  const std::pair<CLI::App *, Action> commands[] = {
      {stylize, Action::stylize_help}, {batch, Action::batch_help},   {estimate, Action::estimate_help}, {info, Action::info_help},
      {models, Action::models_help},   {styles, Action::styles_help}, {doctor, Action::doctor_help},     {explain, Action::explain_help},
  };
  const auto parsed = std::ranges::find_if(commands, [](const auto &command) { return command.first->parsed(); });
  const CLI::App *command = parsed == std::end(commands) ? nullptr : parsed->first;
  if (help || (command && asks_for_help(*command))) {
    line.action = command ? parsed->second : Action::help;
    return line;
  }
  if (version) {
    line.action = Action::version;
    return line;
  }
  for (const std::string &word : app.remaining(true))
    if (command == batch && (word.size() < 2 || word.front() != '-'))
      line.batch.inputs.push_back(word);
    else if (word != "--") // what stands behind it is no option, even with a dash in front
      refuse(word, command);
  line.batch.inputs.insert(line.batch.inputs.end(), behind, argv + argc);
  if (!command)
    throw UsageError(_("Say what to do; see “pastiche --help”."));

  if (command == doctor) {
    line.action = Action::doctor;
    return line;
  }
  if (command == info) {
    line.action = Action::info;
    line.json = command->count("--json");
    if (!command->count("file"))
      throw UsageError(_("FILE is missing; see “pastiche info --help”."));
    line.content = command->get_option("file")->as<std::string>();
    return line;
  }

  if (command == models) {
    line.action = Action::models;
    fill_in_models(line, *models);
    return line;
  }
  if (command == styles) {
    line.action = Action::styles;
    fill_in_styles(line, *styles);
    return line;
  }
  if (command == batch) {
    fill_in_batch(*batch, line);
    return line;
  }

  if (command == explain)
    line.options.size = explained_size;
  set(line, arguments_of(*command));
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
    batch::require_file(line.output, "--output");
  } else {
    line.action = Action::estimate;
    line.json = command->count("--json");
  }
  return line;
}

} // namespace cli
