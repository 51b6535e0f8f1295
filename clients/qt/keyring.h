#pragma once

#include <QString>
#include <functional>

namespace hwledger {

// The system's keyring, where people's passwords are. Its answers come later,
// on the thread that asked.
class Keyring {
 public:
  virtual ~Keyring() = default;

  // Where it is not, nothing is kept.
  virtual bool isAvailable() const = 0;
  // `found` gets what is kept under `name`; empty: nothing.
  virtual void read(const QString& name,
                    std::function<void(const QString& secret)> found) = 0;
  // An empty secret removes what is kept.
  virtual void write(const QString& name, const QString& secret) = 0;
};

// That of the desktop: the Secret Service, KWallet, …
class SystemKeyring : public Keyring {
 public:
  bool isAvailable() const override;
  void read(const QString& name,
            std::function<void(const QString& secret)> found) override;
  void write(const QString& name, const QString& secret) override;
};

}  // namespace hwledger
