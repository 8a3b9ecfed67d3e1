// SPDX-License-Identifier: GPL-3.0-or-later
// Ownership of GObjects in C++.
#pragma once

#include <glib-object.h>

#include <memory>

namespace raster {

struct Unref {
  void operator()(void *object) const { g_object_unref(object); }
};

// Owns one reference.
template <class T> using Ref = std::unique_ptr<T, Unref>;

} // namespace raster
