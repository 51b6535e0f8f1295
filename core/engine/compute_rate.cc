#include "core/engine/compute_rate.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "core/engine/weight_layouts.h"
#include "ggml-backend.h"
#include "ggml-cpp.h"
#include "ggml.h"

namespace hwledger {
namespace {

using Clock = std::chrono::steady_clock;

// A micro-batch of tokens through one matrix of a small model: large enough for
// ggml to split and block it as it does larger ones.
constexpr int64_t kTokens = 512;
constexpr int64_t kInputs = 1024;
constexpr int64_t kOutputs = 1024;
constexpr double kFlops = 2.0 * kTokens * kInputs * kOutputs;

// The fastest pass counts: in the others somebody else used the cores, too.
constexpr int kPassesMin = 3;
constexpr Clock::duration kTime = std::chrono::milliseconds(100);

void SetThreads(ggml_backend_t backend, int64_t thread_count) {
  ggml_backend_reg_t registry =
      ggml_backend_dev_backend_reg(ggml_backend_get_device(backend));
  const auto set_threads = reinterpret_cast<ggml_backend_set_n_threads_t>(
      ggml_backend_reg_get_proc_address(registry,
                                        "ggml_backend_set_n_threads"));
  if (set_threads != nullptr) {
    set_threads(backend, static_cast<int>(thread_count));
  }
}

// What libllama computes with on the host, in its order: libraries for matrices
// if there are any, then the CPU, which is the last.
std::vector<ggml_backend_ptr> HostBackends(int64_t thread_count) {
  std::vector<ggml_backend_ptr> backends;
  for (const enum ggml_backend_dev_type type :
       {GGML_BACKEND_DEVICE_TYPE_ACCEL, GGML_BACKEND_DEVICE_TYPE_CPU}) {
    for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
      ggml_backend_dev_t device = ggml_backend_dev_get(i);
      if (ggml_backend_dev_type(device) != type) continue;
      ggml_backend_ptr backend(ggml_backend_dev_init(device, nullptr));
      if (backend == nullptr) continue;
      SetThreads(backend.get(), thread_count);
      backends.push_back(std::move(backend));
    }
  }
  return backends;
}

ggml_context_ptr Tensors(size_t count) {
  return ggml_context_ptr(ggml_init(
      {.mem_size = count * ggml_tensor_overhead() + ggml_graph_overhead(),
       .mem_buffer = nullptr,
       .no_alloc = true}));
}

// Seconds of the fastest pass.
std::optional<double> FastestPass(ggml_backend_sched_t scheduler,
                                  ggml_cgraph* graph) {
  Clock::duration shortest = Clock::duration::max();
  const Clock::time_point start = Clock::now();
  for (int pass = 0; pass < kPassesMin || Clock::now() - start < kTime;
       ++pass) {
    const Clock::time_point pass_start = Clock::now();
    if (ggml_backend_sched_graph_compute(scheduler, graph) !=
        GGML_STATUS_SUCCESS) {
      return std::nullopt;
    }
    shortest = std::min(shortest, Clock::now() - pass_start);
  }
  return std::chrono::duration<double>(shortest).count();
}

// In the layout in which libllama would keep the weights.
ggml_backend_buffer_ptr AllocateWeights(ggml_context* context,
                                        ggml_tensor* product,
                                        ggml_backend_dev_t cpu) {
  for (ggml_backend_buffer_type_t layout : HostLayouts()) {
    // ggml asks the buffer what it supports; an empty one will do.
    ggml_tensor* weights = product->src[0];
    const ggml_backend_buffer_ptr empty(
        ggml_backend_buft_alloc_buffer(layout, 0));
    weights->buffer = empty.get();
    const bool supported = ggml_backend_dev_supports_op(cpu, product);
    weights->buffer = nullptr;
    if (supported) {
      return ggml_backend_buffer_ptr(
          ggml_backend_alloc_ctx_tensors_from_buft(context, layout));
    }
  }
  return nullptr;
}

}  // namespace

std::optional<double> MeasureFlops(WeightType type, int64_t thread_count) {
  const std::vector<ggml_backend_ptr> owned = HostBackends(thread_count);
  if (owned.empty()) return std::nullopt;
  std::vector<ggml_backend_t> backends;
  backends.reserve(owned.size());
  for (const ggml_backend_ptr& backend : owned) {
    backends.push_back(backend.get());
  }

  const ggml_context_ptr weights_context = Tensors(1);
  ggml_tensor* weights = ggml_new_tensor_2d(
      weights_context.get(),
      type == WeightType::kF16 ? GGML_TYPE_F16 : GGML_TYPE_Q8_0, kInputs,
      kOutputs);
  const ggml_context_ptr context = Tensors(2);
  ggml_tensor* tokens =
      ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, kInputs, kTokens);
  ggml_set_input(tokens);
  ggml_tensor* product = ggml_mul_mat(context.get(), weights, tokens);
  ggml_cgraph* graph = ggml_new_graph(context.get());
  ggml_build_forward_expand(graph, product);

  const ggml_backend_buffer_ptr buffer = AllocateWeights(
      weights_context.get(), product, ggml_backend_get_device(backends.back()));
  if (buffer == nullptr) return std::nullopt;
  ggml_backend_buffer_set_usage(buffer.get(),
                                GGML_BACKEND_BUFFER_USAGE_WEIGHTS);
  const std::vector<char> zeros(ggml_nbytes(weights));
  ggml_backend_tensor_set(weights, zeros.data(), 0, zeros.size());

  const ggml_backend_sched_ptr scheduler(ggml_backend_sched_new(
      backends.data(), /*bufts=*/nullptr, static_cast<int>(backends.size()),
      GGML_DEFAULT_GRAPH_SIZE, /*parallel=*/false, /*op_offload=*/true));
  if (!ggml_backend_sched_alloc_graph(scheduler.get(), graph)) {
    return std::nullopt;
  }
  ggml_backend_tensor_memset(tokens, 0, 0, ggml_nbytes(tokens));
  const std::optional<double> seconds = FastestPass(scheduler.get(), graph);
  if (!seconds || *seconds <= 0) return std::nullopt;
  return kFlops / *seconds;
}

}  // namespace hwledger
