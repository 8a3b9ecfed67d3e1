// SPDX-License-Identifier: GPL-3.0-or-later
#include "thumbnail.h"

#include <utility>

#include "plugin/shield.h"

namespace plugin {
namespace {

struct Wish {
  std::string uri;
  int side;
  std::function<void(GdkPixbuf *)> ready;
};

GdkPixbuf *load(const char *path, int side) {
  g_autoptr(GdkPixbuf) loaded = gdk_pixbuf_new_from_file_at_scale(path, side, side, TRUE, nullptr);
  return loaded ? gdk_pixbuf_apply_embedded_orientation(loaded) : nullptr;
}

GdkPixbuf *load_small(const Wish &wish) {
  g_autoptr(GFile) file = g_file_new_for_uri(wish.uri.c_str());
  g_autoptr(GFileInfo) info = g_file_query_info(file, G_FILE_ATTRIBUTE_THUMBNAIL_PATH "," G_FILE_ATTRIBUTE_THUMBNAIL_IS_VALID,
                                                G_FILE_QUERY_INFO_NONE, nullptr, nullptr);
  if (info && g_file_info_get_attribute_boolean(info, G_FILE_ATTRIBUTE_THUMBNAIL_IS_VALID))
    if (const char *cached = g_file_info_get_attribute_byte_string(info, G_FILE_ATTRIBUTE_THUMBNAIL_PATH))
      if (GdkPixbuf *picture = load(cached, wish.side))
        return picture;
  g_autofree char *path = g_file_get_path(file);
  return path ? load(path, wish.side) : nullptr;
}

} // namespace

void make_thumbnail(const std::string &uri, int side, GCancellable *cancellable, std::function<void(GdkPixbuf *)> ready) {
  GTask *task = g_task_new(
      nullptr, cancellable,
      [](GObject *, GAsyncResult *result, gpointer) {
        auto *wish = static_cast<Wish *>(g_task_get_task_data(G_TASK(result)));
        if (g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result))))
          return;
        g_autoptr(GdkPixbuf) picture = GDK_PIXBUF(g_task_propagate_pointer(G_TASK(result), nullptr));
        shielded([&] { wish->ready(picture); });
      },
      nullptr);
  g_task_set_task_data(task, new Wish{uri, side, std::move(ready)}, [](gpointer wish) { delete static_cast<Wish *>(wish); });
  g_task_run_in_thread(task, [](GTask *own, gpointer, gpointer data, GCancellable *) {
    shielded([&] { g_task_return_pointer(own, load_small(*static_cast<Wish *>(data)), g_object_unref); });
  });
  g_object_unref(task);
}

} // namespace plugin
