// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to say about a command: shown by --help, and made into the manual (manual.h) and the shells' completions (completion.h).
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace cli {

// What can stand for the value of an option, or for a word of the command line.
struct Values {
  enum class Kind { anything, files, folders, words };
  Kind kind = Kind::anything;
  std::vector<std::string> words; // for Kind::words
};
inline Values files() { return {.kind = Values::Kind::files, .words = {}}; }
inline Values folders() { return {.kind = Values::Kind::folders, .words = {}}; }
inline Values words(std::vector<std::string> words) { return {.kind = Values::Kind::words, .words = std::move(words)}; }

// One thing that can be typed: "-s, --style STYLE", "CONTENT", "pastiche info".
struct Entry {
  std::string name;
  std::string description; // whole sentences
  Values values{};

  // How the option is written: {"-s", "--style"}. Nothing when it is no option.
  std::vector<std::string> forms() const;
  // Whether it is an option that has a value.
  bool takes_a_value() const;
};

struct Heading {
  std::string text;
};
struct Paragraph {
  std::string text;
};

// All texts are translated already.
struct HelpPage {
  std::string command; // "stylize"; empty: pastiche itself
  std::string usage;   // "Usage: pastiche stylize CONTENT …"
  std::vector<std::variant<Paragraph, Heading, Entry>> blocks;
  std::string options_of{}; // another command, whose options this one has too
};

// An entry for a terminal of so many columns, its description from the column `indent` on where there is room.
std::string in_two_columns(const Entry &entry, int columns, int indent);

// For a terminal of so many columns.
std::string shown(const HelpPage &page, int columns);

} // namespace cli
