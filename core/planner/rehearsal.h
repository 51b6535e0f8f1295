#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/placement.h"
#include "core/planner/rehearsed_part.h"

namespace hwledger {

class RehearsedPass;

// What a device must hold besides weights and caches, from going through a pass
// result by result, in the engine's order, on a heap that is not there. Where
// layers are split no single stage decides any more: gaps do, which inputs from
// another device leave. The order is that of libllama 0.7.0.
class Rehearsal {
 public:
  // Of what `device` computes. `model`, its layers' `kinds` and `placement`
  // outlive it.
  //
  // Nothing where it computes no layers, or one of a kind whose order is not
  // known here: delta nets, several residual streams.
  static std::optional<Rehearsal> Of(const ModelShape& model,
                                     absl::Span<const size_t> kinds,
                                     const Placement& placement, int64_t device,
                                     bool is_pipelined);
  // The same of a device that computes for the host, its layers and experts.
  // Nothing also where those remember states, or have latent attention.
  static std::optional<Rehearsal> WithHost(const ModelShape& model,
                                           absl::Span<const size_t> kinds,
                                           const Placement& placement,
                                           int64_t device);

  Bytes BufferFor(const Pass& pass) const;

 private:
  Rehearsal(const ModelShape& model, const Placement& placement, int64_t device,
            bool is_pipelined, RehearsedPart part);

  void Start(RehearsedPass& pass) const;

  const ModelShape* model_;
  const Placement* placement_;
  int64_t device_;
  bool is_pipelined_;
  RehearsedPart part_;
};

}  // namespace hwledger
