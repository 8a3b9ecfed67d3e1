// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib.h>

#include <cstdio>

#include <nlohmann/json.hpp>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "cli/help/optionentries.h"
#include "commands.h"
#include "museums/credit.h"
#include "xcf.h"

namespace cli {
namespace {

using Json = nlohmann::ordered_json;
using pastiche::Failure;
using pastiche::printable;
using pastiche::sentence;
using pastiche::shown;

constexpr int deepest = 8;

std::string shown(const Json &value) { return printable(value.is_string() ? value.get<std::string>() : value.dump()); }

struct Painted {
  std::string layer;
  Json settings;
  std::vector<museums::Credit> credits; // of its styles, where they were fetched from museums
};

// A style is a file where one is set, and the first one only where it is to be.
std::vector<museums::Credit> credits_of(const Json &settings) {
  std::vector<museums::Credit> credits;
  const Json arguments = settings.value("arguments", Json::object());
  for (const char *name : {"style-file", "style-file-2", "style-file-3", "style-file-4"}) {
    const Json uri = arguments.is_object() ? arguments.value(name, Json()) : Json();
    if (!uri.is_string() || (name == std::string_view("style-file") && arguments.value("style-source", Json()) == "drawable"))
      continue;
    g_autofree char *path = g_filename_from_uri(uri.get<std::string>().c_str(), nullptr, nullptr);
    if (const auto credit = museums::credit_of(path ? path : ""))
      credits.push_back(*credit);
  }
  return credits;
}

std::vector<Painted> find_painted(const std::string &path) {
  std::vector<Painted> painted;
  for (const Attachment &attachment : layer_parasites(path, "pastiche-settings")) {
    // What is nested deeper than ours is left out; printing it would go as deep.
    Json settings = Json::parse(attachment.data, [](int depth, Json::parse_event_t, const Json &) { return depth <= deepest; }, false);
    if (!settings.is_object())
      throw Failure(sentence(_("The settings that “%s” was painted with cannot be read; they may be from another version of Pastiche."),
                             printable(attachment.layer).c_str()));
    std::vector<museums::Credit> credits = credits_of(settings);
    painted.push_back({attachment.layer, std::move(settings), std::move(credits)});
  }
  if (painted.empty())
    throw Failure(sentence(_("No layer of “%s” was painted by Pastiche."), pastiche::shown(path).c_str()));
  return painted;
}

void print_json(const std::vector<Painted> &all) {
  Json layers = Json::array();
  for (const Painted &painted : all) {
    Json credits = Json::array();
    for (const museums::Credit &credit : painted.credits)
      credits.push_back(museums::as_json(credit));
    layers.push_back({{"name", painted.layer}, {"settings", painted.settings}, {"credits", credits}});
  }
  std::printf("%s\n", Json{{"layers", layers}}.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

// Names and values are those of the file, so they are not translated. Lists are counted from 1: "styles 1 name".
void print_settings(const Json &settings, const std::string &prefix) {
  size_t number = 0;
  for (const auto &[key, value] : settings.items()) {
    const std::string name = prefix + (settings.is_array() ? std::to_string(++number) : printable(key));
    if (value.is_structured())
      print_settings(value, name == "arguments" ? "" : name + " ");
    else
      std::printf("  %s: %s\n", name.c_str(), shown(value).c_str());
  }
}

HelpPage page() {
  return {.command = "info",
          .usage = _("Usage: pastiche info FILE.xcf [--json]"),
          .blocks = {
              Paragraph{_("Tells how the layers of a file that GIMP saved were painted by Pastiche: the version, the date, the model and "
                          "its SHA-256, the styles, and every argument of the filter with its value.")},
              Entry{"FILE.xcf", _("The file that GIMP saved."), files()},
              Entry{"--json", _("Prints one JSON object instead of lines.")},
              help_entry(),
          }};
}

std::vector<Form> forms() { return {{"--json", false}}; }

int run(const Typed &typed) {
  const std::vector<Painted> all = find_painted(typed.words.front());
  if (typed.has("json")) {
    print_json(all);
    return 0;
  }
  for (const Painted &painted : all) {
    std::printf(_("The layer “%s” was painted with:\n"), printable(painted.layer).c_str());
    print_settings(painted.settings, "");
    for (const museums::Credit &credit : painted.credits)
      std::printf("  credit: %s, %s\n", credit_line(credit).c_str(), credit.address.c_str());
  }
  return 0;
}

} // namespace

const Command info_command{
    .name = "info",
    .summary = N_("Tells how the layers of a GIMP file were painted; see “pastiche info --help”."),
    .page = page,
    .usage = {.words = Usage::Words::one, .word = "FILE", .needed = true, .forms = forms, .run = run},
};

} // namespace cli
