// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "core/pastiche.h"

namespace pastiche {

// A painting as the core takes it. The pixels and the options' texts stay the host's and must outlive it; pictures without pixels do for
// what only asks for sizes.
class Job {
public:
  Job(const pastiche_image &content, const pastiche_options &options);
  Job(const Job &) = delete;
  Job &operator=(const Job &) = delete;

  void add_style(const pastiche_image &image, double weight = 1, const std::optional<pastiche_mask> &region = {}, bool whole = false);
  void start_from(const pastiche_image &image);
  void set_overviews(std::vector<pastiche_image> &&overviews); // of the content and the styles; none: as without this call

  pastiche_job job{};

private:
  std::deque<pastiche_mask> masks_; // the styles point into it
  std::vector<pastiche_style> styles_;
  std::vector<pastiche_image> overviews_;
  pastiche_image start_{};
};

} // namespace pastiche
