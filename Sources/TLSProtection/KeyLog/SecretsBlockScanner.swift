private import Wire

/// Reads the key logs that a pcapng brings along: its Decryption Secrets Blocks (draft-ietf-opsawg-pcapng section 4.7). The
/// file's bytes are pushed through in whatever pieces they come; all that is no such block is passed over and not kept.
public struct SecretsBlockScanner: Sendable {
  /// The begin of a head whose end has not come.
  private var head: [UInt8] = []
  private var place = Place.firstHead
  private var isBigEndian = false
  private var reader: KeyLogReader
  private let limits: KeyLogLimits

  /// Blocks with a TLS key log that were read.
  public private(set) var keyLogs = 0
  /// Blocks with secrets of other protocols, which are passed over.
  public private(set) var otherSecrets = 0
  /// Whether the bytes are no pcapng, or a length was one that no block has: behind it nothing can be found.
  public var isLost: Bool {
    if case .lost = place { true } else { false }
  }

  private enum Place: Sendable {
    /// As the next, but of the first block, which is a section header.
    case firstHead
    /// Type and length, and of a section header its byte-order magic.
    case blockHead
    /// Type and length of the secrets.
    case secretsHead(left: Int)
    /// In a key log, behind which this much is left of the block.
    case keyLog(left: Int, behind: Int)
    /// In what is passed over.
    case skipping(Int)
    case lost
  }

  /// Stands before the first byte of a file; `limits` bound the lines of its key logs.
  public init(limits: KeyLogLimits = KeyLogLimits()) {
    self.limits = limits
    reader = KeyLogReader(limits: limits)
  }

  /// More of the file.
  public mutating func receive(_ bytes: Span<UInt8>, into log: KeyLog) {
    var offset = 0
    while offset < bytes.count {
      let left = bytes.count - offset
      switch place {
      case .lost: return
      case .skipping(let count):
        let taken = min(count, left)
        offset += taken
        place = taken == count ? .blockHead : .skipping(count - taken)
      case .keyLog(let count, let behind):
        let taken = min(count, left)
        reader.receive(bytes.extracting(offset..<(offset + taken)), into: log)
        offset += taken
        if taken < count {
          place = .keyLog(left: count - taken, behind: behind)
        } else {
          reader.finish(into: log)
          reader = KeyLogReader(limits: limits)
          place = .skipping(behind)
        }
      case .firstHead, .blockHead:
        fillHead(from: bytes, at: &offset)
        if head.count == headLength { blockBegins() }
      case .secretsHead(let count):
        fillHead(from: bytes, at: &offset)
        if head.count == 8 { secretsBegin(left: count - 8) }
      }
    }
  }

  private static let sectionHeader: [UInt8] = [0x0a, 0x0d, 0x0d, 0x0a]
  private static let secretsBlock: UInt32 = 0x0000_000a
  private static let tlsKeyLog: UInt32 = 0x544c_534b

  /// A section header says with which byte order its length is to be read.
  private var headLength: Int { head.starts(with: Self.sectionHeader) ? 12 : 8 }

  /// Takes one octet, since the fourth may say that four more are wanted; a block has one head.
  private mutating func fillHead(from bytes: Span<UInt8>, at offset: inout Int) {
    head.append(bytes[offset])
    offset += 1
  }

  private mutating func blockBegins() {
    defer { head.removeAll(keepingCapacity: true) }
    if head.count == 12 {
      switch head.span.bigEndianUInt32(at: 8) {
      case 0x1a2b_3c4d: isBigEndian = true
      case 0x4d3c_2b1a: isBigEndian = false
      default:
        place = .lost
        return
      }
    } else if case .firstHead = place {
      place = .lost
      return
    }
    let type = number(at: 0)
    let length = Int(number(at: 4))
    // A block is a multiple of four octets (section 3.1); its length stands at both ends.
    let left = (length &+ 3) / 4 * 4 - head.count
    guard length >= 12, left >= 4 else {
      place = .lost
      return
    }
    if head.count == 8, type == Self.secretsBlock, length >= 20 {
      place = .secretsHead(left: left)
    } else {
      place = .skipping(left)
    }
  }

  private mutating func secretsBegin(left: Int) {
    defer { head.removeAll(keepingCapacity: true) }
    let length = Int(number(at: 4))
    // What is left ends with the length of the block.
    guard number(at: 0) == Self.tlsKeyLog, length <= left - 4 else {
      otherSecrets += 1
      place = .skipping(left)
      return
    }
    keyLogs += 1
    place = length == 0 ? .skipping(left) : .keyLog(left: length, behind: left - length)
  }

  private func number(at offset: Int) -> UInt32 {
    isBigEndian ? head.span.bigEndianUInt32(at: offset) : head.span.littleEndianUInt32(at: offset)
  }
}
