// SPDX-License-Identifier: GPL-3.0-or-later
#include "message.h"

#include <libgimp/gimpui.h>

#include "base/i18n.h"

namespace plugin {
namespace {

GtkWidget *make_message(GtkMessageType type, const std::string &sentence) {
  gimp_ui_init(GETTEXT_PACKAGE);
  GtkWidget *message = gtk_message_dialog_new(nullptr, GTK_DIALOG_MODAL, type, GTK_BUTTONS_NONE, "%s", sentence.c_str());
  gtk_window_set_title(GTK_WINDOW(message), _("Pastiche Message"));
  gimp_window_set_transient(GTK_WINDOW(message)); // in front of the image
  return message;
}

} // namespace

bool is_watched(GimpRunMode run_mode) {
  const char *display = gimp_display_name();
  return run_mode != GIMP_RUN_NONINTERACTIVE && display && *display;
}

void show_message(const std::string &sentence) {
  GtkWidget *message = make_message(GTK_MESSAGE_WARNING, sentence);
  gtk_dialog_add_button(GTK_DIALOG(message), _("_Close"), GTK_RESPONSE_CLOSE);
  gtk_dialog_run(GTK_DIALOG(message));
  gtk_widget_destroy(message);
}

bool ask(const std::string &question, const char *yes) {
  GtkWidget *message = make_message(GTK_MESSAGE_QUESTION, question);
  gtk_dialog_add_buttons(GTK_DIALOG(message), _("_Cancel"), GTK_RESPONSE_CANCEL, yes, GTK_RESPONSE_OK, nullptr);
  gtk_dialog_set_default_response(GTK_DIALOG(message), GTK_RESPONSE_OK);
  const bool agreed = gtk_dialog_run(GTK_DIALOG(message)) == GTK_RESPONSE_OK;
  gtk_widget_destroy(message);
  return agreed;
}

} // namespace plugin
