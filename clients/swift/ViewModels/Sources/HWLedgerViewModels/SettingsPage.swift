import Foundation
import Observation

/// A daemon that a person uses. Its token is not here: it is a secret.
public struct SavedDaemon: Sendable, Hashable, Codable, Identifiable {
  public var id: UUID
  public var name: String
  /// `HOST:PORT` or `unix:/PATH`. Empty: this user's own.
  public var address: String
  public var usesTLS: Bool
  /// A file of the only authorities to believe, in PEM. Empty: those of the system.
  public var trustedRootPath: String

  public init(
    id: UUID = UUID(), name: String, address: String = "", usesTLS: Bool = false,
    trustedRootPath: String = ""
  ) {
    self.id = id
    self.name = name
    self.address = address
    self.usesTLS = usesTLS
    self.trustedRootPath = trustedRootPath
  }
}

/// Where settings are kept: the app's preferences, and its key chain for tokens.
@MainActor
public protocol SettingsStore: AnyObject {
  var daemons: [SavedDaemon] { get set }
  var selected: SavedDaemon.ID? { get set }
  func token(of daemon: SavedDaemon.ID) throws -> String?
  /// Nil or empty removes it.
  func setToken(_ token: String?, of daemon: SavedDaemon.ID) throws
}

/// The page of saved daemons: one of them is used.
@MainActor @Observable
public final class SettingsPage {
  /// Never empty.
  public private(set) var daemons: [SavedDaemon]
  public private(set) var selected: SavedDaemon.ID
  /// Why the last change was not kept.
  public private(set) var problem: String?

  public var selectedDaemon: SavedDaemon {
    daemons.first { $0.id == selected } ?? daemons[0]
  }

  private let store: any SettingsStore
  private let onSelection: @MainActor (SavedDaemon) -> Void

  /// - Parameter onSelection: Called with the daemon to use whenever that is another, or
  ///   has changed.
  public init(
    store: any SettingsStore, onSelection: @escaping @MainActor (SavedDaemon) -> Void
  ) {
    self.store = store
    self.onSelection = onSelection
    let saved = store.daemons
    let known = saved.isEmpty ? [SavedDaemon(name: "This Mac")] : saved
    daemons = known
    selected = known.first { $0.id == store.selected }?.id ?? known[0].id
  }

  public func select(_ daemon: SavedDaemon.ID) {
    guard daemon != selected, daemons.contains(where: { $0.id == daemon }) else { return }
    selected = daemon
    keep()
    onSelection(selectedDaemon)
  }

  /// Adds it, or changes the one of the same ID. A token of nil leaves the one that is kept.
  public func save(_ daemon: SavedDaemon, token: String? = nil) {
    do {
      if let token { try store.setToken(token, of: daemon.id) }
      problem = nil
    } catch {
      problem = String(describing: error)
      return
    }
    if let index = daemons.firstIndex(where: { $0.id == daemon.id }) {
      daemons[index] = daemon
    } else {
      daemons.append(daemon)
    }
    keep()
    if daemon.id == selected { onSelection(daemon) }
  }

  /// Forgets it and its token. The last one stays.
  public func remove(_ daemon: SavedDaemon.ID) {
    guard daemons.count > 1, daemons.contains(where: { $0.id == daemon }) else { return }
    do {
      try store.setToken(nil, of: daemon)
      problem = nil
    } catch {
      problem = String(describing: error)
      return
    }
    daemons.removeAll { $0.id == daemon }
    let wasSelected = selected == daemon
    if wasSelected { selected = daemons[0].id }
    keep()
    if wasSelected { onSelection(selectedDaemon) }
  }

  private func keep() {
    store.daemons = daemons
    store.selected = selected
  }
}
