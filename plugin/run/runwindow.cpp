// SPDX-License-Identifier: GPL-3.0-or-later
#include "runwindow.h"

#include <cmath>

#include "base/i18n.h"

namespace plugin {
namespace {

enum Response { PAUSE = 1, STOP, SAVE_PLOT };

constexpr int spacing = 12;

GtkWidget *make_label(float xalign) {
  GtkWidget *label = gtk_label_new(nullptr);
  gtk_label_set_xalign(GTK_LABEL(label), xalign);
  return label;
}

std::string time_left(double seconds) {
  const int rounded = static_cast<int>(std::ceil(seconds));
  return rounded < 120 ? pastiche::sentence(_("about %d s left"), rounded)
                       : pastiche::sentence(_("about %d min left"), (rounded + 59) / 60);
}

} // namespace

RunWindow::RunWindow(const std::vector<Layer> &layers)
    : window_(
          gimp_dialog_new(_("Pastiche is painting"), "pastiche-run", nullptr, static_cast<GtkDialogFlags>(0), nullptr, nullptr, nullptr)),
      picture_(440, 330, _("The picture as far as it is painted")), plot_(380, 240) {
  GtkDialog *dialog = GTK_DIALOG(window_);
  GtkWidget *save = gtk_dialog_add_button(dialog, _("Save p_lot…"), SAVE_PLOT);
  gtk_button_box_set_child_secondary(GTK_BUTTON_BOX(gtk_widget_get_parent(save)), save, TRUE);
  cancel_ = gtk_dialog_add_button(dialog, _("_Cancel"), GTK_RESPONSE_CANCEL);
  pause_ = gtk_dialog_add_button(dialog, _("_Pause"), PAUSE);
  stop_ = gtk_dialog_add_button(dialog, _("_Stop and keep"), STOP);
  gimp_help_set_help_data(save, _("Saves how the losses have fallen: as a picture (.svg, .png) or as a table (.csv)"), nullptr);
  gimp_help_set_help_data(cancel_, _("Ends without changing anything"), nullptr);
  gimp_help_set_help_data(stop_, _("Ends with the picture as it is now; layers that are still waiting stay as they are"), nullptr);

  GtkWidget *right = gtk_box_new(GTK_ORIENTATION_VERTICAL, spacing);
  gtk_box_pack_start(GTK_BOX(right), plot_.widget(), TRUE, TRUE, 0);
  if (layers.size() > 1)
    build_queue(layers, GTK_BOX(right));
  GtkWidget *columns = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, spacing);
  gtk_box_pack_start(GTK_BOX(columns), picture_.widget(), TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(columns), right, FALSE, FALSE, 0);

  state_ = make_label(0);
  gtk_label_set_ellipsize(GTK_LABEL(state_), PANGO_ELLIPSIZE_END);
  time_ = make_label(1);
  GtkWidget *line = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, spacing);
  gtk_box_pack_start(GTK_BOX(line), state_, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(line), time_, FALSE, FALSE, 0);
  bar_ = gtk_progress_bar_new();
  stay_ = gtk_check_button_new_with_mnemonic(_("Leave this window _open at the end"));

  GtkBox *all = GTK_BOX(gtk_dialog_get_content_area(dialog));
  gtk_container_set_border_width(GTK_CONTAINER(all), spacing);
  gtk_box_set_spacing(all, spacing / 2);
  gtk_box_pack_start(all, columns, TRUE, TRUE, 0);
  gtk_box_pack_start(all, line, FALSE, FALSE, 0);
  gtk_box_pack_start(all, bar_, FALSE, FALSE, 0);
  gtk_box_pack_start(all, stay_, FALSE, FALSE, 0);

  g_signal_connect(window_, "response", G_CALLBACK(+[](GtkDialog *, int response, RunWindow *self) {
                     try {
                       self->respond(response);
                     } catch (const std::exception &error) {
                       g_message("%s", error.what());
                     }
                   }),
                   this);
  gimp_window_set_transient(GTK_WINDOW(window_)); // in front of the image, which can be worked on
  gtk_widget_show_all(window_);
  gtk_widget_grab_focus(pause_); // so that no key ends the painting by chance
}

RunWindow::~RunWindow() { gtk_widget_destroy(window_); }

void RunWindow::build_queue(const std::vector<Layer> &layers, GtkBox *box) {
  constexpr int most_height = 120;
  GtkWidget *grid = gtk_grid_new();
  gtk_grid_set_column_spacing(GTK_GRID(grid), spacing);
  for (const Layer &layer : layers) {
    const int row = static_cast<int>(states_.size());
    GtkWidget *name = make_label(0);
    gtk_label_set_text(GTK_LABEL(name), layer.name.c_str());
    gtk_label_set_ellipsize(GTK_LABEL(name), PANGO_ELLIPSIZE_END);
    gtk_widget_set_hexpand(name, TRUE);
    gtk_grid_attach(GTK_GRID(grid), name, 0, row, 1, 1);
    states_.push_back(make_label(1));
    gtk_grid_attach(GTK_GRID(grid), states_.back(), 1, row, 1, 1);
    set_state(states_.size() - 1, _("waiting"));
  }
  GtkWidget *scrolled = gtk_scrolled_window_new(nullptr, nullptr);
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height(GTK_SCROLLED_WINDOW(scrolled), most_height);
  gtk_container_add(GTK_CONTAINER(scrolled), grid);
  GtkWidget *frame = gimp_frame_new(_("Layers"));
  gtk_container_add(GTK_CONTAINER(frame), scrolled);
  gtk_box_pack_start(box, frame, FALSE, FALSE, 0);
}

void RunWindow::set_state(size_t index, const char *state) {
  if (index < states_.size())
    gtk_label_set_text(GTK_LABEL(states_[index]), state);
}

void RunWindow::begin_layer(size_t index, const Layer &layer, const raster::Pixels &content) {
  index_ = index;
  layer_ = &layer;
  steps_shown_ = 0;
  plot_.clear();
  picture_.show(content);
  set_state(index, _("painting"));
  gtk_label_set_text(GTK_LABEL(state_), _("Looking at the pictures"));
  gtk_label_set_text(GTK_LABEL(time_), "");
  gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(bar_), 0);
}

void RunWindow::watch(Painter &painter) {
  painter_ = &painter;
  painter.pause(paused_);
}

void RunWindow::show_news() {
  const std::vector<Step> steps = painter_->steps_from(steps_shown_);
  steps_shown_ += steps.size();
  plot_.add(steps);
  if (auto frame = painter_->take_frame())
    picture_.show(as_held(*layer_, std::move(*frame)));
  tell_state();
}

void RunWindow::end_layer() {
  set_state(index_, wish_ == Wish::keep ? _("kept as it is") : _("done"));
  painter_ = nullptr;
}

void RunWindow::tell_state() {
  const Step step = painter_->last_step();
  gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(bar_), step.progress);
  std::string state, time;
  if (wish_ != Wish::go_on)
    state = _("Stopping…");
  else if (paused_)
    state = _("Paused");
  else if (step.steps == 0) // none has been taken yet
    return;
  else {
    state = step.scale == 0
                ? pastiche::sentence(_("First picture, %d × %d pixels: %d %%"), step.width, step.height, 100 * step.step / step.steps)
            : step.scale > step.scales
                ? pastiche::sentence(_("Brush-work, %d × %d pixels: %d %%"), step.width, step.height, 100 * step.step / step.steps)
                : pastiche::sentence(_("Scale %d of %d, %d × %d pixels: step %d of %d"), step.scale, step.scales, step.width, step.height,
                                     step.step, step.steps);
    if (step.seconds_left >= 0)
      time = time_left(step.seconds_left);
  }
  gtk_label_set_text(GTK_LABEL(state_), state.c_str());
  gtk_label_set_text(GTK_LABEL(time_), time.c_str());
}

void RunWindow::respond(int response) {
  switch (response) {
  case PAUSE:
    return toggle_pause();
  case STOP:
    return stop(Wish::keep);
  case SAVE_PLOT:
    return save_plot();
  default: // also when the window is closed
    if (closing_)
      return g_main_loop_quit(closing_);
    gtk_widget_hide(window_);
    return stop(Wish::cancel);
  }
}

// The painter ends after the step under way, which may take seconds.
void RunWindow::stop(Wish wish) {
  wish_ = wish;
  for (GtkWidget *button : {pause_, stop_})
    gtk_widget_set_sensitive(button, FALSE);
  if (painter_) {
    painter_->stop();
    tell_state();
  }
}

void RunWindow::toggle_pause() {
  paused_ = !paused_;
  gtk_button_set_label(GTK_BUTTON(pause_), paused_ ? _("_Go on") : _("_Pause"));
  if (painter_) {
    painter_->pause(paused_);
    tell_state();
  }
}

// Its own loop keeps the painter going, and what it has painted waits for the file to be chosen.
void RunWindow::save_plot() {
  GtkWidget *chooser = gtk_file_chooser_dialog_new(_("Save the plot of the losses"), GTK_WINDOW(window_), GTK_FILE_CHOOSER_ACTION_SAVE,
                                                   _("_Cancel"), GTK_RESPONSE_CANCEL, _("_Save"), GTK_RESPONSE_ACCEPT, nullptr);
  gtk_dialog_set_default_response(GTK_DIALOG(chooser), GTK_RESPONSE_ACCEPT);
  gtk_file_chooser_set_do_overwrite_confirmation(GTK_FILE_CHOOSER(chooser), TRUE);
  gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(chooser), "losses.svg");
  const bool chosen = gtk_dialog_run(GTK_DIALOG(chooser)) == GTK_RESPONSE_ACCEPT;
  g_autofree char *path = chosen ? gtk_file_chooser_get_filename(GTK_FILE_CHOOSER(chooser)) : nullptr;
  gtk_widget_destroy(chooser);
  if (!path)
    return;
  try {
    plot_.save(path);
  } catch (const std::exception &error) {
    GtkWidget *message =
        gtk_message_dialog_new(GTK_WINDOW(window_), GTK_DIALOG_MODAL, GTK_MESSAGE_ERROR, GTK_BUTTONS_CLOSE, "%s", error.what());
    gtk_dialog_run(GTK_DIALOG(message));
    gtk_widget_destroy(message);
  }
}

void RunWindow::finish(const Layer &painted) {
  if (!gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(stay_)))
    return;
  picture_.show(as_held(painted, painted.painted));
  for (GtkWidget *widget : {pause_, stop_, stay_})
    gtk_widget_hide(widget);
  gtk_button_set_label(GTK_BUTTON(cancel_), _("_Close"));
  gimp_help_set_help_data(cancel_, nullptr, nullptr);
  gtk_window_set_title(GTK_WINDOW(window_), _("Pastiche has painted"));
  gtk_label_set_text(GTK_LABEL(state_), _("Painted"));
  gtk_label_set_text(GTK_LABEL(time_), "");
  closing_ = g_main_loop_new(nullptr, FALSE);
  g_main_loop_run(closing_);
  g_main_loop_unref(closing_);
  closing_ = nullptr;
}

} // namespace plugin
