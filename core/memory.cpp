// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory.h"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <new>
#include <string>

#include <c10/util/Exception.h>

namespace pastiche {
namespace {

// The first number after `name` in a file, or −1. An empty name: the file's first word.
int64_t number_in(const std::filesystem::path &file, const std::string &name) {
  std::ifstream stream(file);
  for (std::string word; stream >> word;) {
    if (name.empty() && !word.empty() && word[0] >= '0' && word[0] <= '9')
      return std::stoll(word);
    if (name.empty())
      return -1; // "max"
    if (int64_t number = 0; word == name && stream >> number)
      return number;
  }
  return -1;
}

} // namespace

int64_t resident_bytes() {
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

// Not getrusage(), whose peak includes what the parent held before this program was started.
int64_t peak_bytes() { return number_in("/proc/self/status", "VmHWM:") * 1024; }

int64_t group_free_bytes(const std::filesystem::path &groups, const std::filesystem::path &own) {
  // "0::/user.slice/job_7"; other lines belong to the groups of Linux before 4.5.
  std::string name;
  std::ifstream lines(own);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("0::/"))
      name = line.substr(4);
  int64_t least = std::numeric_limits<int64_t>::max();
  for (std::filesystem::path group = groups / name;; group = group.parent_path()) {
    const int64_t most = number_in(group / "memory.max", ""), used = number_in(group / "memory.current", "");
    // What files have left in memory counts as used, but is given up for whoever asks.
    const int64_t files = std::max<int64_t>(0, number_in(group / "memory.stat", "inactive_file"));
    if (most >= 0 && used >= 0)
      least = std::min(least, std::max<int64_t>(0, most - std::max<int64_t>(0, used - files)));
    if (group == groups || !group.has_relative_path())
      return least;
  }
}

int64_t memory_limit(int64_t mebibytes) {
  if (mebibytes > 0)
    return mebibytes << 20;
  const int64_t free =
      std::min(number_in("/proc/meminfo", "MemAvailable:") * 1024, group_free_bytes("/sys/fs/cgroup", "/proc/self/cgroup"));
  return resident_bytes() + free / 4 * 3;
}

Error too_little_memory(int64_t limit, int64_t least) {
  if (least <= limit)
    return {PASTICHE_OUT_OF_MEMORY, _("There is not enough memory for this size; choose a smaller detail size.")};
  return {PASTICHE_OUT_OF_MEMORY, sentence(_("The %lld MiB that may be used are too little for this picture; it takes at least %lld MiB."),
                                           static_cast<long long>(limit >> 20), static_cast<long long>((least >> 20) + 1))};
}

int64_t free_device_bytes(torch::Device device) {
  if (!device.is_cuda())
    return 0;
  // The CUDA runtime is there when LibTorch uses it; its headers need not be.
  using MemGetInfo = int (*)(size_t *, size_t *);
  const auto get = reinterpret_cast<MemGetInfo>(dlsym(RTLD_DEFAULT, "cudaMemGetInfo"));
  size_t free = 0, all = 0;
  return get && get(&free, &all) == 0 ? static_cast<int64_t>(free) : 0;
}

bool is_out_of_memory(const std::exception &failure) {
  if (dynamic_cast<const std::bad_alloc *>(&failure) || dynamic_cast<const c10::OutOfMemoryError *>(&failure))
    return true;
  // LibTorch's allocator on the CPU throws its general error; only the text tells.
  const std::string text = failure.what();
  return text.find("not enough memory") != std::string::npos || text.find("can't allocate memory") != std::string::npos ||
         text.find("could not create a memory") != std::string::npos ||
         text.find("could not create a primitive") != std::string::npos; // oneDNN, for want of scratch space
}

} // namespace pastiche
