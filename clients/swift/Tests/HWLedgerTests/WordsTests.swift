import HWLedger
import HWLedgerContract
import HWLedgerViewModels
import Testing

@testable import HWLedgerConnection

@Test func aPlanIsThePredictionInOtherWords() {
  let prediction = MemoryPrediction.with {
    $0.tag = 7
    $0.totalBytes = 60
    $0.verdict = .tight
    $0.maxSequenceLength = 512
    $0.method = .dryRun
    $0.devices = [
      .with {
        $0.name = "CPU"
        $0.weightsBytes = 10
        $0.totalBytes = 60
        $0.verdict = .tight
      }
    ]
    $0.throughput.decode.lowTokensPerSecond = 1
    $0.throughput.decode.highTokensPerSecond = 2
  }

  let plan = Plan(prediction)

  #expect(plan.tag == 7)
  #expect(plan.memory.total == 60)
  #expect(plan.verdict == .tight)
  #expect(plan.longestSequenceLength == 512)
  #expect(plan.isDryRun)
  #expect(plan.devices.map(\.parts[.weights]) == [10])
  #expect(plan.devices.map(\.free) == [nil])
  #expect(plan.decode == RateRange(low: 1, high: 2))
  #expect(plan.prefill == nil)
  #expect(plan.launchCommand == nil)
}

@Test func whatAQuestionLeavesOpenIsNotSent() {
  var question = PlanQuestion()
  question.modelID = "demo"
  question.devices = ["rtx-4090"]

  let request = EstimateVRAMRequest(question)

  #expect(request.modelID == "demo")
  #expect(request.devices.map(\.name) == ["rtx-4090"])
  #expect(!request.hasKvCacheTypeK)
}

@Test func onlyAMissingDaemonIsWaitedFor() {
  typealias Failure = HWLedgerError.Failure
  let gone = HWLedgerError.connection(Failure(code: .unavailable, message: "refused"))
  let died = HWLedgerError.daemon(Failure(code: .unavailable, message: "the runner died"))
  #expect(DaemonFailure(gone).isUnreachable)
  #expect(!DaemonFailure(died).isUnreachable)
}
