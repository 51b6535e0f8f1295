#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <cstddef>
#include <vector>

#include "core/device.h"

namespace hwledger {

// Against libllama with GPUs, for which another process's CPU stands: ggml
// treats what its RPC backend reaches as GPUs. Skips where there is no such
// backend, or a real GPU.
class RpcGpuTest : public testing::Test {
 protected:
  // Once for all suites of a process, with which the other one ends.
  static void StartGpus(size_t count);
  void SetUp() override;

  // The host, and the GPUs as ggml sees them.
  static std::vector<Device> Devices();

  // From here on they compute large batches for the host, as CUDA's and
  // Vulkan's devices do and ggml's RPC devices by themselves do not.
  static void LetGpusComputeForHost();

 private:
  static inline pid_t server_ = 0;
  static inline bool compute_for_host_ = false;
};

}  // namespace hwledger
