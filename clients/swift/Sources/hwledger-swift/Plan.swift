import ArgumentParser
import HWLedger
import HWLedgerFormat

/// How much memory a model needs, where it goes, and how fast it can be.
struct Plan: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say how much memory a model needs and how fast it can be.")

  @OptionGroup var connection: Connection

  @Argument(help: "A catalogue name, a file, a folder, org/name, ollama:name, or demo.")
  var model: String

  @Option(name: [.short, .long], help: "Tokens that each sequence can hold.")
  var context = 4096

  @Option(name: [.short, .long], help: "Sequences alive at once.")
  var batchSize = 1

  @Option(name: [.short, .long], help: "The type of the weights. Default: as stored.")
  var quantization = ""

  @Option(name: [.short, .long], help: "A preset or a device of the machine; repeatable.")
  var device: [String] = []

  func run() async throws {
    let plan = try await connection.client().estimateVRAM(
      modelID: model, sequenceLength: context, batchSize: batchSize,
      quantization: quantization, devices: device)
    print("\(plan.model.modelID)  \(plan.model.architecture)  \(plan.model.quantization)")
    row("weights", plan.weightsBytes)
    row("KV cache", plan.kvCacheBytes)
    row("overhead", plan.runtimeOverheadBytes)
    row("total", plan.totalBytes)
    for device in plan.devices {
      let free = device.hasFreeBytes ? memoryText(device.freeBytes) : "unknown"
      print(
        "  \(device.name): \(memoryText(device.totalBytes)) of \(free) free,",
        words(device.verdict))
    }
    print("verdict: \(words(plan.verdict))")
    print("longest context that fits: \(plan.maxSequenceLength) tokens")
    if plan.throughput.hasDecode {
      let rate = plan.throughput.decode
      let range = rateText(low: rate.lowTokensPerSecond, high: rate.highTokensPerSecond)
      print("writes at most \(range) tokens/s")
    }
    for warning in plan.warnings {
      print("note: \(warning)")
    }
  }

  private func row(_ name: String, _ bytes: Int64) {
    let gap = String(repeating: " ", count: 10 - name.count)
    print("  \(name)\(gap)\(memoryText(bytes)) (\(bytes) bytes)")
  }

  private func words(_ verdict: Verdict) -> String {
    switch verdict {
    case .fits: "fits"
    case .tight: "tight"
    case .doesNotFit: "does not fit"
    case .unspecified, .UNRECOGNIZED: "unknown"
    }
  }
}
