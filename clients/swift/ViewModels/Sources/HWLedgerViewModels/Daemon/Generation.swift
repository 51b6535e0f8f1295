/// A conversation to go on with, or a text.
public struct GenerationRequest: Sendable, Hashable {
  public var modelID: String
  public var turns: [Turn]
  /// Nil: as many as the context holds.
  public var maxTokens: Int?

  public init(modelID: String, turns: [Turn], maxTokens: Int? = nil) {
    self.modelID = modelID
    self.turns = turns
    self.maxTokens = maxTokens
  }
}

/// What somebody said in a conversation.
public struct Turn: Sendable, Hashable, Identifiable {
  public enum Speaker: Sendable, Hashable {
    case system, user, model
  }

  public var id: Int
  public var speaker: Speaker
  public var text: String
  /// What the model thought; no part of its answer.
  public var reasoning: String

  public init(id: Int, speaker: Speaker, text: String, reasoning: String = "") {
    self.id = id
    self.speaker = speaker
    self.text = text
    self.reasoning = reasoning
  }
}

public enum GenerationEvent: Sendable, Hashable {
  /// Requests before this one.
  case queued(position: Int)
  /// How much of the model is in memory, 0 to 1.
  case loading(fraction: Double)
  /// Tokens of the prompt that are read.
  case reading(processed: Int, total: Int)
  case thought(String, tokens: Int)
  case said(String, tokens: Int)
  case completed(GenerationSummary)
}

/// How a generation went.
public struct GenerationSummary: Sendable, Hashable {
  /// The whole answer.
  public var text: String
  public var promptTokens: Int
  public var completionTokens: Int
  public var timeToFirstToken: Duration
  /// Nil: fewer than two tokens were generated.
  public var tokensPerSecond: Double?
  /// Bytes that the loaded model was predicted to take, and takes.
  public var predictedBytes: Int64
  public var measuredBytes: Int64

  public init(
    text: String, promptTokens: Int, completionTokens: Int, timeToFirstToken: Duration,
    tokensPerSecond: Double?, predictedBytes: Int64, measuredBytes: Int64
  ) {
    self.text = text
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
    self.timeToFirstToken = timeToFirstToken
    self.tokensPerSecond = tokensPerSecond
    self.predictedBytes = predictedBytes
    self.measuredBytes = measuredBytes
  }
}
