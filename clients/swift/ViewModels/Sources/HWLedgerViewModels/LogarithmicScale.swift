import Foundation

/// A slider's way from a small number to a large one: every step multiplies.
public struct LogarithmicScale: Sendable, Hashable {
  public let range: ClosedRange<Int>

  /// - Parameter range: From 1; more than one number.
  public init(_ range: ClosedRange<Int>) {
    precondition(range.lowerBound >= 1 && range.count > 1)
    self.range = range
  }

  /// 0 at the smallest number, 1 at the largest; what lies outside is brought inside.
  public func position(of value: Int) -> Double {
    let inside = min(max(value, range.lowerBound), range.upperBound)
    return log(Double(inside) / Double(range.lowerBound)) / span
  }

  /// The number at a position from 0 to 1.
  public func value(at position: Double) -> Int {
    let inside = min(max(position, 0), 1)
    let value = Double(range.lowerBound) * exp(inside * span)
    return min(max(Int(value.rounded()), range.lowerBound), range.upperBound)
  }

  private var span: Double {
    log(Double(range.upperBound) / Double(range.lowerBound))
  }
}
