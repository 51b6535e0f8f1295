#if canImport(SwiftUI)
  import Foundation
  import HWLedger
  import HWLedgerConnection
  import HWLedgerViewModels
  import Observation

  /// What the app has open: a page, and the session with the daemon that is selected.
  @MainActor @Observable
  final class AppState {
    var page = Page.planner
    private(set) var settings: SettingsPage
    private(set) var session: Session?
    /// Why there is no session.
    private(set) var problem: String?

    init(store: any SettingsStore = KeychainStore()) {
      // Assigned twice, for what it calls is of this same object.
      settings = SettingsPage(store: store) { _ in }
      settings = SettingsPage(store: store) { [weak self] daemon in
        self?.open(daemon, store: store)
      }
      open(settings.selectedDaemon, store: store)
    }

    private func open(_ daemon: SavedDaemon, store: any SettingsStore) {
      do {
        session = Session(daemon: GRPCDaemon(try Self.client(of: daemon, store: store)))
        problem = nil
        session?.start()
      } catch {
        session = nil
        problem = String(describing: error)
      }
    }

    private static func client(
      of daemon: SavedDaemon, store: any SettingsStore
    ) throws -> HWLedgerClient {
      var options = HWLedgerClientOptions()
      if !daemon.address.isEmpty { options.address = try DaemonAddress(daemon.address) }
      if daemon.usesTLS {
        let roots = daemon.trustedRootPath
        options.tls = HWLedgerTLS(trustedRootPaths: roots.isEmpty ? [] : [roots])
      }
      if let token = try store.token(of: daemon.id) {
        options.bearerToken = { token }
      }
      return try HWLedgerClient(options)
    }
  }
#endif
