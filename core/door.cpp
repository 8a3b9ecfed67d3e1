// SPDX-License-Identifier: GPL-3.0-or-later
#include "door.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <vector>

#include "i18n.h"

namespace pastiche {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> candidates() {
  if (const char *path = std::getenv("PASTICHE_CORE"))
    return {path};
  const char *name = "libpastiche-core.so";
  std::error_code ignored;
  const fs::path program_folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  return {program_folder / name, program_folder / ".." / "core" / name, fs::path(PASTICHE_CORE_DIR) / name};
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
    // LibTorch's OpenMP threads spin for milliseconds whenever they wait. With another program on the same cores every one of some thousand
    // waits a second then costs a time slice, and a run takes ten times as long. Read when LibTorch is loaded; a user's own choice stands.
    setenv("GOMP_SPINCOUNT", "20000", 0);
    std::string why;
    for (const fs::path &path : candidates()) {
      std::error_code ignored;
      if (!fs::exists(path, ignored)) {
        if (why.empty())
          why = path.string() + ": no such file";
        continue;
      }
      void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
      if (!library) {
        why = dlerror();
        break;
      }
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
           find_symbol(library, "pastiche_result_report", core.result_report) &&
           find_symbol(library, "pastiche_result_free", core.result_free);
      if (ok)
        return;
      why = dlerror();
      break;
    }
    fault = sentence(
        _("The painting engine cannot be opened (%s); install LibTorch, in Debian and Ubuntu the package libtorch2.6, and Pastiche again."),
        why.c_str());
  }
};

} // namespace

const Core *open_core(std::string &fault) {
  static const Opened opened; // initialised once, also when several threads come at the same time
  if (opened.ok)
    return &opened.core;
  fault = opened.fault;
  return nullptr;
}

} // namespace pastiche
