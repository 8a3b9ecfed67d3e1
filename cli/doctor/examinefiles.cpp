// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <filesystem>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/modelsfolder.h"
#include "base/sentence.h"
#include "finding.h"
#include "raster/codecs.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using pastiche::sentence;

Finding picture_files() {
  try {
    raster::codecs();
    return {Health::well, _("Every kind of picture file that Pastiche knows can be read and written.")};
  } catch (const pastiche::Failure &error) {
    return {Health::missing, error.what(), "sudo apt install --reinstall libvips42t64 pastiche-core"};
  }
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
                                   pastiche::shown(folder).c_str())}};
  Findings findings{{Health::well, sentence(_("Models of your own are kept in “%s”."), pastiche::shown(folder).c_str())}};
  std::error_code ignored;
  if (!fs::exists(folder / "vgg19.safetensors", ignored))
    findings.push_back(
        {Health::note, _("The network VGG-19, which the preset “gatys” needs, has not been fetched."), "pastiche models fetch vgg19"});
  return findings;
}

} // namespace

Findings examine_files() {
  Findings findings{picture_files()};
  const Findings more = models();
  findings.insert(findings.end(), more.begin(), more.end());
  return findings;
}

} // namespace cli
