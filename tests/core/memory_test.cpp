// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/memory.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;

// Control groups as the kernel's folder has them: a node with a job on it, in which a step runs.
class Groups : public testing::Test {
protected:
  Groups() { fs::create_directories(root / "slurm/job_7/step_0"); }
  ~Groups() override { fs::remove_all(root); }

  void write(const char *file, const std::string &text) const { std::ofstream(root / file) << text; }
  int64_t free_in(const std::string &own) const {
    write("own", own);
    return pastiche::group_free_bytes(root, root / "own");
  }

  fs::path root = fs::temp_directory_path() / ("pastiche-groups-" + std::to_string(getpid()));
};

constexpr int64_t no_limit = std::numeric_limits<int64_t>::max();

TEST_F(Groups, TheTightestOfThemCounts) {
  write("slurm/job_7/memory.max", "8000\n");
  write("slurm/job_7/memory.current", "3000\n");
  write("slurm/job_7/step_0/memory.max", "max\n");
  write("slurm/job_7/step_0/memory.current", "2500\n");
  EXPECT_EQ(free_in("1:cpu:/elsewhere\n0::/slurm/job_7/step_0\n"), 5000);
  write("slurm/job_7/step_0/memory.max", "4000\n");
  EXPECT_EQ(free_in("0::/slurm/job_7/step_0\n"), 1500);
  EXPECT_EQ(free_in("0::/slurm\n"), no_limit);
}

TEST_F(Groups, WhatFilesLeftInMemoryIsFree) {
  write("memory.max", "8000\n");
  write("memory.current", "7900\n");
  write("memory.stat", "anon 1000\nfile 6900\ninactive_file 6500\nactive_file 400\n");
  EXPECT_EQ(free_in("0::/\n"), 6600);
}

TEST_F(Groups, WithoutAnyThereIsNoLimit) {
  EXPECT_EQ(free_in("0::/not/here\n"), no_limit);
  EXPECT_EQ(free_in("4:memory:/slurm\n"), no_limit);
  EXPECT_EQ(pastiche::group_free_bytes(root, root / "missing"), no_limit);
}

} // namespace
