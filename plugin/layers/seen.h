// SPDX-License-Identifier: GPL-3.0-or-later
// Drawables that are looked at and never changed.
#pragma once

#include <libgimp/gimp.h>

#include <functional>

namespace plugin {

// A hidden image: whatever happens, GIMP must not keep it.
class HiddenImage {
public:
  explicit HiddenImage(GimpImage *image) : image_(image) {}
  ~HiddenImage() {
    if (image_)
      gimp_image_delete(image_);
  }
  HiddenImage(const HiddenImage &) = delete;
  HiddenImage &operator=(const HiddenImage &) = delete;
  GimpImage *get() const { return image_; }

private:
  GimpImage *image_;
};

// Calls `read` with a drawable whose pixels are those that are seen of `drawable`: itself, or a copy, gone afterwards, that its filters
// were merged into, for a drawable's own pixels are those under its filters.
void read_as_seen(GimpDrawable *drawable, const std::function<void(GimpDrawable *seen)> &read);

} // namespace plugin
