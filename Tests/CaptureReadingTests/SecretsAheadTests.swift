import CaptureReading
import Foundation
import TestSupport
import Testing

/// Secrets that stand behind packets of a pcapng file, told before the packets.
@Suite struct SecretsAheadTests {
  /// Takes the first octet of each block.
  private final class Receiver: DecryptionSecrets.Receiver {
    var told: Set<UInt8> = []

    func receive(_ block: DecryptionSecrets.Block) { told.formUnion(block.bytes.prefix(1)) }
  }

  /// A file of so many packets of 64 KiB each, with secrets before the packets of these numbers; from 0 on.
  private static func file(
    _ packets: Int, secretsBefore places: [Int], order: CaptureByteOrder = .little,
    behind: (inout PcapNGBuilder) -> Void = { _ in }
  ) -> PcapNGBuilder {
    var file = PcapNGBuilder(order: order)
    file.interface()
    let packet = [UInt8](repeating: 7, count: 65_536)
    for number in 0...packets {
      for (index, _) in places.enumerated().filter({ $1 == number }) { file.secrets([UInt8(index), 1, 2]) }
      if number < packets { file.packet(packet, ticks: UInt64(number)) }
    }
    behind(&file)
    return file
  }

  /// What was told when the first packet was there, and at the end.
  private func read(_ bytes: [UInt8], fromDescriptor: Bool = false) throws -> (
    first: Set<UInt8>, all: Set<UInt8>, packets: Int
  ) {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(bytes).write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    let handle = try FileHandle(forReadingFrom: path)
    let location: CaptureLocation =
      fromDescriptor ? .descriptor(handle.fileDescriptor, name: "it") : .path(path.path)
    let receiver = Receiver()
    var reader = try CaptureReader(locations: [location], secretsReceiver: receiver)
    var first: Set<UInt8>?
    var packets = 0
    while reader.next() {
      if first == nil { first = receiver.told }
      packets += 1
    }
    let secrets = reader.captures.first?.secrets.blocks.compactMap(\.bytes.first) ?? []
    #expect(Set(secrets) == receiver.told && Set(secrets).count == secrets.count)
    return (first ?? [], receiver.told, packets)
  }

  @Test(arguments: [CaptureByteOrder.little, .big], [3, 100])
  func `at the end, behind whatever else stands there`(order: CaptureByteOrder, packets: Int) throws {
    for isFollowed in [false, true] {
      let file = Self.file(packets, secretsBefore: [packets, packets], order: order) { file in
        guard isFollowed else { return }
        file.block(5, [UInt8](repeating: 0, count: 12))
        file.block(4, [0, 0, 0, 0])
      }
      let found = try read(file.bytes)
      #expect(found == (first: [0, 1], all: [0, 1], packets: packets))
    }
  }

  @Test func `between packets, where the beginning or the end has some too`() throws {
    for places in [[0, 90], [20, 80, 85], [50, 100]] {
      let found = try read(Self.file(100, secretsBefore: places).bytes)
      #expect(found.first == Set(places.indices.map { UInt8($0) }))
      #expect(found.packets == 100)
    }
  }

  @Test func `elsewhere they come in their place`() throws {
    // Far from both ends.
    let middle = try read(Self.file(100, secretsBefore: [90]).bytes)
    #expect(middle == (first: [], all: [0], packets: 100))
    // What somebody opened may be a pipe.
    let descriptor = try read(Self.file(3, secretsBefore: [3]).bytes, fromDescriptor: true)
    #expect(descriptor == (first: [], all: [0], packets: 3))
  }

  @Test func `an end that lies or is missing is no harm`() throws {
    let whole = Self.file(80, secretsBefore: [80]).bytes
    for cut in [1, 3, 4, 5, 12, 20, 23] {
      #expect(try read(Array(whole.dropLast(cut))).packets == 80)
    }
    for length in [0, 4, 11, 13, 0x7fff_fff0, 0xffff_fffc] as [UInt32] {
      let lying = Array(whole.dropLast(4)) + CaptureByteOrder.little.bytes(UInt64(length), 4)
      #expect(try read(lying).packets == 80)
    }
    let file = Self.file(80, secretsBefore: [40]) { file in
      for _ in 0..<100 { file.block(5, [UInt8](repeating: 0, count: 12)) }
    }
    #expect(try read(file.bytes).first == [0])
  }
}
