#include "clients/qt/keyring.h"

#include <qt6keychain/keychain.h>

namespace hwledger {
namespace {

constexpr char kService[] = "hwLedger";

}  // namespace

bool SystemKeyring::isAvailable() const { return QKeychain::isAvailable(); }

void SystemKeyring::read(const QString& name,
                         std::function<void(const QString& secret)> found) {
  auto* job = new QKeychain::ReadPasswordJob(kService);  // Deletes itself.
  job->setKey(name);
  QObject::connect(
      job, &QKeychain::Job::finished, job, [job, found = std::move(found)] {
        found(job->error() == QKeychain::NoError ? job->textData() : QString());
      });
  job->start();
}

void SystemKeyring::write(const QString& name, const QString& secret) {
  if (secret.isEmpty()) {
    auto* job = new QKeychain::DeletePasswordJob(kService);
    job->setKey(name);
    job->start();
    return;
  }
  auto* job = new QKeychain::WritePasswordJob(kService);
  job->setKey(name);
  job->setTextData(secret);
  job->start();
}

}  // namespace hwledger
