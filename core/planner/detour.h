#pragma once

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"

namespace hwledger {

// What a device hands to the next amid `layer`, and what comes back of it at
// once.
struct Detour {
  const Layer* layer = nullptr;
  Bytes there;
  // What is made of that first. Then what comes back is made in its place,
  // unless it must stay.
  Bytes between;
  Bytes back;
};

// Whether `layer` remembers a state, and whether by a scan or by mixing tokens
// with those before (RWKV).
bool Remembers(const Layer& layer);
bool Scans(const Layer& layer);
bool Mixes(const Layer& layer);

// Whether the states of `layer` are gathered as soon as it is added to the
// graph. Beside attention they wait for that.
bool GathersAtOnce(const Layer& layer);

// Of layers that are added to the graph, that whose states are gathered before
// anything else is stored. Null: there is none.
const Layer* GatheredFirst(absl::Span<const Layer> layers);

// The last of `layers` that stores something, if none with experts follows.
// What follows in it, and behind it, is computed when the next one stores.
// Null: there is none.
const Layer* LastThatStores(absl::Span<const Layer> layers);

// The detour in `layers`, where another device computes `next`. The states of
// one of those are gathered as soon as it is added to the graph (llama.cpp:
// llm_graph_context::build_rs), while the last of `layers` that has stored is
// still without its end; and its device does what follows, up to the next
// product with weights (ggml: ggml_backend_sched_split_graph, "expand gpu
// down"): it copies a scan's gate out, takes tokens from those before for a
// channel mix, or rotates back what attention gave. With experts all of that
// has been done before.
Detour DetourOf(absl::Span<const Layer> layers, absl::Span<const Layer> next,
                const Pass& pass);

}  // namespace hwledger
