// SPDX-License-Identifier: GPL-3.0-or-later
#include <dlfcn.h>

#include "core/door.h"
#include "core/i18n.h"
#include "motion.h"
#include "raster/error.h"
#include "raster/sentence.h"

namespace cli {

const Motion &motion() {
  static const Motion &opened = []() -> const Motion & {
    std::string why;
    if (void *library = pastiche::open_library("libpastiche-motion.so", why))
      if (const void *table = dlsym(library, "pastiche_motion"))
        return *static_cast<const Motion *>(table);
    throw raster::Error(
        raster::sentence(_("The library that follows what moves in a film cannot be opened (%s); install Pastiche again."), why.c_str()));
  }();
  return opened;
}

} // namespace cli
