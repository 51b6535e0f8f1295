#include "core/planner/model_share.h"

#include <cmath>

#include "absl/algorithm/container.h"

namespace hwledger {
namespace {

// `first` stands for a layer like it.
void AddToGroups(const Layer& first, bool has_experts,
                 std::vector<LayerGroup>& groups) {
  const auto group = absl::c_find_if(groups, [&](const LayerGroup& known) {
    return known.has_experts == has_experts && known.layer == &first;
  });
  if (group == groups.end()) {
    groups.push_back(
        {.layer = &first, .layer_count = 1, .has_experts = has_experts});
  } else {
    ++group->layer_count;
  }
}

void AddIdleExperts(const Layer& layer, std::vector<IdleExperts>& idle) {
  const Bytes weights = layer.weights - layer.active_weights;
  if (weights == Bytes() || layer.expert_count == 0) return;
  const double probability =
      1 - static_cast<double>(layer.widths.experts_used) /
              static_cast<double>(layer.expert_count);
  const auto known = absl::c_find_if(idle, [&](const IdleExperts& experts) {
    return experts.probability == probability;
  });
  if (known == idle.end()) {
    idle.push_back({.weights = weights, .probability = probability});
  } else {
    known->weights += weights;
  }
}

// Whether a device with these layers has the tables of RoPE factors.
bool HasTables(const ModelShape& model, const ModelShare& share) {
  return absl::c_any_of(share.groups, [&](const LayerGroup& group) {
    return model.shares_with_windows || group.layer->window_tokens == 0;
  });
}

}  // namespace

Bytes ModelShare::KvCache(const CacheLayout& layout) const {
  Bytes size;
  for (const LayerGroup& group : groups) {
    size += group.layer_count * hwledger::KvCache(*group.layer, layout);
  }
  return size;
}

Bytes ModelShare::WeightsRead(int64_t token_count) const {
  Bytes read = active_weights;
  for (const IdleExperts& experts : idle_experts) {
    const double woken =
        1 - std::pow(experts.probability, static_cast<double>(token_count - 1));
    read += Bytes(static_cast<int64_t>(
        woken * static_cast<double>(experts.weights.count())));
  }
  return read;
}

std::vector<ModelShare> SharesOf(const ModelShape& model,
                                 absl::Span<const size_t> kinds,
                                 const Placement& placement,
                                 int64_t device_count) {
  std::vector<ModelShare> shares(static_cast<size_t>(device_count));
  const auto share_of = [&shares](int64_t device) -> ModelShare& {
    return shares[static_cast<size_t>(device)];
  };
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    ModelShare& share = share_of(placement.layers[i]);
    ++share.layer_count;
    share.weights += layer.weights - layer.expert_weights;
    share.active_weights += layer.active_weights - layer.active_expert_weights;
    share.active_elements +=
        layer.active_elements - layer.active_expert_elements;
    share.quantized_elements +=
        layer.quantized_elements - layer.quantized_expert_elements;

    ModelShare& experts =
        share_of(placement.ExpertsOf(static_cast<int64_t>(i)));
    const bool has_experts = &experts == &share;
    const Layer& first = model.layers[kinds[i]];
    AddToGroups(first, has_experts, share.groups);
    if (!has_experts && layer.widths.expert_feed_forward > 0) {
      AddToGroups(first, /*has_experts=*/true, experts.expert_groups);
    }
    experts.weights += layer.expert_weights;
    experts.active_weights += layer.active_expert_weights;
    experts.active_elements += layer.active_expert_elements;
    experts.quantized_elements += layer.quantized_expert_elements;
    AddIdleExperts(layer, experts.idle_experts);
  }
  for (ModelShare& share : shares) {
    if (HasTables(model, share)) share.weights += model.shared_weights;
  }
  share_of(placement.input).weights += model.input_weights;

  ModelShare& output = share_of(placement.output);
  output.has_output = true;
  output.output_elements = model.embedding_elements * model.vocabulary_size;
  output.quantized_output = model.quantized_output;
  output.weights += model.output_weights;
  output.active_weights += model.output_weights;
  if (model.tied_embedding) {
    output.active_weights += model.embedding_weights;
    if (placement.output != placement.input || model.doubled_embedding) {
      output.weights += model.embedding_weights;
    }
  }
  return shares;
}

std::vector<LayerGroup> GroupsOf(const ModelShape& model,
                                 absl::Span<const size_t> kinds) {
  std::vector<LayerGroup> groups;
  for (const size_t kind : kinds) {
    AddToGroups(model.layers[kind], /*has_experts=*/true, groups);
  }
  return groups;
}

}  // namespace hwledger
