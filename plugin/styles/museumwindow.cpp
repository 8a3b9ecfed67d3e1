// SPDX-License-Identifier: GPL-3.0-or-later
#include "museumwindow.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "models/cancelled.h"
#include "museums/collection.h"
#include "plugin/shield.h"
#include "tile.h"

namespace plugin {
namespace {

using pastiche::sentence;

constexpr int spacing = 12;
constexpr int tile_width = 150, tile_height = 120, columns = 4; // logical pixels
constexpr int works_of_each = 12;
constexpr int64_t most_thumbnail_pixels = 4'000'000;

using Picture = std::unique_ptr<GdkPixbuf, decltype(&g_object_unref)>;

// Reduced to what a tile has room for; null when it is no picture, or one that nobody would call small.
Picture read_picture(const std::string &file, int scale_factor) {
  Picture none(nullptr, g_object_unref);
  g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new();
  g_signal_connect(loader, "size-prepared", G_CALLBACK(+[](GdkPixbufLoader *own, int width, int height, gpointer factor) {
                     const double scale = std::min({1.0, tile_width * GPOINTER_TO_INT(factor) / static_cast<double>(width),
                                                    tile_height * GPOINTER_TO_INT(factor) / static_cast<double>(height)});
                     const bool small = int64_t{width} * height <= most_thumbnail_pixels;
                     gdk_pixbuf_loader_set_size(own, small ? std::max(1, static_cast<int>(width * scale)) : 0,
                                                small ? std::max(1, static_cast<int>(height * scale)) : 0); // 0: not at all
                   }),
                   GINT_TO_POINTER(scale_factor));
  const bool written = gdk_pixbuf_loader_write(loader, reinterpret_cast<const guchar *>(file.data()), file.size(), nullptr);
  if (!gdk_pixbuf_loader_close(loader, nullptr) || !written)
    return none;
  GdkPixbuf *read = gdk_pixbuf_loader_get_pixbuf(loader);
  return read ? Picture(GDK_PIXBUF(g_object_ref(read)), g_object_unref) : std::move(none);
}

struct Found {
  museums::Credit credit;
  Picture picture;
};

// The search in one museum or the fetching of one work, on a thread of its own, which ends soon after it is not wanted any more.
class Job {
public:
  explicit Job(std::function<void(Job &)> work)
      : thread_([this, work = std::move(work)] {
          try {
            work(*this);
          } catch (const models::Cancelled &) {
          } catch (const std::exception &failure) {
            tell(failure.what());
          }
          ended_ = true;
        }) {}
  ~Job() { stop(); }
  Job(const Job &) = delete;
  Job &operator=(const Job &) = delete;

  void stop() { unwanted_ = true; }
  bool ended() const { return ended_; }
  uint64_t arrived() const { return arrived_; } // bytes
  uint64_t wanted() const { return wanted_; }   // 0 as long as that is not known

  // For the work.
  museums::Network network() {
    return {.progress =
                [this](uint64_t arrived, uint64_t wanted) {
                  arrived_ = arrived;
                  wanted_ = wanted;
                  return !unwanted_;
                },
            .asking = [](const std::string &) {}};
  }
  void show(Found found) {
    const std::lock_guard lock(mutex_);
    found_.push_back(std::move(found));
  }
  void tell(const std::string &fault) {
    const std::lock_guard lock(mutex_);
    if (fault_.empty())
      fault_ = fault;
  }
  void keep(const std::string &path) {
    const std::lock_guard lock(mutex_);
    path_ = path;
  }

  // For the window.
  std::vector<Found> take_found() {
    const std::lock_guard lock(mutex_);
    return std::exchange(found_, {});
  }
  std::string fault() const { // the first one, a sentence; empty: none
    const std::lock_guard lock(mutex_);
    return fault_;
  }
  std::string path() const { // of what was fetched
    const std::lock_guard lock(mutex_);
    return path_;
  }

private:
  std::atomic<bool> unwanted_ = false, ended_ = false;
  std::atomic<uint64_t> arrived_ = 0, wanted_ = 0;
  mutable std::mutex mutex_;
  std::vector<Found> found_;
  std::string fault_, path_;
  std::jthread thread_; // the last one: it is joined before the rest goes
};

void search(Job &job, const museums::Museum &museum, const std::string &words, int scale_factor) {
  const museums::Network network = job.network();
  const std::vector<std::string> faults = museums::search(museum, words, works_of_each, network, [&](const museums::Work &work) {
    Found found{.credit = work.credit, .picture = Picture(nullptr, g_object_unref)};
    try {
      found.picture = read_picture(museums::read_thumbnail(work, network), scale_factor);
    } catch (const pastiche::Failure &) { // it can be chosen without
    }
    job.show(std::move(found));
  });
  if (!faults.empty())
    job.tell(faults.front());
}

class MuseumWindow {
public:
  explicit MuseumWindow(GtkWindow *above)
      : window_(gtk_dialog_new_with_buttons(_("From a museum"), above, GTK_DIALOG_MODAL, _("_Close"), GTK_RESPONSE_CLOSE, nullptr)),
        entry_(gtk_search_entry_new()), works_(make_tile_grid(_("Works"), columns)), news_(make_text(nullptr)),
        bar_(gtk_progress_bar_new()) {
    GtkWidget *scrolled = gtk_scrolled_window_new(nullptr, nullptr);
    constexpr int width = 720, height = 420;
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_shadow_type(GTK_SCROLLED_WINDOW(scrolled), GTK_SHADOW_IN);
    gtk_scrolled_window_set_overlay_scrolling(GTK_SCROLLED_WINDOW(scrolled), FALSE);
    gtk_widget_set_valign(works_, GTK_ALIGN_START);
    gtk_container_add(GTK_CONTAINER(scrolled), works_);
    gtk_window_set_default_size(GTK_WINDOW(window_), width, height);
    gtk_progress_bar_set_show_text(GTK_PROGRESS_BAR(bar_), TRUE);
    gtk_widget_set_no_show_all(bar_, TRUE);
    gtk_entry_set_placeholder_text(GTK_ENTRY(entry_), _("Artist, title, subject"));
    atk_object_set_name(gtk_widget_get_accessible(entry_), _("Words to search for"));

    GtkBox *all = GTK_BOX(gtk_dialog_get_content_area(GTK_DIALOG(window_)));
    gtk_container_set_border_width(GTK_CONTAINER(all), spacing);
    gtk_box_set_spacing(all, spacing);
    gtk_box_pack_start(all, make_text(find_museums().c_str()), FALSE, FALSE, 0);
    gtk_box_pack_start(all, entry_, FALSE, FALSE, 0);
    gtk_box_pack_start(all, scrolled, TRUE, TRUE, 0);
    gtk_box_pack_start(all, news_, FALSE, FALSE, 0);
    gtk_box_pack_start(all, bar_, FALSE, FALSE, 0);
    gtk_widget_show_all(GTK_WIDGET(all));
    gtk_widget_set_sensitive(entry_, !museums_.empty());

    g_signal_connect(entry_, "search-changed", G_CALLBACK(+[](GtkEntry *, MuseumWindow *self) { self->search_later(); }), this);
    g_signal_connect(entry_, "activate", G_CALLBACK(+[](GtkEntry *, MuseumWindow *self) { shielded([&] { self->search(); }); }), this);
    g_signal_connect_swapped(entry_, "stop-search", G_CALLBACK(gtk_window_close), window_);
    g_signal_connect(works_, "child-activated", G_CALLBACK(+[](GtkFlowBox *, GtkFlowBoxChild *child, MuseumWindow *self) {
                       shielded([&] { self->fetch(self->ids_.at(static_cast<size_t>(gtk_flow_box_child_get_index(child)))); });
                     }),
                     this);
    constexpr guint between_looks_ms = 100;
    clock_ = g_timeout_add(
        between_looks_ms,
        [](gpointer self) -> gboolean {
          shielded([&] { static_cast<MuseumWindow *>(self)->look(); });
          return G_SOURCE_CONTINUE;
        },
        this);
  }

  ~MuseumWindow() {
    stop_searching();
    if (fetching_)
      fetching_->stop();
    g_source_remove(clock_);
    if (pause_)
      g_source_remove(pause_);
    gtk_widget_destroy(window_);
  }

  MuseumWindow(const MuseumWindow &) = delete;
  MuseumWindow &operator=(const MuseumWindow &) = delete;

  std::string run() {
    gtk_dialog_run(GTK_DIALOG(window_));
    return path_;
  }

private:
  static GtkWidget *make_text(const char *text) {
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 1); // as wide as the window
    return label;
  }

  // Says whom they are, or why they cannot be asked.
  std::string find_museums() {
    try {
      museums_ = museums::museums();
    } catch (const pastiche::Failure &failure) {
      return failure.what();
    }
    std::vector<std::string> names;
    for (const museums::Museum &museum : museums_)
      names.push_back(museum.name + " (" + museums::host_of(museum.search) + ")");
    return sentence(_("What you type here is sent to these museums, and to nobody else: %s. Shown are works that they mark as being in the "
                      "public domain."),
                    pastiche::listed(names).c_str());
  }

  void tell(const std::string &news) {
    gtk_label_set_text(GTK_LABEL(news_), news.c_str());
    if (!news.empty() && g_strcmp0(g_getenv("PASTICHE_PROGRESS"), "1") == 0)
      g_printerr("pastiche: %s\n", news.c_str());
  }

  std::string words() const {
    g_autofree char *words = g_strstrip(g_strdup(gtk_entry_get_text(GTK_ENTRY(entry_))));
    return words;
  }

  // When nothing more is typed for a moment.
  void search_later() {
    constexpr guint patience_ms = 500;
    constexpr size_t too_short = 2; // bytes: whatever begins so would be found; Enter searches for it all the same
    if (pause_)
      g_source_remove(std::exchange(pause_, 0));
    if (words().size() <= too_short || words() == searched_)
      return;
    pause_ = g_timeout_add(
        patience_ms,
        [](gpointer data) -> gboolean {
          auto *self = static_cast<MuseumWindow *>(data);
          self->pause_ = 0;
          shielded([&] { self->search(); });
          return G_SOURCE_REMOVE;
        },
        this);
  }

  void stop_searching() {
    for (const std::unique_ptr<Job> &job : searches_)
      job->stop();
    std::ranges::move(searches_, std::back_inserter(stopped_));
    searches_.clear();
  }

  void search() {
    if (pause_)
      g_source_remove(std::exchange(pause_, 0));
    stop_searching();
    gtk_container_foreach(GTK_CONTAINER(works_), [](GtkWidget *tile, gpointer) { gtk_widget_destroy(tile); }, nullptr);
    ids_.clear();
    searched_ = words();
    if (searched_.empty())
      return tell("");
    tell(sentence(_("Searching for “%s”…"), searched_.c_str()));
    const int scale_factor = gtk_widget_get_scale_factor(window_);
    for (const museums::Museum &museum : museums_)
      searches_.push_back(std::make_unique<Job>(
          [&museum, words = searched_, scale_factor](Job &job) { plugin::search(job, museum, words, scale_factor); }));
  }

  void fetch(const std::string &id) {
    if (fetching_)
      return;
    for (const museums::Kept &work : museums::kept_works())
      if (work.credit.id == id)
        return choose(work.path);
    fetching_ = std::make_unique<Job>([id](Job &job) { job.keep(museums::fetch(id, job.network()).path); });
    tell(_("Fetching the picture…"));
    show_whether_fetching();
  }

  void show_whether_fetching() {
    gtk_widget_set_sensitive(works_, !fetching_);
    gtk_widget_set_sensitive(entry_, !fetching_);
    gtk_widget_set_visible(bar_, fetching_ != nullptr);
  }

  void choose(const std::string &path) {
    path_ = path;
    gtk_dialog_response(GTK_DIALOG(window_), GTK_RESPONSE_ACCEPT);
  }

  // What has come of the jobs.
  void look() {
    std::erase_if(stopped_, [](const std::unique_ptr<Job> &job) { return job->ended(); });
    if (!searches_.empty())
      show_found();
    if (fetching_)
      show_fetched();
  }

  void show_found() {
    const bool ended = std::ranges::all_of(searches_, [](const std::unique_ptr<Job> &job) { return job->ended(); });
    std::string faults;
    for (const std::unique_ptr<Job> &job : searches_) {
      for (const Found &found : job->take_found())
        add(found);
      if (const std::string fault = job->fault(); !fault.empty())
        faults += (faults.empty() ? "" : "\n") + fault;
    }
    if (!ended)
      return;
    searches_.clear();
    if (!faults.empty())
      tell(faults);
    else if (ids_.empty())
      tell(sentence(_("No museum has a work in the public domain for “%s”."), searched_.c_str()));
    else
      tell(sentence(ngettext("%zu work; a click takes it as the style.", "%zu works; a click takes one as the style.", ids_.size()),
                    ids_.size()));
  }

  void add(const Found &found) {
    const museums::Credit &credit = found.credit;
    const std::string line = credit_line(credit), title = credit.title.empty() ? credit.id : credit.title;
    const std::string more = credit.artist + (credit.artist.empty() || credit.date.empty() ? "" : ", ") + credit.date;
    const Tile tile = add_tile(works_, {.title = title, .tip = line, .found_by = {}}, more.c_str(), tile_width, tile_height);
    if (found.picture) {
      cairo_surface_t *surface = gdk_cairo_surface_create_from_pixbuf(found.picture.get(), gtk_widget_get_scale_factor(window_), nullptr);
      gtk_image_set_from_surface(GTK_IMAGE(tile.picture), surface);
      cairo_surface_destroy(surface);
    } else {
      gtk_image_set_from_icon_name(GTK_IMAGE(tile.picture), "image-x-generic", GTK_ICON_SIZE_DIALOG);
    }
    gtk_widget_show_all(tile.child);
    ids_.push_back(credit.id);
  }

  void show_fetched() {
    if (!fetching_->ended()) {
      if (const uint64_t wanted = fetching_->wanted()) {
        gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(bar_),
                                      std::min(1.0, static_cast<double>(fetching_->arrived()) / static_cast<double>(wanted)));
        gtk_progress_bar_set_text(
            GTK_PROGRESS_BAR(bar_),
            sentence(_("%s of %s"), pastiche::shown_size(fetching_->arrived()).c_str(), pastiche::shown_size(wanted).c_str()).c_str());
      } else {
        gtk_progress_bar_pulse(GTK_PROGRESS_BAR(bar_));
      }
      return;
    }
    const std::unique_ptr<Job> job = std::move(fetching_);
    show_whether_fetching();
    if (!job->path().empty())
      return choose(job->path());
    gtk_widget_grab_focus(entry_);
    tell(job->fault());
  }

  GtkWidget *window_, *entry_, *works_, *news_, *bar_;
  std::vector<museums::Museum> museums_;       // none: they are not known
  std::vector<std::unique_ptr<Job>> searches_; // of what is shown
  std::vector<std::unique_ptr<Job>> stopped_;  // searches that have not noticed yet
  std::unique_ptr<Job> fetching_;
  std::vector<std::string> ids_; // of the works that are shown
  std::string searched_, path_;
  guint clock_, pause_ = 0; // sources: that which looks, and the one that will search
};

} // namespace

std::string choose_from_museums(GtkWindow *above) { return MuseumWindow(above).run(); }

} // namespace plugin
