// SPDX-License-Identifier: GPL-3.0-or-later
#include "commandline.h"

#include <algorithm>
#include <map>

#include <CLI/CLI.hpp>

#include "base/i18n.h"
#include "base/sentence.h"
#include "commands.h"
#include "console/usageerror.h"

namespace cli {
namespace {

using pastiche::sentence;

// Help, missing and surplus words are dealt with below, in translated sentences, and words are not left to CLI11, which would take “[a,b]”
// for two of them.
void declare(CLI::App &app, const Usage &usage) {
  app.set_help_flag();
  app.allow_extras();
  // Nothing is bound to variables: the order counts, and only parse_order() tells it.
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_flag("-h,--help");
  for (const Form &form : usage.forms ? usage.forms() : std::vector<Form>())
    if (form.takes_a_value)
      app.add_option(form.names);
    else
      app.add_flag(form.names);
}

std::vector<batch::Argument> arguments_of(const CLI::App &command) {
  std::vector<batch::Argument> arguments;
  std::map<const CLI::Option *, size_t> taken;
  for (const CLI::Option *option : command.parse_order())
    arguments.push_back({option->get_single_name(), option->results()[taken[option]++]});
  return arguments;
}

// As CLI11 wants them.
std::vector<std::string> words_backwards(const char *const *begin, const char *const *end) {
  std::vector<std::string> words;
  for (const char *const *typed = begin; typed < end; typed++) {
    std::string word = *typed;
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

bool looks_like_an_option(const std::string &word) { return word.size() > 1 && word.front() == '-'; }

[[noreturn]] void refuse_option(const std::string &word, const Command &command) {
  const bool is_of_stylize = std::ranges::any_of(batch::file_options(), [option = word.substr(0, word.find('='))](const auto &file) {
    return option == "--" + std::string(file.name);
  });
  if (is_of_stylize)
    throw UsageError(sentence(_("“%s” is an option of “pastiche stylize”, not of “pastiche %s”; see “pastiche %s --help”."), word.c_str(),
                              command.name, command.name));
  throw UsageError(sentence(_("There is no option “%s”; see “pastiche %s --help”."), word.c_str(), command.name));
}

void check_words(const std::vector<std::string> &words, const Usage &usage, const Command &command) {
  const size_t most = usage.words == Usage::Words::any ? SIZE_MAX : usage.words == Usage::Words::one ? 1 : 0;
  if (words.size() > most)
    throw UsageError(most == 1 ? sentence(_("“%s” is one word too many; only one %s can be given."), words[1].c_str(), usage.word)
                               : sentence(_("“%s” is one word too many; see “pastiche %s --help”."), words[0].c_str(), command.name));
  if (usage.needed && (words.empty() || words.front().empty()))
    throw UsageError(sentence(_("%s is missing; see “pastiche %s --help”."), usage.word, command.name));
}

} // namespace

std::optional<std::string> Typed::value_of(const std::string &option) const {
  const auto last =
      std::find_if(arguments.rbegin(), arguments.rend(), [&](const batch::Argument &argument) { return argument.name == option; });
  return last == arguments.rend() ? std::nullopt : std::optional(last->value);
}

CommandLine parse(int argc, const char *const *argv) {
  CLI::App app;
  declare(app, {});
  app.add_flag("--version");
  app.require_subcommand(0, 1);
  for (const Command *command : commands) {
    CLI::App *sub = app.add_subcommand(command->name);
    declare(*sub, command->usage);
    sub->require_subcommand(0, 1);
    for (const Part &part : command->parts) {
      CLI::App *of_part = sub->add_subcommand(part.name);
      declare(*of_part, part.usage);
      of_part->add_flag("-q,--quiet");
    }
  }

  // What stands behind “--” is no option, even with a dash in front.
  const char *const *const mark = std::find_if(argv, argv + argc, [](const char *word) { return std::string_view(word) == "--"; });
  try {
    app.parse(words_backwards(std::min(argv + 1, mark), mark));
  } catch (const CLI::ArgumentMismatch &error) {
    const std::string text = error.what(); // "--style: 1 required TEXT missing"
    throw UsageError(sentence(_("%s needs a value."), text.substr(0, text.find(':')).c_str()));
  } catch (const CLI::ParseError &error) {
    throw UsageError(sentence(_("The command line cannot be understood: %s."), error.what()));
  }

  CommandLine line;
  const auto chosen = std::ranges::find_if(commands, [&](const Command *command) { return app.got_subcommand(command->name); });
  const CLI::App *typed = &app;
  bool help = app.count("--help");
  if (chosen != std::end(commands)) {
    line.command = *chosen;
    line.usage = &line.command->usage;
    typed = app.get_subcommand(line.command->name);
    help |= typed->count("--help") > 0;
    for (const Part &part : line.command->parts)
      if (typed->got_subcommand(part.name)) {
        line.usage = &part.usage;
        line.typed.part = part.name;
      }
    if (!line.typed.part.empty())
      typed = typed->get_subcommand(line.typed.part);
    help |= typed->count("--help") > 0;
  }
  if (help || app.count("--version")) {
    line.wish = help ? CommandLine::Wish::help : CommandLine::Wish::version;
    return line;
  }

  std::vector<std::string> &words = line.typed.words;
  for (const std::string &word : app.remaining(true))
    if (!line.command)
      throw UsageError(sentence(_("“%s” is nothing Pastiche can do; see “pastiche --help”."), word.c_str()));
    else if (looks_like_an_option(word))
      refuse_option(word, *line.command);
    else
      words.push_back(word);
  words.insert(words.end(), mark == argv + argc ? mark : mark + 1, argv + argc);
  if (!line.command)
    throw UsageError(_("Say what to do; see “pastiche --help”."));
  check_words(words, *line.usage, *line.command);
  if (!line.usage->run) {
    std::vector<std::string> parts;
    for (const Part &part : line.command->parts)
      parts.emplace_back(part.name);
    throw UsageError(sentence(_("Say what to do with %s: %s; see “pastiche %s --help”."), line.command->name,
                              pastiche::listed(parts).c_str(), line.command->name));
  }
  line.typed.arguments = arguments_of(*typed);
  return line;
}

} // namespace cli
