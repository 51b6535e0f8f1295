#if canImport(SwiftUI)
  import HWLedgerFormat
  import HWLedgerViewModels
  import SwiftUI

  /// What the menu bar shows: the models in memory.
  struct LoadedModelsMenu: View {
    let library: LibraryPage?
    @Environment(\.openWindow) private var openWindow

    var body: some View {
      if let library {
        if library.loaded.isEmpty { Text("No model in memory") }
        ForEach(library.loaded) { model in
          Button("Unload \(model.id) (\(memoryText(model.measuredBytes)))") {
            Task { await library.unload(model.id) }
          }
        }
      }
      Divider()
        .onAppear { Task { await library?.refreshLoaded() } }
      Button("Open hwLedger") { openWindow(id: "main") }
      SettingsLink()
      Button("Quit") { NSApplication.shared.terminate(nil) }.keyboardShortcut("q")
    }
  }
#endif
