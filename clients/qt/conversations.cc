#include "clients/qt/conversations.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QSaveFile>
#include <utility>

namespace hwledger {
namespace {

// More would only be scrolled past.
constexpr int kConversationsMax = 200;
constexpr qsizetype kTitleLengthMax = 60;

QString titleOf(const Conversation& conversation) {
  if (conversation.turns.empty()) return QString();
  const QString text = conversation.turns.front().text.simplified();
  return text.size() <= kTitleLengthMax ? text
                                        : text.left(kTitleLengthMax) + "…";
}

QJsonObject toJson(const Turn& turn) {
  return {
      {"speaker", turn.speaker == Turn::Speaker::User ? "user" : "assistant"},
      {"text", turn.text},
      {"reasoning", turn.reasoning},
      {"failure", turn.failure.message},
      {"figures", turn.figures},
      {"end", turn.end}};
}

Turn turnOf(const QJsonObject& json) {
  Turn turn;
  turn.speaker = json["speaker"] == QString("user") ? Turn::Speaker::User
                                                    : Turn::Speaker::Assistant;
  turn.text = json["text"].toString();
  turn.reasoning = json["reasoning"].toString();
  turn.failure.message = json["failure"].toString();
  turn.figures = json["figures"].toString();
  turn.end = json["end"].toString();
  return turn;
}

QJsonObject toJson(const Conversation& conversation) {
  QJsonArray turns;
  for (const Turn& turn : conversation.turns) turns.append(toJson(turn));
  return {{"startedAt", conversation.startedAt.toString(Qt::ISODate)},
          {"modelId", conversation.modelId},
          {"turns", turns}};
}

Conversation conversationOf(const QJsonObject& json) {
  Conversation conversation = {.startedAt = QDateTime::fromString(
                                   json["startedAt"].toString(), Qt::ISODate),
                               .modelId = json["modelId"].toString()};
  for (const QJsonValue& turn : json["turns"].toArray()) {
    conversation.turns.push_back(turnOf(turn.toObject()));
  }
  return conversation;
}

}  // namespace

Conversations::Conversations(const QString& path, QObject* parent)
    : Rows(
          {
              {"title",
               [](const Conversation& conversation) -> QVariant {
                 return titleOf(conversation);
               }},
              {"whenText",
               [](const Conversation& conversation) -> QVariant {
                 return QLocale().toString(conversation.startedAt,
                                           QLocale::ShortFormat);
               }},
              {"modelId",
               [](const Conversation& conversation) -> QVariant {
                 return conversation.modelId;
               }},
          },
          parent),
      m_path(path) {
  load();
}

void Conversations::open(int row) {
  if (row < 0 || row >= count()) return;
  mark(row);
  emit opened(rows()[row]);
}

void Conversations::remove(int row) {
  if (row < 0 || row >= count()) return;
  std::vector<Conversation> left = rows();
  left.erase(left.begin() + row);
  const bool wasCurrent = row == m_current;
  mark(wasCurrent ? -1 : row < m_current ? m_current - 1 : m_current);
  setRows(std::move(left));
  save();
  if (wasCurrent) emit currentRemoved();
}

void Conversations::keep(const QString& modelId,
                         const std::vector<Turn>& turns) {
  if (m_current < 0) {
    std::vector<Conversation> all = rows();
    all.insert(all.begin(), {.startedAt = QDateTime::currentDateTime()});
    if (all.size() > kConversationsMax) all.resize(kConversationsMax);
    setRows(std::move(all));
    mark(0);
  }
  change(m_current, [&](Conversation& conversation) {
    conversation.modelId = modelId;
    conversation.turns = turns;
  });
  save();
}

void Conversations::leave() { mark(-1); }

void Conversations::load() {
  QFile file(m_path);
  if (m_path.isEmpty() || !file.open(QIODevice::ReadOnly)) return;
  std::vector<Conversation> conversations;
  for (const QJsonValue& json :
       QJsonDocument::fromJson(file.readAll()).array()) {
    conversations.push_back(conversationOf(json.toObject()));
  }
  setRows(std::move(conversations));
}

void Conversations::save() const {
  if (m_path.isEmpty()) return;
  QDir().mkpath(QFileInfo(m_path).path());
  QSaveFile file(m_path);
  if (!file.open(QIODevice::WriteOnly)) return;
  file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
  QJsonArray json;
  for (const Conversation& conversation : rows()) {
    json.append(toJson(conversation));
  }
  file.write(QJsonDocument(json).toJson(QJsonDocument::Compact));
  file.commit();
}

void Conversations::mark(int current) {
  if (current == m_current) return;
  m_current = current;
  emit currentChanged();
}

}  // namespace hwledger
