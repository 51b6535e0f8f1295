import ArgumentParser
import HWLedger
import HWLedgerFormat

/// What is on disk, or in memory.
struct Models: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the models that are there.")

  @OptionGroup var connection: Connection

  @Flag(help: "Only those in memory.")
  var loaded = false

  func run() async throws {
    let client = try connection.client()
    if loaded {
      for model in try await client.listLoadedModels() {
        print(
          "\(model.modelID)  \(memoryText(model.memory.measuredBytes))",
          "\(model.activeRequests) active, \(model.queuedRequests) waiting")
      }
      return
    }
    for model in try await client.listModels() {
      let size = model.hasSizeOnDiskBytes ? memoryText(model.sizeOnDiskBytes) : "-"
      print("\(model.modelID)  \(size)")
    }
  }
}
