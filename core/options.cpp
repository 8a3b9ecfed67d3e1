// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.h"

#include <array>
#include <cmath>

#include "i18n.h"

namespace pastiche {
namespace {

constexpr std::array colors{
    Choice{"style", N_("Of the style picture")},
    Choice{"content", N_("Of the content, kept")},
};
constexpr std::array optimizers{
    Choice{"adam", N_("Adam")},
    Choice{"lbfgs", N_("L-BFGS")},
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
           N_("How far the picture moves from the photograph towards the style: 0 changes nothing, 1 forgets the photograph"), false,
           NumberOption{&O::strength, 0.0, 1.0, 0.5}},
    Option{"style-scale", N_("Style scal_e"), N_("Size of the brush-work: above 1 gives larger strokes, below 1 finer ones"), false,
           NumberOption{&O::style_scale, 0.25, 4.0, 1.0}},
    Option{"size", N_("_Detail size"),
           N_("Longest side, in pixels, at which the picture is painted; larger pictures are painted at this size and enlarged. "
              "0 paints every pixel. Time and memory grow with the square of it"),
           false, IntegerOption{&O::size, 0, 32768, 1024}},
    Option{"steps", N_("Ste_ps"),
           N_("How long the picture is worked on: the number of steps at the coarsest scale; finer scales take fewer"), false,
           IntegerOption{&O::steps, 1, 20000, 150}},
    Option{"color", N_("Colo_urs"), N_("Whose colours the result has"), false, ChoiceOption{&O::color, colors, PASTICHE_COLOR_STYLE}},
    Option{"model", N_("_Model"),
           N_("Network that looks at the pictures: compact (built in), the name of an installed one, or the path of a .safetensors file"),
           true, TextOption{&O::model, "compact"}},
    Option{"seed", N_("Ra_ndom seed"), N_("Another number gives other brush-strokes; the same number the same picture"), true,
           IntegerOption{&O::seed, 0, 2147483647, 0}},
    Option{"optimizer", N_("Optim_iser"), N_("How steps are chosen: Adam is quick and even, L-BFGS smoother and slower"), true,
           ChoiceOption{&O::optimizer, optimizers, PASTICHE_ADAM}},
    Option{"content-weight", N_("Content _weight"), N_("How much the photograph's own shapes count"), true,
           NumberOption{&O::content_weight, 0.0, 1000.0, 1.0}},
    Option{"style-weight", N_("Style weigh_t"), N_("How much the style's colours and textures count"), true,
           NumberOption{&O::style_weight, 0.0, 1000.0, 1.0}},
    Option{"tv-weight", N_("Smoot_hness"), N_("Total variation weight: more gives flatter areas and less grain"), true,
           NumberOption{&O::tv_weight, 0.0, 1000.0, 1.0}},
    Option{"device", N_("De_vice"), N_("Where the work is done"), true, ChoiceOption{&O::device, devices, PASTICHE_DEVICE_AUTO}},
    Option{"precision", N_("Num_ber format"), N_("Number format of the features; bfloat16 is faster on processors made for it"), true,
           ChoiceOption{&O::precision, precisions, PASTICHE_PRECISION_AUTO}},
};

} // namespace

std::span<const Option> option_table() { return table; }

void set_defaults(pastiche_options &options) {
  options = {};
  options.struct_size = sizeof options;
  for (const Option &option : table)
    std::visit([&](const auto &kind) { options.*kind.field = kind.standard; }, option.kind);
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
