import HWLedgerViewModels
import Testing

@MainActor private final class MemoryStore: SettingsStore {
  struct Locked: Error {}

  var daemons: [SavedDaemon] = []
  var selected: SavedDaemon.ID?
  var tokens: [SavedDaemon.ID: String] = [:]
  var isLocked = false

  func token(of daemon: SavedDaemon.ID) throws -> String? { tokens[daemon] }

  func setToken(_ token: String?, of daemon: SavedDaemon.ID) throws {
    if isLocked { throw Locked() }
    tokens[daemon] = token
  }
}

@MainActor struct SettingsPageTests {
  private let store = MemoryStore()

  @Test func withoutSettingsTheUsersOwnDaemonIsUsed() {
    let page = SettingsPage(store: store) { _ in }
    #expect(page.daemons.count == 1)
    #expect(page.selectedDaemon.address == "")
  }

  @Test func whatIsSavedIsThereAgain() throws {
    let box = SavedDaemon(name: "box", address: "gpu-box:7420", usesTLS: true)
    let page = SettingsPage(store: store) { _ in }
    page.save(box, token: "secret")
    page.select(box.id)

    let again = SettingsPage(store: store) { _ in }
    #expect(again.selectedDaemon == box)
    #expect(try store.token(of: box.id) == "secret")
  }

  @Test func anotherSelectionOrAChangeOfItIsTold() {
    var told: [String] = []
    let page = SettingsPage(store: store) { told.append($0.name) }
    var box = SavedDaemon(name: "box")
    page.save(box)
    #expect(told == [])
    page.select(box.id)
    page.select(box.id)
    box.name = "new name"
    page.save(box)
    #expect(told == ["box", "new name"])
  }

  @Test func whoeverIsRemovedTakesItsTokenAlongAndTheFirstIsUsed() throws {
    var told: [String] = []
    let page = SettingsPage(store: store) { told.append($0.name) }
    let box = SavedDaemon(name: "box")
    page.save(box, token: "secret")
    page.select(box.id)
    page.remove(box.id)
    #expect(try store.token(of: box.id) == nil)
    #expect(told == ["box", "This Mac"])
    page.remove(page.selected)
    #expect(page.daemons.count == 1)
  }

  @Test func aTokenThatCannotBeKeptIsSaid() {
    let page = SettingsPage(store: store) { _ in }
    store.isLocked = true
    page.save(SavedDaemon(name: "box"), token: "secret")
    #expect(page.problem != nil)
    #expect(page.daemons.count == 1)
  }
}
