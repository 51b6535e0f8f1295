#include <cmath>

#include "core/model/hf_architecture.h"

namespace hwledger {
namespace {

void SetGraniteScales(HfConfig& config, HeaderDraft& draft) {
  draft.Set("attention.scale", config.RealOr("attention_multiplier", 1));
  draft.Set("embedding_scale", config.RealOr("embedding_multiplier", 1));
  draft.Set("residual_scale", config.RealOr("residual_multiplier", 1));
  draft.Set("logit_scale", config.RealOr("logits_scaling", 1));
}

void SetMiniCpmScales(HfConfig& config, HeaderDraft& draft) {
  const auto layers = static_cast<double>(config.Count("num_hidden_layers"));
  const auto width = static_cast<double>(config.Count("hidden_size"));
  draft.Set("embedding_scale", config.RealOr("scale_emb", 1));
  draft.Set("residual_scale",
            config.RealOr("scale_depth", 1) / std::sqrt(layers));
  draft.Set("logit_scale", width / config.RealOr("dim_model_base", width));
}

}  // namespace

void SetScales(std::string_view model_type, HfConfig& config,
               HeaderDraft& draft) {
  if (model_type == "cohere" || model_type == "cohere2") {
    draft.Set("logit_scale", config.RealOr("logit_scale", 1));
  }
  if (model_type.starts_with("granite")) SetGraniteScales(config, draft);
  if (model_type == "minicpm") SetMiniCpmScales(config, draft);
}

}  // namespace hwledger
