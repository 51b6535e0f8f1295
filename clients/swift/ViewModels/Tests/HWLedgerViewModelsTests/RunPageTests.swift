import HWLedgerViewModels
import Observation
import Testing

@MainActor struct RunPageTests {
  let daemon = ScriptedDaemon()
  let page: RunPage

  init() {
    page = RunPage(daemon: daemon)
    page.modelID = "demo"
  }

  private func summary(_ text: String) -> GenerationSummary {
    GenerationSummary(
      text: text, promptTokens: 5, completionTokens: 2, timeToFirstToken: .milliseconds(3),
      tokensPerSecond: 100, predictedBytes: 10, measuredBytes: 9)
  }

  @Test func anAnswerComesPieceByPieceAndEndsWithItsFigures() async {
    page.send("hello")
    let events = daemon.generations.all[0].answer
    #expect(page.state == .asked)
    events.yield(.queued(position: 2))
    #expect(await eventually { page.state == .queued(position: 2) })
    events.yield(.loading(fraction: 0.5))
    #expect(await eventually { page.state == .loading(fraction: 0.5) })
    events.yield(.reading(processed: 1, total: 5))
    #expect(await eventually { page.state == .reading(processed: 1, total: 5) })
    events.yield(.thought("hm", tokens: 1))
    events.yield(.said("one ", tokens: 1))
    #expect(await eventually { page.turns.last?.text == "one " })
    #expect(page.state == .writing)
    events.yield(.said("two", tokens: 2))
    events.yield(.completed(summary("one two")))
    events.finish()

    #expect(await eventually { page.state == .completed(summary("one two")) })
    #expect(page.turns.map(\.text) == ["hello", "one two"])
    #expect(page.turns.last?.reasoning == "hm")
    #expect(page.tokenCount == 4)
  }

  @Test func threeThousandTokensChangeThePageAFewTimes() async {
    let page = RunPage(daemon: daemon, frame: .milliseconds(100))
    page.modelID = "demo"
    let changes = Changes { page.turns }
    page.send("hello")
    let events = daemon.generations.all[0].answer
    for _ in 0..<300 {
      for _ in 0..<10 { events.yield(.said("x", tokens: 1)) }
      try? await Task.sleep(for: .milliseconds(1))
    }
    events.yield(.completed(summary("")))
    events.finish()

    #expect(await eventually { !page.isRunning })
    #expect(page.turns.last?.text.count == 3000)
    #expect(page.tokenCount == 3000)
    // Some 300 milliseconds, or a little more.
    #expect(changes.count < 60)
  }

  @Test func cancellingEndsTheCallAndKeepsWhatWasSaid() async {
    page.send("hello")
    daemon.generations.all[0].answer.yield(.said("half an", tokens: 2))
    #expect(await eventually { page.turns.last?.text == "half an" })

    page.cancel()

    #expect(await eventually { page.state == .cancelled })
    #expect(daemon.generations.all[0].isCancelled)
    #expect(page.turns.last?.text == "half an")
  }

  @Test func aFailureShowsAndTheModelTookNoTurn() async {
    page.send("hello")
    let failure = DaemonFailure("the model does not fit")
    daemon.generations.all[0].answer.finish(throwing: failure)

    #expect(await eventually { page.state == .failed(failure) })
    #expect(page.turns.map(\.speaker) == [.user])
  }

  @Test func anAnswerThatBreaksOffIsAFailure() async {
    page.send("hello")
    daemon.generations.all[0].answer.yield(.said("half an", tokens: 2))
    daemon.generations.all[0].answer.finish()

    #expect(await eventually { !page.isRunning })
    guard case .failed = page.state else {
      Issue.record("it is \(page.state)")
      return
    }
  }

  @Test func theNextAnswerKnowsTheConversation() async {
    page.send("hello")
    daemon.generations.all[0].answer.yield(.said("hi", tokens: 1))
    daemon.generations.all[0].answer.yield(.completed(summary("hi")))
    daemon.generations.all[0].answer.finish()
    #expect(await eventually { !page.isRunning })

    page.send("and?")

    let asked = daemon.script.withLock { $0.generations[1] }
    #expect(asked.turns.map(\.text) == ["hello", "hi", "and?"])
  }

  @Test func nothingIsSentWhileTheModelAnswers() {
    page.send("hello")
    page.send("hello?")
    #expect(daemon.generations.all.count == 1)
  }

  @Test func aClearedConversationHearsNoMoreOfTheOldOne() async {
    let page = RunPage(daemon: daemon, frame: .seconds(10))
    page.modelID = "demo"
    page.send("hello")
    daemon.generations.all[0].answer.yield(.said("shown", tokens: 1))
    #expect(await eventually { page.turns.last?.text == "shown" })
    daemon.generations.all[0].answer.yield(.said("not shown yet", tokens: 1))
    try? await Task.sleep(for: .milliseconds(50))

    page.clear()
    #expect(await eventually { daemon.generations.all[0].isCancelled })

    page.send("again")
    daemon.generations.all[1].answer.yield(.said("new", tokens: 1))

    #expect(await eventually { page.turns.last?.text == "new" })
    #expect(page.turns.map(\.text) == ["again", "new"])
  }
}

/// How often something observed changes.
@MainActor private final class Changes<Value> {
  private(set) var count = 0
  private let value: @MainActor () -> Value

  init(_ value: @escaping @MainActor () -> Value) {
    self.value = value
    follow()
  }

  private func follow() {
    withObservationTracking {
      _ = value()
    } onChange: {
      Task { @MainActor [weak self] in
        self?.count += 1
        self?.follow()
      }
    }
  }
}
