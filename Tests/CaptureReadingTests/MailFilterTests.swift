import CaptureReading
import TestSupport
import Testing
import Wire

/// What live captures take unless they are told otherwise.
@Suite struct MailFilterTests {
  private static let segment = PacketBuilder.tcp(
    from: Endpoint(address: IPAddress(ipv4: 0x0a00_0001), port: 40000),
    to: Endpoint(address: IPAddress(ipv4: 0x0a00_0002), port: 2525), sequence: 1,
    payload: [UInt8](repeating: 65, count: 64))
  private static let segment6 = PacketBuilder.tcp(
    from: Endpoint(address: IPAddress(ipv6High: 0xfe80 << 48, low: 1), port: 587),
    to: Endpoint(address: IPAddress(ipv6High: 0xfe80 << 48, low: 2), port: 40000), sequence: 1, payload: [65])
  private static let other = PacketBuilder.tcp(
    from: Endpoint(address: IPAddress(ipv4: 0x0a00_0001), port: 40000),
    to: Endpoint(address: IPAddress(ipv4: 0x0a00_0002), port: 443), sequence: 1, payload: [65])

  private static let fragments = segment.withoutIPHeader.fragments(
    of: 48, from: IPAddress(ipv4: 0x0a00_0001), to: IPAddress(ipv4: 0x0a00_0002))

  private static func passes(_ packet: PacketBuilder, withVLANs: Bool = true) throws -> Bool {
    var file = PcapBuilder()
    file.add(packet.bytes, at: 1_795_166_042_000_000_000)
    let filter = LiveOptions.mailFilter(ports: [25, 587, 2525], withVLANs: withVLANs)
    return try Reading(file.bytes, filter: filter).frames.count == 1
  }

  @Test(arguments: [0, 1, 2])
  func `mail, fragments and errors pass, in as many VLANs`(_ depth: UInt16) throws {
    for packet in [Self.segment, Self.segment6] + Self.fragments {
      var frame = packet
      for tag in 0..<depth { frame = frame.vlan(10 + tag) }
      #expect(try Self.passes(frame.ethernet()))
    }
    var frame = Self.other
    for tag in 0..<depth { frame = frame.vlan(10 + tag) }
    #expect(try !Self.passes(frame.ethernet()))
  }
}
