// SPDX-License-Identifier: GPL-3.0-or-later
#include "objective.h"

#include <algorithm>
#include <charconv>
#include <new>
#include <set>

#include "error.h"

namespace pastiche {
namespace {

using Sums = std::map<std::string, StatisticsSum>;

torch::Tensor seen(const torch::Tensor &image, const Rectangle &part) {
  return image.narrow(2, part.top, part.height).narrow(3, part.left, part.width);
}

// The same part of a map of the whole picture, whose pixels are `stride` of the image wide, as a tile's map of the given size has.
torch::Tensor seen_at(const torch::Tensor &map, const Rectangle &part, int64_t stride, const torch::Tensor &like) {
  return map.narrow(2, part.top / stride, like.size(2)).narrow(3, part.left / stride, like.size(3));
}

Rectangle own_part(const Tile &tile, int64_t stride, const torch::Tensor &map) { return tile.own_at(stride, map.size(3), map.size(2)); }

std::vector<std::string> names_of(const std::vector<LayerWeight> &layers) {
  std::vector<std::string> names;
  for (const LayerWeight &layer : layers)
    names.push_back(layer.layer);
  return names;
}

bool any_style(const LossWeights &weights) {
  return std::ranges::any_of(loss_table(),
                             [&](const LossRow &row) { return weights.*row.weight > 0 && std::holds_alternative<StyleKind>(row.kind); });
}

bool needs_means(const LossWeights &weights) {
  return std::ranges::any_of(loss_table(), [&](const LossRow &row) {
    const auto *kind = std::get_if<StyleKind>(&row.kind);
    return weights.*row.weight > 0 && kind && kind->looks_at_means;
  });
}

// Where a loss looks; image losses look at none.
std::vector<LayerWeight> layers_of(const LossRow &row, const Problem &problem) {
  if (std::holds_alternative<StyleKind>(row.kind))
    return problem.style_layers;
  if (std::holds_alternative<PlaceKind>(row.kind))
    return row.towards == Towards::content ? problem.content_layers : problem.feature_layers;
  return {};
}

int64_t stride_of(const Encoder &encoder, const std::vector<std::string> &layers) {
  int64_t stride = 1;
  for (const std::string &layer : layers)
    stride = std::max(stride, encoder.stride(layer));
  return stride;
}

} // namespace

std::vector<LayerWeight> parse_layers(const char *option, const std::string &text, const std::vector<std::string> &standard,
                                      const Encoder &encoder) {
  std::vector<LayerWeight> layers;
  double sum = 0;
  const auto add = [&](const std::string &name, double weight) {
    sum += weight;
    // A layer may be named more than once, but is looked at once.
    for (LayerWeight &layer : layers)
      if (layer.layer == name) {
        layer.weight += weight;
        return;
      }
    layers.push_back({name, weight});
  };
  for (size_t at = 0; at < text.size();) {
    const size_t begin = text.find_first_not_of(" ,", at);
    if (begin == std::string::npos)
      break;
    const size_t end = std::min(text.find_first_of(" ,", begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    const size_t colon = std::min(word.find(':'), word.size());
    const std::string name = word.substr(0, colon);
    double weight = 1;
    if (colon < word.size()) {
      const char *last = word.data() + word.size();
      const auto [stop, fault] = std::from_chars(word.data() + colon + 1, last, weight);
      if (fault != std::errc{} || stop != last || !(weight > 0) || weight > 1e6)
        throw Error(PASTICHE_INVALID_ARGUMENT,
                    sentence(_("“%s” in the option %s is not a layer with a positive weight, such as relu4_2:0.5."), word.c_str(), option));
    }
    if (!encoder.has(name))
      throw Error(PASTICHE_INVALID_ARGUMENT, sentence(_("The model %s has no layer “%s”, which the option %s asks for."),
                                                      encoder.name().c_str(), name.c_str(), option));
    add(name, weight);
    at = end;
  }
  if (layers.empty())
    for (const std::string &name : standard)
      add(name, 1);
  for (LayerWeight &layer : layers)
    layer.weight /= sum;
  return layers;
}

std::vector<std::string> Objective::layers_of(const Problem &problem) {
  std::set<std::string> names;
  for (const LossRow &row : loss_table())
    if (problem.weights.*row.weight > 0)
      for (const LayerWeight &layer : pastiche::layers_of(row, problem))
        names.insert(layer.layer);
  return {names.begin(), names.end()};
}

double Objective::kept_bytes_per_pixel(const Encoder &encoder, const Problem &problem) {
  double bytes = 0;
  for (const LossRow &row : loss_table())
    if (problem.weights.*row.weight > 0 && std::holds_alternative<PlaceKind>(row.kind))
      for (const LayerWeight &layer : pastiche::layers_of(row, problem))
        bytes += encoder.map_bytes_per_pixel(layer.layer);
  double regions = problem.visible.defined();
  for (const Style &style : problem.styles)
    regions += style.region.defined();
  if (any_style(problem.weights))
    for (const LayerWeight &layer : problem.style_layers) {
      const auto stride = static_cast<double>(encoder.stride(layer.layer));
      bytes += regions * 4 / (stride * stride);
    }
  return bytes;
}

Objective::Objective(const Encoder &encoder, Problem problem, double most_pixels)
    : encoder_(encoder), problem_(std::move(problem)), layers_(layers_of(problem_)) {
  const torch::NoGradGuard no_grad;
  if (any_style(problem_.weights))
    style_names_ = names_of(problem_.style_layers);
  tiles_ = cut(encoder_, layers_, problem_.content.size(3), problem_.content.size(2), most_pixels);
  if (tiles_.empty())
    throw std::bad_alloc();
  add_regions(most_pixels);
  add_other_losses();
  // Their pictures are not needed any more.
  problem_.styles.clear();
  problem_.content = problem_.match = problem_.visible = torch::Tensor();
}

std::vector<Tile> Objective::cut(const Encoder &encoder, const std::vector<std::string> &layers, int64_t width, int64_t height,
                                 double most_pixels) {
  if (layers.empty())
    return {{{0, 0, width, height}, {0, 0, width, height}}};
  return cut_tiles(width, height, stride_of(encoder, layers), margin(encoder, layers), most_pixels);
}

int64_t Objective::margin(const Encoder &encoder, const std::vector<std::string> &layers) {
  // One step of the deepest maps more, for the neighbour that feature gradients look at.
  return layers.empty() ? 0 : encoder.radius(layers) + stride_of(encoder, layers);
}

// A layer's maps of a whole picture, put together from tiles.
torch::Tensor Objective::maps_of(const torch::Tensor &image, const std::string &layer) const {
  const int64_t stride = encoder_.stride(layer);
  torch::Tensor whole;
  for (const Tile &tile : tiles_) {
    const torch::Tensor maps = encoder_(seen(image, tile.seen), {layer}).at(layer);
    if (tiles_.size() == 1)
      return maps;
    if (!whole.defined())
      whole = torch::empty({1, maps.size(1), image.size(2) / stride, image.size(3) / stride},
                           maps.options().memory_format(torch::MemoryFormat::ChannelsLast));
    const Rectangle own = own_part(tile, stride, maps);
    whole.narrow(2, tile.own.top / stride, own.height).narrow(3, tile.own.left / stride, own.width).copy_(seen(maps, own));
  }
  return whole;
}

std::map<std::string, Statistics> Objective::statistics_of(const torch::Tensor &image, const torch::Tensor &alpha,
                                                           double most_pixels) const {
  Sums sums;
  const std::vector<Tile> tiles = cut(encoder_, style_names_, image.size(3), image.size(2), most_pixels);
  if (tiles.empty())
    throw std::bad_alloc(); // a style wider than the content may need more room
  for (const Tile &tile : tiles)
    for (const auto &[layer, maps] : encoder_(seen(image, tile.seen), style_names_)) {
      const int64_t stride = encoder_.stride(layer);
      const Rectangle own = own_part(tile, stride, maps);
      torch::Tensor weights;
      if (alpha.defined())
        weights = seen(seen_at(encoder_.weights_at(layer, alpha), tile.seen, stride, maps), own);
      sums.try_emplace(layer, needs_means(problem_.weights)).first->second.add(seen(maps, own), weights);
    }
  std::map<std::string, Statistics> means;
  for (const auto &[layer, sum] : sums)
    if (sum.total() > 0)
      means[layer] = sum.mean();
  return means;
}

void Objective::add_regions(double most_pixels) {
  if (style_names_.empty())
    return;
  double sum = 0;
  for (const Style &style : problem_.styles)
    sum += style.weight;
  std::map<const void *, size_t> known; // styles that are painted everywhere share their statistics
  for (const Style &style : problem_.styles) {
    if (style.weight <= 0)
      continue;
    const auto [found, is_new] = known.emplace(style.region.defined() ? style.region.unsafeGetTensorImpl() : nullptr, regions_.size());
    if (is_new) {
      Region &region = regions_.emplace_back();
      torch::Tensor weights = problem_.visible;
      if (style.region.defined())
        weights = weights.defined() ? weights * style.region : style.region;
      if (weights.defined())
        for (const std::string &layer : style_names_)
          region.weights[layer] = encoder_.weights_at(layer, weights);
    }
    Region &region = regions_[found->second];
    const auto statistics = statistics_of(style.color, style.alpha, most_pixels);
    for (const LayerWeight &layer : problem_.style_layers) {
      const auto own = statistics.find(layer.layer);
      if (own == statistics.end())
        continue;
      const Statistics looked_at = through(encoder_.lens(layer.layer), own->second);
      const double weight = layer.weight * (sum > 0 ? style.weight / sum : 1);
      for (const LossRow &row : loss_table())
        if (const auto *kind = std::get_if<StyleKind>(&row.kind); kind && problem_.weights.*row.weight > 0)
          region.terms[layer.layer].push_back({weight * problem_.weights.*row.weight, kind->make(looked_at, problem_.normalization)});
    }
  }
}

void Objective::add_other_losses() {
  for (const LossRow &row : loss_table()) {
    const double weight = problem_.weights.*row.weight;
    if (weight <= 0)
      continue;
    if (const auto *kind = std::get_if<ImageKind>(&row.kind))
      image_terms_.push_back({weight, row.term, kind->make(problem_.content, problem_.normalization)});
    if (const auto *kind = std::get_if<PlaceKind>(&row.kind))
      for (const LayerWeight &layer : pastiche::layers_of(row, problem_)) {
        const torch::Tensor target = maps_of(row.towards == Towards::content ? problem_.content : problem_.match, layer.layer);
        places_[layer.layer].push_back({weight * layer.weight, row.term, target, kind->make(target, problem_.normalization)});
      }
  }
}

void Objective::collect(const Features &features, const Tile &tile, std::vector<Sums> &sums) const {
  for (const std::string &layer : style_names_) {
    const torch::Tensor &maps = features.at(layer);
    const int64_t stride = encoder_.stride(layer);
    const Rectangle own = own_part(tile, stride, maps);
    for (size_t i = 0; i < regions_.size(); ++i) {
      const auto weights = regions_[i].weights.find(layer);
      sums[i]
          .try_emplace(layer, needs_means(problem_.weights))
          .first->second.add(seen(maps, own), weights == regions_[i].weights.end()
                                                  ? torch::Tensor()
                                                  : seen(seen_at(weights->second, tile.seen, stride, maps), own));
    }
  }
}

std::vector<Objective::Slopes> Objective::style_slopes(const std::vector<Sums> &sums, Losses &losses) const {
  std::vector<Slopes> slopes(regions_.size());
  for (size_t i = 0; i < regions_.size(); ++i)
    for (const auto &[layer, terms] : regions_[i].terms) {
      const StatisticsSum &sum = sums[i].at(layer);
      if (sum.total() <= 0)
        continue; // an empty region
      const torch::Tensor lens = encoder_.lens(layer);
      const Statistics looked_at = through(lens, sum.mean());
      Statistics gradient;
      const auto add = [](torch::Tensor &to, const torch::Tensor &part, double weight) {
        if (part.defined())
          to = to.defined() ? to.add_(part, weight) : part * weight;
      };
      for (const StyleTerm &term : terms) {
        const StyleLoss::Slope slope = term.loss->slope(looked_at);
        losses.style += term.weight * slope.loss;
        add(gradient.gram, slope.gradient.gram, term.weight);
        add(gradient.mean, slope.gradient.mean, term.weight);
      }
      slopes[i][layer] = {back_through(lens, gradient), sum.total()};
    }
  return slopes;
}

torch::Tensor Objective::gradient_at(const std::string &layer, const torch::Tensor &features, const Tile &tile,
                                     const std::vector<Slopes> &slopes, Losses &losses) const {
  const int64_t stride = encoder_.stride(layer);
  const Rectangle own = own_part(tile, stride, features);
  const bool whole = own.area() == features.size(2) * features.size(3);
  torch::Tensor gradient;
  for (size_t i = 0; i < regions_.size(); ++i) {
    const auto slope = slopes[i].find(layer);
    if (slope == slopes[i].end())
      continue;
    const auto weights = regions_[i].weights.find(layer);
    const torch::Tensor part = statistics_gradient(
        seen(features, own),
        weights == regions_[i].weights.end() ? torch::Tensor() : seen(seen_at(weights->second, tile.seen, stride, features), own),
        slope->second.total, slope->second.gradient);
    if (!gradient.defined() && whole) {
      gradient = part;
      continue;
    }
    if (!gradient.defined())
      gradient = torch::zeros_like(features);
    seen(gradient, own).add_(part);
  }
  if (const auto places = places_.find(layer); places != places_.end()) {
    if (!gradient.defined())
      gradient = torch::zeros_like(features);
    for (const PlaceTerm &term : places->second)
      losses.*term.total += (*term.loss)(features, seen_at(term.target, tile.seen, stride, features), own, term.weight, gradient);
  }
  return gradient;
}

Losses Objective::evaluate(const torch::Tensor &image, const torch::Tensor &gradient) const {
  const torch::NoGradGuard no_grad;
  gradient.zero_();
  Losses losses;
  if (!layers_.empty()) {
    std::vector<Sums> sums(regions_.size());
    std::vector<Encoder::Trace> first;
    for (const Tile &tile : tiles_) {
      if (tiles_.size() == 1)
        collect(first.emplace_back(encoder_.trace(seen(image, tile.seen), layers_)).features, tile, sums);
      else if (!style_names_.empty())
        collect(encoder_(seen(image, tile.seen), style_names_), tile, sums);
    }
    const std::vector<Slopes> slopes = style_slopes(sums, losses);
    for (const Tile &tile : tiles_) {
      Encoder::Trace trace = first.empty() ? encoder_.trace(seen(image, tile.seen), layers_) : std::move(first.front());
      seen(gradient, tile.seen).add_(encoder_.backward(std::move(trace), [&](const std::string &layer, const torch::Tensor &features) {
        return gradient_at(layer, features, tile, slopes, losses);
      }));
    }
  }
  for (const ImageTerm &term : image_terms_)
    losses.*term.total += term.loss(image, term.weight, gradient);
  return losses;
}

bool Objective::shrink_tiles() {
  if (layers_.empty())
    return false;
  int64_t most = 0;
  for (const Tile &tile : tiles_)
    most = std::max(most, tile.seen.area());
  auto smaller = cut(encoder_, layers_, tiles_.back().own.right(), tiles_.back().own.bottom(), static_cast<double>(most) / 2);
  if (smaller.empty())
    return false;
  tiles_ = std::move(smaller);
  return true;
}

} // namespace pastiche
