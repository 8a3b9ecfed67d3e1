// SPDX-License-Identifier: GPL-3.0-or-later
// What the commands have in common that paint, or would.
#pragma once

#include "command.h"

namespace cli {

struct PaintingLine : batch::Painting {
  bool quiet = false;
};

// The styles, the preset, the option table, --quiet.
std::vector<Form> painting_forms();

// Those, and the files that are read and written beside CONTENT.
std::vector<Form> painting_and_file_forms();

// Sets what was typed. Throws UsageError.
void set(PaintingLine &line, const Typed &typed);

} // namespace cli
