// SPDX-License-Identifier: GPL-3.0-or-later
// Where models are. Does not need LibTorch.
#pragma once

#include <filesystem>
#include <string>

namespace pastiche {

// That of a user's own models: models in data_folder().
std::filesystem::path models_folder();

// The file of a model, for a core that lies in `core_folder`: the path itself where it is one ("x/y", "y.safetensors"); else that of the
// built-in model of this name, or of the user's own. Empty where there is none.
std::filesystem::path model_file(const std::string &name_or_path, const std::filesystem::path &core_folder);

} // namespace pastiche
