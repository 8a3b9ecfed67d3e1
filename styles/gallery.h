// SPDX-License-Identifier: GPL-3.0-or-later
// The style pictures that come with Pastiche.
#pragma once

#include <string>
#include <vector>

namespace pastiche {

struct GalleryStyle {
  const char *id; // "woodcut"
  std::string uri;
  std::string title, category; // translated
};

// In the order of styles/gallery.json, whether or not their files are there.
const std::vector<GalleryStyle> &gallery_styles();

} // namespace pastiche
