#include "clients/qt/ledger_model.h"

#include <algorithm>
#include <iterator>

#include "clients/qt/answer.h"
#include "clients/qt/enum_text.h"
#include "clients/qt/quantity_text.h"

namespace hwledger {
namespace {

using Entry = v1::LedgerEntry;

QString loadTimeText(const Entry& entry) {
  google::protobuf::Duration time;
  time.set_seconds(entry.load_milliseconds() / 1000);
  time.set_nanos(static_cast<int32_t>(entry.load_milliseconds() % 1000) *
                 1'000'000);
  return durationText(time);
}

}  // namespace

LedgerModel::LedgerModel(Daemon& daemon, QObject* parent)
    : Rows(
          {
              {"loadedAtText",
               [](const Entry& entry) -> QVariant {
                 return timeText(entry.loaded_at());
               }},
              {"modelId",
               [](const Entry& entry) -> QVariant {
                 return QString::fromStdString(entry.model_id());
               }},
              {"architecture",
               [](const Entry& entry) -> QVariant {
                 return QString::fromStdString(entry.architecture());
               }},
              {"quantization",
               [](const Entry& entry) -> QVariant {
                 return QString::fromStdString(entry.quantization());
               }},
              {"contextText",
               [](const Entry& entry) -> QVariant {
                 return wholeText(entry.sequence_length());
               }},
              {"sequencesText",
               [](const Entry& entry) -> QVariant {
                 return wholeText(entry.batch_size());
               }},
              {"predictedText",
               [](const Entry& entry) -> QVariant {
                 return bytesText(entry.predicted_bytes());
               }},
              {"measuredText",
               [](const Entry& entry) -> QVariant {
                 return entry.measured_bytes() > 0
                            ? bytesText(entry.measured_bytes())
                            : QString();
               }},
              {"errorText",
               [](const Entry& entry) -> QVariant {
                 return entry.has_error_percent()
                            ? errorText(entry.error_percent())
                            : QString();
               }},
              {"predictedBytes",
               [](const Entry& entry) -> QVariant {
                 return static_cast<double>(entry.predicted_bytes());
               }},
              {"measuredBytes",
               [](const Entry& entry) -> QVariant {
                 return static_cast<double>(entry.measured_bytes());
               }},
              {"methodText",
               [](const Entry& entry) -> QVariant {
                 return methodText(entry.method());
               }},
              {"loadTimeText",
               [](const Entry& entry) -> QVariant {
                 return loadTimeText(entry);
               }},
          },
          parent),
      m_daemon(daemon) {
  connect(&daemon, &Daemon::connected, this, &LedgerModel::refresh);
  connect(&daemon, &Daemon::replaced, this, [this] {
    ++m_question;
    m_isBusy = false;
    m_entries.clear();
    arrange();
  });
}

void LedgerModel::setSearch(const QString& search) {
  if (search == m_search) return;
  m_search = search;
  emit searchChanged();
  arrange();
}

void LedgerModel::refresh() {
  fetch(std::string());
  ask({this, m_daemon.connection()}, m_daemon.ledger(),
      &v1::Ledger::StubInterface::async_interface::SummarizeAccuracy,
      v1::SummarizeAccuracyRequest(),
      [this](const grpc::Status& status,
             const v1::SummarizeAccuracyResponse& answer) {
        if (status.ok()) m_accuracy.show(answer);
      });
}

void LedgerModel::fetchMoreEntries() {
  if (hasMore() && !m_isBusy) fetch(m_nextPage);
}

void LedgerModel::fetch(const std::string& page) {
  constexpr int pageSize = 100;
  const int question = ++m_question;
  m_isBusy = true;
  emit changed();
  v1::ListEntriesRequest request;
  request.set_page_size(pageSize);
  request.set_page_token(page);
  ask({this, m_daemon.connection()}, m_daemon.ledger(),
      &v1::Ledger::StubInterface::async_interface::ListEntries, request,
      [this, question, isFirst = page.empty()](
          const grpc::Status& status, const v1::ListEntriesResponse& answer) {
        if (question != m_question) return;
        m_isBusy = false;
        m_failure = Failure::of(status);
        if (status.ok()) {
          if (isFirst) m_entries.clear();
          m_entries.insert(m_entries.end(), answer.entries().begin(),
                           answer.entries().end());
          m_nextPage = answer.next_page_token();
          arrange();
        }
        emit changed();
      });
}

void LedgerModel::arrange() {
  std::vector<Entry> found;
  std::ranges::copy_if(m_entries, std::back_inserter(found),
                       [this](const Entry& entry) {
                         return QString::fromStdString(entry.model_id())
                             .contains(m_search, Qt::CaseInsensitive);
                       });
  setRows(std::move(found));
}

}  // namespace hwledger
