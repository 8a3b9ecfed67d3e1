// SPDX-License-Identifier: GPL-3.0-or-later
// Opens libpastiche-core.so at run time. A host that uses this starts in milliseconds, exists in menus even where LibTorch
// is missing, and can then say what to install. Does not need LibTorch.
#pragma once

#include <filesystem>
#include <string>

#include "core/pastiche.h"

namespace pastiche {

// The core's functions, under the names of pastiche.h without their prefix.
struct Core {
  decltype(&pastiche_version) version;
  decltype(&pastiche_about) about;
  decltype(&pastiche_options_init) options_init;
  decltype(&pastiche_estimate_job) estimate_job;
  decltype(&pastiche_run) run;
  decltype(&pastiche_extract_features) extract_features;
  decltype(&pastiche_features_free) features_free;
  decltype(&pastiche_result_image) result_image;
  decltype(&pastiche_result_places) result_places;
  decltype(&pastiche_result_report) result_report;
  decltype(&pastiche_result_free) result_free;
};

// For programs, before they do anything else. Not for a module, whose environment is somebody else's.
void prepare_process();

// The core's library: that in the environment variable PASTICHE_CORE, or else Pastiche's own (base/ownfile.h).
std::filesystem::path core_file();

// Opens the core once per process and keeps it open. Takes about half a second the first time; may be called from any
// thread. Returns nullptr and a translated sentence in `fault` when it cannot be opened.
const Core *open_core(std::string &fault);

// Opens a library that is installed with the core, and is in `folder` of the build tree, and leaves it open. Null and the reason, no whole
// sentence, when it cannot be opened.
void *open_library(const char *folder, const char *name, std::string &why);

} // namespace pastiche
