import HWLedgerContract

/// How far a model is on its way into memory.
public enum LoadEvent: Sendable {
  /// How much of it is there, 0 to 1.
  case progress(fraction: Double)
  /// It is ready; nothing follows.
  case loaded(LoadedModel)
}

extension HWLedgerClient {
  private var library: Hwledger_V1_ModelLibrary.Client<Transport> { .init(wrapping: grpc) }

  /// Every model that is there, by its ID: the catalogue's, the demo, and those that other
  /// programs have downloaded. No file is read for it: of most models only ID, source,
  /// path and size on disk are known.
  public func listModels() async throws -> [Model] {
    try await answer { try await library.listModels(.init(), options: $0) }.models
  }

  /// One model, read as far as its files' headers.
  /// - Throws: ``HWLedgerError`` of the codes `notFound` and `dataLoss`.
  public func model(_ modelID: String) async throws -> Model {
    try await answer {
      try await library.getModel(.with { $0.modelID = modelID }, options: $0)
    }.model
  }

  /// Loads a model; idle ones that are not pinned make room. Ending the stream early gives
  /// the load up, unless somebody else waits for it.
  ///
  /// The stream fails with ``HWLedgerError`` of the codes `resourceExhausted` (it does not
  /// fit; the message says what it needs, what is free, and the nearest settings that fit),
  /// `failedPrecondition` (there is no file to run, or it is loaded otherwise) and
  /// `unavailable`.
  /// - Parameter force: Load even what the planner says does not fit.
  public func loadModel(
    _ modelID: String, options: LoadOptions = LoadOptions(), force: Bool = false
  ) -> AsyncThrowingStream<LoadEvent, any Error> {
    let request = Hwledger_V1_LoadModelRequest.with {
      $0.modelID = modelID
      $0.options = options
      $0.force = force
    }
    return callStream { [self] answers in
      try await library.loadModel(request, options: streaming) { response in
        for try await message in response.messages {
          switch message.event {
          case .loadProgress(let progress):
            try await answers.send(.progress(fraction: progress.fraction))
          case .loaded(let model): try await answers.send(.loaded(model))
          case nil: continue
          }
        }
      }
    }
  }

  /// Unloads a model and returns when its memory is back; its generations end with
  /// `cancelled`.
  /// - Returns: Bytes that its process held.
  /// - Throws: ``HWLedgerError`` of the code `notFound`: it is not loaded.
  @discardableResult
  public func unloadModel(_ modelID: String) async throws -> Int64 {
    try await answer {
      try await library.unloadModel(.with { $0.modelID = modelID }, options: $0)
    }.freedBytes
  }

  /// What is in memory, by model ID.
  public func listLoadedModels() async throws -> [LoadedModel] {
    try await answer { try await library.listLoadedModels(.init(), options: $0) }.models
  }
}
