#pragma once

#include "clients/qt/row_model.h"
#include "hwledger/v1/ledger.pb.h"

namespace hwledger {

// How far predictions were off, by architecture and part.
class Accuracy : public Rows<v1::TermAccuracy> {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")

 public:
  explicit Accuracy(QObject* parent = nullptr);

  void show(const v1::SummarizeAccuracyResponse& answer);
};

}  // namespace hwledger
