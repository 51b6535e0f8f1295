#include "clients/qt/accuracy.h"

#include "clients/qt/quantity_text.h"

namespace hwledger {

using Term = v1::TermAccuracy;

Accuracy::Accuracy(QObject* parent)
    : Rows(
          {
              {"architecture",
               [](const Term& term) -> QVariant {
                 return QString::fromStdString(term.architecture());
               }},
              {"term",
               [](const Term& term) -> QVariant {
                 return QString::fromStdString(term.term());
               }},
              {"entryCount",
               [](const Term& term) -> QVariant {
                 return wholeText(term.entry_count());
               }},
              {"meanText",
               [](const Term& term) -> QVariant {
                 return errorText(term.mean_error_percent());
               }},
              {"maxText",
               [](const Term& term) -> QVariant {
                 return errorText(term.max_error_percent());
               }},
          },
          parent) {}

void Accuracy::show(const v1::SummarizeAccuracyResponse& answer) {
  setRows({answer.terms().begin(), answer.terms().end()});
}

}  // namespace hwledger
