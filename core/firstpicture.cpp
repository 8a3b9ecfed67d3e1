// SPDX-License-Identifier: GPL-3.0-or-later
#include "firstpicture.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <new>
#include <optional>

#include "base/checksum.h"
#include "hash.h"
#include "image.h"
#include "kernels.h"
#include "threads.h"

namespace pastiche {
namespace {

// A coarse pass needs features to look at on the shorter side.
constexpr int64_t least_side = 32;

// Statistics of styles that are kept, for hosts that show the same style on one picture after the other.
constexpr size_t most_remembered = 64;

Size size_of(const torch::Tensor &image) { return {image.size(3), image.size(2)}; }

torch::Tensor resize(const torch::Tensor &image, Size size) {
  return image.defined() ? pastiche::resize(image, size.width, size.height) : image;
}

// A change of a picture, for the picture at another size.
torch::Tensor change_at(const torch::Tensor &change, Size size) {
  constexpr bool align_corners = false;
  return change.size(3) == size.width && change.size(2) == size.height
             ? change
             : torch::_upsample_bicubic2d_aa(change, {size.height, size.width}, align_corners);
}

torch::Tensor part_of(const torch::Tensor &image, const Rectangle &part) {
  return image.narrow(2, part.top, part.height).narrow(3, part.left, part.width);
}

// A part that may reach beyond the right and lower edge, where the picture is continued.
torch::Tensor seen(const torch::Tensor &image, const Rectangle &part) {
  const int64_t right = std::max<int64_t>(0, part.right() - image.size(3)), below = std::max<int64_t>(0, part.bottom() - image.size(2));
  const torch::Tensor inside = part_of(image, {part.left, part.top, part.width - right, part.height - below});
  return right + below == 0 ? inside : torch::replication_pad2d(inside, {0, right, 0, below});
}

// No larger than side² pixels, but for strips that would become too thin; 0: as large as it is.
Size coarse_size(Size size, int64_t side) {
  const double thin = static_cast<double>(least_side) / static_cast<double>(std::min(size.width, size.height));
  const double factor = side > 0 ? std::max(static_cast<double>(side) / std::sqrt(size.area()), thin) : 1;
  if (factor >= 1)
    return size;
  const auto scaled = [factor](int64_t length) { return std::llround(static_cast<double>(length) * factor); };
  return {scaled(size.width), scaled(size.height)};
}

torch::Tensor product(const torch::Tensor &a, const torch::Tensor &b) { return !a.defined() ? b : b.defined() ? a * b : a; }

// Moves features in float32: the matrix has small and large numbers side by side.
torch::Tensor apply(const AffineMap &map, const torch::Tensor &features) {
  const torch::Tensor places = features.permute({0, 2, 3, 1}); // 1×H×W×C, without a copy of what is channels last
  return times(places.reshape({-1, features.size(1)}), map.matrix.t().to(torch::kFloat), map.shift.to(torch::kFloat))
      .view(places.sizes())
      .permute({0, 3, 1, 2});
}

std::string hash_of(const Style &style) {
  Hash hash;
  for (const torch::Tensor &tensor : {style.color.contiguous(), style.alpha.defined() ? style.alpha.contiguous() : style.alpha})
    if (tensor.defined()) {
      hash.add(tensor.size(2));
      hash.add(tensor.size(3));
      hash.add(tensor.const_data_ptr(), tensor.nbytes());
    }
  return hash.text();
}

} // namespace

// A pass over the picture at one layer.
struct FirstPicture::Step {
  std::string layer;
  Size size;    // that the picture is looked at
  double share; // of the way that its features are moved
};

FirstPicture::FirstPicture(torch::ScalarType precision) : FirstPicture(find_model("compact"), find_model("decoders"), precision) {}

FirstPicture::FirstPicture(const std::filesystem::path &encoder, const std::filesystem::path &decoders, torch::ScalarType precision)
    : encoder_(encoder, torch::kCPU, precision), decoders_(decoders, encoder_, sha256_of_file(encoder.string())) {}

// At strength 0.5 every layer's features go all the way. Beyond it the coarse passes are gone through once more before what is fine.
std::vector<FirstPicture::Step> FirstPicture::steps(Size size, double strength) const {
  std::vector<Step> steps;
  const auto add = [&](bool coarse, double share) {
    const size_t begin = steps.size();
    for (const Decoders::Pass &pass : decoders_.passes()) {
      const Step step{pass.layer, coarse_size(size, pass.side), share};
      // Of two sizes of which a small picture has neither, one is enough.
      const bool again = steps.size() > begin && steps.back().layer == step.layer && steps.back().size.area() == step.size.area();
      if ((pass.side > 0) == coarse && share > 0 && !again)
        steps.push_back(step);
    }
  };
  const double share = std::min(1.0, 2 * strength);
  add(true, share);
  add(true, 2 * strength - 1);
  add(false, share);
  return steps;
}

double FirstPicture::work(Size size, double strength) const {
  double pixels = 0;
  for (const Step &step : steps(size, strength))
    pixels += step.size.area();
  return pixels;
}

std::vector<Tile> FirstPicture::cut(const std::string &layer, Size size, double most_pixels) const {
  // Up to multiples of the stride, so that every pixel has features.
  const int64_t stride = encoder_.stride(layer);
  const auto whole = [stride](int64_t side) { return (side + stride - 1) / stride * stride; };
  return cut_tiles(whole(size.width), whole(size.height), stride, encoder_.radius({layer}) + decoders_.radius(layer), most_pixels);
}

std::optional<Gaussian> FirstPicture::gaussian_of(const torch::Tensor &picture, const torch::Tensor &weights, const std::string &layer,
                                                  const std::vector<Tile> &tiles, const Features &whole) const {
  const int64_t stride = encoder_.stride(layer);
  if (tiles.empty())
    throw std::bad_alloc();
  StatisticsSum sum;
  for (const Tile &tile : tiles) {
    const torch::Tensor maps = whole.empty() ? encoder_(seen(picture, tile.seen), {layer}).at(layer) : whole.at(layer);
    const Rectangle own = tile.own_at(stride, maps.size(3), maps.size(2));
    // In float32: the sums of bfloat16 are rounded too much for their differences.
    sum.add(part_of(maps, own).to(torch::kFloat),
            weights.defined() ? part_of(encoder_.weights_at(layer, seen(weights, tile.seen)), own) : torch::Tensor());
  }
  return sum.total() > 0 ? std::optional(Gaussian::of(sum.mean())) : std::nullopt;
}

std::optional<Gaussian> FirstPicture::remembered_gaussian(const Style &style, const std::string &hash, Size size, const std::string &layer,
                                                          double most_pixels) const {
  static std::mutex mutex;
  static std::map<std::string, std::optional<Gaussian>> known;
  const std::string key =
      hash + ' ' + layer + ' ' + std::to_string(size.width) + ' ' + std::to_string(size.height) + ' ' + c10::toString(encoder_.precision());
  {
    const std::scoped_lock lock(mutex);
    if (const auto found = known.find(key); found != known.end())
      return found->second;
  }
  const auto gaussian = gaussian_of(resize(style.color, size), resize(style.alpha, size), layer, cut(layer, size, most_pixels), {});
  const std::scoped_lock lock(mutex);
  if (known.size() >= most_remembered)
    known.clear();
  known.insert_or_assign(key, gaussian);
  return gaussian;
}

torch::Tensor FirstPicture::paint(const Scene &scene, const Progress &progress) const {
  const torch::NoGradGuard no_grad;
  const Size whole = size_of(scene.picture);
  const std::vector<Step> all = steps(whole, scene.strength);
  const double pixels = work(whole, scene.strength);
  double done = 0, weights = 0;
  bool regions = false;
  std::vector<std::string> hashes;
  for (const Style &style : scene.styles) {
    weights += style.weight;
    regions |= style.weight > 0 && style.region.defined();
    hashes.push_back(style.weight > 0 ? hash_of(style) : "");
  }
  torch::Tensor original;                            // the picture as a step looks at it
  torch::Tensor change = torch::zeros({1, 3, 1, 1}); // of it so far, of the finest size that was painted at
  const auto painted = [&] { return change_at(change, whole).add(scene.picture).clamp_(0, 1); };
  for (const Step &step : all) {
    use_idle_cores();
    const int64_t channels = encoder_.channels(step.layer);
    const auto fit = [&](const torch::Tensor &image) { return resize(image, step.size); };
    if (!original.defined() || size_of(original).area() != step.size.area())
      original = fit(scene.picture);
    const torch::Tensor here = change_at(change, step.size).add(original).clamp_(0, 1), visible = fit(scene.visible);
    const std::vector<Tile> tiles = cut(step.layer, step.size, scene.most_pixels);
    Features features; // of the whole picture, where there is one tile
    if (tiles.size() == 1)
      features = encoder_(seen(here, tiles.front().seen), {step.layer});
    AffineMap everywhere{torch::zeros({channels, channels}, torch::kDouble), torch::zeros({channels}, torch::kDouble)};
    std::vector<std::pair<torch::Tensor, AffineMap>> moves; // where, as far as it counts; less the identity
    torch::Tensor shares;                                   // all of the former together
    std::optional<Gaussian> from;
    for (size_t i = 0; i < scene.styles.size(); ++i) {
      const Style &style = scene.styles[i];
      if (style.weight <= 0)
        continue;
      const torch::Tensor region = fit(style.region);
      if (!from || regions)
        from = gaussian_of(here, product(visible, region), step.layer, tiles, features);
      const auto to =
          remembered_gaussian(style, hashes[i], scene.style_size(size_of(style.color), step.size), step.layer, scene.most_pixels);
      const AffineMap map = from && to ? transport(*from, *to).partly(step.share) : AffineMap::identity(channels);
      const double weight = style.weight / weights;
      everywhere.matrix.add_(map.matrix, weight);
      everywhere.shift.add_(map.shift, weight);
      if (regions) {
        const torch::Tensor counts = weight * (region.defined() ? region : torch::ones({1, 1, here.size(2), here.size(3)}));
        shares = shares.defined() ? shares + counts : counts;
        moves.push_back({counts, {map.matrix - torch::eye(channels, torch::kDouble), map.shift}});
      }
    }
    torch::Tensor next = torch::empty({1, 3, step.size.height, step.size.width}); // as it becomes
    for (const Tile &tile : tiles) {
      const torch::Tensor maps = features.empty() ? encoder_(seen(here, tile.seen), {step.layer}).at(step.layer) : features.at(step.layer);
      const torch::Tensor exact = maps.to(torch::kFloat);
      torch::Tensor moved = regions ? exact.clone() : apply(everywhere, exact);
      for (const auto &[counts, map] : moves) {
        constexpr double none = 1e-4; // below it no style is painted there
        const auto at = [&](const torch::Tensor &share) { return encoder_.weights_at(step.layer, seen(share, tile.seen)); };
        moved.addcmul_(at(counts) / at(shares).clamp_min(none), apply(map, exact));
      }
      const Rectangle own{tile.own.left, tile.own.top, std::min(tile.own.right(), step.size.width) - tile.own.left,
                          std::min(tile.own.bottom(), step.size.height) - tile.own.top};
      const torch::Tensor difference = part_of(decoders_.difference(step.layer, moved.to(maps.scalar_type()), maps),
                                               {own.left - tile.seen.left, own.top - tile.seen.top, own.width, own.height});
      torch::Tensor becomes = part_of(next, own);
      torch::add_out(becomes, part_of(here, own), difference);
      done += static_cast<double>(own.area());
      if (progress && !progress(std::min(1.0, done / pixels)))
        return painted();
    }
    next.clamp_(0, 1);
    change = size_of(change).area() <= step.size.area() ? next.sub_(original) : change.add_(change_at(next.sub_(here), size_of(change)));
  }
  return painted();
}

double FirstPicture::bytes_per_tile_pixel() const {
  double most = 0;
  for (const Decoders::Pass &pass : decoders_.passes())
    most = std::max({most, encoder_.pass_bytes_per_pixel({pass.layer}), decoders_.bytes_per_pixel(pass.layer)});
  return most;
}

double FirstPicture::least_pixels() const {
  int64_t side = 0;
  for (const Decoders::Pass &pass : decoders_.passes())
    side = std::max(side, 2 * (encoder_.radius({pass.layer}) + decoders_.radius(pass.layer)) + 4 * encoder_.stride(pass.layer));
  return static_cast<double>(side * side);
}

} // namespace pastiche
