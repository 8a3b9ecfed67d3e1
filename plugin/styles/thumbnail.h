// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>

#include <functional>
#include <string>

namespace plugin {

// Makes a small picture of a file on another thread, from the desktop's cache of thumbnails where it has one. `ready` is called from the
// main loop, with null when GdkPixbuf cannot read the file, and not at all once `cancellable` was cancelled.
void make_thumbnail(const std::string &uri, int side, GCancellable *cancellable, std::function<void(GdkPixbuf *)> ready);

} // namespace plugin
