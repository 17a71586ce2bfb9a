import CaptureReading
import Foundation
import TestSupport
import Testing
import Wire

/// A frame that is looked at when the reader has gone on.
private struct LentFrame {
  var block: SharedBytes?
  var place: Int
  var bytes: [UInt8]

  /// What lies there now.
  var now: [UInt8]? {
    block?.withBytes { all in Array(all.extracting(place..<place + bytes.count)) }
  }
}

private func lentFrames(_ reader: consuming CaptureReader) -> [LentFrame] {
  var reader = reader
  var frames: [LentFrame] = []
  while reader.next() {
    frames.append(LentFrame(block: reader.block, place: reader.place, bytes: reader.withBytes { Array($0) }))
  }
  return frames
}

/// Small enough to be filled many times.
private func smallBuffer() -> CaptureLimits {
  var limits = CaptureLimits()
  limits.bufferSize = 512
  return limits
}

enum CaptureForm: CaseIterable {
  case pcap, pcapng
}

/// - Parameter longest: Of the packets, which may be longer than the buffer.
private func manyPackets(_ form: CaptureForm, seed: UInt64, longest: Int = 300) -> [UInt8] {
  var random = SplitMix64(seed: seed)
  var pcap = PcapBuilder()
  var pcapNG = PcapNGBuilder()
  pcapNG.interface()
  for index in 0..<Int64(200) {
    let bytes = (0..<Int.random(in: 0...longest, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    switch form {
    case .pcap: pcap.add(bytes, at: index * 1_000_000)
    case .pcapng: pcapNG.packet(bytes, ticks: UInt64(index))
    }
  }
  return form == .pcap ? pcap.bytes : pcapNG.bytes
}

@Suite struct LentMemoryTests {
  @Test(arguments: CaptureForm.allCases, [1, 2, 40])
  func `frames stay where they are while their memory is held`(form: CaptureForm, heldBlocks: Int) throws {
    let folder = TemporaryFolder()
    let path = try folder.write(manyPackets(form, seed: 1, longest: heldBlocks == 2 ? 2_000 : 300), as: "0")
    var reader = try CaptureReader(paths: [path], limits: smallBuffer())
    var held: [LentFrame] = []
    var numbers: [Int] = []
    var count = 0
    while reader.next() {
      let lent = reader.block
      let place = reader.place
      let block = try #require(lent)
      #expect(place >= 0)
      held.append(LentFrame(block: block, place: place, bytes: reader.withBytes { Array($0) }))
      if numbers.last != reader.blockNumber { numbers.append(reader.blockNumber) }
      // Those of the oldest memory are let go of, which may then be filled again.
      var blocks: [ObjectIdentifier] = []
      for frame in held.reversed() {
        let identifier = ObjectIdentifier(try #require(frame.block))
        if !blocks.contains(identifier) { blocks.append(identifier) }
      }
      held.removeAll { frame in
        guard let block = frame.block else { return true }
        return !blocks.prefix(heldBlocks).contains(ObjectIdentifier(block))
      }
      for frame in held { #expect(frame.now == frame.bytes) }
      count += 1
    }
    #expect(count == 200 && numbers.count > 20 && numbers == numbers.sorted())
  }

  @Test(arguments: CaptureForm.allCases)
  func `memory that nobody holds is filled again`(form: CaptureForm) throws {
    let folder = TemporaryFolder()
    let path = try folder.write(manyPackets(form, seed: 4), as: "0")
    var reader = try CaptureReader(paths: [path], limits: smallBuffer())
    var blocks: Set<ObjectIdentifier> = []
    while reader.next() { if let block = reader.block { blocks.insert(ObjectIdentifier(block)) } }
    #expect(blocks.count == 1)
  }

  @Test func `frames of several inputs are lent for the call only`() throws {
    let folder = TemporaryFolder()
    let paths = try (0..<2).map { try folder.write(capture(packets: 5), as: "\($0)") }
    let frames = lentFrames(try CaptureReader(paths: paths))
    #expect(frames.count == 10 && frames.allSatisfy { $0.block == nil && $0.place == -1 })
  }

  @Test func `what libpcap reads is lent for the call only`() throws {
    // More microseconds than a second has: from there on libpcap reads.
    var unusual = PcapBuilder()
    unusual.add([2], at: 2_000_000_000)
    var record = Array(unusual.bytes[24...])
    record[7] = 0x01
    let folder = TemporaryFolder()
    let path = try folder.write(capture(packets: 2) + record + capture(packets: 3)[24...], as: "0")
    let frames = lentFrames(try CaptureReader(paths: [path]))
    #expect(frames.map { $0.place >= 0 } == [true, true, false, false, false, false])
    #expect(frames.map { $0.block != nil } == [true, true, false, false, false, false])
  }
}
