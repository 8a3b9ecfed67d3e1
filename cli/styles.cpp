// SPDX-License-Identifier: GPL-3.0-or-later
#include "styles.h"

#include <cstdio>
#include <set>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "batch/paint/pictures.h"
#include "fetching.h"
#include "models/cancelled.h"
#include "museums/collection.h"

namespace cli {
namespace {

using pastiche::Failure;
using pastiche::shown;

constexpr int stopped = 130;

// Tells of every server once that it is asked.
museums::Network network(const CommandLine &line, const models::FetchProgress &progress) {
  return {.stall_seconds = line.styles_line.stall_seconds,
          .progress = progress,
          .asking = [quiet = line.quiet, told = std::set<std::string>()](const std::string &host) mutable {
            if (told.insert(host).second && !quiet)
              std::fprintf(stderr, _("Asking %s…\n"), host.c_str());
          }};
}

void complain(const std::string &fault) { std::fprintf(stderr, "pastiche: %s\n", fault.c_str()); }

int search(const CommandLine &line, const museums::Network &network) {
  bool found_some = false, failed = false;
  for (const museums::Museum &museum : museums::museums())
    try {
      bool found_here = false;
      const std::vector<std::string> faults =
          museums::search(museum, line.styles_line.argument, line.styles_line.limit, network, [&](const museums::Work &work) {
            std::printf("%s: %s\n", work.credit.id.c_str(), credit_line(work.credit).c_str());
            found_here = true;
          });
      for (const std::string &fault : faults)
        complain(fault);
      found_some |= found_here;
      failed |= !found_here && !faults.empty();
    } catch (const Failure &failure) { // the next museum may do better
      complain(failure.what());
      failed = true;
    }
  if (!found_some && !failed)
    std::printf(_("No museum has a work in the public domain for “%s”.\n"), line.styles_line.argument.c_str());
  return failed ? 1 : 0;
}

int fetch(const CommandLine &line, const museums::Network &network, Progress &progress) {
  const batch::Gegl gegl;
  const museums::Fetched fetched = museums::fetch(line.styles_line.argument, network);
  progress.clear();
  for (const std::string &note : fetched.notes)
    complain(note);
  if (line.quiet)
    return 0;
  std::printf("%s\n", credit_line(fetched.credit).c_str());
  std::printf(_("It is kept in “%s” (%d × %d pixels); use it with --style, or in GIMP's dialog.\n"), shown(fetched.path).c_str(),
              fetched.width, fetched.height);
  return 0;
}

int list() {
  for (const museums::Kept &work : museums::kept_works())
    std::printf("%s: %s\n  %s\n  %s\n", work.credit.id.c_str(), credit_line(work.credit).c_str(), shown(work.path).c_str(),
                work.credit.address.c_str());
  return 0;
}

} // namespace

int styles(const CommandLine &line) {
  const StopRequests requests;
  Progress progress(line.quiet);
  const models::FetchProgress shown = shown_fetching(progress, requests);
  try {
    switch (line.styles_line.action) {
    case StylesAction::search:
      return search(line, network(line, shown));
    case StylesAction::fetch:
      return fetch(line, network(line, shown), progress);
    case StylesAction::list:
      return list();
    case StylesAction::remove:
      museums::remove(museums::kept_work(line.styles_line.argument));
      return 0;
    }
  } catch (const models::Cancelled &) {
    progress.clear();
    if (!line.quiet)
      std::fprintf(stderr, _("Stopped.\n"));
    return stopped;
  }
  return 1;
}

} // namespace cli
