import Observation

/// Whether the daemon is there, and who is to know when it is back.
@MainActor @Observable
public final class Connection {
  /// Nil: not known yet.
  public private(set) var presence: DaemonPresence?

  /// Why waiting for the daemon does not help: something else answers, or it lets nobody
  /// in.
  public private(set) var failure: DaemonFailure?

  /// How a person starts the daemon.
  public let startCommand = "hwledgerd"

  private let daemon: any Daemon
  private let onServing: @MainActor () -> Void
  @ObservationIgnored private var watch: Task<Void, Never>?

  /// - Parameter onServing: Called whenever the daemon begins to answer calls.
  public init(daemon: any Daemon, onServing: @escaping @MainActor () -> Void) {
    self.daemon = daemon
    self.onServing = onServing
  }

  deinit {
    watch?.cancel()
  }

  /// Follows the daemon until this is let go; a second call begins anew.
  public func start() {
    watch?.cancel()
    failure = nil
    let presences = daemon.watchPresence()
    watch = Task { [weak self] in
      do {
        for try await presence in presences {
          self?.changed(to: presence)
        }
      } catch {
        self?.failure = DaemonFailure(error)
      }
    }
  }

  private func changed(to newest: DaemonPresence) {
    guard newest != presence else { return }
    presence = newest
    if newest == .serving { onServing() }
  }
}
