#include "core/model/model_shape.h"

#include <algorithm>

#include "absl/status/status_macros.h"
#include "core/bytes.h"
#include "core/model/architecture_keys.h"
#include "core/model/divided_tensors.h"
#include "core/model/layer_memory.h"
#include "core/model/layer_weights.h"
#include "core/model/quantize_mix.h"

namespace hwledger {

absl::StatusOr<ModelShape> ShapeOf(const GgufHeader& header) {
  ABSL_ASSIGN_OR_RETURN(const ArchitectureKeys keys,
                        ArchitectureKeys::Create(header));
  ModelShape shape = {.name = header.Text("general.name").value_or(""),
                      .architecture = keys.architecture(),
                      .quantization = QuantizationOf(header)};
  ABSL_ASSIGN_OR_RETURN(shape.layers, LayerMemory(keys));
  ABSL_ASSIGN_OR_RETURN(shape.embedding_elements,
                        keys.Required("embedding_length"));
  ABSL_ASSIGN_OR_RETURN(const int64_t experts_used,
                        keys.Optional("expert_used_count", 0));
  ABSL_RETURN_IF_ERROR(AddWeights(header, experts_used, shape));
  shape.context_tokens_max = std::max<int64_t>(
      header.Integer(keys.architecture() + ".context_length").value_or(0), 0);
  shape.divided_tensors = DividedTensorsOf(header, shape);
  return shape;
}

ModelShape OutlineOf(const GgufHeader& header) {
  ModelShape outline = {.name = header.Text("general.name").value_or(""),
                        .quantization = QuantizationOf(header)};
  Bytes parameters;  // Saturates.
  for (const GgufTensor& tensor : header.tensors) {
    parameters += Bytes(tensor.element_count());
  }
  outline.parameter_count = parameters.count();
  outline.active_parameter_count = parameters.count();
  const absl::StatusOr<ArchitectureKeys> keys =
      ArchitectureKeys::Create(header);
  if (!keys.ok()) return outline;
  outline.architecture = keys->architecture();
  outline.layers.resize(static_cast<size_t>(keys->layer_count()));
  outline.context_tokens_max = std::max<int64_t>(
      header.Integer(keys->architecture() + ".context_length").value_or(0), 0);
  return outline;
}

}  // namespace hwledger
