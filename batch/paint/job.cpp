// SPDX-License-Identifier: GPL-3.0-or-later
#include "job.h"

namespace batch {
namespace {

const char *path_or_null(const std::string &path) { return path.empty() ? nullptr : path.c_str(); }

} // namespace

Job::Job(const Painting &painting, const Pictures &pictures) : pastiche::Job(pictures.content.pixels.view(), painting.options) {
  job.options.size = 0; // the content is read at the size that it is painted at
  for (size_t i = 0; i < pictures.styles.size(); i++)
    add_style(pictures.styles[i].view(), painting.styles[i].weight, raster::view(pictures.masks[i]), painting.styles[i].crop.has_value());
  if (pictures.start)
    start_from(pictures.start->view());
  std::vector<pastiche_image> overviews;
  for (const raster::Pixels &overview : pictures.overviews)
    overviews.push_back(overview.view());
  set_overviews(std::move(overviews));
  job.checkpoint = path_or_null(painting.checkpoint);
  job.resume = path_or_null(painting.resume);
}

} // namespace batch
