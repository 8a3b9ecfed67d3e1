// SPDX-License-Identifier: GPL-3.0-or-later
#include "models.h"

#include <algorithm>
#include <cstdio>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
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

int list() {
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

int fetch(const CommandLine &line) {
  const models::Model model = known_model(line.models.name);
  const StopRequests requests;
  Progress progress(line.quiet);
  models::Fetched fetched;
  try {
    fetched = models::fetch(model, {.url = line.models.url, .whole = line.models.whole, .stall_seconds = line.models.stall_seconds},
                            shown_fetching(progress, requests));
  } catch (const models::Cancelled &) {
    progress.clear();
    if (!line.quiet)
      std::fprintf(stderr, _("Stopped. What has arrived is kept; the same command goes on from there.\n"));
    return stopped;
  }
  progress.clear();
  if (line.quiet)
    return 0;
  std::printf(_("%s is installed in “%s”; use it with --model %s.\n"), model.network.title.c_str(), shown(fetched.path).c_str(),
              model.name.c_str());
  std::printf(_("Source: %s. Licence: %s.\n"), model.source.c_str(), model.licence.c_str());
  std::printf("%s\n", fetched.file_compared || fetched.tensors_compared
                          ? _("Its SHA-256 is the published one.")
                          : _("Its weights were checked for what is known of them; only --whole can compare the published SHA-256."));
  return 0;
}

int import(const CommandLine &line) {
  const models::Imported imported = models::import(line.models.file, line.models.name);
  if (line.quiet)
    return 0;
  std::printf(_("%s is installed in “%s”; use it with --model %s.\n"), imported.title.c_str(), shown(imported.path).c_str(),
              imported.name.c_str());
  if (imported.is_published)
    std::printf("%s\n", _("Its SHA-256 is the published one."));
  return 0;
}

int verify(const CommandLine &line) {
  std::vector<models::Installed> wanted;
  if (line.models.name.empty())
    wanted = models::installed_models();
  else
    wanted.push_back(models::installed_model(line.models.name));
  int status = 0;
  for (const models::Installed &model : wanted) {
    try {
      const bool compared = models::verify(model);
      if (!line.quiet)
        std::printf("%s: %s\n", model.name.c_str(),
                    compared ? _("as it was installed") : _("a model, but nothing is known to compare it with"));
    } catch (const std::exception &error) {
      std::fprintf(stderr, "pastiche: %s\n", error.what());
      status = 1;
    }
  }
  return status;
}

} // namespace

int models(const CommandLine &line) {
  switch (line.models.action) {
  case ModelsAction::list:
    return list();
  case ModelsAction::fetch:
    return fetch(line);
  case ModelsAction::import:
    return import(line);
  case ModelsAction::verify:
    return verify(line);
  case ModelsAction::remove:
    models::remove(models::installed_model(line.models.name));
    return 0;
  }
  return 1;
}

} // namespace cli
