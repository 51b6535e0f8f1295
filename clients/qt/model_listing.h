#pragma once

#include <QObject>
#include <vector>

#include "clients/qt/daemon.h"
#include "clients/qt/failure.h"

namespace hwledger {

// The models that the daemon knows; asked for again whenever it connects.
class ModelListing : public QObject {
  Q_OBJECT

 public:
  explicit ModelListing(Daemon& daemon, QObject* parent = nullptr);

  const std::vector<v1::Model>& models() const { return m_models; }
  // Null: it is not in the list.
  const v1::Model* find(const QString& modelId) const;
  const Failure& failure() const { return m_failure; }
  bool isBusy() const { return m_isBusy; }

  void refresh();

 signals:
  void changed();

 private:
  Daemon& m_daemon;
  std::vector<v1::Model> m_models;
  Failure m_failure;
  bool m_isBusy = false;
};

// "llama · 8.03B · BF16".
QString modelDetailText(const v1::Model& model);

// Of its file; of what is not on disk, as much as it would be.
QString modelSizeText(const v1::Model& model);

// Whether a person who types `search` looks for this one.
bool matches(const v1::Model& model, const QString& search);

}  // namespace hwledger
