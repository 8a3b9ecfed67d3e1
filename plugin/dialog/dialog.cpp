// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialog.h"

#include <libgimp/gimpui.h>

#include <algorithm>
#include <exception>

#include "base/i18n.h"
#include "colorbox.h"
#include "controls.h"
#include "estimateline.h"
#include "host/options.h"
#include "missingmodel.h"
#include "plugin/layers/source.h"
#include "plugin/preview/livepreview.h"
#include "plugin/scrolling.h"
#include "plugin/shield.h"
#include "plugin/styles/chosenstyles.h"
#include "plugin/styles/stylepicker.h"
#include "presetbox.h"

namespace plugin {
namespace {

GtkWidget *make_section(const char *title, GtkWidget *inside) {
  GtkWidget *frame = gimp_frame_new(title);
  gtk_container_add(GTK_CONTAINER(frame), inside);
  return frame;
}

// The few controls that most paintings need.
GtkWidget *make_painting_rows(GimpProcedureConfig *config, GtkWidget *presets, GtkWidget *colors) {
  GtkWidget *rows = make_rows();
  add_row(rows, _("Preset"), _("Sets the controls below and the expert ones to what is good for a purpose"), presets);
  for (const pastiche::Option &option : pastiche::option_table()) {
    if (option.expert())
      continue;
    if (std::holds_alternative<pastiche::NumberOption>(option.kind))
      add_row(rows, make_control(config, option)); // a slider has its label inside
    else
      add_row(rows, _(option.label), _(option.description), g_str_equal(option.name, "color") ? colors : make_control(config, option));
  }
  GParamSpec *output = g_object_class_find_property(G_OBJECT_GET_CLASS(config), "output");
  add_row(rows, g_param_spec_get_nick(output), g_param_spec_get_blurb(output), make_output_control(config));
  return rows;
}

// What the screen has for windows, in logical pixels.
GdkRectangle find_free_area(GtkWidget *window) {
  GdkDisplay *display = gtk_widget_get_display(window);
  GdkMonitor *monitor = gdk_display_get_primary_monitor(display);
  GdkRectangle free{};
  gdk_monitor_get_workarea(monitor ? monitor : gdk_display_get_monitor(display, 0), &free);
  return free;
}

// What will be painted.
GtkWidget *make_header(GimpProcedureConfig *config, const std::vector<Layer> &layers) {
  constexpr int side = 40; // logical pixels
  const Layer &first = layers.front();
  g_autoptr(GdkPixbuf) small = gimp_drawable_get_thumbnail(first.drawable, side, side, GIMP_PIXBUF_SMALL_CHECKS);
  GtkWidget *picture = gtk_image_new_from_pixbuf(small), *name = gtk_label_new(nullptr);
  g_autofree char *markup = g_markup_printf_escaped("<b>%s</b>", first.name.c_str());
  std::string text = markup;
  if (const size_t others = layers.size() - 1; others > 0)
    text += "\n" + pastiche::sentence(ngettext("and %zu more layer", "and %zu more layers", others), others);
  gtk_label_set_markup(GTK_LABEL(name), text.c_str());
  gtk_label_set_xalign(GTK_LABEL(name), 0);
  gtk_label_set_ellipsize(GTK_LABEL(name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text(name, first.name.c_str());
  GtkWidget *header = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_box_pack_start(GTK_BOX(header), picture, FALSE, FALSE, 0);
  GtkWidget *lines = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_pack_start(GTK_BOX(lines), name, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(header), lines, TRUE, TRUE, 0);
  if (std::ranges::any_of(layers, &Layer::original)) {
    GParamSpec *argument = g_object_class_find_property(G_OBJECT_GET_CLASS(config), from_original_argument);
    GtkWidget *check = gimp_prop_check_button_new(G_OBJECT(config), from_original_argument, nullptr); // has the argument's label
    gimp_help_set_help_data(check, g_param_spec_get_blurb(argument), nullptr);
    gtk_box_pack_start(GTK_BOX(lines), check, FALSE, FALSE, 0);
  }
  return header;
}

GtkWidget *make_expert(GimpProcedureConfig *config) {
  GtkWidget *expander = gtk_expander_new_with_mnemonic(_("E_xpert"));
  gimp_help_set_help_data(expander, _("Everything else that the painting depends on"), nullptr);
  gtk_container_add(GTK_CONTAINER(expander), make_expert_groups(config));
  return expander;
}

// The window's parts, and what they have to say to each other.
class Dialog {
public:
  Dialog(GimpProcedureConfig *config, GtkDialog *window, std::vector<Layer> &layers)
      : config_(config), window_(window), layers_(layers), styles_(config, [this] { show_styles(); }), picker_(config, styles_),
        presets_(config, [this] { return preview_.painting(); }), colors_(config),
        estimate_(config, layers, styles_, [this] { preview_.hold(false); }),
        preview_(config, layers.front(), styles_, colors_, [this] { preview_.hold(estimate_.refresh()); }) {
    GtkWidget *settings = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
    gtk_box_pack_start(GTK_BOX(settings), make_section(_("Style"), picker_.widget()), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(settings), make_section(_("Painting"), make_painting_rows(config, presets_.widget(), colors_.widget())),
                       FALSE, FALSE, 0);
    GtkWidget *expert = make_expert(config);
    gtk_box_pack_start(GTK_BOX(settings), expert, FALSE, FALSE, 0);
    let_wheel_scroll(settings);
    set_size();
    constexpr int settings_width = 440; // logical pixels; the preview has what is left
    GtkWidget *scrolled = gtk_scrolled_window_new(nullptr, nullptr);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_overlay_scrolling(GTK_SCROLLED_WINDOW(scrolled), FALSE);
    gtk_widget_set_size_request(scrolled, settings_width, -1);
    gtk_container_add(GTK_CONTAINER(scrolled), settings);
    g_signal_connect(expert, "notify::expanded", G_CALLBACK(+[](GtkExpander *self, GParamSpec *, GtkScrolledWindow *around) {
                       if (gtk_expander_get_expanded(self))
                         scroll_to_new(around, GTK_WIDGET(self));
                     }),
                     scrolled);
    GtkWidget *beside = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
    gtk_box_pack_start(GTK_BOX(beside), make_header(config, layers), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(beside), scrolled, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(beside), make_missing_model_row(config), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(beside), estimate_.widget(), FALSE, FALSE, 0);
    gtk_widget_set_hexpand(beside, FALSE); // else texts in it that fill a row would have it take from the preview
    GtkWidget *columns = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 18);
    gtk_box_pack_start(GTK_BOX(columns), preview_.widget(), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(columns), beside, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(gtk_dialog_get_content_area(window_)), columns, TRUE, TRUE, 0);
    gtk_widget_show_all(columns);
    picker_.update(); // hides what showing all has shown too much
    // The user comes back from GIMP's other windows.
    g_signal_connect(window_, "notify::is-active", G_CALLBACK(+[](GtkWindow *window, GParamSpec *, Dialog *self) {
                       if (gtk_window_is_active(window))
                         shielded([&] { self->picker_.list_drawables(); });
                     }),
                     this);
    g_signal_connect_swapped(config_, (std::string("notify::") + from_original_argument).c_str(), G_CALLBACK(+[](Dialog *self) {
                               choose_sources(self->layers_, self->config_);
                               shielded([&] { self->preview_.reread(); });
                             }),
                             this);
  }

  ~Dialog() {
    g_signal_handlers_disconnect_by_data(config_, this);
    g_signal_handlers_disconnect_by_data(window_, this);
  }
  Dialog(const Dialog &) = delete;
  Dialog &operator=(const Dialog &) = delete;

  void remember_styles() const { picker_.remember(); }

private:
  // About three quarters of the screen, but more of a small one, and never more than there is.
  void set_size() {
    constexpr int least_width = 1240, least_height = 820, around = 50; // logical pixels; the window's frame is on the screen too
    const GdkRectangle free = find_free_area(GTK_WIDGET(window_));
    const auto share = [](int whole, int least) { return std::clamp(std::max(whole * 3 / 4, least), 1, std::max(1, whole - around)); };
    gtk_window_set_default_size(GTK_WINDOW(window_), share(free.width, least_width), share(free.height, least_height));
  }

  void show_styles() {
    picker_.update();
    bool usable = true;
    try {
      styles_.all();
    } catch (const std::exception &) {
      usable = false;
    }
    gtk_dialog_set_response_sensitive(window_, GTK_RESPONSE_OK, usable);
    preview_.restart();
  }

  GimpProcedureConfig *config_;
  GtkDialog *window_;
  std::vector<Layer> &layers_;
  ChosenStyles styles_;
  StylePicker picker_;
  PresetBox presets_;
  ColorBox colors_;
  EstimateLine estimate_;
  LivePreview preview_;
};

} // namespace

bool show_dialog(GimpProcedure *procedure, GimpProcedureConfig *config, std::vector<Layer> &layers) {
  gimp_ui_init(GETTEXT_PACKAGE);
  GtkWidget *window = gimp_procedure_dialog_new(procedure, config, _("Pastiche"));
  gimp_procedure_dialog_set_ok_label(GIMP_PROCEDURE_DIALOG(window), _("P_aint"));
  bool confirmed = false;
  {
    const Dialog dialog(config, GTK_DIALOG(window), layers);
    confirmed = gimp_procedure_dialog_run(GIMP_PROCEDURE_DIALOG(window));
    // What is under way may take a moment to end; the user need not watch it.
    gtk_widget_hide(window);
    gdk_display_sync(gtk_widget_get_display(window));
    if (confirmed)
      dialog.remember_styles();
  }
  gtk_widget_destroy(window);
  return confirmed;
}

} // namespace plugin
