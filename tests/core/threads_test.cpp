// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/threads.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <sstream>
#include <thread>
#include <vector>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace {

using pastiche::busy_programs, pastiche::busy_seconds, pastiche::threads_beside, pastiche::use_idle_cores;

TEST(Threads, AreAsManyAsThereAreIdleCores) {
  EXPECT_EQ(threads_beside(0, 8, 8), 8);
  EXPECT_EQ(threads_beside(2, 8, 8), 6);
  EXPECT_EQ(threads_beside(0, 8, 1), 8);
  EXPECT_EQ(threads_beside(3, 8, 1), 5);
}

TEST(Threads, AreAtLeastOneAndNoMoreThanTheCores) {
  EXPECT_EQ(threads_beside(2, 2, 2), 1);
  EXPECT_EQ(threads_beside(7.9, 4, 4), 1);
  EXPECT_EQ(threads_beside(-0.1, 4, 4), 4);
}

// A program that has to share a core with one of two threads gets half of it; the editor beside which one paints uses less.
TEST(Threads, GiveWayToABusyProgramAndNotToADrowsyOne) {
  EXPECT_EQ(threads_beside(0.5, 2, 2), 1);
  EXPECT_EQ(threads_beside(0.1, 2, 2), 2);
}

TEST(Threads, DoNotChangeToAndFro) {
  EXPECT_EQ(threads_beside(0.3, 2, 2), 2);
  EXPECT_EQ(threads_beside(0.3, 2, 1), 1);
  EXPECT_EQ(threads_beside(0.1, 2, 1), 2);
}

// So many programs and threads on two cores, of which each gets the same part.
TEST(Threads, KnowHowManyProgramsAreBusy) {
  EXPECT_DOUBLE_EQ(busy_programs(1, 1, 2), 2);
  EXPECT_DOUBLE_EQ(busy_programs(4.0 / 3, 2.0 / 3, 1), 2);
  EXPECT_DOUBLE_EQ(busy_programs(4.0 / 3, 2.0 / 3, 2), 4);
  EXPECT_DOUBLE_EQ(busy_programs(0, 2, 2), 0);
  EXPECT_GT(busy_programs(2, 0, 2), 100); // nothing is left
}

TEST(Threads, CanBeOneForAWhile) {
  const int before = at::get_num_threads();
  at::set_num_threads(3);
  {
    const pastiche::OneThread one;
    EXPECT_EQ(at::get_num_threads(), 1);
  }
  EXPECT_EQ(at::get_num_threads(), 3);
  at::set_num_threads(before);
}

cpu_set_t cores(std::initializer_list<int> numbers) {
  cpu_set_t set{};
  for (const int number : numbers)
    CPU_SET(number, &set);
  return set;
}

constexpr const char *stat = "cpu  1111 2222 3333 4444 5555 6 7 8 0 0\n"
                             "cpu0 100 200 300 400 500 10 20 8 0 0\n"
                             "cpu1 1000 2000 3000 4000 5000 0 0 0 0 0\n"
                             "cpu12 7 0 0 0 0 0 0 0 0 0\n"
                             "intr 17 1 2\n";

TEST(Threads, LookAtTheCoresOfThisProcessOnly) {
  const double second = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto busy = [&](const cpu_set_t &set, bool nice) {
    std::istringstream text(stat);
    return busy_seconds(text, set, nice);
  };
  EXPECT_DOUBLE_EQ(busy(cores({0}), false).value(), (100 + 300 + 10 + 20) / second); // user, system, interrupts
  EXPECT_DOUBLE_EQ(busy(cores({0}), true).value(), (100 + 200 + 300 + 10 + 20) / second);
  EXPECT_DOUBLE_EQ(busy(cores({1, 12}), false).value(), (1000 + 3000 + 7) / second);
  EXPECT_FALSE(busy(cores({2}), false));
}

TEST(Threads, BecomeFewerWhileOtherProgramsAreBusy) {
  cpu_set_t own{};
  ASSERT_EQ(sched_getaffinity(0, sizeof own, &own), 0);
  if (CPU_COUNT(&own) < 2)
    GTEST_SKIP() << "There is one core only.";
  std::vector<pid_t> others;
  for (int i = 0; i < CPU_COUNT(&own); ++i)
    if (others.emplace_back(fork()) == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      while (getppid() > 0) {
      }
    }
  std::thread painter([] { // the number is that of a thread
    do
      use_idle_cores();
    while (at::get_num_threads() > 1);
  });
  painter.join();
  int next = 0;
  std::thread([&] {
    use_idle_cores();
    next = at::get_num_threads();
  }).join();
  EXPECT_EQ(next, 1); // it is known from the start
  for (const pid_t other : others) {
    kill(other, SIGKILL);
    waitpid(other, nullptr, 0);
  }
}

} // namespace
