import GRPCCore
import GRPCProtobuf
import Testing

@testable import HWLedger

@Test func whatTheDaemonSaysOfAFailureIsTold() {
  let status = GoogleRPCStatus(
    code: .resourceExhausted, message: "too many requests wait: 32",
    details: [
      .errorInfo(reason: "QUEUE_FULL", domain: "hwledger.v1"),
      .badRequest(violations: [.init(field: "sampling.top_p", description: "got 2")]),
      .retryInfo(delay: .seconds(3)),
    ])

  let error = HWLedgerError(RPCError(status))

  #expect(
    error
      == .daemon(
        HWLedgerError.Failure(
          code: .resourceExhausted, message: "too many requests wait: 32",
          reason: "QUEUE_FULL",
          fieldViolations: [.init(field: "sampling.top_p", description: "got 2")],
          retryDelay: .seconds(3))))
  #expect(error.message == "too many requests wait: 32")
}

@Test func aFailureThatNobodyExplainsIsTheConnections() {
  let error = HWLedgerError(RPCError(code: .unavailable, message: "refused"))
  #expect(error == .connection(.init(code: .unavailable, message: "refused")))
}

@Test func aFailureHasAMessage() {
  #expect(HWLedgerError(RPCError(code: .aborted, message: "")).message != "")
}

@Test func whoGaveACallUpIsNotToldOfAFailure() async {
  let task = Task {
    withUnsafeCurrentTask { $0?.cancel() }
    return HWLedgerError.of(RPCError(code: .cancelled, message: ""))
  }
  #expect(await task.value is CancellationError)
  #expect(HWLedgerError.of(RPCError(code: .cancelled, message: "")) is HWLedgerError)
}
