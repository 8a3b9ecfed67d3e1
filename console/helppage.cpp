// SPDX-License-Identifier: GPL-3.0-or-later
#include "helppage.h"

#include <glib.h>

#include <algorithm>

#include "host/options.h"
#include "terminal.h"

namespace cli {
namespace {

constexpr int description_column = 26;

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

} // namespace

std::string in_two_columns(const Entry &entry, int columns, int indent) {
  std::string text = "  " + entry.name;
  // A description that would be a narrow strip starts a line of its own, as does one whose option is long.
  if (columns < 60)
    indent = 6;
  const int room = indent - columns_of(text);
  text += room >= 2 ? std::string(static_cast<size_t>(room), ' ') : '\n' + std::string(static_cast<size_t>(indent), ' ');
  return text + wrapped(entry.description, columns, indent) + "\n";
}

std::vector<std::string> Entry::forms() const {
  std::vector<std::string> forms;
  // An option of a part of a command stands indented.
  for (size_t at = std::min(name.find_first_not_of(' '), name.size()); name.compare(at, 1, "-") == 0;) {
    const size_t end = std::min(name.find_first_of(", ", at), name.size());
    forms.push_back(name.substr(at, end - at));
    at = std::min(name.find_first_not_of(", ", end), name.size());
  }
  return forms;
}

bool Entry::takes_a_value() const {
  const std::vector<std::string> all = forms();
  return !all.empty() && !name.ends_with(all.back());
}

std::string shown(const HelpPage &page, int columns) {
  std::string text = wrapped(page.usage, columns, 0) + "\n";
  bool spaced = false; // whether the next entry stands apart from what is before it
  const auto plain = [&](const std::string &paragraph, bool entries_follow) {
    text += "\n" + wrapped(paragraph, columns, 0) + "\n";
    spaced = !entries_follow;
  };
  for (const auto &block : page.blocks)
    std::visit(pastiche::Overloaded{
                   [&](const Paragraph &paragraph) { plain(paragraph.text, false); },
                   [&](const Heading &heading) { plain(heading.text, true); },
                   [&](const Entry &entry) {
                     text += (spaced ? "\n" : "") + in_two_columns(entry, columns, description_column);
                     spaced = false;
                   },
               },
               block);
  return text;
}

} // namespace cli
