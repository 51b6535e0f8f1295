import Foundation
import HWLedgerViewModels
import Testing

@MainActor struct LedgerPageTests {
  let daemon = ScriptedDaemon()

  private func entry(_ id: Int64, errorPercent: Double? = 1) -> LedgerEntry {
    LedgerEntry(
      id: id, modelID: "demo", loadedAt: Date(timeIntervalSince1970: 0), predictedBytes: 101,
      measuredBytes: 100, errorPercent: errorPercent)
  }

  @Test func pagesFollowOneAnother() async {
    daemon.script.withLock {
      $0.ledger = [
        nil: LedgerEntries(entries: [entry(3), entry(2)], next: "more"),
        "more": LedgerEntries(entries: [entry(1)], next: nil),
      ]
    }
    let page = LedgerPage(daemon: daemon)
    await page.refresh()
    #expect(page.entries.map(\.id) == [3, 2])
    #expect(page.hasMore)

    await page.loadMore()
    #expect(page.entries.map(\.id) == [3, 2, 1])
    #expect(!page.hasMore)
    await page.loadMore()
    #expect(page.entries.count == 3)

    await page.refresh()
    #expect(page.entries.map(\.id) == [3, 2])
  }

  @Test func whatWasNotMeasuredIsNoPointOfTheChart() async {
    daemon.script.withLock {
      $0.ledger = [
        nil: LedgerEntries(entries: [entry(2, errorPercent: nil), entry(1)], next: nil)
      ]
    }
    let page = LedgerPage(daemon: daemon)
    await page.refresh()
    #expect(page.measured.map(\.id) == [1])
  }

  @Test func aFailureShowsUntilTheNextAnswer() async {
    daemon.script.withLock { $0.failure = DaemonFailure("no ledger is kept") }
    let page = LedgerPage(daemon: daemon)
    await page.refresh()
    #expect(page.failure?.message == "no ledger is kept")
    daemon.script.withLock { $0.failure = nil }
    await page.refresh()
    #expect(page.failure == nil)
  }
}
