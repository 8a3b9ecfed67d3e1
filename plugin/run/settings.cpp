// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/checksum.h"
#include "base/i18n.h"
#include "plugin/callerror.h"
#include "plugin/layers/layers.h"

namespace plugin {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char *parasite_name = "pastiche-settings", *image_parasite_name = "pastiche-image";
constexpr const char *call_argument = "last-call", *told_parasite_name = "pastiche-told";

// Calls `work` with the GParamSpec of every argument but those that say what is painted, and what remember_call() keeps.
template <class Work> void for_every_argument(GimpProcedureConfig *config, const Work &work) {
  guint count;
  g_autofree GParamSpec **specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(config), &count);
  for (guint i = 0; i < count; ++i) {
    const std::string name = specs[i]->name;
    if (specs[i]->owner_type == G_OBJECT_TYPE(config) && name != "run-mode" && name != "image" && name != "drawables" &&
        name != call_argument)
      work(specs[i]);
  }
}

// A layer is found again by its tattoo, as long as it is in the same image.
Json drawable_as_json(GimpItem *drawable) {
  if (!gimp_item_is_valid(drawable))
    return nullptr;
  return {{"name", name_of(drawable)}, {"tattoo", gimp_item_get_tattoo(drawable)}};
}

// As long as GIMP runs it is found again by its number.
Json drawable_as_numbered(GimpItem *drawable) {
  if (!gimp_item_is_valid(drawable))
    return nullptr;
  return {{"name", name_of(drawable)},
          {"id", gimp_item_get_id(drawable)},
          {"image", gimp_image_get_id(gimp_item_get_image(drawable))},
          {"selection", GIMP_IS_SELECTION(drawable) != FALSE}};
}

Json value_as_json(GObject *config, const GParamSpec *spec, Json (*as_json)(GimpItem *)) {
  const char *name = spec->name;
  GValue value = G_VALUE_INIT;
  g_object_get_property(config, name, &value);
  Json json;
  if (G_VALUE_HOLDS_INT(&value))
    json = g_value_get_int(&value);
  else if (G_VALUE_HOLDS_DOUBLE(&value))
    json = g_value_get_double(&value);
  else if (G_VALUE_HOLDS_BOOLEAN(&value))
    json = static_cast<bool>(g_value_get_boolean(&value));
  else if (G_VALUE_HOLDS_STRING(&value)) {
    if (const char *text = g_value_get_string(&value))
      json = text;
  } else if (G_VALUE_HOLDS_OBJECT(&value)) {
    if (GObject *object = static_cast<GObject *>(g_value_get_object(&value)); GIMP_IS_ITEM(object))
      json = as_json(GIMP_ITEM(object));
    else if (G_IS_FILE(object)) {
      g_autofree char *uri = g_file_get_uri(G_FILE(object));
      json = uri;
    }
  }
  g_value_unset(&value);
  return json;
}

Json arguments_as_json(GimpProcedureConfig *config, Json (*as_json)(GimpItem *)) {
  Json arguments = Json::object();
  for_every_argument(config, [&](const GParamSpec *spec) {
    if (Json value = value_as_json(G_OBJECT(config), spec, as_json); !value.is_null())
      arguments[spec->name] = std::move(value);
  });
  return arguments;
}

GimpItem *find_drawable(const Json &json, GimpImage *image) {
  const auto tattoo = json.at("tattoo").get<guint>();
  GimpItem *found = GIMP_ITEM(gimp_image_get_layer_by_tattoo(image, tattoo));
  if (!found)
    found = GIMP_ITEM(gimp_image_get_channel_by_tattoo(image, tattoo));
  const auto name = json.at("name").get<std::string>();
  if (!found || name_of(found) != name)
    refuse_call(_("“%s”, which the painting was made with, is not in this image any more; choose everything anew with Pastiche."),
                name.c_str());
  return found;
}

// `find` tells the drawable that is meant, or null.
template <class Find> void set_value(GObject *config, const GParamSpec *spec, const Json &json, const Find &find) {
  const char *name = spec->name;
  if (g_type_is_a(spec->value_type, G_TYPE_FILE)) {
    g_autoptr(GFile) file = json.is_null() ? nullptr : g_file_new_for_uri(json.get<std::string>().c_str());
    g_object_set(config, name, file, nullptr);
  } else if (g_type_is_a(spec->value_type, GIMP_TYPE_ITEM))
    g_object_set(config, name, json.is_null() ? nullptr : find(json), nullptr);
  else if (spec->value_type == G_TYPE_INT)
    g_object_set(config, name, json.get<gint>(), nullptr);
  else if (spec->value_type == G_TYPE_DOUBLE)
    g_object_set(config, name, json.get<double>(), nullptr);
  else if (spec->value_type == G_TYPE_BOOLEAN)
    g_object_set(config, name, static_cast<gboolean>(json.get<bool>()), nullptr);
  else if (spec->value_type == G_TYPE_STRING)
    g_object_set(config, name, json.get<std::string>().c_str(), nullptr);
}

std::string as_text(const Json &json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string now() {
  g_autoptr(GDateTime) time = g_date_time_new_now_utc();
  g_autofree char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
  return text;
}

GimpParasite *make_parasite(const char *name, const std::string &text) {
  return gimp_parasite_new(name, GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE, static_cast<guint32>(text.size()), text.data());
}

// The text of the parasite, which is freed; empty: there is none.
std::string text_of(GimpParasite *parasite) {
  if (!parasite)
    return {};
  guint32 size;
  const void *data = gimp_parasite_get_data(parasite, &size);
  std::string text(static_cast<const char *>(data), size);
  gimp_parasite_free(parasite);
  return text;
}

std::string read_parasite(GimpItem *item) { return text_of(gimp_item_get_parasite(item, parasite_name)); }

// What tells the image from others, in which the same tattoos are other layers. Empty: it has got nothing yet.
std::string identity_of(GimpImage *image) { return text_of(gimp_image_get_parasite(image, image_parasite_name)); }

void attach_identity(GimpImage *image) {
  g_autofree char *identity = g_uuid_string_random();
  GimpParasite *parasite = make_parasite(image_parasite_name, identity);
  gimp_image_attach_parasite(image, parasite);
  gimp_parasite_free(parasite);
}

// Whether the argument is a drawable, and given.
bool names_drawable(GimpProcedureConfig *config, const GParamSpec *spec) {
  if (!g_type_is_a(spec->value_type, GIMP_TYPE_ITEM))
    return false;
  g_autoptr(GObject) drawable = nullptr;
  g_object_get(config, spec->name, &drawable, nullptr);
  return drawable != nullptr;
}

// A file's path, a drawable's number, "0.5", "new-layer".
std::string value_as_text(GObject *config, const char *name) {
  GValue value = G_VALUE_INIT;
  g_object_get_property(config, name, &value);
  std::string text;
  if (G_VALUE_HOLDS_DOUBLE(&value)) {
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    text = g_ascii_dtostr(digits, sizeof digits, g_value_get_double(&value));
  } else if (G_VALUE_HOLDS_STRING(&value)) {
    const char *held = g_value_get_string(&value);
    text = held ? held : "";
  } else if (G_VALUE_HOLDS_OBJECT(&value)) {
    if (GObject *object = static_cast<GObject *>(g_value_get_object(&value)); GIMP_IS_ITEM(object))
      text = std::to_string(gimp_item_get_id(GIMP_ITEM(object)));
    else if (G_IS_FILE(object)) {
      g_autofree char *path = g_file_get_path(G_FILE(object));
      text = path ? path : "";
    }
  }
  g_value_unset(&value);
  return text;
}

void set_text(GObject *config, const GParamSpec *spec, const std::string &text) {
  if (g_type_is_a(spec->value_type, G_TYPE_FILE)) {
    g_autoptr(GFile) file = g_file_new_for_path(text.c_str());
    g_object_set(config, spec->name, file, nullptr);
  } else if (g_type_is_a(spec->value_type, GIMP_TYPE_ITEM))
    g_object_set(config, spec->name, gimp_item_get_by_id(std::atoi(text.c_str())), nullptr);
  else if (spec->value_type == G_TYPE_DOUBLE)
    g_object_set(config, spec->name, g_ascii_strtod(text.c_str(), nullptr), nullptr);
  else if (spec->value_type == G_TYPE_STRING)
    g_object_set(config, spec->name, text.c_str(), nullptr);
}

} // namespace

std::string hash_of_model(const std::string &report) {
  const Json told = Json::parse(report, nullptr, false);
  const std::string path = told.is_object() ? told.value("model_file", "") : "";
  return path.empty() ? "" : pastiche::sha256_of_file(path);
}

std::string settings_as_json(GimpProcedureConfig *config, const std::vector<Style> &styles, const Painted &painted) {
  const Json told = Json::parse(painted.report, nullptr, false);
  Json json{{"pastiche", PASTICHE_VERSION}, {"date", now()}};
  for (const char *name : {"model", "device", "precision", "seconds"})
    if (told.is_object() && told.contains(name))
      json[name] = told[name];
  if (!painted.model_hash.empty())
    json["model_sha256"] = painted.model_hash;
  json["stopped"] = painted.stopped;
  json["styles"] = Json::array();
  for (const Style &style : styles) {
    json["styles"].push_back({{"name", style.name}, {"share", style.weight}});
    if (style.credit)
      json["styles"].back()["credit"] = museums::as_json(*style.credit);
  }
  json["arguments"] = arguments_as_json(config, drawable_as_json);
  return as_text(json);
}

void attach_settings(GimpItem *item, const std::string &json, GimpItem *source) {
  Json settings = Json::parse(json);
  if (source == item) { // painted over; it may have been painted from another before
    if (const Json before = Json::parse(read_parasite(item), nullptr, false); before.is_object() && before.contains("original"))
      settings["original"] = before["original"];
  } else if (gimp_item_is_valid(source)) {
    GimpImage *image = gimp_item_get_image(item);
    if (identity_of(image).empty())
      attach_identity(image);
    settings["original"] = drawable_as_json(source);
    settings["original"]["image"] = identity_of(image);
  }
  GimpParasite *parasite = make_parasite(parasite_name, as_text(settings));
  gimp_item_attach_parasite(item, parasite);
  gimp_parasite_free(parasite);
}

GimpDrawable *original_of(GimpItem *item) try {
  const std::string text = read_parasite(item);
  const Json settings = text.empty() ? Json::object() : Json::parse(text);
  const auto original = settings.find("original");
  GimpImage *image = gimp_item_get_image(item);
  if (original == settings.end() || original->at("image").get<std::string>() != identity_of(image))
    return nullptr;
  GimpDrawable *painting = GIMP_DRAWABLE(item);
  GimpDrawable *found = GIMP_DRAWABLE(gimp_image_get_layer_by_tattoo(image, original->at("tattoo").get<guint>()));
  const bool is_as_large = found && gimp_drawable_get_width(found) == gimp_drawable_get_width(painting) &&
                           gimp_drawable_get_height(found) == gimp_drawable_get_height(painting);
  return is_as_large && found != painting ? found : nullptr;
} catch (const Json::exception &) {
  return nullptr; // of another version
}

bool has_settings(GimpItem *item) { return gimp_item_is_valid(item) && !read_parasite(item).empty(); }

bool have_same_settings(GimpItem *a, GimpItem *b) {
  const auto arguments = [](GimpItem *item) {
    const Json settings = Json::parse(read_parasite(item), nullptr, false);
    return settings.is_object() ? settings.value("arguments", Json()) : settings;
  };
  return a == b || arguments(a) == arguments(b);
}

void repeat_settings(GimpItem *item, GimpProcedureConfig *config) {
  if (!gimp_item_is_valid(item))
    refuse_call(_("The layer with the settings does not exist any more; choose another one."));
  const std::string text = read_parasite(item);
  if (text.empty())
    refuse_call(_("“%s” was not painted by Pastiche, so that it has no settings to repeat; select a layer that was."),
                name_of(item).c_str());
  try {
    const Json json = Json::parse(text);
    const Json &arguments = json.at("arguments");
    for_every_argument(config, [&](const GParamSpec *spec) {
      const auto value = arguments.find(spec->name);
      if (value != arguments.end())
        set_value(G_OBJECT(config), spec, *value, [&](const Json &drawable) { return find_drawable(drawable, gimp_item_get_image(item)); });
    });
  } catch (const Json::exception &) {
    refuse_call(_("The settings that “%s” was painted with cannot be read; they may be from another version of Pastiche."),
                name_of(item).c_str());
  }
}

void add_call_argument(GimpProcedure *procedure) {
  gimp_procedure_add_string_aux_argument(procedure, call_argument, "Last call", "What the procedure was last called with", "",
                                         G_PARAM_READWRITE);
}

void remember_call(GimpProcedureConfig *own, GimpProcedureConfig *config, GimpImage *image) {
  const Json json{
      {"gimp", gimp_getpid()}, {"image", gimp_image_get_id(image)}, {"arguments", arguments_as_json(config, drawable_as_numbered)}};
  g_object_set(own, call_argument, json.dump(-1, ' ', false, Json::error_handler_t::replace).c_str(), nullptr);
  for_every_argument(own, [&](const GParamSpec *spec) {
    if (g_type_is_a(spec->value_type, GIMP_TYPE_ITEM))
      g_object_set(own, spec->name, nullptr, nullptr); // GIMP cannot keep it and would complain
  });
}

std::optional<std::string> recall_call(GimpProcedureConfig *own, GimpProcedureConfig *config, GimpImage *image) try {
  g_autofree char *text = nullptr;
  g_object_get(own, call_argument, &text, nullptr);
  if (!text || !*text)
    return {};
  const Json json = Json::parse(text);
  const int gimp = json.at("gimp").get<int>(), painted = json.at("image").get<int>();
  const Json &arguments = json.at("arguments");
  std::string gone;
  for_every_argument(config, [&](const GParamSpec *spec) {
    const auto value = arguments.find(spec->name);
    if (value == arguments.end() || names_drawable(config, spec))
      return;
    const bool is_region = g_str_has_prefix(spec->name, "style-region");
    set_value(G_OBJECT(config), spec, *value, [&](const Json &drawable) -> GimpItem * {
      const bool is_of_painted = is_region && drawable.at("image").get<int>() == painted;
      if (is_of_painted && drawable.at("selection").get<bool>())
        return GIMP_ITEM(gimp_image_get_selection(image));
      GimpItem *item = gimp == gimp_getpid() ? gimp_item_get_by_id(drawable.at("id").get<int>()) : nullptr;
      if (item && gimp_item_is_valid(item) && (!is_of_painted || gimp_item_get_image(item) == image))
        return item;
      gone = drawable.at("name").get<std::string>();
      return nullptr;
    });
  });
  return gone;
} catch (const Json::exception &) {
  return {}; // of another version
}

bool is_first_time(GimpProcedureConfig *own) {
  g_autofree char *call = nullptr;
  g_object_get(own, call_argument, &call, nullptr);
  const std::string told = pastiche::sha256(std::as_bytes(std::span(std::string_view(call ? call : ""))));
  if (text_of(gimp_get_parasite(told_parasite_name)) == told)
    return false;
  GimpParasite *parasite = gimp_parasite_new(told_parasite_name, GIMP_PARASITE_PERSISTENT, static_cast<guint32>(told.size()), told.data());
  gimp_attach_parasite(parasite);
  gimp_parasite_free(parasite);
  return true;
}

std::vector<batch::Argument> others_in(GimpProcedureConfig *config, GimpProcedureConfig *plain) {
  std::vector<batch::Argument> others;
  for_every_argument(plain, [&](const GParamSpec *spec) {
    if (std::ranges::find(pastiche::option_table(), std::string_view(spec->name), &pastiche::Option::name) !=
        pastiche::option_table().end())
      return;
    if (!g_object_class_find_property(G_OBJECT_GET_CLASS(config), spec->name))
      return; // files have no originals beside them
    if (const std::string text = value_as_text(G_OBJECT(config), spec->name); text != value_as_text(G_OBJECT(plain), spec->name))
      others.push_back({spec->name, text});
  });
  return others;
}

void set_arguments(GimpProcedureConfig *config, const pastiche_options &options, const std::vector<batch::Argument> &others) {
  for (const pastiche::Option &option : pastiche::option_table())
    std::visit(pastiche::Overloaded{
                   [&](const pastiche::ChoiceOption &) {
                     g_object_set(config, option.name, pastiche::choice_name(option.name, options), nullptr);
                   },
                   [&](const auto &kind) { g_object_set(config, option.name, options.*kind.field, nullptr); },
               },
               option.kind);
  for (const auto &[name, value] : others)
    if (const GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(config), name.c_str()))
      set_text(G_OBJECT(config), spec, value);
}

} // namespace plugin
