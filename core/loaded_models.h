#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "core/estimator.h"
#include "core/mutex.h"
#include "core/reservation.h"
#include "core/runner.h"

namespace hwledger {

// A model to load. What is absent is left to the daemon.
struct LoadRequest {
  std::string model_id;
  std::optional<int64_t> sequence_length;  // Else the model's, up to 4096.
  std::optional<int64_t> slot_count;       // Else 4.
  std::optional<std::string> kv_cache_type_k;
  std::optional<std::string> kv_cache_type_v;
  std::optional<int64_t> micro_batch_size;
  std::optional<int64_t> gpu_layers;
  std::optional<int64_t> thread_count;  // Else one per core.
  std::optional<FlashAttention> flash_attention;
  std::optional<bool> kv_unified;
  std::optional<bool> swa_full;
  std::optional<int64_t> cpu_moe_layers;
  std::vector<AdapterScale> lora_adapters;
  bool force = false;  // Even where the plan does not fit.
};

// The models in memory, one runner each. Any thread.
class LoadedModels {
 public:
  // Starts the process for a runner and returns at once; the runner hears how
  // it went.
  using Launch = std::function<void(std::shared_ptr<Runner>)>;

  // From then on what is loaded here is reserved in the estimator's hardware,
  // which may not be asked any more once this is gone. `on_ready` hears of
  // every model that is loaded.
  LoadedModels(Estimator& estimator, Launch launch,
               Runner::OnReady on_ready = nullptr);

  // The runner of a model: the one there is, whatever its options, or a new
  // one. Reads the model's file.
  //
  // FailedPrecondition: nothing to run, only to plan. ResourceExhausted: does
  // not fit; says what is needed, what is free and what would fit.
  absl::StatusOr<std::shared_ptr<Runner>> Acquire(const LoadRequest& request);

  // By the name of the model.
  std::vector<RunnerSnapshot> List();

  // Returns once the process is gone: the memory it held. NotFound: not loaded.
  absl::StatusOr<Bytes> Unload(const std::string& model_id);

  // Starts no more, lets what runs go on until `deadline`, then ends every
  // runner with `reason`. Returns once their processes are gone.
  void Drain(const absl::Status& reason, absl::Time deadline);

 private:
  absl::StatusOr<LoadPlan> Plan(const LoadRequest& request) const;
  std::vector<Reservation> Reservations();
  std::shared_ptr<Runner> FindLive(const std::string& path)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // By its name or its path; a file that is gone from disk is found too.
  std::shared_ptr<Runner> FindLoaded(const std::string& model_id);

  Estimator& estimator_;
  const Launch launch_;
  const Runner::OnReady on_ready_;
  // Held while a model is planned and its memory reserved: two at once would
  // both get what is free for one. Before mutex_.
  Mutex admission_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<Runner>> runners_
      ABSL_GUARDED_BY(mutex_);  // By path.
  std::optional<absl::Status> stopped_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
