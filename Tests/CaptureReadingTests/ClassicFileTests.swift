import CaptureReading
import Testing
import TestSupport
import Wire

@Test(arguments: CaptureByteOrder.allCases, [false, true])
func `a classic file gives its packets in either byte order and resolution`(
  order: CaptureByteOrder, nanoseconds: Bool
) throws {
  var file = PcapBuilder(order: order, nanoseconds: nanoseconds, linkType: LinkType(number: 101))
  file.add([1, 2, 3], at: 1_700_000_000_123_456_789)
  file.add([], at: 1_700_000_001_000_001_000, originalLength: 90)
  let reading = try Reading(file.bytes)
  #expect(
    reading.frames == [
      Frame(
        number: 1, time: nanoseconds ? 1_700_000_000_123_456_789 : 1_700_000_000_123_456_000, bytes: [1, 2, 3],
        linkType: LinkType(number: 101)),
      Frame(
        number: 2, time: 1_700_000_001_000_001_000, bytes: [], linkType: LinkType(number: 101), originalLength: 90),
    ])
  let info = try #require(reading.captures.first)
  #expect(info.packets == 2 && info.capturedBytes == 3 && info.fileBytes == file.bytes.count)
  #expect(info.timestampDecimals == (nanoseconds ? 9 : 6))
  #expect(info.linkTypes.map(\.name) == ["RAW"])
  #expect(info.error == nil && !info.isTruncated)
}

@Test func `times after 2038 stay after 2038`() throws {
  var file = PcapBuilder()
  file.add([0], at: 4_000_000_000_000_000_000)
  #expect(try Reading(file.bytes).frames.first?.time == 4_000_000_000_000_000_000)
}

@Test func `a packet longer than the announced snap length is given whole`() throws {
  var file = PcapBuilder(snapLength: 4)
  file.add([UInt8](0..<100), at: 1)
  file.add([7], at: 2)
  #expect(try Reading(file.bytes).frames.map(\.bytes.count) == [100, 1])
}

@Test(arguments: [1, 15, 16, 17, 19])
func `a file cut short gives what came before and says where`(left: Int) throws {
  var file = PcapBuilder()
  file.add([1, 2, 3, 4], at: 1000)
  let whole = file.bytes
  file.add([5, 6, 7, 8], at: 2000)
  let reading = try Reading(Array(file.bytes[..<(whole.count + left)]))
  #expect(reading.numbers == [1])
  let error = try #require(reading.captures[0].error)
  #expect(error.offset == 44)
  #expect(
    error.reason
      == (left < 16
        ? .cutShort(packet: 2, announced: 16, left: left) : .cutShort(packet: 2, announced: 4, left: left - 16)))
  #expect(reading.captures[0].isTruncated)
  #expect(reading.captures[0].fileBytes == whole.count + left)
}

@Test func `a lying record length ends the file and is named`() throws {
  var file = PcapBuilder()
  file.add([1, 2, 3, 4], at: 1000)
  file.add([UInt8](repeating: 0, count: 400_000), at: 2000, announced: 0x7fff_ffff)
  let reading = try Reading(file.bytes, capture(packets: 2))
  #expect(reading.frames.count == 3)
  #expect(reading.errors == [.impossibleLength(packet: 2, announced: 0x7fff_ffff), nil])
  #expect(!reading.captures[0].isTruncated)
}

@Test(
  arguments: [
    ([], .empty), (Array("Dear reader, no".utf8), .notACapture(firstBytes: Array("Dear ".utf8))),
    ([0x1b, 0x5b, 0x22], .notACapture(firstBytes: [0x1b, 0x5b, 0x22])),
    (Array(PcapBuilder().bytes[..<23]), .headerCutShort(left: 23)),
  ] as [([UInt8], CaptureError.Reason)])
func `what is no capture is said to be none`(bytes: [UInt8], reason: CaptureError.Reason) throws {
  let reading = try Reading(bytes, capture(packets: 1))
  #expect(reading.errors == [reason, nil])
  #expect(reading.frames.map(\.file) == [1])
}

@Test func `an unreadable path and a directory are errors of their own`() throws {
  let folder = TemporaryFolder()
  let reading = Reading(try CaptureReader(paths: [folder.path + "/none", folder.path]))
  #expect(reading.errors == [.unreadable("No such file or directory"), .isDirectory])
}

@Test(
  arguments: [
    (
      .cutShort(packet: 51_210, announced: 1514, left: 310), 48_113_664,
      "t.pcap: cut short in packet 51 210 (offset 48 113 664): 1 514 bytes announced, 310 left. What came before is reported."
    ),
    (
      .notACapture(firstBytes: Array("De\"r\u{1b}".utf8)), nil,
      "t.pcap: not a capture (begins with \"De\\\"r\\x1b\"); pcap and pcapng are read, also inside gzip, zstd, lz4, xz, bzip2, zip, tar."
    ),
    (.unreadable("No such file or directory"), nil, "t.pcap: cannot be read: No such file or directory."),
    (
      .unreadable("Permission denied"), nil,
      "t.pcap: cannot be read: Permission denied. Who may read it can hand it over: sudo cat FILE | smtpscope -"
    ),
    (
      .badFilter("tcp pork", "syntax error"), nil,
      "the filter \"tcp pork\" is wrong: syntax error. Write it as for tcpdump: \"tcp port 25 and host 192.0.2.7\"; man pcap-filter tells more."
    ),
  ] as [(CaptureError.Reason, Int?, String)])
func `an error reads as one sentence`(reason: CaptureError.Reason, offset: Int?, sentence: String) {
  #expect(CaptureError(file: "t.pcap", offset: offset, reason: reason).description == sentence)
}

@Test func `a file's name cannot move the cursor`() {
  let error = CaptureError(file: "a\u{1b}[2J\n\u{202e}b", offset: nil, reason: .empty)
  #expect(error.description.hasPrefix("a\\x1b[2J\\x0a\\u{202e}b: is empty. "))
}

@Test func `a filter drops packets and leaves their numbers`() throws {
  var file = PcapBuilder(linkType: LinkType(number: 101))
  for (index, destination) in [25, 80, 25].enumerated() { file.add(segment(to: destination), at: Int64(index)) }
  let reading = try Reading(file.bytes, filter: "tcp dst port 25")
  #expect(reading.numbers == [1, 3])
  #expect(reading.captures[0].packets == 3)
}

@Test func `a bad filter is refused with libpcap's words`() throws {
  let error = #expect(throws: CaptureError.self) { _ = try Reading(capture(packets: 1), filter: "tcp pork") }
  guard case .badFilter("tcp pork", let words)? = error?.reason else {
    Issue.record("\(String(describing: error))")
    return
  }
  #expect(words.contains("syntax error"))
}

@Test func `a filter that means nothing on a link drops its packets and is told`() throws {
  var file = PcapBuilder(linkType: LinkType(number: 105))
  file.add([UInt8](repeating: 0, count: 40), at: 1)
  let reading = try Reading(file.bytes, capture(packets: 1), filter: "wlan type mgt")
  #expect(reading.frames.map(\.file) == [0])
  guard case .filterUnknownOnLink(.ethernet, _)? = reading.notices.first else {
    Issue.record("\(reading.notices)")
    return
  }
}

/// An IPv4 packet with a TCP SYN to a port.
func segment(to port: Int) -> [UInt8] {
  var bytes: [UInt8] = [0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]
  bytes += [0xc0, 0, UInt8(port >> 8), UInt8(port & 255), 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0]
  return bytes
}
