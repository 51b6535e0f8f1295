import Foundation

/// Quantities as every client of hwLedger writes them.

/// An amount of memory in the largest binary unit that keeps it at or above 1, with three
/// digits: `16.1 GiB`.
public func memoryText(_ bytes: Int64) -> String {
  let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
  var scaled = Double(bytes)
  var unit = 0
  while unit + 1 < units.count, abs(scaled).rounded() >= 1024 {
    scaled /= 1024
    unit += 1
  }
  return "\(unit == 0 ? String(bytes) : threeDigits(scaled)) \(units[unit])"
}

/// A range of rates, in tokens per second: `0.68–0.73`.
public func rateText(low: Double, high: Double) -> String {
  let texts = (threeDigits(low), threeDigits(high))
  return texts.0 == texts.1 ? texts.0 : "\(texts.0)–\(texts.1)"
}

/// Three digits, but never fewer than stand before the point.
public func threeDigits(_ value: Double) -> String {
  switch abs(value) {
  case ..<9.995: String(format: "%.2f", value)
  case ..<99.95: String(format: "%.1f", value)
  default: String(format: "%.0f", value)
  }
}
