#include "core/ledger/rate_table.h"

#include <optional>

#include "absl/status/status_macros.h"

namespace hwledger {
namespace {

std::optional<double> RealAt(const Statement& row, int column) {
  return row.IsNull(column) ? std::nullopt : std::optional(row.Real(column));
}

absl::Status KeepBestOf(Database& database, int64_t core_count,
                        Device& device) {
  // max() of something and NULL is NULL.
  Statement upsert = database.Prepare(
      "INSERT INTO device_rate(name, description, core_count, bandwidth,"
      " flops, quantized_flops) VALUES(?, ?, ?, ?, ?, ?)"
      " ON CONFLICT DO UPDATE SET"
      " bandwidth = coalesce(max(bandwidth, excluded.bandwidth),"
      " bandwidth, excluded.bandwidth),"
      " flops = coalesce(max(flops, excluded.flops), flops, excluded.flops),"
      " quantized_flops = coalesce(max(quantized_flops,"
      " excluded.quantized_flops), quantized_flops, excluded.quantized_flops)"
      " RETURNING bandwidth, flops, quantized_flops");
  upsert.Bind(1, device.name).Bind(2, device.description).Bind(3, core_count);
  if (device.bandwidth_per_second) {
    upsert.Bind(4, device.bandwidth_per_second->count());
  }
  upsert.Bind(5, device.flops_per_second)
      .Bind(6, device.quantized_flops_per_second);
  ABSL_RETURN_IF_ERROR(upsert.Step().status());
  if (!upsert.IsNull(0)) device.bandwidth_per_second = Bytes(upsert.Integer(0));
  device.flops_per_second = RealAt(upsert, 1);
  device.quantized_flops_per_second = RealAt(upsert, 2);
  return upsert.Run();
}

}  // namespace

absl::Status KeepBestRates(Database& database, int64_t core_count,
                           std::vector<Device>& devices) {
  for (Device& device : devices) {
    ABSL_RETURN_IF_ERROR(KeepBestOf(database, core_count, device));
  }
  return absl::OkStatus();
}

}  // namespace hwledger
