import Crypto
import Foundation
import HWLedger
import SwiftASN1
import X509

/// Issues certificates that nobody else knows. Their files are gone with it.
final class CertificateAuthority: Sendable {
  private let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    let root = try certificate(
      of: key.publicKey, name: "authority",
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true))
      })
    try write(root.serializeAsPEM(), to: rootPath)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var rootPath: String { path("authority.pem") }

  func issue(_ name: String, for names: GeneralName...) throws -> HWLedgerTLS.Identity {
    let ownKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let certificate = try certificate(
      of: ownKey.publicKey, name: name,
      extensions: Certificate.Extensions { SubjectAlternativeNames(names) })
    let identity = HWLedgerTLS.Identity(
      certificatePath: path("\(name).pem"), privateKeyPath: path("\(name).key"))
    try write(certificate.serializeAsPEM(), to: identity.certificatePath)
    try write(ownKey.serializeAsPEM(), to: identity.privateKeyPath)
    return identity
  }

  private func certificate(
    of key: Certificate.PublicKey, name: String, extensions: Certificate.Extensions
  ) throws -> Certificate {
    try Certificate(
      version: .v3,
      serialNumber: Certificate.SerialNumber(),
      publicKey: key,
      notValidBefore: Date(timeIntervalSinceNow: -3600),
      notValidAfter: Date(timeIntervalSinceNow: 3600),
      issuer: DistinguishedName { CommonName("authority") },
      subject: DistinguishedName { CommonName(name) },
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: extensions,
      issuerPrivateKey: self.key)
  }

  private func path(_ file: String) -> String { folder.appending(path: file).path }

  private func write(_ document: PEMDocument, to path: String) throws {
    try document.pemString.write(toFile: path, atomically: true, encoding: .utf8)
  }
}

extension GeneralName {
  static let loopback = ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))
}
