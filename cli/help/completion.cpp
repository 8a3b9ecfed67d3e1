// SPDX-License-Identifier: GPL-3.0-or-later
#include "completion.h"

#include <algorithm>
#include <string_view>

#include "batch/replaced.h"
#include "help.h"

namespace cli {
namespace {

const char *const licence = "# SPDX-License-Identifier: GPL-3.0-or-later\n# Made from the same texts as “pastiche --help”.\n";

// A word that can stand there, and what it is.
struct Word {
  std::string text, description;
};

// What can follow "pastiche COMMAND".
struct Command {
  std::string name; // empty: what follows "pastiche" itself
  std::vector<Word> words;
  std::vector<Entry> options;
  bool files = false; // whether names of files can stand there too
};

// The entries of a page, with those options that it has from another.
std::vector<Entry> entries_of(const HelpPage &page, const std::vector<HelpPage> &all) {
  std::vector<Entry> entries;
  for (const auto &block : page.blocks)
    if (const auto *entry = std::get_if<Entry>(&block))
      entries.push_back(*entry);
  const auto is_known = [&](const Entry &entry) {
    return std::ranges::any_of(entries, [&](const Entry &known) { return known.forms() == entry.forms() && known.name == entry.name; });
  };
  for (const HelpPage &other : all)
    if (!page.options_of.empty() && other.command == page.options_of)
      for (const Entry &entry : entries_of(other, all))
        if (!is_known(entry))
          entries.push_back(entry);
  return entries;
}

// "pastiche models fetch NAME", seen from "pastiche models": fetch. Empty when it is nothing of the kind.
std::string next_word(const std::string &name, const std::string &command) {
  const std::string begin = command.empty() ? "pastiche " : "pastiche " + command + " ";
  if (!name.starts_with(begin))
    return {};
  const std::string word = name.substr(begin.size(), name.find(' ', begin.size()) - begin.size());
  return word.starts_with('-') ? std::string() : word;
}

std::vector<Command> commands() {
  std::vector<Command> commands;
  const std::vector<HelpPage> all = pages();
  for (const HelpPage &page : all) {
    Command command{.name = page.command, .words = {}, .options = {}};
    for (const Entry &entry : entries_of(page, all)) {
      if (!entry.forms().empty()) {
        command.options.push_back(entry);
        continue;
      }
      if (const std::string word = next_word(entry.name, page.command); !word.empty())
        command.words.push_back({word, entry.description});
      for (const std::string &word : entry.values.words)
        command.words.push_back({word, {}});
      command.files |= entry.values.kind == Values::Kind::files || entry.values.kind == Values::Kind::folders;
    }
    commands.push_back(std::move(command));
  }
  return commands;
}

// As much of a description as fits beside an option: its first clause.
std::string brief(const std::string &description) {
  size_t end = description.size();
  for (const std::string_view stop : {". ", "; ", ": ", ", "})
    if (const size_t at = description.find(stop); at != std::string::npos && at > 20)
      end = std::min(end, at);
  std::string clause = description.substr(0, end);
  if (clause.ends_with('.'))
    clause.pop_back();
  return clause;
}

std::string joined(const std::vector<std::string> &words, const char *between) {
  std::string text;
  for (const std::string &word : words)
    text += (text.empty() ? "" : between) + word;
  return text;
}

// What stands for the value: "STYLE".
std::string placeholder(const Entry &option) { return option.name.substr(option.name.rfind(' ') + 1); }

std::string bash_words(const Command &command) {
  std::vector<std::string> words;
  for (const Word &word : command.words)
    words.push_back(word.text);
  for (const Entry &option : command.options)
    words.push_back(option.forms().back()); // the long one
  return joined(words, " ");
}

std::string bash_case(const std::string &pattern, const std::string &words, bool files) {
  return "    " + pattern + ")" + (words.empty() ? "" : " words='" + words + "'" + (files ? ";" : "")) + (files ? " files=yes" : "") +
         " ;;\n";
}

// A value of zsh's _arguments: ":STYLE:_files".
std::string zsh_value(const Entry &option) {
  if (!option.takes_a_value())
    return {};
  const std::string message = ":" + placeholder(option) + ":";
  switch (option.values.kind) {
  case Values::Kind::anything:
    return message;
  case Values::Kind::files:
    return message + "_files";
  case Values::Kind::folders:
    return message + "_files -/";
  case Values::Kind::words:
    return message + "(" + joined(option.values.words, " ") + ")";
  }
  return message;
}

// Inside single quotes, in zsh.
std::string zsh_quoted(const std::string &text) { return batch::replaced(text, "'", "'\\''"); }

std::string zsh_option(const Entry &option) {
  // Brackets would end the explanation.
  const std::string explanation = batch::replaced(batch::replaced(zsh_quoted(brief(option.description)), "[", "\\["), "]", "\\]");
  std::string text;
  for (std::string form : option.forms()) {
    if (option.takes_a_value())
      form += form.starts_with("--") ? '=' : '+'; // the value may also be a word of its own
    text += " \\\n        '" + std::string(option.takes_a_value() ? "*" : "") + form + "[" + explanation + "]" + zsh_value(option) + "'";
  }
  return text;
}

std::string zsh_words(const Command &command) {
  std::string text;
  for (const Word &word : command.words)
    text += " '" + zsh_quoted(word.text) +
            (word.description.empty() ? "" : ":" + batch::replaced(zsh_quoted(brief(word.description)), ":", "\\:")) + "'";
  return text;
}

std::string zsh_arguments(const Command &command) {
  std::string text = "_arguments -s -S";
  for (const Entry &option : command.options)
    text += zsh_option(option);
  if (command.files)
    text += " \\\n        '*:file:_files'";
  return text;
}

std::string fish_quoted(const std::string &text) { return "'" + batch::replaced(batch::replaced(text, "\\", "\\\\"), "'", "\\'") + "'"; }

std::string fish_described(const std::string &description) {
  return description.empty() ? "\n" : " -d " + fish_quoted(brief(description)) + "\n";
}

std::string fish_option(const Entry &option) {
  std::string text;
  for (const std::string &form : option.forms())
    text += form.starts_with("--") ? " -l " + form.substr(2) : " -s " + form.substr(1);
  if (!option.takes_a_value())
    return text;
  switch (option.values.kind) {
  case Values::Kind::anything:
    return text + " -x";
  case Values::Kind::files:
    return text + " -r -F";
  case Values::Kind::folders:
    return text + " -x -a '(__fish_complete_directories)'";
  case Values::Kind::words:
    return text + " -x -a " + fish_quoted(joined(option.values.words, " "));
  }
  return text;
}

} // namespace

std::string bash_completion() {
  std::string text = licence;
  text += R"(_pastiche() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words= files=
  # bash takes --option=value apart.
  if [ "$word" = = ]; then
    word=
  elif [ "$before" = = ]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $COMP_CWORD:${COMP_WORDS[1]}:$before in
)";
  for (const Command &command : commands()) {
    if (command.name.empty()) {
      text += bash_case("1:*", bash_words(command), false);
      continue;
    }
    std::vector<std::string> free; // that take something nobody can guess
    for (const Entry &option : command.options) {
      std::vector<std::string> patterns;
      for (const std::string &form : option.forms())
        patterns.push_back("*:" + command.name + ":" + form);
      const Values::Kind kind = option.values.kind;
      if (option.takes_a_value() && kind == Values::Kind::anything)
        free.insert(free.end(), patterns.begin(), patterns.end());
      else if (option.takes_a_value())
        text += bash_case(joined(patterns, " | "), joined(option.values.words, " "), kind != Values::Kind::words);
    }
    if (!free.empty())
      text += bash_case(joined(free, " | "), "", false);
    text += bash_case("*:" + command.name + ":*", bash_words(command), command.files);
  }
  return text + R"(  esac
  mapfile -t COMPREPLY < <(
    compgen -W "$words" -- "$word"
    if [ -n "$files" ]; then compgen -f -- "$word"; fi
  )
  if [ -n "$files" ]; then compopt -o filenames; fi
}
complete -F _pastiche pastiche
)";
}

std::string zsh_completion() {
  std::string first, rest;
  for (const Command &command : commands()) {
    const std::string words = zsh_words(command);
    if (command.name.empty()) {
      first = "    choices=(" + words + " )\n    _describe command choices\n    " + zsh_arguments(command) + "\n";
      continue;
    }
    rest += "    " + command.name + ")\n";
    if (!words.empty())
      rest += "      choices=(" + words + " )\n      _describe word choices\n";
    rest += "      " + zsh_arguments(command) + "\n      ;;\n";
  }
  return "#compdef pastiche\n" + std::string(licence) + "_pastiche() {\n  local -a choices\n  if (( CURRENT == 2 )); then\n" + first +
         "    return\n  fi\n  shift words\n  (( CURRENT-- ))\n  case $words[1] in\n" + rest + "  esac\n}\n_pastiche \"$@\"\n";
}

std::string fish_completion() {
  std::string text = std::string(licence) + "complete -c pastiche -f\n";
  for (const Command &command : commands()) {
    const std::string place = "complete -c pastiche -n " +
                              fish_quoted(command.name.empty() ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + command.name);
    for (const Word &word : command.words)
      text += place + " -a " + fish_quoted(word.text) + fish_described(word.description);
    for (const Entry &option : command.options)
      text += place + fish_option(option) + fish_described(option.description);
    if (command.files)
      text += place + " -F\n";
  }
  return text;
}

} // namespace cli
