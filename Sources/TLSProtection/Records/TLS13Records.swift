private import Wire

/// The records of one side under one traffic secret of TLS 1.3 (RFC 8446 section 5.2).
struct TLS13Records: Sendable {
  private let suite: CipherSuite
  private let secret: Secret
  private let key: AEADKey
  private let ivHigh: UInt32
  private let ivLow: UInt64

  init(suite: CipherSuite, secret: Secret) throws(ProtectionFailure) {
    guard suite.keyExchange == .tls13, case .aead(let cipher) = suite.cipher else { throw .suiteOfOtherVersion }
    guard secret.count == suite.hash.length else { throw .secretLength(secret.count) }
    self.init(suite, cipher, secret)
  }

  private init(_ suite: CipherSuite, _ cipher: AEADCipher, _ secret: Secret) {
    self.suite = suite
    self.secret = secret
    key = AEADKey(cipher, TrafficKeys.key(secret, suite, cipher))
    var iv = TrafficKeys.iv(secret, suite).exposed()
    ivHigh = iv.span.bigEndianUInt32(at: 0)
    ivLow = iv.span.bigEndianUInt64(at: 4)
    iv.wipe()
  }

  /// The records behind a KeyUpdate (section 7.2).
  var nextGeneration: TLS13Records {
    TLS13Records(suite, key.cipher, TrafficKeys.next(secret, suite))
  }

  /// The smallest record: a content type and a tag.
  var smallestRecord: Int { RecordLength.header + 1 + key.cipher.tagLength }

  func find(
    _ header: RecordHeader, _ fragment: Span<UInt8>, in numbers: RecordNumbers, into plaintext: inout [UInt8]
  ) throws(RecordFailure) -> FoundRecord {
    guard header.contentType == RecordHeader.applicationData else { throw .notProtected }
    guard fragment.count > key.cipher.tagLength else { throw .malformedLength }
    guard fragment.count <= RecordLength.content + RecordLength.tls13Expansion else { throw .tooLong }
    let associated = AssociatedData.header(header, length: fragment.count)
    for number in numbers {
      // Section 5.3: the number, padded on the left, XORed with the IV.
      let nonce = RecordNonce(high: ivHigh, low: ivLow ^ number)
      if key.open(fragment, nonce: nonce.octets.span, authenticating: associated.span, into: &plaintext) {
        return FoundRecord(number: number, contentType: try Self.removeInner(from: &plaintext))
      }
    }
    throw .notAuthentic
  }

  /// Takes the padding and the content type from the end (section 5.4).
  private static func removeInner(from plaintext: inout [UInt8]) throws(RecordFailure) -> UInt8 {
    var end = plaintext.count
    while end > 0, plaintext[end - 1] == 0 { end -= 1 }
    guard end > 0 else {
      plaintext.removeAll(keepingCapacity: true)
      throw .noContentType
    }
    let contentType = plaintext[end - 1]
    guard end - 1 <= RecordLength.content else {
      plaintext.removeAll(keepingCapacity: true)
      throw .contentTooLong
    }
    plaintext.removeLast(plaintext.count - (end - 1))
    return contentType
  }
}
