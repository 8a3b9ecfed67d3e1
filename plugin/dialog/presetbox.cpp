// SPDX-License-Identifier: GPL-3.0-or-later
#include "presetbox.h"

#include <cairo-gobject.h>

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

#include "base/i18n.h"
#include "base/sentence.h"
#include "controls.h"
#include "host/options.h"
#include "plugin/arguments.h"
#include "plugin/callerror.h"
#include "plugin/preview/surface.h"
#include "plugin/shield.h"

namespace plugin {
namespace {

constexpr const char *standard = "standard", *custom = "custom", *own_prefix = "own:"; // before the name of one's own
constexpr int picture_side = 24, kept_side = 96;                                       // logical pixels; pixels
constexpr const char *ending = ".pastiche-preset";

enum Column { name_column, id_column, picture_column, columns }; // screen readers read the first

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

cairo_surface_t *picture_of(const OwnPreset &preset, int scale_factor) {
  g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new();
  const auto *bytes = reinterpret_cast<const guchar *>(preset.thumbnail.data());
  if (const bool whole = gdk_pixbuf_loader_write(loader, bytes, preset.thumbnail.size(), nullptr);
      !gdk_pixbuf_loader_close(loader, nullptr) || !whole)
    return nullptr;
  GdkPixbuf *picture = gdk_pixbuf_loader_get_pixbuf(loader);
  const int width = gdk_pixbuf_get_width(picture), height = gdk_pixbuf_get_height(picture), side = picture_side * scale_factor;
  const auto reduced = [&](int length) { return std::max(1, length * side / std::max(width, height)); };
  g_autoptr(GdkPixbuf) small = gdk_pixbuf_scale_simple(picture, reduced(width), reduced(height), GDK_INTERP_BILINEAR);
  return gdk_cairo_surface_create_from_pixbuf(small, scale_factor, nullptr);
}

std::string as_png(const raster::Pixels &pixels) {
  const Surface small = make_thumbnail(pixels, kept_side, 1);
  g_autoptr(GdkPixbuf) picture = gdk_pixbuf_get_from_surface(small.get(), 0, 0, cairo_image_surface_get_width(small.get()),
                                                             cairo_image_surface_get_height(small.get()));
  g_autofree char *bytes = nullptr;
  gsize size;
  return picture && gdk_pixbuf_save_to_buffer(picture, &bytes, &size, "png", nullptr, nullptr) ? std::string(bytes, size) : "";
}

GtkWidget *make_text() {
  GtkWidget *text = gtk_label_new(nullptr);
  gtk_label_set_xalign(GTK_LABEL(text), 0);
  gtk_label_set_line_wrap(GTK_LABEL(text), TRUE);
  gtk_label_set_line_wrap_mode(GTK_LABEL(text), PANGO_WRAP_WORD_CHAR);
  return text;
}

std::string stripped(const char *text) {
  g_autofree char *copy = g_strdup(text);
  return g_strstrip(copy);
}

// Asks for the name of a preset; empty: the user thought better of it. Says what of the arguments is not kept.
std::string ask_for_name(GtkWindow *above, const std::vector<OwnPreset> &own, const std::vector<std::string> &not_kept) {
  struct Question {
    const std::vector<OwnPreset> &own;
    GtkDialog *window;
    GtkWidget *replaces;
  };
  constexpr int spacing = 12, most_letters = 100;
  GtkWidget *window = gtk_dialog_new_with_buttons(_("Save as a preset"), above, GTK_DIALOG_MODAL, _("_Cancel"), GTK_RESPONSE_CANCEL,
                                                  _("_Save"), GTK_RESPONSE_ACCEPT, nullptr);
  GtkWidget *inside = gtk_box_new(GTK_ORIENTATION_VERTICAL, spacing), *name = gtk_entry_new(), *replaces = make_text();
  Question question{own, GTK_DIALOG(window), replaces};
  gtk_container_set_border_width(GTK_CONTAINER(inside), spacing);
  gtk_entry_set_max_length(GTK_ENTRY(name), most_letters);
  gtk_entry_set_activates_default(GTK_ENTRY(name), TRUE);
  GtkWidget *rows = make_rows();
  add_row(rows, _("Name"), _("What the preset is called in the list"), name);
  gtk_box_pack_start(GTK_BOX(inside), rows, FALSE, FALSE, 0);
  for (const std::string &sentence : not_kept) {
    GtkWidget *text = make_text();
    gtk_label_set_text(GTK_LABEL(text), sentence.c_str());
    gtk_label_set_max_width_chars(GTK_LABEL(text), 50);
    gtk_box_pack_start(GTK_BOX(inside), text, FALSE, FALSE, 0);
  }
  gtk_label_set_text(GTK_LABEL(replaces), _("There is a preset of this name. Saving replaces it."));
  gtk_widget_set_no_show_all(replaces, TRUE);
  gtk_box_pack_start(GTK_BOX(inside), replaces, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(gtk_dialog_get_content_area(GTK_DIALOG(window))), inside, TRUE, TRUE, 0);
  gtk_dialog_set_default_response(GTK_DIALOG(window), GTK_RESPONSE_ACCEPT);
  gtk_dialog_set_response_sensitive(GTK_DIALOG(window), GTK_RESPONSE_ACCEPT, FALSE);
  g_signal_connect(name, "changed", G_CALLBACK(+[](GtkEntry *entry, Question *asked) {
                     shielded([&] {
                       const std::string typed = stripped(gtk_entry_get_text(entry));
                       const bool there = std::ranges::find(asked->own, typed, &OwnPreset::name) != asked->own.end();
                       gtk_widget_set_visible(asked->replaces, there);
                       gtk_dialog_set_response_sensitive(asked->window, GTK_RESPONSE_ACCEPT, !typed.empty());
                     });
                   }),
                   &question);
  gtk_widget_show_all(inside);
  const bool confirmed = gtk_dialog_run(GTK_DIALOG(window)) == GTK_RESPONSE_ACCEPT;
  const std::string typed = confirmed ? stripped(gtk_entry_get_text(GTK_ENTRY(name))) : "";
  gtk_widget_destroy(window);
  return typed;
}

// The path of the file; empty: none.
std::string ask_for_file(GtkWindow *above, const char *title, GtkFileChooserAction action, const char *accept, const char *proposal) {
  GtkWidget *window =
      gtk_file_chooser_dialog_new(title, above, action, _("_Cancel"), GTK_RESPONSE_CANCEL, accept, GTK_RESPONSE_ACCEPT, nullptr);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER(window);
  gtk_dialog_set_default_response(GTK_DIALOG(window), GTK_RESPONSE_ACCEPT);
  gtk_file_chooser_set_do_overwrite_confirmation(chooser, TRUE);
  GtkFileFilter *presets = gtk_file_filter_new();
  gtk_file_filter_set_name(presets, _("Presets of Pastiche"));
  g_autofree char *pattern = g_strconcat("*", ending, nullptr);
  gtk_file_filter_add_pattern(presets, pattern);
  gtk_file_chooser_add_filter(chooser, presets);
  const char *downloads = g_get_user_special_dir(G_USER_DIRECTORY_DOWNLOAD); // where such files mostly are
  gtk_file_chooser_set_current_folder(chooser, downloads ? downloads : g_get_home_dir());
  if (proposal)
    gtk_file_chooser_set_current_name(chooser, proposal);
  std::string path;
  if (gtk_dialog_run(GTK_DIALOG(window)) == GTK_RESPONSE_ACCEPT) {
    g_autofree char *chosen = gtk_file_chooser_get_filename(chooser);
    path = chosen ? chosen : "";
  }
  gtk_widget_destroy(window);
  return path;
}

bool confirm_removal(GtkWindow *above, const OwnPreset &preset) {
  GtkWidget *question = gtk_message_dialog_new(above, GTK_DIALOG_MODAL, GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE, "%s",
                                               pastiche::sentence(_("Remove the preset “%s”?"), preset.name.c_str()).c_str());
  gtk_window_set_title(GTK_WINDOW(question), _("Remove a preset"));
  gtk_dialog_add_buttons(GTK_DIALOG(question), _("_Cancel"), GTK_RESPONSE_CANCEL, _("_Remove"), GTK_RESPONSE_ACCEPT, nullptr);
  const bool confirmed = gtk_dialog_run(GTK_DIALOG(question)) == GTK_RESPONSE_ACCEPT;
  gtk_widget_destroy(question);
  return confirmed;
}

} // namespace

PresetBox::PresetBox(GimpProcedureConfig *config, std::function<std::optional<raster::Pixels>()> painting)
    : config_(config), painting_(std::move(painting)),
      rows_(gtk_list_store_new(columns, G_TYPE_STRING, G_TYPE_STRING, CAIRO_GOBJECT_TYPE_SURFACE)),
      names_(gtk_combo_box_new_with_model(GTK_TREE_MODEL(rows_))), box_(gtk_box_new(GTK_ORIENTATION_VERTICAL, 6)), note_(make_text()) {
  g_object_unref(rows_); // the box has it
  gtk_combo_box_set_id_column(GTK_COMBO_BOX(names_), id_column);
  GtkCellRenderer *picture = gtk_cell_renderer_pixbuf_new(), *name = gtk_cell_renderer_text_new();
  g_object_set(name, "ellipsize", PANGO_ELLIPSIZE_END, nullptr);
  gtk_cell_layout_pack_start(GTK_CELL_LAYOUT(names_), name, TRUE);
  gtk_cell_layout_add_attribute(GTK_CELL_LAYOUT(names_), name, "text", name_column);
  gtk_cell_layout_pack_start(GTK_CELL_LAYOUT(names_), picture, FALSE);
  gtk_cell_layout_add_attribute(GTK_CELL_LAYOUT(names_), picture, "surface", picture_column);
  gtk_label_set_max_width_chars(GTK_LABEL(note_), 1); // as wide as there is room
  gtk_widget_set_no_show_all(note_, TRUE);
  gtk_box_pack_start(GTK_BOX(box_), make_row_of(names_, make_menu()), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box_), note_, FALSE, FALSE, 0);
  g_signal_connect(names_, "changed", G_CALLBACK(+[](GtkComboBox *, PresetBox *self) { shielded([&] { self->choose(); }); }), this);
  g_signal_connect(config_, "notify", G_CALLBACK(+[](GObject *, GParamSpec *, PresetBox *self) { shielded([&] { self->show(); }); }), this);
  list();
}

PresetBox::~PresetBox() {
  for (gpointer object : {static_cast<gpointer>(config_), static_cast<gpointer>(names_)})
    g_signal_handlers_disconnect_by_data(object, this);
}

GtkWidget *PresetBox::make_menu() {
  GtkWidget *menu = gtk_menu_new(), *button = gtk_menu_button_new();
  const auto add = [&](const char *label, void (*chosen)(GtkMenuItem *, PresetBox *)) {
    GtkWidget *item = gtk_menu_item_new_with_mnemonic(label);
    g_signal_connect(item, "activate", G_CALLBACK(chosen), this);
    gtk_menu_shell_append(GTK_MENU_SHELL(menu), item);
    return item;
  };
  add(_("_Save as a preset…"), [](GtkMenuItem *, PresetBox *self) { shielded([&] { self->save(); }); });
  remove_ = add(_("_Remove this preset…"), [](GtkMenuItem *, PresetBox *self) { shielded([&] { self->remove(); }); });
  export_ = add(_("_Export this preset…"), [](GtkMenuItem *, PresetBox *self) { shielded([&] { self->export_shown(); }); });
  add(_("_Import a preset…"), [](GtkMenuItem *, PresetBox *self) { shielded([&] { self->import(); }); });
  gtk_widget_show_all(menu);
  gtk_menu_button_set_popup(GTK_MENU_BUTTON(button), menu);
  gtk_container_add(GTK_CONTAINER(button), gtk_image_new_from_icon_name("open-menu-symbolic", GTK_ICON_SIZE_BUTTON));
  gimp_help_set_help_data(button, _("Saves the settings and styles under a name, and removes, exports and imports such presets"), nullptr);
  atk_object_set_name(gtk_widget_get_accessible(button), _("Own presets"));
  return button;
}

void PresetBox::list() {
  std::vector<std::string> unreadable;
  own_ = read_own_presets(unreadable);
  g_signal_handlers_block_matched(names_, G_SIGNAL_MATCH_DATA, 0, 0, nullptr, nullptr, this);
  gtk_list_store_clear(rows_);
  const auto add = [&](const char *id, const char *name, cairo_surface_t *picture) {
    gtk_list_store_insert_with_values(rows_, nullptr, -1, id_column, id, name_column, name, picture_column, picture, -1);
  };
  add(standard, _("Standard"), nullptr);
  for (const pastiche::Preset &preset : pastiche::presets())
    add(preset.name, label_of(preset), nullptr);
  for (const OwnPreset &preset : own_) {
    cairo_surface_t *picture = picture_of(preset, gtk_widget_get_scale_factor(names_));
    add((own_prefix + preset.name).c_str(), preset.name.c_str(), picture);
    g_clear_pointer(&picture, cairo_surface_destroy);
  }
  add(custom, _("Custom"), nullptr);
  g_signal_handlers_unblock_matched(names_, G_SIGNAL_MATCH_DATA, 0, 0, nullptr, nullptr, this);
  show();
  tell(unreadable.empty() ? ""
                          : pastiche::sentence(_("Left out, as their files cannot be read: %s"), pastiche::listed(unreadable).c_str()));
}

const OwnPreset *PresetBox::shown_own() const {
  const char *id = gtk_combo_box_get_active_id(GTK_COMBO_BOX(names_));
  const auto shown = std::ranges::find_if(own_, [&](const OwnPreset &each) { return id && own_prefix + each.name == id; });
  return shown == own_.end() ? nullptr : &*shown;
}

void PresetBox::choose() {
  tell("");
  if (const OwnPreset *preset = shown_own()) {
    const std::vector<std::string> missing = put_in_force(*preset, config_);
    if (!missing.empty())
      tell(pastiche::sentence(_("Style pictures of this preset that do not exist any more are left out: %s"),
                              pastiche::listed(missing).c_str()));
    return;
  }
  const std::string name = gtk_combo_box_get_active_id(GTK_COMBO_BOX(names_));
  if (name == custom)
    return;
  g_object_freeze_notify(G_OBJECT(config_));
  for (const pastiche::Option &option : pastiche::option_table())
    if (names(name, option))
      set(config_, option, options_of(name));
  g_object_thaw_notify(G_OBJECT(config_));
}

// Several may be in force at once: then the one that is shown already stays.
void PresetBox::show() {
  const Options options(config_);
  const auto in_force = [&](const std::string &id) {
    const auto own = std::ranges::find_if(own_, [&](const OwnPreset &each) { return own_prefix + each.name == id; });
    return own != own_.end() ? is_in_force(*own, config_) : id != custom && has_all(options.values(), id);
  };
  std::vector<std::string> ids;
  if (const char *shown = gtk_combo_box_get_active_id(GTK_COMBO_BOX(names_)))
    ids.emplace_back(shown);
  ids.emplace_back(standard);
  for (const pastiche::Preset &preset : pastiche::presets())
    ids.emplace_back(preset.name);
  for (const OwnPreset &preset : own_)
    ids.push_back(own_prefix + preset.name);
  const auto found = std::ranges::find_if(ids, in_force);
  const std::string id = found == ids.end() ? custom : *found;
  const char *description = _("Sets the controls below and the expert ones to what is good for a purpose");
  for (const pastiche::Preset &preset : pastiche::presets())
    if (id == preset.name)
      description = _(preset.description);
  point_to(id);
  gtk_widget_set_tooltip_text(names_, description);
  for (GtkWidget *item : {remove_, export_})
    gtk_widget_set_sensitive(item, shown_own() != nullptr);
}

void PresetBox::point_to(const std::string &id) {
  g_signal_handlers_block_matched(names_, G_SIGNAL_MATCH_DATA, 0, 0, nullptr, nullptr, this);
  gtk_combo_box_set_active_id(GTK_COMBO_BOX(names_), id.c_str());
  g_signal_handlers_unblock_matched(names_, G_SIGNAL_MATCH_DATA, 0, 0, nullptr, nullptr, this);
}

void PresetBox::save() {
  GtkWindow *window = GTK_WINDOW(gtk_widget_get_toplevel(box_));
  const std::string name = ask_for_name(window, own_, tell_what_is_not_kept(config_));
  if (name.empty())
    return;
  try {
    const std::optional<raster::Pixels> painting = painting_();
    write_own_preset(make_own_preset(config_, name, painting ? as_png(*painting) : ""));
    list();
    point_to(own_prefix + name);
    show();
  } catch (const std::exception &failure) {
    tell(reason_of(failure));
  }
}

void PresetBox::remove() {
  const OwnPreset *preset = shown_own();
  if (!preset || !confirm_removal(GTK_WINDOW(gtk_widget_get_toplevel(box_)), *preset))
    return;
  try {
    remove_own_preset(*preset);
    list();
  } catch (const std::exception &failure) {
    tell(reason_of(failure));
  }
}

void PresetBox::export_shown() {
  const OwnPreset *preset = shown_own();
  if (!preset)
    return;
  std::string proposal = preset->name + ending;
  std::ranges::replace(proposal, '/', '-');
  const std::string path = ask_for_file(GTK_WINDOW(gtk_widget_get_toplevel(box_)), _("Export a preset"), GTK_FILE_CHOOSER_ACTION_SAVE,
                                        _("_Export"), proposal.c_str());
  if (path.empty())
    return;
  try {
    export_own_preset(*preset, path);
    tell(pastiche::sentence(_("“%s” was written, with its style pictures."), pastiche::shown(path).c_str()));
  } catch (const std::exception &failure) {
    tell(reason_of(failure));
  }
}

void PresetBox::import() {
  const std::string path =
      ask_for_file(GTK_WINDOW(gtk_widget_get_toplevel(box_)), _("Import a preset"), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Import"), nullptr);
  if (path.empty())
    return;
  try {
    const std::string name = import_own_preset(path).name;
    list();
    gtk_combo_box_set_active_id(GTK_COMBO_BOX(names_), (own_prefix + name).c_str());
  } catch (const std::exception &failure) {
    tell(reason_of(failure));
  }
}

void PresetBox::tell(const std::string &text) {
  gtk_label_set_text(GTK_LABEL(note_), text.c_str());
  gtk_widget_set_visible(note_, !text.empty());
}

} // namespace plugin
