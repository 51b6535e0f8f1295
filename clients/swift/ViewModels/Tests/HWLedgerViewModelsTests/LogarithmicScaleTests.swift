import HWLedgerViewModels
import Testing

@Test func theEndsOfAScaleAreItsRange() {
  let scale = LogarithmicScale(1...131_072)
  #expect(scale.value(at: 0) == 1)
  #expect(scale.value(at: 1) == 131_072)
  #expect(scale.value(at: -1) == 1)
  #expect(scale.value(at: 2) == 131_072)
  #expect(scale.position(of: 1_000_000) == 1)
}

@Test func halfTheWayIsTheGeometricMean() {
  #expect(LogarithmicScale(1...256).value(at: 0.5) == 16)
}

@Test(arguments: [1, 2, 3, 100, 4096, 8191, 131_071])
func aPositionLeadsBackToItsNumber(number: Int) {
  let scale = LogarithmicScale(1...131_072)
  #expect(scale.value(at: scale.position(of: number)) == number)
}
