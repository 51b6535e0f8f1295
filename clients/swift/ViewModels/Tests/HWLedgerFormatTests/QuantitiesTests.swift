import HWLedgerFormat
import Testing

@Test(
  arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (2_768_240, "2.64 MiB"),
    (17_289_000_000, "16.1 GiB"), (1 << 50, "1.00 PiB"), (-2048, "-2.00 KiB"),
  ] as [(Int64, String)])
func memoryHasThreeDigitsOfTheLargestUnit(bytes: Int64, text: String) {
  #expect(memoryText(bytes) == text)
}

@Test func memoryNeverShows1024OfAUnit() {
  #expect(memoryText(1024 * 1024 - 1) == "1.00 MiB")
}

@Test func aRateIsARangeUnlessBothEndsReadTheSame() {
  #expect(rateText(low: 0.682, high: 0.731) == "0.68–0.73")
  #expect(rateText(low: 2902, high: 4970) == "2902–4970")
  #expect(rateText(low: 12.31, high: 12.32) == "12.3")
}
