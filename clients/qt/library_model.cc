#include "clients/qt/library_model.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "clients/qt/answer.h"
#include "clients/qt/enum_text.h"
#include "clients/qt/message_stream.h"
#include "clients/qt/quantity_text.h"

namespace hwledger {
namespace {

constexpr std::chrono::seconds kPollInterval(2);

bool isLoaded(const LibraryRow& row) {
  return row.loaded.state() != v1::LOAD_STATE_UNSPECIFIED;
}

QString requestsText(const v1::LoadedModel& model) {
  QString text =
      LibraryModel::tr("%n running", nullptr, model.active_requests());
  if (model.queued_requests() > 0) {
    text += " · " +
            LibraryModel::tr("%n waiting", nullptr, model.queued_requests());
  }
  return text;
}

}  // namespace

struct LibraryModel::Work {
  double progress = 0;
  // Null while it is unloaded.
  std::unique_ptr<MessageStream<v1::LoadModelResponse>> load;
};

LibraryModel::LibraryModel(Daemon& daemon, ModelListing& listing,
                           QObject* parent)
    : Rows(
          {
              {"modelId",
               [](const LibraryRow& row) -> QVariant {
                 return QString::fromStdString(row.model.model_id());
               }},
              {"sourceText",
               [](const LibraryRow& row) -> QVariant {
                 return modelSourceText(row.model.source());
               }},
              {"path",
               [](const LibraryRow& row) -> QVariant {
                 return QString::fromStdString(row.model.path());
               }},
              {"detailText",
               [](const LibraryRow& row) -> QVariant {
                 return modelDetailText(row.model);
               }},
              {"sizeText",
               [](const LibraryRow& row) -> QVariant {
                 return modelSizeText(row.model);
               }},
              {"isRunnable",
               [](const LibraryRow& row) -> QVariant {
                 return row.model.problem().empty() &&
                        row.model.source() != v1::MODEL_SOURCE_CATALOGUE &&
                        row.model.source() != v1::MODEL_SOURCE_FOLDER;
               }},
              {"stateText",
               [](const LibraryRow& row) -> QVariant {
                 return isLoaded(row) ? loadStateText(row.loaded.state())
                                      : QString();
               }},
              {"isLoading",
               [](const LibraryRow& row) -> QVariant {
                 return row.loaded.state() == v1::LOAD_STATE_LOADING;
               }},
              {"isReady",
               [](const LibraryRow& row) -> QVariant {
                 return row.loaded.state() == v1::LOAD_STATE_READY;
               }},
              {"progress",
               [](const LibraryRow& row) -> QVariant { return row.progress; }},
              {"memoryText",
               [](const LibraryRow& row) -> QVariant {
                 return row.loaded.has_memory()
                            ? bytesText(row.loaded.memory().measured_bytes())
                            : QString();
               }},
              {"predictedText",
               [](const LibraryRow& row) -> QVariant {
                 return row.loaded.has_memory()
                            ? bytesText(row.loaded.memory().predicted_bytes())
                            : QString();
               }},
              {"isPinned",
               [](const LibraryRow& row) -> QVariant {
                 return row.loaded.pinned();
               }},
              {"requestsText",
               [](const LibraryRow& row) -> QVariant {
                 return isLoaded(row) ? requestsText(row.loaded) : QString();
               }},
              {"problem",
               [](const LibraryRow& row) -> QVariant {
                 return QString::fromStdString(row.model.problem());
               }},
              {"failure",
               [](const LibraryRow& row) -> QVariant {
                 return QVariant::fromValue(row.failure);
               }},
          },
          parent),
      m_daemon(daemon),
      m_listing(listing) {
  connect(&listing, &ModelListing::changed, this, &LibraryModel::arrange);
  connect(this, &LibraryModel::filterChanged, this, &LibraryModel::arrange);
  connect(&daemon, &Daemon::connected, this, &LibraryModel::fetchLoaded);
  connect(&daemon, &Daemon::replaced, this, [this] {
    m_works.clear();
    m_failures.clear();
    m_loaded.clear();
    arrange();
  });
  connect(&m_poll, &QTimer::timeout, this, [this] {
    if (m_daemon.state() == Daemon::State::Connected) fetchLoaded();
  });
  m_poll.start(kPollInterval);
}

LibraryModel::~LibraryModel() = default;

void LibraryModel::refresh() {
  m_listing.refresh();
  fetchLoaded();
}

void LibraryModel::load(const QString& modelId) {
  v1::LoadModelRequest request;
  request.set_model_id(modelId.toStdString());
  begin(modelId, request);
}

void LibraryModel::pin(const QString& modelId, bool pinned) {
  v1::LoadModelRequest request;
  request.set_model_id(modelId.toStdString());
  request.mutable_options()->set_pinned(pinned);
  begin(modelId, request);
}

void LibraryModel::cancelLoad(const QString& modelId) {
  m_works.erase(modelId);
  fetchLoaded();
}

void LibraryModel::unload(const QString& modelId) {
  if (m_works.contains(modelId)) return;
  m_works[modelId] = std::make_unique<Work>();
  m_failures.erase(modelId);
  v1::UnloadModelRequest request;
  request.set_model_id(modelId.toStdString());
  ask({this, m_daemon.connection()}, m_daemon.library(),
      &v1::ModelLibrary::StubInterface::async_interface::UnloadModel, request,
      [this, modelId](const grpc::Status& status,
                      const v1::UnloadModelResponse&) {
        end(modelId, status);
      });
  arrange();
}

void LibraryModel::begin(const QString& modelId,
                         const v1::LoadModelRequest& request) {
  if (m_works.contains(modelId)) return;
  auto work = std::make_unique<Work>();
  m_failures.erase(modelId);
  const auto start = [&](grpc::ClientContext* context, auto* reactor) {
    m_daemon.library().async()->LoadModel(context, &request, reactor);
  };
  const auto received =
      [this, modelId](const std::vector<v1::LoadModelResponse>& events) {
        for (const v1::LoadModelResponse& event : events) {
          if (event.has_load_progress()) {
            m_works[modelId]->progress = event.load_progress().fraction();
          }
        }
        arrange();
      };
  work->load = std::make_unique<MessageStream<v1::LoadModelResponse>>(
      start, received,
      [this, modelId](const grpc::Status& status) { end(modelId, status); });
  m_works[modelId] = std::move(work);
  arrange();
}

void LibraryModel::end(const QString& modelId, const grpc::Status& status) {
  m_works.erase(modelId);
  if (const Failure failure = Failure::of(status); failure.isSet()) {
    m_failures[modelId] = failure;
  }
  fetchLoaded();
}

void LibraryModel::fetchLoaded() {
  ask({this, m_daemon.connection()}, m_daemon.library(),
      &v1::ModelLibrary::StubInterface::async_interface::ListLoadedModels,
      v1::ListLoadedModelsRequest(),
      [this](const grpc::Status& status,
             const v1::ListLoadedModelsResponse& answer) {
        if (!status.ok()) return;
        m_loaded.clear();
        for (const v1::LoadedModel& model : answer.models()) {
          m_loaded[model.model_id()] = model;
        }
        arrange();
      });
}

void LibraryModel::arrange() {
  std::vector<LibraryRow> rows;
  for (const v1::Model& model : m_listing.models()) {
    const bool isHere = model.source() != v1::MODEL_SOURCE_CATALOGUE;
    if ((isHere || m_hasCatalogue) && matches(model, m_search)) {
      rows.push_back({.model = model});
    }
  }
  for (LibraryRow& row : rows) {
    const QString modelId = QString::fromStdString(row.model.model_id());
    if (const auto loaded = m_loaded.find(row.model.model_id());
        loaded != m_loaded.end()) {
      row.loaded = loaded->second;
    }
    if (const auto work = m_works.find(modelId); work != m_works.end()) {
      row.progress = work->second->progress;
      row.loaded.set_state(work->second->load ? v1::LOAD_STATE_LOADING
                                              : v1::LOAD_STATE_UNLOADING);
    }
    if (const auto failed = m_failures.find(modelId);
        failed != m_failures.end()) {
      row.failure = failed->second;
    }
  }
  std::ranges::stable_partition(rows, isLoaded);
  setRows(std::move(rows));
  emit changed();
}

}  // namespace hwledger
