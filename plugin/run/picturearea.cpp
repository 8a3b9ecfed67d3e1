// SPDX-License-Identifier: GPL-3.0-or-later
#include "picturearea.h"

#include <algorithm>
#include <cmath>

namespace plugin {
namespace {

constexpr int most_pixels = 1200; // along the longest side: no screen shows much more in a window

// Whole blocks of pixels become one each, as cairo has them: premultiplied.
Surface reduced(const raster::Pixels &pixels) {
  const int block = std::max(1, (std::max(pixels.width, pixels.height) + most_pixels - 1) / most_pixels);
  const int width = (pixels.width + block - 1) / block, height = (pixels.height + block - 1) / block;
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height), cairo_surface_destroy);
  unsigned char *data = cairo_image_surface_get_data(surface.get());
  const int stride = cairo_image_surface_get_stride(surface.get());
  for (int y = 0; data && y < height; ++y) {
    auto *row = reinterpret_cast<guint32 *>(data + static_cast<ptrdiff_t>(y) * stride);
    for (int x = 0; x < width; ++x) {
      float sums[4] = {};
      const int right = std::min(pixels.width, (x + 1) * block), bottom = std::min(pixels.height, (y + 1) * block);
      for (int v = y * block; v < bottom; ++v)
        for (int u = x * block; u < right; ++u) {
          const float *pixel = &pixels.rgba[(static_cast<size_t>(v) * static_cast<size_t>(pixels.width) + static_cast<size_t>(u)) * 4];
          for (int c = 0; c < 3; ++c)
            sums[c] += std::clamp(pixel[c], 0.0f, 1.0f) * pixel[3];
          sums[3] += pixel[3];
        }
      const float count = static_cast<float>((right - x * block) * (bottom - y * block));
      const auto level = [&](float sum) { return static_cast<guint32>(std::lround(sum / count * 255.0f)); };
      row[x] = level(sums[3]) << 24 | level(sums[0]) << 16 | level(sums[1]) << 8 | level(sums[2]);
    }
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

} // namespace

PictureArea::PictureArea(int least_width, int least_height, const char *spoken_name) : widget_(gtk_drawing_area_new()) {
  gtk_widget_set_size_request(widget_, least_width, least_height);
  atk_object_set_name(gtk_widget_get_accessible(widget_), spoken_name);
  g_signal_connect(widget_, "draw", G_CALLBACK(+[](GtkWidget *, cairo_t *cairo, PictureArea *self) -> gboolean {
                     self->draw(cairo);
                     return TRUE;
                   }),
                   this);
  g_object_ref_sink(widget_);
}

PictureArea::~PictureArea() {
  g_signal_handlers_disconnect_by_data(widget_, this);
  g_object_unref(widget_);
}

void PictureArea::show(const raster::Pixels &pixels) {
  picture_ = reduced(pixels);
  gtk_widget_queue_draw(widget_);
}

void PictureArea::draw(cairo_t *cairo) const {
  if (!picture_)
    return;
  const double width = gtk_widget_get_allocated_width(widget_), height = gtk_widget_get_allocated_height(widget_);
  const double columns = cairo_image_surface_get_width(picture_.get()), rows = cairo_image_surface_get_height(picture_.get());
  const double scale = std::min(width / columns, height / rows);
  const double shown_width = std::max(1.0, std::round(columns * scale)), shown_height = std::max(1.0, std::round(rows * scale));
  const double x = std::round((width - shown_width) / 2), y = std::round((height - shown_height) / 2);
  draw_checks(cairo, x, y, shown_width, shown_height);
  draw_stretched(cairo, picture_.get(), x, y, shown_width, shown_height);
}

} // namespace plugin
