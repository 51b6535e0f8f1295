#if canImport(SwiftUI)
  import AppKit
  import SwiftUI

  /// Puts a text on the pasteboard.
  struct CopyButton: View {
    let text: String

    var body: some View {
      Button("Copy", systemImage: "doc.on.doc") {
        NSPasteboard.general.clearContents()
        NSPasteboard.general.setString(text, forType: .string)
      }
    }
  }
#endif
