// SPDX-License-Identifier: GPL-3.0-or-later
#include "allocator.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <map>
#include <mutex>
#include <new>
#include <unordered_map>

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

namespace pastiche {
namespace {

// Smaller ones the C library keeps by itself. Larger ones are whole pictures, which live for a scale, not for an evaluation.
constexpr size_t smallest_block = 1 << 20, largest_kept = 128 << 20, huge_page = 2 << 20, small_alignment = 64;

size_t rounded_up(size_t bytes, size_t multiple) { return (bytes + multiple - 1) / multiple * multiple; }

// What a large block is taken for: one of few sizes, so that pictures of nearly the same size share blocks. Pages that nobody writes to are
// no memory.
size_t block_size(size_t bytes) { return rounded_up(bytes, std::max(huge_page, std::bit_floor(bytes) / 8)); }

// At a multiple of the size of a huge page, so that the system can use them. Null when there is no memory.
void *map_block(size_t bytes) {
  void *all = mmap(nullptr, bytes + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED)
    return nullptr;
  const auto address = reinterpret_cast<uintptr_t>(all);
  const size_t before = rounded_up(address, huge_page) - address;
  auto *block = static_cast<char *>(all) + before;
  if (before > 0)
    munmap(all, before);
  munmap(block + bytes, huge_page - before);
  madvise(block, bytes, MADV_HUGEPAGE);
  return block;
}

class KeepingAllocator : public c10::Allocator {
public:
  c10::DataPtr allocate(size_t bytes) override {
    void *block = bytes == 0 ? nullptr : bytes < smallest_block ? small(bytes) : large(block_size(bytes));
    return {block, block, &give_back, c10::kCPU};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &give_back; }

  void copy_data(void *to, const void *from, size_t bytes) const override { default_copy_data(to, from, bytes); }

  void release() {
    const std::scoped_lock lock(mutex_);
    while (!free_.empty())
      drop_one();
    most_used_bytes_ = used_bytes_;
  }

  // Outlives every tensor: it is never destroyed.
  static KeepingAllocator &instance() {
    static auto *allocator = new KeepingAllocator;
    return *allocator;
  }

private:
  void *small(size_t bytes) {
    if (void *block = std::aligned_alloc(small_alignment, rounded_up(bytes, small_alignment)))
      return block;
    throw std::bad_alloc();
  }

  void *large(size_t bytes) {
    const std::scoped_lock lock(mutex_);
    void *block = nullptr;
    if (bytes <= largest_kept)
      most_used_bytes_ = std::max(most_used_bytes_, used_bytes_ + bytes);
    // Blocks in use and kept ones together take little more than those in use did once.
    const size_t most = most_used_bytes_ + most_used_bytes_ / 8;
    // A block of up to a quarter more will do, or any before another is dropped for a new one.
    if (const auto found = free_.lower_bound(bytes);
        found != free_.end() && (found->first <= bytes + bytes / 4 || used_bytes_ + bytes + free_bytes_ > most)) {
      bytes = found->first;
      block = found->second;
      free_bytes_ -= bytes;
      free_.erase(found);
    } else {
      if (bytes <= largest_kept)
        while (!free_.empty() && used_bytes_ + bytes + free_bytes_ > most)
          drop_one();
      block = map_block(bytes);
      while (!block && !free_.empty()) {
        drop_one();
        block = map_block(bytes);
      }
      if (!block)
        throw std::bad_alloc();
    }
    used_[block] = bytes;
    if (bytes <= largest_kept)
      used_bytes_ += bytes;
    return block;
  }

  // The largest, of which a few are enough.
  void drop_one() {
    const auto last = std::prev(free_.end());
    munmap(last->second, last->first);
    free_bytes_ -= last->first;
    free_.erase(last);
  }

  static void give_back(void *block) {
    KeepingAllocator &self = instance();
    // Only large blocks are at such places, and hardly ever another.
    if (reinterpret_cast<uintptr_t>(block) % huge_page == 0) {
      const std::scoped_lock lock(self.mutex_);
      if (const auto used = self.used_.extract(block)) {
        const size_t bytes = used.mapped();
        if (bytes <= largest_kept) {
          self.used_bytes_ -= bytes;
          self.free_.emplace(bytes, block);
          self.free_bytes_ += bytes;
        } else {
          munmap(block, bytes);
        }
        return;
      }
    }
    std::free(block);
  }

  std::mutex mutex_;
  std::multimap<size_t, void *> free_;
  std::unordered_map<void *, size_t> used_;
  size_t free_bytes_ = 0, used_bytes_ = 0, most_used_bytes_ = 0; // of blocks that are worth keeping
};

} // namespace

void keep_large_blocks() {
  static const bool once = [] {
    constexpr uint8_t above_the_default = 1;
    c10::SetAllocator(c10::kCPU, &KeepingAllocator::instance(), above_the_default);
    return true;
  }();
  static_cast<void>(once);
}

void release_kept_blocks() { KeepingAllocator::instance().release(); }

} // namespace pastiche
