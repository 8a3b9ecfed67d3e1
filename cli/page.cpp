// SPDX-License-Identifier: GPL-3.0-or-later
#include "page.h"

#include <glib.h>

#include <memory>

#include "raster/sentence.h"

namespace cli {
namespace {

using raster::sentence;

std::string escaped(const std::string &text) {
  const std::unique_ptr<char, decltype(&g_free)> markup(g_markup_escape_text(text.c_str(), -1), g_free);
  return markup.get();
}

std::string element(const char *tag, const std::string &text) { return sentence("<%s>%s</%s>\n", tag, escaped(text).c_str(), tag); }

} // namespace

Page::Page(const std::string &title)
    : html("<!DOCTYPE html>\n<html>\n<meta charset=\"utf-8\">\n" + element("title", title) + R"(<style>
body { max-width: 76em; margin: 2em auto; padding: 0 1em; font: 1em/1.5 sans-serif; color: #222; background: #fff }
div { display: flex; flex-wrap: wrap; gap: 1em; align-items: flex-start }
figure { margin: 0; flex: 1 1 18em; max-width: 38em }
figcaption { font-size: .9em; color: #555 }
img { max-width: 100% }
code { font-size: 1.1em }
</style>
)" + element("h1", title)) {}

void Page::heading(const std::string &text) { html += element("h2", text); }

void Page::subheading(const std::string &text) { html += element("h3", text); }

void Page::paragraph(const std::string &text) { html += element("p", text); }

void Page::formula(const std::string &text) { html += "<p>" + element("code", text); }

void Page::figures(const std::vector<Figure> &figures) {
  html += "<div>\n";
  for (const Figure &figure : figures)
    html +=
        sentence("<figure><img src=\"%s\" alt=\"\">", escaped(figure.file).c_str()) + element("figcaption", figure.caption) + "</figure>\n";
  html += "</div>\n";
}

std::string Page::finish() const { return html + "</html>\n"; }

} // namespace cli
