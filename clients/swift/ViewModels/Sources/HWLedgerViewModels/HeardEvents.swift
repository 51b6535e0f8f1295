import Synchronization

/// What a generation tells between two looks at it: taken as fast as it comes, looked at as
/// often as a page can change.
final class HeardEvents: Sendable {
  struct Batch: Sendable {
    var said = ""
    var thought = ""
    var tokens = 0
    /// The newest; nil where nothing came.
    var state: RunPage.State?
  }

  /// One element however much came since the last; ends with the generation.
  let news: AsyncStream<Void>
  private let bell: AsyncStream<Void>.Continuation
  private let batch = Mutex(Batch())

  init() {
    (news, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Takes events until they end or the task is cancelled.
  func listen(
    to events: AsyncThrowingStream<GenerationEvent, any Error>
  ) -> Task<Void, any Error> {
    // Not where the page is drawn.
    Task.detached { [self] in
      defer { bell.finish() }
      for try await event in events {
        batch.withLock { $0.add(event) }
        bell.yield()
      }
    }
  }

  /// What came since this was last called.
  func take() -> Batch {
    batch.withLock { batch in
      defer { batch = Batch() }
      return batch
    }
  }
}

extension HeardEvents.Batch {
  fileprivate mutating func add(_ event: GenerationEvent) {
    switch event {
    case .queued(let position): state = .queued(position: position)
    case .loading(let fraction): state = .loading(fraction: fraction)
    case .reading(let processed, let total): state = .reading(processed: processed, total: total)
    case .thought(let text, let count):
      thought += text
      tokens += count
      state = .writing
    case .said(let text, let count):
      said += text
      tokens += count
      state = .writing
    case .completed(let summary): state = .completed(summary)
    }
  }
}
