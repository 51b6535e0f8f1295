#pragma once

#include <QStringList>
#include <QUrl>
#include <memory>

#include "clients/qt/device_shares.h"
#include "clients/qt/layer_shares.h"
#include "clients/qt/model_choices.h"
#include "clients/qt/vram_watch.h"

namespace hwledger {

// A plan that follows what a person sets. Every number is the daemon's.
class PlannerModel : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")

  Q_PROPERTY(hwledger::ModelChoices* choices READ choices CONSTANT)
  Q_PROPERTY(
      QString modelId READ modelId WRITE setModelId NOTIFY settingsChanged)
  // Tokens per sequence.
  Q_PROPERTY(int sequenceLength READ sequenceLength WRITE setSequenceLength
                 NOTIFY settingsChanged)
  // What the model was trained for.
  Q_PROPERTY(int sequenceLengthMax READ sequenceLengthMax NOTIFY modelChanged)
  // That still fits, in tokens. 0: none does.
  Q_PROPERTY(int longestContext READ longestContext NOTIFY predicted)
  // Sequences alive at once.
  Q_PROPERTY(
      int batchSize READ batchSize WRITE setBatchSize NOTIFY settingsChanged)
  Q_PROPERTY(int batchSizeMax READ batchSizeMax CONSTANT)
  // Empty: as stored.
  Q_PROPERTY(QString quantization READ quantization WRITE setQuantization NOTIFY
                 settingsChanged)
  Q_PROPERTY(QStringList quantizations READ quantizations CONSTANT)
  // Of keys and values both. Empty: the engine's own.
  Q_PROPERTY(QString kvCacheType READ kvCacheType WRITE setKvCacheType NOTIFY
                 settingsChanged)
  Q_PROPERTY(QStringList kvCacheTypes READ kvCacheTypes CONSTANT)
  // A preset's name. Empty: the devices of the daemon's machine.
  Q_PROPERTY(QString device READ device WRITE setDevice NOTIFY settingsChanged)
  Q_PROPERTY(QStringList devicePresets MEMBER m_devicePresets NOTIFY
                 devicePresetsChanged)
  // -1: as many as there are, if there is a GPU.
  Q_PROPERTY(
      int gpuLayers READ gpuLayers WRITE setGpuLayers NOTIFY settingsChanged)
  // The output layer, which counts as one of gpuLayers, is not in it.
  Q_PROPERTY(int layerCount READ layerCount NOTIFY predicted)

  Q_PROPERTY(bool hasPrediction READ hasPrediction NOTIFY predicted)
  Q_PROPERTY(bool busy READ isBusy NOTIFY busyChanged)
  Q_PROPERTY(hwledger::Failure failure MEMBER m_failure NOTIFY failureChanged)
  Q_PROPERTY(Verdict verdict READ verdict NOTIFY predicted)
  // Of the devices that decide the one that is asked for most, and what it has.
  Q_PROPERTY(QString roomText READ roomText NOTIFY predicted)
  Q_PROPERTY(QString totalText READ totalText NOTIFY predicted)
  Q_PROPERTY(QString weightsText READ weightsText NOTIFY predicted)
  Q_PROPERTY(QString kvCacheText READ kvCacheText NOTIFY predicted)
  Q_PROPERTY(QString overheadText READ overheadText NOTIFY predicted)
  Q_PROPERTY(QString modelText READ modelText NOTIFY predicted)
  Q_PROPERTY(QString methodText READ methodText NOTIFY predicted)
  Q_PROPERTY(QString prefillText READ prefillText NOTIFY predicted)
  Q_PROPERTY(QString decodeText READ decodeText NOTIFY predicted)
  // What limits decode.
  Q_PROPERTY(QString bindingText READ bindingText NOTIFY predicted)
  Q_PROPERTY(hwledger::DeviceShares* shares READ shares CONSTANT)
  Q_PROPERTY(hwledger::LayerShares* layers READ layers CONSTANT)
  Q_PROPERTY(QStringList warnings READ warnings NOTIFY predicted)
  // Empty: that engine cannot run it.
  Q_PROPERTY(QString launchLine READ launchLine NOTIFY predicted)
  Q_PROPERTY(QString vllmLine READ vllmLine NOTIFY predicted)

 public:
  enum class Verdict { Unknown, Fits, Tight, DoesNotFit };
  Q_ENUM(Verdict)

  PlannerModel(Daemon& daemon, const ModelListing& listing,
               QObject* parent = nullptr);

  ModelChoices* choices() { return &m_choices; }
  QString modelId() const;
  void setModelId(const QString& modelId);
  // A GGUF file or a folder of this machine.
  Q_INVOKABLE void chooseFile(const QUrl& file);
  int sequenceLength() const { return m_question.sequence_length(); }
  void setSequenceLength(int tokens);
  int sequenceLengthMax() const;
  int longestContext() const;
  int batchSize() const { return m_question.batch_size(); }
  void setBatchSize(int sequences);
  int batchSizeMax() const { return 256; }
  QString quantization() const;
  void setQuantization(const QString& quantization);
  static QStringList quantizations();
  QString kvCacheType() const;
  void setKvCacheType(const QString& type);
  static QStringList kvCacheTypes();
  QString device() const;
  void setDevice(const QString& device);
  int gpuLayers() const;
  void setGpuLayers(int layers);
  int layerCount() const { return m_prediction.model().layer_count(); }

  bool hasPrediction() const { return m_hasPrediction; }
  bool isBusy() const;
  Verdict verdict() const;
  QString roomText() const;
  QString totalText() const;
  QString weightsText() const;
  QString kvCacheText() const;
  QString overheadText() const;
  QString modelText() const;
  QString methodText() const;
  QString prefillText() const;
  QString decodeText() const;
  QString bindingText() const;
  DeviceShares* shares() { return &m_shares; }
  LayerShares* layers() { return &m_layers; }
  QStringList warnings() const;
  QString launchLine() const;
  QString vllmLine() const;

 signals:
  void settingsChanged();
  void modelChanged();
  void devicePresetsChanged();
  void busyChanged();
  void failureChanged();
  void predicted();

 private:
  // Asks what the settings now amount to.
  void question();
  void answer(const v1::MemoryPrediction& prediction);
  // The daemon answers no more questions of this watch.
  void ended(const grpc::Status& status);
  void fail(const Failure& failure);
  void fetchDevicePresets();

  Daemon& m_daemon;
  const ModelListing& m_listing;
  ModelChoices m_choices;
  QStringList m_devicePresets;
  v1::EstimateVramRequest m_question;
  std::unique_ptr<VramWatch> m_watch;
  bool m_hasPrediction = false;
  v1::MemoryPrediction m_prediction;
  Failure m_failure;
  DeviceShares m_shares;
  LayerShares m_layers;
};

}  // namespace hwledger
