#pragma once

#include <QDateTime>
#include <QString>
#include <vector>

#include "clients/qt/row_model.h"
#include "clients/qt/turns.h"

namespace hwledger {

struct Conversation {
  QDateTime startedAt;
  QString modelId;
  std::vector<Turn> turns;
};

// The conversations that were held, the newest first, in a file that only this
// user can read.
class Conversations : public Rows<Conversation> {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")
  // The row of the conversation that is shown; -1: none of them.
  Q_PROPERTY(int current READ current NOTIFY currentChanged)

 public:
  // Empty: nothing is kept.
  explicit Conversations(const QString& path, QObject* parent = nullptr);

  int current() const { return m_current; }

  // Shows the conversation; opened() has it.
  Q_INVOKABLE void open(int row);
  Q_INVOKABLE void remove(int row);

  // Puts down how far the current conversation has come; begins one where there
  // is none.
  void keep(const QString& modelId, const std::vector<Turn>& turns);
  // The next to be kept is a new one.
  void leave();

 signals:
  void currentChanged();
  void opened(const hwledger::Conversation& conversation);
  // The one that is shown is no more.
  void currentRemoved();

 private:
  void load();
  void save() const;
  void mark(int current);

  const QString m_path;
  int m_current = -1;
};

}  // namespace hwledger
