internal import Crypto
internal import CryptoExtras

/// What became of the check of one DKIM-Signature field.
public struct SignatureReport: Sendable {
  /// `d=`: the domain that signs, without white space; empty where the field does not say.
  public let domain: [UInt8]
  /// `s=`: which of the domain's keys, without white space; empty where the field does not say.
  public let selector: [UInt8]
  /// `a=` as it stands.
  public let algorithm: [UInt8]
  /// The first half of `c=`: the form in which the header section was hashed; simple where it does not say.
  public let headerForm: Canonicalization
  /// The second half of `c=`: the form in which the body was hashed; simple where it does not say.
  public let bodyForm: Canonicalization
  /// Octets of the canonicalized body that it covers (`l=`); nil for all.
  public let bodyLength: Int?
  /// Unix times (`t=`, `x=`).
  public let signedAt: Int?
  /// When the signature ceases to be valid (`x=`), as Unix time; nil where it does not say.
  public let expires: Int?
  /// Whether the body is the one that was signed; unknown until the message has ended.
  public internal(set) var body = BodyCheck.unknown(.unusableSignature)
  /// Octets of the canonicalized body behind `l=`: anybody may have added them. nil where that cannot be told.
  public internal(set) var unsignedOctets: Int?
  /// Whether the header section is the one that was signed; ``SignatureCheck/noKey`` while a key is wanted.
  public private(set) var signature: SignatureCheck
  /// Where the key was found.
  public private(set) var keySource: KeySource?
  /// Bits of an RSA key.
  public private(set) var keyBits: Int?
  /// `x=` had passed by packet time when the message ended.
  public internal(set) var isExpired = false
  fileprivate let signed: SignedHeader?

  /// The body against `bh=`.
  public enum BodyCheck: Equatable, Sendable {
    case matches
    case altered
    case unknown(BodyDoubt)
  }

  /// The header section against `b=`.
  public enum SignatureCheck: Equatable, Sendable {
    case verified
    case failed
    case noKey
    case revokedKey
    /// Fewer than 1024 bits (RFC 8301 section 3.2).
    case weakKey
    case unusableKey(KeyFault)
    case unusable(SignatureDefect)
    /// The header section has more fields than are looked at.
    case tooManyFields
  }

  /// Where a key came from.
  public enum KeySource: Equatable, Sendable {
    case file
    /// An answer of a name server in this frame.
    case dns(frame: Int)
  }

  /// What the signature is checked with once there is a key.
  fileprivate struct SignedHeader: Sendable {
    var digest: Digest
    var signature: [UInt8]
    var kind: KeyKind
    var isOfDomainItself: Bool

    enum Digest: Sendable {
      case sha256(SHA256Digest)
      case sha1(Insecure.SHA1Digest)
    }

    var hash: HashAlgorithm {
      switch digest {
      case .sha256: .sha256
      case .sha1: .sha1
      }
    }
  }

  init(_ field: SignatureField, at place: Int, of fields: HeaderFields, in header: Span<UInt8>) {
    domain = field.domain
    selector = field.selector
    algorithm = field.algorithm
    headerForm = field.headerForm
    bodyForm = field.bodyForm
    bodyLength = field.bodyLength
    signedAt = field.signedAt
    expires = field.expires
    signature = .noKey
    if let defect = field.defect { signature = .unusable(defect) }
    if fields.isCut { signature = .tooManyFields }
    guard signature == .noKey, let kind = field.kind, let hash = field.hash else {
      signed = nil
      return
    }
    let octets = fields.signedOctets(by: field, at: place, in: header)
    let digest: SignedHeader.Digest =
      hash == .sha256 ? .sha256(SHA256.hash(data: octets)) : .sha1(Insecure.SHA1.hash(data: octets))
    signed = SignedHeader(
      digest: digest, signature: field.signature, kind: kind, isOfDomainItself: field.isOfDomainItself)
  }

  /// The body is what was signed, to its last octet.
  public var provesWholeBody: Bool { body == .matches && unsignedOctets == 0 }

  /// The field can be used: verifiers pass over one that cannot (RFC 6376 section 6.1.1).
  public var isUsable: Bool { signed != nil }

  /// Whether its algorithm is given up (RFC 8301 section 3.1).
  public var isObsolete: Bool { signed?.hash == .sha1 }

  /// Whether a key would tell more.
  public var awaitsKey: Bool { signature == .noKey }

  /// Where its key stands in the domain name system, in small letters (RFC 6376 section 3.6.2.1).
  public var keyName: [UInt8] {
    (selector + Array("._domainkey.".utf8) + domain).map(SignatureField.small)
  }

  /// Checks the signature with a key, unless that was done.
  public mutating func verify(with key: KeyRecord, from source: KeySource) {
    guard awaitsKey, let signed else { return }
    keySource = source
    keyBits = key.bits
    signature = signed.check(with: key)
  }
}

extension SignatureReport.SignedHeader {
  fileprivate func check(with key: KeyRecord) -> SignatureReport.SignatureCheck {
    switch key.content {
    case .revoked: return .revokedKey
    case .weak: return .weakKey
    case .unusable(let fault): return .unusableKey(fault)
    case .rsa, .ed25519: break
    }
    if let fault = key.fault(for: kind, hash, isOfDomainItself: isOfDomainItself) { return .unusableKey(fault) }
    return isSigned(with: key) ? .verified : .failed
  }

  private func isSigned(with key: KeyRecord) -> Bool {
    switch (key.content, digest) {
    case (.rsa(let key), .sha256(let digest)):
      key.isValidSignature(.init(rawRepresentation: signature), for: digest, padding: .insecurePKCS1v1_5)
    case (.rsa(let key), .sha1(let digest)):
      key.isValidSignature(.init(rawRepresentation: signature), for: digest, padding: .insecurePKCS1v1_5)
    // RFC 8463 section 3: what is signed is the hash.
    case (.ed25519(let key), .sha256(let digest)): key.isValidSignature(signature, for: Array(digest))
    default: false
    }
  }
}

/// Why it cannot be told whether a body is the one that was signed.
public enum BodyDoubt: String, Sendable {
  case missingBytes = "bytes of it are missing from the capture"
  case unfinished = "its end was not seen"
  case oddEnd = "servers differ in where it ends"
  case bareLineEnds = "it has bare CR or LF, which signers take for line ends and verifiers may not"
  case unusableSignature = "the signature does not say how"
  case tooManyForms = "its signatures ask for too many different hashes"
}
