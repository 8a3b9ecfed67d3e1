// SPDX-License-Identifier: GPL-3.0-or-later
#include "page.h"

#include <glib.h>

#include <memory>
#include <regex>

#include "base/i18n.h"
#include "base/sentence.h"

namespace cli {
namespace {

using pastiche::sentence;

std::string escaped(const std::string &text) {
  const std::unique_ptr<char, decltype(&g_free)> markup(g_markup_escape_text(text.c_str(), -1), g_free);
  return markup.get();
}

// Of the texts; browsers choose fonts by it. Every translation says “Language: zh_CN” or the like in its header, which stands for the empty
// text.
std::string language() {
  static const std::regex field("(?:^|\n)Language: *([A-Za-z]+)(?:[_]([A-Za-z]+))?");
  std::cmatch found;
  if (!std::regex_search(dgettext(GETTEXT_PACKAGE, ""), found, field))
    return "en";
  return found[2].matched ? found.str(1) + "-" + found.str(2) : found.str(1);
}

std::string element(const char *tag, const std::string &text) { return sentence("<%s>%s</%s>\n", tag, escaped(text).c_str(), tag); }

} // namespace

Page::Page(const std::string &title)
    : html("<!DOCTYPE html>\n<html lang=\"" + language() + "\">\n<meta charset=\"utf-8\">\n" +
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" + element("title", title) + R"(<style>
body { max-width: 76em; margin: 2em auto; padding: 0 1em; font: 1em/1.5 sans-serif; color: #222; background: #fff }
div { display: flex; flex-wrap: wrap; gap: 1em; align-items: flex-start }
figure { margin: 0; flex: 1 1 18em; max-width: 38em }
figure:only-child { max-width: 60em }
figcaption { font-size: .9em; color: #555 }
img { max-width: 100% }
code { font-size: 1.1em }
</style>
)" + element("h1", title)) {}

void Page::heading(const std::string &text) { html += element("h2", text); }

void Page::subheading(const std::string &text) { html += element("h3", text); }

void Page::paragraph(const std::string &text) { html += element("p", text); }

void Page::formula(const std::string &text) {
  static const std::regex index("[_]([a-z]+)");
  html += "<p><code>" + std::regex_replace(escaped(text), index, "<sub>$1</sub>") + "</code>\n";
}

void Page::figures(const std::vector<Figure> &figures) {
  html += "<div>\n";
  for (const Figure &figure : figures)
    html +=
        sentence("<figure><img src=\"%s\" alt=\"\">", escaped(figure.file).c_str()) + element("figcaption", figure.caption) + "</figure>\n";
  html += "</div>\n";
}

std::string Page::finish() const { return html + "</html>\n"; }

} // namespace cli
