#include "clients/cli/enum_words.h"

namespace hwledger {

// A daemon newer than this program may send values that have no word here.
constexpr std::string_view kNoWord = "unknown";

std::string_view AdditionKindWords(v1::AdditionKind kind) {
  switch (kind) {
    case v1::ADDITION_KIND_MMPROJ:
      return "projector";
    case v1::ADDITION_KIND_LORA_ADAPTER:
      return "LoRA adapter";
    case v1::ADDITION_KIND_DRAFT_MODEL:
      return "draft model";
    default:
      return kNoWord;
  }
}

std::string_view BindingTermWord(v1::BindingTerm term) {
  switch (term) {
    case v1::BINDING_TERM_MEMORY_BANDWIDTH:
      return "memory bandwidth";
    case v1::BINDING_TERM_COMPUTE:
      return "compute";
    default:
      return kNoWord;
  }
}

std::string_view DeviceKindWords(v1::DeviceKind kind) {
  switch (kind) {
    case v1::DEVICE_KIND_CPU:
      return "CPU";
    case v1::DEVICE_KIND_GPU:
      return "GPU";
    case v1::DEVICE_KIND_INTEGRATED_GPU:
      return "integrated GPU";
    case v1::DEVICE_KIND_ACCELERATOR:
      return "accelerator";
    default:
      return kNoWord;
  }
}

std::string_view FinishReasonWords(v1::FinishReason reason) {
  switch (reason) {
    case v1::FINISH_REASON_END_OF_TEXT:
      return "end of text";
    case v1::FINISH_REASON_STOP_STRING:
      return "stop string";
    case v1::FINISH_REASON_LENGTH:
      return "length";
    case v1::FINISH_REASON_TOOL_CALLS:
      return "tool calls";
    default:
      return kNoWord;
  }
}

std::string_view FitGoalWords(v1::FitGoal goal) {
  switch (goal) {
    case v1::FIT_GOAL_SEQUENCE_LENGTH:
      return "longest context";
    case v1::FIT_GOAL_BATCH_SIZE:
      return "most sequences";
    case v1::FIT_GOAL_QUANTIZATION:
      return "best quantization";
    case v1::FIT_GOAL_GPU_LAYERS:
      return "most GPU layers";
    default:
      return kNoWord;
  }
}

std::string_view LayerKindWords(v1::LayerKind kind) {
  switch (kind) {
    case v1::LAYER_KIND_FULL_ATTENTION:
      return "full attention";
    case v1::LAYER_KIND_SLIDING_WINDOW:
      return "sliding window";
    case v1::LAYER_KIND_CHUNKED_ATTENTION:
      return "chunked attention";
    case v1::LAYER_KIND_LATENT_ATTENTION:
      return "latent attention";
    case v1::LAYER_KIND_RECURRENT:
      return "recurrent";
    case v1::LAYER_KIND_HYBRID:
      return "hybrid";
    case v1::LAYER_KIND_NO_CACHE:
      return "no cache";
    default:
      return kNoWord;
  }
}

std::string_view LoadStateWord(v1::LoadState state) {
  switch (state) {
    case v1::LOAD_STATE_LOADING:
      return "loading";
    case v1::LOAD_STATE_READY:
      return "ready";
    case v1::LOAD_STATE_UNLOADING:
      return "unloading";
    default:
      return kNoWord;
  }
}

std::string_view MemoryPartWords(v1::MemoryPart part) {
  switch (part) {
    case v1::MEMORY_PART_WEIGHTS:
      return "weights";
    case v1::MEMORY_PART_KV_CACHE:
      return "KV cache";
    case v1::MEMORY_PART_RUNTIME_OVERHEAD:
      return "overhead";
    default:
      return kNoWord;
  }
}

std::string_view MethodWords(v1::PredictionMethod method) {
  switch (method) {
    case v1::PREDICTION_METHOD_ANALYTIC:
      return "formula: weights and KV cache to the byte, compute within a few "
             "per cent";
    case v1::PREDICTION_METHOD_DRY_RUN:
      return "a dry run of the engine: exact";
    default:
      return kNoWord;
  }
}

std::string_view ModelSourceWord(v1::ModelSource source) {
  switch (source) {
    case v1::MODEL_SOURCE_CATALOGUE:
      return "catalogue";
    case v1::MODEL_SOURCE_GGUF:
      return "file";
    case v1::MODEL_SOURCE_DEMO:
      return "demo";
    case v1::MODEL_SOURCE_FOLDER:
      return "folder";
    case v1::MODEL_SOURCE_HUGGING_FACE:
      return "Hugging Face";
    case v1::MODEL_SOURCE_OLLAMA:
      return "ollama";
    case v1::MODEL_SOURCE_LM_STUDIO:
      return "LM Studio";
    case v1::MODEL_SOURCE_LLAMA_CPP:
      return "llama.cpp";
    default:
      return kNoWord;
  }
}

}  // namespace hwledger
