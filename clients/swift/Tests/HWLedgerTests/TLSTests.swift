import HWLedger
import Synchronization
import Testing

/// Against a server of ours that answers one call: the daemon itself speaks no TLS yet.
struct TLSTests {
  private let authority: CertificateAuthority
  private let server = TLSServer()

  init() throws { authority = try CertificateAuthority() }

  private func tls(
    as identity: HWLedgerTLS.Identity? = nil, serverName: String? = nil
  ) -> HWLedgerTLS {
    HWLedgerTLS(
      trustedRootPaths: [authority.rootPath], identity: identity, serverName: serverName)
  }

  /// What the server answers to 512.
  private func ask(_ address: DaemonAddress, _ tls: HWLedgerTLS?) async throws -> Int64 {
    let client = try HWLedgerClient(HWLedgerClientOptions(address: address, tls: tls))
    return try await client.estimateVRAM(modelID: "demo", sequenceLength: 512).tag
  }

  private func isAnswered(_ address: DaemonAddress, _ tls: HWLedgerTLS) async throws {
    #expect(try await ask(address, tls) == 512)
  }

  private func isRefused(_ address: DaemonAddress, _ tls: HWLedgerTLS?) async {
    let error = await #expect(throws: HWLedgerError.self) { try await ask(address, tls) }
    #expect(error?.failure?.code == .unavailable)
    if case .connection = error {} else { Issue.record("it is \(String(describing: error))") }
    #expect(server.calls.isEmpty)
  }

  @Test func aCallIsAnsweredOverTLS() async throws {
    try await server.run(as: authority.issue("server", for: .loopback)) { address in
      try await isAnswered(address, tls())
    }
    #expect(server.calls == [TLSServer.Call(caller: nil, authorization: [])])
  }

  @Test func whoSpeaksInTheClearIsNotAnswered() async throws {
    try await server.run(as: authority.issue("server", for: .loopback)) { address in
      await isRefused(address, nil)
    }
  }

  @Test func anAuthorityThatIsNotTrustedIsRefused() async throws {
    let stranger = try CertificateAuthority()
    try await server.run(as: stranger.issue("server", for: .loopback)) { address in
      await isRefused(address, tls())
    }
  }

  @Test func aCertificateOfAnotherNameIsRefused() async throws {
    let box = try authority.issue("server", for: .dnsName("gpu-box"))
    try await server.run(as: box) { address in
      await isRefused(address, tls())
      await isRefused(address, tls(serverName: "other-box"))
      try await isAnswered(address, tls(serverName: "gpu-box"))
    }
  }

  @Test func aServerThatWantsToKnowItsCallersSeesTheCertificate() async throws {
    let own = try authority.issue("server", for: .loopback)
    let alice = try authority.issue("alice")
    try await server.run(as: own, callersRootPath: authority.rootPath) { address in
      await isRefused(address, tls())
      try await isAnswered(address, tls(as: alice))
    }
    #expect(server.calls.map(\.caller) == ["CN=alice"])
  }

  @Test func theTokenIsAskedForAndSentWithEveryCall() async throws {
    let asked = Count()
    try await server.run(as: authority.issue("server", for: .loopback)) { address in
      let client = try HWLedgerClient(
        HWLedgerClientOptions(
          address: address, tls: tls(), bearerToken: { "token-\(asked.next())" }))
      for _ in 1...2 { _ = try await client.estimateVRAM(modelID: "demo", sequenceLength: 1) }
    }
    #expect(server.calls.map(\.authorization) == [["Bearer token-1"], ["Bearer token-2"]])
  }

  @Test func aCertificateThatCannotBeReadIsSaid() async throws {
    let nowhere = HWLedgerTLS(trustedRootPaths: ["/nowhere.pem"])
    let error = #expect(throws: HWLedgerError.self) {
      try HWLedgerClient(
        HWLedgerClientOptions(address: DaemonAddress("127.0.0.1:1"), tls: nowhere))
    }
    if case .configuration = error {} else { Issue.record("it is \(String(describing: error))") }
  }
}

private final class Count: Sendable {
  private let value = Mutex(0)
  func next() -> Int {
    value.withLock {
      $0 += 1
      return $0
    }
  }
}
