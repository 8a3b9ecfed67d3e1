// SPDX-License-Identifier: GPL-3.0-or-later
#include "modelswindow.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "models/cancelled.h"
#include "models/fetch.h"
#include "models/importfile.h"
#include "models/store.h"
#include "plugin/shield.h"

namespace plugin {
namespace {

using pastiche::sentence;
using pastiche::shown;
using pastiche::shown_size;

constexpr int spacing = 12, import_file = 1; // a response

std::string host_of(const std::string &url) {
  g_autoptr(GUri) uri = g_uri_parse(url.c_str(), G_URI_FLAGS_NONE, nullptr);
  const char *host = uri ? g_uri_get_host(uri) : nullptr;
  return host ? host : url;
}

std::string model_in(GimpProcedureConfig *config) {
  g_autofree char *name = nullptr;
  g_object_get(config, "model", &name, nullptr);
  return name ? name : "";
}

std::string ask_for_file(GtkWindow *above) {
  GtkWidget *window = gtk_file_chooser_dialog_new(_("Import a network"), above, GTK_FILE_CHOOSER_ACTION_OPEN, _("_Cancel"),
                                                  GTK_RESPONSE_CANCEL, _("_Import"), GTK_RESPONSE_ACCEPT, nullptr);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER(window);
  gtk_dialog_set_default_response(GTK_DIALOG(window), GTK_RESPONSE_ACCEPT);
  GtkFileFilter *weights = gtk_file_filter_new();
  gtk_file_filter_set_name(weights, _("VGG-16 and VGG-19 (.safetensors, .pth, .pt)"));
  for (const char *pattern : {"*.safetensors", "*.pth", "*.pt"})
    gtk_file_filter_add_pattern(weights, pattern);
  gtk_file_chooser_add_filter(chooser, weights);
  const char *downloads = g_get_user_special_dir(G_USER_DIRECTORY_DOWNLOAD); // where such files mostly are
  gtk_file_chooser_set_current_folder(chooser, downloads ? downloads : g_get_home_dir());
  std::string path;
  if (gtk_dialog_run(GTK_DIALOG(window)) == GTK_RESPONSE_ACCEPT) {
    g_autofree char *chosen = gtk_file_chooser_get_filename(chooser);
    path = chosen ? chosen : "";
  }
  gtk_widget_destroy(window);
  return path;
}

bool confirm_removal(GtkWindow *above, const models::Installed &model) {
  GtkWidget *question = gtk_message_dialog_new(above, GTK_DIALOG_MODAL, GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE, "%s",
                                               sentence(_("Remove the model “%s”?"), model.name.c_str()).c_str());
  gtk_window_set_title(GTK_WINDOW(question), _("Remove a model"));
  gtk_message_dialog_format_secondary_text(
      GTK_MESSAGE_DIALOG(question), "%s",
      sentence(_("This deletes “%s”, %s."), shown(model.path).c_str(), shown_size(model.bytes).c_str()).c_str());
  gtk_dialog_add_buttons(GTK_DIALOG(question), _("_Cancel"), GTK_RESPONSE_CANCEL, _("_Remove"), GTK_RESPONSE_ACCEPT, nullptr);
  const bool confirmed = gtk_dialog_run(GTK_DIALOG(question)) == GTK_RESPONSE_ACCEPT;
  gtk_widget_destroy(question);
  return confirmed;
}

// What takes longer than a moment, on a thread of its own.
struct Job {
  Job(bool can_be_stopped, std::function<std::string(Job &)> to_do) : stoppable(can_be_stopped), work(std::move(to_do)) {}

  bool stoppable;
  std::function<std::string(Job &)> work; // returns what there is to say at its end
  std::atomic<bool> unwanted = false;
  std::atomic<uint64_t> arrived = 0, wanted = 0; // bytes; `wanted` is 0 as long as that is not known
  std::string got;                               // the name of a model that is there now
  std::string said;
  std::atomic<guint> answer = 0; // the source that will tell

  void run() {
    try {
      said = work(*this);
    } catch (const models::Cancelled &) {
      said = _("Stopped. What has arrived is kept; getting it again goes on from there.");
    } catch (const std::exception &failure) {
      said = failure.what();
    }
  }
};

class ModelsWindow {
public:
  ModelsWindow(GtkWindow *above, GimpProcedureConfig *config)
      : config_(config), window_(gtk_dialog_new_with_buttons(_("Models"), above, GTK_DIALOG_MODAL, nullptr, nullptr)),
        rows_(gtk_grid_new()), news_(gtk_label_new(nullptr)), bar_(gtk_progress_bar_new()), stop_(gtk_button_new_with_mnemonic(_("_Stop"))),
        at_work_(gtk_box_new(GTK_ORIENTATION_HORIZONTAL, spacing)) {
    GtkDialog *dialog = GTK_DIALOG(window_);
    import_ = gtk_dialog_add_button(dialog, _("_Import…"), import_file);
    gtk_button_box_set_child_secondary(GTK_BUTTON_BOX(gtk_widget_get_parent(import_)), import_, TRUE);
    gimp_help_set_help_data(import_, _("Takes over a VGG-16 or VGG-19 from a file that you have, as PyTorch or safetensors save it"),
                            nullptr);
    close_ = gtk_dialog_add_button(dialog, _("_Close"), GTK_RESPONSE_CLOSE);

    gtk_grid_set_column_spacing(GTK_GRID(rows_), spacing);
    gtk_grid_set_row_spacing(GTK_GRID(rows_), spacing);
    constexpr int width = 560, most_height = 400;
    GtkWidget *scrolled = gtk_scrolled_window_new(nullptr, nullptr);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scrolled), TRUE);
    gtk_scrolled_window_set_max_content_height(GTK_SCROLLED_WINDOW(scrolled), most_height);
    gtk_widget_set_size_request(scrolled, width, -1);
    gtk_container_add(GTK_CONTAINER(scrolled), rows_);
    gtk_label_set_xalign(GTK_LABEL(news_), 0);
    gtk_label_set_line_wrap(GTK_LABEL(news_), TRUE);
    gtk_label_set_line_wrap_mode(GTK_LABEL(news_), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_max_width_chars(GTK_LABEL(news_), 60);
    gtk_label_set_selectable(GTK_LABEL(news_), TRUE);
    gtk_progress_bar_set_show_text(GTK_PROGRESS_BAR(bar_), TRUE);
    gtk_widget_set_valign(bar_, GTK_ALIGN_CENTER);
    gtk_box_pack_start(GTK_BOX(at_work_), bar_, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(at_work_), stop_, FALSE, FALSE, 0);

    GtkBox *all = GTK_BOX(gtk_dialog_get_content_area(dialog));
    gtk_container_set_border_width(GTK_CONTAINER(all), spacing);
    gtk_box_set_spacing(all, spacing);
    gtk_box_pack_start(all, scrolled, TRUE, TRUE, 0);
    gtk_box_pack_start(all, news_, FALSE, FALSE, 0);
    gtk_box_pack_start(all, at_work_, FALSE, FALSE, 0);
    gtk_widget_show_all(GTK_WIDGET(all));
    g_signal_connect(stop_, "clicked", G_CALLBACK(+[](GtkWidget *, ModelsWindow *self) { self->stop(); }), this);
    show_state();
  }

  ~ModelsWindow() {
    if (job_) {
      stop();
      thread_.join();
      g_source_remove(job_->answer);
      g_source_remove(clock_);
    }
    gtk_widget_destroy(window_);
  }

  ModelsWindow(const ModelsWindow &) = delete;
  ModelsWindow &operator=(const ModelsWindow &) = delete;

  void run() {
    while (gtk_dialog_run(GTK_DIALOG(window_)) == import_file)
      if (const std::string path = ask_for_file(GTK_WINDOW(window_)); !path.empty())
        import(path);
  }

  void fetch(const models::Model &model) {
    begin(sentence(_("Fetching %s from %s"), model.network.title.c_str(), host_of(model.url).c_str()), true, [model](Job &job) {
      const models::Fetched fetched = models::fetch(model, {}, [&job](uint64_t arrived, uint64_t wanted) {
        job.arrived = arrived;
        job.wanted = wanted;
        return !job.unwanted;
      });
      job.got = model.name;
      return sentence(_("%s is installed in “%s”."), model.network.title.c_str(), shown(fetched.path).c_str());
    });
  }

private:
  // The models as they are now, and what can be done.
  void show_state() {
    gtk_container_foreach(GTK_CONTAINER(rows_), [](GtkWidget *part, gpointer) { gtk_widget_destroy(part); }, nullptr);
    count_ = 0;
    for (const std::string &name : models::built_in_models())
      add_row(name, _("Built in"));
    std::map<std::string, models::Installed> installed;
    for (const models::Installed &model : models::installed_models())
      installed.emplace(model.name, model);
    std::vector<models::Model> known;
    try {
      known = models::catalogue();
    } catch (const pastiche::Failure &failure) {
      tell(failure.what());
    }
    for (const models::Model &model : known)
      if (!installed.contains(model.name))
        add_button(
            add_row(model.name, sentence(_("%s, not installed: %s from %s. Licence: %s"), model.network.title.c_str(),
                                         shown_size(model.network.bytes()).c_str(), host_of(model.url).c_str(), model.licence.c_str())),
            _("Download"), sentence(_("Fetches the weights over the network: %s"), model.source.c_str()), [this, model] { fetch(model); });
    for (const auto &[name, model] : installed) {
      GtkBox *buttons = add_row(name, sentence(_("Installed in “%s”, %s"), shown(model.path).c_str(), shown_size(model.bytes).c_str()));
      add_button(buttons, _("Verify"), _("Reads it and compares it with what was installed"), [this, model] { verify(model); });
      add_button(buttons, _("Remove"), _("Deletes it"), [this, model] { remove(model); });
    }
    gtk_widget_show_all(rows_);
    gtk_widget_set_sensitive(rows_, job_ == nullptr);
    gtk_widget_set_sensitive(import_, job_ == nullptr);
    gtk_widget_set_visible(at_work_, job_ != nullptr);
    const bool stoppable = job_ && job_->stoppable;
    gtk_widget_set_visible(stop_, stoppable);
    gtk_widget_set_sensitive(stop_, stoppable);
    gtk_widget_grab_focus(stoppable ? stop_ : close_);
  }

  GtkBox *add_row(const std::string &name, const std::string &state) {
    g_autofree char *markup = g_markup_printf_escaped("<b>%s</b>\n%s", name.c_str(), state.c_str());
    GtkWidget *label = gtk_label_new(nullptr), *buttons = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, spacing / 2);
    gtk_label_set_markup(GTK_LABEL(label), markup);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_width_chars(GTK_LABEL(label), 60); // the window's height is that of rows of this width
    gtk_label_set_max_width_chars(GTK_LABEL(label), 60);
    gtk_widget_set_hexpand(label, TRUE);
    gtk_widget_set_valign(buttons, GTK_ALIGN_CENTER);
    gtk_widget_set_halign(buttons, GTK_ALIGN_END);
    gtk_grid_attach(GTK_GRID(rows_), label, 0, count_, 1, 1);
    gtk_grid_attach(GTK_GRID(rows_), buttons, 1, count_++, 1, 1);
    return GTK_BOX(buttons);
  }

  void add_button(GtkBox *buttons, const char *label, const std::string &tip, std::function<void()> clicked) {
    using Clicked = std::function<void()>;
    GtkWidget *button = gtk_button_new_with_label(label);
    gtk_widget_set_tooltip_text(button, tip.c_str());
    g_signal_connect_data(
        button, "clicked", G_CALLBACK(+[](GtkWidget *, Clicked *own) {
          shielded([work = *own] { work(); }); // the button may not survive it
        }),
        new Clicked(std::move(clicked)), [](gpointer own, GClosure *) { delete static_cast<Clicked *>(own); },
        static_cast<GConnectFlags>(0));
    gtk_box_pack_start(buttons, button, FALSE, FALSE, 0);
  }

  void tell(const std::string &news) {
    gtk_label_set_text(GTK_LABEL(news_), news.c_str());
    if (!news.empty() && g_strcmp0(g_getenv("PASTICHE_PROGRESS"), "1") == 0)
      g_printerr("pastiche: %s\n", news.c_str());
  }

  void import(const std::string &path) {
    begin(sentence(_("Importing “%s”"), shown(path).c_str()), false, [path](Job &job) {
      const models::Imported imported = models::import(path, "");
      job.got = imported.name;
      return sentence(_("%s is installed in “%s”."), imported.title.c_str(), shown(imported.path).c_str());
    });
  }

  void verify(const models::Installed &model) {
    begin(sentence(_("Verifying “%s”"), model.name.c_str()), false, [model](Job &) {
      return model.name + ": " + (models::verify(model) ? _("as it was installed") : _("a model, but nothing is known to compare it with"));
    });
  }

  void remove(const models::Installed &model) {
    if (!confirm_removal(GTK_WINDOW(window_), model))
      return;
    try {
      models::remove(model);
      tell("");
      if (model_in(config_) == model.name)
        g_object_set(config_, "model", models::built_in_models().front().c_str(), nullptr);
    } catch (const pastiche::Failure &failure) {
      tell(failure.what());
    }
    show_state();
  }

  void begin(const std::string &what, bool stoppable, std::function<std::string(Job &)> work) {
    constexpr guint between_looks_ms = 100;
    tell(what);
    job_ = std::make_unique<Job>(stoppable, std::move(work));
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(bar_), 0);
    gtk_progress_bar_set_text(GTK_PROGRESS_BAR(bar_), "");
    clock_ = g_timeout_add(
        between_looks_ms,
        [](gpointer self) -> gboolean {
          shielded([&] { static_cast<ModelsWindow *>(self)->show_progress(); });
          return G_SOURCE_CONTINUE;
        },
        this);
    show_state();
    thread_ = std::thread([this, job = job_.get()] {
      job->run();
      job->answer = g_idle_add(
          [](gpointer self) -> gboolean {
            shielded([&] { static_cast<ModelsWindow *>(self)->end(); });
            return G_SOURCE_REMOVE;
          },
          this);
    });
  }

  void show_progress() {
    const uint64_t arrived = job_->arrived, wanted = job_->wanted;
    if (wanted == 0)
      return gtk_progress_bar_pulse(GTK_PROGRESS_BAR(bar_));
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(bar_), std::min(1.0, static_cast<double>(arrived) / static_cast<double>(wanted)));
    gtk_progress_bar_set_text(GTK_PROGRESS_BAR(bar_),
                              sentence(_("%s of %s"), shown_size(arrived).c_str(), shown_size(wanted).c_str()).c_str());
  }

  void stop() {
    job_->unwanted = true;
    gtk_widget_set_sensitive(stop_, FALSE);
  }

  void end() {
    thread_.join();
    g_source_remove(clock_);
    const std::unique_ptr<Job> job = std::move(job_);
    show_state();
    tell(job->said);
    if (!job->got.empty())
      g_object_set(config_, "model", job->got.c_str(), nullptr);
  }

  GimpProcedureConfig *config_;
  GtkWidget *window_, *rows_, *news_, *bar_, *stop_, *at_work_, *import_, *close_;
  int count_ = 0; // of rows
  std::unique_ptr<Job> job_;
  std::thread thread_;
  guint clock_ = 0; // the source that shows how far it is
};

} // namespace

void show_models(GtkWindow *above, GimpProcedureConfig *config, const models::Model *wanted) {
  ModelsWindow window(above, config);
  if (wanted)
    window.fetch(*wanted);
  window.run();
}

} // namespace plugin
