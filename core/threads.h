// SPDX-License-Identifier: GPL-3.0-or-later
// How many threads LibTorch works with. Every parallel section waits for its slowest thread, and a pass through the network has hundreds of
// them: a thread that has to share its core with another program holds all the others up, many times longer than doing without it takes.
#pragma once

#include <sched.h>

#include <istream>
#include <optional>

namespace pastiche {

// Has LibTorch use the cores on which this process may run, as far as other programs leave them alone; no more than OMP_NUM_THREADS where
// that is set. Looks at what the others do at most four times a second, and costs next to nothing in between: call it before every larger
// piece of work, on the thread that does it. Work in `large` parallel sections, which take longer than a thread has to wait for its core,
// shares all cores with others as long as those are no more than the cores.
void use_idle_cores(bool large = false);

// While it lives, LibTorch works on this thread alone. For sums over blocks, products and decompositions of matrices: LibTorch
// and BLAS cut them by threads and then round otherwise, and small ones are not worth more than one.
class OneThread {
public:
  OneThread();
  ~OneThread();
  OneThread(const OneThread &) = delete;
  OneThread &operator=(const OneThread &) = delete;

private:
  int before_ = 1;
};

// How many threads to go on with, from 1 to `cores`, where `threads` are in use and other programs keep `others` of the cores busy: fewer
// at once, more only when there is clearly room for them.
int threads_beside(double others, int cores, int threads);

// How many busy programs there are, when they keep `others` of the cores and leave `own` to that many busy threads: the system gives each
// the same.
double busy_programs(double others, double own, int threads);

// Seconds that the cores of `set` have worked since the system began: on programs of normal priority and for the kernel, and with `nice`
// also on those of low priority, which give way to others. `stat` is /proc/stat (proc_stat(5)); nothing when it does not tell of these
// cores.
std::optional<double> busy_seconds(std::istream &stat, const cpu_set_t &set, bool nice);

} // namespace pastiche
