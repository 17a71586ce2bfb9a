private import Wire

/// The records of one side that are not encrypted, but authenticated (RFC 5246 section 6.2.3.1).
struct NullRecords: Sendable {
  private let mac: KeyedHash
  private let macLength: Int

  init(mac kind: HashKind, keys: SideKeys) {
    mac = KeyedHash(kind, key: keys.mac.key)
    macLength = kind.length
  }

  /// The smallest record: one without content.
  var smallestRecord: Int { RecordLength.header + macLength }

  func find(
    _ header: RecordHeader, _ fragment: Span<UInt8>, in numbers: RecordNumbers, into plaintext: inout [UInt8]
  ) throws(RecordFailure) -> FoundRecord {
    plaintext.removeAll(keepingCapacity: true)
    let length = fragment.count - macLength
    guard length >= 0 else { throw .malformedLength }
    guard length <= RecordLength.content else { throw .tooLong }
    let content = fragment.extracting(first: length)
    let code = fragment.extracting(droppingFirst: length)
    for number in numbers {
      let associated = AssociatedData.numbered(number, header, length: length)
      guard mac.code(of: associated.span, content).span.isEqual(to: code) else { continue }
      plaintext.append(content)
      return FoundRecord(number: number, contentType: header.contentType)
    }
    throw .notAuthentic
  }
}
