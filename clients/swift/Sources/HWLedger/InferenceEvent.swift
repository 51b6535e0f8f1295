import HWLedgerContract

/// What happens to a generation. Events come in this order: ``queued(position:)`` and
/// ``loadProgress(fraction:)`` while the model is not ready, ``promptProgress(_:)`` while
/// the prompt is read, then the answer (``reasoning(_:)``, ``token(_:)``,
/// ``toolCall(_:)``), then exactly one ``completion(_:)``.
public enum InferenceEvent: Sendable, Hashable {
  /// The request waits. `position`: requests before this one; 0: it is the next.
  case queued(position: Int)

  /// The model is being read into memory. `fraction`: how much of it is there, 0 to 1.
  case loadProgress(fraction: Double)

  /// The prompt is being read; in tokens.
  case promptProgress(PromptProgress)

  /// New text that is no part of the answer: the model thinks.
  case reasoning(Reasoning)

  /// New text of the answer, whole characters, with the number of tokens it stands for.
  /// All texts of a stream make up `Completion.fullText`.
  case token(Token)

  /// The model asks for a function.
  case toolCall(ToolCall)

  /// The end of a generation that went well.
  case completion(Completion)

  /// Nil: an event that only a newer version of this library knows.
  init?(_ response: Hwledger_V1_RunInferenceResponse) {
    switch response.event {
    case .queued(let queued): self = .queued(position: Int(queued.position))
    case .loadProgress(let progress): self = .loadProgress(fraction: progress.fraction)
    case .promptProgress(let progress): self = .promptProgress(progress)
    case .reasoning(let reasoning): self = .reasoning(reasoning)
    case .token(let token): self = .token(token)
    case .toolCall(let call): self = .toolCall(call)
    case .completion(let completion): self = .completion(completion)
    case nil: return nil
    }
  }
}
