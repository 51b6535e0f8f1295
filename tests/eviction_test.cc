#include "core/eviction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::Optional;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

DevicePlan Share(const std::string& gpu, int64_t mebibytes) {
  return {.device = {.name = gpu.empty() ? "CPU" : gpu,
                     .kind = gpu.empty() ? DeviceKind::kCpu : DeviceKind::kGpu},
          .weights = MiB(mebibytes)};
}

// An idle model that takes so many MiB of main memory and of a GPU.
RunnerSnapshot Idle(const std::string& path, int64_t host, int64_t gpu = 0) {
  return {
      .plan = {.path = path, .shares = {Share("", host), Share("GPU0", gpu)}},
      .state = LoadState::kReady,
      .idle_since = absl::UnixEpoch()};
}

struct EvictionCase {
  std::string name;
  DeviceMemory missing;
  std::vector<RunnerSnapshot> loaded;
  std::vector<std::string> chosen;  // Empty: not even all would do.
};

class EvictionTest : public testing::TestWithParam<EvictionCase> {};

TEST_P(EvictionTest, TakesTheSmallestSetThatFreesEnough) {
  const auto chosen = ChooseEvictions(GetParam().missing, GetParam().loaded);

  if (GetParam().chosen.empty()) {
    EXPECT_EQ(chosen, std::nullopt);
  } else {
    EXPECT_THAT(
        chosen,
        Optional(testing::UnorderedElementsAreArray(GetParam().chosen)));
  }
}

RunnerSnapshot Busy(RunnerSnapshot model) {
  model.idle_since.reset();
  return model;
}

RunnerSnapshot Pinned(RunnerSnapshot model) {
  model.retention.pinned = true;
  return model;
}

// As many as can be loaded, of as many sizes: the search must end.
std::vector<RunnerSnapshot> Crowd() {
  std::vector<RunnerSnapshot> crowd;
  for (int64_t i = 0; i < 32; ++i) {
    crowd.push_back(Idle("model" + std::to_string(i), 100, 100));
  }
  return crowd;
}

std::vector<std::string> PathsOf(const std::vector<RunnerSnapshot>& loaded) {
  std::vector<std::string> paths;
  for (const RunnerSnapshot& model : loaded) paths.push_back(model.plan.path);
  return paths;
}

INSTANTIATE_TEST_SUITE_P(
    Cases, EvictionTest,
    testing::ValuesIn(std::vector<EvictionCase>{
        {"NothingLoaded", {{"", MiB(1)}}, {}, {}},
        {"OneThatFits", {{"", MiB(10)}}, {Idle("a", 10)}, {"a"}},
        {"OneByteTooFew", {{"", MiB(10) + Bytes(1)}}, {Idle("a", 10)}, {}},
        {"TheSmallestThatDoesAlone",
         {{"", MiB(10)}},
         {Idle("a", 40), Idle("b", 12), Idle("c", 20)},
         {"b"}},
        {"OneLargeRatherThanTwoSmall",
         {{"", MiB(10)}},
         {Idle("a", 6), Idle("b", 6), Idle("c", 40)},
         {"c"}},
        {"TheSmallestPair",
         {{"", MiB(15)}},
         {Idle("a", 9), Idle("b", 10), Idle("c", 6), Idle("d", 4)},
         {"a", "c"}},
        {"NotWhatWorks", {{"", MiB(10)}}, {Busy(Idle("a", 10))}, {}},
        {"NotWhatIsPinned",
         {{"", MiB(10)}},
         {Pinned(Idle("a", 10)), Idle("b", 90)},
         {"b"}},
        {"OnTheDeviceConcerned",
         {{"GPU0", MiB(10)}},
         {Idle("a", 500, 5), Idle("b", 1, 10)},
         {"b"}},
        {"WhatFreesTwoDevices",
         {{"", MiB(10)}, {"GPU0", MiB(10)}},
         {Idle("a", 10, 0), Idle("b", 0, 10), Idle("c", 10, 10)},
         {"c"}},
        {"OneForEachDevice",
         {{"", MiB(10)}, {"GPU0", MiB(10)}},
         {Idle("a", 10, 1), Idle("b", 1, 10), Idle("c", 9, 9)},
         {"a", "b"}},
        {"AllOfACrowd", {{"", MiB(3200)}}, Crowd(), PathsOf(Crowd())},
        {"MoreThanACrowd", {{"", MiB(3201)}}, Crowd(), {}},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ChooseEvictionsTest, EndsSoonHoweverManyWouldDo) {
  std::vector<RunnerSnapshot> mixed;
  for (int64_t i = 0; i < 32; ++i) {
    mixed.push_back(Idle(std::to_string(i), 100 + i, 131 - i));
  }
  const DeviceMemory missing = {{"", MiB(1600)}, {"GPU0", MiB(1600)}};

  // Each of a crowd holds 100, each of the others 115 or 116 on average.
  EXPECT_THAT(ChooseEvictions(missing, Crowd()), Optional(SizeIs(16)));
  EXPECT_THAT(ChooseEvictions(missing, mixed), Optional(SizeIs(14)));
}

TEST(MissingMemoryTest, CountsWhatDevicesWithoutMemoryTakeFromTheHost) {
  DevicePlan host = Share("", 10);
  host.device.free = MiB(12);
  DevicePlan integrated = Share("iGPU", 5);
  integrated.device.kind = DeviceKind::kIntegratedGpu;
  DevicePlan gpu = Share("GPU0", 8);
  gpu.device.free = MiB(8);

  EXPECT_THAT(MissingMemory({host, integrated, gpu}),
              UnorderedElementsAre(Pair("", MiB(3))));
}

TEST(MissingMemoryTest, MissesNothingOfWhatIsNotKnown) {
  EXPECT_THAT(MissingMemory({Share("", 10)}), testing::IsEmpty());
}

}  // namespace
}  // namespace hwledger
