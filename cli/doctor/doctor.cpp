// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <unistd.h>

#include "base/i18n.h"
#include "cli/commands.h"
#include "cli/help/optionentries.h"
#include "console/terminal.h"
#include "finding.h"

namespace cli {
namespace {

using pastiche::sentence;

const char *word_for(Health health) {
  switch (health) {
  case Health::well:
    return _("well");
  case Health::note:
    return _("note");
  case Health::slow:
    return _("slow");
  case Health::missing:
    return _("missing");
  }
  return "";
}

bool is_trouble(const Finding &finding) { return finding.health == Health::slow || finding.health == Health::missing; }

void print(const Finding &finding, int columns) {
  std::string sentence = finding.sentence;
  if (!finding.command.empty())
    sentence += std::string(" ") + _("Type:");
  std::fputs(in_two_columns({word_for(finding.health), sentence}, columns, 12).c_str(), stdout);
  // A line of its own, unbroken, so that it can be copied.
  if (!finding.command.empty())
    std::printf("              %s\n", finding.command.c_str());
}

HelpPage page() {
  return {.command = "doctor",
          .usage = _("Usage: pastiche doctor"),
          .blocks = {
              Paragraph{_("Looks at everything that Pastiche needs, says in a line each what is well, what is missing and what is slow, "
                          "and under it what to type. Nothing is changed.")},
              help_entry(),
              Paragraph{_("Exit status: 0 all is well, 1 something is missing or slow, 2 wrong usage.")},
          }};
}

int run(const Typed &) {
  const int columns = terminal_columns(STDOUT_FILENO).value_or(100);
  bool trouble = false;
  for (const auto examine : {examine_engine, examine_files, examine_gimp})
    for (const Finding &finding : examine()) {
      print(finding, columns);
      std::fflush(stdout); // the next may take a while
      trouble |= is_trouble(finding);
    }
  std::printf("\n%s\n", trouble ? _("Something is missing or slow.") : _("All is well."));
  return trouble ? 1 : 0;
}

} // namespace

const Command doctor_command{
    .name = "doctor",
    .summary = N_("Tells what is missing or slow on this machine, and what to type; see “pastiche doctor --help”."),
    .page = page,
    .usage = {.run = run},
};

} // namespace cli
