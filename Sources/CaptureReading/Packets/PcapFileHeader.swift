import Wire

/// The header of a classic capture file, as far as it is needed beside libpcap (draft-ietf-opsawg-pcap section 4).
struct PcapFileHeader {
  var linkType: LinkType
  var countsNanoseconds: Bool
  var isBigEndian: Bool
  /// Whether libpcap does nothing with a record of such a file but to hand it over: it is of the version that everybody
  /// writes, and its link type's header has no fields that libpcap turns to the machine's byte order.
  var isOrdinary: Bool
  /// How long the header of each record is.
  var recordHeaderLength: Int

  static let length = 24
  static let snapLengthOffset = 16

  /// The kinds of files told by their first four bytes, as they are in a big-endian file.
  private static let microseconds: UInt32 = 0xa1b2_c3d4
  private static let nanoseconds: UInt32 = 0xa1b2_3c4d
  /// Written by patched versions of old Linux tools: record headers with 8 more bytes.
  private static let modified: UInt32 = 0xa1b2_cd34

  /// Whether a file that begins with these bytes is a classic capture.
  static func begins(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= 4 else { return false }
    return isMagic(bytes.bigEndianUInt32(at: 0)) || isMagic(bytes.littleEndianUInt32(at: 0))
  }

  /// BSD loopback, Ethernet, raw IP under its three numbers, OpenBSD loopback, raw IPv4 and IPv6.
  private static let ordinaryLinks: [UInt32] = [0, 1, 12, 14, 101, 108, 228, 229]

  private static func isMagic(_ number: UInt32) -> Bool {
    number == microseconds || number == nanoseconds || number == modified
  }

  /// Nil when the bytes are not a whole header.
  init?(_ bytes: Span<UInt8>) {
    guard bytes.count >= Self.length, Self.begins(bytes) else { return nil }
    isBigEndian = Self.isMagic(bytes.bigEndianUInt32(at: 0))
    let magic = isBigEndian ? bytes.bigEndianUInt32(at: 0) : bytes.littleEndianUInt32(at: 0)
    let network = isBigEndian ? bytes.bigEndianUInt32(at: 20) : bytes.littleEndianUInt32(at: 20)
    linkType = LinkType(number: network & 0x03ff_ffff)  // above it: the length of the frame check sequence
    countsNanoseconds = magic == Self.nanoseconds
    recordHeaderLength = magic == Self.modified ? 24 : 16
    let major = isBigEndian ? bytes.bigEndianUInt16(at: 4) : bytes.littleEndianUInt16(at: 4)
    let minor = isBigEndian ? bytes.bigEndianUInt16(at: 6) : bytes.littleEndianUInt16(at: 6)
    isOrdinary =
      major == 2 && minor == 4 && magic != Self.modified && Self.ordinaryLinks.contains(linkType.number)
  }
}
