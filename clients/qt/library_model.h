#pragma once

#include <QTimer>
#include <map>
#include <memory>

#include "clients/qt/model_listing.h"
#include "clients/qt/row_model.h"

namespace hwledger {

// A model of the library, with what is in memory of it.
struct LibraryRow {
  v1::Model model;
  // Without a state: not loaded.
  v1::LoadedModel loaded;
  // 0 to 1 while this program loads it.
  double progress = 0;
  Failure failure;
};

// The models on disk and in memory, as a person searches for them.
class LibraryModel : public Rows<LibraryRow> {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")
  Q_PROPERTY(QString search MEMBER m_search NOTIFY filterChanged)
  // Whether models are shown that are not on disk.
  Q_PROPERTY(bool catalogue MEMBER m_hasCatalogue NOTIFY filterChanged)
  Q_PROPERTY(bool busy READ isBusy NOTIFY changed)
  Q_PROPERTY(hwledger::Failure failure READ failure NOTIFY changed)
  Q_PROPERTY(int loadedCount READ loadedCount NOTIFY changed)

 public:
  LibraryModel(Daemon& daemon, ModelListing& listing,
               QObject* parent = nullptr);
  ~LibraryModel() override;

  bool isBusy() const { return m_listing.isBusy(); }
  Failure failure() const { return m_listing.failure(); }
  int loadedCount() const { return static_cast<int>(m_loaded.size()); }

  Q_INVOKABLE void refresh();
  Q_INVOKABLE void load(const QString& modelId);
  Q_INVOKABLE void cancelLoad(const QString& modelId);
  Q_INVOKABLE void unload(const QString& modelId);
  // Loads it where it is not.
  Q_INVOKABLE void pin(const QString& modelId, bool pinned);

 signals:
  void filterChanged();
  void changed();

 private:
  // What this program has asked of a model, until the daemon has done it.
  struct Work;

  void begin(const QString& modelId, const v1::LoadModelRequest& request);
  void end(const QString& modelId, const grpc::Status& status);
  void fetchLoaded();
  void arrange();

  Daemon& m_daemon;
  ModelListing& m_listing;
  QString m_search;
  bool m_hasCatalogue = false;
  // By what they are called in the list of models.
  std::map<std::string, v1::LoadedModel> m_loaded;
  std::map<QString, std::unique_ptr<Work>> m_works;
  std::map<QString, Failure> m_failures;
  // Others load and unload as well.
  QTimer m_poll;
};

}  // namespace hwledger
