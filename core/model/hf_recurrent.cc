#include "core/model/hf_recurrent.h"

namespace hwledger {

bool AddRecurrentModel(std::string_view model_type, HfConfig& config,
                       HeaderDraft& draft) {
  if (model_type == "falcon_h1") {
    AddFalconH1(config, draft);
  } else if (model_type == "falcon_mamba" || model_type == "mamba") {
    AddMamba1(model_type, config, draft);
  } else if (model_type == "granitemoehybrid") {
    AddGraniteHybrid(config, draft);
  } else if (model_type == "jamba") {
    AddJamba(config, draft);
  } else if (model_type == "kimi_linear") {
    AddKimiLinear(config, draft);
  } else if (model_type.starts_with("lfm2")) {
    AddLfm2(model_type, config, draft);
  } else if (model_type == "mamba2") {
    AddMamba2(config, draft);
  } else if (model_type == "nemotron_h") {
    AddNemotronH(config, draft);
  } else if (model_type.starts_with("qwen3_next") ||
             model_type.starts_with("qwen3_5")) {
    AddDeltaNet(model_type, config, draft);
  } else if (model_type == "rwkv6") {
    AddRwkv6(config, draft);
  } else if (model_type == "rwkv7") {
    AddRwkv7(config, draft);
  } else {
    return false;
  }
  return true;
}

}  // namespace hwledger
