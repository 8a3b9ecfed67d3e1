// SPDX-License-Identifier: GPL-3.0-or-later
// What all cores have in common that stand in for libpastiche-core.so in the tests: everything but painting and
// estimating. What they see in every picture is the same, and can be worked out by hand.
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

// Of 2 × 1 pixels: the left one from a quarter across and half down, the right one not painted.
pastiche_image pastiche_result_places(const pastiche_result *) {
  static const float places[] = {0.25, 0.5, 0, 1, 0, 0, 0, 0};
  return {2, 1, places};
}

const char *pastiche_result_report(const pastiche_result *result) { return result->report.c_str(); }

void pastiche_result_free(pastiche_result *result) { delete result; }

// Two layers: at "relu1_1" two maps of 4 × 2, the second of which has twice the first's values, 0 to 7; at "relu2_1" one of 1 × 1.
namespace standin {
inline const float maps[] = {0, 1, 2, 3, 4, 5, 6, 7, 0, 2, 4, 6, 8, 10, 12, 14};
inline const float gram[] = {17.5, 35, 35, 70}; // 140 / 8 and so on
inline const float deep[] = {3}, deep_gram[] = {9};
inline const pastiche_layer layers[] = {
    {"relu1_1", 0, 1, 2, 4, 2, maps, 2, gram},
    {"relu2_1", 1, 0, 1, 1, 1, deep, 1, deep_gram},
};
} // namespace standin

pastiche_status pastiche_extract_features(const pastiche_job *job, pastiche_picture picture, pastiche_features **features,
                                          pastiche_error *) {
  const pastiche_image &image = picture == PASTICHE_START ? *job->start : picture == PASTICHE_CONTENT ? job->content : job->styles[0].image;
  *features = new pastiche_features{sizeof(pastiche_features), 2, standin::layers, image};
  return PASTICHE_DONE;
}

void pastiche_features_free(pastiche_features *features) { delete features; }
