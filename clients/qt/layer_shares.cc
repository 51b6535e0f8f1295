#include "clients/qt/layer_shares.h"

#include <algorithm>

#include "clients/qt/enum_text.h"
#include "clients/qt/quantity_text.h"

namespace hwledger {

using Layer = v1::LayerPrediction;

LayerShares::LayerShares(QObject* parent)
    : Rows(
          {
              {"layerIndex",
               [](const Layer& layer) -> QVariant { return layer.index(); }},
              {"kindText",
               [](const Layer& layer) -> QVariant {
                 return layerKindText(layer.kind());
               }},
              {"weightsBytes",
               [](const Layer& layer) -> QVariant {
                 return static_cast<double>(layer.weights_bytes());
               }},
              {"kvCacheBytes",
               [](const Layer& layer) -> QVariant {
                 return static_cast<double>(layer.kv_cache_bytes());
               }},
              {"weightsText",
               [](const Layer& layer) -> QVariant {
                 return bytesText(layer.weights_bytes());
               }},
              {"kvCacheText",
               [](const Layer& layer) -> QVariant {
                 return bytesText(layer.kv_cache_bytes());
               }},
              {"device",
               [](const Layer& layer) -> QVariant {
                 return QString::fromStdString(layer.device());
               }},
          },
          parent) {}

void LayerShares::show(const v1::MemoryPrediction& prediction) {
  m_weightsMax = 0;
  m_kvCacheMax = 0;
  for (const Layer& layer : prediction.layers()) {
    m_weightsMax =
        std::max(m_weightsMax, static_cast<double>(layer.weights_bytes()));
    m_kvCacheMax =
        std::max(m_kvCacheMax, static_cast<double>(layer.kv_cache_bytes()));
  }
  emit maximaChanged();
  setRows({prediction.layers().begin(), prediction.layers().end()});
}

}  // namespace hwledger
