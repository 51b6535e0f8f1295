import Observation

/// The page of what is on disk and what is in memory.
@MainActor @Observable
public final class LibraryPage {
  public private(set) var models: [LibraryModel] = []
  public private(set) var loaded: [LoadedModel] = []
  /// Of models that this page loads: how much of them is in memory, 0 to 1.
  public private(set) var loading: [LibraryModel.ID: Double] = [:]
  public private(set) var failure: DaemonFailure?

  /// Words that a model's ID or path must hold, in any order.
  public var search = ""

  public var found: [LibraryModel] {
    let words = search.lowercased().split(separator: " ")
    return models.filter { model in
      let text = "\(model.id) \(model.path ?? "")".lowercased()
      return words.allSatisfy { text.contains($0) }
    }
  }

  private let daemon: any Daemon
  @ObservationIgnored private var loads: [LibraryModel.ID: Task<Void, Never>] = [:]

  public init(daemon: any Daemon) {
    self.daemon = daemon
  }

  deinit {
    for load in loads.values { load.cancel() }
  }

  public func refresh() async {
    await attempt {
      models = try await daemon.models()
      loaded = try await daemon.loadedModels()
    }
  }

  /// Only what changes by itself: models in memory.
  public func refreshLoaded() async {
    await attempt { loaded = try await daemon.loadedModels() }
  }

  /// Goes on in the background until it is done or ``cancelLoad(_:)``; a model that is
  /// loaded is pinned or let loose.
  public func load(_ modelID: String, pinned: Bool = false) {
    guard loads[modelID] == nil else { return }
    failure = nil
    loading[modelID] = 0
    let progress = daemon.load(modelID, pinned: pinned)
    loads[modelID] = Task { [weak self] in
      do {
        for try await fraction in progress {
          self?.loading[modelID] = fraction
        }
      } catch {
        self?.failure = DaemonFailure(error)
      }
      self?.loading[modelID] = nil
      self?.loads[modelID] = nil
      await self?.refreshLoadedKeepingFailure()
    }
  }

  public func cancelLoad(_ modelID: String) {
    loads[modelID]?.cancel()
  }

  public func unload(_ modelID: String) async {
    await attempt {
      try await daemon.unload(modelID)
      loaded = try await daemon.loadedModels()
    }
  }

  // What became of the load is worth more than that the list came.
  private func refreshLoadedKeepingFailure() async {
    let told = failure
    await refreshLoaded()
    failure = told ?? failure
  }

  private func attempt(_ action: () async throws -> Void) async {
    do {
      try await action()
      failure = nil
    } catch {
      failure = DaemonFailure(error) ?? failure
    }
  }
}
