// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "cli/help/optionentries.h"
#include "commands.h"
#include "fetching.h"
#include "models/cancelled.h"
#include "models/fetch.h"
#include "models/importfile.h"
#include "models/store.h"

namespace cli {
namespace {

using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;
using pastiche::shown_size;

constexpr int stopped = 130;

int list(const Typed &) {
  for (const std::string &name : models::built_in_models())
    std::printf("%s: %s\n", name.c_str(), _("built in"));
  const std::vector<models::Installed> installed = models::installed_models();
  for (const models::Installed &model : installed)
    std::printf("%s: %s\n", model.name.c_str(),
                sentence(_("installed in “%s”, %s"), shown(model.path).c_str(), shown_size(model.bytes).c_str()).c_str());
  for (const models::Model &model : models::catalogue())
    if (!std::ranges::count(installed, model.name, &models::Installed::name))
      std::printf("%s: %s\n", model.name.c_str(),
                  sentence(_("not installed; “pastiche models fetch %s” gets it"), model.name.c_str()).c_str());
  return 0;
}

models::Model known_model(const std::string &name) {
  std::vector<std::string> names;
  for (models::Model &model : models::catalogue()) {
    if (model.name == name)
      return model;
    names.push_back(model.name);
  }
  throw Failure(sentence(_("There is no model “%s” to fetch; there are %s."), name.c_str(), pastiche::listed(names).c_str()));
}

int fetch(const Typed &typed) {
  const int32_t stall_seconds = stall_seconds_of(typed);
  const models::Model model = known_model(typed.words.front());
  const bool quiet = typed.has("quiet");
  const StopRequests requests;
  Progress progress(quiet);
  models::Fetched fetched;
  try {
    fetched = models::fetch(model, {.url = typed.value_of("url").value_or(""), .whole = typed.has("whole"), .stall_seconds = stall_seconds},
                            shown_fetching(progress, requests));
  } catch (const models::Cancelled &) {
    progress.clear();
    if (!quiet)
      std::fprintf(stderr, _("Stopped. What has arrived is kept; the same command goes on from there.\n"));
    return stopped;
  }
  progress.clear();
  if (quiet)
    return 0;
  std::printf(_("%s is installed in “%s”; use it with --model %s.\n"), model.network.title.c_str(), shown(fetched.path).c_str(),
              model.name.c_str());
  std::printf(_("Source: %s. Licence: %s.\n"), model.source.c_str(), model.licence.c_str());
  std::printf("%s\n", fetched.file_compared || fetched.tensors_compared
                          ? _("Its SHA-256 is the published one.")
                          : _("Its weights were checked for what is known of them; only --whole can compare the published SHA-256."));
  return 0;
}

int import(const Typed &typed) {
  const models::Imported imported = models::import(typed.words.front(), typed.value_of("name").value_or(""));
  if (typed.has("quiet"))
    return 0;
  std::printf(_("%s is installed in “%s”; use it with --model %s.\n"), imported.title.c_str(), shown(imported.path).c_str(),
              imported.name.c_str());
  if (imported.is_published)
    std::printf("%s\n", _("Its SHA-256 is the published one."));
  return 0;
}

int verify(const Typed &typed) {
  const std::vector<models::Installed> wanted =
      typed.words.empty() ? models::installed_models() : std::vector{models::installed_model(typed.words.front())};
  int status = 0;
  for (const models::Installed &model : wanted) {
    try {
      const bool compared = models::verify(model);
      if (!typed.has("quiet"))
        std::printf("%s: %s\n", model.name.c_str(),
                    compared ? _("as it was installed") : _("a model, but nothing is known to compare it with"));
    } catch (const std::exception &error) {
      std::fprintf(stderr, "pastiche: %s\n", error.what());
      status = 1;
    }
  }
  return status;
}

int remove(const Typed &typed) {
  models::remove(models::installed_model(typed.words.front()));
  return 0;
}

HelpPage page() {
  return {
      .command = "models",
      .usage = _("Usage: pastiche models list | fetch NAME | import FILE | verify [NAME] | remove NAME"),
      .blocks = {
          Paragraph{_("Looks after the networks that --model can name beside the built-in one. They are kept in "
                      "$XDG_DATA_HOME/pastiche/models, by default ~/.local/share/pastiche/models.")},
          Entry{"list", _("Shows the models that are installed, and those that can be fetched."), words({"list"})},
          Entry{"fetch NAME",
                _("Fetches vgg16 or vgg19, as published by torchvision, from huggingface.co: only the parts that are needed, 59 or 80 MB. "
                  "A fetch that was stopped or cut off goes on where it was. Proxies are taken from the environment (https_proxy), and "
                  "so are certificates to trust in place of the system's (CURL_CA_BUNDLE)."),
                words({"fetch"})},
          Entry{"  --whole", _("Fetches the whole file, 553 or 575 MB, and compares its SHA-256 with the published one.")},
          Entry{"  --url URL", _("Fetches from a copy of the file elsewhere; https:// only, except from this computer.")},
          Entry{"  --timeout SECONDS", _("Gives up a server that is silent for so long, after some tries. From 1 to 3600, by default 30.")},
          Entry{
              "import FILE",
              _("Installs a VGG-16 or VGG-19 from a file: safetensors, or what PyTorch saves (.pth), with torchvision's names. Nothing in "
                "the "
                "file is executed."),
              Values{.kind = Values::Kind::files, .words = {"import"}}},
          Entry{"  --name NAME", _("What the model will be called; by default vgg16 or vgg19.")},
          Entry{"verify [NAME]", _("Compares a model, or all of them, with the SHA-256 that was noted when it was installed."),
                words({"verify"})},
          Entry{"remove NAME", _("Takes a model away."), words({"remove"})},
          quiet_entry(),
          help_entry(),
          Paragraph{_("Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped.")},
      }};
}

std::vector<Form> fetch_forms() { return {{"--url"}, {"--whole", false}, {"--timeout"}}; }

std::vector<Form> import_forms() { return {{"--name"}}; }

} // namespace

const Command models_command{
    .name = "models",
    .summary = N_("Lists, fetches, imports, checks and removes networks such as VGG-19; see “pastiche models --help”."),
    .page = page,
    .usage = {},
    .parts =
        {
            {"list", {.run = list}},
            {"fetch", {.words = Usage::Words::one, .word = "NAME", .needed = true, .forms = fetch_forms, .run = fetch}},
            {"import", {.words = Usage::Words::one, .word = "FILE", .needed = true, .forms = import_forms, .run = import}},
            {"verify", {.words = Usage::Words::one, .word = "NAME", .run = verify}},
            {"remove", {.words = Usage::Words::one, .word = "NAME", .needed = true, .run = remove}},
        },
};

} // namespace cli
