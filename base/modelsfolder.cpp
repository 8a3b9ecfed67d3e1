// SPDX-License-Identifier: GPL-3.0-or-later
#include "modelsfolder.h"

#include "datafolder.h"

namespace pastiche {
std::filesystem::path models_folder() { return data_folder() / "models"; }

std::filesystem::path model_file(const std::string &name_or_path, const std::filesystem::path &core_folder) {
  constexpr const char *ending = ".safetensors";
  if (name_or_path.find('/') != std::string::npos || name_or_path.ends_with(ending))
    return name_or_path;
  // Installed; in the build tree; fetched or imported.
  for (const std::filesystem::path &folder : {core_folder / "models", core_folder / ".." / "models", models_folder()})
    if (std::error_code ignored; std::filesystem::exists(folder / (name_or_path + ending), ignored))
      return folder / (name_or_path + ending);
  return {};
}

} // namespace pastiche
