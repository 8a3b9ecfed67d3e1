// SPDX-License-Identifier: GPL-3.0-or-later
#include "variations.h"

#include <algorithm>
#include <string>

#include "base/i18n.h"
#include "host/options.h"
#include "plugin/shield.h"
#include "surface.h"

namespace plugin {
namespace {

constexpr int most_width = 84, height = 63; // logical pixels
constexpr double stale_opacity = 0.4;

struct Change {
  const char *option, *label;
  double (*change)(double value);
};

// The range of the option keeps them from going too far.
constexpr std::array<Change, 4> changes{{{"strength", N_("Weaker"), [](double value) { return value / 2; }},
                                         {"strength", N_("Stronger"), [](double value) { return (1 + value) / 2; }},
                                         {"style-scale", N_("Finer strokes"), [](double value) { return value / 2; }},
                                         {"style-scale", N_("Larger strokes"), [](double value) { return value * 2; }}}};

const pastiche::NumberOption &range_of(const Change &change) {
  return std::get<pastiche::NumberOption>(
      std::ranges::find_if(pastiche::option_table(), [&](const auto &each) { return g_str_equal(each.name, change.option); })->kind);
}

double changed(const Change &change, double value) {
  const pastiche::NumberOption &range = range_of(change);
  return std::clamp(change.change(value), range.minimum, range.maximum);
}

double read(GimpProcedureConfig *config, const Change &change) {
  double value;
  g_object_get(config, change.option, &value, nullptr);
  return value;
}

} // namespace

Variations::Variations(GimpProcedureConfig *config) : config_(config), box_(gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6)) {
  gtk_box_set_homogeneous(GTK_BOX(box_), TRUE);
  atk_object_set_name(gtk_widget_get_accessible(box_), _("Variations"));
  for (size_t i = 0; i < variations_.size(); ++i) {
    Variation &variation = variations_[i];
    variation = {.button = gtk_button_new(), .picture = gtk_image_new(), .stale = true};
    GtkWidget *inside = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2), *name = gtk_label_new(_(changes[i].label));
    gtk_label_set_line_wrap(GTK_LABEL(name), TRUE);
    gtk_label_set_line_wrap_mode(GTK_LABEL(name), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_justify(GTK_LABEL(name), GTK_JUSTIFY_CENTER);
    gtk_widget_set_size_request(variation.picture, -1, height);
    gtk_box_pack_start(GTK_BOX(inside), variation.picture, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(inside), name, FALSE, FALSE, 0);
    gtk_container_add(GTK_CONTAINER(variation.button), inside);
    gtk_button_set_relief(GTK_BUTTON(variation.button), GTK_RELIEF_NONE);
    gimp_help_set_help_data(variation.button, _("A first picture with another setting; a click takes it over"), nullptr);
    atk_object_set_name(gtk_widget_get_accessible(variation.button), _(changes[i].label));
    g_object_set_data(G_OBJECT(variation.button), "number", GSIZE_TO_POINTER(i));
    g_signal_connect(variation.button, "clicked", G_CALLBACK(+[](GtkWidget *button, Variations *self) {
                       const Change &change = changes[GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(button), "number"))];
                       g_object_set(self->config_, change.option, changed(change, read(self->config_, change)), nullptr);
                     }),
                     this);
    gtk_box_pack_start(GTK_BOX(box_), variation.button, TRUE, TRUE, 0);
  }
  grow_stale();
}

Variations::~Variations() {
  for (const Variation &variation : variations_)
    g_signal_handlers_disconnect_by_data(variation.button, this);
}

bool Variations::is_other(size_t number) const {
  const double now = read(config_, changes[number]);
  return changed(changes[number], now) != now;
}

void Variations::grow_stale() {
  for (size_t i = 0; i < variations_.size(); ++i) {
    variations_[i].stale = is_other(i);
    gtk_widget_set_opacity(variations_[i].picture, stale_opacity);
    gtk_widget_set_sensitive(variations_[i].button, is_other(i));
  }
}

std::optional<size_t> Variations::next() const {
  const auto next = std::ranges::find(variations_, true, &Variation::stale);
  return next == variations_.end() ? std::nullopt : std::optional(static_cast<size_t>(next - variations_.begin()));
}

void Variations::vary(size_t number, pastiche_options &options) const {
  double &value = options.*range_of(changes[number]).field;
  value = changed(changes[number], value);
}

void Variations::show(size_t number, const raster::Pixels *painted) {
  Variation &variation = variations_[number];
  variation.stale = false;
  gtk_widget_set_opacity(variation.picture, 1);
  if (!painted) {
    gtk_image_clear(GTK_IMAGE(variation.picture));
    return;
  }
  const Surface small = make_thumbnail(*painted, most_width, height, gtk_widget_get_scale_factor(box_));
  gtk_image_set_from_surface(GTK_IMAGE(variation.picture), small.get());
}

} // namespace plugin
