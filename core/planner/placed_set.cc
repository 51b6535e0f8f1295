#include "core/planner/placed_set.h"

#include <utility>

#include "core/bytes.h"

namespace hwledger {
namespace {

std::optional<PlacedModel> PlaceDraft(const std::optional<DraftAddition>& draft,
                                      const EngineOptions& options,
                                      absl::Span<const Device> devices) {
  if (!draft) return std::nullopt;
  return std::optional<PlacedModel>(std::in_place, *draft->shape,
                                    DraftOptions(*draft, options), devices);
}

// The first GPU, else the first integrated one, else the host, however many
// layers of the model are there (llama.cpp: clip_ctx).
size_t ProjectorDevice(absl::Span<const Device> devices) {
  const std::vector<int64_t> gpus = LayerDevices(devices);
  return gpus.empty() ? 0 : static_cast<size_t>(gpus.front());
}

}  // namespace

PlacedSet::PlacedSet(const ModelShape& model, const EngineOptions& options,
                     absl::Span<const Device> devices,
                     const Additions& additions)
    : devices_(devices),
      additions_(additions),
      model_(model, options, devices),
      draft_(PlaceDraft(additions.draft, options, devices)) {}

AdditionPlan PlacedSet::WeighDraft(const EngineOptions& options) const {
  AdditionPlan plan = {.kind = AdditionKind::kDraftModel,
                       .model_id = additions_.draft->model_id};
  const Pass pass = PassOf(DraftOptions(*additions_.draft, options));
  for (size_t i = 0; i < devices_.size(); ++i) {
    plan.devices.push_back(draft_->Weigh(i, pass));
    plan.devices.back().layer_count = draft_->weights().share(i).layer_count;
  }
  return plan;
}

AdditionPlan PlacedSet::WeighAdapter(const LoraAdapter& adapter) const {
  AdditionPlan plan = {.kind = AdditionKind::kLoraAdapter,
                       .model_id = adapter.file};
  plan.devices.resize(devices_.size());
  const auto weights_on = [&plan](int64_t device) -> Bytes& {
    return plan.devices[static_cast<size_t>(device)].weights;
  };
  const Placement& placement = model_.weights().placement();
  weights_on(placement.input) += adapter.input_weights;
  weights_on(placement.output) += adapter.output_weights;
  for (size_t i = 0; i < adapter.layers.size(); ++i) {
    weights_on(placement.layers[i]) += adapter.layers[i].weights;
    weights_on(placement.ExpertsOf(static_cast<int64_t>(i))) +=
        adapter.layers[i].expert_weights;
  }
  return plan;
}

AdditionPlan PlacedSet::WeighProjector(const Projector& projector) const {
  AdditionPlan plan = {.kind = AdditionKind::kProjector,
                       .model_id = projector.file};
  plan.devices.resize(devices_.size());
  plan.devices[ProjectorDevice(devices_)].weights = projector.weights;
  if (!projector.uses) return plan;
  // What is no weight is scratch memory.
  for (const ProjectorUse& use : *projector.uses) {
    for (size_t i = 0; i < devices_.size(); ++i) {
      const bool is_there = use.is_host ? devices_[i].kind == DeviceKind::kCpu
                                        : devices_[i].name == use.name;
      if (!is_there) continue;
      plan.devices[i].compute_buffer = use.total - plan.devices[i].weights;
    }
  }
  return plan;
}

std::vector<AdditionPlan> PlacedSet::WeighAdditions(
    const EngineOptions& options) const {
  std::vector<AdditionPlan> plans;
  if (additions_.projector) {
    plans.push_back(WeighProjector(*additions_.projector));
  }
  for (const LoraAdapter& adapter : additions_.adapters) {
    plans.push_back(WeighAdapter(adapter));
  }
  if (draft_) plans.push_back(WeighDraft(options));
  return plans;
}

Pass PlacedSet::PassFor(const EngineOptions& options) const {
  return PassOf(OptionsBeside(additions_, options));
}

std::vector<Bytes> PlacedSet::Needed(const EngineOptions& options) const {
  const Pass pass = PassFor(options);
  std::vector<Bytes> needed(devices_.size());
  for (size_t i = 0; i < needed.size(); ++i) {
    needed[i] = model_.Weigh(i, pass).total();
  }
  if (additions_.empty()) return needed;
  for (const AdditionPlan& addition : WeighAdditions(options)) {
    for (size_t i = 0; i < needed.size(); ++i) {
      needed[i] += addition.devices[i].total();
    }
  }
  return needed;
}

bool PlacedSet::Fits(const EngineOptions& options) const {
  if (model_.weights().RoomToCompute(options) < 0) return false;
  const std::vector<Bytes> needed = Needed(options);
  return model_.weights().RoomBeside(
             [&](size_t device) { return needed[device]; }) >= 0;
}

}  // namespace hwledger
