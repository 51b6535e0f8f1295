#pragma once

#include "absl/functional/function_ref.h"
#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/dry_results.h"
#include "core/planner/pass_inputs.h"
#include "core/planner/rehearsed_part.h"

namespace hwledger {

// What the attention of some layers is told: those that see all tokens alike,
// and those with a window. Each kind is there from when it is first taken until
// its last layer is over. And which tokens' logits are wanted, where the last
// of all layers is one of them. `part` and `pass` outlive it.
class RehearsalInputs {
 public:
  RehearsalInputs(const RehearsedPart& part, const Pass& pass)
      : part_(part), pass_(pass) {}

  static bool IsWindowed(const Layer& layer) { return layer.window_tokens > 0; }
  // Attends, and to all tokens.
  static bool SeesAll(const Layer& layer) {
    return Attends(layer) && !IsWindowed(layer);
  }

  // What `layer`, one of the layers or the one before, needs, unless it was
  // taken before.
  void Take(const Layer& layer, DryResults& results);
  // Of that what comes sooner where layer by layer is handed over: where tokens
  // are, with what rotates keys, and what rotates the result back.
  void TakePositions(const Layer& layer, DryResults& results);
  void TakeRotation(const Layer& layer, DryResults& results);
  // Where the states are that are gathered, if a layer remembers some, unless
  // it was taken before.
  void TakePlacesOfStates(DryResults& results);
  void TakeAll(DryResults& results);
  // Where no later layer needs the same: all but what rotates the result back,
  // once the heads are through, and that as well.
  void Free(const Layer& layer, DryResults& results);
  void FreeRotation(const Layer& layer, DryResults& results);
  void FreeOutputs(DryResults& results);
  // Where states are, behind the last layer that remembers one.
  void FreePlacesOfStates(const Layer& layer, DryResults& results);

  // All is to be taken once more, beside what is there.
  void Repeat();
  // What was taken is never freed.
  void Keep();

 private:
  struct Kind {
    DryResults::Block rotation;  // What rotates the result back.
    DryResults::Block key_rotation;
    DryResults::Block rest;
    Bytes rotation_size;  // Once they have been asked for.
    Bytes rest_size;
    bool is_taken = false;
    bool has_rotation = false;
    bool has_key_rotation = false;
  };

  struct InputSizes {
    Bytes masks;
    Bytes places;  // Where keys and values go in the cache.
  };

  const Kind& KindOf(const Layer& layer) const {
    return IsWindowed(layer) ? window_ : full_;
  }
  Kind& KindOf(const Layer& layer) {
    return IsWindowed(layer) ? window_ : full_;
  }
  // Whether a later layer needs what `layer` needs for its attention.
  bool IsUsedBehind(const Layer& layer) const;
  void TakePositions(DryResults& results);
  void TakePlacesOfScans(DryResults& results);
  void TakePlacesOfCache(DryResults& results);
  InputSizes SizesOf(const Layer& layer) const;
  Bytes SizeOf(const Layer& layer) const;
  bool HasOne(bool (*is_so)(const Layer& layer)) const;
  bool HasOneBehind(const Layer& layer,
                    absl::FunctionRef<bool(const Layer&)> is_so) const;

  const RehearsedPart& part_;
  const Pass& pass_;
  DryResults::Block positions_;  // Of tokens, which all layers are told.
  DryResults::Block outputs_;
  DryResults::Block places_of_states_;
  DryResults::Block places_of_scans_;
  Kind full_;
  Kind window_;
  bool has_positions_ = false;
  bool has_places_of_states_ = false;
  bool has_places_of_scans_ = false;
};

}  // namespace hwledger
