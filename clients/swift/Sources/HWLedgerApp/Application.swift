#if canImport(SwiftUI)
  import SwiftUI

  /// The app: one window with pages, its settings, and a menu-bar item.
  @main
  struct Application: App {
    @State private var app = AppState()

    var body: some Scene {
      Window("hwLedger", id: "main") {
        MainWindow(app: app)
      }
      .commands { PageCommands(page: $app.page) }

      Settings {
        SettingsView(page: app.settings)
      }

      MenuBarExtra("hwLedger", systemImage: "memorychip") {
        LoadedModelsMenu(library: app.session?.library)
      }
    }
  }
#else
  /// Elsewhere there is no SwiftUI, and this program has nothing to show.
  @main
  struct Application {
    static func main() {
      print("HWLedgerApp runs on macOS; hwledger-swift runs here")
    }
  }
#endif
