import Foundation
import HWLedger
import HWLedgerConnection
import HWLedgerContract
import HWLedgerViewModels
import Testing

/// Where a real daemon listens that serves `demo`: addresses, with commas between them.
private let addresses =
  ProcessInfo.processInfo.environment["HWLEDGER_TEST_ADDRESSES"]?
  .split(separator: ",").map(String.init) ?? []

@Suite(.enabled(if: !addresses.isEmpty, "HWLEDGER_TEST_ADDRESSES names no daemon"), .serialized)
struct DaemonTests {
  private func client(_ address: String) throws -> HWLedgerClient {
    try HWLedgerClient(HWLedgerClientOptions(address: DaemonAddress(address)))
  }

  /// Generations of `demo` that clients gave up, and those that run.
  private func counts(_ client: HWLedgerClient) async throws -> (cancelled: Int, active: Int) {
    let demo = try await client.listLoadedModels().first { $0.modelID == "demo" }
    return (Int(demo?.counts.cancelledCount ?? 0), Int(demo?.activeRequests ?? 0))
  }

  /// Whether the daemon has one more cancelled generation, and none that runs, within ten
  /// seconds.
  private func frees(_ client: HWLedgerClient, after before: Int) async throws -> Bool {
    for _ in 0..<1000 {
      let now = try await counts(client)
      if now == (before + 1, 0) { return true }
      try await Task.sleep(for: .milliseconds(10))
    }
    return false
  }

  private let longRequest = RunInferenceRequest.with {
    $0.modelID = "demo"
    $0.prompt = "A model"
    // Does not end by itself for long.
    $0.grammar = "root ::= [a-z ]{1000}"
  }

  @Test(arguments: addresses) func aPlanAddsUp(address: String) async throws {
    let plan = try await client(address).estimateVRAM(modelID: "demo", sequenceLength: 512)
    #expect(plan.totalBytes > 0)
    #expect(
      plan.weightsBytes + plan.kvCacheBytes + plan.runtimeOverheadBytes == plan.totalBytes)
  }

  @Test(arguments: addresses) func aRefusalNamesTheField(address: String) async throws {
    let error = await #expect(throws: HWLedgerError.self) {
      try await client(address).estimateVRAM(modelID: "demo", sequenceLength: 0)
    }
    guard case .daemon(let failure) = error else {
      Issue.record("it is \(String(describing: error))")
      return
    }
    #expect(failure.code == .invalidArgument)
    #expect(failure.reason != nil)
    #expect(failure.fieldViolations.map(\.field) == ["sequence_length"])
  }

  @Test(arguments: addresses) func theNewestRequestIsAnswered(address: String) async throws {
    let (requests, sliders) = AsyncStream.makeStream(of: EstimateVRAMRequest.self)
    for tag in 1...50 as ClosedRange<Int64> {
      sliders.yield(
        .with {
          $0.modelID = "demo"
          $0.sequenceLength = Int32(tag)
          $0.tag = tag
        })
    }
    sliders.finish()
    var tags: [Int64] = []
    for try await prediction in try client(address).watchVRAM(requests) {
      tags.append(prediction.tag)
    }
    #expect(tags == tags.sorted())
    #expect(tags.last == 50)
  }

  @Test(arguments: addresses) func theTokensMakeUpTheAnswer(address: String) async throws {
    var text = ""
    var completion: Completion?
    let events = try client(address).runInference(
      modelID: "demo", prompt: "What is a KV cache?", maxTokens: 40)
    for try await event in events {
      switch event {
      case .token(let token): text += token.text
      case .completion(let last): completion = last
      default: break
      }
    }
    #expect(!text.isEmpty)
    #expect(completion?.fullText == text)
  }

  @Test(arguments: addresses) func leavingTheLoopFreesTheSlot(address: String) async throws {
    let client = try client(address)
    let before = try await counts(client).cancelled
    for try await event in client.runInference(longRequest) {
      if case .token = event { break }
    }
    #expect(try await frees(client, after: before))
  }

  @Test(arguments: addresses) func cancellingTheTaskFreesTheSlot(address: String) async throws {
    let client = try client(address)
    let before = try await counts(client).cancelled
    let (tokens, heard) = AsyncStream.makeStream(of: Void.self)
    let reader = Task {
      for try await event in client.runInference(longRequest) {
        if case .token = event { heard.yield() }
      }
      try Task.checkCancellation()
    }
    _ = await tokens.first { _ in true }
    reader.cancel()
    await #expect(throws: CancellationError.self) { try await reader.value }
    #expect(try await frees(client, after: before))
  }

  @Test func nobodyAtAnAddressIsSaidAtOnce() async throws {
    let error = await #expect(throws: HWLedgerError.self) {
      try await client("127.0.0.1:1").listDevices()
    }
    #expect(error?.failure?.code == .unavailable)
    if case .connection = error {} else { Issue.record("it is \(String(describing: error))") }
  }

  @Test(arguments: addresses) @MainActor
  func thePagesShowARealDaemon(address: String) async throws {
    let session = Session(daemon: GRPCDaemon(try client(address)))
    session.start()
    session.planner.change { $0.modelID = "demo" }
    for length in 1...512 { session.planner.change { $0.sequenceLength = length } }
    #expect(await eventually { session.planner.plan?.tag == session.planner.question.tag })
    #expect(session.planner.plan?.layers.isEmpty == false)
    #expect(await eventually { session.library.models.contains { $0.id == "demo" } })

    session.run.modelID = "demo"
    session.run.send("What is a KV cache?", maxTokens: 20)
    #expect(await eventually { !session.run.isRunning })
    guard case .completed(let summary) = session.run.state else {
      Issue.record("it is \(session.run.state)")
      return
    }
    #expect(session.run.turns.last?.text == summary.text)
  }

  @MainActor private func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<2000 {
      if condition() { return true }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return false
  }
}
