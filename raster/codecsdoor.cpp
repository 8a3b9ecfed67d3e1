// SPDX-License-Identifier: GPL-3.0-or-later
#include <dlfcn.h>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "codecs.h"
#include "host/door.h"

namespace raster {

using pastiche::Failure;
using pastiche::sentence;

const Codecs &codecs() {
  static const Codecs &opened = []() -> const Codecs & {
    std::string why;
    if (void *library = pastiche::open_library("libpastiche-codecs.so", why))
      if (const void *table = dlsym(library, "pastiche_codecs"))
        return *static_cast<const Codecs *>(table);
    throw Failure(sentence(_("The library that reads and writes picture files cannot be opened (%s); install libvips and Pastiche again."),
                           why.c_str()));
  }();
  return opened;
}

} // namespace raster
