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
#include "batch/batch.h"
#include "cli/doctor/doctor.h"
#include "cli/explain/explain.h"
#include "cli/help/help.h"
#include "commandline.h"
#include "console/terminal.h"
#include "console/usageerror.h"
#include "estimate.h"
#include "host/door.h"
#include "info.h"
#include "models.h"
#include "styles.h"
#include "stylize.h"
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
  switch (line.action) {
  case cli::Action::help:
    return show(cli::general_page());
  case cli::Action::stylize_help:
    return show(cli::stylize_page());
  case cli::Action::batch_help:
    return show(cli::batch_page());
  case cli::Action::estimate_help:
    return show(cli::estimate_page());
  case cli::Action::info_help:
    return show(cli::info_page());
  case cli::Action::models_help:
    return show(cli::models_page());
  case cli::Action::styles_help:
    return show(cli::styles_page());
  case cli::Action::doctor_help:
    return show(cli::doctor_page());
  case cli::Action::explain_help:
    return show(cli::explain_page());
  case cli::Action::version:
    return cli::tell_version();
  case cli::Action::stylize:
    return cli::stylize(line);
  case cli::Action::batch:
    return batch::paint_all(line.batch, line.quiet);
  case cli::Action::estimate:
    return cli::estimate(line);
  case cli::Action::info:
    return cli::info(line);
  case cli::Action::models:
    return cli::models(line);
  case cli::Action::styles:
    return cli::styles(line);
  case cli::Action::doctor:
    return cli::doctor();
  case cli::Action::explain:
    return cli::explain(line);
  }
  return failed;
}

} // namespace

int main(int argc, char **argv) {
  pastiche::prepare_openmp();
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
