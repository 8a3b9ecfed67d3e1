// SPDX-License-Identifier: GPL-3.0-or-later
// What pastiche-train is called with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "console/helppage.h"
#include "console/usageerror.h"
#include "settings.h"

namespace training {

using cli::UsageError;

struct Asked {
  std::vector<std::string> folders, teachers, matches, stages;
  std::string output, name, licence, start_from, decoders_of, pooling, checkpoint, device = "auto", style_layers, content_layers;
  Settings settings;
  int64_t crop = 160;
  int side = 400;
  double whiten = 0.5;
};

struct CommandLine {
  bool help = false; // asked for; the rest is then as it was
  cli::HelpPage page;
  Asked asked;
};

// Throws UsageError.
CommandLine parse(int argc, const char *const *argv);

} // namespace training
