/// The daemon as the view models ask it: the handful of calls behind the pages. Whoever
/// has a network fulfils it; tests fulfil it without one.
///
/// What fails throws ``DaemonFailure``; where the caller's task was cancelled,
/// `CancellationError`. A stream ends its call when its reader is cancelled or it is let
/// go.
public protocol Daemon: Sendable {
  /// Whether the daemon answers: now, and whenever that changes. Ends only when it is let
  /// go, or with a failure that waiting does not mend.
  func watchPresence() -> AsyncThrowingStream<DaemonPresence, any Error>

  /// Each answer belongs to the newest question that the daemon had. A question that it
  /// refuses ends the stream.
  func watchPlans(_ questions: AsyncStream<PlanQuestion>) -> AsyncThrowingStream<Plan, any Error>

  /// Exactly one ``GenerationEvent/completed(_:)``, last.
  func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error>

  func models() async throws -> [LibraryModel]
  func loadedModels() async throws -> [LoadedModel]

  /// Fractions from 0 to 1; ends when the model is ready. A model that is loaded is pinned
  /// or let loose as asked.
  func load(_ modelID: String, pinned: Bool) -> AsyncThrowingStream<Double, any Error>
  func unload(_ modelID: String) async throws

  func devicePresets() async throws -> [DevicePreset]
  func watchDevices() -> AsyncThrowingStream<[DeviceReading], any Error>

  /// Newest first. `after`: ``LedgerEntries/next`` of the page before.
  func ledgerEntries(after: String?) async throws -> LedgerEntries
}

/// What can be expected of the daemon now.
public enum DaemonPresence: Sendable, Hashable {
  /// Nobody answers at its address.
  case unreachable
  /// It is there and takes no calls yet, or no more.
  case notServing
  case serving
}

/// A call failed: what to tell a person.
public struct DaemonFailure: Error, Sendable, Hashable {
  /// What was wrong, then the values.
  public var message: String
  /// The field of the question that is wrong, as the contract names it; nil where none is.
  public var field: String?
  /// Whether nobody answered: that mends itself when the daemon is back.
  public var isUnreachable: Bool
  /// After how long a second try may do. Nil: not told.
  public var retryDelay: Duration?

  public init(
    _ message: String, field: String? = nil, isUnreachable: Bool = false,
    retryDelay: Duration? = nil
  ) {
    self.message = message
    self.field = field
    self.isUnreachable = isUnreachable
    self.retryDelay = retryDelay
  }

  /// Of anything that a call throws; nil where it was given up.
  init?(_ error: any Error) {
    if error is CancellationError { return nil }
    self = error as? DaemonFailure ?? DaemonFailure(String(describing: error))
  }
}
