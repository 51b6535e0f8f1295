import Observation

/// The page of past loads: what was predicted beside what was measured.
@MainActor @Observable
public final class LedgerPage {
  /// Newest first, as far as they were asked for.
  public private(set) var entries: [LedgerEntry] = []
  public private(set) var hasMore = false
  public private(set) var failure: DaemonFailure?

  /// What a chart of predicted against measured shows.
  public var measured: [LedgerEntry] { entries.filter { $0.errorPercent != nil } }

  private let daemon: any Daemon
  private var next: String?
  private var isAsking = false

  public init(daemon: any Daemon) {
    self.daemon = daemon
  }

  /// From the newest on.
  public func refresh() async {
    await ask(after: nil) { $0.entries }
  }

  /// Older ones, below those that are there.
  public func loadMore() async {
    guard let next else { return }
    await ask(after: next) { [entries] in entries + $0.entries }
  }

  private func ask(
    after token: String?, _ combine: (LedgerEntries) -> [LedgerEntry]
  ) async {
    guard !isAsking else { return }
    isAsking = true
    defer { isAsking = false }
    do {
      let answer = try await daemon.ledgerEntries(after: token)
      entries = combine(answer)
      next = answer.next
      hasMore = answer.next != nil
      failure = nil
    } catch {
      failure = DaemonFailure(error) ?? failure
    }
  }
}
