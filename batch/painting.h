// SPDX-License-Identifier: GPL-3.0-or-later
// A picture that is to be painted: what is read, how it is painted, and what is written.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/options.h"
#include "raster/crop.h"

namespace batch {

// One option with its value, as it is typed.
struct Argument {
  std::string name; // without dashes; "content" for CONTENT
  std::string value;

  bool operator==(const Argument &) const = default;
};

struct Style {
  std::string picture; // path
  double weight = 1;
  std::string mask;                 // path; empty: everywhere
  std::optional<raster::Crop> crop; // what is used of the picture; nothing: all but a plain border

  bool operator==(const Style &) const = default;
};

struct Painting {
  Painting() { pastiche::set_defaults(options); }

  std::string content, output; // paths, as the following; empty: none
  std::vector<Style> styles;
  std::string start_image, start_content, checkpoint, resume, report, losses, plot;
  std::vector<Argument> others; // that only the host knows
  pastiche_options options{};   // its texts point into `texts` or at a preset's
  std::shared_ptr<std::list<std::string>> texts = std::make_shared<std::list<std::string>>(); // only ever added to, so that copies share it
};

// Whether both make the same of a picture.
bool paint_alike(const Painting &one, const Painting &other);

// Sets what the arguments say. Of an option that is there twice the later one counts; a weight, a mask and a crop belong to the style
// before them.
// Throws UsageError.
void set(Painting &painting, const std::vector<Argument> &arguments);

// Whether a picture of a batch can have an argument of its own of this name.
bool is_of_a_picture(const std::string &name);

// Options that are the path of a file, and where it goes.
struct FileOption {
  const char *name;
  std::string Painting::*path;
};
std::span<const FileOption> file_options();

// Throws UsageError when a picture cannot be painted in these.
void check_styles(const std::vector<Style> &styles);

// Throws UsageError when the path is none; `what` is as it is typed: "--style".
void require_file(const std::string &path, const std::string &what);

// An option's value. Throws UsageError when it is out of bounds.
double number_within(const char *option, const std::string &text, double minimum, double maximum);

// The choices as they are typed: "adam, lbfgs".
std::string names_of(const pastiche::ChoiceOption &kind);

// The value that an option has, as it is typed: "0.5", "adam". Independent of the locale.
std::string value_of(const pastiche::Option &option, const pastiche_options &options);

} // namespace batch
