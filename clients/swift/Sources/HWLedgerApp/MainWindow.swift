#if canImport(SwiftUI)
  import HWLedgerViewModels
  import SwiftUI

  /// What the sidebar offers.
  enum Page: String, CaseIterable, Identifiable {
    case planner, run, library, devices, ledger

    var id: Self { self }

    var title: LocalizedStringResource {
      switch self {
      case .planner: "Planner"
      case .run: "Run"
      case .library: "Library"
      case .devices: "Devices"
      case .ledger: "Ledger"
      }
    }

    var symbol: String {
      switch self {
      case .planner: "chart.bar.xaxis"
      case .run: "text.bubble"
      case .library: "books.vertical"
      case .devices: "cpu"
      case .ledger: "list.bullet.clipboard"
      }
    }

    /// With the command key.
    var key: KeyEquivalent {
      KeyEquivalent(Character(String((Self.allCases.firstIndex(of: self) ?? 0) + 1)))
    }
  }

  struct PageCommands: Commands {
    @Binding var page: Page

    var body: some Commands {
      CommandGroup(after: .sidebar) {
        ForEach(Page.allCases) { each in
          Button(String(localized: each.title)) { page = each }.keyboardShortcut(each.key)
        }
      }
    }
  }

  struct MainWindow: View {
    @Bindable var app: AppState

    var body: some View {
      NavigationSplitView {
        List(Page.allCases, selection: selection) { page in
          Label(String(localized: page.title), systemImage: page.symbol)
        }
        .navigationSplitViewColumnWidth(min: 160, ideal: 180)
      } detail: {
        if let session = app.session {
          VStack(spacing: 0) {
            ConnectionBanner(connection: session.connection)
            detail(of: session)
          }
          // Another daemon, other pages: nothing of the old ones stays.
          .id(ObjectIdentifier(session))
        } else {
          ContentUnavailableView(
            "No daemon", systemImage: "bolt.horizontal.circle",
            description: Text(app.problem ?? ""))
        }
      }
      .frame(minWidth: 800, minHeight: 600)
    }

    // A page is always chosen.
    private var selection: Binding<Page?> {
      Binding(get: { app.page }, set: { app.page = $0 ?? app.page })
    }

    @ViewBuilder private func detail(of session: Session) -> some View {
      switch app.page {
      case .planner:
        PlannerView(page: session.planner, library: session.library, devices: session.devices)
      case .run: RunView(page: session.run, library: session.library)
      case .library: LibraryView(page: session.library)
      case .devices: DevicesView(page: session.devices)
      case .ledger: LedgerView(page: session.ledger)
      }
    }
  }

  /// Says that the daemon is not there, and how to start it.
  struct ConnectionBanner: View {
    let connection: HWLedgerViewModels.Connection

    var body: some View {
      if let failure = connection.failure {
        FailureLabel(failure: failure).padding(8)
      } else if connection.presence == .unreachable {
        HStack {
          Label("The daemon is not running. Start it with:", systemImage: "bolt.slash")
          Text(connection.startCommand).monospaced().textSelection(.enabled)
          ProgressView().controlSize(.small).accessibilityLabel("Waiting for the daemon")
        }
        .padding(8)
        .frame(maxWidth: .infinity)
        .background(.yellow.opacity(0.2))
      } else if connection.presence == .notServing {
        Label("The daemon starts or stops", systemImage: "hourglass").padding(8)
      }
    }
  }

  /// The daemon's message, and the field that it is about.
  struct FailureLabel: View {
    let failure: DaemonFailure

    var body: some View {
      Label {
        VStack(alignment: .leading) {
          Text(failure.message).textSelection(.enabled)
          if let field = failure.field {
            Text(field).font(.caption).monospaced()
          }
        }
      } icon: {
        Image(systemName: "exclamationmark.triangle").foregroundStyle(.red)
      }
      .accessibilityElement(children: .combine)
    }
  }
#endif
