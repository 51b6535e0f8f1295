#if canImport(SwiftUI)
  import Foundation
  import HWLedgerViewModels
  import Security

  /// Settings in the app's preferences, tokens in the user's key chain.
  @MainActor
  final class KeychainStore: SettingsStore {
    private let preferences = UserDefaults.standard
    private let service = "dev.hwledger.app"

    /// As the key chain tells it.
    struct Failure: Error, CustomStringConvertible {
      let status: OSStatus

      var description: String {
        SecCopyErrorMessageString(status, nil) as String? ?? "key chain: \(status)"
      }
    }

    var daemons: [SavedDaemon] {
      get {
        preferences.data(forKey: "daemons")
          .flatMap { try? JSONDecoder().decode([SavedDaemon].self, from: $0) } ?? []
      }
      set { preferences.set(try? JSONEncoder().encode(newValue), forKey: "daemons") }
    }

    var selected: SavedDaemon.ID? {
      get { preferences.string(forKey: "selected").flatMap(UUID.init) }
      set { preferences.set(newValue?.uuidString, forKey: "selected") }
    }

    func token(of daemon: SavedDaemon.ID) throws -> String? {
      var query = item(of: daemon)
      query[kSecReturnData] = true
      var found: CFTypeRef?
      switch SecItemCopyMatching(query as CFDictionary, &found) {
      case errSecSuccess: return (found as? Data).flatMap { String(data: $0, encoding: .utf8) }
      case errSecItemNotFound: return nil
      case let status: throw Failure(status: status)
      }
    }

    func setToken(_ token: String?, of daemon: SavedDaemon.ID) throws {
      let removed = SecItemDelete(item(of: daemon) as CFDictionary)
      guard removed == errSecSuccess || removed == errSecItemNotFound else {
        throw Failure(status: removed)
      }
      guard let token, !token.isEmpty else { return }
      var item = item(of: daemon)
      item[kSecValueData] = Data(token.utf8)
      let added = SecItemAdd(item as CFDictionary, nil)
      guard added == errSecSuccess else { throw Failure(status: added) }
    }

    private func item(of daemon: SavedDaemon.ID) -> [CFString: Any] {
      [
        kSecClass: kSecClassGenericPassword,
        kSecAttrService: service,
        kSecAttrAccount: daemon.uuidString,
        kSecUseDataProtectionKeychain: true,
      ]
    }
  }
#endif
