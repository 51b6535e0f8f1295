import HWLedgerViewModels
import Testing

@MainActor struct PlannerPageTests {
  let daemon = ScriptedDaemon()
  let page: PlannerPage

  init() {
    page = PlannerPage(daemon: daemon)
    page.change { $0.modelID = "demo" }
  }

  private func answer(tag: Int64, call: Int = 0, _ change: (inout Plan) -> Void = { _ in }) {
    var plan = Plan()
    plan.tag = tag
    change(&plan)
    daemon.plans.all[call].answer.yield(plan)
  }

  /// What was answered before was heard when this shows.
  private func end() {
    daemon.plans.all[0].answer.finish(
      throwing: DaemonFailure("nobody answers", isUnreachable: true))
  }

  @Test func nothingIsAskedWithoutAModel() {
    let empty = ScriptedDaemon()
    PlannerPage(daemon: empty).change { $0.batchSize = 2 }
    #expect(empty.plans.all.isEmpty)
  }

  @Test func aChangeIsAskedAndItsAnswerShows() async {
    let question = await daemon.nextQuestion()
    #expect(question == page.question)
    #expect(page.isBehind)

    answer(tag: page.question.tag) { $0.memory.total = 42 }

    #expect(await eventually { page.plan?.memory.total == 42 })
    #expect(!page.isBehind)
  }

  @Test func theSameValueAgainIsNotAsked() {
    let tag = page.question.tag
    page.change { $0.modelID = "demo" }
    #expect(page.question.tag == tag)
  }

  @Test func ofManyMovementsTheDaemonFindsTheNewest() async {
    for length in 1...100 { page.change { $0.sequenceLength = length } }

    #expect(await daemon.nextQuestion()?.sequenceLength == 100)
    #expect(daemon.plans.all.count == 1)
  }

  @Test func anOlderAnswerNeverReplacesANewer() async {
    page.change { $0.sequenceLength = 1 }
    page.change { $0.sequenceLength = 2 }
    answer(tag: 3) { $0.memory.total = 3 }
    answer(tag: 2)
    end()

    #expect(await eventually { page.failure != nil })
    #expect(page.plan?.memory.total == 3)
  }

  @Test func whileASliderMovesAnswersOfEarlierPositionsShow() async {
    page.change { $0.sequenceLength = 1 }
    page.change { $0.sequenceLength = 2 }
    answer(tag: 2)

    #expect(await eventually { page.plan?.tag == 2 })
    #expect(page.isBehind)
  }

  @Test func anAnswerOfAnotherModelNeverShows() async {
    page.change { $0.modelID = "other" }
    answer(tag: 1)
    end()

    #expect(await eventually { page.failure != nil })
    #expect(page.plan == nil)
  }

  @Test func aRefusalShowsUntilTheNextAnswer() async {
    answer(tag: 1)
    #expect(await eventually { page.plan != nil })
    page.change { $0.batchSize = 999 }
    let refusal = DaemonFailure("batch_size: at most 256; got 999", field: "batch_size")
    daemon.plans.all[0].answer.finish(throwing: refusal)
    #expect(await eventually { page.failure == refusal })

    page.change { $0.batchSize = 2 }
    #expect(await daemon.nextQuestion()?.batchSize == 2)
    answer(tag: 3, call: 1)

    #expect(await eventually { page.failure == nil })
    #expect(page.plan?.tag == 3)
  }

  @Test func aRefusalOfAnEarlierQuestionAsksTheNewestAlone() async {
    answer(tag: 1)
    #expect(await eventually { page.plan != nil })
    page.change { $0.batchSize = 999 }
    page.change { $0.batchSize = 2 }
    daemon.plans.all[0].answer.finish(throwing: DaemonFailure("too many"))

    #expect(await eventually { daemon.plans.all.count == 2 })
    #expect(await daemon.nextQuestion()?.batchSize == 2)
    answer(tag: 3, call: 1)

    #expect(await eventually { page.plan?.tag == 3 })
    #expect(page.failure == nil)
  }

  @Test func aDaemonThatIsGoneIsAskedAgainWhenItIsBack() async {
    end()
    #expect(await eventually { page.failure != nil })

    page.askAgain()
    answer(tag: page.question.tag, call: 1)

    #expect(await eventually { page.plan != nil })
    #expect(page.failure == nil)
  }

  @Test func stoppingEndsTheCall() async {
    page.stop()
    #expect(await eventually { daemon.plans.all[0].isCancelled })
    #expect(page.failure == nil)
  }

  @Test func theLongestContextIsAMarkOnTheSlider() async {
    #expect(page.longestPosition == nil)
    answer(tag: 1) {
      $0.modelSequenceLength = 131_072
      $0.longestSequenceLength = 131_072
    }
    #expect(await eventually { page.longestPosition == 1 })
  }
}
