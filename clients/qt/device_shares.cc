#include "clients/qt/device_shares.h"

#include "clients/qt/enum_text.h"
#include "clients/qt/quantity_text.h"

namespace hwledger {
namespace {

using Share = v1::DevicePrediction;

// QML's numbers are doubles: exact up to 8 PiB.
QVariant number(int64_t bytes) { return static_cast<double>(bytes); }

}  // namespace

DeviceShares::DeviceShares(QObject* parent)
    : Rows(
          {
              {"name",
               [](const Share& share) -> QVariant {
                 return QString::fromStdString(share.name());
               }},
              {"kindText",
               [](const Share& share) -> QVariant {
                 return deviceKindText(share.kind());
               }},
              {"weightsBytes",
               [](const Share& share) {
                 return number(share.weights_bytes());
               }},
              {"kvCacheBytes",
               [](const Share& share) {
                 return number(share.kv_cache_bytes());
               }},
              {"computeBytes",
               [](const Share& share) {
                 return number(share.compute_buffer_bytes());
               }},
              {"outputBytes",
               [](const Share& share) {
                 return number(share.output_buffer_bytes());
               }},
              {"backendBytes",
               [](const Share& share) {
                 return number(share.backend_context_bytes());
               }},
              {"totalBytes",
               [](const Share& share) { return number(share.total_bytes()); }},
              {"freeBytes",
               [](const Share& share) {
                 return number(share.has_free_bytes() ? share.free_bytes()
                                                      : -1);
               }},
              {"totalText",
               [](const Share& share) -> QVariant {
                 return bytesText(share.total_bytes());
               }},
              {"freeText",
               [](const Share& share) -> QVariant {
                 return share.has_free_bytes() ? bytesText(share.free_bytes())
                                               : QString();
               }},
              {"weightsText",
               [](const Share& share) -> QVariant {
                 return bytesText(share.weights_bytes());
               }},
              {"kvCacheText",
               [](const Share& share) -> QVariant {
                 return bytesText(share.kv_cache_bytes());
               }},
              {"computeText",
               [](const Share& share) -> QVariant {
                 return bytesText(share.compute_buffer_bytes());
               }},
              {"outputText",
               [](const Share& share) -> QVariant {
                 return bytesText(share.output_buffer_bytes());
               }},
              {"backendText",
               [](const Share& share) -> QVariant {
                 return bytesText(share.backend_context_bytes());
               }},
              {"verdict",
               [](const Share& share) -> QVariant {
                 return static_cast<int>(share.verdict());
               }},
              {"verdictText",
               [](const Share& share) -> QVariant {
                 return verdictText(share.verdict());
               }},
              {"layerCount",
               [](const Share& share) -> QVariant {
                 return share.layer_count();
               }},
          },
          parent) {}

void DeviceShares::show(const v1::MemoryPrediction& prediction) {
  setRows({prediction.devices().begin(), prediction.devices().end()});
}

}  // namespace hwledger
