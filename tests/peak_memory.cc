#include "tests/peak_memory.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace hwledger {
namespace {

std::atomic<int64_t> alive = 0;
std::atomic<int64_t> peak = 0;

void* Take(size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  alive += static_cast<int64_t>(malloc_usable_size(memory));
  if (alive > peak) peak = alive.load();
  return memory;
}

void GiveBack(void* memory) {
  alive -= static_cast<int64_t>(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

PeakMemory::PeakMemory() : start_(alive) { peak = start_; }

int64_t PeakMemory::bytes() const { return peak - start_; }

}  // namespace hwledger

// All of them: a sanitizer's own would not call each other.
void* operator new(size_t size) { return hwledger::Take(size); }
void* operator new[](size_t size) { return hwledger::Take(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return hwledger::Take(size);
}
void* operator new[](size_t size, const std::nothrow_t&) noexcept {
  return hwledger::Take(size);
}
void operator delete(void* memory) noexcept { hwledger::GiveBack(memory); }
void operator delete[](void* memory) noexcept { hwledger::GiveBack(memory); }
void operator delete(void* memory, size_t) noexcept {
  hwledger::GiveBack(memory);
}
void operator delete[](void* memory, size_t) noexcept {
  hwledger::GiveBack(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  hwledger::GiveBack(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  hwledger::GiveBack(memory);
}
