// SPDX-License-Identifier: GPL-3.0-or-later
// Run while Pastiche is built: prints the manual, or the completions of a shell, in the language of the environment.
#include <clocale>
#include <cstdio>
#include <string_view>

#include "base/i18n.h"
#include "completion.h"
#include "manual.h"

int main(int argc, char **argv) {
  if (!std::setlocale(LC_ALL, "")) {
    std::fputs("The locale of the environment is not there.\n", stderr);
    return 1;
  }
  std::setlocale(LC_NUMERIC, "C");
  pastiche::bind_translations();
  const std::string_view what = argc > 1 ? argv[1] : "";
  std::string text;
  if (what == "manual" && argc == 3)
    text = cli::manual(argv[2]);
  else if (what == "bash")
    text = cli::bash_completion();
  else if (what == "zsh")
    text = cli::zsh_completion();
  else if (what == "fish")
    text = cli::fish_completion();
  if (!text.empty() && std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0)
    return 0;
  std::fputs("Usage: generate manual DATE | bash | zsh | fish\n", stderr);
  return 2;
}
