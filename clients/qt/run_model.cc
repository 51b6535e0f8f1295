#include "clients/qt/run_model.h"

#include <utility>

#include "clients/qt/enum_text.h"
#include "clients/qt/quantity_text.h"

namespace hwledger {
namespace {

void addMessage(const char* role, const QString& text, v1::Chat& chat) {
  v1::ChatMessage* message = chat.add_messages();
  message->set_role(role);
  message->set_content(text.toStdString());
}

// What is as one expects needs no word.
QString endText(const v1::Completion& completion) {
  return completion.finish_reason() == v1::FINISH_REASON_END_OF_TEXT
             ? QString()
             : finishReasonText(completion.finish_reason());
}

}  // namespace

RunModel::RunModel(Daemon& daemon, const ModelListing& listing,
                   const QString& historyPath, QObject* parent)
    : QObject(parent),
      m_daemon(daemon),
      m_choices(listing, ModelChoices::Offer::WithFile),
      m_conversations(historyPath) {
  connect(&m_conversations, &Conversations::opened, this, &RunModel::show);
  connect(&m_conversations, &Conversations::currentRemoved, this,
          &RunModel::newConversation);
  connect(&daemon, &Daemon::replaced, this, &RunModel::cancel);
}

QString RunModel::statusText() const {
  switch (m_state) {
    case State::Idle:
      return QString();
    case State::Queued:
      return m_queuePosition == 0
                 ? tr("Waiting – next in line")
                 : tr("Waiting – %n before this one", nullptr, m_queuePosition);
    case State::Loading:
      return tr("Loading the model");
    case State::Reading:
      return tr("Reading the prompt");
    case State::Writing:
      return tr("Writing");
  }
  return QString();
}

QString RunModel::tokensPerSecondText() const {
  if (m_completion) {
    const v1::Timings& timings = m_completion->timings();
    return timings.has_decode_tokens_per_second()
               ? rateText(timings.decode_tokens_per_second())
               : QString();
  }
  if (!m_firstTokenMilliseconds || m_tokens < 2) return QString();
  const qint64 milliseconds = m_sinceSent.elapsed() - *m_firstTokenMilliseconds;
  if (milliseconds <= 0) return QString();
  return rateText((m_tokens - 1) * 1000.0 / static_cast<double>(milliseconds));
}

QString RunModel::firstTokenText() const {
  if (m_completion && m_completion->timings().has_time_to_first_token()) {
    return durationText(m_completion->timings().time_to_first_token());
  }
  return m_firstTokenMilliseconds ? tr("%1 ms").arg(*m_firstTokenMilliseconds)
                                  : QString();
}

QString RunModel::predictedText() const {
  return m_completion && m_completion->has_memory()
             ? bytesText(m_completion->memory().predicted_bytes())
             : QString();
}

QString RunModel::measuredText() const {
  return m_completion && m_completion->has_memory()
             ? bytesText(m_completion->memory().measured_bytes())
             : QString();
}

void RunModel::send(const QString& text) {
  if (m_state != State::Idle || text.trimmed().isEmpty() ||
      m_modelId.isEmpty()) {
    return;
  }
  const v1::RunInferenceRequest request = this->request(text);
  m_turns.add({.speaker = Turn::Speaker::User, .text = text});
  m_turns.add({.speaker = Turn::Speaker::Assistant, .isStreaming = true});
  m_firstTokenMilliseconds.reset();
  m_tokens = 0;
  m_completion.reset();
  m_sinceSent.start();
  m_queuePosition = 0;
  setState(State::Queued, -1);
  emit figuresChanged();

  const auto start = [this, &request](grpc::ClientContext* context,
                                      auto* reactor) {
    m_daemon.runner().async()->RunInference(context, &request, reactor);
  };
  m_stream = std::make_unique<MessageStream<v1::RunInferenceResponse>>(
      start, [this](const Events& events) { received(events); },
      [this](const grpc::Status& status) {
        const QString end = m_completion ? endText(*m_completion) : QString();
        finish(Failure::of(status), end);
      });
}

void RunModel::cancel() {
  if (m_state != State::Idle) finish(Failure(), tr("cancelled"));
}

void RunModel::newConversation() {
  cancel();
  m_conversations.leave();
  m_turns.show({});
}

v1::RunInferenceRequest RunModel::request(const QString& text) const {
  v1::RunInferenceRequest request;
  request.set_model_id(m_modelId.toStdString());
  if (m_temperature >= 0) {
    request.mutable_sampling()->set_temperature(m_temperature);
  }
  if (m_maxTokens > 0) request.set_max_tokens(m_maxTokens);
  if (!m_isChat) {
    request.set_prompt(text.toStdString());
    return request;
  }
  v1::Chat& chat = *request.mutable_chat();
  if (!m_systemPrompt.isEmpty()) addMessage("system", m_systemPrompt, chat);
  for (const Turn& turn : m_turns.all()) {
    const bool isUser = turn.speaker == Turn::Speaker::User;
    addMessage(isUser ? "user" : "assistant", turn.text, chat);
  }
  addMessage("user", text, chat);
  return request;
}

void RunModel::received(const Events& events) {
  m_turns.changeLast([&](Turn& turn) {
    for (const v1::RunInferenceResponse& event : events) follow(event, turn);
    turn.figures = figuresText();
  });
  emit figuresChanged();
}

void RunModel::follow(const v1::RunInferenceResponse& event, Turn& turn) {
  using Event = v1::RunInferenceResponse;
  switch (event.event_case()) {
    case Event::kQueued:
      m_queuePosition = event.queued().position();
      setState(State::Queued, -1);
      break;
    case Event::kLoadProgress:
      setState(State::Loading, event.load_progress().fraction());
      break;
    case Event::kPromptProgress: {
      const v1::PromptProgress& prompt = event.prompt_progress();
      setState(State::Reading, prompt.total_tokens() > 0
                                   ? double{prompt.processed_tokens() * 1.0} /
                                         prompt.total_tokens()
                                   : -1);
      break;
    }
    case Event::kToken:
      turn.text += QString::fromStdString(event.token().text());
      countTokens(event.token().token_count());
      break;
    case Event::kReasoning:
      turn.reasoning += QString::fromStdString(event.reasoning().text());
      countTokens(event.reasoning().token_count());
      break;
    case Event::kCompletion:
      m_completion = event.completion();
      break;
    default:
      break;
  }
}

void RunModel::countTokens(int tokens) {
  if (!m_firstTokenMilliseconds) {
    m_firstTokenMilliseconds = m_sinceSent.elapsed();
  }
  m_tokens += tokens;
  setState(State::Writing, -1);
}

void RunModel::finish(const Failure& failure, const QString& end) {
  m_stream.reset();
  m_turns.changeLast([&](Turn& turn) {
    turn.isStreaming = false;
    turn.failure = failure;
    turn.end = end;
    turn.figures = figuresText();
  });
  m_conversations.keep(m_modelId, m_turns.all());
  setState(State::Idle, -1);
  emit figuresChanged();
}

void RunModel::setState(State state, double progress) {
  const bool isSame = state == m_state && progress == m_progress;
  m_state = state;
  m_progress = progress;
  // A queue's position is told anew each time.
  if (!isSame || state == State::Queued) emit stateChanged();
}

void RunModel::show(const Conversation& conversation) {
  cancel();
  m_modelId = conversation.modelId;
  m_turns.show(conversation.turns);
  emit settingsChanged();
}

QString RunModel::figuresText() const {
  QStringList figures;
  if (const QString rate = tokensPerSecondText(); !rate.isEmpty()) {
    figures += rate;
  }
  if (const QString first = firstTokenText(); !first.isEmpty()) {
    figures += tr("first token after %1").arg(first);
  }
  const int tokens =
      m_completion ? m_completion->usage().completion_tokens() : m_tokens;
  if (tokens > 0) figures += tr("%n token(s)", nullptr, tokens);
  return figures.join(" · ");
}

}  // namespace hwledger
