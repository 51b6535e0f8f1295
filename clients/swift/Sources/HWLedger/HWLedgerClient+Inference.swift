import HWLedgerContract

extension HWLedgerClient {
  private var runner: Hwledger_V1_InferenceRunner.Client<Transport> { .init(wrapping: grpc) }

  /// Runs a model on a prompt, as it is.
  /// - Parameters:
  ///   - modelID: As of ``estimateVRAM(modelID:sequenceLength:batchSize:quantization:devices:)``,
  ///     but there must be a file to run.
  ///   - maxTokens: The most tokens to generate. Nil: as many as the context holds.
  public func runInference(
    modelID: String, prompt: String, maxTokens: Int? = nil
  ) -> AsyncThrowingStream<InferenceEvent, any Error> {
    runInference(
      .with {
        $0.modelID = modelID
        $0.prompt = prompt
        if let maxTokens { $0.maxTokens = Int32(clamping: maxTokens) }
      })
  }

  /// Runs a model on a conversation, in the form of the model's own template.
  public func runInference(
    modelID: String, messages: [ChatMessage], maxTokens: Int? = nil
  ) -> AsyncThrowingStream<InferenceEvent, any Error> {
    runInference(
      .with {
        $0.modelID = modelID
        $0.chat.messages = messages
        if let maxTokens { $0.maxTokens = Int32(clamping: maxTokens) }
      })
  }

  /// Runs a model. Let the stream go, or cancel the task that reads it, and the daemon ends
  /// the generation within one step.
  ///
  /// The stream fails with ``HWLedgerError`` of the codes `invalidArgument` (a field is out
  /// of range, or the prompt is longer than the context), `notFound`, `failedPrecondition`
  /// (the model has no template for a chat, or only embeds), `resourceExhausted` (the model
  /// does not fit, or too many requests wait) and `unavailable` (the process that ran the
  /// model died; ``HWLedgerError/Failure/retryDelay`` tells when a second try may do).
  public func runInference(
    _ request: RunInferenceRequest
  ) -> AsyncThrowingStream<InferenceEvent, any Error> {
    callStream { [self] answers in
      try await runner.runInference(request, options: streaming) { response in
        for try await message in response.messages {
          if let event = InferenceEvent(message) {
            try await answers.send(event)
          }
        }
      }
    }
  }

  /// The same, told to a listener. Returns after ``TokenStreamListener/onComplete(_:)``;
  /// cancelling the task ends the generation.
  public func runInference(
    _ request: RunInferenceRequest, listener: some TokenStreamListener
  ) async throws {
    for try await event in runInference(request) {
      switch event {
      case .token(let token): await listener.onToken(token)
      case .completion(let completion): await listener.onComplete(completion)
      default: await listener.onProgress(event)
      }
    }
    try Task.checkCancellation()
  }

  /// The embedding of each text. Errors as of ``runInference(_:)``.
  public func embed(_ request: EmbedRequest) async throws -> EmbedResponse {
    try await answer { try await runner.embed(request, options: $0) }
  }
}
