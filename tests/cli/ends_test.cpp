// SPDX-License-Identifier: GPL-3.0-or-later
// Every option at both ends of its range, alone and with every other at its ends: through the door, estimating and painting give a result
// or a sentence, whatever the options are.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "host/door.h"
#include "host/options.h"

namespace {

// An option at one end.
struct End {
  std::string name;
  void (*set)(const pastiche::Option &option, pastiche_options &options);
  const pastiche::Option *option;
};

template <bool last> void set_end(const pastiche::Option &option, pastiche_options &options) {
  std::visit(
      pastiche::Overloaded{
          [&](const pastiche::IntegerOption &kind) { options.*kind.field = last ? kind.maximum : kind.minimum; },
          [&](const pastiche::NumberOption &kind) { options.*kind.field = last ? kind.maximum : kind.minimum; },
          [&](const pastiche::ChoiceOption &kind) { options.*kind.field = last ? static_cast<int32_t>(kind.choices.size()) - 1 : 0; },
          [&](const pastiche::TextOption &kind) { options.*kind.field = last ? "relu9_9" : ""; },
      },
      option.kind);
}

std::vector<End> ends() {
  std::vector<End> all;
  for (const pastiche::Option &option : pastiche::option_table()) {
    all.push_back({std::string(option.name) + " at its first end", set_end<false>, &option});
    all.push_back({std::string(option.name) + " at its last end", set_end<true>, &option});
  }
  return all;
}

class Ends : public testing::Test {
protected:
  void SetUp() override {
    std::string fault;
    core = pastiche::open_core(fault);
    ASSERT_NE(core, nullptr) << fault;
    for (size_t i = 0; i < pixels.size(); i++)
      pixels[i] = i % 4 == 3 ? 1 : static_cast<float>(i * 7919 % 256) / 255;
    const pastiche_image image{side, side, pixels.data()};
    style = {image, 1, nullptr, 0};
    job.struct_size = sizeof job;
    job.content = image;
    job.styles = &style;
    job.style_count = 1;
    job.on_step = [](const pastiche_step *step, void *) -> int { return step->step >= 2; }; // some ends are many steps
  }

  void expect_an_answer(pastiche_status status, const pastiche_error &error) {
    if (status < 0) {
      EXPECT_STRNE(error.message, "");
      EXPECT_NE(status, PASTICHE_INTERNAL) << error.message;
    }
  }

  void try_all() {
    pastiche_estimate estimate{};
    estimate.struct_size = sizeof estimate;
    pastiche_error error{};
    expect_an_answer(core->estimate_job(&job, &estimate, &error), error);
    pastiche_result *result = nullptr;
    error = {};
    expect_an_answer(core->run(&job, &result, &error), error);
    core->result_free(result);
  }

  static constexpr int32_t side = 16;
  std::array<float, size_t{4} * side * side> pixels{};
  const pastiche::Core *core = nullptr;
  pastiche_style style{};
  pastiche_job job{};
};

TEST_F(Ends, AloneGiveAnAnswer) {
  for (const End &end : ends()) {
    SCOPED_TRACE(end.name);
    pastiche::set_defaults(job.options);
    end.set(*end.option, job.options);
    try_all();
  }
}

// Rows of ends chosen at random, until every two ends of different options have met in one. What only gives a sentence, and strength 0,
// with which nothing is painted, would hide the others, and is tried above.
TEST_F(Ends, InPairsGiveAnAnswer) {
  std::vector<End> all = ends();
  std::erase_if(all, [](const End &end) {
    return std::holds_alternative<pastiche::TextOption>(end.option->kind) || std::string_view(end.option->name) == "device" ||
           end.name == "strength at its first end";
  });
  std::set<std::pair<size_t, size_t>> met, wanted;
  for (size_t i = 0; i < all.size(); i++)
    for (size_t j = i + 1; j < all.size(); j++)
      if (all[i].option != all[j].option)
        wanted.insert({i, j});
  for (std::mt19937 random(1); met != wanted;) {
    std::vector<size_t> row;
    for (size_t i = 0; i < all.size(); i++)
      if (row.empty() || all[row.back()].option != all[i].option)
        row.push_back(i);
      else if (random() % 2)
        row.back() = i;
    std::string names;
    pastiche::set_defaults(job.options);
    for (const size_t end : row) {
      names += all[end].name + ", ";
      all[end].set(*all[end].option, job.options);
    }
    SCOPED_TRACE(names);
    try_all();
    for (size_t i = 0; i < row.size(); i++)
      for (size_t j = i + 1; j < row.size(); j++)
        met.insert({row[i], row[j]});
  }
}

} // namespace
