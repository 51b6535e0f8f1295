import Observation

/// Everything that the app shows of one daemon. Another daemon is another session.
@MainActor @Observable
public final class Session {
  public let planner: PlannerPage
  public let run: RunPage
  public let library: LibraryPage
  public let devices: DevicesPage
  public let ledger: LedgerPage
  public let connection: Connection

  public init(daemon: any Daemon) {
    let planner = PlannerPage(daemon: daemon)
    let library = LibraryPage(daemon: daemon)
    let devices = DevicesPage(daemon: daemon)
    let ledger = LedgerPage(daemon: daemon)
    self.planner = planner
    self.library = library
    self.devices = devices
    self.ledger = ledger
    run = RunPage(daemon: daemon)
    connection = Connection(daemon: daemon) {
      planner.askAgain()
      Task {
        await library.refresh()
        await devices.loadPresets()
        await ledger.refresh()
      }
    }
  }

  /// Follows the daemon; pages fill themselves whenever it is there.
  public func start() {
    connection.start()
  }
}
