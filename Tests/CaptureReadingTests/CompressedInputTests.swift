import CaptureReading
import Foundation
import Testing
import TestSupport
import Wire

@Test(arguments: Packing.allCases)
func `a compressed capture reads like a plain one`(packing: Packing) throws {
  var ng = PcapNGBuilder()
  ng.interface()
  ng.packet([7], ticks: 1)
  for (file, count) in [(capture(packets: 300), 300), (ng.bytes, 1)] {
    let reading = try Reading(packed([("x", file)], .raw, packing))
    #expect(reading.numbers == Array(1...count))
    #expect(reading.captures[0].fileBytes == file.count)
    #expect(reading.errors == [nil])
  }
}

@Test(arguments: [Container.tar, .zip], [Packing.none, .gzip])
func `each capture in an archive is an input, merged in time order`(container: Container, packing: Packing) throws {
  var ng = PcapNGBuilder()
  ng.interface()
  ng.packet([50], ticks: 2_500_000)
  let archive = packed(
    [
      ("b.pcap", capture(packets: 3, from: 3)), ("read me", Array("not a capture".utf8)),
      ("d/a.pcap", capture(packets: 3, from: 1)), ("empty", []), ("x.pcapng", ng.bytes),
      ("c.pcap.gz", packed([("c", capture(packets: 1, from: 9))], .raw, .gzip)),
    ], container, container == .zip ? .none : packing)
  let folder = TemporaryFolder()
  let path = try folder.write(archive, as: "no-name-of-an-archive")
  let reading = Reading(try CaptureReader(paths: [path]))
  #expect(reading.captures.map(\.file) == ["b.pcap", "d/a.pcap", "x.pcapng", "c.pcap.gz"].map { path + ":" + $0 })
  #expect(reading.frames.map(\.file) == [1, 1, 2, 0, 1, 0, 0, 3])
  #expect(reading.numbers == [1, 2, 1, 1, 3, 2, 3, 1])
  #expect(reading.errors == [nil, nil, nil, nil])
  #expect(
    reading.notices == [
      .skippedMember(archive: path, member: "read me"), .skippedMember(archive: path, member: "empty"),
    ])
}

@Test func `members and notices beyond the limits are left aside`() throws {
  var limits = CaptureLimits()
  limits.mostMembers = 3
  limits.mostNotices = 1
  let text = Array("text".utf8)
  let members = [("a", text), ("b", text), ("c", capture(packets: 1)), ("d", capture(packets: 1))]
  let within = try Reading(packed(Array(members[..<3]), .tar, .none), limits: limits)
  #expect(within.captures.count == 1 && within.notices.count == 2)
  #expect(within.notices.last == .andMore(1))
  limits.mostNotices = 3
  let beyond = try Reading(packed(members, .tar, .none), limits: limits)
  #expect(beyond.captures.count == 1)
  guard case .tooManyMembers? = beyond.notices.last else {
    Issue.record("\(beyond.notices)")
    return
  }
}

@Test func `an archive without a capture says so`() throws {
  let reading = try Reading(packed([("a", Array("text".utf8)), ("b", [1, 2, 3])], .zip, .none))
  #expect(reading.errors == [.noCaptureInside(members: 2)])
}

@Test func `compressed text is named by what it holds`() throws {
  let reading = try Reading(packed([("a", Array("Dear reader".utf8))], .raw, .gzip))
  #expect(reading.errors == [.notACapture(firstBytes: Array("Dear ".utf8))])
}

/// Packets that do not compress, so that a cut comes in their middle.
private func incompressible(_ count: Int) -> [UInt8] {
  Array(randomPackets.bytes.prefix(24 + count * 1016))
}

private let randomPackets = {
  var random = SplitMix64(seed: 1)
  var file = PcapBuilder()
  var packet = [UInt8](repeating: 0, count: 1000)
  for index in 0..<6000 {
    for offset in stride(from: 0, to: 1000, by: 8) {
      let word = random.next()
      for byte in 0..<8 { packet[offset + byte] = UInt8(truncatingIfNeeded: word >> UInt64(byte * 8)) }
    }
    file.add(packet, at: Int64(index) * 1000)
  }
  return file
}()

@Test(arguments: [Packing.gzip, .zstd, .lz4, .xz, .bzip2])
func `a truncated compressed capture gives what could be had`(packing: Packing) throws {
  let whole = packed([("x", incompressible(6000))], .raw, packing)  // more than a block of any of them
  let reading = try Reading(Array(whole[..<(whole.count * 3 / 4)]), capture(packets: 1, from: 100))
  #expect(reading.frames.count > 500 && reading.frames.count < 6000)
  #expect(reading.captures[0].isTruncated && reading.captures[1].error == nil)
  #expect(reading.frames.last?.file == 1)
  guard case .damaged(let packet, isCut: true, _)? = reading.captures[0].error?.reason else {
    Issue.record("\(String(describing: reading.captures[0].error))")
    return
  }
  #expect(packet == reading.frames.count)
}

@Test func `a truncated archive gives the members before the cut`() throws {
  let members = [("a", capture(packets: 5)), ("b", incompressible(1000))]
  let whole = packed(members, .tar, .gzip)
  let reading = try Reading(Array(whole[..<(whole.count / 2)]))
  #expect(reading.captures.count == 2)
  #expect(reading.captures[0].packets == 5 && reading.captures[0].error == nil)
  #expect(reading.captures[1].isTruncated && reading.captures[1].packets > 300)
}

@Test func `a member with a hole ends at it`() throws {
  let reading = try Reading(packed([("a", capture(packets: 2000))], .tar, .none, hole: 8192..<16384))
  #expect(reading.frames.count == (8192 - 24) / 17)
  guard case .damaged(_, isCut: false, "the member has holes")? = reading.captures[0].error?.reason else {
    Issue.record("\(String(describing: reading.captures[0].error))")
    return
  }
}

@Test func `corrupt compressed data is an error and no truncation`() throws {
  var bytes = packed([("x", incompressible(2000))], .raw, .xz)
  for offset in 0..<64 { bytes[bytes.count / 2 + offset] ^= 0x5a }
  let reading = try Reading(bytes)
  #expect(reading.captures[0].error != nil && !reading.captures[0].isTruncated)
  #expect(reading.frames.count > 900 && reading.frames.count < 1100)
}

/// Reads what is written into a pipe, in pieces of `piece` bytes.
private func readPipe(_ bytes: [UInt8], piece: Int, name: String = "-") throws -> Reading {
  let pipe = Pipe()
  let writer = Thread {
    var rest = bytes[...]
    while !rest.isEmpty {
      try? pipe.fileHandleForWriting.write(contentsOf: Data(rest.prefix(piece)))
      rest = rest.dropFirst(piece)
    }
    try? pipe.fileHandleForWriting.close()
  }
  writer.start()
  return Reading(
    try CaptureReader(locations: [.descriptor(pipe.fileHandleForReading.fileDescriptor, name: name)]))
}

@Test(arguments: [1, 7, 100_000])
func `a pipe is read as it comes`(piece: Int) throws {
  var ng = PcapNGBuilder()
  ng.interface()
  for index in 0..<40 { ng.packet([UInt8](repeating: 7, count: index), ticks: 1) }
  for bytes in [capture(packets: 40), ng.bytes, packed([("x", capture(packets: 40))], .raw, .gzip)] {
    let reading = try readPipe(bytes, piece: piece)
    #expect(reading.numbers == Array(1...40))
    #expect(reading.captures.map(\.file) == ["-"] && reading.errors == [nil])
  }
}

@Test(arguments: [Packing.none, .zstd])
func `an archive through a pipe gives its captures one after the other`(packing: Packing) throws {
  let archive = packed(
    [("a", capture(packets: 2, from: 5)), ("t", Array("text".utf8)), ("b", capture(packets: 2)), ("u", [0])], .tar,
    packing)
  let reading = try readPipe(archive, piece: 1000)
  #expect(reading.frames.map(\.file) == [0, 0, 1, 1])
  #expect(reading.captures.map(\.file) == ["-:a", "-:b"])
  #expect(reading.errors == [nil, nil])
  #expect(reading.notices.count == 2)
}
