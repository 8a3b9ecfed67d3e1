// SPDX-License-Identifier: GPL-3.0-or-later
#include "featuremaps.h"

#include <algorithm>

#include "error.h"
#include "image.h"
#include "losses.h"
#include "recipe.h"

namespace pastiche {
namespace {

// A picture as the losses see it.
struct Shown {
  torch::Tensor color;
  torch::Tensor visible; // undefined: opaque
};

Shown shown(const Recipe &recipe, pastiche_picture picture) {
  const Pictures pictures = recipe.read(false);
  const Size size = recipe.finest();
  const Problem problem = recipe.problem(pictures, {size.width, size.height, 0});
  switch (picture) {
  case PASTICHE_FIRST_STYLE:
    return {problem.styles.front().color, problem.styles.front().alpha};
  case PASTICHE_START:
    if (!pictures.start.defined())
      throw Error(PASTICHE_INVALID_ARGUMENT, _("There is no picture to start from."));
    return {resize(pictures.start, size.width, size.height).to(recipe.encoder().device()), problem.visible};
  default:
    return {problem.content, problem.visible};
  }
}

bool is_among(const std::vector<LayerWeight> &layers, const std::string &name) {
  return std::ranges::find(layers, name, &LayerWeight::layer) != layers.end();
}

std::vector<float> values_of(const torch::Tensor &tensor) {
  const torch::Tensor plain = tensor.to(torch::kCPU, torch::kFloat).contiguous();
  const float *first = plain.const_data_ptr<float>();
  return {first, first + plain.numel()};
}

} // namespace

ExtractedFeatures extract_features(const pastiche_job &job, pastiche_picture picture) {
  check(job, true);
  const Recipe recipe(job, choose_device(job.options.device));
  std::vector<std::string> names;
  for (const auto *layers : {&recipe.style_layers(), &recipe.content_layers()})
    for (const LayerWeight &layer : *layers)
      if (std::ranges::find(names, layer.layer) == names.end())
        names.push_back(layer.layer);

  const Shown image = shown(recipe, picture);
  const Features features = recipe.encoder()(image.color, names);
  ExtractedFeatures extracted{.values = {},
                              .layers = {},
                              .width = static_cast<int32_t>(image.color.size(3)),
                              .height = static_cast<int32_t>(image.color.size(2)),
                              .rgba = to_host(image.color, image.visible)};
  for (const std::string &name : names) {
    const torch::Tensor &maps = features.at(name);
    StatisticsSum sum(false);
    sum.add(maps, image.visible.defined() ? recipe.encoder().weights_at(name, image.visible) : torch::Tensor());
    if (!(sum.total() > 0))
      throw Error(PASTICHE_INVALID_ARGUMENT, _("Nothing of the picture can be seen; use one that is not transparent."));
    const torch::Tensor gram = through(recipe.encoder().lens(name), sum.mean()).gram;
    const ExtractedFeatures::Layer &values = extracted.values.emplace_back(name, values_of(maps), values_of(gram));
    extracted.layers.push_back({.name = values.name.c_str(),
                                .is_content_layer = is_among(recipe.content_layers(), name),
                                .is_style_layer = is_among(recipe.style_layers(), name),
                                .channels = static_cast<int32_t>(maps.size(1)),
                                .width = static_cast<int32_t>(maps.size(3)),
                                .height = static_cast<int32_t>(maps.size(2)),
                                .maps = values.maps.data(),
                                .gram_size = static_cast<int32_t>(gram.size(0)),
                                .gram = values.gram.data()});
  }
  return extracted;
}

} // namespace pastiche
