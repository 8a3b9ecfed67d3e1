// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <functional>
#include <set>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/number.h"
#include "base/sentence.h"
#include "batch/paint/pictures.h"
#include "cli/help/optionentries.h"
#include "commands.h"
#include "console/usageerror.h"
#include "fetching.h"
#include "models/cancelled.h"
#include "museums/collection.h"

namespace cli {
namespace {

using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

constexpr int stopped = 130;

void complain(const std::string &fault) { std::fprintf(stderr, "pastiche: %s\n", fault.c_str()); }

// Work with the network, until somebody asks to stop; returns the exit status.
int with_network(const Typed &typed, const std::function<int(const museums::Network &, Progress &)> &work) {
  const bool quiet = typed.has("quiet");
  const StopRequests requests;
  Progress progress(quiet);
  // Of every server it is told once that it is asked.
  const auto tell = [quiet, told = std::set<std::string>()](const std::string &host) mutable {
    if (told.insert(host).second && !quiet)
      std::fprintf(stderr, _("Asking %s…\n"), host.c_str());
  };
  try {
    return work({.stall_seconds = stall_seconds_of(typed), .progress = shown_fetching(progress, requests), .asking = tell}, progress);
  } catch (const models::Cancelled &) {
    progress.clear();
    if (!quiet)
      std::fprintf(stderr, _("Stopped.\n"));
    return stopped;
  }
}

int most_works_in(const Typed &typed) {
  constexpr int standard = 10, most = 100; // of each museum
  const auto text = typed.value_of("limit");
  const auto limit = text ? pastiche::number_in<int>(*text) : standard;
  if (!limit || *limit < 1 || *limit > most)
    throw UsageError(sentence(_("--%s takes a whole number from %d to %d, not “%s”."), "limit", 1, most, text->c_str()));
  return *limit;
}

int search(const Typed &typed) {
  std::string words;
  for (const std::string &word : typed.words)
    words += (words.empty() ? "" : " ") + word;
  const int limit = most_works_in(typed);
  return with_network(typed, [&](const museums::Network &network, Progress &) {
    bool found_some = false, failed = false;
    for (const museums::Museum &museum : museums::museums())
      try {
        bool found_here = false;
        const std::vector<std::string> faults = museums::search(museum, words, limit, network, [&](const museums::Work &work) {
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
      std::printf(_("No museum has a work in the public domain for “%s”.\n"), words.c_str());
    return failed ? 1 : 0;
  });
}

int fetch(const Typed &typed) {
  return with_network(typed, [&](const museums::Network &network, Progress &progress) {
    const batch::Gegl gegl;
    const museums::Fetched fetched = museums::fetch(typed.words.front(), network);
    progress.clear();
    for (const std::string &note : fetched.notes)
      complain(note);
    if (typed.has("quiet"))
      return 0;
    std::printf("%s\n", credit_line(fetched.credit).c_str());
    std::printf(_("It is kept in “%s” (%d × %d pixels); use it with --style, or in GIMP's dialog.\n"), shown(fetched.path).c_str(),
                fetched.width, fetched.height);
    return 0;
  });
}

int list(const Typed &) {
  for (const museums::Kept &work : museums::kept_works())
    std::printf("%s: %s\n  %s\n  %s\n", work.credit.id.c_str(), credit_line(work.credit).c_str(), shown(work.path).c_str(),
                work.credit.address.c_str());
  return 0;
}

int remove(const Typed &typed) {
  museums::remove(museums::kept_work(typed.words.front()));
  return 0;
}

HelpPage page() {
  return {
      .command = "styles",
      .usage = _("Usage: pastiche styles search WORDS | fetch ID | list | remove ID"),
      .blocks = {
          Paragraph{_("Looks for works in the public domain in the collections of museums, and keeps those that you choose in "
                      "$XDG_DATA_HOME/pastiche/styles, by default ~/.local/share/pastiche/styles, where GIMP's dialog shows them too. Only "
                      "“search” and “fetch” ask anything of a network, and say whom.")},
          Entry{"search WORDS",
                _("Asks the Art Institute of Chicago (api.artic.edu) and The Metropolitan Museum of Art (collectionapi.metmuseum.org) for "
                  "works, and shows their IDs. Proxies are taken from the environment (https_proxy)."),
                words({"search"})},
          Entry{"  --limit NUMBER", _("How many works of each museum are shown at most. From 1 to 100, by default 10.")},
          Entry{"fetch ID",
                _("Fetches the picture of a work, such as artic:27992 or met:436532, and writes beside it in a JSON file whose work it is. "
                  "What the museum does not mark as being in the public domain is not fetched."),
                words({"fetch"})},
          Entry{"list", _("Shows the works that were fetched, and where they are."), words({"list"})},
          Entry{"remove ID", _("Takes a work away."), words({"remove"})},
          Entry{"--timeout SECONDS", _("Gives up a server that is silent for so long, after some tries. From 1 to 3600, by default 30.")},
          quiet_entry(),
          help_entry(),
          Paragraph{_("Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped.")},
      }};
}

std::vector<Form> search_forms() { return {{"--limit"}, {"--timeout"}}; }

std::vector<Form> fetch_forms() { return {{"--timeout"}}; }

} // namespace

const Command styles_command{
    .name = "styles",
    .summary = N_("Searches museums for styles, fetches, lists and removes them; see “pastiche styles --help”."),
    .page = page,
    .usage = {},
    .parts =
        {
            {"search", {.words = Usage::Words::any, .word = "WORDS", .needed = true, .forms = search_forms, .run = search}},
            {"fetch", {.words = Usage::Words::one, .word = "ID", .needed = true, .forms = fetch_forms, .run = fetch}},
            {"list", {.run = list}},
            {"remove", {.words = Usage::Words::one, .word = "ID", .needed = true, .run = remove}},
        },
};

} // namespace cli
