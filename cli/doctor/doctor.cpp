// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

#include "base/i18n.h"
#include "console/helppage.h"
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

} // namespace

int doctor() {
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

} // namespace cli
