// SPDX-License-Identifier: GPL-3.0-or-later
#include "help.h"

#include "base/i18n.h"
#include "base/sentence.h"
#include "cli/commands.h"
#include "optionentries.h"

namespace cli {

HelpPage general_page() {
  HelpPage page{.command = "",
                .usage = _("Usage: pastiche stylize CONTENT --style STYLE --output OUT [OPTION…]"),
                .blocks = {Paragraph{_("Repaints a photograph in the style of one or more other pictures.")}}};
  for (const Command *command : commands)
    page.blocks.push_back(Entry{pastiche::sentence("pastiche %s", command->name), _(command->summary)});
  page.blocks.insert(
      page.blocks.end(),
      {Entry{"--version", _("Shows the versions of Pastiche and of its painting engine, and what the engine runs on.")}, help_entry()});
  return page;
}

std::vector<HelpPage> pages() {
  std::vector<HelpPage> all{general_page()};
  for (const Command *command : commands)
    all.push_back(command->page());
  return all;
}

} // namespace cli
