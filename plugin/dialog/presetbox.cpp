// SPDX-License-Identifier: GPL-3.0-or-later
#include "presetbox.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/i18n.h"
#include "host/options.h"
#include "plugin/arguments.h"
#include "plugin/shield.h"

namespace plugin {
namespace {

constexpr const char *standard = "standard", *own = "own";

// What people read for a preset.
const char *label_of(const pastiche::Preset &preset) {
  static constexpr struct {
    std::string_view name;
    const char *label;
  } labels[]{{"quick", N_("Quick look")},
             {"instant", N_("At once")},
             {"fine", N_("Fine")},
             {"lines", N_("Keep the lines")},
             {"gatys", N_("As in the paper of 2016")}};
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

pastiche_options options_of(std::string_view name) {
  pastiche_options options = standard_options();
  for (const pastiche::Preset &preset : pastiche::presets())
    if (name == preset.name)
      preset.apply(options);
  return options;
}

// A preset names what it has otherwise than usual; the standard one names everything.
bool names(std::string_view preset, const pastiche::Option &option) {
  return preset == standard || !same(option, options_of(preset), standard_options());
}

void set(GimpProcedureConfig *config, const pastiche::Option &option, const pastiche_options &options) {
  std::visit(
      pastiche::Overloaded{
          [&](const pastiche::ChoiceOption &) { g_object_set(config, option.name, pastiche::choice_name(option.name, options), nullptr); },
          [&](const auto &kind) { g_object_set(config, option.name, options.*kind.field, nullptr); },
      },
      option.kind);
}

bool has_all(const pastiche_options &now, std::string_view preset) {
  return std::ranges::all_of(pastiche::option_table(), [&](const pastiche::Option &option) {
    return !names(preset, option) || same(option, now, options_of(preset));
  });
}

// The preset that the arguments amount to. Several may be in force at once: then the one that is shown already.
std::string find_preset(const pastiche_options &now, const char *shown) {
  if (has_all(now, standard))
    return standard;
  if (shown && !g_str_equal(shown, own) && has_all(now, shown))
    return shown;
  for (const pastiche::Preset &preset : pastiche::presets())
    if (has_all(now, preset.name))
      return preset.name;
  return own;
}

void choose_preset(GtkComboBox *box, GimpProcedureConfig *config) {
  shielded([&] {
    const std::string name = gtk_combo_box_get_active_id(box);
    if (name == own)
      return;
    g_object_freeze_notify(G_OBJECT(config));
    for (const pastiche::Option &option : pastiche::option_table())
      if (names(name, option))
        set(config, option, options_of(name));
    g_object_thaw_notify(G_OBJECT(config));
  });
}

void show_preset(GtkComboBox *box, GimpProcedureConfig *config) {
  const std::string name = find_preset(Options(config).values(), gtk_combo_box_get_active_id(box));
  const char *description = _("Sets the controls below and the expert ones to what is good for a purpose");
  for (const pastiche::Preset &preset : pastiche::presets())
    if (name == preset.name)
      description = _(preset.description);
  g_signal_handlers_block_by_func(box, reinterpret_cast<gpointer>(choose_preset), config); // the arguments are so already
  gtk_combo_box_set_active_id(box, name.c_str());
  g_signal_handlers_unblock_by_func(box, reinterpret_cast<gpointer>(choose_preset), config);
  gtk_widget_set_tooltip_text(GTK_WIDGET(box), description);
}

} // namespace

GtkWidget *make_preset_box(GimpProcedureConfig *config) {
  GtkWidget *box = gtk_combo_box_text_new();
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(box), standard, _("Standard"));
  for (const pastiche::Preset &preset : pastiche::presets())
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(box), preset.name, label_of(preset));
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(box), own, _("Custom"));
  show_preset(GTK_COMBO_BOX(box), config);
  g_signal_connect(box, "changed", G_CALLBACK(choose_preset), config);
  g_signal_connect_object(config, "notify", G_CALLBACK(+[](GimpProcedureConfig *arguments, GParamSpec *, GtkComboBox *self) {
                            shielded([&] { show_preset(self, arguments); });
                          }),
                          box, static_cast<GConnectFlags>(0));
  return box;
}

} // namespace plugin
