#include "clients/qt/model_choices.h"

#include <algorithm>
#include <iterator>

#include "clients/qt/enum_text.h"

namespace hwledger {

ModelChoices::ModelChoices(const ModelListing& listing, Offer offer,
                           QObject* parent)
    : Rows(
          {
              {"modelId",
               [](const v1::Model& model) -> QVariant {
                 return QString::fromStdString(model.model_id());
               }},
              {"sourceText",
               [](const v1::Model& model) -> QVariant {
                 return modelSourceText(model.source());
               }},
              {"detailText",
               [](const v1::Model& model) -> QVariant {
                 return modelDetailText(model);
               }},
              {"sizeText",
               [](const v1::Model& model) -> QVariant {
                 return modelSizeText(model);
               }},
              {"isLocal",
               [](const v1::Model& model) -> QVariant {
                 return model.has_path();
               }},
          },
          parent),
      m_listing(listing),
      m_offer(offer) {
  connect(&listing, &ModelListing::changed, this, &ModelChoices::filter);
}

void ModelChoices::setSearch(const QString& search) {
  if (search == m_search) return;
  m_search = search;
  emit searchChanged();
  filter();
}

void ModelChoices::filter() {
  std::vector<v1::Model> rows;
  std::ranges::copy_if(
      m_listing.models(), std::back_inserter(rows),
      [this](const v1::Model& model) {
        const bool isRunnable =
            model.source() == v1::MODEL_SOURCE_DEMO ||
            (model.has_path() && model.source() != v1::MODEL_SOURCE_FOLDER);
        return (m_offer == Offer::All || isRunnable) &&
               matches(model, m_search);
      });
  setRows(std::move(rows));
}

}  // namespace hwledger
