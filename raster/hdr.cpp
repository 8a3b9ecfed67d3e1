// SPDX-License-Identifier: GPL-3.0-or-later
#include "hdr.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "base/i18n.h"
#include "base/sentence.h"

namespace raster {
namespace {

using pastiche::sentence;

// ITU-T H.273, tables 2 and 3.
enum Transfer { bt709 = 1, gamma22 = 4, gamma28 = 5, bt601 = 6, linear = 8, srgb = 13, bt2020_10 = 14, bt2020_12 = 15, pq = 16, hlg = 18 };

constexpr double white = 203; // cd/m² of paper white in a picture of high dynamic range: ITU-R BT.2408

const Babl *curve_of(int transfer) {
  switch (transfer) {
  case bt709:
  case bt601:
  case srgb:
  case bt2020_10:
  case bt2020_12: // what a camera does; shown by a screen that is about sRGB's
  case pq:
  case hlg: // once they have become light
    return babl_trc("sRGB");
  case gamma22:
    return babl_trc_gamma(2.2);
  case gamma28:
    return babl_trc_gamma(2.8);
  case linear:
    return babl_trc("linear");
  default:
    return nullptr;
  }
}

const Babl *space_of(int primaries, const Babl *curve) {
  const auto space = [curve](double rx, double ry, double gx, double gy, double bx, double by) {
    return babl_space_from_chromaticities(nullptr, 0.3127, 0.3290, rx, ry, gx, gy, bx, by, curve, curve, curve, BABL_SPACE_FLAG_EQUALIZE);
  };
  switch (primaries) {
  case 1: // BT.709
    return space(0.64, 0.33, 0.30, 0.60, 0.15, 0.06);
  case 9: // BT.2020
    return space(0.708, 0.292, 0.170, 0.797, 0.131, 0.046);
  case 12: // Display P3
    return space(0.680, 0.320, 0.265, 0.690, 0.150, 0.060);
  default:
    return nullptr;
  }
}

// ITU-R BT.2100, table 4: light in cd/m².
double light_of_pq(double signal) {
  constexpr double m1 = 2610.0 / 16384, m2 = 2523.0 / 4096 * 128, c1 = 3424.0 / 4096, c2 = 2413.0 / 4096 * 32, c3 = 2392.0 / 4096 * 32;
  const double power = std::pow(std::clamp(signal, 0.0, 1.0), 1 / m2);
  return 10000 * std::pow(std::max(power - c1, 0.0) / (c2 - c3 * power), 1 / m1);
}

// BT.2100, table 5: light of the scene, 0..1.
double scene_of_hlg(double signal) {
  constexpr double a = 0.17883277, b = 1 - 4 * a, c = 0.55991073;
  return signal <= 0.5 ? signal * signal / 3 : (std::exp((signal - c) / a) + b) / 12;
}

// Red, green and blue become light of which paper white is 1.
void to_light(float *rgb, int transfer) {
  if (transfer == pq) {
    for (int c = 0; c < 3; c++)
      rgb[c] = static_cast<float>(light_of_pq(rgb[c]) / white);
    return;
  }
  double scene[3];
  for (int c = 0; c < 3; c++)
    scene[c] = scene_of_hlg(std::clamp(rgb[c], 0.0F, 1.0F));
  // As a screen of 1000 cd/m² shows it.
  const double luminance = 0.2627 * scene[0] + 0.6780 * scene[1] + 0.0593 * scene[2];
  for (int c = 0; c < 3; c++)
    rgb[c] = static_cast<float>(1000 * std::pow(luminance, 0.2) * scene[c] / white);
}

} // namespace

void take_coded_colors(Stored &stored, CodedColors colors, const std::string &name) {
  const Babl *curve = curve_of(colors.transfer), *space = curve ? space_of(colors.primaries, curve) : nullptr;
  if (!space || !colors.is_full_rgb) {
    stored.notes.push_back(sentence(_("“%s” describes its colours in a way that is not understood (%d and %d of ITU-T H.273); they are "
                                      "taken for sRGB."),
                                    name.c_str(), colors.primaries, colors.transfer));
    return;
  }
  const auto in_space = [](const Babl *format, const Babl *space) {
    return babl_format_with_space(babl_format_get_encoding(format), space);
  };
  if (colors.transfer != pq && colors.transfer != hlg) {
    stored.format = in_space(stored.format, space);
    gegl_buffer_set_format(stored.buffer.get(), stored.format); // the samples stay as they are
    return;
  }
  const GeglRectangle size = *gegl_buffer_get_extent(stored.buffer.get());
  Ref<GeglBuffer> light(gegl_buffer_new(&size, babl_format_with_space("RGBA half", space)));
  std::vector<float> row(size_t{4} * size.width);
  for (GeglRectangle place{0, 0, size.width, 1}; place.y < size.height; place.y++) {
    gegl_buffer_get(stored.buffer.get(), &place, 1, in_space(babl_format("R'G'B'A float"), babl_format_get_space(stored.format)),
                    row.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    for (size_t i = 0; i < row.size(); i += 4)
      to_light(&row[i], colors.transfer);
    gegl_buffer_set(light.get(), &place, 0, babl_format_with_space("RGBA float", space), row.data(), GEGL_AUTO_ROWSTRIDE);
  }
  stored.buffer = std::move(light);
  stored.format = in_space(stored.format, nullptr); // what is painted fits into sRGB
  stored.notes.push_back(sentence(_("“%s” has a high dynamic range; what is brighter in it than white paper was cut off."), name.c_str()));
}

} // namespace raster
