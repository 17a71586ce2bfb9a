internal import TLSHandshake

extension CatalogueEntry {
  static let tlsOutdated = CatalogueEntry(
    .tlsOutdated, .warning, "old or weak encryption",
    explanation: """
      The version or the cipher suite is one that is no longer held to be safe: TLS 1.0 or 1.1, RC4, 3DES, NULL or \
      export ciphers, or no forward secrecy. Still better than none, but newer peers will refuse it.
      """,
    seenWhen: "the server's hello chooses a version below TLS 1.2, or a cipher suite of these kinds",
    whatToDo: "update the older side; let both offer TLS 1.2 and 1.3 with ECDHE suites",
    references: ["RFC 8996 section 4", "RFC 9325 section 3.1.1", "RFC 9325 section 4.1", "RFC 7465 section 2"])
}

/// A version or a cipher of former times, where the handshake came to something.
enum TLSOutdated: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let handshake = evidence.tls?.handshake, evidence.session.tls?.outcome != .failed,
      let version = handshake.version, let suite = handshake.cipherSuite
    else { return }
    let weakness = suite.weakness
    let faults = [version < .tls12 ? "\(version.name) is obsolete" : nil, weakness.map(word)].compactMap { $0 }
    guard !faults.isEmpty else { return }
    let place = handshake.serverHelloPlace.map { ($0.frame, $0.time) } ?? evidence.end
    let chosen = "The server chose \(version.name) with \(suite.name)"
    findings.add(
      Finding(
        .tlsOutdated, at: place, message: "\(chosen): \(faults.joined(separator: ", ")).\(offer(handshake))"))
  }

  private static func word(_ weakness: CipherSuiteID.Weakness) -> String {
    switch weakness {
    case .noEncryption: "the cipher encrypts nothing"
    case .export: "an export cipher is broken in minutes"
    case .rc4: "RC4 is forbidden"
    case .shortBlocks: "the cipher is too weak"
    case .anonymous: "nobody proves who he is"
    case .noForwardSecrecy: "no forward secrecy, whoever gets the server's key can read it later"
    }
  }

  /// Which side is the old one.
  private static func offer(_ handshake: Handshake) -> String {
    guard let hello = handshake.clientHello, let version = handshake.version, version < .tls12,
      let best = hello.offeredVersions.first
    else { return "" }
    return best > version
      ? " The client would have taken \(best.name): the server is the older side."
      : " The client offers no better: it is the older side."
  }
}
