// SPDX-License-Identifier: GPL-3.0-or-later
// A page of pictures with captions, as HTML that needs nothing but its pictures. All texts are plain and are escaped.
#pragma once

#include <string>
#include <vector>

namespace cli {

struct Figure {
  std::string file; // beside the page
  std::string caption;
};

class Page {
public:
  explicit Page(const std::string &title);

  void heading(const std::string &text);
  void subheading(const std::string &text);
  void paragraph(const std::string &text);
  void formula(const std::string &text);            // what follows a “_” is set lower
  void figures(const std::vector<Figure> &figures); // side by side

  std::string finish() const;

private:
  std::string html;
};

} // namespace cli
