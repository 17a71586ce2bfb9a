private import Wire

/// Finds the secrets in a pcapng file that stand behind packets which need them, before any packet is handed out.
///
/// Secrets are to stand before those packets (draft-ietf-opsawg-pcapng section 4.7), and that is where `editcap
/// --inject-secrets` puts them. What writes a capture while it is made knows them only behind the first packets of a
/// session, and appends them there or at the end of the file. Going through all blocks costs as much as reading
/// them, a tenth of a second for a gigabyte, so it is done only where the beginning or the end of the file shows such a
/// block.
enum SecretsAhead {
  /// Octets of the beginning that are looked through: a millisecond.
  private static let mostBeginning = 4 << 20
  /// Blocks behind the last packet that are looked at, from the end on: statistics, names and secrets.
  private static let mostBehindPackets = 64

  /// Tells the receiver all secrets of the file, as far as the limits allow; they come again with their blocks. Does nothing
  /// where the stream is none of a plain file.
  static func tell(_ receiver: any DecryptionSecrets.Receiver, of stream: ByteStream, limits: CaptureLimits) {
    guard let again = stream.again(from: 0), let size = stream.fileSize else { return }
    let source = PcapNGSource(reading: again, filter: nil, limits: limits, secretsReceiver: receiver)
    let isAtEnd = size > mostBeginning && endsWithSecrets(stream, size)
    while source.advance() == .packet {
      if source.fileBytes > mostBeginning, !isAtEnd, source.secrets.blocks.isEmpty { return }
    }
  }

  /// Whether secrets stand behind the last packet. A block's length stands at its end too (section 3.1), so that they are
  /// read backwards.
  private static func endsWithSecrets(_ stream: ByteStream, _ size: Int) -> Bool {
    guard let start = number(stream, at: 8), start == 0x1a2b_3c4d || start == 0x4d3c_2b1a else { return false }
    let isBigEndian = start == 0x1a2b_3c4d
    var end = size
    for _ in 0..<mostBehindPackets {
      guard let length = word(stream, at: end - 4, isBigEndian), length >= 12, length % 4 == 0, length <= end,
        let type = word(stream, at: end - length, isBigEndian)
      else { return false }
      switch BlockOfEnd(rawValue: type) {
      case .secrets?: return true
      case .names?, .statistics?, .interface?, .custom?, .customNotCopied?: end -= length
      case nil: return false
      }
    }
    return false
  }

  /// What may stand behind the last packet.
  private enum BlockOfEnd: Int {
    case interface = 1
    case names = 4
    case statistics = 5
    case secrets = 10
    case custom = 0xbad
    case customNotCopied = 0x4000_0bad
  }

  private static func word(_ stream: ByteStream, at offset: Int, _ isBigEndian: Bool) -> Int? {
    number(stream, at: offset).map { Int(isBigEndian ? $0 : $0.byteSwapped) }
  }

  /// Four octets in network order.
  private static func number(_ stream: ByteStream, at offset: Int) -> UInt32? {
    guard offset >= 0, let bytes = stream.again(from: offset)?.peek(4), bytes.count == 4 else { return nil }
    return bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }
}
