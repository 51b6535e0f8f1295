import HWLedgerContract

extension HWLedgerClient {
  private var planner: Hwledger_V1_Planner.Client<Transport> { .init(wrapping: grpc) }

  /// How much memory a configuration needs, where it goes, and how fast it can be. A model
  /// that does not fit is an answer: its `verdict` says so.
  /// - Parameters:
  ///   - modelID: A name in the catalogue, a file, a folder, a repository in Hugging
  ///     Face's cache, `ollama:name:tag`, or `demo`.
  ///   - sequenceLength: Tokens that each sequence can hold, prompt and answer together.
  ///   - batchSize: Sequences alive at once, at most 256.
  ///   - quantization: The type of the weights, such as `Q4_K_M`. Empty: as stored.
  ///   - devices: Names of presets or of this machine's devices. Empty: this machine's own.
  /// - Throws: ``HWLedgerError`` of the codes `invalidArgument` (a field is out of range),
  ///   `notFound` (no such model; the message lists the closest names) and `dataLoss` (the
  ///   file is damaged).
  public func estimateVRAM(
    modelID: String,
    sequenceLength: Int,
    batchSize: Int = 1,
    quantization: String = "",
    devices: [String] = []
  ) async throws -> MemoryPrediction {
    try await estimateVRAM(
      .with {
        $0.modelID = modelID
        $0.sequenceLength = Int32(clamping: sequenceLength)
        $0.batchSize = Int32(clamping: batchSize)
        $0.quantization = quantization
        $0.devices = devices.map { name in .with { $0.name = name } }
      })
  }

  /// The same with everything that the contract offers.
  public func estimateVRAM(_ request: EstimateVRAMRequest) async throws -> MemoryPrediction {
    try await answer { try await planner.estimateVram(request, options: $0) }
  }

  /// For sliders: send a request at every movement and draw what comes back. Each answer
  /// belongs to the newest request that the daemon had; older ones that waited are skipped,
  /// and `tag` tells to which one an answer belongs. A request that
  /// ``estimateVRAM(_:)`` would refuse ends the stream with the same error. When the
  /// requests end, the stream ends after the last answer.
  public func watchVRAM<Requests: AsyncSequence & Sendable>(
    _ requests: Requests
  ) -> AsyncThrowingStream<MemoryPrediction, any Error>
  where Requests.Element == EstimateVRAMRequest {
    callStream { [self] answers in
      try await planner.watchVram(
        options: streaming,
        requestProducer: { writer in
          for try await request in requests {
            try await writer.write(request)
          }
        },
        onResponse: { response in
          for try await prediction in response.messages {
            try await answers.send(prediction)
          }
        })
    }
  }

  /// The longest context, the most sequences, the best quantization or the most layers on
  /// the GPUs that fit.
  /// - Throws: ``HWLedgerError`` of the codes of ``estimateVRAM(_:)``; `invalidArgument`
  ///   also where the memory of a device is not known.
  public func fitVRAM(_ request: FitVRAMRequest) async throws -> FitVRAMResponse {
    try await answer { try await planner.fitVram(request, options: $0) }
  }
}
