internal import Crypto
internal import CryptoExtras
import Wire

/// A public key as a domain's TXT record tells it (RFC 6376 section 3.6.1).
public struct KeyRecord: Sendable {
  var content: Content
  /// `h=`: the hashes that it may be used with; nil for all.
  private var hashes: [HashAlgorithm]?
  /// `s=` has neither `email` nor `*`.
  private var isForOtherServices = false
  /// `t=s`: the domain of `i=` has to be that of `d=`.
  private var isStrict = false

  enum Content: Sendable {
    case rsa(_RSA.Signing.PublicKey)
    case ed25519(Curve25519.Signing.PublicKey)
    /// `p=` is empty (section 3.6.1).
    case revoked
    /// RSA of so many bits, fewer than 1024 (RFC 8301 section 3.2).
    case weak(Int)
    case unusable(KeyFault)
  }

  /// - Parameter text: The strings of the TXT record, joined (section 3.6.2.2).
  public init(_ text: [UInt8]) {
    content = .unusable(.malformed)
    guard let tags = TagList(text.span) else { return }
    let version = tags.word("v", of: text.span)
    guard version == nil || version == Array("DKIM1".utf8) else {
      content = .unusable(.version)
      return
    }
    hashes = tags.words("h", of: text.span)?.compactMap { HashAlgorithm(rawValue: String(repairing: $0.span)) }
    let services = tags.words("s", of: text.span)
    isForOtherServices =
      services.map { words in !words.contains { $0.elementsEqual("*".utf8) || $0.elementsEqual("email".utf8) } }
      ?? false
    isStrict = tags.words("t", of: text.span)?.contains { $0.elementsEqual("s".utf8) } ?? false
    guard let written = tags.word("p", of: text.span) else { return }
    guard !written.isEmpty else {
      content = .revoked
      return
    }
    guard let kind = tags.word("k", of: text.span).map({ KeyKind(named: $0) }) ?? .rsa else {
      content = .unusable(.kind)
      return
    }
    guard let bytes = Base64.decoded(written) else { return }
    content = Self.content(kind, bytes)
  }

  private static func content(_ kind: KeyKind, _ bytes: [UInt8]) -> Content {
    switch kind {
    case .ed25519:
      return (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)).map { .ed25519($0) } ?? .unusable(.malformed)
    case .rsa:
      if let bits = RSAKeyLength.bits(ofKey: bytes.span), bits < 1024 { return .weak(bits) }
      return (try? _RSA.Signing.PublicKey(unsafeDERRepresentation: bytes)).map { .rsa($0) } ?? .unusable(.malformed)
    }
  }

  /// Bits of an RSA key.
  var bits: Int? {
    switch content {
    case .rsa(let key): key.keySizeInBits
    case .weak(let bits): bits
    case .ed25519, .revoked, .unusable: nil
    }
  }

  /// Why it is not for a signature of this kind; nil where it is.
  func fault(for kind: KeyKind, _ hash: HashAlgorithm, isOfDomainItself: Bool) -> KeyFault? {
    switch (content, kind) {
    case (.rsa, .ed25519), (.ed25519, .rsa): return .otherKind
    default: break
    }
    if let hashes, !hashes.contains(hash) { return .hash }
    if isForOtherServices { return .service }
    return isStrict && !isOfDomainItself ? .subdomain : nil
  }
}

/// Why a key cannot be used (RFC 6376 section 6.1.2).
public enum KeyFault: String, Sendable {
  case malformed = "the key record cannot be read"
  case version = "the key record is of another version"
  case kind = "the kind of the key is not known"
  case otherKind = "the key is of another kind than the signature"
  case hash = "the key is not for signatures with this hash"
  case service = "the key is not for mail"
  case subdomain = "the key is not for names below its domain"
}

/// The length of an RSA key's modulus: keys that are too short are not made into keys at all, and that is worth saying.
enum RSAKeyLength {
  /// - Parameter bytes: `RSAPublicKey` (RFC 8017 appendix A.1.1) by itself or in a `SubjectPublicKeyInfo` (RFC 5280 section
  ///   4.1.2.7), in DER.
  static func bits(ofKey bytes: Span<UInt8>) -> Int? {
    guard let outer = content(of: 0x30, in: bytes, at: 0), let first = header(in: bytes, at: outer.lowerBound) else {
      return nil
    }
    if first.tag == 0x02 { return bits(ofInteger: first.content, in: bytes) }
    // An AlgorithmIdentifier, then a BIT STRING that begins with the count of its unused bits.
    guard let string = content(of: 0x03, in: bytes, at: first.content.upperBound), !string.isEmpty,
      let key = content(of: 0x30, in: bytes, at: string.lowerBound + 1),
      let modulus = content(of: 0x02, in: bytes, at: key.lowerBound)
    else { return nil }
    return bits(ofInteger: modulus, in: bytes)
  }

  private static func bits(ofInteger place: Range<Int>, in bytes: Span<UInt8>) -> Int? {
    guard let first = place.first(where: { bytes[$0] != 0 }) else { return 0 }
    return (place.upperBound - first) * 8 - bytes[first].leadingZeroBitCount
  }

  private static func content(of tag: UInt8, in bytes: Span<UInt8>, at offset: Int) -> Range<Int>? {
    header(in: bytes, at: offset).flatMap { $0.tag == tag ? $0.content : nil }
  }

  /// Tag and length (X.690 section 8.1), the length in one to three octets.
  private static func header(in bytes: Span<UInt8>, at offset: Int) -> (tag: UInt8, content: Range<Int>)? {
    guard offset + 2 <= bytes.count else { return nil }
    var length = Int(bytes[offset + 1])
    var start = offset + 2
    if length >= 0x80 {
      let octets = length & 0x7f
      guard octets == 1 || octets == 2, start + octets <= bytes.count else { return nil }
      length = octets == 1 ? Int(bytes[start]) : Int(bytes.bigEndianUInt16(at: start))
      start += octets
    }
    guard length <= bytes.count - start else { return nil }
    return (bytes[offset], start..<start + length)
  }
}
