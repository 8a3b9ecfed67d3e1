// SPDX-License-Identifier: GPL-3.0-or-later
#include "presetbox.h"

#include <string_view>

#include "arguments.h"
#include "core/i18n.h"
#include "core/options.h"
#include "shield.h"

namespace plugin {
namespace {

constexpr const char *standard = "standard", *own = "own";

// What people read for a preset.
const char *label_of(const pastiche::Preset &preset) {
  static constexpr struct {
    std::string_view name;
    const char *label;
  } labels[]{{"quick", N_("Quick look")}, {"fine", N_("Fine")}, {"lines", N_("Keep the lines")}, {"gatys", N_("As in the paper of 2016")}};
  for (const auto &[name, label] : labels)
    if (name == preset.name)
      return _(label);
  return preset.name;
}

bool same(const pastiche::Option &option, const pastiche_options &a, const pastiche_options &b) {
  return std::visit(pastiche::Overloaded{
                        [&](const pastiche::TextOption &kind) { return std::string_view(a.*kind.field) == b.*kind.field; },
                        [&](const auto &kind) { return a.*kind.field == b.*kind.field; },
                    },
                    option.kind);
}

pastiche_options standard_options() {
  pastiche_options options;
  pastiche::set_defaults(options);
  return options;
}

bool is_spoken_of(const pastiche::Option &option) {
  for (const pastiche::Preset &preset : pastiche::presets()) {
    pastiche_options options = standard_options();
    preset.apply(options);
    if (!same(option, options, standard_options()))
      return true;
  }
  return false;
}

pastiche_options options_of(std::string_view name) {
  pastiche_options options = standard_options();
  for (const pastiche::Preset &preset : pastiche::presets())
    if (name == preset.name)
      preset.apply(options);
  return options;
}

void set(GimpProcedureConfig *config, const pastiche::Option &option, const pastiche_options &options) {
  std::visit(
      pastiche::Overloaded{
          [&](const pastiche::ChoiceOption &) { g_object_set(config, option.name, pastiche::choice_name(option.name, options), nullptr); },
          [&](const auto &kind) { g_object_set(config, option.name, options.*kind.field, nullptr); },
      },
      option.kind);
}

// Chooses what the arguments amount to.
void show_preset(GtkComboBox *box, GimpProcedureConfig *config) {
  const Options now(config);
  const auto amounts_to = [&](const char *name) {
    for (const pastiche::Option &option : pastiche::option_table())
      if (is_spoken_of(option) && !same(option, now.values(), options_of(name)))
        return false;
    return true;
  };
  const char *name = amounts_to(standard) ? standard : own;
  const char *description = _("Sets the controls below and the expert ones to what is good for a purpose");
  for (const pastiche::Preset &preset : pastiche::presets())
    if (amounts_to(preset.name)) {
      name = preset.name;
      description = _(preset.description);
    }
  gtk_combo_box_set_active_id(box, name);
  gtk_widget_set_tooltip_text(GTK_WIDGET(box), description);
}

void choose_preset(GtkComboBox *box, GimpProcedureConfig *config) {
  const std::string name = gtk_combo_box_get_active_id(box);
  if (name == own)
    return;
  g_signal_handlers_block_by_func(box, reinterpret_cast<gpointer>(choose_preset), config);
  g_object_freeze_notify(G_OBJECT(config));
  for (const pastiche::Option &option : pastiche::option_table())
    if (is_spoken_of(option))
      set(config, option, options_of(name));
  g_object_thaw_notify(G_OBJECT(config));
  g_signal_handlers_unblock_by_func(box, reinterpret_cast<gpointer>(choose_preset), config);
}

} // namespace

GtkWidget *make_preset_box(GimpProcedureConfig *config) {
  GtkWidget *box = gtk_combo_box_text_new();
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(box), standard, _("Standard"));
  for (const pastiche::Preset &preset : pastiche::presets())
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(box), preset.name, label_of(preset));
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(box), own, _("As set below"));
  show_preset(GTK_COMBO_BOX(box), config);
  g_signal_connect(
      box, "changed",
      G_CALLBACK(+[](GtkComboBox *self, GimpProcedureConfig *arguments) { shielded([&] { choose_preset(self, arguments); }); }), config);
  g_signal_connect_object(config, "notify", G_CALLBACK(+[](GimpProcedureConfig *arguments, GParamSpec *, GtkComboBox *self) {
                            shielded([&] { show_preset(self, arguments); });
                          }),
                          box, static_cast<GConnectFlags>(0));
  return box;
}

} // namespace plugin
