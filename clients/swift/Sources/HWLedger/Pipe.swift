import Synchronization

/// Elements on their way from one task to one other, at most ``capacity`` of them: whoever
/// sends faster than is taken waits.
final class Pipe<Element: Sendable>: Sendable {
  private struct State {
    var waiting: [Element] = []
    var end: Result<Void, any Error>?
    var taker: CheckedContinuation<Element?, any Error>?
    var giver: CheckedContinuation<Void, any Error>?
  }

  /// As many as the daemon itself keeps of one stream.
  private let capacity = 256
  private let state = Mutex(State())

  /// Returns once there is room for another.
  /// - Throws: `CancellationError`: nobody takes any more.
  func send(_ element: Element) async throws {
    try await withCheckedThrowingContinuation { (giver: CheckedContinuation<Void, any Error>) in
      state.withLock { state in
        if state.end != nil {
          giver.resume(throwing: CancellationError())
        } else if let taker = state.taker {
          state.taker = nil
          taker.resume(returning: element)
          giver.resume()
        } else {
          state.waiting.append(element)
          if state.waiting.count < capacity {
            giver.resume()
          } else {
            state.giver = giver
          }
        }
      }
    }
  }

  /// The next element; nil after the last.
  func next() async throws -> Element? {
    try await withCheckedThrowingContinuation { taker in
      state.withLock { state in
        if !state.waiting.isEmpty {
          taker.resume(returning: state.waiting.removeFirst())
          state.giver?.resume()
          state.giver = nil
        } else if let end = state.end {
          taker.resume(with: end.map { nil })
        } else {
          state.taker = taker
        }
      }
    }
  }

  /// No element follows; what was sent can still be taken. The first end counts.
  func finish(_ end: Result<Void, any Error>) {
    state.withLock { state in
      guard state.end == nil else { return }
      state.end = end
      state.taker?.resume(with: end.map { nil })
      state.taker = nil
      state.giver?.resume(throwing: CancellationError())
      state.giver = nil
    }
  }
}
