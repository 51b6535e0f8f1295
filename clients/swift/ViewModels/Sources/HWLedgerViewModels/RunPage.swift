import Observation

/// The page where one talks to a model: the conversation, and the answer as it comes.
///
/// However fast tokens come, the page changes once per frame.
@MainActor @Observable
public final class RunPage {
  public enum State: Sendable, Hashable {
    case idle
    /// Asked; nothing was heard yet.
    case asked
    case queued(position: Int)
    case loading(fraction: Double)
    case reading(processed: Int, total: Int)
    case writing
    case completed(GenerationSummary)
    case cancelled
    case failed(DaemonFailure)
  }

  public var modelID = ""
  public private(set) var turns: [Turn] = []
  public private(set) var state = State.idle
  /// Tokens of the answer that came so far.
  public private(set) var tokenCount = 0

  public var isRunning: Bool {
    switch state {
    case .idle, .completed, .cancelled, .failed: false
    default: true
    }
  }

  private let daemon: any Daemon
  private let frame: Duration
  private var lastTurnID = 0
  /// Which generation the page shows; what others still tell is of no interest.
  private var shown = 0
  @ObservationIgnored private var generation: Task<Void, Never>?

  /// - Parameter frame: The shortest time between two changes of the page.
  public init(daemon: any Daemon, frame: Duration = .milliseconds(16)) {
    self.daemon = daemon
    self.frame = frame
  }

  deinit {
    generation?.cancel()
  }

  /// Says something and lets the model answer. Nothing happens while it does.
  public func send(_ text: String, maxTokens: Int? = nil) {
    guard !isRunning, !modelID.isEmpty, !text.isEmpty else { return }
    append(.user, text)
    let request = GenerationRequest(modelID: modelID, turns: turns, maxTokens: maxTokens)
    append(.model, "")
    state = .asked
    tokenCount = 0
    shown += 1
    let number = shown
    let events = daemon.generate(request)
    generation = Task { [weak self, frame] in
      let heard = HeardEvents()
      let listener = heard.listen(to: events)
      await withTaskCancellationHandler {
        for await _ in heard.news {
          self?.show(heard.take(), of: number)
          try? await Task.sleep(for: frame)
        }
      } onCancel: {
        listener.cancel()
      }
      let end = await listener.result
      self?.show(heard.take(), of: number)
      self?.finish(end, of: number)
    }
  }

  /// Ends the generation; what the model said so far stays.
  public func cancel() {
    generation?.cancel()
  }

  /// Forgets the conversation, and ends a generation.
  public func clear() {
    cancel()
    shown += 1
    turns = []
    state = .idle
    tokenCount = 0
  }

  private func append(_ speaker: Turn.Speaker, _ text: String) {
    lastTurnID += 1
    turns.append(Turn(id: lastTurnID, speaker: speaker, text: text))
  }

  private func show(_ heard: HeardEvents.Batch, of number: Int) {
    guard number == shown, let answer = turns.indices.last else { return }
    if !heard.said.isEmpty { turns[answer].text += heard.said }
    if !heard.thought.isEmpty { turns[answer].reasoning += heard.thought }
    if heard.tokens > 0 { tokenCount += heard.tokens }
    if let newest = heard.state { state = newest }
  }

  private func finish(_ end: Result<Void, any Error>, of number: Int) {
    guard number == shown, isRunning else { return }
    switch end {
    case .success where Task.isCancelled: state = .cancelled
    case .success: state = .failed(DaemonFailure("the answer ended before it was complete"))
    case .failure(let error): state = DaemonFailure(error).map { .failed($0) } ?? .cancelled
    }
    // A model that said nothing took no turn.
    if let answer = turns.last, answer.text.isEmpty, answer.reasoning.isEmpty {
      turns.removeLast()
    }
  }
}
