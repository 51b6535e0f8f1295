import GRPCNIOTransportHTTP2Posix

/// Where a daemon is, and how to speak with it.
public struct HWLedgerClientOptions: Sendable {
  /// Nil: as ``DaemonAddress/find()`` finds it.
  public var address: DaemonAddress?

  /// Speak TLS. Nil: in the clear.
  public var tls: HWLedgerTLS?

  /// Asked before every call for the token that says who calls; it is sent as
  /// `authorization: Bearer`. Without TLS only to this machine. Nil: none.
  public var bearerToken: (@Sendable () async throws -> String)?

  /// The longest that a call with one answer may take. Streams have no such limit: cancel
  /// them.
  public var unaryTimeout: Duration

  /// The largest answer that is taken, in bytes. 2048 embeddings are some megabytes.
  public var answerBytesMax: Int

  public init(
    address: DaemonAddress? = nil,
    tls: HWLedgerTLS? = nil,
    bearerToken: (@Sendable () async throws -> String)? = nil,
    unaryTimeout: Duration = .seconds(60),
    answerBytesMax: Int = 16 << 20
  ) {
    self.address = address
    self.tls = tls
    self.bearerToken = bearerToken
    self.unaryTimeout = unaryTimeout
    self.answerBytesMax = answerBytesMax
  }
}

/// How to speak TLS with a daemon: whom to believe, and who one is.
public struct HWLedgerTLS: Sendable, Hashable {
  /// Files of the only authorities whose certificates are believed, in PEM. Empty: those
  /// of the system.
  public var trustedRootPaths: [String]

  /// Shown to a daemon that asks for one (mutual TLS). Nil: none.
  public var identity: Identity?

  /// The name that the daemon's certificate must have. Nil: the host of the address. One
  /// for the IP address that was connected to is believed, too.
  public var serverName: String?

  /// A certificate and its private key.
  public struct Identity: Sendable, Hashable {
    /// The certificate and those that vouch for it, in PEM.
    public var certificatePath: String
    /// In PEM, without a password.
    public var privateKeyPath: String

    public init(certificatePath: String, privateKeyPath: String) {
      self.certificatePath = certificatePath
      self.privateKeyPath = privateKeyPath
    }
  }

  public init(
    trustedRootPaths: [String] = [],
    identity: Identity? = nil,
    serverName: String? = nil
  ) {
    self.trustedRootPaths = trustedRootPaths
    self.identity = identity
    self.serverName = serverName
  }

  var security: HTTP2ClientTransport.Posix.TransportSecurity {
    .tls(
      .defaults { config in
        if !trustedRootPaths.isEmpty {
          config.trustRoots = .certificates(
            trustedRootPaths.map { .file(path: $0, format: .pem) })
        }
        if let identity {
          config.certificateChain = [.file(path: identity.certificatePath, format: .pem)]
          config.privateKey = .file(path: identity.privateKeyPath, format: .pem)
        }
      })
  }
}
