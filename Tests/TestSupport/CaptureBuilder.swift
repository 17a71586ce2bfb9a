package import Wire

/// Numbers in the byte order of a capture file.
package enum CaptureByteOrder: Sendable, CaseIterable {
  case little
  case big

  /// The `width` low bytes of a number.
  package func bytes(_ number: UInt64, _ width: Int) -> [UInt8] {
    let little = (0..<width).map { UInt8(truncatingIfNeeded: number >> UInt64($0 * 8)) }
    return self == .little ? little : little.reversed()
  }
}

/// Writes a classic capture file, packet by packet.
package struct PcapBuilder {
  /// The file as far as it is written.
  package private(set) var bytes: [UInt8]
  private let order: CaptureByteOrder
  private let countsNanoseconds: Bool

  /// Begins a file whose times count microseconds or nanoseconds.
  package init(
    order: CaptureByteOrder = .little, nanoseconds: Bool = false, linkType: LinkType = .ethernet,
    snapLength: UInt32 = 262_144
  ) {
    self.order = order
    countsNanoseconds = nanoseconds
    bytes = order.bytes(nanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4, 4) + order.bytes(2, 2) + order.bytes(4, 2)
    bytes += order.bytes(0, 8) + order.bytes(UInt64(snapLength), 4) + order.bytes(UInt64(linkType.number), 4)
  }

  /// Adds a packet captured at a time in nanoseconds; `originalLength` and `announced` are its own length unless given.
  package mutating func add(_ packet: [UInt8], at time: Int64, originalLength: Int? = nil, announced: Int? = nil) {
    let fraction = time % 1_000_000_000
    bytes += order.bytes(UInt64(time / 1_000_000_000), 4)
    bytes += order.bytes(UInt64(countsNanoseconds ? fraction : fraction / 1000), 4)
    bytes += order.bytes(UInt64(announced ?? packet.count), 4)
    bytes += order.bytes(UInt64(originalLength ?? packet.count), 4)
    bytes += packet
  }
}

/// Writes a pcapng file, block by block; it begins with a section, and interfaces are to be described before packets.
package struct PcapNGBuilder {
  /// The file as far as it is written.
  package private(set) var bytes: [UInt8] = []
  private var order: CaptureByteOrder

  /// Begins a file with a section in a byte order.
  package init(order: CaptureByteOrder = .little) {
    self.order = order
    beginSection(order: order)
  }

  /// Begins another section, in which interfaces are numbered anew.
  package mutating func beginSection(order: CaptureByteOrder) {
    self.order = order
    block(0x0a0d_0d0a, order.bytes(0x1a2b_3c4d, 4) + order.bytes(1, 2) + order.bytes(0, 2) + order.bytes(.max, 8))
  }

  /// Describes an interface; `resolution` is the value of if_tsresol, `offset` that of if_tsoffset in seconds.
  package mutating func interface(
    _ linkType: LinkType = .ethernet, snapLength: UInt32 = 0, resolution: UInt8? = nil, offset: Int64? = nil
  ) {
    var body = order.bytes(UInt64(linkType.number), 2) + order.bytes(0, 2) + order.bytes(UInt64(snapLength), 4)
    if let resolution { body += order.bytes(9, 2) + order.bytes(1, 2) + [resolution, 0, 0, 0] }
    if let offset {
      body += order.bytes(14, 2) + order.bytes(8, 2) + order.bytes(UInt64(bitPattern: offset), 8)
    }
    if resolution != nil || offset != nil { body += order.bytes(0, 4) }
    block(1, body)
  }

  /// Adds an Enhanced Packet Block; `ticks` are in the interface's own units.
  package mutating func packet(
    _ packet: [UInt8], interface: UInt32 = 0, ticks: UInt64, originalLength: Int? = nil, announced: Int? = nil
  ) {
    block(6, order.bytes(UInt64(interface), 4) + tail(of: packet, ticks, originalLength, announced))
  }

  /// Adds an obsolete Packet Block.
  package mutating func obsoletePacket(_ packet: [UInt8], interface: UInt16 = 0, ticks: UInt64) {
    block(2, order.bytes(UInt64(interface), 2) + order.bytes(7, 2) + tail(of: packet, ticks, nil, nil))
  }

  /// Adds a Simple Packet Block.
  package mutating func simplePacket(_ packet: [UInt8], originalLength: Int? = nil) {
    block(3, order.bytes(UInt64(originalLength ?? packet.count), 4) + packet)
  }

  /// Adds a Decryption Secrets Block.
  package mutating func secrets(_ secrets: [UInt8], type: UInt32 = 0x544c_534b) {
    block(10, order.bytes(UInt64(type), 4) + order.bytes(UInt64(secrets.count), 4) + secrets)
  }

  /// Adds any block; the two lengths are right unless others are given.
  package mutating func block(_ type: UInt32, _ body: [UInt8], length: Int? = nil, trailingLength: Int? = nil) {
    let padding = [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
    let right = body.count + padding.count + 12
    bytes += order.bytes(UInt64(type), 4) + order.bytes(UInt64(length ?? right), 4) + body + padding
    bytes += order.bytes(UInt64(trailingLength ?? right), 4)
  }

  private func tail(of packet: [UInt8], _ ticks: UInt64, _ originalLength: Int?, _ announced: Int?) -> [UInt8] {
    order.bytes(ticks >> 32, 4) + order.bytes(ticks, 4) + order.bytes(UInt64(announced ?? packet.count), 4)
      + order.bytes(UInt64(originalLength ?? packet.count), 4) + packet
  }
}
