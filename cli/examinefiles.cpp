// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <filesystem>

#include "core/i18n.h"
#include "core/modelsfolder.h"
#include "finding.h"
#include "pictures.h"
#include "raster/picture.h"
#include "raster/sentence.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using raster::sentence;

Finding gegl() {
  const Gegl started;
  std::string missing;
  for (const std::string &operation : raster::missing_operations())
    missing += (missing.empty() ? "" : ", ") + operation;
  if (missing.empty())
    return {Health::well, _("GEGL can read and write every kind of picture that Pastiche knows.")};
  return {Health::missing,
          sentence(_("GEGL lacks %s, without which some kinds of picture cannot be read or written; is GEGL_PATH set, or a part of GEGL "
                     "not installed?"),
                   missing.c_str()),
          "sudo apt install --reinstall libgegl-0.4-0t64"};
}

// Whether files could be put into a folder that may have to be made first.
bool can_be_written(fs::path folder) {
  std::error_code ignored;
  while (!fs::exists(folder, ignored) && folder.has_relative_path())
    folder = folder.parent_path();
  return fs::is_directory(folder, ignored) && access(folder.c_str(), W_OK | X_OK) == 0;
}

Findings models() {
  const fs::path folder = pastiche::models_folder();
  if (!can_be_written(folder))
    return {
        {Health::missing, sentence(_("Nothing can be written to “%s”, where fetched models are kept; make it a folder of yours, or have "
                                     "XDG_DATA_HOME name another place."),
                                   raster::shown(folder).c_str())}};
  Findings findings{{Health::well, sentence(_("Models of your own are kept in “%s”."), raster::shown(folder).c_str())}};
  std::error_code ignored;
  if (!fs::exists(folder / "vgg19.safetensors", ignored))
    findings.push_back(
        {Health::note, _("The network VGG-19, which the preset “gatys” needs, has not been fetched."), "pastiche models fetch vgg19"});
  return findings;
}

} // namespace

Findings examine_files() {
  Findings findings{gegl()};
  const Findings more = models();
  findings.insert(findings.end(), more.begin(), more.end());
  return findings;
}

} // namespace cli
