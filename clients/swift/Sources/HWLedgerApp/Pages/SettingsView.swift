#if canImport(SwiftUI)
  import HWLedgerViewModels
  import SwiftUI

  struct SettingsView: View {
    let page: SettingsPage
    @State private var edited: SavedDaemon?

    var body: some View {
      Form {
        Section("Daemons") {
          Picker("Use", selection: selection) {
            ForEach(page.daemons) { Text($0.name).tag($0.id) }
          }
          .pickerStyle(.radioGroup)
          HStack {
            Button("Add…") { edited = SavedDaemon(name: "") }
            Button("Change…") { edited = page.selectedDaemon }
            Button("Remove") { page.remove(page.selected) }.disabled(page.daemons.count < 2)
          }
          if let problem = page.problem { Text(problem).foregroundStyle(.red) }
        }
        Section("This Mac") { LoginItemToggle() }
      }
      .formStyle(.grouped)
      .frame(width: 460)
      .sheet(item: $edited) { daemon in
        DaemonSheet(daemon: daemon) { page.save($0, token: $1) }
      }
    }

    private var selection: Binding<SavedDaemon.ID> {
      Binding(get: { page.selected }, set: { page.select($0) })
    }
  }

  private struct DaemonSheet: View {
    @State var daemon: SavedDaemon
    let save: (SavedDaemon, String?) -> Void
    @State private var token = ""
    @Environment(\.dismiss) private var dismiss

    var body: some View {
      Form {
        TextField("Name", text: $daemon.name)
        TextField("Address", text: $daemon.address, prompt: Text("host:port or unix:/path"))
        Toggle("TLS", isOn: $daemon.usesTLS)
        TextField("Certificate of its authority", text: $daemon.trustedRootPath)
          .disabled(!daemon.usesTLS)
        SecureField("Token", text: $token, prompt: Text("unchanged"))
      }
      .formStyle(.grouped)
      .frame(width: 420)
      .toolbar {
        ToolbarItem(placement: .cancellationAction) { Button("Cancel") { dismiss() } }
        ToolbarItem(placement: .confirmationAction) {
          Button("Save") {
            save(daemon, token.isEmpty ? nil : token)
            dismiss()
          }
          .disabled(daemon.name.isEmpty)
        }
      }
    }
  }

  private struct LoginItemToggle: View {
    private let item = LoginItem()
    @State private var isOn = false
    @State private var problem: String?

    var body: some View {
      Toggle("Start the daemon at login", isOn: $isOn)
        .onAppear { isOn = item.isOn }
        .onChange(of: isOn) { _, on in
          guard on != item.isOn else { return }
          do {
            try item.turn(on: on)
            problem = nil
          } catch {
            problem = error.localizedDescription
            isOn = item.isOn
          }
        }
      if item.needsApproval {
        Button("Allow it in System Settings…") { item.showSystemSettings() }
      }
      if let problem { Text(problem).foregroundStyle(.red) }
    }
  }
#endif
