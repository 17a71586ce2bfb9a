import CaptureReading
import Testing
import TestSupport
import Wire

@Test(arguments: CaptureByteOrder.allCases, CaptureByteOrder.allCases)
func `interfaces keep their link types and clocks, sections their byte orders`(
  first: CaptureByteOrder, second: CaptureByteOrder
) throws {
  var file = PcapNGBuilder(order: first)
  file.interface(.ethernet)
  file.interface(LinkType(number: 101), resolution: 9, offset: 1000)
  file.packet([1, 2, 3], ticks: 5_000_000_000_001)
  file.block(5, [UInt8](repeating: 0, count: 12))
  file.packet([4], interface: 1, ticks: 17, originalLength: 60)
  file.beginSection(order: second)
  file.interface(.null, resolution: 0x80 | 10)
  file.obsoletePacket([5, 6], ticks: 1024 + 512)
  let reading = try Reading(file.bytes)
  #expect(
    reading.frames == [
      Frame(number: 1, time: 5_000_000_000_001_000, bytes: [1, 2, 3]),
      Frame(
        number: 2, time: 1_000_000_000_017, bytes: [4], linkType: LinkType(number: 101), originalLength: 60),
      Frame(number: 3, time: 1_500_000_000, bytes: [5, 6], linkType: .null),
    ])
  let info = reading.captures[0]
  #expect(info.linkTypes == [.ethernet, LinkType(number: 101), .null])
  #expect(info.timestampDecimals == 9 && info.packets == 3 && info.capturedBytes == 6)
  #expect(info.fileBytes == file.bytes.count && info.error == nil)
}

@Test(
  arguments: [
    (nil, nil, 1_500_000, 1_500_000_000, 6), (0, nil, 7, 7_000_000_000, 0), (3, nil, 7, 7_000_000, 3),
    (9, -1, 1_000_000_001, 1, 9), (12, nil, 1_999, 1, 9), (127, nil, .max, 0, 9),
    (0x80 | 1, nil, 3, 1_500_000_000, 1), (0x80 | 20, nil, 1 << 19, 500_000_000, 7),
    (0x80 | 64, nil, 1 << 63, 500_000_000, 9), (0x80 | 127, nil, .max, 0, 9),
    (9, nil, .max, .max, 9), (nil, .max, .max, .max, 6), (nil, .min, 0, .min, 6),
  ] as [(UInt8?, Int64?, UInt64, Int64, Int)])
func `every resolution and offset gives nanoseconds`(
  resolution: UInt8?, offset: Int64?, ticks: UInt64, time: Int64, decimals: Int
) throws {
  var file = PcapNGBuilder()
  file.interface(resolution: resolution, offset: offset)
  file.packet([0], ticks: ticks)
  let reading = try Reading(file.bytes)
  #expect(reading.frames.map(\.time) == [time])
  #expect(reading.captures[0].timestampDecimals == decimals)
}

@Test func `a simple packet is cut by the snap length and has the time of the one before`() throws {
  var file = PcapNGBuilder()
  file.interface(snapLength: 3)
  file.packet([9], ticks: 5)
  file.simplePacket([1, 2, 3], originalLength: 60)
  file.simplePacket([4, 5])
  #expect(
    try Reading(file.bytes).frames == [
      Frame(number: 1, time: 5000, bytes: [9]), Frame(number: 2, time: 5000, bytes: [1, 2, 3], originalLength: 60),
      Frame(number: 3, time: 5000, bytes: [4, 5]),
    ])
}

@Test func `a filter follows each interface's link type and leaves the numbers`() throws {
  let packet = segment(to: 25)
  let onEthernet = [UInt8](repeating: 2, count: 12) + [8, 0] + packet
  var file = PcapNGBuilder()
  file.interface(.ethernet)
  file.interface(LinkType(number: 101))
  file.packet(segment(to: 80), interface: 1, ticks: 1)
  file.packet(packet, interface: 1, ticks: 2)
  file.packet(packet, interface: 0, ticks: 3)
  file.packet(onEthernet, interface: 0, ticks: 4)
  let reading = try Reading(file.bytes, filter: "tcp port 25")
  #expect(reading.numbers == [2, 4])
  #expect(reading.captures[0].packets == 4)
}

@Test(
  arguments: [(9, true), (0xbad, true), (0x4000_0bad, true), (4, false), (5, false), (0x8000_0001, false)]
    as [(UInt32, Bool)])
func `blocks that Wireshark numbers are numbered and are no packets`(type: UInt32, isNumbered: Bool) throws {
  var file = PcapNGBuilder()
  file.interface()
  file.block(type, [UInt8](repeating: 0, count: 12))
  file.packet([1], ticks: 1)
  let reading = try Reading(file.bytes)
  #expect(reading.numbers == [isNumbered ? 2 : 1])
  #expect(reading.captures[0].packets == 1)
}

@Test func `secrets are kept up to the limit and counted beyond`() throws {
  var file = PcapNGBuilder(order: .big)
  file.secrets([1, 2, 3, 4, 5])
  file.secrets([6, 7, 8], type: 5)
  file.secrets([9])
  var limits = CaptureLimits()
  limits.mostSecretBytes = 8
  let secrets = try Reading(file.bytes, limits: limits).captures[0].secrets
  #expect(
    secrets.blocks == [
      DecryptionSecrets.Block(type: 0x544c_534b, bytes: [1, 2, 3, 4, 5]),
      DecryptionSecrets.Block(type: 5, bytes: [6, 7, 8]),
    ])
  #expect(secrets.dropped == 1)
  limits.mostSecretBytes = 9
  limits.mostSecretBlocks = 3
  #expect(try Reading(file.bytes, limits: limits).captures[0].secrets.dropped == 0)
  limits.mostSecretBlocks = 2
  #expect(try Reading(file.bytes, limits: limits).captures[0].secrets.dropped == 1)
}

/// A block that contradicts itself, and what is said of it.
struct LyingBlock: Sendable {
  var name: String
  var type: UInt32
  var body: [UInt8]
  var length: Int?
  var trailingLength: Int?
  var reason: CaptureError.Reason

  init(
    _ name: String, _ type: UInt32, _ body: [UInt8], length: Int? = nil, trailingLength: Int? = nil,
    _ reason: CaptureError.Reason
  ) {
    self.name = name
    self.type = type
    self.body = body
    self.length = length
    self.trailingLength = trailingLength
    self.reason = reason
  }

  static let all: [LyingBlock] = [
    LyingBlock(
      "interface", 6, packet(interface: 1, captured: 0), .unknownInterface(packet: 1, interface: 1, known: 1)),
    LyingBlock("captured length", 6, packet(captured: 4), .impossibleLength(packet: 1, announced: 4)),
    LyingBlock("captured length of 4 GB", 6, packet(captured: 255), .impossibleLength(packet: 1, announced: 255)),
    LyingBlock("simple length", 3, [9, 0, 0, 0, 1, 2, 3, 4], .impossibleLength(packet: 1, announced: 9)),
    LyingBlock(
      "trailing length", 6, packet(captured: 0), trailingLength: 36, .impossibleLength(packet: 1, announced: 32)),
    LyingBlock("too short", 5, [], length: 8, .impossibleBlockLength(announced: 8)),
    LyingBlock("not in fours", 5, [0, 0, 0, 0], length: 14, .impossibleBlockLength(announced: 14)),
    LyingBlock("over the limit", 5, [], length: 0xffff_fffc, .impossibleBlockLength(announced: 0xffff_fffc)),
    LyingBlock("packet without header", 6, [0, 0, 0, 0], .impossibleLength(packet: 1, announced: 16)),
    LyingBlock("obsolete packet without header", 2, [0, 0, 0, 0], .impossibleLength(packet: 1, announced: 16)),
    LyingBlock("simple packet without header", 3, [], .impossibleLength(packet: 1, announced: 12)),
    LyingBlock("interface without header", 1, [0, 0, 0, 0], .impossibleBlockLength(announced: 16)),
    LyingBlock("secrets without header", 10, [0, 0, 0, 0], .impossibleBlockLength(announced: 16)),
    LyingBlock("secrets beyond block", 10, [0, 0, 0, 0, 9, 0, 0, 0], .impossibleBlockLength(announced: 20)),
    LyingBlock("byte order", 0x0a0d_0d0a, [UInt8](repeating: 1, count: 16), .unknownSection),
    LyingBlock(
      "section version", 0x0a0d_0d0a, [0x4d, 0x3c, 0x2b, 0x1a, 2] + [UInt8](repeating: 0, count: 11), .unknownSection),
    LyingBlock(
      "section without header", 0x0a0d_0d0a, [0x4d, 0x3c, 0x2b, 0x1a], .impossibleBlockLength(announced: 16)),
  ]

  private static func packet(interface: UInt8 = 0, captured: UInt8) -> [UInt8] {
    [interface, 0, 0, 0] + [UInt8](repeating: 0, count: 8) + [captured, 0, 0, 0, captured, 0, 0, 0]
  }
}

@Test(arguments: LyingBlock.all)
func `a block that lies ends the file and is named`(_ lie: LyingBlock) throws {
  var file = PcapNGBuilder()
  file.interface()
  let offset = file.bytes.count
  file.block(lie.type, lie.body, length: lie.length, trailingLength: lie.trailingLength)
  file.packet([1], ticks: 1)
  let reading = try Reading(file.bytes)
  #expect(reading.frames.isEmpty)
  #expect(reading.captures[0].error?.reason == lie.reason)
  #expect(reading.captures[0].error?.offset == offset)
}

@Test(arguments: 1..<36)
func `a file cut in a packet gives what came before`(left: Int) throws {
  var file = PcapNGBuilder()
  file.interface()
  file.packet([1], ticks: 1)
  let whole = file.bytes.count
  file.packet([1, 2, 3, 4], ticks: 2)
  let reading = try Reading(Array(file.bytes[..<(whole + left)]))
  #expect(reading.numbers == [1])
  let reason: CaptureError.Reason =
    left < 12 ? .blockCutShort(announced: 12, left: left) : .cutShort(packet: 2, announced: 36, left: left)
  #expect(reading.captures[0].error == CaptureError(file: reading.captures[0].file, offset: whole, reason: reason))
  #expect(reading.captures[0].isTruncated)
}

@Test func `limits hold on either side`() throws {
  var limits = CaptureLimits()
  limits.mostInterfaces = 2
  limits.longestBlock = 64
  limits.bufferSize = 1
  var file = PcapNGBuilder()
  file.interface()
  file.interface()
  file.packet([UInt8](repeating: 7, count: 32), interface: 1, ticks: 1)
  #expect(try Reading(file.bytes, limits: limits).errors == [nil])
  var wide = file
  wide.packet([UInt8](repeating: 7, count: 33), interface: 1, ticks: 1)
  #expect(try Reading(wide.bytes, limits: limits).errors == [.impossibleLength(packet: 2, announced: 68)])
  file.interface()
  #expect(try Reading(file.bytes, limits: limits).errors == [.tooManyInterfaces(limit: 2)])
}

@Test(arguments: UInt64(0)..<200)
func `damaged bytes never stop the reader from ending`(seed: UInt64) throws {
  var random = SplitMix64(seed: seed)
  var ng = PcapNGBuilder(order: seed % 2 == 0 ? .little : .big)
  ng.interface(resolution: 9, offset: 3)
  for index in 0..<8 { ng.packet([UInt8](repeating: 1, count: index * 3), ticks: UInt64(index)) }
  ng.secrets([1, 2, 3])
  ng.simplePacket([1, 2, 3])
  var bytes = seed % 3 == 0 ? capture(packets: 8) : ng.bytes
  for _ in 0..<Int.random(in: 1...6, using: &random) {
    bytes[Int.random(in: 4..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
  }
  bytes.removeLast(Int.random(in: 0...8, using: &random))
  let reading = try Reading(bytes, filter: seed % 5 == 0 ? "tcp" : nil)
  let info = reading.captures[0]
  #expect(info.packets <= 9 && info.fileBytes <= bytes.count)
  #expect(info.error != nil || info.fileBytes == bytes.count)
}
