#pragma once

#include <string_view>

#include "core/model/hf_architecture.h"

// The families of hf_architecture.h that remember a state instead of, or
// beside, keys and values.
namespace hwledger {

// False where `model_type` is none of them.
bool AddRecurrentModel(std::string_view model_type, HfConfig& config,
                       HeaderDraft& draft);

// Gated delta nets with attention in every fourth layer: qwen3_next,
// qwen3_5_text, qwen3_5_moe_text.
void AddDeltaNet(std::string_view model_type, HfConfig& config,
                 HeaderDraft& draft);

// Attention and Mamba-2 side by side in every layer: falcon_h1.
void AddFalconH1(HfConfig& config, HeaderDraft& draft);

// Mamba-2 and attention layers in turn: granitemoehybrid.
void AddGraniteHybrid(HfConfig& config, HeaderDraft& draft);

// Mamba-1 and attention layers in turn: jamba.
void AddJamba(HfConfig& config, HeaderDraft& draft);

// Kimi's delta attention and latent attention layers in turn: kimi_linear.
void AddKimiLinear(HfConfig& config, HeaderDraft& draft);

// Short convolutions and attention layers in turn: lfm2, lfm2_moe.
void AddLfm2(std::string_view model_type, HfConfig& config, HeaderDraft& draft);

// Nothing but layers of Mamba-1: mamba, falcon_mamba; or of Mamba-2: mamba2.
void AddMamba1(std::string_view model_type, HfConfig& config,
               HeaderDraft& draft);
void AddMamba2(HfConfig& config, HeaderDraft& draft);

// Layers of Mamba-2, of attention and of feed-forward networks: nemotron_h.
void AddNemotronH(HfConfig& config, HeaderDraft& draft);

// rwkv6, rwkv7.
void AddRwkv6(HfConfig& config, HeaderDraft& draft);
void AddRwkv7(HfConfig& config, HeaderDraft& draft);

}  // namespace hwledger
