// SPDX-License-Identifier: GPL-3.0-or-later
#include "brushstage.h"

#include <algorithm>
#include <cmath>

#include "kernels.h"
#include "threads.h"

namespace pastiche {
namespace {

void in_parallel(int count, const std::function<void(int band)> &f) {
  in_blocks({count, 1, 0}, [&](const Blocks &, int64_t band, float *) { f(static_cast<int>(band)); });
}

BrushPicture as_planes(const torch::Tensor &color, const torch::Tensor &mask) {
  return {.width = static_cast<int>(color.size(3)),
          .height = static_cast<int>(color.size(2)),
          .color = color.const_data_ptr<float>(),
          .mask = mask.defined() ? mask.const_data_ptr<float>() : nullptr};
}

double area(const torch::Tensor &image) { return static_cast<double>(image.size(2) * image.size(3)); }

torch::Tensor places_in(const std::vector<Place> &places, int style_width, int style_height, int64_t width, int64_t height) {
  torch::Tensor tensor = torch::zeros({height, width, 4});
  float *values = tensor.data_ptr<float>();
  for (const Place &place : places) {
    if (place != nowhere) {
      values[0] = (static_cast<float>(place.x) + 0.5f) / static_cast<float>(style_width);
      values[1] = (static_cast<float>(place.y) + 0.5f) / static_cast<float>(style_height);
      values[3] = 1;
    }
    values += 4;
  }
  return tensor;
}

bool is_painted(const Style &style) { return style.weight > 0; }

} // namespace

BrushStage::Painted BrushStage::paint(const Progress &progress) const {
  const int64_t width = photograph.width(), height = photograph.height();
  const torch::Tensor guide = painting.contiguous(), content = photograph.color.contiguous(),
                      near = before.defined() ? before.contiguous() : before;
  const auto count = static_cast<double>(std::ranges::count_if(styles, is_painted));
  torch::Tensor sum, shares, places, fresh;
  double done = 0;
  bool finished = true;
  const auto mixed = [&](const torch::Tensor &all_painted, const torch::Tensor &all_shares) {
    constexpr double none = 1e-4; // below it no style is painted there
    return torch::where(all_shares > none, all_painted / all_shares.clamp_min(none), resize(guide, width, height));
  };
  const auto as_tensor = [&](std::vector<float> &picture) {
    return torch::from_blob(picture.data(), {1, 3, height, width}, torch::kFloat);
  };
  for (const Style &style : styles) {
    if (!is_painted(style) || !finished)
      continue;
    use_idle_cores(true);
    // Both pictures have the same area when style_scale is 1, as for the network.
    const double scale = std::sqrt(static_cast<double>(width * height) / area(style.color)) * style_scale;
    const torch::Tensor color = style.color.contiguous(), alpha = style.alpha.defined() ? style.alpha.contiguous() : style.alpha;
    const torch::Tensor region = style.region.defined() ? resize(style.region, width, height) : style.region;
    torch::Tensor mask = photograph.alpha;
    if (region.defined())
      mask = mask.defined() ? mask * region : region;
    if (mask.defined())
      mask = mask.contiguous();
    const torch::Tensor share =
        count > 1 ? style.weight * (region.defined() ? region : torch::ones({1, 1, height, width})) : torch::Tensor();
    BrushResult result = brush_work(
        {.painting = as_planes(guide, {}),
         .photograph = as_planes(content, mask),
         .style = as_planes(color, alpha),
         .style_scale = scale,
         .amount = static_cast<float>(amount),
         .seed = seed,
         .before = near.defined() ? as_planes(near, {}) : BrushPicture{0, 0, nullptr}},
        in_parallel, [&](double part, const BrushFrame &frame) {
          use_idle_cores(true);
          const auto whole_frame = [&] {
            std::vector<float> picture = frame();
            const torch::Tensor here = as_tensor(picture);
            return count == 1 ? here.clone() : shares.defined() ? mixed(sum + share * here, shares + share) : mixed(share * here, share);
          };
          return !progress || progress((done + part) / count, frame ? whole_frame : std::function<torch::Tensor()>());
        });
    finished = result.finished;
    if (tells_places && done == 0 && !result.places.empty())
      places = places_in(result.places, result.style_width, result.style_height, width, height);
    if (!result.fresh.empty()) { // where a style is not painted all is fresh
      const torch::Tensor here = torch::from_blob(result.fresh.data(), {1, 1, height, width}, torch::kFloat);
      fresh = fresh.defined() ? torch::minimum(fresh, here) : here.clone();
    }
    ++done;
    const torch::Tensor painted = as_tensor(result.picture);
    if (count == 1)
      return {painted.clone(), places, fresh};
    sum = sum.defined() ? sum.addcmul_(share, painted) : share * painted;
    shares = shares.defined() ? shares.add_(share) : share;
  }
  return {mixed(sum, shares), places, fresh};
}

double BrushStage::bytes(double pixels) const {
  double most = 0;
  for (const Style &style : styles)
    most = std::max(most, area(style.color));
  const bool several = std::ranges::count_if(styles, is_painted) > 1;
  return brush_work_bytes(pixels, most) + (several ? 44 : 16) * pixels;
}

} // namespace pastiche
