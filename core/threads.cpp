// SPDX-License-Identifier: GPL-3.0-or-later
#include "threads.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>

#include <ATen/Parallel.h>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace pastiche {
namespace {

using Clock = std::chrono::steady_clock;

// /proc/stat counts in hundredths of a second; in much less time than this they are too coarse.
constexpr double seconds_between_looks = 0.25;

double own_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// What is known of the load at one moment.
struct Look {
  Clock::time_point when = Clock::now();
  double own = own_seconds();
  std::optional<double> all;
};

Look look(const cpu_set_t &set) {
  Look now;
  std::ifstream stat("/proc/stat");
  // Programs of low priority are in nobody's way but that of their like.
  now.all = busy_seconds(stat, set, getpriority(PRIO_PROCESS, 0) > 0);
  return now;
}

// What is known of the cores, by all threads together: a host may paint each picture on a thread of its own, for too short a time to find
// out anew.
class Cores {
public:
  Cores() {
    if (sched_getaffinity(0, sizeof set_, &set_) == 0)
      cores_ = std::min(cores_, CPU_COUNT(&set_));
    else
      CPU_ZERO(&set_); // an uncommonly large machine, whose load is not looked at
    threads_ = cores_;
  }

  // How many threads to go on with.
  int follow_load(bool large) {
    constexpr double some = 1.25; // more than one for every core
    const std::scoped_lock lock(mutex_);
    look_around();
    return large && programs_ <= some * cores_ ? cores_ : threads_;
  }

private:
  void look_around() {
    if (cores_ == 1 || std::chrono::duration<double>(Clock::now() - last_.when).count() < seconds_between_looks)
      return;
    const Look now = look(set_);
    if (now.all && last_.all) {
      const double seconds = std::chrono::duration<double>(now.when - last_.when).count(), own = (now.own - last_.own) / seconds,
                   others = (*now.all - *last_.all) / seconds - own;
      programs_ = busy_programs(others, own, at::get_num_threads());
      threads_ = threads_beside(others, cores_, threads_);
    }
    last_ = now;
  }

  std::mutex mutex_;
  cpu_set_t set_{};
  int cores_ = at::get_num_threads(); // OMP_NUM_THREADS, or as many as the machine has, as long as no thread has changed it
  int threads_ = 0;
  double programs_ = 0;
  Look last_ = look(set_);
};

} // namespace

void use_idle_cores(bool large) {
  static Cores cores;
  thread_local int used = 0; // the number belongs to the thread that starts them
  if (const int threads = cores.follow_load(large); threads != used)
    at::set_num_threads(used = threads);
}

#ifdef _OPENMP
OneThread::OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }

OneThread::~OneThread() { omp_set_num_threads(before_); }
#else
OneThread::OneThread() = default;

OneThread::~OneThread() = default;
#endif

int threads_beside(double others, int cores, int threads) {
  // A single busy program takes at least half of a core that it has to share.
  constexpr double shared = 0.4, left_alone = 0.2;
  const double idle = cores - others;
  const int most = static_cast<int>(std::floor(idle + shared)), least = static_cast<int>(std::floor(idle + left_alone));
  return std::clamp(threads, std::clamp(least, 1, cores), std::clamp(most, 1, cores));
}

double busy_programs(double others, double own, int threads) {
  constexpr double least = 0.01; // of a core: less cannot be told from none
  return threads * std::max(others, 0.0) / std::max(own, least);
}

std::optional<double> busy_seconds(std::istream &stat, const cpu_set_t &set, bool nice) {
  const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  std::optional<double> busy;
  for (std::string line; std::getline(stat, line) && line.starts_with("cpu");) {
    std::istringstream fields(line.substr(3));
    int number = 0;
    double user = 0, low = 0, system = 0, idle = 0, waiting = 0, hard = 0, soft = 0;
    if (line[3] != ' ' && fields >> number >> user >> low >> system >> idle >> waiting >> hard >> soft && CPU_ISSET(number, &set))
      busy = busy.value_or(0) + (user + (nice ? low : 0) + system + hard + soft) / ticks_per_second;
  }
  return busy;
}

} // namespace pastiche
