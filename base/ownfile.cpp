// SPDX-License-Identifier: GPL-3.0-or-later
#include "ownfile.h"

#include <system_error>

namespace pastiche {
namespace {

namespace fs = std::filesystem;

// The folder above that of the program: of the build tree (for its tests, a folder in it), or the prefix.
fs::path above_program() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path().parent_path();
}

// `installed` as it was configured.
fs::path find_installed(const fs::path &installed) {
  std::error_code ignored;
  const fs::path moved = above_program() / installed.lexically_relative(PASTICHE_PREFIX);
  return fs::exists(moved, ignored) ? moved : installed;
}

fs::path find(const fs::path &built, const fs::path &installed) {
  const fs::path above = above_program();
  for (const fs::path &tree : {above, above.parent_path()})
    if (std::error_code ignored; fs::exists(tree / built, ignored))
      return tree / built;
  return find_installed(installed);
}

} // namespace

fs::path own_library(const char *folder, const char *name) { return find(fs::path(folder) / name, fs::path(PASTICHE_CORE_DIR) / name); }

fs::path own_data(const char *built, const char *installed) { return find(built, fs::path(PASTICHE_DATA_DIR) / installed); }

fs::path own_translations() { return find_installed(LOCALEDIR); }

} // namespace pastiche
