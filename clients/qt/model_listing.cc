#include "clients/qt/model_listing.h"

#include <QStringList>
#include <algorithm>

#include "clients/qt/answer.h"
#include "clients/qt/quantity_text.h"

namespace hwledger {

ModelListing::ModelListing(Daemon& daemon, QObject* parent)
    : QObject(parent), m_daemon(daemon) {
  connect(&daemon, &Daemon::connected, this, &ModelListing::refresh);
  connect(&daemon, &Daemon::replaced, this, [this] {
    m_models.clear();
    m_isBusy = false;
    emit changed();
  });
}

const v1::Model* ModelListing::find(const QString& modelId) const {
  const auto model =
      std::ranges::find(m_models, modelId.toStdString(), &v1::Model::model_id);
  return model == m_models.end() ? nullptr : &*model;
}

void ModelListing::refresh() {
  m_isBusy = true;
  emit changed();
  ask({this, m_daemon.connection()}, m_daemon.library(),
      &v1::ModelLibrary::StubInterface::async_interface::ListModels,
      v1::ListModelsRequest(),
      [this](const grpc::Status& status, const v1::ListModelsResponse& answer) {
        m_isBusy = false;
        m_failure = Failure::of(status);
        if (status.ok()) {
          m_models.assign(answer.models().begin(), answer.models().end());
        }
        emit changed();
      });
}

QString modelDetailText(const v1::Model& model) {
  QStringList parts;
  if (!model.architecture().empty()) {
    parts += QString::fromStdString(model.architecture());
  }
  if (model.parameter_count() > 0) parts += countText(model.parameter_count());
  if (!model.quantization().empty()) {
    parts += QString::fromStdString(model.quantization());
  }
  return parts.join(" · ");
}

QString modelSizeText(const v1::Model& model) {
  return bytesText(model.has_size_on_disk_bytes() ? model.size_on_disk_bytes()
                                                  : model.size_bytes());
}

bool matches(const v1::Model& model, const QString& search) {
  const QString text = QString::fromStdString(model.model_id()) + ' ' +
                       QString::fromStdString(model.path()) + ' ' +
                       modelDetailText(model);
  return std::ranges::all_of(search.split(' ', Qt::SkipEmptyParts),
                             [&text](const QString& word) {
                               return text.contains(word, Qt::CaseInsensitive);
                             });
}

}  // namespace hwledger
