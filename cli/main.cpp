// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "base/failure.h"
#include "base/i18n.h"
#include "cli/help/help.h"
#include "commandline.h"
#include "console/terminal.h"
#include "console/usageerror.h"
#include "host/door.h"
#include "version.h"

namespace {

constexpr int failed = 1, wrong_usage = 2;

void speak_the_users_language() {
  std::setlocale(LC_ALL, "");
  std::setlocale(LC_NUMERIC, "C"); // numbers are typed and told the same everywhere
  pastiche::bind_translations();
}

// So that no file or pipe of ours becomes one of the standard streams where those are closed, and what is printed goes into it.
void open_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
      std::exit(failed);
}

int complain(int status, const char *sentence) {
  std::fprintf(stderr, "pastiche: %s\n", sentence);
  return status;
}

int show(const cli::HelpPage &page) {
  std::fputs(shown(page, cli::terminal_columns(STDOUT_FILENO).value_or(100)).c_str(), stdout);
  return 0;
}

int run(int argc, char **argv) {
  const cli::CommandLine line = cli::parse(argc, argv);
  switch (line.wish) {
  case cli::CommandLine::Wish::help:
    return show(line.command ? line.command->page() : cli::general_page());
  case cli::CommandLine::Wish::version:
    return cli::tell_version();
  case cli::CommandLine::Wish::work:
    break;
  }
  return line.usage->run(line.typed);
}

} // namespace

int main(int argc, char **argv) {
  pastiche::prepare_process();
  open_standard_streams();
  speak_the_users_language();
  std::signal(SIGPIPE, SIG_IGN); // who reads what is said may go; the work goes on, and so does a batch when a worker has died
  std::signal(SIGXFSZ, SIG_IGN); // a file that grows beyond its limit is an error like a full disk, with a sentence
  try {
    return run(argc, argv);
  } catch (const cli::UsageError &error) {
    return complain(wrong_usage, error.what());
  } catch (const pastiche::Failure &error) {
    return complain(failed, error.what());
  } catch (const std::bad_alloc &) {
    return complain(failed, _("There is not enough memory for these pictures; choose a smaller --size."));
  } catch (const std::exception &error) {
    return complain(
        failed,
        pastiche::sentence(_("Something went wrong that should not: %s. Please report this."), pastiche::reason_of(error).c_str()).c_str());
  }
}
