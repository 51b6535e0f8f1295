import HWLedgerViewModels
import Testing

@MainActor struct LibraryPageTests {
  let daemon = ScriptedDaemon()
  let page: LibraryPage

  init() {
    page = LibraryPage(daemon: daemon)
    daemon.script.withLock {
      $0.models = [
        LibraryModel(id: "demo", source: .demo),
        LibraryModel(id: "llama-3.1-8b", source: .catalogue),
        LibraryModel(id: "qwen", source: .file, path: "/models/Llama/qwen.gguf"),
      ]
    }
  }

  @Test func searchFindsAllWordsInNameOrPath() async {
    await page.refresh()
    #expect(page.found.count == 3)
    page.search = "LLAMA"
    #expect(page.found.map(\.id) == ["llama-3.1-8b", "qwen"])
    page.search = "gguf llama"
    #expect(page.found.map(\.id) == ["qwen"])
  }

  @Test func aLoadShowsHowFarItIsAndThenTheModel() async {
    page.load("demo", pinned: true)
    page.load("demo", pinned: true)
    #expect(daemon.script.withLock { $0.pins } == [true])
    daemon.loads.all[0].answer.yield(0.5)
    #expect(await eventually { page.loading["demo"] == 0.5 })
    daemon.script.withLock {
      $0.loaded = [LoadedModel(id: "demo", state: .ready, measuredBytes: 7)]
    }
    daemon.loads.all[0].answer.finish()

    #expect(await eventually { page.loaded.map(\.id) == ["demo"] })
    #expect(page.loading.isEmpty)
  }

  @Test func aLoadCanBeGivenUp() async {
    page.load("demo")
    page.cancelLoad("demo")

    #expect(await eventually { page.loading.isEmpty })
    #expect(daemon.loads.all[0].isCancelled)
    #expect(page.failure == nil)
  }

  @Test func whyALoadFailedStaysUntilTheNext() async {
    page.load("demo")
    let failure = DaemonFailure("needs 9 bytes, 8 are free")
    daemon.loads.all[0].answer.finish(throwing: failure)
    #expect(await eventually { page.loading.isEmpty })
    #expect(await eventually { page.failure == failure })

    page.load("demo")
    #expect(page.failure == nil)
  }

  @Test func whatIsUnloadedIsGone() async {
    daemon.script.withLock {
      $0.loaded = [LoadedModel(id: "demo", state: .ready, measuredBytes: 7)]
    }
    await page.refresh()
    await page.unload("demo")
    #expect(page.loaded.isEmpty)
    #expect(daemon.script.withLock { $0.unloaded } == ["demo"])
  }

  @Test func aFailureShowsAndWhatWasThereStays() async {
    await page.refresh()
    daemon.script.withLock { $0.failure = DaemonFailure("gone", isUnreachable: true) }
    await page.refresh()
    #expect(page.failure?.message == "gone")
    #expect(page.models.count == 3)
  }
}
