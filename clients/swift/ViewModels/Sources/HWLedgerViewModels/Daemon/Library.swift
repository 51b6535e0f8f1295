import Foundation

/// A model that is there.
public struct LibraryModel: Sendable, Hashable, Identifiable {
  public enum Source: Sendable, Hashable {
    case catalogue, file, demo, folder, huggingFace, ollama, lmStudio, llamaCpp, unknown
  }

  public var id: String
  public var source: Source
  public var path: String?
  /// Bytes of all its files; nil where there are none.
  public var sizeOnDisk: Int64?
  /// What keeps it from being read.
  public var problem: String?

  public init(
    id: String, source: Source, path: String? = nil, sizeOnDisk: Int64? = nil,
    problem: String? = nil
  ) {
    self.id = id
    self.source = source
    self.path = path
    self.sizeOnDisk = sizeOnDisk
    self.problem = problem
  }
}

/// A model in memory, or on its way there or out.
public struct LoadedModel: Sendable, Hashable, Identifiable {
  public enum State: Sendable, Hashable {
    case loading, ready, unloading
  }

  public var id: String
  public var state: State
  /// Bytes that the engine allocated.
  public var measuredBytes: Int64
  public var activeRequests: Int
  public var queuedRequests: Int
  public var isPinned: Bool

  public init(
    id: String, state: State, measuredBytes: Int64, activeRequests: Int = 0,
    queuedRequests: Int = 0, isPinned: Bool = false
  ) {
    self.id = id
    self.state = state
    self.measuredBytes = measuredBytes
    self.activeRequests = activeRequests
    self.queuedRequests = queuedRequests
    self.isPinned = isPinned
  }
}

/// A GPU that can be planned for without having it.
public struct DevicePreset: Sendable, Hashable, Identifiable {
  public var name: String
  /// The maker's name for it.
  public var title: String
  /// Bytes that a model may use.
  public var usableBytes: Int64

  public var id: String { name }

  public init(name: String, title: String, usableBytes: Int64) {
    self.name = name
    self.title = title
    self.usableBytes = usableBytes
  }
}

/// A device as it is at one moment; what is nil is unknown.
public struct DeviceReading: Sendable, Hashable {
  public var name: String
  /// The maker's name for it.
  public var title: String?
  public var totalBytes: Int64?
  public var freeBytes: Int64?
  /// 0 to 100.
  public var utilizationPercent: Double?
  public var temperatureCelsius: Double?

  public init(
    name: String, title: String? = nil, totalBytes: Int64? = nil, freeBytes: Int64? = nil,
    utilizationPercent: Double? = nil, temperatureCelsius: Double? = nil
  ) {
    self.name = name
    self.title = title
    self.totalBytes = totalBytes
    self.freeBytes = freeBytes
    self.utilizationPercent = utilizationPercent
    self.temperatureCelsius = temperatureCelsius
  }
}

/// Past loads, newest first.
public struct LedgerEntries: Sendable, Hashable {
  public var entries: [LedgerEntry]
  /// Nil: this was the last page.
  public var next: String?

  public init(entries: [LedgerEntry], next: String?) {
    self.entries = entries
    self.next = next
  }
}

/// One load of a model: what was predicted beside what was measured, in bytes.
public struct LedgerEntry: Sendable, Hashable, Identifiable {
  public var id: Int64
  public var modelID: String
  public var loadedAt: Date
  public var predictedBytes: Int64
  public var measuredBytes: Int64
  /// Nil: nothing was measured.
  public var errorPercent: Double?

  public init(
    id: Int64, modelID: String, loadedAt: Date, predictedBytes: Int64, measuredBytes: Int64,
    errorPercent: Double?
  ) {
    self.id = id
    self.modelID = modelID
    self.loadedAt = loadedAt
    self.predictedBytes = predictedBytes
    self.measuredBytes = measuredBytes
    self.errorPercent = errorPercent
  }
}
