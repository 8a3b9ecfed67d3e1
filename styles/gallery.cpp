// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery.h"

#include <glib.h>

#include <filesystem>

#include "base/i18n.h"
#include "base/ownfile.h"

namespace pastiche {
namespace {

// The list of styles/gallery.json anew, as xgettext cannot read that one; a test compares them. GIMP keeps the style of a live filter in
// XCF files as its place here, so a new one goes to the end.
constexpr struct {
  const char *id, *title, *category;
} gallery[] = {
    {"oil", N_("Oil in long strokes"), N_("Oil and body colour")},
    {"knife", N_("Palette knife"), N_("Oil and body colour")},
    {"night", N_("Night in swirling oil"), N_("Oil and body colour")},
    {"pointillism", N_("Pointillism"), N_("Oil and body colour")},
    {"gouache", N_("Gouache"), N_("Oil and body colour")},
    {"flowers", N_("Watercolour flowers"), N_("Watercolour")},
    {"hills", N_("Watercolour hills"), N_("Watercolour")},
    {"pastel", N_("Pastel"), N_("Dry media")},
    {"charcoal", N_("Charcoal"), N_("Dry media")},
    {"pencil", N_("Pencil hatching"), N_("Dry media")},
    {"pen", N_("Pen and ink"), N_("Ink and print")},
    {"engraving", N_("Copper engraving"), N_("Ink and print")},
    {"woodcut", N_("Woodcut"), N_("Ink and print")},
    {"linocut", N_("Linocut in two colours"), N_("Ink and print")},
    {"risograph", N_("Risograph"), N_("Ink and print")},
    {"mosaic", N_("Mosaic"), N_("Craft")},
    {"glass", N_("Stained glass"), N_("Craft")},
    {"batik", N_("Batik"), N_("Craft")},
    {"embroidery", N_("Embroidery"), N_("Craft")},
    {"marbling", N_("Marbled paper"), N_("Craft")},
};

} // namespace

const std::vector<GalleryStyle> &gallery_styles() {
  static const std::vector<GalleryStyle> styles = [] {
    const std::filesystem::path here = pastiche::own_data("styles/gallery.json", "styles/gallery.json").parent_path();
    std::vector<GalleryStyle> found;
    for (const auto &[id, title, category] : gallery) {
      g_autofree char *uri = g_filename_to_uri((here / (std::string(id) + ".jpg")).c_str(), nullptr, nullptr);
      found.push_back({.id = id, .uri = uri, .title = _(title), .category = _(category)});
    }
    return found;
  }();
  return styles;
}

} // namespace pastiche
