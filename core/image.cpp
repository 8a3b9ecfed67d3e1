// SPDX-License-Identifier: GPL-3.0-or-later
#include "image.h"

#include "error.h"

namespace pastiche {
namespace {

// Push-pull: average the visible pixels into a half-sized image until nothing is transparent, then let what is missing at each size
// show through from the smaller one.
torch::Tensor push_pull(const torch::Tensor &color, const torch::Tensor &weight) {
  if (weight.min().item<float>() >= 1)
    return color;
  const int64_t h = color.size(2), w = color.size(3);
  if (h == 1 && w == 1)
    return torch::where(weight > 0, color, torch::full_like(color, 0.5));
  const auto halve = [](const torch::Tensor &t) {
    constexpr bool ceil_mode = true, count_include_pad = false;
    return torch::avg_pool2d(t, 2, 2, 0, ceil_mode, count_include_pad);
  };
  const torch::Tensor coarse_weight = halve(weight);
  const torch::Tensor coarse = halve(color * weight) / coarse_weight.clamp_min(1e-6);
  const torch::Tensor filled = push_pull(coarse, (coarse_weight > 0).to(torch::kFloat));
  constexpr bool align_corners = false;
  // The other function for this rounds otherwise on one thread than on several.
  return torch::lerp(torch::_upsample_bilinear2d_aa(filled, {h, w}, align_corners), color, weight);
}

} // namespace

void check_size(int32_t width, int32_t height, const float *values) {
  constexpr int32_t longest = 1 << 18;
  if (!values || width < 1 || height < 1 || width > longest || height > longest)
    throw Error(PASTICHE_INVALID_ARGUMENT, _("A picture has no pixels, or more than Pastiche can paint; use another or scale it down."));
}

Image from_host(const pastiche_image &pixels) {
  check_size(pixels.width, pixels.height, pixels.rgba);
  const torch::Tensor rows = torch::from_blob(const_cast<float *>(pixels.rgba), {1, pixels.height, pixels.width, 4}, torch::kFloat);
  const auto planes = [&](int64_t first, int64_t count) {
    return rows.narrow(3, first, count).permute({0, 3, 1, 2}).clone(torch::MemoryFormat::Contiguous).nan_to_num_(0, 1, 0).clamp_(0, 1);
  };
  Image image{planes(0, 3), planes(3, 1)};
  if (image.alpha.min().item<float>() >= 1)
    image.alpha = torch::Tensor();
  return image;
}

torch::Tensor from_host(const pastiche_mask &mask) {
  check_size(mask.width, mask.height, mask.values);
  return torch::from_blob(const_cast<float *>(mask.values), {1, 1, mask.height, mask.width}, torch::kFloat)
      .clone()
      .nan_to_num_(0, 1, 0)
      .clamp_(0, 1);
}

std::vector<float> to_host(const torch::Tensor &color, const torch::Tensor &alpha) {
  const int64_t height = color.size(2), width = color.size(3);
  std::vector<float> pixels(static_cast<size_t>(height * width * 4));
  const torch::Tensor rows = torch::from_blob(pixels.data(), {height, width, 4}, torch::kFloat);
  rows.narrow(2, 0, 3).copy_(color.squeeze(0).permute({1, 2, 0}));
  if (alpha.defined())
    rows.narrow(2, 3, 1).copy_(alpha.squeeze(0).permute({1, 2, 0}));
  else
    rows.narrow(2, 3, 1).fill_(1);
  return pixels;
}

torch::Tensor resize(const torch::Tensor &image, int64_t width, int64_t height) {
  if (image.size(3) == width && image.size(2) == height)
    return image;
  constexpr bool align_corners = false;
  return torch::_upsample_bicubic2d_aa(image, {height, width}, align_corners).clamp_(0, 1);
}

torch::Tensor fill_transparent(const Image &image) { return image.alpha.defined() ? push_pull(image.color, image.alpha) : image.color; }

} // namespace pastiche
