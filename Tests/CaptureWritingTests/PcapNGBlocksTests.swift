import CaptureReading
import CaptureWriting
import Foundation
import Testing
import Wire

/// What was written is read again, by libpcap's reader or ours.
@Suite struct PcapNGBlocksTests {
  struct Packet: Equatable {
    var bytes: [UInt8]
    var frame: FrameDescriptor
  }

  /// - Parameter lengths: Of each frame, as captured and on the wire.
  private static func packets(_ lengths: [(Int, Int)], linkTypes: [UInt32]) -> [Packet] {
    lengths.enumerated().map { index, length in
      Packet(
        bytes: (0..<length.0).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ index) },
        frame: FrameDescriptor(
          time: CaptureTime(nanoseconds: 1_700_000_000_123_456_789 + Int64(index)), number: index + 1, file: 0,
          linkType: LinkType(number: linkTypes[index % linkTypes.count]), originalLength: length.1))
    }
  }

  private static func read(_ bytes: [UInt8]) throws -> [Packet] {
    let file = FileManager.default.temporaryDirectory.appending(path: "smtpscope-\(UUID().uuidString).pcapng")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    var reader = try CaptureReader(paths: [file.path])
    var packets: [Packet] = []
    while reader.next() {
      let frame = reader.frame
      packets.append(reader.withBytes { Packet(bytes: Array($0), frame: frame) })
    }
    #expect(reader.captures.allSatisfy { $0.error == nil })
    return packets
  }

  @Test(arguments: [[1], [1, 113], [101, 1, 276]])
  func framesComeBackAsTheyWere(linkTypes: [UInt32]) throws {
    let packets = Self.packets([(60, 60), (61, 61), (62, 1500), (63, 63), (1, 1), (0, 40)], linkTypes: linkTypes)
    var blocks = PcapNGBlocks(application: "a test")
    for packet in packets { blocks.append(packet.bytes.span, of: packet.frame) }
    #expect(try Self.read(blocks.bytes) == packets)
  }

  @Test func timesInMicrosecondsLoseWhatIsFiner() throws {
    let packets = Self.packets([(60, 60)], linkTypes: [1])
    var blocks = PcapNGBlocks(application: "a test", timeDecimals: 6)
    for packet in packets { blocks.append(packet.bytes.span, of: packet.frame) }
    #expect(try Self.read(blocks.bytes).map(\.frame.time.nanoseconds) == [1_700_000_000_123_456_000])
  }

  @Test func piecesThatWereTakenAwayMakeTheSameFile() throws {
    let packets = Self.packets([(60, 60), (61, 61), (62, 62)], linkTypes: [1, 113])
    var whole = PcapNGBlocks(application: "a test")
    var pieces = PcapNGBlocks(application: "a test")
    var file: [UInt8] = []
    for packet in packets {
      whole.append(packet.bytes.span, of: packet.frame)
      pieces.append(packet.bytes.span, of: packet.frame)
      file += pieces.bytes
      pieces.bytes.removeAll()
    }
    #expect(file == whole.bytes)
  }
}
