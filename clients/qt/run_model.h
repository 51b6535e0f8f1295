#pragma once

#include <QElapsedTimer>
#include <memory>
#include <optional>

#include "clients/qt/conversations.h"
#include "clients/qt/model_choices.h"
#include "clients/qt/turns.h"

namespace hwledger {

// A conversation with a model, or a text that it continues.
class RunModel : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")

  Q_PROPERTY(hwledger::ModelChoices* choices READ choices CONSTANT)
  Q_PROPERTY(QString modelId MEMBER m_modelId NOTIFY settingsChanged)
  // Whether what is sent is a message of a chat; otherwise it is a prompt to
  // continue as it is.
  Q_PROPERTY(bool chat MEMBER m_isChat NOTIFY settingsChanged)
  Q_PROPERTY(QString systemPrompt MEMBER m_systemPrompt NOTIFY settingsChanged)
  // -1: the model's own.
  Q_PROPERTY(double temperature MEMBER m_temperature NOTIFY settingsChanged)
  // 0: as many as the context holds.
  Q_PROPERTY(int maxTokens MEMBER m_maxTokens NOTIFY settingsChanged)

  Q_PROPERTY(State state READ state NOTIFY stateChanged)
  Q_PROPERTY(QString statusText READ statusText NOTIFY stateChanged)
  // 0 to 1; -1: nobody knows.
  Q_PROPERTY(double progress READ progress NOTIFY stateChanged)
  Q_PROPERTY(hwledger::Turns* turns READ turns CONSTANT)
  Q_PROPERTY(hwledger::Conversations* conversations READ conversations CONSTANT)
  // Of the running or the last answer; empty where it is not known.
  Q_PROPERTY(QString tokensPerSecondText READ tokensPerSecondText NOTIFY
                 figuresChanged)
  Q_PROPERTY(QString firstTokenText READ firstTokenText NOTIFY figuresChanged)
  // Memory of the model's process.
  Q_PROPERTY(QString predictedText READ predictedText NOTIFY figuresChanged)
  Q_PROPERTY(QString measuredText READ measuredText NOTIFY figuresChanged)

 public:
  enum class State { Idle, Queued, Loading, Reading, Writing };
  Q_ENUM(State)

  // Conversations are kept at `historyPath`; empty: they are not.
  RunModel(Daemon& daemon, const ModelListing& listing,
           const QString& historyPath, QObject* parent = nullptr);

  ModelChoices* choices() { return &m_choices; }
  State state() const { return m_state; }
  QString statusText() const;
  double progress() const { return m_progress; }
  Turns* turns() { return &m_turns; }
  Conversations* conversations() { return &m_conversations; }
  QString tokensPerSecondText() const;
  QString firstTokenText() const;
  QString predictedText() const;
  QString measuredText() const;

  // Does nothing while an answer is on its way.
  Q_INVOKABLE void send(const QString& text);
  // Ends the generation; its text so far stays.
  Q_INVOKABLE void cancel();
  Q_INVOKABLE void newConversation();

 signals:
  void settingsChanged();
  void stateChanged();
  void figuresChanged();

 private:
  using Events = std::vector<v1::RunInferenceResponse>;

  v1::RunInferenceRequest request(const QString& text) const;
  void received(const Events& events);
  void follow(const v1::RunInferenceResponse& event, Turn& turn);
  void countTokens(int tokens);
  // `end` says why, where that is worth a word.
  void finish(const Failure& failure, const QString& end);
  void setState(State state, double progress);
  void show(const Conversation& conversation);
  QString figuresText() const;

  Daemon& m_daemon;
  ModelChoices m_choices;
  QString m_modelId;
  bool m_isChat = true;
  QString m_systemPrompt;
  double m_temperature = -1;
  int m_maxTokens = 0;

  State m_state = State::Idle;
  double m_progress = -1;
  int m_queuePosition = 0;
  Turns m_turns;
  Conversations m_conversations;
  std::unique_ptr<MessageStream<v1::RunInferenceResponse>> m_stream;

  QElapsedTimer m_sinceSent;
  std::optional<qint64> m_firstTokenMilliseconds;
  int m_tokens = 0;
  std::optional<v1::Completion> m_completion;
};

}  // namespace hwledger
