#pragma once

#include "clients/qt/model_listing.h"
#include "clients/qt/row_model.h"

namespace hwledger {

// The models to choose from, as a person searches for one.
class ModelChoices : public Rows<v1::Model> {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")
  Q_PROPERTY(QString search READ search WRITE setSearch NOTIFY searchChanged)

 public:
  enum class Offer { All, WithFile };

  ModelChoices(const ModelListing& listing, Offer offer,
               QObject* parent = nullptr);

  QString search() const { return m_search; }
  void setSearch(const QString& search);

 signals:
  void searchChanged();

 private:
  void filter();

  const ModelListing& m_listing;
  const Offer m_offer;
  QString m_search;
};

}  // namespace hwledger
