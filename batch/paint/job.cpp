// SPDX-License-Identifier: GPL-3.0-or-later
#include "job.h"

namespace batch {
namespace {

const char *path_or_null(const std::string &path) { return path.empty() ? nullptr : path.c_str(); }

} // namespace

Job::Job(const Painting &painting, const Pictures &pictures) {
  const size_t count = pictures.styles.size();
  masks.reserve(count); // styles point into it
  for (size_t i = 0; i < count; i++) {
    const pastiche_mask *mask = nullptr;
    if (pictures.masks[i])
      mask = &masks.emplace_back(pictures.masks[i]->view());
    styles.push_back({pictures.styles[i].view(), painting.styles[i].weight, mask, painting.styles[i].crop.has_value()});
  }
  job.struct_size = sizeof job;
  job.content = pictures.content.pixels.view();
  job.styles = styles.data();
  job.style_count = static_cast<int32_t>(count);
  if (pictures.start) {
    start = pictures.start->view();
    job.start = &start;
  }
  for (const raster::Pixels &overview : pictures.overviews)
    overviews.push_back(overview.view());
  job.overviews = overviews.empty() ? nullptr : overviews.data();
  job.options = painting.options;
  job.options.size = 0; // the content is read at the size that it is painted at
  job.checkpoint = path_or_null(painting.checkpoint);
  job.resume = path_or_null(painting.resume);
}

} // namespace batch
