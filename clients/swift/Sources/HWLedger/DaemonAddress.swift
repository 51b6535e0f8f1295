import Foundation
import GRPCNIOTransportHTTP2Posix

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// Where a daemon listens: a host and port, or a Unix socket.
public struct DaemonAddress: Sendable, Hashable, CustomStringConvertible {
  enum Place: Sendable, Hashable {
    case socket(path: String)
    case host(String, port: Int)
  }

  let place: Place

  /// As it was given: `HOST:PORT` or `unix:/PATH`.
  public let description: String

  /// - Parameter text: `HOST:PORT` (an IPv6 address in brackets) or `unix:/PATH`.
  /// - Throws: ``HWLedgerError/configuration(_:)``: it is no address.
  public init(_ text: String) throws {
    guard let place = Self.place(of: text) else {
      throw HWLedgerError.configuration(
        "an address is HOST:PORT or unix:/PATH; got '\(text)'")
    }
    self.place = place
    description = text
  }

  /// As the command line looks for it: `HWLEDGER_ADDRESS`, else this user's socket where
  /// there is one, else 127.0.0.1:7420.
  /// - Throws: ``HWLedgerError/configuration(_:)``: the variable holds no address.
  public static func find() throws -> DaemonAddress {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["HWLEDGER_ADDRESS"], !named.isEmpty {
      return try DaemonAddress(named)
    }
    let socket = userSocketPath(runtimeFolder: environment["XDG_RUNTIME_DIR"])
    return FileManager.default.fileExists(atPath: socket)
      ? try DaemonAddress("unix:\(socket)")
      : try DaemonAddress("127.0.0.1:7420")
  }

  /// Whether nobody on a network can read what is sent there.
  public var isLocal: Bool {
    switch place {
    case .socket: true
    case .host("localhost", _), .host("::1", _): true
    case .host(let host, _): Self.isIPv4(host) && host.hasPrefix("127.")
    }
  }

  var target: any ResolvableTarget {
    switch place {
    case .socket(let path): .unixDomainSocket(path: path, authority: "localhost")
    case .host(let host, let port) where Self.isIPv4(host):
      .ipv4(address: host, port: port)
    case .host(let host, let port) where host.contains(":"):
      .ipv6(address: host, port: port)
    case .host(let host, let port): .dns(host: host, port: port)
    }
  }

  private static func place(of text: String) -> Place? {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst("unix:".count))
      return path.hasPrefix("/") ? .socket(path: path) : nil
    }
    guard let colon = text.lastIndex(of: ":"),
      let port = UInt16(text[text.index(after: colon)...]), port > 0
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    let isName = !host.isEmpty && !host.contains { $0 == "/" || $0 == "@" || $0.isWhitespace }
    return isName ? .host(String(host), port: Int(port)) : nil
  }

  private static func isIPv4(_ host: String) -> Bool {
    var address = in_addr()
    return inet_pton(AF_INET, host, &address) == 1
  }

  private static func userSocketPath(runtimeFolder: String?) -> String {
    guard let runtimeFolder, !runtimeFolder.isEmpty else {
      return "/tmp/hwledger-\(getuid())/hwledgerd.sock"
    }
    return "\(runtimeFolder)/hwledger/hwledgerd.sock"
  }
}
