import HWLedger
import HWLedgerContract
import HWLedgerViewModels

extension RunInferenceRequest {
  init(_ request: GenerationRequest) {
    self.init()
    modelID = request.modelID
    chat.messages = request.turns.map { turn in
      .with {
        $0.role = turn.speaker.role
        $0.content = turn.text
        $0.reasoning = turn.reasoning
      }
    }
    if let max = request.maxTokens { maxTokens = Int32(clamping: max) }
  }
}

extension Turn.Speaker {
  fileprivate var role: String {
    switch self {
    case .system: "system"
    case .user: "user"
    case .model: "assistant"
    }
  }
}

extension GenerationEvent {
  /// Nil: nothing that the page shows.
  init?(_ event: InferenceEvent) {
    switch event {
    case .queued(let position): self = .queued(position: position)
    case .loadProgress(let fraction): self = .loading(fraction: fraction)
    case .promptProgress(let progress):
      self = .reading(
        processed: Int(progress.processedTokens), total: Int(progress.totalTokens))
    case .reasoning(let reasoning):
      self = .thought(reasoning.text, tokens: Int(reasoning.tokenCount))
    case .token(let token): self = .said(token.text, tokens: Int(token.tokenCount))
    case .toolCall: return nil
    case .completion(let completion): self = .completed(GenerationSummary(completion))
    }
  }
}

extension GenerationSummary {
  init(_ completion: Completion) {
    let timings = completion.timings
    let first = timings.timeToFirstToken
    self.init(
      text: completion.fullText,
      promptTokens: Int(completion.usage.promptTokens),
      completionTokens: Int(completion.usage.completionTokens),
      timeToFirstToken: .seconds(first.seconds) + .nanoseconds(Int64(first.nanos)),
      tokensPerSecond: timings.hasDecodeTokensPerSecond
        ? timings.decodeTokensPerSecond : nil,
      predictedBytes: completion.memory.predictedBytes,
      measuredBytes: completion.memory.measuredBytes)
  }
}
