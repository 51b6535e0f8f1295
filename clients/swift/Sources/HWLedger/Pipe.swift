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

  // Nobody is resumed under the lock: that takes a lock of the task's own, under which a
  // task that is cancelled calls `finish`.

  /// Returns once there is room for another.
  /// - Throws: `CancellationError`: nobody takes any more.
  func send(_ element: Element) async throws {
    try await withCheckedThrowingContinuation { (giver: CheckedContinuation<Void, any Error>) in
      let resume = state.withLock { state -> (@Sendable () -> Void)? in
        if state.end != nil {
          return { giver.resume(throwing: CancellationError()) }
        }
        if let taker = state.taker {
          state.taker = nil
          return {
            taker.resume(returning: element)
            giver.resume()
          }
        }
        state.waiting.append(element)
        if state.waiting.count < capacity {
          return { giver.resume() }
        }
        state.giver = giver
        return nil
      }
      resume?()
    }
  }

  /// The next element; nil after the last.
  func next() async throws -> Element? {
    try await withCheckedThrowingContinuation {
      (taker: CheckedContinuation<Element?, any Error>) in
      let resume = state.withLock { state -> (@Sendable () -> Void)? in
        if !state.waiting.isEmpty {
          let element = state.waiting.removeFirst()
          let giver = state.giver
          state.giver = nil
          return {
            taker.resume(returning: element)
            giver?.resume()
          }
        }
        if let end = state.end {
          return { taker.resume(with: end.map { nil }) }
        }
        state.taker = taker
        return nil
      }
      resume?()
    }
  }

  /// No element follows; what was sent can still be taken. The first end counts.
  func finish(_ end: Result<Void, any Error>) {
    let (taker, giver) = state.withLock { state in
      guard state.end == nil else {
        return (
          nil as CheckedContinuation<Element?, any Error>?,
          nil as CheckedContinuation<Void, any Error>?
        )
      }
      state.end = end
      defer {
        state.taker = nil
        state.giver = nil
      }
      return (state.taker, state.giver)
    }
    taker?.resume(with: end.map { nil })
    giver?.resume(throwing: CancellationError())
  }
}
