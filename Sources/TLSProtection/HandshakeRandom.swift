private import Wire

/// The 32 random octets of a ClientHello or a ServerHello (RFC 8446 section 4.1.2). Key logs name a connection by its
/// client's.
public struct HandshakeRandom: Hashable, Sendable {
  private let first: UInt64
  private let second: UInt64
  private let third: UInt64
  private let fourth: UInt64

  /// How many octets it has.
  public static let count = 32

  /// nil when the bytes are not 32.
  public init?(_ bytes: Span<UInt8>) {
    guard bytes.count == Self.count else { return nil }
    first = bytes.bigEndianUInt64(at: 0)
    second = bytes.bigEndianUInt64(at: 8)
    third = bytes.bigEndianUInt64(at: 16)
    fourth = bytes.bigEndianUInt64(at: 24)
  }

  /// The octets in the order of the wire.
  public var octets: [UInt8] {
    var octets: [UInt8] = []
    octets.reserveCapacity(Self.count)
    for word in [first, second, third, fourth] { octets.append(bigEndian: word) }
    return octets
  }
}

extension Array where Element == UInt8 {
  /// Appends an integer in network order.
  mutating func append<Number: FixedWidthInteger>(bigEndian number: Number) {
    var shift = Number.bitWidth
    while shift > 0 {
      shift -= 8
      append(UInt8(truncatingIfNeeded: number >> Number(shift)))
    }
  }
}
