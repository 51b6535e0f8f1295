#include "clients/qt/enum_text.h"

#include "clients/qt/translated.h"

namespace hwledger {
namespace {

// A daemon newer than this program may send values that have no word here.
QString noText() { return tr("unknown"); }

}  // namespace

QString bindingTermText(v1::BindingTerm term) {
  switch (term) {
    case v1::BINDING_TERM_MEMORY_BANDWIDTH:
      return tr("memory bandwidth");
    case v1::BINDING_TERM_COMPUTE:
      return tr("compute");
    default:
      return noText();
  }
}

QString deviceKindText(v1::DeviceKind kind) {
  switch (kind) {
    case v1::DEVICE_KIND_CPU:
      return tr("CPU");
    case v1::DEVICE_KIND_GPU:
      return tr("GPU");
    case v1::DEVICE_KIND_INTEGRATED_GPU:
      return tr("integrated GPU");
    case v1::DEVICE_KIND_ACCELERATOR:
      return tr("accelerator");
    default:
      return noText();
  }
}

QString finishReasonText(v1::FinishReason reason) {
  switch (reason) {
    case v1::FINISH_REASON_END_OF_TEXT:
      return tr("end of text");
    case v1::FINISH_REASON_STOP_STRING:
      return tr("stop string");
    case v1::FINISH_REASON_LENGTH:
      return tr("length");
    case v1::FINISH_REASON_TOOL_CALLS:
      return tr("tool calls");
    default:
      return noText();
  }
}

QString layerKindText(v1::LayerKind kind) {
  switch (kind) {
    case v1::LAYER_KIND_FULL_ATTENTION:
      return tr("full attention");
    case v1::LAYER_KIND_SLIDING_WINDOW:
      return tr("sliding window");
    case v1::LAYER_KIND_CHUNKED_ATTENTION:
      return tr("chunked attention");
    case v1::LAYER_KIND_LATENT_ATTENTION:
      return tr("latent attention");
    case v1::LAYER_KIND_RECURRENT:
      return tr("recurrent");
    case v1::LAYER_KIND_HYBRID:
      return tr("hybrid");
    case v1::LAYER_KIND_NO_CACHE:
      return tr("no cache");
    default:
      return noText();
  }
}

QString loadStateText(v1::LoadState state) {
  switch (state) {
    case v1::LOAD_STATE_LOADING:
      return tr("loading");
    case v1::LOAD_STATE_READY:
      return tr("ready");
    case v1::LOAD_STATE_UNLOADING:
      return tr("unloading");
    default:
      return noText();
  }
}

QString methodText(v1::PredictionMethod method) {
  switch (method) {
    case v1::PREDICTION_METHOD_ANALYTIC:
      return tr(
          "formula: weights and KV cache to the byte, compute within a few per "
          "cent");
    case v1::PREDICTION_METHOD_DRY_RUN:
      return tr("a dry run of the engine: exact");
    default:
      return noText();
  }
}

QString modelSourceText(v1::ModelSource source) {
  switch (source) {
    case v1::MODEL_SOURCE_CATALOGUE:
      return tr("catalogue");
    case v1::MODEL_SOURCE_GGUF:
      return tr("file");
    case v1::MODEL_SOURCE_DEMO:
      return tr("demo");
    case v1::MODEL_SOURCE_FOLDER:
      return tr("folder");
    case v1::MODEL_SOURCE_HUGGING_FACE:
      return tr("Hugging Face");
    case v1::MODEL_SOURCE_OLLAMA:
      return tr("Ollama");
    case v1::MODEL_SOURCE_LM_STUDIO:
      return tr("LM Studio");
    case v1::MODEL_SOURCE_LLAMA_CPP:
      return tr("llama.cpp");
    default:
      return noText();
  }
}

QString verdictText(v1::Verdict verdict) {
  switch (verdict) {
    case v1::VERDICT_FITS:
      return tr("fits");
    case v1::VERDICT_TIGHT:
      return tr("tight");
    case v1::VERDICT_DOES_NOT_FIT:
      return tr("does not fit");
    default:
      return noText();
  }
}

}  // namespace hwledger
