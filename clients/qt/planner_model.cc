#include "clients/qt/planner_model.h"

#include <algorithm>

#include "clients/qt/answer.h"
#include "clients/qt/enum_text.h"
#include "clients/qt/quantity_text.h"

namespace hwledger {
namespace {

QString textOf(const std::string& text) { return QString::fromStdString(text); }

}  // namespace

PlannerModel::PlannerModel(Daemon& daemon, const ModelListing& listing,
                           QObject* parent)
    : QObject(parent),
      m_daemon(daemon),
      m_listing(listing),
      m_choices(listing, ModelChoices::Offer::All) {
  m_question.set_sequence_length(8192);
  m_question.set_batch_size(1);
  m_question.set_include_layers(true);
  connect(&daemon, &Daemon::connected, this, [this] {
    fetchDevicePresets();
    m_watch.reset();
    question();
  });
  connect(&daemon, &Daemon::replaced, this, [this] { m_watch.reset(); });
  connect(&listing, &ModelListing::changed, this, &PlannerModel::modelChanged);
}

QString PlannerModel::modelId() const { return textOf(m_question.model_id()); }

void PlannerModel::setModelId(const QString& modelId) {
  if (modelId == this->modelId()) return;
  m_question.set_model_id(modelId.toStdString());
  // Those are of a model.
  m_question.clear_quantization();
  m_question.clear_gpu_layers();
  const v1::Model* model = m_listing.find(modelId);
  if (model != nullptr && model->max_sequence_length() > 0) {
    m_question.set_sequence_length(static_cast<int>(std::min<int64_t>(
        m_question.sequence_length(), model->max_sequence_length())));
  }
  emit modelChanged();
  question();
}

void PlannerModel::chooseFile(const QUrl& file) {
  if (file.isLocalFile()) setModelId(file.toLocalFile());
}

void PlannerModel::setSequenceLength(int tokens) {
  if (tokens == sequenceLength()) return;
  m_question.set_sequence_length(tokens);
  question();
}

int PlannerModel::sequenceLengthMax() const {
  constexpr int unknownMax = 131072;
  const v1::Model* model = m_listing.find(modelId());
  int64_t tokens = model != nullptr ? model->max_sequence_length() : 0;
  if (m_hasPrediction) tokens = m_prediction.model().max_sequence_length();
  return tokens > 0 ? static_cast<int>(std::min<int64_t>(tokens, INT_MAX))
                    : unknownMax;
}

int PlannerModel::longestContext() const {
  return static_cast<int>(
      std::min<int64_t>(m_prediction.max_sequence_length(), INT_MAX));
}

void PlannerModel::setBatchSize(int sequences) {
  if (sequences == batchSize()) return;
  m_question.set_batch_size(sequences);
  question();
}

QString PlannerModel::quantization() const {
  return textOf(m_question.quantization());
}

void PlannerModel::setQuantization(const QString& quantization) {
  if (quantization == this->quantization()) return;
  m_question.set_quantization(quantization.toStdString());
  question();
}

QStringList PlannerModel::quantizations() {
  return {"",       "F32",    "BF16",   "F16",    "Q8_0",
          "Q6_K",   "Q5_K_M", "Q5_K_S", "Q4_K_M", "Q4_K_S",
          "IQ4_XS", "MXFP4",  "Q3_K_M", "IQ3_M",  "Q2_K"};
}

QString PlannerModel::kvCacheType() const {
  return textOf(m_question.kv_cache_type_k());
}

void PlannerModel::setKvCacheType(const QString& type) {
  if (type == kvCacheType()) return;
  if (type.isEmpty()) {
    m_question.clear_kv_cache_type_k();
    m_question.clear_kv_cache_type_v();
  } else {
    m_question.set_kv_cache_type_k(type.toStdString());
    m_question.set_kv_cache_type_v(type.toStdString());
  }
  question();
}

QStringList PlannerModel::kvCacheTypes() {
  return {"", "f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0"};
}

QString PlannerModel::device() const {
  return m_question.devices_size() > 0 ? textOf(m_question.devices(0).name())
                                       : QString();
}

void PlannerModel::setDevice(const QString& device) {
  if (device == this->device()) return;
  m_question.clear_devices();
  if (!device.isEmpty()) {
    m_question.add_devices()->set_name(device.toStdString());
  }
  question();
}

int PlannerModel::gpuLayers() const {
  return m_question.has_gpu_layers() ? m_question.gpu_layers() : -1;
}

void PlannerModel::setGpuLayers(int layers) {
  if (layers == gpuLayers()) return;
  if (layers < 0) {
    m_question.clear_gpu_layers();
  } else {
    m_question.set_gpu_layers(layers);
  }
  question();
}

void PlannerModel::question() {
  emit settingsChanged();
  if (m_question.model_id().empty()) return;
  m_question.set_tag(m_question.tag() + 1);
  emit busyChanged();
  if (!m_watch) {
    m_watch = std::make_unique<VramWatch>(
        m_daemon.planner(),
        [this](const v1::MemoryPrediction& prediction) { answer(prediction); },
        [this](const grpc::Status& status) { ended(status); });
  }
  m_watch->ask(m_question);
}

void PlannerModel::answer(const v1::MemoryPrediction& prediction) {
  m_prediction = prediction;
  m_hasPrediction = true;
  m_shares.show(prediction);
  m_layers.show(prediction);
  if (m_failure.isSet()) {
    m_failure = Failure();
    emit failureChanged();
  }
  emit modelChanged();
  emit predicted();
  emit busyChanged();
}

void PlannerModel::ended(const grpc::Status& status) {
  m_watch.reset();
  // Where several questions have no answer, another than the newest may be what
  // was refused.
  if (m_question.tag() - m_prediction.tag() > 1) {
    m_prediction.set_tag(m_question.tag());
    question();
  } else {
    fail(Failure::of(status));
  }
}

void PlannerModel::fail(const Failure& failure) {
  m_failure = failure;
  m_hasPrediction = false;
  m_prediction.Clear();
  // Nothing is waited for any more.
  m_prediction.set_tag(m_question.tag());
  m_shares.show(m_prediction);
  m_layers.show(m_prediction);
  emit failureChanged();
  emit predicted();
  emit busyChanged();
}

bool PlannerModel::isBusy() const {
  return !m_question.model_id().empty() &&
         m_prediction.tag() != m_question.tag();
}

PlannerModel::Verdict PlannerModel::verdict() const {
  switch (m_prediction.verdict()) {
    case v1::VERDICT_FITS:
      return Verdict::Fits;
    case v1::VERDICT_TIGHT:
      return Verdict::Tight;
    case v1::VERDICT_DOES_NOT_FIT:
      return Verdict::DoesNotFit;
    default:
      return Verdict::Unknown;
  }
}

QString PlannerModel::roomText() const {
  if (!m_hasPrediction) return QString();
  const v1::DevicePrediction* decides = nullptr;
  for (const v1::DevicePrediction& device : m_prediction.devices()) {
    if (device.verdict() == m_prediction.verdict() && device.has_free_bytes() &&
        (decides == nullptr || device.total_bytes() > decides->total_bytes())) {
      decides = &device;
    }
  }
  if (decides == nullptr) return tr("Free memory is not known");
  return tr("%1: %2 of %3 that are free")
      .arg(textOf(decides->name()), bytesText(decides->total_bytes()),
           bytesText(decides->free_bytes()));
}

QString PlannerModel::totalText() const {
  return bytesText(m_prediction.total_bytes());
}

QString PlannerModel::weightsText() const {
  return bytesText(m_prediction.weights_bytes());
}

QString PlannerModel::kvCacheText() const {
  return bytesText(m_prediction.kv_cache_bytes());
}

QString PlannerModel::overheadText() const {
  return bytesText(m_prediction.runtime_overhead_bytes());
}

QString PlannerModel::modelText() const {
  const v1::ModelSummary& model = m_prediction.model();
  if (!m_hasPrediction) return QString();
  QString text =
      tr("%1 · %2 parameters · %n layer(s) · %3", nullptr, model.layer_count())
          .arg(textOf(model.architecture()), countText(model.parameter_count()),
               textOf(model.quantization()));
  if (model.active_parameter_count() < model.parameter_count()) {
    text += tr(" · %1 active").arg(countText(model.active_parameter_count()));
  }
  return text;
}

QString PlannerModel::methodText() const {
  return m_hasPrediction ? hwledger::methodText(m_prediction.method())
                         : QString();
}

QString PlannerModel::prefillText() const {
  const v1::Throughput& rates = m_prediction.throughput();
  if (!rates.has_prefill()) return tr("unknown");
  return rateText(rates.prefill(), rates.calibration().prefill_count() > 0);
}

QString PlannerModel::decodeText() const {
  const v1::Throughput& rates = m_prediction.throughput();
  if (!rates.has_decode()) return tr("unknown");
  return rateText(rates.decode(), rates.calibration().decode_count() > 0);
}

QString PlannerModel::bindingText() const {
  const v1::Throughput& rates = m_prediction.throughput();
  return rates.has_decode() ? bindingTermText(rates.decode().binding_term())
                            : QString();
}

QStringList PlannerModel::warnings() const {
  QStringList warnings;
  for (const std::string& warning : m_prediction.warnings()) {
    warnings += textOf(warning);
  }
  return warnings;
}

QString PlannerModel::launchLine() const {
  return textOf(m_prediction.launch().llama_server());
}

QString PlannerModel::vllmLine() const {
  return textOf(m_prediction.launch().vllm());
}

void PlannerModel::fetchDevicePresets() {
  ask({this, m_daemon.connection()}, m_daemon.hardware(),
      &v1::Hardware::StubInterface::async_interface::ListDevicePresets,
      v1::ListDevicePresetsRequest(),
      [this](const grpc::Status&, const v1::ListDevicePresetsResponse& answer) {
        m_devicePresets.clear();
        for (const v1::DevicePreset& preset : answer.presets()) {
          m_devicePresets += textOf(preset.name());
        }
        emit devicePresetsChanged();
      });
}

}  // namespace hwledger
