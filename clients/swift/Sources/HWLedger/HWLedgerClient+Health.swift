import GRPCCore
import HWLedgerContract

/// What can be expected of a daemon now.
public enum DaemonState: Sendable, Hashable {
  /// Nobody answers at its address.
  case unreachable
  /// It is there and takes no new calls: it starts, or it stops.
  case notServing
  /// It answers calls.
  case serving
}

extension HWLedgerClient {
  private var health: Grpc_Health_V1_Health.Client<Transport> { .init(wrapping: grpc) }

  /// What can be expected of the daemon: now, and whenever that changes. Connects again and
  /// again where nobody answers, so it ends only when its task is cancelled or it is let
  /// go.
  ///
  /// The stream fails with ``HWLedgerError`` of any code but `unavailable` where something
  /// answers that is no such daemon, or lets this client in no more.
  public func watchDaemon() -> AsyncThrowingStream<DaemonState, any Error> {
    callStream { [self] answers in
      var told: DaemonState?
      func tell(_ state: DaemonState) async throws {
        if state != told {
          told = state
          try await answers.send(state)
        }
      }
      var delay = Duration.milliseconds(50)
      while true {
        do {
          for try await state in states() {
            try await tell(state)
            delay = .milliseconds(50)
          }
        } catch let error as HWLedgerError where error.isBrokenConnection {
          // Told below, as the end of the stream is.
        }
        try await tell(.unreachable)
        try await Task.sleep(for: delay)
        delay = min(delay * 2, .seconds(2))
      }
    }
  }

  /// Until the connection ends.
  private func states() -> AsyncThrowingStream<DaemonState, any Error> {
    callStream { [self] answers in
      try await health.watch(.init(), options: streaming) { response in
        for try await message in response.messages {
          try await answers.send(message.status == .serving ? .serving : .notServing)
        }
      }
    }
  }
}

extension HWLedgerError {
  // A server that ends takes its streams along with CANCELLED, too.
  fileprivate var isBrokenConnection: Bool {
    failure?.code == .unavailable || failure?.code == .cancelled
  }
}
