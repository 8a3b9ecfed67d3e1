// SPDX-License-Identifier: GPL-3.0-or-later
// The one table of what a user may set: name, meaning, range and default of every option. The dialog, the GIMP
// procedure, the command line and the core's validation are all made from it. Does not need LibTorch.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "core/pastiche.h"

namespace pastiche {

struct Choice {
  const char *name;  // what scripts write: "lbfgs"
  const char *label; // what people read; untranslated, pass through gettext
};

struct IntegerOption {
  int32_t pastiche_options::*field;
  int32_t minimum, maximum, standard; // `standard` is the default
};
struct NumberOption {
  double pastiche_options::*field;
  double minimum, maximum, standard;
};
struct ChoiceOption {
  int32_t pastiche_options::*field; // index into choices
  std::span<const Choice> choices;
  int32_t standard;
};
struct TextOption {
  const char *pastiche_options::*field;
  const char *standard;
};

// Where people look for it: on the first page of a dialog, or among what experts set.
enum class Group { first_page, network, weights, way_of_painting, computer };

// What its value is beside what its type says, for hosts that have a control or a word for that.
enum class Meaning { plain, side, memory, layers, model }; // side: pixels of the painting's longest side

struct Option {
  const char *name;        // "style-scale": the command line's --style-scale, Script-Fu's #:style-scale
  const char *label;       // with mnemonic, for the dialog; untranslated
  const char *description; // what it does to the picture; untranslated
  Group group;
  std::variant<IntegerOption, NumberOption, ChoiceOption, TextOption> kind;
  Meaning meaning = Meaning::plain;

  bool expert() const { return group != Group::first_page; }
};

// A visitor of `kind` made of lambdas.
template <class... F> struct Overloaded : F... {
  using F::operator()...;
};

std::span<const Option> option_table();

// A set of options under a name. Those that it does not speak of stay as they are.
struct Preset {
  const char *name;        // what scripts write: "quick"
  const char *description; // untranslated
  void (*apply)(pastiche_options &options);
};

std::span<const Preset> presets();

// Sets every field to the table's default.
void set_defaults(pastiche_options &options);

// What scripts write for the choice that an option of this name has: "lbfgs".
const char *choice_name(const char *option, const pastiche_options &options);

// The first thing that is wrong with the options as a translated sentence, or nothing.
std::optional<std::string> find_fault(const pastiche_options &options);

} // namespace pastiche
