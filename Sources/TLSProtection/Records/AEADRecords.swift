private import Wire

/// The records of one side under an AEAD cipher of TLS 1.2 (RFC 5246 section 6.2.3.3).
struct AEADRecords: Sendable {
  private let key: AEADKey
  private let nonceKind: NonceKind
  /// The explicit part of the last nonce less the record's number. Senders count it up (all that are known), from zero or
  /// from anywhere: it tells how many records are missing.
  private var nonceOffset: UInt64?

  init(_ cipher: AEADCipher, _ keys: SideKeys) {
    key = AEADKey(cipher, keys.key)
    let iv = keys.iv.span
    if cipher == .chaCha20Poly1305, iv.count >= 12 {
      nonceKind = .counted(high: iv.bigEndianUInt32(at: 0), low: iv.bigEndianUInt64(at: 4))
    } else {
      nonceKind = .explicit(salt: iv.count >= 4 ? iv.bigEndianUInt32(at: 0) : 0)
    }
  }

  private enum NonceKind {
    /// GCM and CCM: four octets of the key block, eight in the record (RFC 5288 section 3, RFC 6655 section 3).
    case explicit(salt: UInt32)
    /// ChaCha20: as in TLS 1.3 (RFC 7905 section 2).
    case counted(high: UInt32, low: UInt64)

    var explicitLength: Int {
      switch self {
      case .explicit: 8
      case .counted: 0
      }
    }
  }

  /// The smallest record: one without content.
  var smallestRecord: Int { RecordLength.header + nonceKind.explicitLength + key.cipher.tagLength }

  mutating func find(
    _ header: RecordHeader, _ fragment: Span<UInt8>, in numbers: RecordNumbers, into plaintext: inout [UInt8]
  ) throws(RecordFailure) -> FoundRecord {
    let explicitLength = nonceKind.explicitLength
    let length = fragment.count - explicitLength - key.cipher.tagLength
    guard length >= 0 else { throw .malformedLength }
    guard fragment.count <= RecordLength.content + RecordLength.expansion else { throw .tooLong }
    let sealed = fragment.extracting(droppingFirst: explicitLength)
    let explicit = explicitLength == 0 ? nil : fragment.bigEndianUInt64(at: 0)
    if let explicit, let nonceOffset, numbers.contains(explicit &- nonceOffset),
      open(header, sealed, explicit &- nonceOffset, explicit, length, into: &plaintext)
    {
      return try found(header, explicit &- nonceOffset, explicit, &plaintext)
    }
    for number in numbers
    where open(header, sealed, number, explicit, length, into: &plaintext) {
      return try found(header, number, explicit, &plaintext)
    }
    throw .notAuthentic
  }

  private func open(
    _ header: RecordHeader, _ sealed: Span<UInt8>, _ number: UInt64, _ explicit: UInt64?, _ length: Int,
    into plaintext: inout [UInt8]
  ) -> Bool {
    let nonce =
      switch nonceKind {
      case .explicit(let salt): RecordNonce(high: salt, low: explicit ?? 0)
      case .counted(let high, let low): RecordNonce(high: high, low: low ^ number)
      }
    let associated = AssociatedData.numbered(number, header, length: length)
    return key.open(sealed, nonce: nonce.octets.span, authenticating: associated.span, into: &plaintext)
  }

  private mutating func found(
    _ header: RecordHeader, _ number: UInt64, _ explicit: UInt64?, _ plaintext: inout [UInt8]
  ) throws(RecordFailure) -> FoundRecord {
    guard plaintext.count <= RecordLength.content else {
      plaintext.removeAll(keepingCapacity: true)
      throw .contentTooLong
    }
    if let explicit { nonceOffset = explicit &- number }
    return FoundRecord(number: number, contentType: header.contentType)
  }
}
