import HWLedgerViewModels
import Synchronization

/// A daemon that does what a test says, and tells what it was asked.
final class ScriptedDaemon: Daemon {
  typealias Stream<Element> = AsyncThrowingStream<Element, any Error>

  struct Script: Sendable {
    var models: [LibraryModel] = []
    var loaded: [LoadedModel] = []
    var presets: [DevicePreset] = []
    /// By the token that asks for the page.
    var ledger: [String?: LedgerEntries] = [:]
    var failure: DaemonFailure?
    var unloaded: [String] = []
    var generations: [GenerationRequest] = []
    var pins: [Bool] = []
  }

  /// Each call that is answered with a stream, in the order of the calls.
  final class Calls<Element: Sendable>: Sendable {
    private let calls = Mutex<[Call<Element>]>([])

    var all: [Call<Element>] { calls.withLock { $0 } }

    func open() -> Stream<Element> {
      let call = Call<Element>()
      calls.withLock { $0.append(call) }
      return call.stream
    }
  }

  final class Call<Element: Sendable>: Sendable {
    let stream: Stream<Element>
    let answer: Stream<Element>.Continuation
    private let ended = Mutex(false)

    /// Whether whoever called ended it.
    var isCancelled: Bool { ended.withLock { $0 } }

    init() {
      let (stream, answer) = Stream<Element>.makeStream()
      self.stream = stream
      self.answer = answer
      answer.onTermination = { [weak self] reason in
        if case .cancelled = reason { self?.ended.withLock { $0 = true } }
      }
    }
  }

  let script = Mutex(Script())
  let presence = Calls<DaemonPresence>()
  let plans = Calls<Plan>()
  let generations = Calls<GenerationEvent>()
  let loads = Calls<Double>()
  let devices = Calls<[DeviceReading]>()
  private let questions = Mutex<[AsyncStream<PlanQuestion>]>([])

  /// The next question of the newest call.
  func nextQuestion() async -> PlanQuestion? {
    guard let newest = questions.withLock({ $0.last }) else { return nil }
    return await newest.first { _ in true }
  }

  func watchPresence() -> Stream<DaemonPresence> { presence.open() }

  func watchPlans(_ asked: AsyncStream<PlanQuestion>) -> Stream<Plan> {
    questions.withLock { $0.append(asked) }
    return plans.open()
  }

  func generate(_ request: GenerationRequest) -> Stream<GenerationEvent> {
    script.withLock { $0.generations.append(request) }
    return generations.open()
  }

  func models() async throws -> [LibraryModel] { try look { $0.models } }
  func loadedModels() async throws -> [LoadedModel] { try look { $0.loaded } }
  func devicePresets() async throws -> [DevicePreset] { try look { $0.presets } }
  func watchDevices() -> Stream<[DeviceReading]> { devices.open() }

  func load(_ modelID: String, pinned: Bool) -> Stream<Double> {
    script.withLock { $0.pins.append(pinned) }
    return loads.open()
  }

  func unload(_ modelID: String) async throws {
    try look { script in
      script.unloaded.append(modelID)
      script.loaded.removeAll { $0.id == modelID }
    }
  }

  func ledgerEntries(after: String?) async throws -> LedgerEntries {
    try look { $0.ledger[after] ?? LedgerEntries(entries: [], next: nil) }
  }

  private func look<T: Sendable>(_ body: (inout sending Script) throws -> sending T) throws -> T {
    try script.withLock { script in
      if let failure = script.failure { throw failure }
      return try body(&script)
    }
  }
}

/// Whether it comes true within five seconds.
@MainActor func eventually(_ condition: () -> Bool) async -> Bool {
  for _ in 0..<5000 {
    if condition() { return true }
    try? await Task.sleep(for: .milliseconds(1))
  }
  return false
}
