/// A configuration to predict. What is nil or empty is left to the daemon.
public struct PlanQuestion: Sendable, Hashable {
  public var modelID = ""
  /// Tokens that each sequence can hold.
  public var sequenceLength = 4096
  /// Sequences alive at once.
  public var batchSize = 1
  /// The type of the weights. Empty: as stored.
  public var quantization = ""
  /// The type of cached keys and values.
  public var kvCacheType: String?
  /// Names of presets or of the machine's devices. Empty: the machine's own.
  public var devices: [String] = []
  /// Comes back in the answer.
  public var tag: Int64 = 0

  public init() {}
}

/// What a configuration needs; every number is the daemon's.
public struct Plan: Sendable, Hashable {
  public var tag: Int64 = 0
  public var modelID = ""
  public var architecture = ""
  public var quantization = ""
  public var memory = MemoryParts()
  public var verdict = Verdict.unknown
  public var devices: [DevicePlan] = []
  public var layers: [LayerPlan] = []
  /// The longest sequence length that still fits, in tokens; 0: none.
  public var longestSequenceLength = 0
  /// The longest that the model was made for, in tokens.
  public var modelSequenceLength = 0
  /// In tokens per second; nil: unknown.
  public var prefill: RateRange?
  public var decode: RateRange?
  public var warnings: [String] = []
  /// A command line that starts the same configuration in llama-server.
  public var launchCommand: String?
  /// Whether the engine itself planned it, or formulas did.
  public var isDryRun = false

  public init() {}
}

/// In bytes.
public struct MemoryParts: Sendable, Hashable {
  public var weights: Int64
  public var kvCache: Int64
  public var overhead: Int64
  public var total: Int64

  public init(weights: Int64 = 0, kvCache: Int64 = 0, overhead: Int64 = 0, total: Int64 = 0) {
    self.weights = weights
    self.kvCache = kvCache
    self.overhead = overhead
    self.total = total
  }
}

/// One device's share, in bytes.
public struct DevicePlan: Sendable, Hashable, Identifiable {
  /// What a device's memory is taken by.
  public enum Part: Sendable, Hashable, CaseIterable {
    case weights, kvCache, computeBuffer, outputBuffer, backendContext
  }

  public var name: String
  public var parts: [Part: Int64]
  public var total: Int64
  /// What a model may use now; nil: unknown.
  public var free: Int64?
  public var verdict: Verdict

  public var id: String { name }

  public init(
    name: String, parts: [Part: Int64], total: Int64, free: Int64?, verdict: Verdict
  ) {
    self.name = name
    self.parts = parts
    self.total = total
    self.free = free
    self.verdict = verdict
  }
}

/// One layer's share, in bytes.
public struct LayerPlan: Sendable, Hashable, Identifiable {
  public var index: Int
  public var weights: Int64
  public var kvCache: Int64
  public var device: String

  public var id: Int { index }

  public init(index: Int, weights: Int64, kvCache: Int64, device: String) {
    self.index = index
    self.weights = weights
    self.kvCache = kvCache
    self.device = device
  }
}

public enum Verdict: Sendable, Hashable {
  case fits, tight, doesNotFit, unknown
}

/// From a full cache to an empty one, in tokens per second.
public struct RateRange: Sendable, Hashable {
  public var low: Double
  public var high: Double

  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }
}
