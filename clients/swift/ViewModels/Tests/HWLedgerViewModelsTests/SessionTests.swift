import HWLedgerViewModels
import Testing

@MainActor struct SessionTests {
  let daemon = ScriptedDaemon()

  @Test func pagesFillThemselvesWheneverTheDaemonComesBack() async {
    daemon.script.withLock { $0.models = [LibraryModel(id: "demo", source: .demo)] }
    let session = Session(daemon: daemon)
    session.planner.change { $0.modelID = "demo" }
    session.start()
    daemon.plans.all[0].answer.finish(
      throwing: DaemonFailure("nobody answers", isUnreachable: true))
    daemon.presence.all[0].answer.yield(.unreachable)
    #expect(await eventually { session.connection.presence == .unreachable })
    #expect(await eventually { session.planner.failure != nil })
    #expect(session.library.models.isEmpty)

    daemon.presence.all[0].answer.yield(.serving)

    #expect(await eventually { session.library.models.count == 1 })
    #expect(daemon.plans.all.count == 2)
    var plan = Plan()
    plan.tag = session.planner.question.tag
    daemon.plans.all[1].answer.yield(plan)
    #expect(await eventually { session.planner.failure == nil })
  }

  @Test func somethingElseAtTheAddressIsSaid() async {
    let session = Session(daemon: daemon)
    session.start()
    daemon.presence.all[0].answer.finish(throwing: DaemonFailure("who are you"))
    #expect(await eventually { session.connection.failure?.message == "who are you" })
  }

  @Test func aSessionThatIsLetGoEndsItsCalls() async {
    var session: Session? = Session(daemon: daemon)
    session?.start()
    session?.planner.change { $0.modelID = "demo" }
    session?.run.modelID = "demo"
    session?.run.send("hello")
    #expect(daemon.generations.all.count == 1)
    session = nil
    #expect(await eventually { daemon.presence.all[0].isCancelled })
    #expect(await eventually { daemon.plans.all[0].isCancelled })
    #expect(await eventually { daemon.generations.all[0].isCancelled })
  }
}
