#pragma once

#include <cstdint>

#include "core/model/header_draft.h"

namespace hwledger {

// The converter writes this many tokens where nothing limits a sequence.
inline constexpr int64_t kUnlimitedTokens = int64_t{1} << 20;

// A vocabulary's rows are padded to a multiple.
int64_t RoundedUp(int64_t count, int64_t multiple);

// A layer of Mamba-2: one decay for each of a few heads.
struct Mixer {
  int64_t embedding = 0;
  int64_t inner = 0;
  int64_t state = 0;
  int64_t heads = 0;
  int64_t groups = 0;
  int64_t convolution = 0;  // Tokens that it looks back, this one included.
  bool has_norm = true;

  // Elements that go through the convolution.
  int64_t convolved() const { return inner + 2 * groups * state; }
};
void SetMixerKeys(const Mixer& mixer, HeaderDraft& draft);
void AddMixer(const Mixer& mixer, int64_t block, HeaderDraft& draft);

// A layer of Mamba-1: every element of `inner` is a head of its own, and its
// time step comes out of a projection of rank `rank`.
struct SelectiveMixer {
  int64_t embedding = 0;
  int64_t inner = 0;
  int64_t state = 0;
  int64_t rank = 0;
  int64_t convolution = 0;
  bool has_norms = false;  // Of the time step and of what goes in and out.
};
// The rank of the time step, where the config leaves it to the width.
int64_t TimeStepRank(int64_t embedding);
void SetMixerKeys(const SelectiveMixer& mixer, HeaderDraft& draft);
void AddMixer(const SelectiveMixer& mixer, int64_t block, HeaderDraft& draft);

}  // namespace hwledger
