// SPDX-License-Identifier: GPL-3.0-or-later
#include "capacity.h"

#include <glib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "batch/paint/estimate.h"
#include "batch/paint/pictures.h"

namespace batch {
namespace {

// NVIDIA's, but for those that CUDA_VISIBLE_DEVICES hides.
int graphics_cards() {
  if (const char *visible = g_getenv("CUDA_VISIBLE_DEVICES"))
    return *visible ? static_cast<int>(std::count(visible, visible + std::string_view(visible).size(), ',')) + 1 : 0;
  int cards = 0;
  while (std::filesystem::exists("/dev/nvidia" + std::to_string(cards)))
    cards++;
  return cards;
}

struct Need {
  int64_t peak_bytes, limit_bytes;
};

// Of the first picture of a few for which it can be told. In a process of its own: LibTorch's threads do not survive a fork, and this
// process is to fork workers.
std::optional<Need> need_of(const std::vector<const Task *> &pictures, const std::string &folder, const cli::BlockedSignals &signals) {
  constexpr size_t tried = 4;
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0)
    return {};
  const pid_t child = fork();
  if (child == 0) {
    cli::forget_signals(false);
    const Gegl gegl;
    for (size_t i = 0; i < std::min(tried, pictures.size()); i++)
      try {
        const pastiche_estimate estimate = estimate_of(pictures[i]->painting(folder), true);
        const Need need{estimate.peak_bytes, estimate.limit_bytes};
        _exit(write(ends[1], &need, sizeof need) != sizeof need);
      } catch (const std::exception &) {
        continue; // painting it will tell
      }
    _exit(1);
  }
  close(ends[1]);
  Need need{};
  std::vector<pollfd> news{{ends[0], POLLIN, 0}};
  const bool known = child > 0 && signals.poll(news) > 0 && read(ends[0], &need, sizeof need) == sizeof need;
  close(ends[0]);
  if (child > 0) {
    kill(child, SIGKILL); // it has told what it knows, or nobody wants to know it any more
    waitpid(child, nullptr, 0);
  }
  return known ? std::optional(need) : std::nullopt;
}

} // namespace

Capacity find_capacity(const std::vector<const Task *> &pictures, const std::string &folder, int wanted,
                       const cli::BlockedSignals &signals) {
  const int cores = static_cast<int>(g_get_num_processors()), most = static_cast<int>(std::min<size_t>(pictures.size(), INT32_MAX));
  Capacity capacity;
  capacity.cards = graphics_cards();
  if (pictures.empty())
    return capacity;
  const pastiche_options &options = pictures.front()->how->options;
  capacity.whole_memory = options.memory;
  const bool on_cards = capacity.cards > 0 && options.device == PASTICHE_DEVICE_CUDA;
  capacity.workers = std::min(most, wanted > 0 ? wanted : on_cards ? capacity.cards : cores);
  if (capacity.workers > 1 && wanted > 0 && options.memory > 0) {
    capacity.memory = std::max(1, options.memory / capacity.workers);
  } else if (capacity.workers > 1) {
    const auto need = need_of(pictures, folder, signals);
    if (wanted == 0)
      capacity.workers =
          need ? static_cast<int>(std::clamp<int64_t>(need->limit_bytes / std::max<int64_t>(1, need->peak_bytes), 1, capacity.workers)) : 1;
    if (need && capacity.workers > 1)
      capacity.memory = static_cast<int32_t>(need->limit_bytes / capacity.workers >> 20);
  }
  capacity.threads = std::max(1, cores / capacity.workers);
  return capacity;
}

} // namespace batch
