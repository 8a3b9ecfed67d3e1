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
  decltype(&pastiche_result_report) result_report;
  decltype(&pastiche_result_free) result_free;
};

// For programs, before they do anything else. Not for a module, whose environment is somebody else's.
void prepare_openmp();

// The folder of the running program, or, in a module that another program has loaded, that of the module.
std::filesystem::path own_folder();

// Where a file is that is installed with the core, or, if it is nowhere, where it is looked for first. In this order: in own_folder(), in
// ../core beside that folder and its like (the build tree), in the folder that the core was configured to be installed in.
std::filesystem::path place_of(const char *name);

// The core's library: that in the environment variable PASTICHE_CORE, or place_of() it.
std::filesystem::path core_file();

// Opens the core once per process and keeps it open. Takes about half a second the first time; may be called from any
// thread. Returns nullptr and a translated sentence in `fault` when it cannot be opened.
const Core *open_core(std::string &fault);

// Opens a library that is installed with the core and leaves it open. Null and the reason, no whole sentence, when it cannot be opened.
void *open_library(const char *name, std::string &why);

} // namespace pastiche
