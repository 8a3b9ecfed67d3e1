// SPDX-License-Identifier: GPL-3.0-or-later
#include "ownpresets.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string_view>

#include "base/checksum.h"
#include "base/datafolder.h"
#include "base/failure.h"
#include "base/sentence.h"
#include "host/options.h"
#include "museums/credit.h"
#include "plugin/layers/layers.h"
#include "plugin/styles/style.h"
#include "raster/crop.h"
#include "styles/gallery.h"

namespace plugin {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using pastiche::Failure;
using pastiche::Option;
using pastiche::sentence;
using pastiche::shown;

constexpr const char *format = "pastiche-preset";

// Whether it says how to paint, not with what.
bool is_kept(const Option &option) { return option.group != pastiche::Group::computer; }

fs::path folder() { return fs::path(gimp_directory()) / "pastiche-presets"; }

// Names have letters that names of files cannot have everywhere, and may be longer.
fs::path path_of(const std::string &name) { return folder() / (pastiche::sha256(std::as_bytes(std::span(name))) + ".json"); }

std::string encode(const std::string &bytes) {
  g_autofree char *text = g_base64_encode(reinterpret_cast<const guchar *>(bytes.data()), bytes.size());
  return text;
}

std::string decode(const std::string &text) {
  gsize size;
  g_autofree guchar *bytes = g_base64_decode(text.c_str(), &size);
  return {reinterpret_cast<const char *>(bytes), size};
}

std::string read_bytes(const fs::path &path) {
  g_autofree char *bytes = nullptr;
  g_autoptr(GError) error = nullptr;
  gsize size;
  if (!g_file_get_contents(path.c_str(), &bytes, &size, &error))
    throw Failure(sentence(_("“%s” cannot be read (%s)."), shown(path).c_str(), error->message));
  return {bytes, size};
}

// Whole or not at all.
void write_bytes(const fs::path &path, const std::string &bytes) {
  g_autoptr(GError) error = nullptr;
  g_mkdir_with_parents(path.parent_path().c_str(), 0700);
  if (!g_file_set_contents(path.c_str(), bytes.data(), static_cast<gssize>(bytes.size()), &error))
    throw Failure(sentence(_("“%s” cannot be written (%s)."), shown(path).c_str(), error->message));
}

json value_of(GimpProcedureConfig *config, const Option &option) {
  const auto get = [&](auto value) {
    g_object_get(config, option.name, &value, nullptr);
    return value;
  };
  return std::visit(pastiche::Overloaded{
                        [&](const pastiche::IntegerOption &) { return json(get(gint())); },
                        [&](const pastiche::NumberOption &) { return json(get(double())); },
                        [&](const auto &) { // a choice's name, or a text
                          g_autofree char *text = get(static_cast<char *>(nullptr));
                          return json(text ? text : "");
                        },
                    },
                    option.kind);
}

void set_value(GimpProcedureConfig *config, const Option &option, const json &value) {
  std::visit(pastiche::Overloaded{
                 [&](const pastiche::IntegerOption &) { g_object_set(config, option.name, value.get<gint>(), nullptr); },
                 [&](const pastiche::NumberOption &) { g_object_set(config, option.name, value.get<double>(), nullptr); },
                 [&](const auto &) { g_object_set(config, option.name, value.get_ref<const std::string &>().c_str(), nullptr); },
             },
             option.kind);
}

bool is_possible(const Option &option, const json &value) {
  return std::visit(
      pastiche::Overloaded{
          [&](const pastiche::ChoiceOption &kind) {
            return value.is_string() && std::ranges::any_of(kind.choices, [&](const auto &each) { return value == each.name; });
          },
          [&](const pastiche::TextOption &) { return value.is_string(); },
          [&](const pastiche::IntegerOption &kind) { return value.is_number_integer() && value >= kind.minimum && value <= kind.maximum; },
          [&](const pastiche::NumberOption &kind) { return value.is_number() && value >= kind.minimum && value <= kind.maximum; },
      },
      option.kind);
}

json standard_value(const Option &option) {
  return std::visit(pastiche::Overloaded{
                        [](const pastiche::ChoiceOption &kind) { return json(kind.choices[static_cast<size_t>(kind.standard)].name); },
                        [](const auto &kind) { return json(kind.standard); },
                    },
                    option.kind);
}

// What of a style argument is set; a file counts before a drawable.
struct Chosen {
  std::string uri;
  GimpDrawable *drawable = nullptr, *region = nullptr; // libgimp keeps them
  double share = 1;
  std::string crop;
};

Chosen read_style(GimpProcedureConfig *config, int number) {
  Chosen chosen;
  g_autoptr(GFile) file = nullptr;
  g_autoptr(GObject) drawable = nullptr;
  g_autoptr(GObject) region = nullptr;
  g_autofree char *crop = nullptr;
  g_object_get(config, style_argument("style-file", number).c_str(), &file, style_argument("style-drawable", number).c_str(), &drawable,
               style_argument("style-region", number).c_str(), &region, style_argument("style-share", number).c_str(), &chosen.share,
               style_argument("style-crop", number).c_str(), &crop, nullptr);
  chosen.crop = crop && raster::crop_in(crop) ? crop : "";
  g_autofree char *source = nullptr;
  g_object_get(config, "style-source", &source, nullptr);
  const bool from_file = number > 1 ? file != nullptr : g_str_equal(source, "file") != FALSE;
  if (from_file && file) {
    g_autofree char *uri = g_file_get_uri(file);
    chosen.uri = uri;
  } else if (!from_file && drawable) {
    chosen.drawable = GIMP_DRAWABLE(drawable);
  }
  if (region)
    chosen.region = GIMP_DRAWABLE(region);
  return chosen;
}

json as_json(const OwnPreset &preset) {
  json all{{"format", format}, {"version", 1}, {"name", preset.name}, {"options", preset.options}, {"styles", json::array()}};
  for (const OwnPreset::Style &style : preset.styles) {
    all["styles"].push_back({{"uri", style.uri}, {"share", style.share}});
    if (!style.crop.empty())
      all["styles"].back()["crop"] = style.crop;
  }
  if (!preset.thumbnail.empty())
    all["thumbnail"] = encode(preset.thumbnail);
  return all;
}

// A picture that came with a preset: one that is there already, or a new file in the folder for styles.
std::string keep_picture(const json &picture) {
  const std::string bytes = decode(picture.at("data").get<std::string>());
  const fs::path name = fs::path(picture.at("name").get<std::string>()).filename();
  if (name.empty() || name.native().starts_with("."))
    throw Failure(_("A style picture of the preset has no name."));
  const auto is_it = [&](const char *path) {
    g_autofree char *there = nullptr;
    gsize size;
    return g_file_get_contents(path, &there, &size, nullptr) && std::string_view(there, size) == bytes;
  };
  for (const pastiche::GalleryStyle &style : pastiche::gallery_styles())
    if (g_autofree char *path = g_filename_from_uri(style.uri.c_str(), nullptr, nullptr); path && is_it(path))
      return style.uri;
  fs::path path = pastiche::styles_folder() / name;
  for (int number = 2; fs::exists(path) && !is_it(path.c_str()); ++number)
    path = pastiche::styles_folder() / (name.stem().string() + "-" + std::to_string(number) + name.extension().string());
  if (!fs::exists(path)) {
    write_bytes(path, bytes);
    if (const auto credit = picture.find("credit"); credit != picture.end())
      write_bytes(museums::credit_file(path), credit->dump(2) + "\n");
  }
  g_autofree char *uri = g_filename_to_uri(path.c_str(), nullptr, nullptr);
  return uri;
}

// Throws Failure also for what is no preset.
OwnPreset read_preset(const fs::path &path) {
  const Failure damaged(sentence(_("“%s” is no preset of Pastiche, or it is damaged."), shown(path).c_str()));
  try {
    const json all = json::parse(read_bytes(path));
    OwnPreset preset{.name = all.at("name"), .options = json::object(), .styles = {}, .thumbnail = decode(all.value("thumbnail", ""))};
    if (all.at("format") != format || preset.name.empty())
      throw damaged;
    for (const Option &option : pastiche::option_table())
      if (is_kept(option)) {
        const json value = all.at("options").value(option.name, standard_value(option));
        if (!is_possible(option, value))
          throw damaged;
        preset.options[option.name] = value;
      }
    for (const json &style : all.at("styles")) {
      const double share = style.at("share");
      const std::string crop = style.value("crop", "");
      if (share < 0 || share > 1 || (!crop.empty() && !raster::crop_in(crop)) || preset.styles.size() == most_styles)
        throw damaged;
      preset.styles.push_back(
          {style.contains("picture") ? keep_picture(style["picture"]) : style.at("uri").get<std::string>(), share, crop});
    }
    return preset;
  } catch (const json::exception &) {
    throw damaged;
  }
}

} // namespace

std::vector<OwnPreset> read_own_presets(std::vector<std::string> &unreadable) {
  std::vector<OwnPreset> presets;
  std::error_code ignored;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder(), ignored))
    if (entry.path().extension() == ".json")
      try {
        presets.push_back(read_preset(entry.path()));
      } catch (const Failure &) {
        unreadable.push_back(shown(entry.path()));
      }
  std::ranges::sort(presets, [](const OwnPreset &a, const OwnPreset &b) { return g_utf8_collate(a.name.c_str(), b.name.c_str()) < 0; });
  return presets;
}

OwnPreset make_own_preset(GimpProcedureConfig *config, const std::string &name, const std::string &thumbnail) {
  OwnPreset preset{.name = name, .options = json::object(), .styles = {}, .thumbnail = thumbnail};
  for (const Option &option : pastiche::option_table())
    if (is_kept(option))
      preset.options[option.name] = value_of(config, option);
  for (int number = 1; number <= most_styles; ++number)
    if (const Chosen style = read_style(config, number); !style.uri.empty())
      preset.styles.push_back({style.uri, style.share, style.crop});
  return preset;
}

std::vector<std::string> tell_what_is_not_kept(GimpProcedureConfig *config) {
  std::vector<std::string> sentences;
  const auto name = [](GimpDrawable *drawable) {
    return gimp_item_is_valid(GIMP_ITEM(drawable)) ? name_of(GIMP_ITEM(drawable)) : std::string("?");
  };
  for (int number = 1; number <= most_styles; ++number) {
    const Chosen style = read_style(config, number);
    if (style.drawable)
      sentences.push_back(sentence(_("The style “%s” is part of an open image and is not kept; save it as a file to keep it."),
                                   name(style.drawable).c_str()));
    if (style.region)
      sentences.push_back(
          sentence(_("“%s”, which says where a style is painted, is part of this image and is not kept."), name(style.region).c_str()));
  }
  return sentences;
}

void write_own_preset(const OwnPreset &preset) {
  write_bytes(path_of(preset.name), as_json(preset).dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

void remove_own_preset(const OwnPreset &preset) {
  std::error_code error;
  if (const fs::path path = path_of(preset.name); !fs::remove(path, error) && error)
    throw Failure(sentence(_("“%s” cannot be removed (%s)."), shown(path).c_str(), error.message().c_str()));
}

void export_own_preset(const OwnPreset &preset, const std::string &path) {
  json all = as_json(preset);
  for (json &style : all["styles"]) {
    g_autoptr(GFile) file = g_file_new_for_uri(style["uri"].get_ref<const std::string &>().c_str());
    g_autofree char *own = g_file_get_path(file);
    g_autofree char *name = g_file_get_parse_name(file);
    if (!own)
      throw Failure(sentence(_("The style picture “%s” does not exist; choose another file."), name));
    style.erase("uri");
    style["picture"] = {{"name", shown(fs::path(own).filename())}, {"data", encode(read_bytes(own))}};
    if (const auto credit = museums::credit_of(own))
      style["picture"]["credit"] = museums::as_json(*credit);
  }
  write_bytes(path, all.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

OwnPreset import_own_preset(const std::string &path) {
  OwnPreset preset = read_preset(path);
  const std::string name = preset.name;
  for (int number = 2; fs::exists(path_of(preset.name)); ++number)
    preset.name = name + " " + std::to_string(number);
  write_own_preset(preset);
  return preset;
}

bool is_in_force(const OwnPreset &preset, GimpProcedureConfig *config) {
  const OwnPreset now = make_own_preset(config, {}, {});
  return preset.options == now.options && (preset.styles.empty() || preset.styles == now.styles);
}

std::vector<std::string> put_in_force(const OwnPreset &preset, GimpProcedureConfig *config) {
  std::vector<std::string> missing;
  std::vector<std::pair<GFile *, OwnPreset::Style>> there;
  for (const OwnPreset::Style &style : preset.styles) {
    GFile *file = g_file_new_for_uri(style.uri.c_str());
    if (g_file_query_exists(file, nullptr)) {
      there.emplace_back(file, style);
      continue;
    }
    g_autofree char *name = g_file_get_parse_name(file);
    missing.emplace_back(name);
    g_object_unref(file);
  }
  g_object_freeze_notify(G_OBJECT(config));
  for (const Option &option : pastiche::option_table())
    if (is_kept(option))
      set_value(config, option, preset.options.at(option.name));
  for (size_t i = 0; !there.empty() && i < most_styles; ++i) {
    const int number = static_cast<int>(i + 1);
    const bool used = i < there.size();
    g_object_set(config, style_argument("style-file", number).c_str(), used ? there[i].first : nullptr,
                 style_argument("style-drawable", number).c_str(), nullptr, style_argument("style-share", number).c_str(),
                 used ? there[i].second.share : 1.0, style_argument("style-crop", number).c_str(), used ? there[i].second.crop.c_str() : "",
                 nullptr);
    if (!used)
      g_object_set(config, style_argument("style-region", number).c_str(), nullptr, nullptr);
  }
  if (!there.empty())
    g_object_set(config, "style-source", "file", nullptr);
  g_object_thaw_notify(G_OBJECT(config));
  for (const auto &style : there)
    g_object_unref(style.first);
  return missing;
}

} // namespace plugin
