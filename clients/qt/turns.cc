#include "clients/qt/turns.h"

namespace hwledger {

Turns::Turns(QObject* parent)
    : Rows(
          {
              {"speaker",
               [](const Turn& turn) -> QVariant {
                 return QString(turn.speaker == Turn::Speaker::User
                                    ? "user"
                                    : "assistant");
               }},
              {"text", [](const Turn& turn) -> QVariant { return turn.text; }},
              {"reasoning",
               [](const Turn& turn) -> QVariant { return turn.reasoning; }},
              {"isStreaming",
               [](const Turn& turn) -> QVariant { return turn.isStreaming; }},
              {"failure",
               [](const Turn& turn) -> QVariant {
                 return QVariant::fromValue(turn.failure);
               }},
              {"figuresText",
               [](const Turn& turn) -> QVariant { return turn.figures; }},
              {"endText",
               [](const Turn& turn) -> QVariant { return turn.end; }},
          },
          parent) {}

}  // namespace hwledger
