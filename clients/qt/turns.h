#pragma once

#include <QString>

#include "clients/qt/failure.h"
#include "clients/qt/row_model.h"

namespace hwledger {

// What one side of a conversation said.
struct Turn {
  enum class Speaker { User, Assistant };

  Speaker speaker = Speaker::User;
  QString text;
  // What the model thought before it answered.
  QString reasoning;
  bool isStreaming = false;
  Failure failure;
  // How fast it was; empty where that is not known.
  QString figures;
  // Why it ended, where that is worth a word.
  QString end;
};

// A conversation, the oldest turn first.
class Turns : public Rows<Turn> {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")

 public:
  explicit Turns(QObject* parent = nullptr);

  const std::vector<Turn>& all() const { return rows(); }
  void show(std::vector<Turn> turns) { setRows(std::move(turns)); }
  void add(Turn turn) { append(std::move(turn)); }

  // `change` gets the last turn.
  template <typename Change>
  void changeLast(Change change) {
    this->change(count() - 1, std::move(change));
  }
};

}  // namespace hwledger
