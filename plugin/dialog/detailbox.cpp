// SPDX-License-Identifier: GPL-3.0-or-later
#include "detailbox.h"

#include <cstdlib>

#include "base/i18n.h"
#include "controls.h"

namespace plugin {
namespace {

struct Named {
  const char *size;
  const char *label;
};
constexpr Named sizes[]{{"512", N_("Draft")}, {"1024", N_("Normal")}, {"2048", N_("Fine")}, {"0", N_("Every pixel")}};
constexpr const char *other = "other";

void show_size(GtkComboBox *box, GimpProcedureConfig *config) {
  gint size;
  g_object_get(config, "size", &size, nullptr);
  g_autofree char *id = g_strdup_printf("%d", size);
  if (!gtk_combo_box_set_active_id(box, id))
    gtk_combo_box_set_active_id(box, other);
}

} // namespace

GtkWidget *make_detail_box(GimpProcedureConfig *config) {
  GtkWidget *names = gtk_combo_box_text_new(), *number = gimp_prop_spin_button_new(G_OBJECT(config), "size", 64, 512, 0);
  for (const Named &each : sizes)
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(names), each.size, _(each.label));
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(names), other, _("Other"));
  show_size(GTK_COMBO_BOX(names), config);
  g_signal_connect(names, "changed", G_CALLBACK(+[](GtkComboBox *box, GimpProcedureConfig *own) {
                     if (const char *id = gtk_combo_box_get_active_id(box); id && !g_str_equal(id, other))
                       g_object_set(own, "size", std::atoi(id), nullptr);
                   }),
                   config);
  g_signal_connect_object(config, "notify::size",
                          G_CALLBACK(+[](GimpProcedureConfig *own, GParamSpec *, GtkComboBox *box) { show_size(box, own); }), names,
                          static_cast<GConnectFlags>(0));
  atk_object_set_name(gtk_widget_get_accessible(number), _("Pixels on the longest side"));
  return make_row_of(names, number);
}

} // namespace plugin
