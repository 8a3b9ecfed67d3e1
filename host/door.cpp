// SPDX-License-Identifier: GPL-3.0-or-later
#include "door.h"

#include <dlfcn.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "base/i18n.h"
#include "base/ownfile.h"

namespace pastiche {
namespace {

namespace fs = std::filesystem;

constexpr const char *libtorch_package = "libtorch2.6"; // of Debian 13

// What a process does at signals. Libraries that come with LibTorch, for networks of computers, take SIGHUP, SIGSEGV and others for
// themselves as soon as they are loaded.
class Signals {
public:
  Signals() {
    for (int signal = 1; signal < NSIG; ++signal)
      sigaction(signal, nullptr, &actions_[static_cast<size_t>(signal)]);
  }
  void restore() const {
    for (int signal = 1; signal < NSIG; ++signal)
      sigaction(signal, &actions_[static_cast<size_t>(signal)], nullptr);
  }

private:
  std::array<struct sigaction, NSIG> actions_{};
};

void *open(const fs::path &path, std::string &why) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    why = sentence(_("there is no %s"), path.c_str());
    return nullptr;
  }
  const Signals signals;
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  signals.restore();
  if (!library)
    why = dlerror();
  return library;
}

// The engine, without MPI (core/nompi.cpp) where LibTorch lets itself be loaded so: another version may ask for more of it.
void *open_engine(const fs::path &path, std::string &why) {
  constexpr const char *mpi = "libmpi.so.40";
  if (void *there = dlopen(mpi, RTLD_LAZY | RTLD_NOLOAD)) { // the process has it already
    dlclose(there);
    return open(path, why);
  }
  void *stand_in = dlopen(own_library("core", "libpastiche-nompi.so").c_str(), RTLD_LAZY | RTLD_LOCAL);
  void *engine = open(path, why);
  if (engine || !stand_in)
    return engine;
  dlclose(stand_in);
  return open(path, why);
}

template <class F> bool find_symbol(void *library, const char *name, F &function) {
  function = reinterpret_cast<F>(dlsym(library, name));
  return function != nullptr;
}

struct Opened {
  Core core{};
  std::string fault;
  bool ok = false;

  Opened() {
    std::string why;
    const fs::path path = core_file();
    if (void *library = open_engine(path, why)) {
      decltype(&pastiche_abi) abi = nullptr;
      if (!find_symbol(library, "pastiche_abi", abi) || abi() != PASTICHE_ABI) {
        fault =
            sentence(_("The painting engine %s belongs to another version of Pastiche; install both from the same version."), path.c_str());
        return;
      }
      ok = find_symbol(library, "pastiche_version", core.version) && find_symbol(library, "pastiche_about", core.about) &&
           find_symbol(library, "pastiche_options_init", core.options_init) &&
           find_symbol(library, "pastiche_estimate_job", core.estimate_job) && find_symbol(library, "pastiche_run", core.run) &&
           find_symbol(library, "pastiche_extract_features", core.extract_features) &&
           find_symbol(library, "pastiche_features_free", core.features_free) &&
           find_symbol(library, "pastiche_result_image", core.result_image) &&
           find_symbol(library, "pastiche_result_places", core.result_places) &&
           find_symbol(library, "pastiche_result_report", core.result_report) &&
           find_symbol(library, "pastiche_result_free", core.result_free);
      if (ok)
        return;
      why = dlerror();
    }
    fault =
        sentence(_("The painting engine cannot be opened (%s); install LibTorch, in Debian and Ubuntu the package %s, and Pastiche again."),
                 why.c_str(), libtorch_package);
  }
};

} // namespace

void prepare_process() {
  // LibTorch's OpenMP threads spin for milliseconds whenever they wait. With another program on the same cores every one of some thousand
  // waits a second then costs a time slice, and a run takes ten times as long. OpenMP reads this when it is loaded, which may be long
  // before LibTorch, for a module of GEGL's. A user's own choice stands.
  setenv("GOMP_SPINCOUNT", "20000", 0);
  // Where MPI is loaded all the same: UCX then leaves the heap alone (core/nompi.cpp).
  setenv("UCX_MEM_EVENTS", "no", 0);
}

fs::path core_file() {
  const char *given = std::getenv("PASTICHE_CORE");
  return given ? given : own_library("core", "libpastiche-core.so");
}

void *open_library(const char *folder, const char *name, std::string &why) { return open(own_library(folder, name), why); }

const Core *open_core(std::string &fault) {
  static const Opened opened; // initialised once, also when several threads come at the same time
  if (opened.ok)
    return &opened.core;
  fault = opened.fault;
  return nullptr;
}

} // namespace pastiche
