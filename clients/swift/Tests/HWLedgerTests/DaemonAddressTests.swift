import Testing

@testable import HWLedger

@Test(
  arguments: [
    ("unix:/run/x.sock", .socket(path: "/run/x.sock"), true),
    ("127.0.0.1:7420", .host("127.0.0.1", port: 7420), true),
    ("localhost:1", .host("localhost", port: 1), true),
    ("[::1]:7420", .host("::1", port: 7420), true),
    ("gpu-box:65535", .host("gpu-box", port: 65535), false),
    ("127.example.org:7420", .host("127.example.org", port: 7420), false),
  ] as [(String, DaemonAddress.Place, Bool)])
func anAddressIsAHostWithAPortOrASocket(
  text: String, place: DaemonAddress.Place, isLocal: Bool
) throws {
  let address = try DaemonAddress(text)
  #expect(address.place == place)
  #expect(address.isLocal == isLocal)
  #expect(address.description == text)
}

@Test(arguments: [
  "", "gpu-box", "gpu-box:", "gpu-box:0", "gpu-box:65536", ":7420", "::1:7420", "unix:x.sock",
  "http://gpu-box:7420", "user@gpu-box:7420",
])
func whatIsNoAddressIsRefusedWithItsText(text: String) {
  #expect(
    throws: HWLedgerError.configuration(
      "an address is HOST:PORT or unix:/PATH; got '\(text)'")
  ) {
    try DaemonAddress(text)
  }
}

@Test func aTokenIsSentToAnotherMachineOverTLSOnly() throws {
  let options = HWLedgerClientOptions(
    address: try DaemonAddress("gpu-box:7420"), bearerToken: { "secret" })
  #expect(throws: HWLedgerError.self) { try HWLedgerClient(options) }
}
