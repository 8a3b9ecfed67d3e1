// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/options.h"

#include <cmath>
#include <cstring>
#include <set>

#include <gtest/gtest.h>

using namespace pastiche;

TEST(Options, DefaultsAreWithinTheirRanges) {
  pastiche_options options;
  set_defaults(options);
  EXPECT_EQ(options.struct_size, sizeof options);
  EXPECT_STREQ(options.model, "compact");
  EXPECT_FALSE(find_fault(options).has_value());
}

TEST(Options, NamesAndMnemonicsAreTheirOwn) {
  // The dialog's own buttons, style chooser and expanders use these letters.
  std::set<char> mnemonics{'r', 'c', 'o', 'l', 's', 'f', 'y', 'a', 'x', 'z', 'i', 'q'};
  std::set<std::string> names;
  for (const Option &option : option_table()) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    const std::string label = option.label;
    const size_t mark = label.find('_');
    EXPECT_TRUE(mark != std::string::npos || option.expert()) << label; // there are more expert options than letters
    if (mark == std::string::npos)
      continue;
    EXPECT_TRUE(mnemonics.insert(static_cast<char>(std::tolower(label.at(mark + 1)))).second) << label;
  }
}

TEST(Options, WhatIsOutOfRangeIsNamed) {
  const auto fault = [](auto change) {
    pastiche_options options;
    set_defaults(options);
    change(options);
    return find_fault(options).value_or("");
  };
  EXPECT_NE(fault([](auto &o) { o.strength = 1.5; }).find("strength"), std::string::npos);
  EXPECT_NE(fault([](auto &o) { o.strength = std::nan(""); }).find("strength"), std::string::npos);
  EXPECT_NE(fault([](auto &o) { o.steps = -1; }).find("steps"), std::string::npos);
  EXPECT_NE(fault([](auto &o) { o.size = -1; }).find("size"), std::string::npos);
  EXPECT_NE(fault([](auto &o) { o.color = 5; }).find("color"), std::string::npos);
  EXPECT_NE(fault([](auto &o) { o.optimizer = -1; }).find("optimizer"), std::string::npos);
  EXPECT_NE(fault([](auto &o) { o.tv_weight = INFINITY; }).find("tv-weight"), std::string::npos);
  EXPECT_EQ(fault([](auto &o) { o.strength = 1; }), "");
}

TEST(Options, PresetsAreValidAndDifferFromTheDefaults) {
  std::set<std::string> names;
  for (const Preset &preset : presets()) {
    EXPECT_TRUE(names.insert(preset.name).second) << preset.name;
    pastiche_options options, defaults;
    set_defaults(options);
    set_defaults(defaults);
    preset.apply(options);
    EXPECT_EQ(find_fault(options).value_or(""), "") << preset.name;
    EXPECT_NE(std::memcmp(&options, &defaults, sizeof options), 0) << preset.name;
  }
  EXPECT_TRUE(names.contains("gatys"));
}

TEST(Options, AChoiceIsToldByItsName) {
  pastiche_options options;
  set_defaults(options);
  options.optimizer = PASTICHE_GRADIENT_DESCENT;
  options.color = PASTICHE_COLOR_CONTENT_HISTOGRAM;
  EXPECT_STREQ(choice_name("optimizer", options), "gradient-descent");
  EXPECT_STREQ(choice_name("color", options), "content-histogram");
}
