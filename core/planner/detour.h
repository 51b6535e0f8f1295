#pragma once

#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"

namespace hwledger {

// What a device hands to the next, and what comes back of it at once.
struct Detour {
  Bytes there;
  Bytes back;
};

// Whether `layer` remembers a state, and whether by a scan.
bool Remembers(const Layer& layer);
bool Scans(const Layer& layer);

// Whether the states of `layer` are gathered as soon as it is added to the
// graph. Beside attention they wait for that.
bool GathersAtOnce(const Layer& layer);

// The detour at the end of `layer`, where another device computes `next`. The
// states of that one are gathered as soon as it is added to the graph
// (llama.cpp: llm_graph_context::build_rs), while `layer` is still without its
// end; and its device does what follows, up to the next product with weights
// (ggml: ggml_backend_sched_split_graph, "expand gpu down"): it copies a scan's
// gate out, or rotates back what attention gave. With experts all of that has
// been done before.
Detour DetourOf(const Layer& layer, const Layer& next, const Pass& pass);

}  // namespace hwledger
