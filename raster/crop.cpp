// SPDX-License-Identifier: GPL-3.0-or-later
#include "crop.h"

#include "base/failure.h"
#include "base/i18n.h"
#include "base/number.h"
#include "base/sentence.h"

namespace raster {

std::optional<Crop> crop_in(const std::string &text) {
  int numbers[4]{};
  size_t begin = 0;
  for (int i = 0; i < 4; ++i) {
    const size_t end = i < 3 ? text.find(',', begin) : text.size();
    const auto number = end == std::string::npos ? std::nullopt : pastiche::number_in<int>(text.substr(begin, end - begin));
    if (!number || *number < (i < 2 ? 0 : 1))
      return {};
    numbers[i] = *number;
    begin = end + 1;
  }
  return Crop{numbers[0], numbers[1], numbers[2], numbers[3]};
}

std::string text_of(const Crop &crop) {
  return std::to_string(crop.x) + "," + std::to_string(crop.y) + "," + std::to_string(crop.width) + "," + std::to_string(crop.height);
}

void check_within(const Crop &crop, int width, int height, const std::string &name) {
  if (crop.width > width - crop.x || crop.height > height - crop.y)
    throw pastiche::Failure(
        pastiche::sentence(_("The part of “%s” at %d, %d of %d × %d pixels does not lie within the picture, which has %d × %d."),
                           pastiche::shown(name).c_str(), crop.x, crop.y, crop.width, crop.height, width, height));
}

} // namespace raster
