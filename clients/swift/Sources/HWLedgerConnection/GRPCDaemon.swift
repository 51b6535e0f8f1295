import HWLedger
import HWLedgerViewModels

/// A real daemon as the view models ask it.
public struct GRPCDaemon: Daemon {
  let client: HWLedgerClient

  public init(_ client: HWLedgerClient) {
    self.client = client
  }

  public func watchPresence() -> AsyncThrowingStream<DaemonPresence, any Error> {
    client.watchDaemon().told { DaemonPresence($0) }
  }

  public func watchPlans(
    _ questions: AsyncStream<PlanQuestion>
  ) -> AsyncThrowingStream<Plan, any Error> {
    client.watchVRAM(questions.map { EstimateVRAMRequest($0) }).told { Plan($0) }
  }

  public func generate(
    _ request: GenerationRequest
  ) -> AsyncThrowingStream<GenerationEvent, any Error> {
    client.runInference(RunInferenceRequest(request)).told { GenerationEvent($0) }
  }

  public func models() async throws -> [LibraryModel] {
    try await told { try await client.listModels() }.map { LibraryModel($0) }
  }

  public func loadedModels() async throws -> [HWLedgerViewModels.LoadedModel] {
    try await told { try await client.listLoadedModels() }.map { .init($0) }
  }

  public func load(_ modelID: String, pinned: Bool) -> AsyncThrowingStream<Double, any Error> {
    client.loadModel(modelID, options: .with { $0.pinned = pinned }).told { event in
      switch event {
      case .progress(let fraction): fraction
      case .loaded: 1
      }
    }
  }

  public func unload(_ modelID: String) async throws {
    try await told { _ = try await client.unloadModel(modelID) }
  }

  public func devicePresets() async throws -> [HWLedgerViewModels.DevicePreset] {
    try await told { try await client.listDevicePresets() }.map { .init($0) }
  }

  public func watchDevices() -> AsyncThrowingStream<[DeviceReading], any Error> {
    client.watchDevices().told { $0.devices.map { DeviceReading($0) } }
  }

  public func ledgerEntries(after: String?) async throws -> LedgerEntries {
    LedgerEntries(
      try await told { try await client.ledgerEntries(pageToken: after ?? "") })
  }
}

/// A call whose failure is told as the view models know it.
private func told<Answer>(_ call: () async throws -> Answer) async throws -> Answer {
  do {
    return try await call()
  } catch let error as HWLedgerError {
    throw DaemonFailure(error)
  }
}

extension AsyncThrowingStream where Element: Sendable, Failure == any Error {
  /// The same stream in the view models' words; nil: nothing that they know.
  fileprivate func told<Told: Sendable>(
    _ convert: @escaping @Sendable (Element) -> Told?
  ) -> AsyncThrowingStream<Told, any Error> {
    let reader = Reader(elements: makeAsyncIterator())
    return AsyncThrowingStream<Told, any Error> {
      do {
        while let element = try await reader.elements.next() {
          if let told = convert(element) { return told }
        }
        return nil
      } catch let error as HWLedgerError {
        throw DaemonFailure(error)
      }
    }
  }
}

/// Shared by nobody: a stream is read by one task at a time.
private final class Reader<Element: Sendable>: @unchecked Sendable {
  var elements: AsyncThrowingStream<Element, any Error>.Iterator

  init(elements: AsyncThrowingStream<Element, any Error>.Iterator) {
    self.elements = elements
  }
}
