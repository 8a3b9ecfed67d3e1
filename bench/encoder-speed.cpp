// SPDX-License-Identifier: GPL-3.0-or-later
// How long the encoder takes for one picture, and a whole evaluation of the losses with it.
// Usage: encoder-speed WIDTH HEIGHT float32|bfloat16 [MODEL]
// Prints a JSON object: the shortest of several times each, in seconds, and the operations of the convolutions.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

#include <nlohmann/json.hpp>

#include "core/allocator.h"
#include "core/encoder.h"
#include "core/objective.h"

namespace {

template <class Work> double shortest(const Work &work) {
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 12; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    least = std::min(least, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return least;
}

std::vector<pastiche::LayerWeight> equally(const std::vector<std::string> &names) {
  std::vector<pastiche::LayerWeight> layers;
  for (const std::string &name : names)
    layers.push_back({name, 1 / static_cast<double>(names.size())});
  return layers;
}

} // namespace

int main(int argc, char **argv) {
  using namespace pastiche;
  if (argc < 4) {
    std::fprintf(stderr, "Usage: encoder-speed WIDTH HEIGHT float32|bfloat16 [MODEL]\n");
    return 2;
  }
  keep_large_blocks();
  const int64_t width = std::atoll(argv[1]), height = std::atoll(argv[2]);
  const std::string precision = argv[3];
  const Encoder encoder(find_model(argc > 4 ? argv[4] : "compact"), torch::kCPU,
                        precision == "bfloat16" ? torch::kBFloat16 : torch::kFloat);
  const torch::Tensor image = torch::rand({1, 3, height, width}), gradient = torch::empty_like(image);

  Problem problem;
  problem.content = problem.match = torch::rand_like(image);
  problem.styles.push_back({torch::rand_like(image), {}, {}, 1});
  problem.weights = {.content = 0.3, .gram = 1, .tv = 3};
  problem.content_layers = equally(encoder.content_layers());
  problem.style_layers = equally(encoder.style_layers());
  const auto layers = Objective::layers_of(problem);
  const Objective objective(encoder, problem, static_cast<double>(width * height));

  const double forward = shortest([&] { encoder(image, layers); });
  const double both = shortest([&] {
    encoder.backward(encoder.trace(image, layers), [&](const std::string &, const torch::Tensor &features) { return features; });
  });
  const double evaluation = shortest([&] { objective.evaluate(image, gradient); });
  std::puts(nlohmann::ordered_json{{"width", width},
                                   {"height", height},
                                   {"precision", precision},
                                   {"operations", encoder.operations_per_pixel(layers) * static_cast<double>(width * height)},
                                   {"forward_seconds", forward},
                                   {"backward_seconds", both - forward},
                                   {"evaluation_seconds", evaluation}}
                .dump()
                .c_str());
}
