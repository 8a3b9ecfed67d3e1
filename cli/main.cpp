// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "commandline.h"
#include "core/door.h"
#include "core/i18n.h"
#include "estimate.h"
#include "explain.h"
#include "failure.h"
#include "help.h"
#include "info.h"
#include "raster/error.h"
#include "stylize.h"
#include "terminal.h"

namespace {

constexpr int failed = 1, wrong_usage = 2;

void speak_the_users_language() {
  std::setlocale(LC_ALL, "");
  std::setlocale(LC_NUMERIC, "C"); // numbers are typed and told the same everywhere
  pastiche::bind_translations();
}

int complain(int status, const char *sentence) {
  std::fprintf(stderr, "pastiche: %s\n", sentence);
  return status;
}

int tell_version() {
  std::printf("pastiche %s\n", PASTICHE_VERSION);
  std::string fault;
  if (const pastiche::Core *core = pastiche::open_core(fault))
    std::printf(_("painting engine %s\n"), core->version());
  else
    std::printf("%s\n", fault.c_str());
  return 0;
}

int run(int argc, char **argv) {
  const cli::CommandLine line = cli::parse(argc, argv);
  const int columns = cli::terminal_columns(STDOUT_FILENO).value_or(100);
  switch (line.action) {
  case cli::Action::help:
    std::fputs(cli::help(columns).c_str(), stdout);
    return 0;
  case cli::Action::stylize_help:
    std::fputs(cli::stylize_help(columns).c_str(), stdout);
    return 0;
  case cli::Action::estimate_help:
    std::fputs(cli::estimate_help(columns).c_str(), stdout);
    return 0;
  case cli::Action::info_help:
    std::fputs(cli::info_help(columns).c_str(), stdout);
    return 0;
  case cli::Action::explain_help:
    std::fputs(cli::explain_help(columns).c_str(), stdout);
    return 0;
  case cli::Action::version:
    return tell_version();
  case cli::Action::stylize:
    return cli::stylize(line);
  case cli::Action::estimate:
    return cli::estimate(line);
  case cli::Action::info:
    return cli::info(line);
  case cli::Action::explain:
    return cli::explain(line);
  }
  return failed;
}

} // namespace

int main(int argc, char **argv) {
  speak_the_users_language();
  std::signal(SIGXFSZ, SIG_IGN); // a file that grows beyond its limit is an error like a full disk, with a sentence
  try {
    return run(argc, argv);
  } catch (const cli::UsageError &error) {
    return complain(wrong_usage, error.what());
  } catch (const cli::Failure &error) {
    return complain(failed, error.what());
  } catch (const raster::Error &error) {
    return complain(failed, error.what());
  } catch (const std::bad_alloc &) {
    return complain(failed, _("There is not enough memory for these pictures; choose a smaller --size."));
  } catch (const std::exception &error) {
    return complain(failed, error.what());
  }
}
