// SPDX-License-Identifier: GPL-3.0-or-later
#include "version.h"

#include <cstdio>

#include "base/i18n.h"
#include "base/sentence.h"
#include "cli/doctor/surroundings.h"
#include "host/door.h"

namespace cli {
namespace {

void tell(const Surroundings &all) {
  // Translators: which library multiplies matrices, how it spreads the work, and its file: “OpenBLAS (openmp, /usr/lib/libblas.so.3)”.
  std::printf(_("matrix products %s (%s, %s)\n"), all.blas.c_str(), all.blas_threads.empty() ? "?" : all.blas_threads.c_str(),
              all.blas_file.c_str());
  const std::string features = pastiche::listed(all.cpu_features);
  for (const Device &device : all.devices)
    if (device.name == "cpu")
      // Translators: the processor's name, on how many threads it works, and what it can do: “AVX2, AVX-512”.
      std::printf(_("processor %s (threads: %d; features: %s)\n"), device.description.c_str(), all.threads,
                  features.empty() ? "–" : features.c_str());
    else
      std::printf(_("graphics card %s (%s)\n"), device.description.c_str(), device.name.c_str());
}

} // namespace

int tell_version() {
  std::printf("pastiche %s\n", PASTICHE_VERSION);
  std::string fault;
  if (const pastiche::Core *core = pastiche::open_core(fault)) {
    std::printf(_("painting engine %s\n"), core->version());
    tell(surroundings(*core));
  } else {
    std::printf("%s\n", fault.c_str());
  }
  return 0;
}

} // namespace cli
