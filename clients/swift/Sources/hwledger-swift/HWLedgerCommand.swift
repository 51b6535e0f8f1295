import ArgumentParser
import Foundation
import HWLedger

/// Asks hwLedger's daemon from a terminal.
@main
struct HWLedgerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hwledger-swift",
    abstract: "Asks hwLedger's daemon whether a language model fits, and runs it.",
    subcommands: [Plan.self, Run.self, Devices.self, Models.self])
}

/// Where the daemon is; the same for every command.
struct Connection: ParsableArguments {
  @Option(help: "HOST:PORT or unix:/PATH. Default: this user's daemon.")
  var address: String?

  @Flag(help: "Speak TLS.")
  var tls = false

  @Option(help: "Believe only the authorities in this file (PEM); implies --tls.")
  var tlsRoots: String?

  @Option(help: "A file with the token that says who calls.")
  var tokenFile: String?

  func client() throws -> HWLedgerClient {
    var options = HWLedgerClientOptions()
    options.address = try address.map { try DaemonAddress($0) }
    if tls || tlsRoots != nil {
      options.tls = HWLedgerTLS(trustedRootPaths: tlsRoots.map { [$0] } ?? [])
    }
    if let tokenFile {
      // Read anew for every call: tokens change.
      options.bearerToken = {
        try String(contentsOfFile: tokenFile, encoding: .utf8)
          .trimmingCharacters(in: .whitespacesAndNewlines)
      }
    }
    return try HWLedgerClient(options)
  }
}
