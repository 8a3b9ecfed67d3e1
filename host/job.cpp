// SPDX-License-Identifier: GPL-3.0-or-later
#include "job.h"

#include <utility>

namespace pastiche {

Job::Job(const pastiche_image &content, const pastiche_options &options) {
  job.struct_size = sizeof job;
  job.content = content;
  job.options = options;
}

void Job::add_style(const pastiche_image &image, double weight, const std::optional<pastiche_mask> &region, bool whole) {
  styles_.push_back({image, weight, region ? &masks_.emplace_back(*region) : nullptr, whole});
  job.styles = styles_.data();
  job.style_count = static_cast<int32_t>(styles_.size());
}

void Job::start_from(const pastiche_image &image) {
  start_ = image;
  job.start = &start_;
}

void Job::set_overviews(std::vector<pastiche_image> &&overviews) {
  overviews_ = std::move(overviews);
  job.overviews = overviews_.empty() ? nullptr : overviews_.data();
}

} // namespace pastiche
