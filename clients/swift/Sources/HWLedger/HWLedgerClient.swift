import GRPCCore
import GRPCNIOTransportHTTP2Posix
import HWLedgerContract

/// A daemon of hwLedger: says how much memory a language model needs and how fast it can
/// be, and runs it.
///
/// One client serves a whole program; all of its methods may be called from any task at any
/// time. It connects when it is made, and again after the daemon was gone: nothing has to
/// be opened anew. The connection ends when the client is let go and its last stream has
/// ended.
///
/// Messages are the contract's own: sizes are in bytes unless a name says otherwise, one
/// MiB is 2^20 bytes, and a field that is absent is unknown (in an answer) or left to the
/// daemon (in a request), which is different from zero.
///
/// Every method throws ``HWLedgerError`` where its call fails, and `CancellationError`
/// where its task was cancelled. Besides the codes that a method names there are
/// `unavailable`: nobody answers, or the daemon stops; and `deadlineExceeded`: a call with
/// one answer took longer than ``HWLedgerClientOptions/unaryTimeout``.
public final class HWLedgerClient: Sendable {
  typealias Transport = HTTP2ClientTransport.Posix

  /// Where the daemon is.
  public let address: DaemonAddress

  let grpc: GRPCClient<Transport>
  private let connections: Task<Void, any Error>
  private let unaryTimeout: Duration
  private let answerBytesMax: Int

  /// A client of the daemon that the options name: by default of this user's own.
  /// - Throws: ``HWLedgerError/configuration(_:)``: the address is none, a certificate
  ///   cannot be read, or a token would be sent to another machine in the clear.
  public init(_ options: HWLedgerClientOptions = HWLedgerClientOptions()) throws {
    address = try options.address ?? DaemonAddress.find()
    unaryTimeout = options.unaryTimeout
    answerBytesMax = options.answerBytesMax
    if options.bearerToken != nil, options.tls == nil, !address.isLocal {
      throw HWLedgerError.configuration(
        "a token is sent to another machine over TLS only; got \(address)")
    }
    let client = GRPCClient(
      transport: try Self.transport(to: address, tls: options.tls),
      interceptors: options.bearerToken.map { [BearerTokenInterceptor(token: $0)] } ?? [])
    grpc = client
    connections = Task { try await client.runConnections() }
  }

  deinit {
    grpc.beginGracefulShutdown()
    connections.cancel()
  }

  var unary: CallOptions {
    var options = streaming
    options.timeout = unaryTimeout
    return options
  }

  var streaming: CallOptions {
    var options = CallOptions.defaults
    // A daemon that is not there is said at once; whoever wants to wait watches it.
    options.waitForReady = false
    options.maxResponseMessageBytes = answerBytesMax
    return options
  }

  /// Of a call with one answer.
  func answer<Answer>(
    _ call: (CallOptions) async throws -> Answer
  ) async throws -> Answer {
    do {
      return try await call(unary)
    } catch {
      throw HWLedgerError.of(error)
    }
  }

  private static func transport(to address: DaemonAddress, tls: HWLedgerTLS?) throws
    -> Transport
  {
    do {
      return try Transport(
        target: address.target,
        transportSecurity: tls?.security ?? .plaintext,
        config: .defaults { config in
          config.http2.authority = tls?.serverName
          // A connection that is broken without a word is found out within half a minute.
          config.connection.keepalive = HTTP2ClientTransport.Config.Keepalive(
            time: .seconds(20), timeout: .seconds(10), allowWithoutCalls: false)
          // At first as often as a daemon takes to start, later as rarely as nobody minds.
          config.backoff.initial = .milliseconds(50)
          config.backoff.max = .seconds(2)
        })
    } catch {
      throw HWLedgerError.configuration(String(describing: error))
    }
  }
}
