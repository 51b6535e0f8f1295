#pragma once

#include <string>

#include "clients/qt/accuracy.h"
#include "clients/qt/daemon.h"
#include "clients/qt/failure.h"
#include "clients/qt/row_model.h"

namespace hwledger {

// Past loads, predicted beside measured, the newest first.
class LedgerModel : public Rows<v1::LedgerEntry> {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")
  // A part of a model's name. Empty: all of them.
  Q_PROPERTY(QString search READ search WRITE setSearch NOTIFY searchChanged)
  Q_PROPERTY(bool busy MEMBER m_isBusy NOTIFY changed)
  Q_PROPERTY(hwledger::Failure failure MEMBER m_failure NOTIFY changed)
  // Whether there are older ones than are shown.
  Q_PROPERTY(bool hasMore READ hasMore NOTIFY changed)
  Q_PROPERTY(hwledger::Accuracy* accuracy READ accuracy CONSTANT)

 public:
  explicit LedgerModel(Daemon& daemon, QObject* parent = nullptr);

  QString search() const { return m_search; }
  void setSearch(const QString& search);
  bool hasMore() const { return !m_nextPage.empty(); }
  Accuracy* accuracy() { return &m_accuracy; }

  Q_INVOKABLE void refresh();
  Q_INVOKABLE void fetchMoreEntries();

 signals:
  void searchChanged();
  void changed();

 private:
  void fetch(const std::string& page);
  void arrange();

  Daemon& m_daemon;
  Accuracy m_accuracy;
  QString m_search;
  std::vector<v1::LedgerEntry> m_entries;
  bool m_isBusy = false;
  Failure m_failure;
  std::string m_nextPage;
  // What is answered to an earlier question is not shown.
  int m_question = 0;
};

}  // namespace hwledger
