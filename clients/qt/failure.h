#pragma once

#include <grpcpp/support/status.h>

#include <QQmlEngine>
#include <QString>

namespace hwledger {

// Why something that was asked for did not happen, in the daemon's own words.
class Failure {
  Q_GADGET
  QML_VALUE_TYPE(failure)
  // Empty: nothing failed.
  Q_PROPERTY(QString message MEMBER message)
  // The field of the request that the daemon objects to. Empty: none.
  Q_PROPERTY(QString field MEMBER field)
  Q_PROPERTY(bool isSet READ isSet)

 public:
  // Of a call that the daemon ended; nothing where it ended well.
  static Failure of(const grpc::Status& status);

  bool isSet() const { return !message.isEmpty(); }
  friend bool operator==(const Failure&, const Failure&) = default;

  QString message;
  QString field;
};

}  // namespace hwledger
