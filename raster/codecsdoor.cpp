// SPDX-License-Identifier: GPL-3.0-or-later
#include <dlfcn.h>

#include "codecs.h"
#include "core/door.h"
#include "core/i18n.h"
#include "error.h"
#include "sentence.h"

namespace raster {

const Codecs &codecs() {
  static const Codecs &opened = []() -> const Codecs & {
    std::string why;
    if (void *library = pastiche::open_library("libpastiche-codecs.so", why))
      if (const void *table = dlsym(library, "pastiche_codecs"))
        return *static_cast<const Codecs *>(table);
    throw Error(sentence(_("The library that reads and writes picture files cannot be opened (%s); install libvips and Pastiche again."),
                         why.c_str()));
  }();
  return opened;
}

} // namespace raster
