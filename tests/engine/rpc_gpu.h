#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <vector>

#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/planner/planner.h"

namespace hwledger {

// Against libllama with a GPU, for which another process's CPU stands: ggml
// treats what its RPC backend reaches as one. Skips where there is no such
// backend, or a real GPU.
class RpcGpuTest : public testing::Test {
 protected:
  // Once for all suites of a process, with which the other one ends.
  static void SetUpTestSuite();
  void SetUp() override;

  // The host, and the GPU with more memory than any model takes.
  static std::vector<Device> Devices();

 private:
  static inline pid_t server_ = 0;
};

// Weights and caches, to the byte.
void ExpectEqualUse(const DevicePlan& planned, const DeviceUse& use);
// The compute buffer, within 5 %.
void ExpectNearBuffer(const DevicePlan& planned, const DeviceUse& use);

}  // namespace hwledger
