/// What stands before a record's fragment (RFC 8446 section 5.1, RFC 5246 section 6.2.1); the length is the fragment's.
public struct RecordHeader: Equatable, Sendable {
  /// What the record holds by its own word: 20 ChangeCipherSpec, 21 alert, 22 handshake, 23 application data.
  public var contentType: UInt8
  /// The version as it stands on the wire; 0x0303 in protected records of TLS 1.3.
  public var version: UInt16

  /// Made of the two numbers as they stand on the wire.
  public init(contentType: UInt8, version: UInt16) {
    self.contentType = contentType
    self.version = version
  }

  /// What is on the outside of every protected record of TLS 1.3.
  static let applicationData: UInt8 = 23
}

/// Lengths that the RFCs allow. A record that is longer is refused before anything is computed.
enum RecordLength {
  static let header = 5
  /// What a record may carry (RFC 8446 section 5.1).
  static let content = 1 << 14
  /// What protection may add in TLS 1.3 (RFC 8446 section 5.2).
  static let tls13Expansion = 256
  /// What protection may add in TLS 1.2 and below (RFC 5246 section 6.2.3).
  static let expansion = 2048
}

/// Why a record was not opened.
public enum RecordFailure: Error, Equatable, Sendable {
  /// It is not what the sender sealed with these keys as its next record. The one answer to a wrong tag, MAC or padding.
  case notAuthentic
  /// Too short for what protects it, or no whole number of blocks.
  case malformedLength
  /// Longer than any record may be.
  case tooLong
  /// TLS 1.3: the outer content type is not that of a protected record.
  case notProtected
  /// TLS 1.3: it is authentic, but holds nothing but padding (RFC 8446 section 5.4).
  case noContentType
  /// Authentic, but with more content than a record may have.
  case contentTooLong
  /// TLS 1.0 with encrypt-then-MAC: it is authentic and counted, but its first block cannot be read, since the record before
  /// it is not known. The next one can be opened.
  case firstBlockLost
  /// So much was searched on this connection that no more is.
  case searchedEnough
}

/// The nonce of an AEAD: four octets that stand for the connection, eight that are the record's.
struct RecordNonce {
  let octets: InlineArray<12, UInt8>

  init(high: UInt32, low: UInt64) {
    octets = InlineArray { index in
      index < 4
        ? UInt8(truncatingIfNeeded: high >> UInt32(24 &- 8 &* index))
        : UInt8(truncatingIfNeeded: low >> UInt64(88 &- 8 &* index))
    }
  }
}

/// What is authenticated beside a record's content.
enum AssociatedData {
  /// seq_num + type + version + length: what an AEAD or a MAC of TLS 1.2 and below covers (RFC 5246 section 6.2.3.3).
  static func numbered(_ number: UInt64, _ header: RecordHeader, length: Int) -> InlineArray<13, UInt8> {
    InlineArray { index in
      index < 8
        ? UInt8(truncatingIfNeeded: number >> UInt64(56 &- 8 &* index)) : octet(index &- 8, of: header, length)
    }
  }

  /// The header of a record of TLS 1.3 (RFC 8446 section 5.2).
  static func header(_ header: RecordHeader, length: Int) -> InlineArray<5, UInt8> {
    InlineArray { index in octet(index, of: header, length) }
  }

  private static func octet(_ index: Int, of header: RecordHeader, _ length: Int) -> UInt8 {
    switch index {
    case 0: header.contentType
    case 1: UInt8(truncatingIfNeeded: header.version >> 8)
    case 2: UInt8(truncatingIfNeeded: header.version)
    case 3: UInt8(truncatingIfNeeded: length >> 8)
    default: UInt8(truncatingIfNeeded: length)
    }
  }
}
