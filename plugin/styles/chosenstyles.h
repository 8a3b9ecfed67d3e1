// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimp.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "style.h"

namespace plugin {

// The style pictures that the arguments name, each read once and again whenever its arguments change.
class ChosenStyles {
public:
  // `changed` is called from the main loop when a picture was read.
  ChosenStyles(GimpProcedureConfig *config, std::function<void()> changed);
  ~ChosenStyles();
  ChosenStyles(const ChosenStyles &) = delete;
  ChosenStyles &operator=(const ChosenStyles &) = delete;

  // Of the style number `number`, from 1; null when it is not chosen or cannot be used.
  const Style *find(int number) const { return one(number).style ? &*one(number).style : nullptr; }
  // All of its picture in small, also when only a part of it is used, or was to be; null when it is not chosen or cannot be read.
  const Style *find_whole(int number) const { return one(number).whole ? &*one(number).whole : nullptr; }
  // Why it cannot be used; empty when it can be or is not chosen.
  const std::string &fault(int number) const { return one(number).fault; }

  // All of them with the shares and regions that the arguments say now. Throws CallError with the first fault.
  std::shared_ptr<const std::vector<Style>> all() const;

private:
  struct One {
    bool stale = true;
    std::optional<Style> style, whole;
    std::string fault;
  };
  const One &one(int number) const { return ones_[static_cast<size_t>(number - 1)]; }
  void read(One &one, int number);
  void notice(const char *argument);
  void read_later();
  void read();

  GimpProcedureConfig *config_;
  std::function<void()> changed_;
  std::array<One, most_styles> ones_;
  guint pending_ = 0;                                     // the source that will read
  mutable std::shared_ptr<const std::vector<Style>> all_; // with shares and regions that may be old
};

// Whether the arguments name a style of this number; there is always a first one.
bool is_chosen(GimpProcedureConfig *config, int number);

} // namespace plugin
