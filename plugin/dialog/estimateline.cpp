// SPDX-License-Identifier: GPL-3.0-or-later
#include "estimateline.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <utility>

#include "base/i18n.h"
#include "host/door.h"
#include "host/job.h"
#include "plugin/arguments.h"
#include "plugin/callerror.h"
#include "plugin/shield.h"

namespace plugin {

struct EstimateLine::Question {
  explicit Question(GimpProcedureConfig *config) : options(config) {}

  Options options;
  std::vector<pastiche_image> layers; // sizes alone
  std::shared_ptr<const std::vector<Style>> styles;
  std::atomic<bool> unwanted = false;

  double seconds = 0;
  int64_t bytes = 0;
  std::string fault;
  std::atomic<guint> answer = 0; // the source that will tell

  void ask() {
    const pastiche::Core *core = pastiche::open_core(fault);
    for (const pastiche_image &layer : layers) {
      if (!core || unwanted)
        return;
      pastiche::Job work(layer, options.values());
      for (const Style &style : *styles) // any region stands for its own
        work.add_style(style.picture.view(), style.weight, style.region ? std::optional(pastiche_mask{1, 1, nullptr}) : std::nullopt,
                       style.cropped);
      pastiche_estimate estimate{};
      estimate.struct_size = sizeof estimate;
      pastiche_error error{};
      if (core->estimate_job(&work.job, &estimate, &error) != PASTICHE_DONE) {
        fault = error.message;
        return;
      }
      seconds += estimate.seconds;
      bytes = std::max(bytes, estimate.peak_bytes);
    }
  }
};

EstimateLine::EstimateLine(GimpProcedureConfig *config, const std::vector<Layer> &layers, const ChosenStyles &styles,
                           std::function<void()> ended)
    : config_(config), layers_(layers), styles_(styles), ended_(std::move(ended)), label_(gtk_label_new(nullptr)) {
  gtk_label_set_xalign(GTK_LABEL(label_), 1);
  gtk_label_set_line_wrap(GTK_LABEL(label_), TRUE);
  gtk_label_set_max_width_chars(GTK_LABEL(label_), 60);
  gtk_widget_set_tooltip_text(label_, _("How long painting will take, and how much memory. Detail size counts most"));
  gtk_widget_show(label_);
  g_signal_connect_swapped(config_, "notify", G_CALLBACK(+[](EstimateLine *self) {
                             self->stale_ = true;
                             gtk_label_set_text(GTK_LABEL(self->label_), "…");
                           }),
                           this);
}

EstimateLine::~EstimateLine() {
  g_signal_handlers_disconnect_by_data(config_, this);
  if (!question_)
    return;
  question_->unwanted = true;
  thread_.join();
  if (const guint answer = question_->answer)
    g_source_remove(answer);
}

bool EstimateLine::refresh() {
  if (question_ || !stale_)
    return question_ != nullptr;
  auto question = std::make_unique<Question>(config_);
  for (const Layer &layer : layers_)
    question->layers.push_back({layer.area.width, layer.area.height, nullptr});
  question->styles = styles_.all();
  stale_ = false;
  gtk_label_set_text(GTK_LABEL(label_), _("Working out how long it will take…"));
  question_ = std::move(question);
  thread_ = std::thread([this, asked = question_.get()] {
    try {
      asked->ask();
    } catch (const std::exception &failure) {
      asked->fault = reason_of(failure);
    }
    asked->answer = g_idle_add(
        [](gpointer self) -> gboolean {
          shielded([&] { static_cast<EstimateLine *>(self)->tell(); });
          return G_SOURCE_REMOVE;
        },
        this);
  });
  return true;
}

void EstimateLine::tell() {
  thread_.join();
  const std::unique_ptr<Question> question = std::move(question_);
  if (!stale_) {
    std::string text = question->fault;
    if (text.empty()) {
      const double seconds = std::max(1.0, std::ceil(question->seconds)), minutes = seconds / 60, hours = minutes / 60;
      g_autofree char *memory = g_format_size(static_cast<guint64>(std::max<int64_t>(0, question->bytes)));
      constexpr double several = 90;
      if (seconds < several)
        text = pastiche::sentence(_("About %.0f s and %s of memory on this computer"), seconds, memory);
      else if (minutes < several)
        text = pastiche::sentence(_("About %.0f min and %s of memory on this computer"), minutes, memory);
      else
        text = pastiche::sentence(_("About %.1f h and %s of memory on this computer"), hours, memory);
    }
    gtk_label_set_text(GTK_LABEL(label_), text.c_str());
    if (g_strcmp0(g_getenv("PASTICHE_PROGRESS"), "1") == 0)
      g_printerr("pastiche: %s\n", text.c_str());
  }
  ended_();
}

} // namespace plugin
