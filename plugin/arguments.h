// SPDX-License-Identifier: GPL-3.0-or-later
// The option table (host/options.h) as arguments of a GIMP procedure.
#pragma once

#include <libgimp/gimp.h>

#include <list>
#include <string>

#include "host/options.h"

namespace plugin {

void add_option_arguments(GimpProcedure *procedure);

// The options of one call.
class Options {
public:
  explicit Options(GimpProcedureConfig *config);
  Options(const Options &) = delete;
  Options &operator=(const Options &) = delete;

  const pastiche_options &values() const { return values_; }
  pastiche_options &values() { return values_; } // for what is painted otherwise than asked for, as a part of the picture is

private:
  pastiche_options values_;
  std::list<std::string> texts_; // what the text fields of values_ point to
};

} // namespace plugin
