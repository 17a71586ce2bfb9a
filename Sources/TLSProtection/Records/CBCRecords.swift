internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials
private import Wire

/// The records of one side under AES in CBC mode with an HMAC, before TLS 1.3 (RFC 5246 section 6.2.3.2, RFC 7366).
struct CBCRecords: Sendable {
  private let key: SymmetricKey
  private let mac: KeyedHash
  private let macLength: Int
  private let order: Order
  private var ivs: IVs

  private static let blockLength = 16

  init(version: TLSVersion, mac kind: HashKind, keys: SideKeys, encryptThenMAC: Bool) {
    key = keys.key.key
    mac = KeyedHash(kind, key: keys.mac.key)
    macLength = kind.length
    order = encryptThenMAC ? .encryptThenMAC : .macThenEncrypt
    ivs = version == .tls10 ? .chained(keys.iv) : .explicit
  }

  private enum Order {
    case macThenEncrypt
    case encryptThenMAC
  }

  private enum IVs {
    /// TLS 1.0: the last block of the record before (RFC 2246 section 6.2.3.2); nil where that record is not known.
    case chained([UInt8]?)
    case explicit

    var length: Int {
      switch self {
      case .chained: 0
      case .explicit: CBCRecords.blockLength
      }
    }
  }

  /// The smallest record: one without content.
  var smallestRecord: Int {
    switch order {
    case .macThenEncrypt: RecordLength.header + ivs.length + Self.roundedUp(macLength + 1)
    case .encryptThenMAC: RecordLength.header + ivs.length + Self.blockLength + macLength
    }
  }

  mutating func find(
    _ header: RecordHeader, _ fragment: Span<UInt8>, in numbers: RecordNumbers, into plaintext: inout [UInt8]
  ) throws(RecordFailure) -> FoundRecord {
    let encryptedEnd = encryptedEnd(fragment)
    guard RecordLength.header + fragment.count >= smallestRecord,
      (encryptedEnd - ivs.length).isMultiple(of: Self.blockLength)
    else { throw .malformedLength }
    guard fragment.count <= RecordLength.content + RecordLength.expansion else { throw .tooLong }
    let number: UInt64
    switch order {
    case .macThenEncrypt:
      guard decrypt(fragment.extracting(first: encryptedEnd), into: &plaintext),
        let found = removeMAC(from: &plaintext, header, numbers)
      else {
        plaintext.removeAll(keepingCapacity: true)
        throw .notAuthentic
      }
      number = found
    case .encryptThenMAC:
      let code = fragment.extracting(droppingFirst: encryptedEnd)
      let encrypted = fragment.extracting(first: encryptedEnd)
      guard let found = authenticated(encrypted, code, header, numbers) else { throw .notAuthentic }
      if case .chained(let iv) = ivs, iv == nil || !numbers.isFirst(found) {
        // The MAC covers no IV that is not sent, so nothing would tell that the first block came out wrong.
        chain(fragment)
        return FoundRecord(number: found, contentType: header.contentType, isWhole: false)
      }
      guard decrypt(encrypted, into: &plaintext), let length = Self.lengthWithoutPadding(plaintext) else {
        plaintext.removeAll(keepingCapacity: true)
        throw .notAuthentic
      }
      plaintext.removeLast(plaintext.count - length)
      number = found
    }
    guard plaintext.count <= RecordLength.content else {
      plaintext.removeAll(keepingCapacity: true)
      throw .contentTooLong
    }
    chain(fragment)
    return FoundRecord(number: number, contentType: header.contentType)
  }

  /// A record goes by unopened. What the next one's first block was XORed with is taken from it only where the MAC of that
  /// one will tell whether it was right.
  mutating func pass(over fragment: Span<UInt8>) {
    switch order {
    case .macThenEncrypt: chain(fragment)
    case .encryptThenMAC: if case .chained = ivs { ivs = .chained(nil) }
    }
  }

  /// Takes from a record what the next one's first block was XORed with.
  private mutating func chain(_ fragment: Span<UInt8>) {
    let end = encryptedEnd(fragment)
    guard case .chained = ivs, end >= Self.blockLength else { return }
    ivs = .chained(Array(fragment.extracting((end - Self.blockLength)..<end)))
  }

  private func encryptedEnd(_ fragment: Span<UInt8>) -> Int {
    switch order {
    case .macThenEncrypt: fragment.count
    case .encryptThenMAC: fragment.count - macLength
    }
  }

  private func decrypt(_ encrypted: Span<UInt8>, into plaintext: inout [UInt8]) -> Bool {
    let iv: [UInt8] =
      switch ivs {
      case .chained(let iv): iv ?? []
      case .explicit: Array(encrypted.extracting(first: Self.blockLength))
      }
    let blocks = encrypted.extracting(droppingFirst: ivs.length)
    // The buffer lives for the call, in which it is decrypted.
    let opened: Data? = unsafe blocks.withUnsafeBytes { buffer in
      guard let iv = try? AES._CBC.IV(ivBytes: iv) else { return nil }
      return unsafe try? AES._CBC.decrypt(buffer, using: key, iv: iv, noPadding: true)
    }
    guard let opened else { return false }
    plaintext.append(contentsOf: opened)
    return true
  }

  /// MAC, then encrypt: content + MAC + padding. Leaves the content if the padding is right and the MAC is that of the content
  /// under one of the numbers, which is returned.
  private func removeMAC(
    from plaintext: inout [UInt8], _ header: RecordHeader, _ numbers: RecordNumbers
  ) -> UInt64? {
    guard let unpadded = Self.lengthWithoutPadding(plaintext), unpadded >= macLength else { return nil }
    let length = unpadded - macLength
    guard let number = Self.number(of: plaintext, length, mac, macLength, header, numbers) else { return nil }
    plaintext.removeLast(plaintext.count - length)
    return number
  }

  private static func number(
    of plaintext: [UInt8], _ length: Int, _ mac: KeyedHash, _ macLength: Int, _ header: RecordHeader,
    _ numbers: RecordNumbers
  ) -> UInt64? {
    let content = plaintext.span.extracting(first: length)
    let code = plaintext.span.extracting(length..<(length + macLength))
    return numbers.first { number in
      let associated = AssociatedData.numbered(number, header, length: length)
      return mac.code(of: associated.span, content).span.isEqual(to: code)
    }
  }

  /// Encrypt, then MAC: the MAC is that of the IV and what is encrypted (RFC 7366 section 3).
  private func authenticated(
    _ encrypted: Span<UInt8>, _ code: Span<UInt8>, _ header: RecordHeader, _ numbers: RecordNumbers
  ) -> UInt64? {
    for number in numbers {
      let associated = AssociatedData.numbered(number, header, length: encrypted.count)
      if mac.code(of: associated.span, encrypted).span.isEqual(to: code) { return number }
    }
    return nil
  }

  /// Without the padding: the last octet says how many others there are, all of the same value (RFC 5246 section 6.2.3.2).
  private static func lengthWithoutPadding(_ plaintext: [UInt8]) -> Int? {
    guard let last = plaintext.last, plaintext.count > Int(last) else { return nil }
    let length = plaintext.count - Int(last) - 1
    for index in length..<plaintext.count where plaintext[index] != last { return nil }
    return length
  }

  private static func roundedUp(_ length: Int) -> Int {
    (length + blockLength - 1) / blockLength * blockLength
  }
}
