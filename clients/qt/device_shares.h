#pragma once

#include "clients/qt/row_model.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

// What a prediction places on each device.
class DeviceShares : public Rows<v1::DevicePrediction> {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")

 public:
  explicit DeviceShares(QObject* parent = nullptr);

  void show(const v1::MemoryPrediction& prediction);
};

}  // namespace hwledger
