#if canImport(SwiftUI)
  import ServiceManagement

  /// The daemon as a launch agent of this user, started at login from the app's bundle.
  @MainActor
  struct LoginItem {
    private let agent = SMAppService.agent(plistName: "dev.hwledger.hwledgerd.plist")

    var isOn: Bool { agent.status == .enabled }

    /// Whether the user has to allow it in the system's settings.
    var needsApproval: Bool { agent.status == .requiresApproval }

    func turn(on: Bool) throws {
      if on {
        try agent.register()
      } else {
        try agent.unregister()
      }
    }

    func showSystemSettings() {
      SMAppService.openSystemSettingsLoginItems()
    }
  }
#endif
