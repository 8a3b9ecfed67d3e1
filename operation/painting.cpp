// SPDX-License-Identifier: GPL-3.0-or-later
#include "painting.h"

#include <sys/stat.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <tuple>
#include <utility>

#include "base/failure.h"
#include "host/door.h"
#include "stylefile.h"

namespace operation {
namespace {

using pastiche::Failure;
using raster::Pixels;

// A style picture is looked at about as large as the content; more pixels only cost memory.
constexpr int style_longest_side = 2048;

// Host programs ask again for what they showed before: when a change is undone, when an image is saved, when a filter is switched on and
// off.
constexpr size_t most_kept = 8;

// A file, as long as nobody has written to it.
struct FileState {
  std::string path;
  dev_t device;
  ino_t inode;
  off_t size;
  time_t seconds;
  long nanoseconds;

  bool operator==(const FileState &) const = default;
};

FileState state_of(const std::string &path) {
  struct stat status{}; // where there is none, reading it says so
  stat(path.c_str(), &status);
  return {path, status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

// Of the options those that a host can set here.
auto set_by_user(const pastiche_options &options) {
  return std::tuple(options.strength, options.brush_work, options.style_scale, options.color, options.size, options.seed);
}

struct Kept {
  FileState style;
  pastiche_options options;
  Pixels content;
  std::shared_ptr<const Pixels> painting;

  bool is_of(const FileState &other_style, const pastiche_options &other, const Pixels &pixels) const {
    return style == other_style && set_by_user(options) == set_by_user(other) && content.width == pixels.width &&
           content.height == pixels.height && content.rgba == pixels.rgba;
  }
};

double scale_of(const GeglRectangle &area, int longest_side) {
  return std::min(1.0, static_cast<double>(longest_side) / std::max(area.width, area.height));
}

Pixels paint(const Pixels &content, const Pixels &style, const pastiche_options &options) {
  std::string fault;
  const pastiche::Core *core = pastiche::open_core(fault);
  if (!core)
    throw Failure(fault);
  const pastiche_style one{style.view(), 1, nullptr, 0};
  pastiche_job job{};
  job.struct_size = sizeof job;
  job.content = content.view();
  job.styles = &one;
  job.style_count = 1;
  job.options = options;
  job.options.steps = 0;
  job.options.size = 0; // the content is read at the size that it is painted at
  pastiche_result *result = nullptr;
  pastiche_error error{};
  if (core->run(&job, &result, &error) < 0)
    throw Failure(error.message);
  const std::unique_ptr<pastiche_result, decltype(core->result_free)> owner(result, core->result_free);
  const pastiche_image painted = core->result_image(result);
  return {painted.width, painted.height, {painted.rgba, painted.rgba + content.rgba.size()}};
}

// The paintings that are kept, and the last style.
class Studio {
public:
  std::shared_ptr<const Pixels> painting_of(GeglBuffer *buffer, const GeglRectangle &area, const Settings &settings) {
    const std::scoped_lock lock(mutex_);
    Pixels content = raster::read(buffer, area, scale_of(area, settings.options.size));
    const FileState style = state_of(settings.style);
    auto found = std::ranges::find_if(kept_, [&](const Kept &kept) { return kept.is_of(style, settings.options, content); });
    if (found == kept_.end()) {
      if (style != style_) {
        picture_ = read_style(settings.style, style_longest_side);
        style_ = style;
      }
      auto painting = std::make_shared<const Pixels>(paint(content, picture_, settings.options));
      if (kept_.size() == most_kept)
        kept_.pop_back();
      kept_.push_front({style, settings.options, std::move(content), std::move(painting)});
    } else {
      std::rotate(kept_.begin(), found, found + 1); // the last used one comes first
    }
    return kept_.front().painting;
  }

private:
  std::mutex mutex_;
  std::deque<Kept> kept_;
  FileState style_{};
  Pixels picture_; // of style_
};

} // namespace

std::shared_ptr<const Pixels> painting_of(GeglBuffer *buffer, const GeglRectangle &area, const Settings &settings) {
  static Studio studio;
  return studio.painting_of(buffer, area, settings);
}

} // namespace operation
