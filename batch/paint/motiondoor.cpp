// SPDX-License-Identifier: GPL-3.0-or-later
#include <dlfcn.h>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "host/door.h"
#include "motion.h"

namespace batch {

const Motion &motion() {
  static const Motion &opened = []() -> const Motion & {
    std::string why;
    if (void *library = pastiche::open_library("batch", "libpastiche-motion.so", why))
      if (const void *table = dlsym(library, "pastiche_motion"))
        return *static_cast<const Motion *>(table);
    throw pastiche::Failure(
        pastiche::sentence(_("The library that follows what moves in a film cannot be opened (%s); install Pastiche again."), why.c_str()));
  }();
  return opened;
}

} // namespace batch
