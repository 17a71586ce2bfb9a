import Wire

/// A pcapng file (draft-ietf-opsawg-pcapng), read by ourselves: libpcap refuses interfaces of differing link types and
/// shows neither which interface a packet came from nor the secrets that a capture brings along.
///
/// Blocks are read into one buffer and looked at in place. Blocks of no concern are stepped over; comments, name
/// resolution and drop counts would be taken up in ``read(_:as:)`` when somebody asks for them.
@safe final class PcapNGSource: PacketSource {
  private var window: StreamWindow
  private let limits: CaptureLimits
  private let filter: PacketFilter?

  private var isBigEndian = false
  /// The interfaces of the section that is being read.
  private var interfaces: [PcapNGInterface] = []
  /// The block that is being looked at, let go of when the next one is asked for.
  private var blockLength = 0
  private var linkTypesMet: [LinkType] = []
  private var mostDecimals: Int?
  private var secretsMet = DecryptionSecrets()
  private var secretBytes = 0

  /// Whether a file that begins with these bytes is a pcapng capture: the type of its first block reads the same in
  /// both byte orders, and the byte-order magic follows its length.
  static func begins(_ bytes: Span<UInt8>) -> Bool {
    bytes.count >= 4 && bytes.bigEndianUInt32(at: 0) == BlockType.section.rawValue
  }

  /// Who wants the secrets at once.
  private let secretsReceiver: (any DecryptionSecrets.Receiver)?

  init(
    reading stream: ByteStream, filter: PacketFilter?, limits: CaptureLimits,
    secretsReceiver: (any DecryptionSecrets.Receiver)? = nil
  ) {
    self.secretsReceiver = secretsReceiver
    window = StreamWindow(reading: stream, capacity: limits.bufferSize)
    self.limits = limits
    self.filter = filter
  }

  override var linkTypes: [LinkType] { linkTypesMet }
  override var timestampDecimals: Int { mostDecimals ?? 6 }
  override var block: SharedBytes? { window.block }
  override var fileBytes: Int { window.offset &+ blockLength }
  override var secrets: DecryptionSecrets { secretsMet }

  override func advance() -> Step {
    while true {
      window.drop(blockLength)
      blockLength = 0
      guard window.hold(Self.shortestBlock) else { return ended(announced: Self.shortestBlock) }
      let header = unsafe Span(_unsafeStart: window.start, count: Self.shortestBlock)
      let type = BlockType(rawValue: word(header, at: 0))
      if type == .section, !takeByteOrder(header.bigEndianUInt32(at: 8)) { return fail(.unknownSection) }
      let length = Int(word(header, at: 4))
      guard length >= Self.shortestBlock, length % 4 == 0, length <= limits.longestBlock else {
        return fail(lyingLength(of: type, announced: length))
      }
      guard window.hold(length) else { return ended(announced: length, isPacket: type?.isPacket ?? false) }
      let block = unsafe Span(_unsafeStart: window.start, count: length)
      guard word(block, at: length - 4) == UInt32(truncatingIfNeeded: length) else {
        return fail(lyingLength(of: type, announced: length))
      }
      blockLength = length
      guard let type else { continue }
      switch read(block, as: type) {
      case .packet: return .packet
      case .nothing: continue
      case .failed(let reason): return fail(reason)
      }
    }
  }

  private enum Outcome {
    case packet
    case nothing
    case failed(CaptureError.Reason)
  }

  private func read(_ block: Span<UInt8>, as type: BlockType) -> Outcome {
    switch type {
    case .section: return beginSection(block)
    case .interface: return describeInterface(block)
    case .enhancedPacket, .obsoletePacket: return takePacket(block, as: type)
    case .simplePacket: return takeSimplePacket(block)
    case .secrets: return keepSecrets(block)
    case .journalEntry, .custom, .customNotCopied, .systemCall, .systemCallWithFlags:
      number &+= 1
      return .nothing
    }
  }

  // MARK: Packets

  /// Section 4.3, and the obsolete block of appendix A, which differs in how it names the interface:
  ///
  ///     type, length, interface ID (16 bits + drop count when obsolete), time high, time low, captured, original, data
  private func takePacket(_ block: Span<UInt8>, as type: BlockType) -> Outcome {
    guard block.count >= 32 else { return .failed(lyingLength(of: type, announced: block.count)) }
    let interface = type == .enhancedPacket ? Int(word(block, at: 8)) : Int(halfWord(block, at: 8))
    let captured = Int(word(block, at: 20))
    guard captured <= block.count - 32 else {
      return .failed(.impossibleLength(packet: number + 1, announced: captured))
    }
    guard interface < interfaces.count else {
      return .failed(.unknownInterface(packet: number + 1, interface: interface, known: interfaces.count))
    }
    let count = UInt64(word(block, at: 12)) << 32 | UInt64(word(block, at: 16))
    return deliver(
      from: interface, at: 28, count: captured, originalLength: Int(word(block, at: 24)),
      time: interfaces[interface].clock.time(of: count))
  }

  /// Section 4.4: no interface but the first, no time (it is taken to be that of the packet before), and a captured
  /// length that follows from the snap length.
  private func takeSimplePacket(_ block: Span<UInt8>) -> Outcome {
    guard block.count >= 16 else { return .failed(lyingLength(of: .simplePacket, announced: block.count)) }
    guard !interfaces.isEmpty else { return .failed(.unknownInterface(packet: number + 1, interface: 0, known: 0)) }
    let original = Int(word(block, at: 8))
    let snapLength = interfaces[0].snapLength
    let captured = snapLength > 0 ? min(original, snapLength) : original
    guard captured <= block.count - 16 else {
      return .failed(.impossibleLength(packet: number + 1, announced: captured))
    }
    return deliver(from: 0, at: 12, count: captured, originalLength: original, time: head.time)
  }

  private func deliver(
    from interface: Int, at offset: Int, count: Int, originalLength: Int, time: CaptureTime
  ) -> Outcome {
    packets &+= 1
    number &+= 1
    capturedBytes &+= count
    // The callers have checked that `offset + count` lies inside the block, which the window holds.
    let bytes = unsafe window.start + offset
    if let filter = interfaces[interface].filter,
      unsafe !filter.passes(bytes, count: count, originalLength: originalLength)
    {
      return .nothing
    }
    unsafe head.bytes = bytes
    head.count = count
    head.place = window.place &+ offset
    blockNumber = window.fillings
    head.time = time
    head.linkType = interfaces[interface].linkType
    head.originalLength = originalLength
    return .packet
  }

  // MARK: Other blocks

  private func takeByteOrder(_ magic: UInt32) -> Bool {
    switch magic {
    case 0x1a2b_3c4d: isBigEndian = true
    case 0x4d3c_2b1a: isBigEndian = false
    default: return false
    }
    return true
  }

  /// Section 4.1: interfaces are numbered anew in each section.
  private func beginSection(_ block: Span<UInt8>) -> Outcome {
    guard block.count >= 28 else { return .failed(lyingLength(of: .section, announced: block.count)) }
    guard halfWord(block, at: 12) == 1 else { return .failed(.unknownSection) }
    interfaces.removeAll(keepingCapacity: true)
    return .nothing
  }

  private func describeInterface(_ block: Span<UInt8>) -> Outcome {
    guard block.count >= 20 else { return .failed(lyingLength(of: .interface, announced: block.count)) }
    guard interfaces.count < limits.mostInterfaces else {
      return .failed(.tooManyInterfaces(limit: limits.mostInterfaces))
    }
    let linkType = LinkType(number: UInt32(halfWord(block, at: 8)))
    var interface = PcapNGInterface(linkType: linkType, snapLength: Int(word(block, at: 12)))
    var offset = 16
    let end = block.count - 4
    while end - offset >= 4 {
      let code = halfWord(block, at: offset)
      let length = Int(halfWord(block, at: offset + 2))
      let value = offset + 4
      guard code != 0, length <= end - value else { break }
      switch code {
      case 9 where length == 1:  // if_tsresol
        interface.clock.setResolution(block[value])
      case 14 where length == 8:  // if_tsoffset
        let first = UInt64(word(block, at: value))
        let second = UInt64(word(block, at: value + 4))
        interface.clock.offset = Int64(bitPattern: isBigEndian ? first << 32 | second : second << 32 | first)
      default: break
      }
      offset = value + (length + 3) & ~3
    }
    interface.filter = filter?.program(for: linkType)
    interfaces.append(interface)
    mostDecimals = max(mostDecimals ?? 0, interface.clock.decimals)
    if !linkTypesMet.contains(linkType), linkTypesMet.count < Self.mostLinkTypes { linkTypesMet.append(linkType) }
    return .nothing
  }

  private func keepSecrets(_ block: Span<UInt8>) -> Outcome {
    guard block.count >= 20 else { return .failed(lyingLength(of: .secrets, announced: block.count)) }
    let length = Int(word(block, at: 12))
    guard length <= block.count - 20 else { return .failed(.impossibleBlockLength(announced: block.count)) }
    guard length <= limits.mostSecretBytes - secretBytes, secretsMet.blocks.count < limits.mostSecretBlocks else {
      secretsMet.dropped += 1
      return .nothing
    }
    secretBytes += length
    let found = DecryptionSecrets.Block(type: word(block, at: 8), bytes: Array(block.extracting(16..<16 + length)))
    secretsMet.blocks.append(found)
    secretsReceiver?.receive(found)
    return .nothing
  }

  // MARK: Numbers and failures

  private func word(_ bytes: Span<UInt8>, at offset: Int) -> UInt32 {
    isBigEndian ? bytes.bigEndianUInt32(at: offset) : bytes.littleEndianUInt32(at: offset)
  }

  private func halfWord(_ bytes: Span<UInt8>, at offset: Int) -> UInt16 {
    isBigEndian ? bytes.bigEndianUInt16(at: offset) : bytes.littleEndianUInt16(at: offset)
  }

  private func lyingLength(of type: BlockType?, announced: Int) -> CaptureError.Reason {
    if let type, type.isPacket { return .impossibleLength(packet: number + 1, announced: announced) }
    return .impossibleBlockLength(announced: announced)
  }

  private func fail(_ reason: CaptureError.Reason) -> Step {
    failure = SourceFailure(offset: window.offset, reason: reason)
    return .end
  }

  /// The stream has no more: the end between two blocks, or inside one of `announced` bytes.
  private func ended(announced: Int, isPacket: Bool = false) -> Step {
    let left = window.available
    if let failure = window.stream.failure { return fail(failure.reason(atPacket: number + 1)) }
    guard left > 0 else { return .end }
    return fail(
      isPacket
        ? .cutShort(packet: number + 1, announced: announced, left: left)
        : .blockCutShort(announced: announced, left: left))
  }

  /// Type, length, and the length again.
  private static let shortestBlock = 12
  /// Link types are told in the summary; beyond these few the file is a joke.
  private static let mostLinkTypes = 64

  /// The blocks that are read; all others are stepped over.
  private enum BlockType: UInt32 {
    case section = 0x0a0d_0d0a
    case interface = 1
    case obsoletePacket = 2
    case simplePacket = 3
    case enhancedPacket = 6
    case secrets = 10
    // No packets, and yet each has a number of its own in Wireshark.
    case journalEntry = 9
    case custom = 0xbad
    case customNotCopied = 0x4000_0bad
    case systemCall = 0x204
    case systemCallWithFlags = 0x208

    var isPacket: Bool {
      self == .enhancedPacket || self == .simplePacket || self == .obsoletePacket
    }
  }
}
