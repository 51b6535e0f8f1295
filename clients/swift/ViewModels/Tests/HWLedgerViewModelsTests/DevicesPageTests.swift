import HWLedgerViewModels
import Testing

@MainActor struct DevicesPageTests {
  let daemon = ScriptedDaemon()

  @Test func aDeviceHasACourseOfLimitedLength() async {
    let page = DevicesPage(daemon: daemon)
    let watch = Task { await page.watch() }
    #expect(await eventually { !daemon.devices.all.isEmpty })
    for free in 1...200 {
      daemon.devices.all[0].answer.yield([DeviceReading(name: "CPU", freeBytes: Int64(free))])
    }

    #expect(await eventually { page.courses.first?.now.freeBytes == 200 })
    #expect(page.courses[0].readings.count == DevicesPage.readingsMax)
    #expect(page.courses[0].readings[0].freeBytes == 81)
    watch.cancel()
  }

  @Test func aDeviceThatIsGoneDoesNotShow() async {
    let page = DevicesPage(daemon: daemon)
    let watch = Task { await page.watch() }
    #expect(await eventually { !daemon.devices.all.isEmpty })
    daemon.devices.all[0].answer.yield([
      DeviceReading(name: "CPU"), DeviceReading(name: "CUDA0"),
    ])
    #expect(await eventually { page.courses.count == 2 })
    daemon.devices.all[0].answer.yield([DeviceReading(name: "CPU")])
    #expect(await eventually { page.courses.count == 1 })
    watch.cancel()
  }

  @Test func leavingThePageEndsTheCall() async {
    let page = DevicesPage(daemon: daemon)
    let watch = Task { await page.watch() }
    #expect(await eventually { !daemon.devices.all.isEmpty })
    watch.cancel()
    await watch.value
    #expect(daemon.devices.all[0].isCancelled)
    #expect(page.failure == nil)
  }
}
