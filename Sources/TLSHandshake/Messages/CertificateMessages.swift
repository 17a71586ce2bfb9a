/// The chain of a Certificate message, the peer's own certificate first, each as DER.
struct CertificateChain: Sendable {
  var certificates: [[UInt8]] = []

  /// Certificates kept of a chain.
  static let most = 12

  /// - Parameter isTLS13: RFC 8446 section 4.4.2 puts a context before the list and extensions behind each certificate.
  init?(_ body: FieldReader, isTLS13: Bool) {
    var body = body
    if isTLS13, body.vector(lengthOctets: 1) == nil { return nil }
    guard var list = body.vector(lengthOctets: 3) else { return nil }
    while certificates.count < Self.most, let certificate = list.vector(lengthOctets: 3) {
      certificates.append(certificate.rest)
      if isTLS13, list.vector(lengthOctets: 2) == nil { break }
    }
  }
}

/// The group of a ServerKeyExchange, where it is an elliptic curve by name (RFC 8422 section 5.4), or the size of the prime
/// of a Diffie-Hellman exchange (RFC 5246 section 7.4.3).
enum KeyExchangeParameters: Equatable, Sendable {
  case curve(NamedGroup)
  case prime(bits: Int)

  init?(_ body: FieldReader, of suite: CipherSuiteID) {
    var body = body
    let name = suite.name
    if name.hasPrefix("TLS_ECDH") {
      guard !name.hasPrefix("TLS_ECDHE_PSK_") || body.vector(lengthOctets: 2) != nil else { return nil }
      guard body.uint8() == 3, let group = body.uint16() else { return nil }
      self = .curve(NamedGroup(group))
    } else if name.hasPrefix("TLS_DHE_") || name.hasPrefix("TLS_DH_anon_") {
      guard !name.hasPrefix("TLS_DHE_PSK_") || body.vector(lengthOctets: 2) != nil else { return nil }
      guard let prime = body.vector(lengthOctets: 2)?.rest.drop(while: { $0 == 0 }), let first = prime.first else {
        return nil
      }
      self = .prime(bits: prime.count * 8 - first.leadingZeroBitCount)
    } else {
      return nil
    }
  }

  var name: String {
    switch self {
    case .curve(let group): group.name
    case .prime(let bits): "\(bits)-bit prime"
    }
  }
}
