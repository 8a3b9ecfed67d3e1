// SPDX-License-Identifier: GPL-3.0-or-later
#include "manual.h"

#include "base/i18n.h"
#include "help.h"
#include "host/options.h"

namespace cli {
namespace {

constexpr size_t widest_line = 79; // bytes, as the manual's formatters like their input

// Of a text as a formatter that knows only ASCII gets it: any other letter is written like \[u201C].
size_t width_of(const std::string &text) {
  size_t width = 0;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    width += byte < 0x80 ? 1 : byte >= 0xC0 ? 8 : 0;
  }
  return width;
}

// Text without anything that the formatter would take for an instruction.
std::string escaped(const std::string &text) {
  std::string result;
  for (const char letter : text)
    if (letter == '\\')
      result += "\\e";
    else if (letter == '-')
      result += "\\-";
    else if (letter == '"')
      result += "\\(dq";
    else
      result += letter;
  return result;
}

// One paragraph of text; a sentence begins on a line of its own, so that the formatter knows it for one.
std::string filled(const std::string &text) {
  std::string result, line;
  const auto end_line = [&] {
    const bool like_a_macro = line.starts_with('.') || line.starts_with('\'');
    result += (like_a_macro ? "\\&" : "") + line + '\n';
    line.clear();
  };
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = escaped(text.substr(at, end - at));
    if (!line.empty() && width_of(line) + 1 + width_of(word) > widest_line)
      end_line();
    line += (line.empty() ? "" : " ") + word;
    if (word.ends_with('.'))
      end_line();
    at = end + 1;
  }
  if (!line.empty())
    end_line();
  return result;
}

std::string macro(const char *name, const std::string &text) { return "." + std::string(name) + " \"" + escaped(text) + "\"\n"; }

std::string tagged(const Entry &entry) { return ".TP\n" + macro("B", entry.name) + filled(entry.description); }

std::string body(const HelpPage &page) {
  std::string text;
  bool fresh = true; // right under a title, where a new paragraph needs no macro
  for (const auto &block : page.blocks) {
    std::visit(pastiche::Overloaded{
                   [&](const Paragraph &paragraph) { text += (fresh ? "" : ".PP\n") + filled(paragraph.text); },
                   [&](const Heading &heading) { text += (fresh ? "" : ".PP\n") + filled(heading.text); },
                   [&](const Entry &entry) { text += tagged(entry); },
               },
               block);
    fresh = false;
  }
  return text;
}

// Without the word for “usage” that stands before it in whatever language.
std::string synopsis(const HelpPage &page) { return page.usage.substr(std::min(page.usage.find("pastiche"), page.usage.size())); }

} // namespace

std::string manual(const std::string &date) {
  std::string synopses, commands;
  for (const HelpPage &page : pages())
    if (!page.command.empty()) {
      synopses += (synopses.empty() ? "" : ".br\n") + filled(synopsis(page));
      commands += macro("SS", "pastiche " + page.command) + body(page);
    }
  return ".\\\" SPDX-License-Identifier: GPL-3.0-or-later\n"
         ".\\\" Made from the same texts as “pastiche --help”.\n"
         ".TH PASTICHE 1 " +
         date + " \"Pastiche " PASTICHE_VERSION "\"\n" + macro("SH", _("NAME")) + "pastiche \\- " +
         filled(_("repaints a photograph in the style of other pictures")) + macro("SH", _("SYNOPSIS")) + synopses +
         macro("SH", _("DESCRIPTION")) + body(general_page()) + macro("SH", _("COMMANDS")) + commands + macro("SH", _("ENVIRONMENT")) +
         tagged({"PASTICHE_CORE", _("The path of the painting engine, libpastiche-core.so, instead of the one that was installed.")}) +
         tagged({"OMP_NUM_THREADS", _("How many of the processor's cores are used; by default all.")}) +
         tagged({"XDG_DATA_HOME", _("The folder below which pastiche/models and pastiche/styles hold models and styles of your own; by "
                                    "default ~/.local/share.")}) +
         macro("SH", _("SEE ALSO")) + ".BR gimp (1)\n";
}

} // namespace cli
