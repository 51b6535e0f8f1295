#include "core/model/hf_mixer.h"

#include <string_view>
#include <utility>
#include <vector>

namespace hwledger {

int64_t RoundedUp(int64_t count, int64_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

void SetMixerKeys(const Mixer& mixer, HeaderDraft& draft) {
  draft.Set("ssm.conv_kernel", mixer.convolution);
  draft.Set("ssm.inner_size", mixer.inner);
  draft.Set("ssm.state_size", mixer.state);
  draft.Set("ssm.time_step_rank", mixer.heads);
  draft.Set("ssm.group_count", mixer.groups);
}

void AddMixer(const Mixer& mixer, int64_t block, HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, name), std::move(dimensions));
  };
  add("ssm_in.weight",
      {mixer.embedding, mixer.inner + mixer.convolved() + mixer.heads});
  add("ssm_conv1d.weight", {mixer.convolution, mixer.convolved()});
  add("ssm_conv1d.bias", {mixer.convolved()});
  add("ssm_dt.bias", {mixer.heads});
  add("ssm_a", {1, mixer.heads});
  add("ssm_d", {1, mixer.heads});
  if (mixer.has_norm) {
    add("ssm_norm.weight", {mixer.inner / mixer.groups, mixer.groups});
  }
  add("ssm_out.weight", {mixer.inner, mixer.embedding});
}

int64_t TimeStepRank(int64_t embedding) {
  return RoundedUp(embedding, 16) / 16;
}

void SetMixerKeys(const SelectiveMixer& mixer, HeaderDraft& draft) {
  draft.Set("ssm.conv_kernel", mixer.convolution);
  draft.Set("ssm.inner_size", mixer.inner);
  draft.Set("ssm.state_size", mixer.state);
  draft.Set("ssm.time_step_rank", mixer.rank);
}

void AddMixer(const SelectiveMixer& mixer, int64_t block, HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, name), std::move(dimensions));
  };
  add("ssm_in.weight", {mixer.embedding, 2 * mixer.inner});
  add("ssm_conv1d.weight", {mixer.convolution, mixer.inner});
  add("ssm_conv1d.bias", {mixer.inner});
  add("ssm_x.weight", {mixer.inner, mixer.rank + 2 * mixer.state});
  add("ssm_dt.weight", {mixer.rank, mixer.inner});
  add("ssm_dt.bias", {mixer.inner});
  add("ssm_a", {mixer.state, mixer.inner});
  add("ssm_d", {mixer.inner});
  add("ssm_out.weight", {mixer.inner, mixer.embedding});
  if (mixer.has_norms) {
    add("ssm_dt_norm.weight", {mixer.rank});
    add("ssm_b_norm.weight", {mixer.state});
    add("ssm_c_norm.weight", {mixer.state});
  }
}

}  // namespace hwledger
