// SPDX-License-Identifier: GPL-3.0-or-later
#include <dlfcn.h>

#include <cstdlib>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "codecs.h"
#include "host/door.h"

namespace raster {

using pastiche::Failure;
using pastiche::sentence;

namespace {

// libvips looks for its modules, which read what Pastiche does not, where it was built to be installed. Where Pastiche brings a libvips
// along, they are another one's, and would bring that in too. Set before there are threads.
[[maybe_unused]] const int modules_left_out = setenv("VIPSHOME", "/nonexistent", 0);

} // namespace

const Codecs &codecs() {
  static const Codecs &opened = []() -> const Codecs & {
    std::string why;
    if (void *library = pastiche::open_library("raster", "libpastiche-codecs.so", why))
      if (const void *table = dlsym(library, "pastiche_codecs"))
        return *static_cast<const Codecs *>(table);
    throw Failure(sentence(_("The library that reads and writes picture files cannot be opened (%s); install libvips and Pastiche again."),
                           why.c_str()));
  }();
  return opened;
}

} // namespace raster
