import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import HWLedger
import HWLedgerContract
import Synchronization
import Testing

/// Answers Planner.EstimateVram over TLS: the prediction's tag is the request's sequence
/// length. Remembers who called.
final class TLSServer: RegistrableRPCService {
  struct Call: Sendable, Hashable {
    /// The subject of the certificate that was shown.
    var caller: String?
    var authorization: [String]
  }

  private let heard = Mutex<[Call]>([])
  var calls: [Call] { heard.withLock { $0 } }

  /// Listens at 127.0.0.1 while `body` runs, which gets the address. Only those are let in
  /// who have a certificate of `callersRootPath`, where that is given.
  func run(
    as identity: HWLedgerTLS.Identity, callersRootPath: String? = nil,
    _ body: (DaemonAddress) async throws -> Void
  ) async throws {
    let security = HTTP2ServerTransport.Posix.TransportSecurity.tls(
      certificateChain: [.file(path: identity.certificatePath, format: .pem)],
      privateKey: .file(path: identity.privateKeyPath, format: .pem)
    ) { config in
      if let callersRootPath {
        config.clientCertificateVerification = .noHostnameVerification
        config.trustRoots = .certificates([.file(path: callersRootPath, format: .pem)])
      }
    }
    let transport = HTTP2ServerTransport.Posix(
      address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: security)
    try await withGRPCServer(transport: transport, services: [self]) { server in
      let port = try #require(try await server.transport.listeningAddress.ipv4?.port)
      try await body(DaemonAddress("127.0.0.1:\(port)"))
    }
  }

  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    router.registerHandler(
      forMethod: Hwledger_V1_Planner.Method.EstimateVram.descriptor,
      deserializer: ProtobufDeserializer<EstimateVRAMRequest>(),
      serializer: ProtobufSerializer<MemoryPrediction>()
    ) { [self] stream, context in
      let request = try await ServerRequest(stream: stream)
      let peer = context.transportSpecific as? HTTP2ServerTransport.Posix.Context
      let call = Call(
        caller: peer?.peerCertificate.map { String(describing: $0.subject) },
        authorization: Array(request.metadata[stringValues: "authorization"]))
      heard.withLock { $0.append(call) }
      return StreamingServerResponse(
        single: ServerResponse(
          message: .with { $0.tag = Int64(request.message.sequenceLength) }))
    }
  }
}
