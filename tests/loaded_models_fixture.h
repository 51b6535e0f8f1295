#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/loaded_models.h"
#include "tests/temporary_folder.h"

namespace hwledger {

// The demo's real file; runners without a process behind them.
class LoadedModelsTest : public testing::Test {
 protected:
  void TearDown() override {
    for (const auto& runner : launched_) {
      runner->End(absl::UnavailableError("the test is over"));
    }
  }

  // As much as to start a load, and the watch of it.
  std::shared_ptr<LoadWatch> Load(const LoadRequest& request) {
    auto watch = std::make_shared<LoadWatch>();
    models_.Load(request, watch);
    return watch;
  }
  // How a load has ended; absent: it has not.
  static std::optional<absl::Status> EndOf(LoadWatch& watch) {
    std::optional<absl::Status> end;
    watch.Pop([&](const LoadWatch::Delivery& next) { end = next.end; });
    return end;
  }

  // The newest runner becomes ready. Told to end, it does.
  void MakeReady() {
    Runner& runner = *launched_.back();
    runner.SetProcess(/*process_id=*/-1, [&runner] {
      runner.End(absl::UnavailableError("ended as told"));
    });
    runner.SetReady({});
  }
  LoadState StateOf(size_t launched) const {
    return launched_[launched]->Snapshot().state;
  }

  // The demo under another name.
  std::string Copy(const std::string& name) const {
    std::filesystem::copy_file(HWLEDGER_DEMO, folder_ / name);
    return folder_ / name;
  }

  // A host, and a GPU where it is given memory before the first question.
  std::vector<Device> Devices() const {
    std::vector<Device> devices = {{.name = "CPU"}};
    if (gpu_free_ > Bytes()) {
      devices.push_back(
          {.name = "GPU0", .kind = DeviceKind::kGpu, .free = gpu_free_});
    }
    return devices;
  }

  Bytes gpu_free_;
  int64_t asked_count_ = 0;  // How often for the devices.
  ModelStore store_{HWLEDGER_DEMO};
  // Time stands still: main memory is read once.
  Hardware hardware_{[this](DeviceRates) {
                       ++asked_count_;
                       return Devices();
                     },
                     [] { return absl::UnixEpoch(); }};
  Estimator estimator_{store_, hardware_,
                       [](const std::string&, const EngineOptions&) {
                         return absl::StatusOr<std::vector<DeviceUse>>(
                             absl::UnavailableError("no engine in this test"));
                       }};
  std::vector<std::shared_ptr<Runner>> launched_;
  absl::Time now_ = absl::UnixEpoch();
  LoadedModels models_{estimator_,
                       [this](std::shared_ptr<Runner> runner) {
                         launched_.push_back(std::move(runner));
                       },
                       /*on_ready=*/nullptr,
                       /*hooks=*/{},
                       /*idle_ttl=*/absl::InfiniteDuration(),
                       [this] { return now_; }};
  const TemporaryFolder folder_;
};

}  // namespace hwledger
