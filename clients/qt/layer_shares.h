#pragma once

#include "clients/qt/row_model.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

// What a prediction says of each layer.
class LayerShares : public Rows<v1::LayerPrediction> {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")
  // Of the layer that has most.
  Q_PROPERTY(double weightsMax MEMBER m_weightsMax NOTIFY maximaChanged)
  Q_PROPERTY(double kvCacheMax MEMBER m_kvCacheMax NOTIFY maximaChanged)

 public:
  explicit LayerShares(QObject* parent = nullptr);

  void show(const v1::MemoryPrediction& prediction);

 signals:
  void maximaChanged();

 private:
  double m_weightsMax = 0;
  double m_kvCacheMax = 0;
};

}  // namespace hwledger
