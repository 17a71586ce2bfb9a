import CryptoExtras
import Foundation
import TestSupport
import Testing

@testable import TLSProtection

@Suite struct `RSA private key` {
  @Test(arguments: RSAKeyExchanges.all)
  func `tells the master secret that the client logged`(_ exchange: Vector) throws {
    let key = try RSADecryptionKey(file: RSAKeyExchanges.privateKey)
    let premaster = try key.premasterSecret(
      encrypted: exchange["encrypted"], clientHelloVersion: exchange.number("version"))
    let messages = exchange["messages"]
    let master =
      messages.isEmpty
      ? Secret.master(
        premaster: premaster, version: exchange.version, suite: try exchange.suite,
        clientRandom: try exchange.random("client-random"), serverRandom: try exchange.random("server-random"))
      : Secret.extendedMaster(
        premaster: premaster, version: exchange.version, suite: try exchange.suite, handshakeMessages: messages.span)
    #expect(master == exchange.secret("master"))
    #expect(try exchange.suite.keyExchange == .rsa)
  }

  @Test func `is read from PEM of both forms, with other things around it, and from DER`() throws {
    let first = try RSADecryptionKey(file: RSAKeyExchanges.privateKey)
    #expect(first.modulus.count == 128)
    let surrounded =
      "Bag Attributes\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\r\n"
      + RSAKeyExchanges.privateKeyInfo.replacingOccurrences(of: "\n", with: "\r\n") + "\r\nmore\n"
    #expect(try RSADecryptionKey(file: surrounded).modulus == first.modulus)
    let der = try _RSA.Encryption.PrivateKey(unsafePEMRepresentation: RSAKeyExchanges.privateKey).derRepresentation
    #expect(try RSADecryptionKey(file: Array(der).span).modulus == first.modulus)
  }

  @Test(arguments: [
    ("", RSAKeyFailure.noPrivateKey), ("no key\n", .noPrivateKey),
    ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", .noPrivateKey),
    (RSAKeyExchanges.encryptedPrivateKey, .encrypted),
    ("-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----\n", .notRSA),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n", .unreadable),
    ("-----BEGIN PRIVATE KEY-----\n*\n-----END PRIVATE KEY-----\n", .unreadable),
    ("-----BEGIN PRIVATE KEY-----\nMIIB", .unreadable),
    ("0\u{3}\u{2}\u{1}\u{1}", .unreadable),
  ])
  func `says why a file is of no use`(_ file: String, _ failure: RSAKeyFailure) {
    #expect(throws: failure) { try RSADecryptionKey(file: file) }
  }

  @Test func `an old-style encrypted key is called so`() {
    let lines = RSAKeyExchanges.privateKey.split(separator: "\n")
    let file =
      ([String(lines[0]), "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,00", ""] + lines.dropFirst().map(String.init))
      .joined(separator: "\n")
    #expect(throws: RSAKeyFailure.encrypted) { try RSADecryptionKey(file: file) }
  }

  @Test func `what was encrypted to another key or cut is refused`() throws {
    let key = try RSADecryptionKey(file: RSAKeyExchanges.privateKey)
    let encrypted = RSAKeyExchanges.all[0]["encrypted"]
    var changed = encrypted
    changed[60] ^= 1
    for wrong in [[], [1], Array(encrypted.dropLast()), encrypted + [0], changed, [UInt8](repeating: 0xff, count: 128)]
    {
      #expect(throws: RSAKeyFailure.otherKey) { try key.premasterSecret(encrypted: wrong, clientHelloVersion: 0x0303) }
    }
  }

  @Test func `a premaster secret of another version is no good`() throws {
    let key = try RSADecryptionKey(file: RSAKeyExchanges.privateKey)
    let encrypted = RSAKeyExchanges.all[0]["encrypted"]
    #expect(throws: RSAKeyFailure.versionRollback(0x0303)) {
      try key.premasterSecret(encrypted: encrypted, clientHelloVersion: 0x0302)
    }
  }

  @Test func `shows only its length`() throws {
    let key = try RSADecryptionKey(file: RSAKeyExchanges.privateKey)
    var dumped = "\(key) \(String(reflecting: key)) "
    dump(key, to: &dumped)
    #expect("\(key)" == "RSA private key of 1024 bits")
    #expect(!dumped.contains("PrivateKey("))
  }

  @Test(arguments: 0..<64)
  func `a damaged file does no harm`(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var file = Array(RSAKeyExchanges.privateKey.utf8)
    for _ in 0...(seed % 4) {
      file[Int(random.next() % UInt64(file.count))] = UInt8(truncatingIfNeeded: random.next())
    }
    let key = try? RSADecryptionKey(file: file.span)
    // A key of which a digit is another may still be one, but no longer this one.
    if let key {
      _ = try? key.premasterSecret(encrypted: RSAKeyExchanges.all[0]["encrypted"], clientHelloVersion: 0x0303)
    }
  }
}
