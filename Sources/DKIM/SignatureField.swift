import Wire

/// How a header section or a body is brought into the form that is hashed (RFC 6376 section 3.4).
public enum Canonicalization: String, Sendable {
  case simple
  case relaxed
}

/// The hash of a signature algorithm (RFC 6376 section 3.3).
public enum HashAlgorithm: String, Sendable {
  case sha256
  /// Obsolete (RFC 8301 section 3.1).
  case sha1
}

/// The kind of a key (RFC 6376 section 3.6.1, RFC 8463 section 4).
public enum KeyKind: String, Sendable {
  case rsa
  case ed25519

  init?(named name: some Sequence<UInt8>) {
    if name.elementsEqual("rsa".utf8, by: SignatureField.isSame) {
      self = .rsa
    } else if name.elementsEqual("ed25519".utf8, by: SignatureField.isSame) {
      self = .ed25519
    } else {
      return nil
    }
  }
}

/// A DKIM-Signature field, read (RFC 6376 section 3.5).
struct SignatureField {
  /// What makes it unusable as it stands.
  var defect: SignatureDefect?
  var domain: [UInt8] = []
  var selector: [UInt8] = []
  /// `a=` as it stands.
  var algorithm: [UInt8] = []
  var kind: KeyKind?
  var hash: HashAlgorithm?
  var headerForm = Canonicalization.simple
  var bodyForm = Canonicalization.simple
  /// Both of them are known.
  private var knowsForms = true
  /// `bh=`; nil where it is no hash of that kind.
  var bodyHash: [UInt8]?
  var signature: [UInt8] = []
  /// `l=`
  var bodyLength: Int?
  var signedAt: Int?
  var expires: Int?
  var signedNames: [ArraySlice<UInt8>] = []
  /// The domain that `i=` names is that of `d=` itself, not one below it.
  var isOfDomainItself = true
  /// The value of `b=` in the field, the white space around it included.
  var placeOfSignature: Range<Int>?

  /// - Parameter text: What stands behind the colon, folded as it came.
  init(_ text: Span<UInt8>) {
    guard let tags = TagList(text) else {
      defect = .malformed
      return
    }
    domain = tags.word("d", of: text) ?? []
    selector = tags.word("s", of: text) ?? []
    algorithm = tags.word("a", of: text) ?? []
    readAlgorithm()
    readForms(tags.word("c", of: text))
    signature = tags.word("b", of: text).flatMap(Base64.decoded) ?? []
    placeOfSignature = tags.writtenPlace(of: "b")
    signedNames = tags.words("h", of: text) ?? []
    signedAt = tags.word("t", of: text).flatMap(Self.number)
    expires = tags.word("x", of: text).flatMap(Self.number)
    let hashLength = hash == .sha1 ? 20 : 32
    bodyHash = tags.word("bh", of: text).flatMap(Base64.decoded).flatMap { $0.count == hashLength ? $0 : nil }
    let length = tags.word("l", of: text)
    bodyLength = length.flatMap(Self.number)
    let isOfDomain = readIdentity(tags.word("i", of: text))
    defect = firstDefect(
      version: tags.word("v", of: text), isOfDomain: isOfDomain, hasOddLength: length != nil && bodyLength == nil)
  }

  private func firstDefect(version: [UInt8]?, isOfDomain: Bool, hasOddLength: Bool) -> SignatureDefect? {
    if version != [UInt8(ascii: "1")] { return .version }
    if domain.isEmpty || selector.isEmpty || algorithm.isEmpty || signedNames.isEmpty { return .incomplete }
    if hash == nil || kind == nil || kind == .ed25519 && hash != .sha256 { return .algorithm }
    if !knowsForms { return .canonicalization }
    if bodyHash == nil { return .bodyHash }
    if hasOddLength { return .length }
    if signature.isEmpty { return .signature }
    if signedNames.count > Self.mostNames { return .tooManyNames }
    if !signedNames.contains(where: { $0.elementsEqual("from".utf8, by: Self.isSame) }) { return .fromUnsigned }
    return isOfDomain ? nil : .foreignIdentity
  }

  /// Names in `h=` that are looked up: real ones have thirty. Against a list as long as the header, each of whose names is
  /// looked for among all fields.
  static let mostNames = 500

  private mutating func readAlgorithm() {
    guard let hyphen = algorithm.lastIndex(of: UInt8(ascii: "-")) else { return }
    let name = algorithm[(hyphen + 1)...]
    if name.elementsEqual("sha256".utf8, by: Self.isSame) { hash = .sha256 }
    if name.elementsEqual("sha1".utf8, by: Self.isSame) { hash = .sha1 }
    kind = KeyKind(named: algorithm[..<hyphen])
  }

  /// Whether the body can be compared with `bh=`, whatever else is wrong.
  var canCompareBody: Bool {
    guard bodyHash != nil, hash != nil, knowsForms else { return false }
    return defect != .malformed && defect != .version && defect != .length
  }

  /// `relaxed/simple`; the body's is simple unless it is said, and both are (section 3.5).
  private mutating func readForms(_ word: [UInt8]?) {
    guard let word else { return }
    let parts = word.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
    let forms = parts.map { part -> Canonicalization? in
      if part.elementsEqual("simple".utf8, by: Self.isSame) { return .simple }
      return part.elementsEqual("relaxed".utf8, by: Self.isSame) ? .relaxed : nil
    }
    guard let header = forms.first ?? nil, let body = forms.count > 1 ? forms[1] : .simple else {
      knowsForms = false
      return
    }
    (headerForm, bodyForm) = (header, body)
  }

  /// Whether the domain of `i=` is that of `d=` or one below it.
  private mutating func readIdentity(_ identity: [UInt8]?) -> Bool {
    guard let identity, let at = identity.lastIndex(of: UInt8(ascii: "@")) else { return identity == nil }
    let name = identity[(at + 1)...]
    if name.elementsEqual(domain, by: Self.isSame) { return true }
    isOfDomainItself = false
    return name.count > domain.count && name.suffix(domain.count).elementsEqual(domain, by: Self.isSame)
      && name[name.endIndex - domain.count - 1] == UInt8(ascii: ".")
  }

  /// Decimal digits; nil for what is none or too large to count octets or seconds.
  private static func number(_ text: [UInt8]) -> Int? {
    guard !text.isEmpty else { return nil }
    var number = 0
    for digit in text {
      guard digit >= 0x30, digit <= 0x39 else { return nil }
      let (product, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(digit &- 0x30))
      guard !overflow, !carry else { return nil }
      number = sum
    }
    return number
  }

  /// Whether the octets are the same letter or the same octet.
  static func isSame(_ left: UInt8, _ right: UInt8) -> Bool { small(left) == small(right) }

  static func small(_ octet: UInt8) -> UInt8 { octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet }
}

/// What makes a signature field unusable (RFC 6376 section 6.1.1).
public enum SignatureDefect: String, Sendable {
  case malformed = "the field is no list of tags"
  case version = "the version is not 1"
  case incomplete = "a tag that it needs is missing"
  case algorithm = "the algorithm is not known"
  case canonicalization = "the canonicalization is not known"
  case bodyHash = "bh= is no hash of that kind"
  case length = "l= is no number"
  case signature = "b= is no base 64"
  case tooManyNames = "h= names too many fields"
  case fromUnsigned = "the From field is not signed"
  case foreignIdentity = "the domain of i= is not below that of d="
}
