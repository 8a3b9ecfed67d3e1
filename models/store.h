// SPDX-License-Identifier: GPL-3.0-or-later
// The models that are installed for this user, where the core looks for them by name (base/modelsfolder.h): files NAME.safetensors, each
// with the SHA-256 that it was written with beside it in NAME.safetensors.sha256, which sha256sum reads too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "encoderfile.h"

namespace models {

struct Installed {
  std::string name;
  std::string path;
  uint64_t bytes;
};

// The names of those that are not there but beside the core, the default one first: the list in meson.build.
const std::vector<std::string> &built_in_models();

std::string store_folder();

// In the order of their names.
std::vector<Installed> installed_models();

// Throws Failure when there is none of this name.
Installed installed_model(const std::string &name);

bool is_installed(const std::string &name);

// Throws Failure when a model cannot be called so: it would not be found, as what ends in .safetensors is taken for a path and built-in
// ones come first; or is there already.
void check_free_name(const std::string &name);

// Makes the folder and writes a model into it, which appears when it is whole; returns its path. The weights were checked. Throws Failure,
// Failure.
std::string install(const std::string &name, const StateDict &weights, const Vgg &network, Input input, const std::string &source,
                    const std::string &licence);

// Reads a model from beginning to end. Throws Failure when its bytes are not those that were written or it is no model, pastiche::Error
// when it cannot be read; returns false when there is nothing to compare its bytes with.
bool verify(const Installed &model);

void remove(const Installed &model);

} // namespace models
