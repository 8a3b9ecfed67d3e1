// SPDX-License-Identifier: GPL-3.0-or-later
#include "chosenstyles.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/i18n.h"
#include "plugin/callerror.h"
#include "plugin/preview/resample.h"
#include "plugin/shield.h"

namespace plugin {
namespace {

constexpr int whole_longest_side = 512; // of what is only looked at

// Of a style that was read whole.
Style reduced(const Style &style) {
  const raster::Pixels &picture = style.picture;
  const double scale = std::min(1.0, static_cast<double>(whole_longest_side) / std::max(picture.width, picture.height));
  Style small{.name = style.name, .picture = {}, .size = style.size};
  small.picture = reduce(picture, raster::scaled(picture.width, scale), raster::scaled(picture.height, scale));
  return small;
}

} // namespace

bool is_chosen(GimpProcedureConfig *config, int number) {
  g_autoptr(GObject) file = nullptr;
  g_autoptr(GObject) drawable = nullptr;
  g_object_get(config, style_argument("style-file", number).c_str(), &file, style_argument("style-drawable", number).c_str(), &drawable,
               nullptr);
  return number == 1 || file || drawable;
}

ChosenStyles::ChosenStyles(GimpProcedureConfig *config, std::function<void()> changed) : config_(config), changed_(std::move(changed)) {
  g_signal_connect(
      config_, "notify",
      G_CALLBACK(+[](GObject *, GParamSpec *argument, ChosenStyles *self) { shielded([&] { self->notice(argument->name); }); }), this);
  read_later();
}

ChosenStyles::~ChosenStyles() {
  g_signal_handlers_disconnect_by_data(config_, this);
  if (pending_)
    g_source_remove(pending_);
}

void ChosenStyles::notice(const char *argument) {
  for (int number = 1; number <= most_styles; ++number) {
    const bool is_other = argument == style_argument("style-file", number) || argument == style_argument("style-drawable", number) ||
                          (number == 1 && g_str_equal(argument, "style-source"));
    if (!is_other && argument != style_argument("style-crop", number))
      continue;
    One &one = ones_[static_cast<size_t>(number - 1)];
    one.stale = true;
    if (is_other)
      one.whole.reset();
    read_later();
  }
}

// A choice often sets several arguments; they are looked at when all are set.
void ChosenStyles::read_later() {
  if (!pending_)
    pending_ = g_idle_add(
        [](gpointer data) -> gboolean {
          auto *self = static_cast<ChosenStyles *>(data);
          self->pending_ = 0;
          shielded([&] { self->read(); });
          return G_SOURCE_REMOVE;
        },
        this);
}

void ChosenStyles::read() {
  for (int number = 1; number <= most_styles; ++number) {
    One &one = ones_[static_cast<size_t>(number - 1)];
    if (!one.stale)
      continue;
    one.stale = false;
    one.style.reset();
    one.fault.clear();
    all_.reset();
    if (!is_chosen(config_, number))
      continue;
    try {
      read(one, number);
    } catch (const std::exception &failure) {
      one.fault = reason_of(failure);
    }
  }
  changed_();
}

void ChosenStyles::read(One &one, int number) {
  g_autofree char *crop = nullptr;
  g_object_get(config_, style_argument("style-crop", number).c_str(), &crop, nullptr);
  const bool cropped = crop && *crop;
  if (cropped && !one.whole)
    one.whole = load_style(config_, number, whole_longest_side, true);
  one.style = load_style(config_, number, style_longest_side);
  if (!cropped)
    one.whole = reduced(*one.style);
}

std::shared_ptr<const std::vector<Style>> ChosenStyles::all() const {
  struct Use {
    double share = 0;
    GimpDrawable *region = nullptr;
  };
  std::vector<Use> uses;
  double sum = 0;
  for (int number = 1; number <= most_styles; ++number) {
    if (!one(number).fault.empty())
      throw CallError(GIMP_PDB_CALLING_ERROR, one(number).fault);
    if (!one(number).style)
      continue;
    Use &use = uses.emplace_back();
    g_object_get(config_, style_argument("style-share", number).c_str(), &use.share, style_argument("style-region", number).c_str(),
                 &use.region, nullptr);
    g_autoptr(GObject) owned = use.region ? G_OBJECT(use.region) : nullptr; // libgimp keeps it as well
    sum += use.share;
  }
  if (sum <= 0)
    refuse_call(_("The share of every style is zero; give one of them some."));
  bool same = all_ && all_->size() == uses.size();
  for (size_t i = 0; same && i < uses.size(); ++i)
    same = (*all_)[i].weight == uses[i].share && (*all_)[i].region == uses[i].region;
  if (!same) {
    auto styles = std::make_shared<std::vector<Style>>();
    for (const One &one : ones_)
      if (one.style) {
        const Use &use = uses[styles->size()];
        styles->push_back(*one.style);
        styles->back().weight = use.share;
        styles->back().region = use.region;
      }
    all_ = styles;
  }
  return all_;
}

} // namespace plugin
