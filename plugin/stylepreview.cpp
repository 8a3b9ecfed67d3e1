// SPDX-License-Identifier: GPL-3.0-or-later
#include "stylepreview.h"

#include <exception>

#include "style.h"

namespace plugin {
namespace {

constexpr int side_pixels = 220;

GdkPixbuf *make_pixbuf(const raster::Pixels &pixels) {
  GdkPixbuf *pixbuf = gdk_pixbuf_new(GDK_COLORSPACE_RGB, TRUE, 8, pixels.width, pixels.height);
  const Babl *fish = babl_fish(babl_format("R'G'B'A float"), babl_format("R'G'B'A u8"));
  for (int y = 0; y < pixels.height; ++y)
    babl_process(fish, pixels.rgba.data() + static_cast<size_t>(y) * pixels.width * 4,
                 gdk_pixbuf_get_pixels(pixbuf) + static_cast<size_t>(y) * gdk_pixbuf_get_rowstride(pixbuf), pixels.width);
  return pixbuf;
}

} // namespace

StylePreview::StylePreview(GimpProcedureConfig *config, GtkDialog *dialog)
    : config_(config), dialog_(dialog), stack_(gtk_stack_new()), picture_(gtk_image_new()), sentence_(gtk_label_new(nullptr)) {
  gtk_label_set_line_wrap(GTK_LABEL(sentence_), TRUE);
  gtk_label_set_line_wrap_mode(GTK_LABEL(sentence_), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify(GTK_LABEL(sentence_), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars(GTK_LABEL(sentence_), 1); // as narrow as the picture, however long
  gtk_widget_set_size_request(stack_, side_pixels, side_pixels);
  gtk_container_add(GTK_CONTAINER(stack_), picture_);
  gtk_container_add(GTK_CONTAINER(stack_), sentence_);
  gtk_widget_set_valign(stack_, GTK_ALIGN_START);
  gtk_widget_set_valign(picture_, GTK_ALIGN_START);
  gtk_widget_show_all(stack_);

  for (const char *signal : {"notify::style-source", "notify::style-file", "notify::style-drawable"})
    g_signal_connect_swapped(config_, signal, G_CALLBACK(+[](StylePreview *self) { self->update(); }), this);
  update();
}

StylePreview::~StylePreview() { g_signal_handlers_disconnect_by_data(config_, this); }

void StylePreview::update() {
  bool usable = true;
  try {
    g_autoptr(GdkPixbuf) pixbuf = make_pixbuf(load_style(config_, 1, side_pixels).picture);
    gtk_image_set_from_pixbuf(GTK_IMAGE(picture_), pixbuf);
  } catch (const std::exception &failure) {
    gtk_label_set_text(GTK_LABEL(sentence_), failure.what());
    usable = false;
  }
  gtk_stack_set_visible_child(GTK_STACK(stack_), usable ? picture_ : sentence_);
  gtk_dialog_set_response_sensitive(dialog_, GTK_RESPONSE_OK, usable);
}

} // namespace plugin
