// SPDX-License-Identifier: GPL-3.0-or-later
#include "seen.h"

namespace plugin {

void read_as_seen(GimpDrawable *drawable, const std::function<void(GimpDrawable *seen)> &read) {
  g_autofree GimpDrawableFilter **filters = gimp_drawable_get_filters(drawable);
  if (!filters || !*filters) {
    read(drawable);
    return;
  }
  const HiddenImage image(gimp_image_duplicate(gimp_item_get_image(GIMP_ITEM(drawable))));
  GimpLayer *copy = gimp_layer_new_from_drawable(drawable, image.get());
  gimp_image_insert_layer(image.get(), copy, nullptr, 0);
  gimp_drawable_merge_filters(GIMP_DRAWABLE(copy));
  read(GIMP_DRAWABLE(copy));
}

} // namespace plugin
