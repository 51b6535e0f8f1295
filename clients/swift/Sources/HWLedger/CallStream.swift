/// What a streaming call answers. The call ends when the last answer was taken, when the
/// task that takes them is cancelled, or when nobody holds the stream any more.
func callStream<Element: Sendable>(
  _ call: @escaping @Sendable (Pipe<Element>) async throws -> Void
) -> AsyncThrowingStream<Element, any Error> {
  let answers = Answers(call)
  return AsyncThrowingStream { try await answers.next() }
}

/// A call that is under way, held by whoever takes its answers.
private final class Answers<Element: Sendable>: Sendable {
  private let pipe: Pipe<Element>
  private let call: Task<Void, Never>

  init(_ body: @escaping @Sendable (Pipe<Element>) async throws -> Void) {
    let pipe = Pipe<Element>()
    self.pipe = pipe
    call = Task {
      do {
        try await body(pipe)
        pipe.finish(.success(()))
      } catch {
        pipe.finish(.failure(HWLedgerError.of(error)))
      }
    }
  }

  deinit {
    end()
  }

  func next() async throws -> Element? {
    try await withTaskCancellationHandler {
      try await pipe.next()
    } onCancel: {
      end()
    }
  }

  private func end() {
    call.cancel()
    pipe.finish(.failure(CancellationError()))
  }
}
