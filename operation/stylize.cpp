// SPDX-License-Identifier: GPL-3.0-or-later
// The GEGL operation pastiche:stylize. It runs in other people's programs, such as GIMP itself: it throws nothing at them, leaves their
// environment and their signals alone, and gives back what it got when it cannot paint.
#include <gegl-plugin.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/i18n.h"
#include "enlarge.h"
#include "host/options.h"
#include "painting.h"
#include "styles/gallery.h"

namespace {

using pastiche::Option;

// Of the options, those that a painting without optimisation has.
constexpr const char *option_names[] = {"strength", "brush-work", "style-scale", "color", "seed"};

enum Property : guint { STYLE = 1, STYLE_FILE, FIRST_OPTION };

struct Stylize {
  GeglOperationFilter parent;
  int style; // index into the gallery
  std::string *style_file;
  pastiche_options options;
};
struct StylizeClass {
  GeglOperationFilterClass parent;
};

[[maybe_unused]] GType stylize_get_type();
G_DEFINE_DYNAMIC_TYPE(Stylize, stylize, GEGL_TYPE_OPERATION_FILTER)

GType style_type, color_type; // enumerations

Stylize &self(void *object) { return *static_cast<Stylize *>(object); }

const Option &option_of(guint property) {
  return *std::ranges::find(pastiche::option_table(), std::string_view(option_names[property - FIRST_OPTION]), &Option::name);
}

// GIMP stands still while it is painted, which should take less than a second on two cores, whatever the size of the picture.
pastiche_options defaults() {
  pastiche_options options;
  pastiche::set_defaults(options);
  options.size = 768;
  options.brush_work = 0;
  return options;
}

void set_property(GObject *object, guint property, const GValue *value, GParamSpec *) {
  Stylize &operation = self(object);
  if (property == STYLE)
    operation.style = g_value_get_enum(value);
  else if (property == STYLE_FILE)
    *operation.style_file = g_value_get_string(value) ? g_value_get_string(value) : "";
  else
    std::visit(pastiche::Overloaded{
                   [&](const pastiche::NumberOption &kind) { operation.options.*kind.field = g_value_get_double(value); },
                   [&](const pastiche::IntegerOption &kind) { operation.options.*kind.field = g_value_get_int(value); },
                   [&](const pastiche::ChoiceOption &kind) { operation.options.*kind.field = g_value_get_enum(value); },
                   [](const pastiche::TextOption &) {},
               },
               option_of(property).kind);
}

void get_property(GObject *object, guint property, GValue *value, GParamSpec *) {
  const Stylize &operation = self(object);
  if (property == STYLE)
    g_value_set_enum(value, operation.style);
  else if (property == STYLE_FILE)
    g_value_set_string(value, operation.style_file->c_str());
  else
    std::visit(pastiche::Overloaded{
                   [&](const pastiche::NumberOption &kind) { g_value_set_double(value, operation.options.*kind.field); },
                   [&](const pastiche::IntegerOption &kind) { g_value_set_int(value, operation.options.*kind.field); },
                   [&](const pastiche::ChoiceOption &kind) { g_value_set_enum(value, operation.options.*kind.field); },
                   [](const pastiche::TextOption &) {},
               },
               option_of(property).kind);
}

// The input's extent; nothing where there is nothing to paint, or no end to it.
std::optional<GeglRectangle> extent_of(GeglOperation *operation) {
  const GeglRectangle *extent = gegl_operation_source_get_bounding_box(operation, "input");
  if (!extent || gegl_rectangle_is_empty(extent) || gegl_rectangle_is_infinite_plane(extent))
    return {};
  return *extent;
}

// Every pixel of the painting depends on all of the picture.
GeglRectangle whole(GeglOperation *operation, const GeglRectangle *part) { return extent_of(operation).value_or(*part); }
GeglRectangle whole_for_pad(GeglOperation *operation, const char *, const GeglRectangle *part) { return whole(operation, part); }

// The input stays as it is: no more of it than what is painted is converted. Of 8 bits 8 become, which is a quarter of the memory.
void prepare(GeglOperation *operation) {
  const Babl *input = gegl_operation_get_source_format(operation, "input");
  const bool has_alpha = !input || babl_format_has_alpha(input);
  const bool is_coarse = input && babl_format_get_type(input, 0) == babl_type("u8");
  gegl_operation_set_format(
      operation, "output",
      babl_format(is_coarse ? (has_alpha ? "R'G'B'A u8" : "R'G'B' u8") : (has_alpha ? "R'G'B'A float" : "R'G'B' float")));
}

// What went wrong with which style, for the user of GIMP; once, not for every place and every slider's position. While a path is being
// typed it is wrong until it is whole, which goes without saying.
void tell(const std::string &sentence, const std::string &style) {
  static std::mutex mutex;
  static std::string last, last_style;
  const std::scoped_lock lock(mutex);
  const bool is_typed = !last_style.empty() && style != last_style && (style.starts_with(last_style) || last_style.starts_with(style));
  if (!sentence.empty() && sentence != last && !is_typed)
    g_log("GEGL", G_LOG_LEVEL_MESSAGE, "Pastiche: %s", sentence.c_str());
  last = sentence;
  last_style = sentence.empty() ? "" : style;
}

operation::Settings settings_of(const Stylize &operation) {
  if (!operation.style_file->empty())
    return {*operation.style_file, operation.options};
  const auto &style = pastiche::gallery_styles()[static_cast<size_t>(operation.style)];
  const std::unique_ptr<char, decltype(&g_free)> path(g_filename_from_uri(style.uri.c_str(), nullptr, nullptr), g_free);
  return {path.get(), operation.options};
}

// Returns why it could not be done, or nothing.
std::string paint(GeglOperation *operation, GeglOperationContext *context, GeglBuffer *input, const GeglRectangle &extent,
                  const GeglRectangle &part) {
  try {
    const auto painting = operation::painting_of(input, extent, settings_of(self(operation)));
    operation::write_enlarged(*painting, extent, input, gegl_operation_context_get_target(context, "output"), part);
    return {};
  } catch (const std::bad_alloc &) {
    return _("There is not enough memory for this picture.");
  } catch (const std::exception &failure) {
    return pastiche::reason_of(failure);
  }
}

gboolean process(GeglOperation *operation, GeglOperationContext *context, const char *, const GeglRectangle *part, int) {
  GObject *input = gegl_operation_context_get_object(context, "input");
  if (!input)
    return FALSE;
  if (const auto extent = extent_of(operation); extent && self(operation).options.strength > 0) {
    const std::string fault = paint(operation, context, GEGL_BUFFER(input), *extent, *part);
    tell(fault, *self(operation).style_file);
    if (fault.empty())
      return TRUE;
  }
  gegl_operation_context_take_object(context, "output", G_OBJECT(g_object_ref(input)));
  return TRUE;
}

// A label without the letter that is its key: “Stren_gth”, “强度(_G)”.
std::string plain(std::string label) {
  const size_t key = label.find('_');
  if (key == std::string::npos)
    return label;
  const bool in_brackets = key > 0 && label[key - 1] == '(' && label.find(')', key) == key + 2;
  return in_brackets ? label.erase(key - 1, 4) : label.erase(key, 1);
}

GParamSpec *specification_of(const Option &option, const pastiche_options &standard, GParamFlags flags) {
  const std::string label = plain(_(option.label));
  const char *description = _(option.description);
  return std::visit(
      pastiche::Overloaded{
          [&](const pastiche::NumberOption &kind) {
            return g_param_spec_double(option.name, label.c_str(), description, kind.minimum, kind.maximum, standard.*kind.field, flags);
          },
          [&](const pastiche::IntegerOption &kind) {
            return g_param_spec_int(option.name, label.c_str(), description, kind.minimum, kind.maximum, standard.*kind.field, flags);
          },
          [&](const pastiche::ChoiceOption &kind) {
            return gegl_param_spec_enum(option.name, label.c_str(), description, color_type, standard.*kind.field, flags);
          },
          [&](const pastiche::TextOption &kind) {
            return g_param_spec_string(option.name, label.c_str(), description, kind.standard, flags);
          },
      },
      option.kind);
}

void finalize(GObject *object) {
  delete self(object).style_file;
  G_OBJECT_CLASS(stylize_parent_class)->finalize(object);
}

void stylize_class_init(StylizeClass *type) {
  auto *object = G_OBJECT_CLASS(type);
  object->set_property = set_property;
  object->get_property = get_property;
  object->finalize = finalize;

  auto *operation = GEGL_OPERATION_CLASS(type);
  operation->prepare = prepare;
  operation->process = process;
  operation->get_required_for_output = whole_for_pad;
  operation->get_invalidated_by_change = whole_for_pad;
  operation->get_cached_region = whole;
  operation->threaded = FALSE;
  operation->opencl_support = FALSE;

  const auto flags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_CONSTRUCT | GEGL_PARAM_PAD_INPUT);
  g_object_class_install_property(
      object, STYLE, gegl_param_spec_enum("style", _("Style"), _("A style picture that comes with Pastiche"), style_type, 0, flags));
  // Not a path for GEGL: GIMP 3.0 cannot tell scripts of such a property, and then of none of the operation's.
  g_object_class_install_property(
      object, STYLE_FILE,
      g_param_spec_string("style-file", _("Style file"),
                          _("The path of another style picture, which goes before the style that comes with Pastiche"), "", flags));
  for (guint i = 0; i < std::size(option_names); i++)
    g_object_class_install_property(object, FIRST_OPTION + i, specification_of(option_of(FIRST_OPTION + i), defaults(), flags));

  gegl_operation_class_set_keys(operation, "name", "pastiche:stylize", "title", _("Pastiche, live"), "categories", "artistic",
                                "description", _("Repaint the picture in the style of another one, at once and without optimisation"),
                                "gimp:menu-path", "<Image>/Filters/Artistic", "gimp:menu-label", _("Pastiche Li_ve..."), nullptr);
}

void stylize_class_finalize(StylizeClass *) {}

void stylize_init(Stylize *operation) {
  operation->style_file = new std::string;
  operation->options = defaults();
}

GType register_enumeration(GTypeModule *module, const char *name, std::vector<GEnumValue> values) {
  values.push_back({});
  static std::deque<std::vector<GEnumValue>> kept; // GObject does not copy them
  return g_type_module_register_enum(module, name, kept.emplace_back(std::move(values)).data());
}

void register_enumerations(GTypeModule *module) {
  std::vector<GEnumValue> styles, colors;
  for (const pastiche::GalleryStyle &style : pastiche::gallery_styles())
    styles.push_back({static_cast<int>(styles.size()), style.title.c_str(), style.id});
  for (const Option &option : pastiche::option_table())
    if (std::string_view(option.name) == "color")
      for (const pastiche::Choice &choice : std::get<pastiche::ChoiceOption>(option.kind).choices)
        colors.push_back({static_cast<int>(colors.size()), _(choice.label), choice.name});
  style_type = register_enumeration(module, "PasticheStyle", std::move(styles));
  color_type = register_enumeration(module, "PasticheColor", std::move(colors));
}

constexpr GeglModuleInfo module_info = {GEGL_MODULE_ABI_VERSION};

} // namespace

extern "C" {

G_MODULE_EXPORT const GeglModuleInfo *gegl_module_query(GTypeModule *) { return &module_info; }

G_MODULE_EXPORT gboolean gegl_module_register(GTypeModule *module) {
  pastiche::bind_translations();
  register_enumerations(module);
  stylize_register_type(module);
  return TRUE;
}
}
