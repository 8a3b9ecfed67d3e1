// SPDX-License-Identifier: GPL-3.0-or-later
#include "ownfile.h"

#include <dlfcn.h>
#include <link.h>

#include <system_error>

namespace pastiche {
namespace {

namespace fs = std::filesystem;

// The folder of what this is linked into: of a module that another program has loaded, or of the program.
fs::path own_folder() {
  std::error_code ignored;
  Dl_info info;
  link_map *object = nullptr;
  // The program itself has no name there.
  const bool is_module = dladdr1(reinterpret_cast<void *>(&own_folder), &info, reinterpret_cast<void **>(&object), RTLD_DL_LINKMAP) &&
                         object && *object->l_name;
  // The link still tells the folder when a newer program has taken the place of the running one.
  return (is_module ? fs::canonical(object->l_name, ignored) : fs::read_symlink("/proc/self/exe", ignored)).parent_path();
}

// `built` is empty where the build tree is not looked in.
fs::path find(const fs::path &built, const fs::path &installed) {
  constexpr int farthest = 4; // up from lib/x86_64-linux-gnu/gegl-0.4, or from a folder of the tests
  fs::path above = own_folder();
  for (int up = 0; up < farthest && above.has_parent_path(); ++up) { // nothing is taken from the working folder
    above = above.parent_path();
    for (const fs::path &place : {built.empty() ? built : above / built, above / installed.lexically_relative(PASTICHE_PREFIX)})
      if (std::error_code ignored; fs::exists(place, ignored))
        return place;
  }
  return installed;
}

} // namespace

fs::path own_library(const char *folder, const char *name) { return find(fs::path(folder) / name, fs::path(PASTICHE_CORE_DIR) / name); }

fs::path own_data(const char *built, const char *installed) { return find(built, fs::path(PASTICHE_DATA_DIR) / installed); }

fs::path own_translations() { return find({}, LOCALEDIR); }

} // namespace pastiche
