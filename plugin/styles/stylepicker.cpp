// SPDX-License-Identifier: GPL-3.0-or-later
#include "stylepicker.h"

#include <algorithm>

#include "base/i18n.h"
#include "description.h"
#include "museumwindow.h"
#include "plugin/dialog/controls.h"
#include "plugin/preview/surface.h"
#include "plugin/scrolling.h"
#include "plugin/shield.h"
#include "recentstyles.h"
#include "styles/gallery.h"
#include "thumbnail.h"

namespace plugin {
namespace {

constexpr int picture_width = 160, picture_height = 120, row_side = 32, chooser_side = 256; // logical pixels

// The arguments of one style.
struct Choice {
  GFile *file = nullptr;
  GimpDrawable *drawable = nullptr;
  GimpDrawable *region = nullptr;
  double share = 1;
  std::string crop;
};

Choice read(GimpProcedureConfig *config, int number) {
  Choice choice;
  g_autofree char *crop = nullptr;
  g_object_get(config, style_argument("style-file", number).c_str(), &choice.file, style_argument("style-drawable", number).c_str(),
               &choice.drawable, style_argument("style-region", number).c_str(), &choice.region,
               style_argument("style-share", number).c_str(), &choice.share, style_argument("style-crop", number).c_str(), &crop, nullptr);
  choice.crop = crop ? crop : "";
  if (number == 1) {
    // Only the first one has an argument that says which of the two counts.
    g_autofree char *source = nullptr;
    g_object_get(config, "style-source", &source, nullptr);
    if (g_str_equal(source, "file"))
      g_clear_object(&choice.drawable);
    else
      g_clear_object(&choice.file);
  }
  return choice;
}

void write(GimpProcedureConfig *config, int number, const Choice &choice) {
  g_object_set(config, style_argument("style-file", number).c_str(), choice.file, style_argument("style-drawable", number).c_str(),
               choice.drawable, style_argument("style-region", number).c_str(), choice.region,
               style_argument("style-share", number).c_str(), choice.share, style_argument("style-crop", number).c_str(),
               choice.crop.c_str(), nullptr);
  if (number == 1)
    g_object_set(config, "style-source", choice.drawable ? "drawable" : "file", nullptr);
}

void clear(Choice &choice) {
  g_clear_object(&choice.file);
  g_clear_object(&choice.drawable);
  g_clear_object(&choice.region);
}

// The colours that themes have for what is selected may hardly differ from the others, as GIMP's do; that of texts always does.
void mark_when_selected(GtkWidget *row) {
  g_autoptr(GtkCssProvider) mark = gtk_css_provider_new();
  gtk_css_provider_load_from_data(mark, "row:selected { box-shadow: inset 4px 0 currentColor; }", -1, nullptr);
  gtk_style_context_add_provider(gtk_widget_get_style_context(row), GTK_STYLE_PROVIDER(mark), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

void show_chosen_file(GtkFileChooser *chooser) {
  GtkWidget *picture = gtk_file_chooser_get_preview_widget(chooser);
  // Only the newest one counts.
  auto *cancellable = static_cast<GCancellable *>(g_object_get_data(G_OBJECT(picture), "cancellable"));
  if (cancellable)
    g_cancellable_cancel(cancellable);
  cancellable = g_cancellable_new();
  g_object_set_data_full(G_OBJECT(picture), "cancellable", cancellable, g_object_unref);
  gtk_image_clear(GTK_IMAGE(picture));
  if (g_autofree char *uri = gtk_file_chooser_get_preview_uri(chooser))
    make_thumbnail(uri, chooser_side, cancellable, [picture](GdkPixbuf *pixbuf) { gtk_image_set_from_pixbuf(GTK_IMAGE(picture), pixbuf); });
}

void list_pictures_first(GtkFileChooser *chooser) {
  GtkFileFilter *pictures = gtk_file_filter_new();
  gtk_file_filter_set_name(pictures, _("Pictures"));
  gtk_file_filter_add_mime_type(pictures, "image/*");
  GtkFileFilter *all = gtk_file_filter_new();
  gtk_file_filter_set_name(all, _("All files"));
  gtk_file_filter_add_pattern(all, "*");
  gtk_file_chooser_add_filter(chooser, pictures);
  gtk_file_chooser_add_filter(chooser, all);
}

// Something to see before the user has chosen anything: the one used last, or else the first that comes with Pastiche. Null: there is none.
GFile *find_first_style() {
  if (const std::vector<std::string> recent = read_recent_styles(); !recent.empty())
    return g_file_new_for_uri(recent.front().c_str());
  for (const pastiche::GalleryStyle &style : pastiche::gallery_styles()) {
    g_autoptr(GFile) file = g_file_new_for_uri(style.uri.c_str());
    if (g_file_query_exists(file, nullptr))
      return static_cast<GFile *>(g_object_ref(file));
  }
  return nullptr;
}

} // namespace

StylePicker::StylePicker(GimpProcedureConfig *config, const ChosenStyles &styles)
    : config_(config), styles_(styles), box_(gtk_box_new(GTK_ORIENTATION_VERTICAL, 6)), hint_(gtk_label_new(nullptr)),
      part_(gtk_label_new(nullptr)), part_row_(gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6)), rows_(gtk_list_box_new()),
      picture_(picture_width, picture_height, [this](const std::optional<raster::Crop> &part) { choose_part(part); }),
      layer_(std::make_unique<DrawableBox>([this](GimpDrawable *drawable) { choose_drawable(drawable); })),
      region_(std::make_unique<DrawableBox>([this](GimpDrawable *drawable) {
        g_object_set(config_, style_argument("style-region", selected_).c_str(), drawable, nullptr);
      })) {
  atk_object_set_name(gtk_widget_get_accessible(picture_.widget()), _("Style picture"));
  gtk_label_set_xalign(GTK_LABEL(hint_), 0);
  gtk_label_set_line_wrap(GTK_LABEL(hint_), TRUE);
  gtk_label_set_line_wrap_mode(GTK_LABEL(hint_), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines(GTK_LABEL(hint_), 3);
  gtk_label_set_ellipsize(GTK_LABEL(hint_), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars(GTK_LABEL(hint_), 1);
  gtk_widget_set_hexpand(hint_, TRUE);

  GtkWidget *open = make_button(_("_Open…"), _("Chooses a picture in any format that GIMP opens: a painting, a drawing, a texture"),
                                [](GtkButton *, StylePicker *self) { shielded([&] { self->open(); }); });
  GtkWidget *museum = make_button(_("From a museum…"), _("Searches museums for works in the public domain; it says whom it asks"),
                                  [](GtkButton *, StylePicker *self) { shielded([&] { self->choose_from_museum(); }); });
  add_ = make_button(_("Add st_yle"), _("Paints with another style as well; each can have a share of its own"),
                     [](GtkButton *, StylePicker *self) { shielded([&] { self->add(); }); });
  GtkWidget *buttons = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_pack_start(GTK_BOX(buttons), open, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(buttons), museum, FALSE, FALSE, 0);
  GtkWidget *choices = make_rows();
  add_row(choices, _("Style"), _("A picture file, or a layer, layer group or channel of any open image"), layer_->widget());
  add_row(choices, _("Where"),
          _("The selection, a layer mask, a channel or a layer that says softly where this style is painted; without one, it is painted "
            "everywhere"),
          region_->widget());
  GtkWidget *beside = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_pack_start(GTK_BOX(beside), choices, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(beside), hint_, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(beside), buttons, FALSE, FALSE, 0);
  GtkWidget *chosen = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_set_valign(picture_.widget(), GTK_ALIGN_START);
  gtk_box_pack_start(GTK_BOX(chosen), picture_.widget(), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(chosen), beside, TRUE, TRUE, 0);

  GtkWidget *whole = make_button(_("Whole picture"), _("Uses all of the style picture again"), [](GtkButton *, StylePicker *self) {
    gtk_widget_grab_focus(self->picture_.widget()); // the button goes
    shielded([&] { self->choose_part({}); });
  });
  gtk_label_set_xalign(GTK_LABEL(part_), 0);
  gtk_label_set_line_wrap(GTK_LABEL(part_), TRUE);
  gtk_box_pack_start(GTK_BOX(part_row_), part_, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(part_row_), whole, FALSE, FALSE, 0);

  gtk_list_box_set_selection_mode(GTK_LIST_BOX(rows_), GTK_SELECTION_BROWSE);
  atk_object_set_name(gtk_widget_get_accessible(rows_), _("Styles"));
  grid_ = std::make_unique<StyleGrid>([this](const std::string &uri) {
    g_autoptr(GFile) file = g_file_new_for_uri(uri.c_str());
    choose_file(selected_, file);
  });
  gtk_box_pack_start(GTK_BOX(box_), chosen, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box_), part_row_, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box_), grid_->widget(), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box_), rows_, FALSE, FALSE, 0);
  gtk_widget_set_halign(add_, GTK_ALIGN_START);
  gtk_box_pack_start(GTK_BOX(box_), add_, FALSE, FALSE, 0);
  gtk_widget_show_all(box_);

  g_signal_connect(rows_, "row-selected", G_CALLBACK(+[](GtkListBox *, GtkListBoxRow *row, StylePicker *self) {
                     if (row)
                       shielded([&] { self->select(GPOINTER_TO_INT(g_object_get_data(G_OBJECT(row), "number"))); });
                   }),
                   this);
  g_signal_connect(config_, "notify",
                   G_CALLBACK(+[](GObject *, GParamSpec *argument, StylePicker *self) { shielded([&] { self->notice(argument->name); }); }),
                   this);
  accept_drops();
  choose_first();
  update_rows();
  list_drawables();
}

StylePicker::~StylePicker() {
  g_signal_handlers_disconnect_by_data(config_, this);
  g_signal_handlers_disconnect_by_data(rows_, this);
}

GtkWidget *StylePicker::make_button(const char *label, const char *tip, void (*clicked)(GtkButton *, StylePicker *)) {
  GtkWidget *button = gtk_button_new_with_mnemonic(label);
  gimp_help_set_help_data(button, tip, nullptr);
  g_signal_connect(button, "clicked", G_CALLBACK(clicked), this);
  return button;
}

void StylePicker::accept_drops() {
  gtk_drag_dest_set(box_, GTK_DEST_DEFAULT_ALL, nullptr, 0, GDK_ACTION_COPY);
  gtk_drag_dest_add_uri_targets(box_);
  g_signal_connect(box_, "drag-data-received",
                   G_CALLBACK(+[](GtkWidget *, GdkDragContext *, gint, gint, GtkSelectionData *data, guint, guint, StylePicker *self) {
                     shielded([&] {
                       g_auto(GStrv) uris = gtk_selection_data_get_uris(data);
                       if (!uris || !*uris)
                         return;
                       g_autoptr(GFile) file = g_file_new_for_uri(*uris);
                       self->choose_file(self->selected_, file);
                     });
                   }),
                   this);
}

void StylePicker::choose_file(int number, GFile *file) {
  g_object_set(config_, style_argument("style-file", number).c_str(), file, style_argument("style-drawable", number).c_str(), nullptr,
               style_argument("style-crop", number).c_str(), "", nullptr); // which was the other picture's
  if (number == 1)
    g_object_set(config_, "style-source", "file", nullptr);
}

void StylePicker::choose_part(const std::optional<raster::Crop> &part) {
  const std::string text = part ? raster::text_of(*part) : "";
  g_object_set(config_, style_argument("style-crop", selected_).c_str(), text.c_str(), nullptr);
}

void StylePicker::open() {
  GtkWidget *window =
      gtk_file_chooser_dialog_new(_("Choose a style picture"), GTK_WINDOW(gtk_widget_get_toplevel(box_)), GTK_FILE_CHOOSER_ACTION_OPEN,
                                  _("Cancel"), GTK_RESPONSE_CANCEL, _("Choose"), GTK_RESPONSE_ACCEPT, nullptr);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER(window);
  gtk_dialog_set_default_response(GTK_DIALOG(window), GTK_RESPONSE_ACCEPT);
  list_pictures_first(chooser);
  GtkWidget *picture = gtk_image_new();
  gtk_widget_set_size_request(picture, chooser_side, chooser_side);
  gtk_file_chooser_set_preview_widget(chooser, picture);
  gtk_file_chooser_set_use_preview_label(chooser, FALSE);
  g_signal_connect(chooser, "update-preview", G_CALLBACK(+[](GtkFileChooser *self) { shielded([&] { show_chosen_file(self); }); }),
                   nullptr);
  Choice choice = read(config_, selected_);
  if (choice.file)
    gtk_file_chooser_set_file(chooser, choice.file, nullptr);
  clear(choice);

  if (gtk_dialog_run(GTK_DIALOG(window)) == GTK_RESPONSE_ACCEPT) {
    g_autoptr(GFile) file = gtk_file_chooser_get_file(chooser);
    if (file)
      choose_file(selected_, file);
  }
  if (gpointer cancellable = g_object_get_data(G_OBJECT(picture), "cancellable"))
    g_cancellable_cancel(G_CANCELLABLE(cancellable));
  gtk_widget_destroy(window);
}

void StylePicker::choose_from_museum() {
  const std::string path = choose_from_museums(GTK_WINDOW(gtk_widget_get_toplevel(box_)));
  if (path.empty())
    return;
  g_autoptr(GFile) file = g_file_new_for_path(path.c_str());
  g_autofree char *uri = g_file_get_uri(file);
  grid_->show_new(uri);
  choose_file(selected_, file);
}

void StylePicker::add() {
  for (int number = 2; number <= most_styles && added_ == 0; ++number)
    if (!listed(number))
      added_ = number;
  selected_ = added_;
  update();
}

// Those behind it move up.
void StylePicker::remove(int number) {
  if (added_ == number)
    added_ = 0;
  else if (added_ > number)
    --added_;
  for (int each = number; each <= most_styles; ++each) {
    Choice next = each < most_styles ? read(config_, each + 1) : Choice{};
    write(config_, each, next);
    clear(next);
  }
  selected_ = std::max(1, selected_ > number ? selected_ - 1 : selected_);
  while (!listed(selected_))
    --selected_;
  update();
}

void StylePicker::select(int number) {
  if (selected_ == number)
    return;
  selected_ = number;
  update_selected();
}

// What GIMP's own controls set: the layer, and everything when settings are loaded or reset.
void StylePicker::notice(const char *argument) {
  for (int number = 1; number <= most_styles; ++number) {
    if (added_ == number && is_chosen(config_, number))
      added_ = 0;
    if (argument == style_argument("style-region", number))
      update_selected();
    if (argument != style_argument("style-drawable", number))
      continue;
    g_autoptr(GObject) drawable = nullptr;
    g_object_get(config_, argument, &drawable, nullptr);
    if (!drawable)
      continue;
    if (number == 1)
      g_object_set(config_, "style-source", "drawable", nullptr);
    else
      g_object_set(config_, style_argument("style-file", number).c_str(), nullptr, nullptr);
  }
}

void StylePicker::choose_drawable(GimpDrawable *drawable) {
  g_autoptr(GFile) file = nullptr;
  g_object_get(config_, style_argument("style-file", selected_).c_str(), &file, nullptr);
  if (drawable)
    g_object_set(config_, style_argument("style-drawable", selected_).c_str(), drawable, style_argument("style-crop", selected_).c_str(),
                 "", nullptr);
  else if (file)
    choose_file(selected_, file);
  else
    open();
  update_selected(); // when nothing was opened
}

void StylePicker::list_drawables() {
  layer_->list(find_style_drawables());
  region_->list(find_region_drawables());
  update_selected();
}

// Settings that are loaded may speak of a layer, which GIMP does not keep with them.
void StylePicker::choose_first() {
  Choice first = read(config_, 1);
  const bool chosen = first.file || first.drawable;
  clear(first);
  if (chosen)
    return;
  g_autoptr(GFile) file = nullptr;
  g_object_get(config_, "style-file", &file, nullptr);
  if (!file)
    file = find_first_style();
  if (file)
    choose_file(1, file);
}

void StylePicker::update() {
  choose_first();
  while (selected_ > 1 && !listed(selected_))
    --selected_;
  update_rows();
  update_selected();
}

GtkWidget *StylePicker::make_row(int number) {
  GtkWidget *picture = gtk_image_new(), *share;
  const std::string argument = style_argument("style-share", number);
  std::string name = _("Choose a style picture.");
  if (const Style *style = styles_.find(number)) {
    name = style->name;
    gtk_image_set_from_surface(GTK_IMAGE(picture), make_thumbnail(style->picture, row_side, gtk_widget_get_scale_factor(box_)).get());
  } else {
    gtk_image_set_from_icon_name(GTK_IMAGE(picture), "image-x-generic", GTK_ICON_SIZE_BUTTON);
  }
  gtk_widget_set_size_request(picture, row_side, row_side);
  share = gimp_prop_spin_scale_new(G_OBJECT(config_), argument.c_str(), 0.01, 0.1, 2);
  gimp_help_set_help_data(share, _("How much of this style there is beside the others"), nullptr);
  name_slider(share);
  gtk_widget_set_valign(share, GTK_ALIGN_CENTER);
  let_wheel_scroll(share);
  GtkWidget *remove = gtk_button_new_from_icon_name("list-remove", GTK_ICON_SIZE_BUTTON);
  gtk_button_set_relief(GTK_BUTTON(remove), GTK_RELIEF_NONE);
  gimp_help_set_help_data(remove, _("Paints without this style"), nullptr);
  atk_object_set_name(gtk_widget_get_accessible(remove), _("Remove this style"));
  g_object_set_data(G_OBJECT(remove), "number", GINT_TO_POINTER(number));
  g_signal_connect(remove, "clicked", G_CALLBACK(+[](GtkWidget *button, StylePicker *self) {
                     shielded([&] { self->remove(GPOINTER_TO_INT(g_object_get_data(G_OBJECT(button), "number"))); });
                   }),
                   this);
  GtkWidget *inside = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_pack_start(GTK_BOX(inside), picture, FALSE, FALSE, 6);
  gtk_box_pack_start(GTK_BOX(inside), share, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(inside), remove, FALSE, FALSE, 0);
  GtkWidget *row = gtk_list_box_row_new();
  gtk_container_add(GTK_CONTAINER(row), inside);
  mark_when_selected(row);
  atk_object_set_name(gtk_widget_get_accessible(row), name.c_str());
  g_object_set_data(G_OBJECT(row), "number", GINT_TO_POINTER(number));
  gtk_widget_show_all(row);
  return row;
}

// Only several styles have rows.
void StylePicker::update_rows() {
  g_signal_handlers_block_matched(rows_, G_SIGNAL_MATCH_DATA, 0, 0, nullptr, nullptr, this);
  gtk_container_foreach(GTK_CONTAINER(rows_), [](GtkWidget *row, gpointer) { gtk_widget_destroy(row); }, nullptr);
  int count = 0;
  for (int number = 1; number <= most_styles; ++number) {
    if (!listed(number))
      continue;
    ++count;
    GtkWidget *row = make_row(number);
    gtk_container_add(GTK_CONTAINER(rows_), row);
    if (number == selected_)
      gtk_list_box_select_row(GTK_LIST_BOX(rows_), GTK_LIST_BOX_ROW(row));
  }
  g_signal_handlers_unblock_matched(rows_, G_SIGNAL_MATCH_DATA, 0, 0, nullptr, nullptr, this);
  gtk_widget_set_visible(rows_, count > 1);
  gtk_widget_set_sensitive(add_, count < most_styles && added_ == 0);
}

void StylePicker::update_selected() {
  const Style *style = styles_.find(selected_);
  const std::string &fault = styles_.fault(selected_);
  Choice choice = read(config_, selected_);
  Description said{.title = _("Picture file…"), .tip = {}, .found_by = {}};
  if (choice.file) {
    g_autofree char *uri = g_file_get_uri(choice.file);
    said = describe_style(uri);
  }
  const int scale_factor = gtk_widget_get_scale_factor(box_);
  const auto small = style ? make_thumbnail(style->picture, DrawableBox::picture_side, scale_factor) : nullptr;
  layer_->show(said.title.c_str(), choice.file ? small.get() : nullptr, choice.drawable);
  region_->show(_("Everywhere"), nullptr, choice.region);
  const std::optional<raster::Crop> part = style ? raster::crop_in(choice.crop) : std::nullopt;
  std::string tip = said.tip;
  if (const Style *whole = styles_.find_whole(selected_)) {
    picture_.show(whole->picture, whole->size, part);
    tip += (tip.empty() ? "" : "\n\n") +
           std::string(_("Drag a rectangle on the picture to use only that part of it. With the keyboard, Shift and "
                         "the arrow keys make it smaller or larger, the arrow keys move it, and Escape takes "
                         "it away."));
  } else {
    picture_.show_none();
  }
  gtk_widget_set_tooltip_text(picture_.widget(), tip.c_str());
  const std::string used =
      part ? pastiche::sentence(_("Part of %d × %d pixels, at %d, %d"), part->width, part->height, part->x, part->y) : "";
  gtk_label_set_text(GTK_LABEL(part_), used.c_str());
  gtk_widget_set_visible(part_row_, !choice.crop.empty());
  atk_object_set_description(gtk_widget_get_accessible(picture_.widget()), part ? used.c_str() : _("All of it is used"));
  const bool chosen = choice.file || choice.drawable;
  const std::string hint = !fault.empty() ? fault : chosen ? "" : _("Choose a style picture, or drop one here.");
  gtk_label_set_text(GTK_LABEL(hint_), hint.c_str());
  gtk_widget_set_tooltip_text(hint_, hint.c_str());
  gtk_widget_set_visible(hint_, !hint.empty());
  clear(choice);
}

void StylePicker::remember() const {
  std::vector<std::string> uris;
  for (int number = 1; number <= most_styles; ++number) {
    Choice choice = read(config_, number);
    if (choice.file) {
      g_autofree char *uri = g_file_get_uri(choice.file);
      uris.emplace_back(uri);
    }
    clear(choice);
  }
  remember_styles(uris);
}

} // namespace plugin
