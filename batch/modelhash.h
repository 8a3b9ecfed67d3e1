// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace batch {

// The SHA-256 of a model's file, or nothing where it cannot be read. A batch asks for it for every picture; the file is read once.
const std::string &hash_of_model(const std::string &path);

} // namespace batch
