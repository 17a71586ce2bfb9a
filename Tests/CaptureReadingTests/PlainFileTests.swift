import CaptureReading
import Foundation
import TestSupport
import Testing
import Wire

/// Reads the same bytes as a plain file, which is read where it lies, and from a descriptor that is not ours, which
/// libpcap reads.
private func readBothWays(
  _ bytes: [UInt8], filter: String? = nil, limits: CaptureLimits = CaptureLimits()
) throws -> (plain: Reading, libpcap: Reading) {
  let folder = TemporaryFolder()
  let path = try folder.write(bytes, as: "0")
  let plain = Reading(try CaptureReader(paths: [path], filter: filter, limits: limits))
  let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
  // The handle closes its descriptor when it goes; it must not before the reading is over.
  let libpcap = try withExtendedLifetime(file) {
    Reading(
      try CaptureReader(
        locations: [.descriptor(file.fileDescriptor, name: path)], filter: filter, limits: limits))
  }
  return (plain, libpcap)
}

private func expectTheSame(_ bytes: [UInt8], filter: String? = nil, limits: CaptureLimits = CaptureLimits()) throws {
  let (plain, libpcap) = try readBothWays(bytes, filter: filter, limits: limits)
  #expect(plain.frames == libpcap.frames)
  #expect(plain.errors == libpcap.errors)
  for (one, other) in zip(plain.captures, libpcap.captures) {
    #expect(one.packets == other.packets && one.capturedBytes == other.capturedBytes)
    #expect(one.isTruncated == other.isTruncated)
    // Behind a lie it is as far as was read ahead.
    if one.error == nil || one.isTruncated { #expect(one.fileBytes == other.fileBytes) }
    #expect(one.error?.offset == other.error?.offset)
    #expect(one.linkTypes == other.linkTypes && one.timestampDecimals == other.timestampDecimals)
  }
}

private func file(seed: UInt64, order: CaptureByteOrder, nanoseconds: Bool, linkType: LinkType = .ethernet) -> [UInt8] {
  var random = SplitMix64(seed: seed)
  var builder = PcapBuilder(order: order, nanoseconds: nanoseconds, linkType: linkType)
  for index in 0..<Int64(60) {
    let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    builder.add(bytes, at: index * 1_234_567_890, originalLength: bytes.count + Int.random(in: 0...9, using: &random))
  }
  return builder.bytes
}

@Test(arguments: CaptureByteOrder.allCases, [false, true])
func `a plain file is read as libpcap reads it`(order: CaptureByteOrder, nanoseconds: Bool) throws {
  for link: UInt32 in [0, 1, 12, 101, 113, 228, 276] {
    try expectTheSame(file(seed: 1, order: order, nanoseconds: nanoseconds, linkType: LinkType(number: link)))
  }
}

@Test(arguments: UInt64(0)..<60)
func `a damaged file is told as libpcap tells it`(seed: UInt64) throws {
  var random = SplitMix64(seed: seed)
  var bytes = file(seed: seed, order: seed % 2 == 0 ? .little : .big, nanoseconds: seed % 3 == 0)
  // Behind the magic: without it the file is of another kind.
  for _ in 0..<Int.random(in: 1...3, using: &random) {
    let place = Int.random(in: 4..<bytes.count, using: &random)
    bytes[place] = UInt8.random(in: 0...255, using: &random)
  }
  bytes.removeLast(Int.random(in: 0...40, using: &random))
  // A small buffer has many ends to go wrong at.
  var limits = CaptureLimits()
  limits.bufferSize = 512
  try expectTheSame(bytes, limits: limits)
}

@Test func `a file may end anywhere`() throws {
  var builder = PcapBuilder()
  builder.add([1, 2, 3, 4], at: 1000)
  builder.add([5, 6, 7, 8, 9], at: 2000)
  for count in 24...builder.bytes.count { try expectTheSame(Array(builder.bytes[..<count])) }
}

@Test func `libpcap goes on behind a record that is unusual`() throws {
  var builder = PcapBuilder()
  builder.add([1], at: 1_000_000_000)
  // More microseconds than a second has.
  var unusual = PcapBuilder()
  unusual.add([2], at: 2_000_000_000)
  var record = Array(unusual.bytes[24...])
  record[7] = 0x01
  let bytes = builder.bytes + record + capture(packets: 3)[24...]
  try expectTheSame(bytes)
  #expect(try readBothWays(bytes).plain.frames.count == 5)
}

@Test func `a plain file is filtered as libpcap filters it`() throws {
  var file = PcapBuilder(linkType: LinkType(number: 101))
  for (index, destination) in [25, 80, 25, 25, 80].enumerated() {
    file.add(segment(to: destination), at: Int64(index), originalLength: 60)
  }
  try expectTheSame(file.bytes, filter: "tcp dst port 25")
}
