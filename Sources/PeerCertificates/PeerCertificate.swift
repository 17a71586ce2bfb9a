// PeerCertificates: what stands in the X.509 certificates that peers show (RFC 5280). They are read, not believed: whether
// a chain leads to an authority is a question that a passive reader cannot answer.

internal import Crypto
internal import SwiftASN1
public import Wire
internal import X509

/// What a certificate says.
public struct PeerCertificate: Hashable, Sendable {
  /// As RFC 4514 writes names: `CN=mx.example,O=Example`.
  public var subject: String
  /// Who signed it, by its own word and in the same writing.
  public var issuer: String
  /// The first moment at which it is valid; nil where it cannot be read.
  public var notBefore: Moment?
  /// The last moment at which it is valid; nil where it cannot be read.
  public var notAfter: Moment?
  /// The names of hosts in the subject alternative name (RFC 5280 section 4.2.1.6), as they stand there.
  public var dnsNames: [String]
  /// The last common name of the subject: the name of the host where there is no alternative name.
  public var commonName: String?
  /// The public key that it certifies.
  public var key: Key
  /// How it is signed, by the algorithm's name; its object identifier where we know no name, else `unknown`.
  public var signatureAlgorithm: String
  /// Subject and issuer are the same.
  public var isSelfIssued: Bool
  /// The octets of its serial number, without a zero that is there for the sign alone.
  public var serialNumber: [UInt8]
  /// The SHA-1 of its DER, which many logs call its fingerprint.
  public var sha1: [UInt8]
  /// The SHA-256 of its DER, in hexadecimal digits.
  public var sha256: String

  /// The public key, as far as it is known: `RSA` with the bits of its modulus, a curve by its name.
  public struct Key: Hashable, Sendable {
    /// `RSA`, `EC` with the curve's name behind it, or another algorithm's name or object identifier.
    public var kind: String
    /// Bits of the modulus of RSA or of the numbers of the curve; nil where they are not known.
    public var bits: Int?

    /// Made of the algorithm's name and the size in bits.
    public init(kind: String, bits: Int?) {
      self.kind = kind
      self.bits = bits
    }
  }

  /// One of its dates. Certificates may be valid for longer than a capture's clock can tell.
  public struct Moment: Hashable, Sendable {
    /// As RFC 3339 writes it.
    public var text: String
    /// Clamped to what a capture's time can be.
    public var time: CaptureTime

    /// `2026-11-20`.
    public var day: String { String(text.prefix(10)) }
  }

  /// Names kept of one certificate: those of content networks have hundreds.
  static let mostNames = 256

  /// - Parameter der: The certificate as it was sent; nil where it is none.
  public init?(der: [UInt8]) {
    guard let node = try? DER.parse(der), let certificate = CertificateFields(node) else { return nil }
    self.init(certificate.body, signature: certificate.signature, der: der)
  }

  private init?(_ body: [ASN1Node], signature: ASN1Node, der: [UInt8]) {
    // TBSCertificate: [0] version, serial number, signature, issuer, validity, subject, public key, … [3] extensions.
    let fields = body.first?.identifier == .explicitTag(0) ? body.dropFirst() : body[...]
    guard fields.count >= 6, let first = fields.indices.first else { return nil }
    guard let issuer = try? DistinguishedName(derEncoded: fields[first + 2]),
      let subject = try? DistinguishedName(derEncoded: fields[first + 4])
    else { return nil }
    self.subject = Self.bounded(subject.description)
    self.issuer = Self.bounded(issuer.description)
    isSelfIssued = fields[first + 2].encodedBytes.elementsEqual(fields[first + 4].encodedBytes)
    let validity = fields[first + 3].children
    notBefore = validity.first.flatMap(Self.time)
    notAfter = validity.dropFirst().first.flatMap(Self.time)
    key = Key(fields[first + 5])
    signatureAlgorithm = signature.children.first.flatMap(ObjectName.of) ?? "unknown"
    dnsNames = Self.dnsNames(in: fields.dropFirst(6))
    commonName = subject.reversed().lazy.flatMap { $0 }.first { $0.type.description == "2.5.4.3" }.map {
      Self.bounded($0.value.description)
    }
    serialNumber = Self.number(fields[first])
    sha1 = Array(Insecure.SHA1.hash(data: der))
    sha256 = SHA256.hash(data: der).map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
  }

  /// Whether a host of this name may show it (RFC 9525 section 6.3); the common name counts where there is no other.
  public func isFor(_ host: String) -> Bool {
    let names = dnsNames.isEmpty ? commonName.map { [$0] } ?? [] : dnsNames
    return names.contains { Self.matches($0, host) }
  }

  /// Whether it is valid at a moment; nil where its own dates cannot be read.
  public func isValid(at time: CaptureTime) -> Bool? {
    guard let notBefore, let notAfter else { return nil }
    return notBefore.time <= time && time <= notAfter.time
  }

  /// RFC 5280 section 4.1.2.2: no more than 20 octets.
  private static func number(_ node: ASN1Node) -> [UInt8] {
    guard case .primitive(let octets) = node.content else { return [] }
    let hasSign = octets.count > 1 && octets.first == 0
    return Array((hasSign ? octets.dropFirst() : octets).prefix(64))
  }

  /// A wildcard stands for one label, the leftmost.
  private static func matches(_ pattern: String, _ host: String) -> Bool {
    let pattern = withoutDot(pattern.lowercased())
    let host = withoutDot(host.lowercased())
    guard pattern.hasPrefix("*."), let dot = host.firstIndex(of: ".") else { return pattern == host }
    return pattern.dropFirst() == host[dot...]
  }

  private static func withoutDot(_ name: String) -> String {
    name.hasSuffix(".") ? String(name.dropLast()) : name
  }

  /// A name that fills the screen says nothing more.
  private static func bounded(_ text: String) -> String { String(text.prefix(400)) }

  private static func dnsNames(in fields: ArraySlice<ASN1Node>) -> [String] {
    guard let list = fields.first(where: { $0.identifier == .explicitTag(3) })?.children.first else { return [] }
    for node in list.children {
      let parts = node.children
      guard let type = parts.first, ObjectName.number(of: type) == "2.5.29.17", let last = parts.last,
        case .primitive(let value) = last.content, let names = try? DER.parse(value)
      else { continue }
      return names.children.prefix(mostNames).compactMap { node in
        guard case .dnsName(let name)? = try? GeneralName(derEncoded: node) else { return nil }
        return bounded(name)
      }
    }
    return []
  }

  private static func time(_ node: ASN1Node) -> Moment? {
    if let time = try? UTCTime(derEncoded: node) {
      return Moment([time.year, time.month, time.day, time.hours, time.minutes, time.seconds])
    }
    guard let time = try? GeneralizedTime(derEncoded: node) else { return nil }
    return Moment([time.year, time.month, time.day, time.hours, time.minutes, time.seconds])
  }
}

/// The two outer parts of a certificate that are read; the signature itself is not.
private struct CertificateFields {
  var body: [ASN1Node]
  var signature: ASN1Node

  init?(_ node: ASN1Node) {
    let parts = node.children
    guard parts.count == 3 else { return nil }
    body = parts[0].children
    signature = parts[1]
  }
}

extension ASN1Node {
  /// The nodes in a constructed one, as many as a certificate may have.
  var children: [ASN1Node] {
    guard case .constructed(let nodes) = content else { return [] }
    return Array(nodes.prefix(1024))
  }
}

extension ASN1Identifier {
  fileprivate static func explicitTag(_ number: UInt) -> ASN1Identifier {
    ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
  }
}

extension PeerCertificate.Key {
  /// - Parameter info: A SubjectPublicKeyInfo: the algorithm with its parameters, the key as a bit string.
  init(_ info: ASN1Node) {
    let parts = info.children
    let algorithm = parts.first?.children ?? []
    let kind = algorithm.first.flatMap(ObjectName.of) ?? "unknown"
    switch kind {
    case "EC":
      let curve = algorithm.dropFirst().first.flatMap(ObjectName.of)
      self.init(kind: curve.map { "EC \($0)" } ?? "EC", bits: ObjectName.bits(ofCurve: curve))
    case "RSA", "RSA-PSS":
      self.init(kind: kind, bits: parts.last.flatMap(Self.modulusBits))
    default:
      self.init(kind: kind, bits: nil)
    }
  }

  private static func modulusBits(_ node: ASN1Node) -> Int? {
    guard case .primitive(let bits) = node.content, bits.first == 0, let key = try? DER.parse(bits.dropFirst()),
      let modulus = key.children.first, case .primitive(let number) = modulus.content
    else { return nil }
    let digits = number.drop { $0 == 0 }
    return digits.first.map { digits.count * 8 - $0.leadingZeroBitCount }
  }
}

extension PeerCertificate.Moment {
  /// - Parameter parts: Year, month, day, hour, minute and second of the Gregorian calendar in UTC.
  fileprivate init?(_ parts: [Int]) {
    guard parts.count == 6, (0...9999).contains(parts[0]) else { return nil }
    let digits = parts.enumerated().map { index, number in
      let text = String(number)
      return String(repeating: "0", count: max(0, (index == 0 ? 4 : 2) - text.count)) + text
    }
    text = "\(digits[0])-\(digits[1])-\(digits[2])T\(digits[3]):\(digits[4]):\(digits[5])Z"
    // Days since 1970-01-01, of years that begin in March: leap days come last then.
    let (month, day) = (parts[1], parts[2])
    let year = month <= 2 ? parts[0] - 1 : parts[0]
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    let seconds = Int64(days * 86_400 + (parts[3] * 60 + parts[4]) * 60 + parts[5])
    let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    time = CaptureTime(nanoseconds: overflow ? (seconds < 0 ? .min : .max) : nanoseconds)
  }
}
