// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.h"

#include <array>
#include <cmath>
#include <string_view>

#include "base/i18n.h"

namespace pastiche {
namespace {

constexpr std::array colors{
    Choice{"style", N_("Style's")},
    Choice{"content", N_("Photo's hues")},
    Choice{"content-covariance", N_("Photo's, livelier")},
    Choice{"content-histogram", N_("Photo's exact palette")},
    Choice{"free", N_("Free")},
};
constexpr std::array optimizers{
    Choice{"adam", N_("Adam")},
    Choice{"lbfgs", N_("L-BFGS")},
    Choice{"gradient-descent", N_("Gradient descent")},
};
constexpr std::array starts{
    Choice{"content", N_("The photograph")},
    Choice{"noise", N_("Noise")},
    Choice{"first", N_("The first picture, painted in a second without optimisation")},
};
constexpr std::array matches{
    Choice{"style", N_("The style picture")},
    Choice{"content", N_("The photograph")},
};
constexpr std::array normalizations{
    Choice{"target", N_("By the size of its target")},
    Choice{"none", N_("None")},
};
constexpr std::array poolings{
    Choice{"model", N_("As the model has it")},
    Choice{"average", N_("The mean")},
};
constexpr std::array devices{
    Choice{"auto", N_("The fastest there is")},
    Choice{"cpu", N_("Processor (CPU)")},
    Choice{"cuda", N_("Graphics card (CUDA)")},
};
constexpr std::array precisions{
    Choice{"auto", N_("Whatever is fast here")},
    Choice{"float32", N_("32-bit float")},
    Choice{"bfloat16", N_("bfloat16")},
};

using O = pastiche_options;

const std::array table{
    Option{"strength", N_("Stren_gth"),
           N_("How far the picture moves from the photograph towards the style: 0 changes nothing, 1 forgets the photograph"),
           Group::first_page, NumberOption{&O::strength, 0.0, 1.0, 0.5}},
    Option{
        "brush-work", N_("Brush-wor_k"),
        N_("How much of the paint is taken from the style picture itself, stroke by stroke: 0 leaves what the network has painted, 1 shows "
           "the style's own brush-work and canvas"),
        Group::first_page, NumberOption{&O::brush_work, 0.0, 1.0, 1.0}},
    Option{"style-scale", N_("Style scal_e"), N_("Size of the brush-work: above 1 gives larger strokes, below 1 finer ones"),
           Group::first_page, NumberOption{&O::style_scale, 0.25, 4.0, 1.0}},
    Option{"size", N_("_Detail size"),
           N_("Longest side, in pixels, at which the picture is painted; larger pictures are painted at this size and enlarged. "
              "0 paints every pixel. Time and memory grow with the square of it"),
           Group::first_page, IntegerOption{&O::size, 0, 32768, 1024}, Meaning::side},
    Option{"steps", N_("Ste_ps"),
           N_("How long the picture is worked on: the number of steps at the coarsest scale; finer scales take fewer. 0 paints a first "
              "picture in a second or two and leaves it at that"),
           Group::first_page, IntegerOption{&O::steps, 0, 20000, 50}},
    Option{"color", N_("Colo_urs"), N_("Whose colours the result has"), Group::first_page,
           ChoiceOption{&O::color, colors, PASTICHE_COLOR_STYLE}},
    Option{"model", N_("_Model"),
           N_("Network that looks at the pictures: compact (built in), the name of an installed one, or the path of a .safetensors file"),
           Group::network, TextOption{&O::model, "compact"}, Meaning::model},
    Option{"seed", N_("Ra_ndom seed"), N_("Another number gives other brush-strokes; the same number the same picture"),
           Group::way_of_painting, IntegerOption{&O::seed, 0, 2147483647, 0}},
    Option{
        "optimizer", N_("Optimiser"),
        N_("How steps are chosen: L-BFGS learns from the steps before and gets furthest, Adam sets the size of every step itself, gradient "
           "descent is the plainest"),
        Group::way_of_painting, ChoiceOption{&O::optimizer, optimizers, PASTICHE_LBFGS}},
    Option{"content-weight", N_("Content _weight"), N_("How much the photograph's own shapes count"), Group::weights,
           NumberOption{&O::content_weight, 0.0, 1000.0, 1.0}},
    Option{"style-weight", N_("Style weigh_t"), N_("How much the style's colours and textures count"), Group::weights,
           NumberOption{&O::style_weight, 0.0, 1000.0, 1.0}},
    Option{"tv-weight", N_("Smoot_hness"), N_("Total variation weight: more gives flatter areas and less grain"), Group::weights,
           NumberOption{&O::tv_weight, 0.0, 1000.0, 1.0}},
    Option{"mean-std-weight", N_("Mean and spread weight"),
           N_("How much the mean and the spread of each of the style's features count, whatever their correlations"), Group::weights,
           NumberOption{&O::mean_std_weight, 0.0, 1000.0, 0.0}},
    Option{"wasserstein-weight", N_("Wasserstein weight"),
           N_("How much the distance counts by which the painting's textures must move to become the style's; gives even strokes without "
              "tuning"),
           Group::weights, NumberOption{&O::wasserstein_weight, 0.0, 1000.0, 0.0}},
    Option{"feature-weight", N_("Feature weight"),
           N_("How much every place must look to the network as the same place of another picture does; with the style picture, its shapes "
              "show through"),
           Group::weights, NumberOption{&O::feature_weight, 0.0, 1000.0, 0.0}},
    Option{"gradient-weight", N_("Edge weight"), N_("The same for the edges in what the network sees"), Group::weights,
           NumberOption{&O::gradient_weight, 0.0, 1000.0, 0.0}},
    Option{"match", N_("Compare features with"), N_("The other picture for the feature weight and the edge weight"), Group::weights,
           ChoiceOption{&O::match, matches, PASTICHE_MATCH_STYLE}},
    Option{"laplacian-weight", N_("Line weight"), N_("How much the photograph's lines count"), Group::weights,
           NumberOption{&O::laplacian_weight, 0.0, 1000.0, 0.0}},
    Option{"content-layers", N_("Content layers"),
           N_("Layers of the network that hold the photograph's shapes, with weights if wanted, such as relu4_2:0.7 relu5_1:0.3; empty: "
              "the model's own"),
           Group::network, TextOption{&O::content_layers, ""}, Meaning::layers},
    Option{"style-layers", N_("Style layers"), N_("Layers of the network that hold the style's textures; empty: the model's own"),
           Group::network, TextOption{&O::style_layers, ""}, Meaning::layers},
    Option{"feature-layers", N_("Feature layers"), N_("Layers for the feature weight and the edge weight; empty: the style layers"),
           Group::network, TextOption{&O::feature_layers, ""}, Meaning::layers},
    Option{"normalization", N_("Normalisation"),
           N_("Whether a loss is divided by the size of its target, so that weights mean the same for every picture"), Group::network,
           ChoiceOption{&O::normalization, normalizations, PASTICHE_NORMALIZE_TARGET}},
    Option{"pooling", N_("Pooling"),
           N_("How the network reduces what it sees from layer to layer: as the model does it, or always by the mean, which gives smoother "
              "pictures where the model takes the largest value, as VGG-19 does"),
           Group::network, ChoiceOption{&O::pooling, poolings, PASTICHE_POOLING_MODEL}},
    Option{"start", N_("Start from"), N_("What the painting grows from"), Group::way_of_painting,
           ChoiceOption{&O::start, starts, PASTICHE_START_CONTENT}},
    Option{"scales", N_("Scales"),
           N_("How many sizes are painted one after the other, each up to twice as large; 0 chooses, 1 paints only the last"),
           Group::way_of_painting, IntegerOption{&O::scales, 0, 12, 0}},
    Option{"rate", N_("Step size"), N_("Size of the steps, relative to the usual one; L-BFGS chooses all but the first by itself"),
           Group::way_of_painting, NumberOption{&O::rate, 0.01, 100.0, 1.0}},
    Option{"averaging", N_("Averaging"),
           N_("Averages the pictures of many steps, which can take a little grain away: 0 does not, 0.9 over about ten steps, 0.99 over a "
              "hundred"),
           Group::way_of_painting, NumberOption{&O::averaging, 0.0, 0.999, 0.0}},
    Option{"tolerance", N_("Tolerance"),
           N_("Goes on to the next scale when ten steps lowered the loss by less than this share; 0 takes every step"),
           Group::way_of_painting, NumberOption{&O::tolerance, 0.0, 1.0, 0.005}},
    Option{"history", N_("History"), N_("How many steps L-BFGS learns from; more take more memory"), Group::way_of_painting,
           IntegerOption{&O::history, 1, 200, 5}},
    Option{"memory", N_("Memory limit"),
           N_("Memory that may be used in all, in MiB: where it is short, the picture is worked on in tiles. 0 uses what is free"),
           Group::computer, IntegerOption{&O::memory, 0, 16777216, 0}, Meaning::memory},
    Option{"device", N_("De_vice"), N_("Where the work is done"), Group::computer, ChoiceOption{&O::device, devices, PASTICHE_DEVICE_AUTO}},
    Option{"precision", N_("Num_ber format"), N_("Number format of the features; bfloat16 takes half the memory"), Group::computer,
           ChoiceOption{&O::precision, precisions, PASTICHE_PRECISION_AUTO}},
};

const std::array named_sets{
    Preset{"quick", N_("A first look: few steps, at most 512 pixels"),
           [](O &o) {
             o.size = 512;
             o.steps = 30;
           }},
    Preset{"instant", N_("Painted at once: no optimisation, and the style's own brush-work over it"),
           [](O &o) {
             o.steps = 0;
             o.brush_work = 1;
           }},
    Preset{"fine", N_("More steps on every scale, and every pixel painted"),
           [](O &o) {
             o.size = 0;
             o.steps = 150;
             o.tolerance = 0.001;
           }},
    Preset{"lines", N_("The photograph's lines stay where they are"),
           [](O &o) {
             o.laplacian_weight = 1;
             o.gradient_weight = 0.3;
             o.match = PASTICHE_MATCH_CONTENT;
           }},
    Preset{"gatys", N_("As in the paper of 2016: VGG-19, one scale, 1000 steps of L-BFGS from noise; takes long"),
           [](O &o) {
             o.model = "vgg19";
             o.brush_work = 0;
             o.pooling = PASTICHE_POOLING_AVERAGE;
             o.content_layers = "relu4_2";
             o.style_layers = "relu1_1 relu2_1 relu3_1 relu4_1 relu5_1";
             o.normalization = PASTICHE_NORMALIZE_NONE;
             o.content_weight = 1; // section 3: 10⁻³ of the style's
             o.style_weight = 1000;
             o.size = 512;
             o.scales = 1;
             o.steps = 1000;
             o.optimizer = PASTICHE_LBFGS;
             o.history = 100;
             o.start = PASTICHE_START_NOISE;
             o.color = PASTICHE_COLOR_FREE;
             o.tv_weight = 0;
             o.tolerance = 0;
             o.precision = PASTICHE_FLOAT32;
           }},
};

} // namespace

std::span<const Option> option_table() { return table; }

std::span<const Preset> presets() { return named_sets; }

void set_defaults(pastiche_options &options) {
  options = {};
  options.struct_size = sizeof options;
  for (const Option &option : table)
    std::visit([&](const auto &kind) { options.*kind.field = kind.standard; }, option.kind);
}

const char *choice_name(const char *name, const pastiche_options &options) {
  for (const Option &option : table)
    if (const auto *kind = std::get_if<ChoiceOption>(&option.kind); kind && std::string_view(option.name) == name)
      return kind->choices[static_cast<size_t>(options.*kind->field)].name;
  return "";
}

std::optional<std::string> find_fault(const pastiche_options &options) {
  for (const Option &option : table) {
    auto fault = std::visit(
        Overloaded{
            [&](const IntegerOption &kind) -> std::optional<std::string> {
              const int32_t value = options.*kind.field;
              if (value >= kind.minimum && value <= kind.maximum)
                return {};
              return sentence(_("The option %s is %d; it must lie between %d and %d."), option.name, value, kind.minimum, kind.maximum);
            },
            [&](const NumberOption &kind) -> std::optional<std::string> {
              const double value = options.*kind.field;
              if (std::isfinite(value) && value >= kind.minimum && value <= kind.maximum)
                return {};
              return sentence(_("The option %s is %g; it must lie between %g and %g."), option.name, value, kind.minimum, kind.maximum);
            },
            [&](const ChoiceOption &kind) -> std::optional<std::string> {
              const int32_t value = options.*kind.field;
              if (value >= 0 && value < static_cast<int32_t>(kind.choices.size()))
                return {};
              return sentence(_("The option %s has no choice number %d."), option.name, value);
            },
            [](const TextOption &) -> std::optional<std::string> { return {}; },
        },
        option.kind);
    if (fault)
      return fault;
  }
  return {};
}

} // namespace pastiche
