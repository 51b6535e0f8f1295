#pragma once

#include <QTimer>
#include <map>

#include "clients/qt/keyring.h"

namespace hwledger {

// A keyring that is no more than this object.
class KeptTokens : public Keyring {
 public:
  bool isAvailable() const override { return available; }
  void read(const QString& name,
            std::function<void(const QString& secret)> found) override {
    QTimer::singleShot(0, [secret = secrets[name], found] { found(secret); });
  }
  void write(const QString& name, const QString& secret) override {
    if (secret.isEmpty()) {
      secrets.erase(name);
    } else {
      secrets[name] = secret;
    }
  }

  bool available = true;
  std::map<QString, QString> secrets;
};

}  // namespace hwledger
