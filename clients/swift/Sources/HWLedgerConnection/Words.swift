import Foundation
import HWLedger
import HWLedgerContract
import HWLedgerViewModels

// The contract's words in the view models' and back; numbers pass as they are.

extension DaemonFailure {
  init(_ error: HWLedgerError) {
    let isUnreachable =
      if case .connection(let failure) = error { failure.code == .unavailable } else { false }
    self.init(
      error.message, field: error.failure?.fieldViolations.first?.field,
      isUnreachable: isUnreachable, retryDelay: error.failure?.retryDelay)
  }
}

extension DaemonPresence {
  init(_ state: DaemonState) {
    switch state {
    case .unreachable: self = .unreachable
    case .notServing: self = .notServing
    case .serving: self = .serving
    }
  }
}

extension HWLedgerViewModels.DevicePreset {
  init(_ preset: HWLedger.DevicePreset) {
    self.init(
      name: preset.name, title: preset.description_p, usableBytes: preset.usableBytes)
  }
}

extension DeviceReading {
  init(_ device: Device) {
    self.init(
      name: device.name,
      title: device.hasDescription_p ? device.description_p : nil,
      totalBytes: device.hasTotalBytes ? device.totalBytes : nil,
      freeBytes: device.hasFreeBytes ? device.freeBytes : nil,
      utilizationPercent: device.hasUtilizationPercent ? device.utilizationPercent : nil,
      temperatureCelsius: device.hasTemperatureCelsius ? device.temperatureCelsius : nil)
  }
}

extension LedgerEntries {
  init(_ page: HWLedger.LedgerPage) {
    self.init(
      entries: page.entries.map { .init($0) },
      next: page.nextPageToken.isEmpty ? nil : page.nextPageToken)
  }
}

extension HWLedgerViewModels.LedgerEntry {
  init(_ entry: HWLedger.LedgerEntry) {
    let loadedAt =
      Double(entry.loadedAt.seconds) + Double(entry.loadedAt.nanos) / 1_000_000_000
    self.init(
      id: entry.entryID, modelID: entry.modelID,
      loadedAt: Date(timeIntervalSince1970: loadedAt),
      predictedBytes: entry.predictedBytes, measuredBytes: entry.measuredBytes,
      errorPercent: entry.hasErrorPercent ? entry.errorPercent : nil)
  }
}
