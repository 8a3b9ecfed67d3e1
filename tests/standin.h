// SPDX-License-Identifier: GPL-3.0-or-later
// What all cores have in common that stand in for libpastiche-core.so in the tests: everything but painting and estimating.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "core/pastiche.h"

struct pastiche_result {
  int32_t width, height;
  std::vector<float> rgba;
  std::string report;
};

int pastiche_abi(void) { return PASTICHE_ABI; }

const char *pastiche_version(void) { return "test"; }

// A machine made up by the test.
const char *pastiche_about(void) {
  const char *text = std::getenv("PASTICHE_TEST_ABOUT");
  return text ? text : "{}";
}

void pastiche_options_init(pastiche_options *) {}

pastiche_image pastiche_result_image(const pastiche_result *result) { return {result->width, result->height, result->rgba.data()}; }

const char *pastiche_result_report(const pastiche_result *result) { return result->report.c_str(); }

void pastiche_result_free(pastiche_result *result) { delete result; }
