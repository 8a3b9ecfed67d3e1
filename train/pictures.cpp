// SPDX-License-Identifier: GPL-3.0-or-later
#include "pictures.h"

#include <algorithm>
#include <random>

#include "base/failure.h"
#include "base/i18n.h"
#include "core/image.h"
#include "raster/picture.h"

namespace training {

namespace fs = std::filesystem;

namespace {
constexpr size_t held_out_interval = 20;
}

Pictures::Pictures(const std::vector<std::string> &folders, int side, int64_t crop) : crop_(crop) {
  std::vector<fs::path> files;
  for (const std::string &folder : folders) {
    std::error_code failure;
    for (fs::recursive_directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure))
      if (at->is_regular_file())
        files.push_back(at->path());
    if (failure)
      throw pastiche::Failure(pastiche::sentence(_("The folder “%s” cannot be read: %s."), folder.c_str(), failure.message().c_str()));
  }
  std::ranges::sort(files);
  for (const fs::path &file : files) {
    try {
      const raster::Picture picture = raster::load(file.string(), side);
      files_.push_back(file);
      if (std::min(picture.pixels.width, picture.pixels.height) >= crop) {
        const torch::Tensor color = pastiche::fill_transparent(pastiche::from_host(picture.pixels.view()));
        auto &part = count() % held_out_interval == held_out_interval - 1 ? held_out_ : learnt_;
        part.push_back((color.squeeze(0) * 255).round().to(torch::kByte).contiguous());
        continue;
      }
    } catch (const pastiche::Failure &) {
    }
    ++passed_over_;
  }
  if (learnt_.empty())
    throw pastiche::Failure(pastiche::sentence(_("There is no picture of at least %d × %d pixels to learn from; name a folder with some."),
                                               static_cast<int>(crop), static_cast<int>(crop)));
}

torch::Tensor Pictures::batch(Part part, int64_t count, uint64_t seed, int64_t step) const {
  // The standard library's engine gives the same numbers everywhere; its distributions do not.
  std::seed_seq sequence{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32), static_cast<uint32_t>(step)};
  std::mt19937_64 random(sequence);
  const auto below = [&](int64_t limit) { return static_cast<int64_t>(random() % static_cast<uint64_t>(limit)); };
  const std::vector<torch::Tensor> &pictures = part == Part::held_out && !held_out_.empty() ? held_out_ : learnt_;
  std::vector<torch::Tensor> crops;
  for (int64_t i = 0; i < count; ++i) {
    const torch::Tensor &picture = pictures[static_cast<size_t>(below(static_cast<int64_t>(pictures.size())))];
    const int64_t top = below(picture.size(1) - crop_ + 1), left = below(picture.size(2) - crop_ + 1);
    const torch::Tensor part = picture.narrow(1, top, crop_).narrow(2, left, crop_);
    crops.push_back(below(2) ? part.flip(2) : part);
  }
  return torch::stack(crops).to(torch::kFloat) / 255;
}

} // namespace training
